"""Evidence, clause by clause: somebody breaks it and the evidence names the record; then it is kept again.

Where the product makes the breach impossible, the door is tried first and the broken row is planted past it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from sellwell.foundation.company import evidence as company
from sellwell.foundation.stock import evidence as stock
from sellwell.foundation.stock.models import StockLevel
from sellwell.kernel import clock, deadlines, home, outbox
from sellwell.kernel.evidence import Collector, Evidence, for_clause
from sellwell.kernel.models import ApprovalStep, Task
from sellwell.kernel.postgres import OWNER, database_address
from sellwell.kernel.values import Period, Refusal
from sellwell.selling.contracts.tests.builders import a_contract
from sellwell.selling.delivery import evidence as delivery
from sellwell.selling.delivery.models import Shipment
from sellwell.selling.delivery.tests.builders import a_shipment
from sellwell.selling.orders import evidence as orders
from sellwell.selling.orders.models import Order, OrderLine
from sellwell.selling.orders.tests.builders import a_confirmed_order, all_through, an_order, goods
from sellwell.selling.pipeline import evidence as pipeline
from sellwell.selling.pipeline.tests.builders import a_quotation, a_visit, an_opportunity
from sellwell.selling.receivables import evidence as receivables
from sellwell.selling.receivables.tests.builders import an_account, an_invoice, match
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
SALE = ["1.1.2", "1.1.5", "1.3.1", "1.3.2", "1.3.3", "1.4.2", "1.4.3", "2.2.4", "5.2.1", "5.2.2", "5.2.5"]


def of(world: World, collect: Any, days: int = 7) -> Evidence:
    """The evidence of the last days."""
    world.see()
    found: Evidence = collect(world.company.pk, Period(world.today - timedelta(days=days)))
    return found


def counts(found: Evidence) -> tuple[int, int]:
    return found.concerned, found.kept


def named(found: Evidence) -> set[Any]:
    return {broken.row_id for broken in found.broken}


def drain(world: World) -> None:
    while outbox.drain([world.company.pk]):
        pass
    world.see()


@pytest.mark.parametrize("number", SALE)
def test_every_clause_of_the_sale_has_its_evidence(number: str, world: World) -> None:
    collectors: list[Collector] = for_clause(number)
    assert collectors, f"nothing speaks for clause {number}"
    for collector in collectors:
        found = of(world, collector.collect)
        assert 0 <= found.kept <= found.concerned


# --- 1.1.5: the chain --------------------------------------------------------------------------------------------------


@clause("1.1.5")
def test_a_sale_from_order_to_money_is_one_chain(world: World) -> None:
    invoice = an_invoice(world)
    data = {
        "customer": str(invoice.customer_id),
        "method": "bank",
        "amount": str(invoice.total),
        "bank_reference": "B1",
    }
    receipt = world.run("finance", "receivables.enter_receipt", data=data).result
    world.run("finance", "receivables.apply", receipt, match(invoice, str(invoice.total)))
    drain(world)
    assert Order.objects.get(pk=invoice.order_id).state == "closed"
    assert counts(of(world, orders.complete_chains)) == (1, 1)


@clause("1.1.5", breaks=True)
def test_an_order_that_was_closed_past_its_documents_is_named(world: World) -> None:
    order = a_confirmed_order(world)
    with pytest.raises(Refusal):
        world.run("rep", "orders.close", order)
    all_through(world, order)
    Order.objects.filter(pk=order.pk).update(state="closed")
    found = of(world, orders.complete_chains)
    assert (counts(found), named(found)) == ((1, 0), {order.pk})
    assert "发货单、发票、收款" in found.broken[0].why.zh
    Order.objects.filter(pk=order.pk).update(state=order.state)
    assert named(of(world, orders.complete_chains)) == set()


# --- 1.3.3: no gap between the links -------------------------------------------------------------------------------------


@clause("1.3.3", breaks=True)
def test_what_nobody_has_a_task_for_is_named(world: World) -> None:
    order = an_order(world)
    assert counts(of(world, company.documents_in_nobodys_list)) == (1, 1)
    Task.objects.filter(row_id=order.pk).update(state="dropped")
    found = of(world, company.documents_in_nobodys_list)
    assert (counts(found), named(found)) == ((1, 0), {order.pk})
    world.run("rep", "orders.confirm", order)
    assert named(of(world, company.documents_in_nobodys_list)) == set()


@clause("1.3.3")
def test_a_document_is_listed_by_what_follows_from_it(world: World) -> None:
    a_contract(world, state="signed")
    a_shipment(world, "shipped")
    an_invoice(world)
    found = of(world, company.documents_in_nobodys_list)
    assert found.concerned >= 5 and not found.broken


@clause("1.3.3")
@pytest.mark.parametrize("verb", ["pipeline.decline_quotation", "pipeline.expire_quotation"])
def test_an_opportunity_whose_offer_came_to_nothing_stays_in_its_owners_list(verb: str, world: World) -> None:
    opportunity = an_opportunity(world, stage="match")
    quotation = a_quotation(world, state="sent", opportunity=opportunity)
    if verb.endswith("decline_quotation"):
        world.run("rep", verb, quotation, {"reason": "预算推迟"})
    else:
        with clock.at(clock.day_begins(quotation.valid_until + timedelta(days=1))):
            assert deadlines.act([world.company.pk]) == 1
    task = Task.objects.get(row_id=opportunity.pk, state="open")
    assert (task.operation, task.owner_id) == ("pipeline.add_quotation", opportunity.owner_id)
    assert not of(world, company.documents_in_nobodys_list).broken
    world.run("rep", "pipeline.revise_quotation", quotation)
    assert not Task.objects.filter(row_id=opportunity.pk, state="open").exists()
    world.run("rep", "pipeline.lose", opportunity, {"reason": "客户推迟采购"})
    assert not Task.objects.filter(state="open").exclude(operation="pipeline.analyse_needs").exists()


@clause("1.3.3")
def test_hand_over_times_are_measured_link_by_link(world: World) -> None:
    now = clock.now()
    made = []
    for hours in (2, 4, 60):
        with clock.at(now - timedelta(hours=hours)):
            made.append(an_order(world))
    for order in made:
        with clock.at(now):
            world.run("rep", "orders.confirm", order)
    found = of(world, company.hand_overs)
    link = {m.title.en: (m.count, m.value, m.unit) for m in found.measured}
    assert link["Confirm order: median"] == (3, Decimal("4.0"), "h")
    assert link["Confirm order: 90th percentile"] == (3, Decimal("48.8"), "h")
    assert made[2].pk in named(found) and made[0].pk not in named(found)


# --- 1.4.3 and 2.2.4 -----------------------------------------------------------------------------------------------------


@clause("1.4.3")
def test_conversion_and_time_of_each_stage_are_measured(world: World) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=2)):
        opportunity, lost = an_opportunity(world), an_opportunity(world)
    world.run("rep", "pipeline.analyse_needs", opportunity, {"needs": "需要两台码垛机器人"})
    world.run("rep", "pipeline.lose", lost, {"reason": "客户推迟采购"})
    stages = {
        m.title.en: (m.count, m.value) for m in of(world, pipeline.stage_changes_without_conditions).measured
    }
    assert stages["Development: conversion"] == (2, Decimal("50.0"))
    assert stages["Development: time in stage"] == (2, Decimal("2.0"))
    assert stages["Needs analysis: conversion"] == (1, Decimal("0.0"))


@clause("2.2.4")
def test_a_step_that_was_sent_back_is_named(world: World) -> None:
    quotation = a_quotation(world, lines=[("P-001", "5000")])
    hold = world.run("rep", "pipeline.send_quotation", quotation).hold
    assert counts(of(world, pipeline.steps_sent_back)) == (0, 0)
    world.run("regional_manager", "approvals.reject", hold, {"note": "价格请再核对"})
    found = of(world, pipeline.steps_sent_back)
    assert (counts(found), named(found)) == ((1, 0), {quotation.pk})


@clause("2.2.4")
def test_a_step_that_was_returned_on_the_way_is_named_when_it_is_decided(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        quotation = a_quotation(world, lines=[("P-001", "5000")])
        hold = world.run("rep", "pipeline.send_quotation", quotation).hold
    assert hold is not None
    legal = {"person": str(world.user("legal").pk), "where": "after"}
    world.run("regional_manager", "approvals.add_signer", hold, legal)
    world.run("regional_manager", "approvals.approve", hold)
    first = ApprovalStep.objects.filter(request=hold).order_by("position").first()
    assert first is not None
    world.run("legal", "approvals.return", hold, {"step": str(first.pk), "note": "请补充报价依据"})
    assert counts(of(world, pipeline.steps_sent_back)) == (0, 0)
    for role in ("regional_manager", "legal"):
        world.run(role, "approvals.approve", hold)
    found = of(world, pipeline.steps_sent_back)  # decided within the last days, asked for before
    assert (counts(found), named(found)) == ((1, 0), {quotation.pk})


@clause("2.2.4")
def test_a_visit_without_minutes_in_time_is_named(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=3)):
        late, kept = a_visit(world, state="started"), a_visit(world, state="done")
    found = of(world, pipeline.visits_without_minutes_in_time)
    assert (counts(found), named(found)) == ((2, 1), {late.pk})
    assert kept.pk not in named(found)


# --- 5.2 -----------------------------------------------------------------------------------------------------------------


@clause("5.2.1")
def test_orders_taken_back_or_cut_after_confirmation_are_named(world: World) -> None:
    whole, cancelled, cut = (a_confirmed_order(world) for _ in range(3))
    assert counts(of(world, orders.corrected)) == (3, 3)
    world.run("rep", "orders.cancel", cancelled, {"reason": "客户取消"})
    OrderLine.objects.filter(order=cut).update(cancelled=Decimal(1), reserved=Decimal(0))
    found = of(world, orders.corrected)
    assert (counts(found), named(found)) == ((3, 1), {cancelled.pk, cut.pk})
    assert whole.pk not in named(found)


@clause("5.2.2")
def test_typed_prices_and_back_orders_are_named(world: World) -> None:
    goods(world, "P-005", stock="1")
    plain = a_confirmed_order(world)
    typed = a_confirmed_order(world, (("P-001", "1", "105.00"),))
    short = a_confirmed_order(world, (("P-005", "3"),))
    assert named(of(world, orders.priced_by_rule)) == {typed.pk}
    assert named(of(world, orders.covered)) == {short.pk}
    assert named(of(world, orders.dated)) == set()
    OrderLine.objects.filter(order=plain).update(promised_on=None)
    assert named(of(world, orders.dated)) == {plain.pk}


@clause("5.2.2")
def test_an_order_that_credit_stopped_is_named(world: World) -> None:
    an_account(world, "100.00")
    order = an_order(world)
    assert world.run("rep", "orders.confirm", order).hold is not None
    found = of(world, receivables.credit_blocks)
    assert (counts(found), named(found)) == ((1, 0), {order.pk})


@contextmanager
def as_owner() -> Iterator[psycopg.Connection[Any]]:
    """The owner of the tables, who alone could take a constraint away."""
    address = database_address(home.current(), OWNER, str(connection.settings_dict["NAME"]))
    with psycopg.connect(**address.connection(), autocommit=True) as mine:
        yield mine


@clause("5.2.2")
@pytest.mark.django_db(transaction=True)
def test_nothing_can_be_oversold_and_if_it_were_it_would_be_named(world: World) -> None:
    product = goods(world, "P-005", stock="5")
    a_confirmed_order(world, (("P-005", "9"),))  # five reserved, four on back-order
    level = StockLevel.objects.get(product=product)
    assert (level.on_hand, level.reserved) == (Decimal(5), Decimal(5))
    assert not of(world, stock.oversold).broken
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLevel.objects.filter(pk=level.pk).update(reserved=Decimal(9))
    with as_owner() as owner:
        owner.execute("ALTER TABLE stock_stocklevel DROP CONSTRAINT stocklevel_no_oversell")
        owner.execute("UPDATE stock_stocklevel SET reserved = 9 WHERE id = %s", [level.pk])
    found = of(world, stock.oversold)
    assert named(found) == {level.pk}


@clause("5.2.5")
def test_a_delivery_without_a_confirmed_note_is_named(world: World) -> None:
    shipment, kept = a_shipment(world, "shipped"), a_shipment(world, "accepted")
    assert named(of(world, delivery.confirmed_notes)) == set()
    Shipment.objects.filter(pk=shipment.pk).update(expected_on=world.today - timedelta(days=4))
    assert named(of(world, delivery.confirmed_notes)) == {shipment.pk}
    assert kept.pk in named(of(world, delivery.proven_deliveries))  # signed for, without photo or scan
