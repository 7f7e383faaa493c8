"""Many at once on a real database: nothing is sold twice, no request counts twice, no edit is lost (clause 5.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from sellwell.foundation.stock.models import StockLevel
from sellwell.foundation.stock.tests.builders import stock_of
from sellwell.kernel import checks
from sellwell.kernel.models import Fact
from sellwell.kernel.values import Refusal
from sellwell.selling.contracts.tests.builders import a_buyer, a_contract, goods, line_data
from sellwell.selling.orders.models import Order, OrderLine
from sellwell.selling.orders.tests.builders import an_order, an_order_from
from sellwell.testing.marks import clause
from sellwell.testing.world import World

THREADS = 8


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """A world whose transactions really commit."""
    yield World()
    connections.close_all()


def at_once(world: World, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all acts at the same time, each on a connection of its own; gives results, and refusals by their code."""

    def act(one: Callable[[], Any]) -> Any:
        try:
            return one()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(min(THREADS, len(acts))) as pool:
        found = list(pool.map(act, acts))
    world.see()
    return found


def broken() -> list[Any]:
    names = [name for name in checks.CHECKS if name.split(".")[0] in ("orders", "contracts", "stock")]
    return checks.run_all(names)


@clause("5.2.2")
def test_the_last_stock_is_sold_exactly_once(world: World) -> None:
    product = goods(world, "P-005", stock="10")
    orders = [an_order(world, (("P-005", "3"),)) for _ in range(12)]
    at_once(world, [lambda o=o: world.run("rep", "orders.confirm", o) for o in orders])
    lines = OrderLine.objects.filter(order__in=orders)
    assert Order.objects.filter(state="confirmed").count() == 12
    assert sum(line.reserved for line in lines) == Decimal(10)
    level = StockLevel.objects.get(product=product)
    assert (level.on_hand, level.reserved) == (Decimal(10), Decimal(10))
    assert all(line.promised_on is not None for line in lines)
    assert not broken()


@clause("5.2.2")
def test_orders_over_the_same_products_in_any_order_do_not_block_each_other(world: World) -> None:
    codes = [f"P-0{n}" for n in range(10, 16)]
    for code in codes:
        goods(world, code, stock="20")
    orders = [
        an_order(world, tuple((code, "3") for code in (codes if n % 2 else reversed(codes))))
        for n in range(10)
    ]
    found = at_once(world, [lambda o=o: world.run("rep", "orders.confirm", o) for o in orders])
    assert not [one for one in found if isinstance(one, str)]
    assert {level.reserved for level in StockLevel.objects.all()} == {Decimal(20)}
    assert not broken()


@clause("5.2.2")
def test_a_contract_is_never_called_off_beyond_its_quantity(world: World) -> None:
    contract = a_contract(world, (("P-001", "10"),), state="signed")
    orders = [an_order_from(world, contract, (("P-001", "3"),)) for _ in range(6)]
    found = at_once(world, [lambda o=o: world.run("rep", "orders.confirm", o) for o in orders])
    assert sorted(one for one in found if isinstance(one, str)) == ["orders.contract_left"] * 3
    assert contract.lines.get().ordered == Decimal(9)
    assert not broken()


@clause("5.2.1")
def test_one_request_sent_many_times_makes_one_order(world: World) -> None:
    data = {"customer": str(a_buyer(world).pk), "lines": line_data(world, (("P-001", "2"),))}
    found = at_once(
        world, [lambda: world.run("rep", "orders.create", data=data, key="same").result.pk] * THREADS
    )
    assert Order.objects.count() == 1
    assert {one for one in found if not isinstance(one, str)} == {Order.objects.get().pk}


def test_one_order_confirmed_many_times_is_confirmed_once(world: World) -> None:
    order = an_order(world)
    found = at_once(world, [lambda: world.run("rep", "orders.confirm", order)] * THREADS)
    assert sorted(one for one in found if isinstance(one, str)) == ["wrong_state"] * (THREADS - 1)
    assert Fact.objects.filter(document_id=order.pk).count() == 1
    assert not broken()


def test_of_many_editors_with_the_same_version_one_wins(world: World) -> None:
    order = an_order(world)
    acts = [
        lambda n=n: world.run(
            "rep", "orders.change", order, {"note": f"第 {n} 人"}, expected_version=order.version
        )
        for n in range(THREADS)
    ]
    found = at_once(world, acts)
    assert sorted(one for one in found if isinstance(one, str)) == ["stale"] * (THREADS - 1)


@clause("5.2.2")
def test_confirming_cancelling_and_receiving_at_once_keeps_every_sum(world: World) -> None:
    product = goods(world, "P-005", stock="6")
    confirmed = [an_order(world, (("P-005", "2"),), "confirmed") for _ in range(4)]
    drafts = [an_order(world, (("P-005", "2"),)) for _ in range(4)]
    acts: list[Callable[[], Any]] = []
    for old, new in zip(confirmed, drafts, strict=True):
        acts.append(lambda o=old: world.run("rep", "orders.cancel", o, {"reason": "客户取消"}))
        acts.append(lambda o=new: world.run("rep", "orders.confirm", o))
        acts.append(lambda: stock_of(world, product, "1"))
        acts.append(lambda o=old: world.run("rep", "orders.promise_again", o))
    at_once(world, acts)
    assert Order.objects.filter(state="cancelled").count() == 4
    assert StockLevel.objects.get(product=product).on_hand == Decimal(10)
    assert not broken()
