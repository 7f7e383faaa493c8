"""Many at once: no money is matched twice, no limit is used twice, nothing is invoiced twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from sellwell.kernel import checks, door
from sellwell.kernel.values import Refusal
from sellwell.selling.delivery.tests.builders import an_accepted_shipment
from sellwell.selling.orders.models import Order
from sellwell.selling.orders.tests.builders import an_order
from sellwell.selling.receivables.models import Invoice
from sellwell.selling.receivables.tests.builders import a_receipt, an_account, an_invoice, match
from sellwell.testing.marks import clause
from sellwell.testing.world import World

D = Decimal


def at_once(world: World, acts: list[tuple[str, str, Any, dict[str, Any]]]) -> list[str]:
    """Do all acts at the same moment, each on its own connection; gives 'done', 'held' or the refusal's code."""
    barrier = Barrier(len(acts))
    contexts = [world.ctx(role) for role, *_ in acts]

    def one(index: int) -> str:
        _, operation, row_id, data = acts[index]
        try:
            barrier.wait(timeout=30)
            outcome = door.run(operation, contexts[index], row_id, data)
            return "held" if outcome.hold is not None else "done"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        found = list(pool.map(one, range(len(acts))))
    world.see()
    return sorted(found)


def nothing_broken() -> bool:
    names = [
        name for name in checks.CHECKS if name.split(".")[0] in ("delivery", "receivables", "orders", "stock")
    ]
    return checks.run_all(names) == []


@pytest.mark.django_db(transaction=True)
@clause("5.3.4")
def test_two_clerks_match_the_same_money() -> None:
    world = World()
    receipt = a_receipt(world, "200.00")
    first, second = an_invoice(world), an_invoice(world)
    acts = [
        ("finance", "receivables.apply", receipt.pk, match(invoice, "150.00")) for invoice in (first, second)
    ]
    assert at_once(world, acts) == ["done", "receivables.more_than_left"]
    receipt.refresh_from_db()
    assert receipt.applied == D("150.00")
    assert nothing_broken()


@pytest.mark.django_db(transaction=True)
def test_two_receipts_settle_the_same_invoice() -> None:
    world = World()
    invoice = an_invoice(world)
    receipts = [a_receipt(world, "226.00") for _ in range(3)]
    acts = [("finance", "receivables.apply", receipt.pk, match(invoice, "226.00")) for receipt in receipts]
    found = at_once(world, acts)
    assert found.count("done") == 1
    assert set(found) <= {"done", "receivables.not_open"}
    assert nothing_broken()


@pytest.mark.django_db(transaction=True)
@clause("5.2.2")
def test_two_orders_race_for_one_limit_and_one_passes() -> None:
    world = World()
    an_account(world, "300.00")
    orders = [an_order(world) for _ in range(3)]
    found = at_once(world, [("rep", "orders.confirm", order.pk, {}) for order in orders])
    assert found == ["done", "held", "held"]
    assert Order.objects.filter(state="confirmed").count() == 1
    assert nothing_broken()


@pytest.mark.django_db(transaction=True)
def test_the_first_orders_of_a_customer_open_one_account() -> None:
    world = World()
    orders = [an_order(world) for _ in range(3)]
    assert at_once(world, [("rep", "orders.confirm", order.pk, {}) for order in orders]) == ["done"] * 3
    assert nothing_broken()


@pytest.mark.django_db(transaction=True)
@clause("5.3.2")
def test_the_same_goods_are_invoiced_once() -> None:
    world = World()
    shipment = an_accepted_shipment(world)
    asked = ("rep", "receivables.request_invoice", None, {"order": str(shipment.order_id)})
    assert at_once(world, [asked] * 3) == [
        "done",
        "receivables.nothing_to_invoice",
        "receivables.nothing_to_invoice",
    ]
    assert Invoice.objects.count() == 1
    assert nothing_broken()


@pytest.mark.django_db(transaction=True)
def test_the_same_bank_reference_is_entered_once() -> None:
    world = World()
    customer = str(an_accepted_shipment(world).customer_id)
    data = {"customer": customer, "amount": "10.00", "bank_reference": "B-77"}
    found = at_once(world, [("finance", "receivables.enter_receipt", None, data)] * 3)
    assert found == ["done", "receivables.reference_taken", "receivables.reference_taken"]
