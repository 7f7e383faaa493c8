"""Stories of orders: entry without guessing, confirmation in one transaction, endings as reversals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sellwell.foundation.pricing.tests.builders import a_floor, a_price
from sellwell.foundation.stock.queries import available
from sellwell.foundation.stock.tests.builders import a_supply, stock_of
from sellwell.kernel import checks, evidence, outbox
from sellwell.kernel.models import Fact, Task
from sellwell.kernel.values import Period, Refusal
from sellwell.selling.contracts.tests.builders import a_buyer, a_contract, goods, line_data
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import Order, OrderLine
from sellwell.selling.orders.tests.builders import (
    a_confirmed_order,
    all_through,
    an_order,
    an_order_from,
    moved,
)
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return [(o.code, o.path) for o in refusal.value.objections]


def refused(
    world: World, role: str, operation: str, row: object = None, data: dict | None = None
) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as found:
        world.run(role, operation, row, data)
    return codes(found)


def line_of(order: Order, position: int = 1) -> OrderLine:
    return OrderLine.objects.get(order=order, position=position, is_void=False)


def unbroken(*names: str) -> list[object]:
    return [f for name in names or ("orders", "stock", "contracts") for f in checks.run_all(
        [n for n in checks.CHECKS if n.startswith(name)])]  # fmt: skip


# --- entry -------------------------------------------------------------------------------------------------------------


@clause("5.2.1")
def test_an_order_is_priced_by_the_rules_and_asks_for_confirmation(world: World) -> None:
    order = an_order(
        world, (("P-001", "2"), ("P-002", "1.5")), requested_on="2099-01-31", customer_reference="PO-77"
    )
    assert (order.total, order.net, order.tax) == (Decimal("395.50"), Decimal("350.00"), Decimal("45.50"))
    assert [n.price_source for n in queries.live_lines(order.pk)] == ["list", "list"]
    assert order.ship_to.endswith("机械路 1 号")
    assert Task.objects.get(row_id=order.pk, state="open").operation == "orders.confirm"


@clause("5.2.1")
def test_every_wrong_line_is_told_with_its_row(world: World) -> None:
    retired = goods(world, "P-008")
    world.run("marketing", "catalog.retire_product", retired)
    free = goods(world, "P-007")
    lines = [
        {"code": "P-777", "quantity": "1"},
        *line_data(world, (("P-001", "1"),)),
        {"product": str(retired.pk), "quantity": "1"},
        {"code": free.code, "quantity": "1"},
    ]
    said = refused(world, "rep", "orders.create", data={"customer": str(a_buyer(world).pk), "lines": lines})
    assert said == [
        ("lines.unknown_product", "lines.0.product"),
        ("lines.retired_product", "lines.2.product"),
    ]
    assert not Order.objects.exists()


@clause("5.2.1")
def test_input_that_cannot_be_is_refused_path_by_path(world: World) -> None:
    lines = [{"product": str(goods(world).pk), "quantity": text} for text in ("0", "-1", "1e40", "abc")]
    said = refused(world, "rep", "orders.create", data={"customer": str(a_buyer(world).pk), "lines": lines})
    assert [path for _, path in said] == [f"lines.{i}.quantity" for i in range(4)]
    assert refused(world, "rep", "orders.create", data={"lines": []}) == [("orders.no_customer", "customer")]


@clause("5.2.1")
def test_the_same_request_sent_twice_makes_one_order(world: World) -> None:
    data = {"customer": str(a_buyer(world).pk), "lines": line_data(world, (("P-001", "2"),))}
    first = world.run("rep", "orders.create", data=data, key="k-1")
    again = world.run("rep", "orders.create", data=data, key="k-1")
    assert again.replayed
    assert again.result.pk == first.result.pk
    assert Order.objects.count() == 1


def test_a_change_replaces_lines_without_deleting_and_prices_again(world: World) -> None:
    order = an_order(world, (("P-001", "2"),))
    world.run(
        "rep", "orders.change", order, {"lines": line_data(world, (("P-001", "1"), ("P-002", "1", "90.00")))}
    )
    order.refresh_from_db()
    assert order.total == Decimal("203.00")
    assert OrderLine.objects.filter(order=order, is_void=True).count() == 1
    assert line_of(order, 2).price_source == "manual"
    assert not unbroken()


def test_two_editors_of_one_order_the_second_is_stale(world: World) -> None:
    order = an_order(world)
    seen = order.version
    world.run("rep", "orders.change", order, {"note": "甲改"}, expected_version=seen)
    with pytest.raises(Refusal) as found:
        world.run("rep", "orders.change", order, {"note": "乙改"}, expected_version=seen)
    assert found.value.code == "stale"


# --- confirmation --------------------------------------------------------------------------------------------------------


@clause("5.2.2")
def test_confirmation_reserves_books_and_hands_over_to_the_warehouse(world: World) -> None:
    order = a_confirmed_order(world, (("P-001", "3"),))
    line = line_of(order)
    assert (line.reserved, line.promised_on, line.unit_cost) == (Decimal(3), world.today, Decimal(60))
    assert available(world.company.pk, [line.product_id])[line.product_id] == Decimal(97)
    booked = Fact.objects.get(document_id=order.pk, measure="booked")
    assert (booked.amount, booked.quantity, booked.product_id) == (
        Decimal("300.00"),
        Decimal(3),
        line.product_id,
    )
    task = Task.objects.get(row_id=order.pk, state="open")
    assert (task.operation, task.role) == ("delivery.plan_shipment", "warehouse")
    assert not unbroken()


@clause("5.2.2")
def test_what_is_short_is_promised_from_supply_and_warned_of(world: World) -> None:
    product = goods(world, "P-005", stock="4")
    supply = a_supply(world, product, 10)
    order = an_order(world, (("P-005", "6"),), requested_on=world.today.isoformat())
    outcome = world.run("rep", "orders.confirm", order)
    line = line_of(order)
    assert (line.reserved, line.promised_on) == (Decimal(4), supply.due_on)
    assert [w.code for w in outcome.warnings] == ["orders.back_order", "orders.later_than_wanted"]
    open_tasks = set(Task.objects.filter(row_id=order.pk, state="open").values_list("operation", flat=True))
    assert open_tasks == {"delivery.plan_shipment", "orders.promise_again"}
    assert not unbroken()


@clause("5.2.2")
def test_goods_that_come_are_reserved_for_who_waits_longest(world: World) -> None:
    product = goods(world, "P-005", stock="0")
    first, second = (a_confirmed_order(world, (("P-005", "6"),)) for _ in range(2))
    stock_of(world, product, "8")
    while outbox.drain([world.company.pk]):
        pass
    assert [line_of(o).reserved for o in (first, second)] == [Decimal(6), Decimal(2)]
    assert line_of(first).promised_on == world.today
    assert not unbroken()


@clause("5.2.2")
def test_a_price_that_changed_since_is_refused_until_the_order_is_changed(world: World) -> None:
    order = an_order(world)
    a_price(world, goods(world), "120.00", since=world.today.isoformat())
    assert refused(world, "rep", "orders.confirm", order) == [("orders.price_changed", "lines.0.unit_price")]
    world.run("rep", "orders.change", order, {})
    world.run("rep", "orders.confirm", order)
    assert line_of(order).unit_price == Decimal(120)


@clause("5.2.2")
def test_a_price_below_the_floor_waits_for_approval(world: World) -> None:
    a_floor(world, goods(world), "100.00")
    order = an_order(world, (("P-001", "2", "99.00"),))
    outcome = world.run("rep", "orders.confirm", order)
    assert outcome.hold is not None
    order.refresh_from_db()
    assert (order.state, order.held_by) == ("draft", outcome.hold.pk)
    assert refused(world, "rep", "orders.change", order, {"note": "x"}) == [("held", "")]


@clause("5.2.2")
def test_a_large_order_without_contract_goes_to_its_approvers(world: World) -> None:
    order = an_order(world, (("P-001", "4425"),))
    assert order.total > Decimal(500000)
    assert world.run("rep", "orders.confirm", order).hold is not None


@clause("5.2.2")
def test_an_order_calls_off_its_contract_and_never_more(world: World) -> None:
    contract = a_contract(world, (("P-001", "5", "100.00"),), state="signed")
    order = an_order_from(world, contract)
    assert (order.total, line_of(order).price_source) == (Decimal("500.00"), "contract")
    other = an_order_from(world, contract, (("P-001", "1"),))
    world.run("rep", "orders.confirm", order)
    assert refused(world, "rep", "orders.confirm", other) == [("orders.contract_left", "lines.0.quantity")]
    dearer = {"contract": str(contract.pk), "lines": line_data(world, (("P-001", "1", "90.00"),))}
    assert ("lines.not_agreed_price", "lines.0.unit_price") in refused(
        world, "rep", "orders.create", data=dearer
    )
    stranger = {"contract": str(contract.pk), "lines": line_data(world, (("P-002", "1"),))}
    assert refused(world, "rep", "orders.create", data=stranger) == [
        ("orders.not_in_contract", "lines.0.product")
    ]
    assert not unbroken()


# --- endings -------------------------------------------------------------------------------------------------------------


def test_cancelling_gives_everything_back(world: World) -> None:
    contract = a_contract(world, (("P-001", "5"),), state="signed")
    order = an_order_from(world, contract, (("P-001", "4"),))
    world.run("rep", "orders.confirm", order)
    world.run("rep", "orders.cancel", order, {"reason": "客户取消"})
    line = line_of(order)
    assert (line.reserved, line.cancelled) == (Decimal(0), Decimal(4))
    assert available(world.company.pk, [line.product_id])[line.product_id] == Decimal(100)
    assert contract.lines.get().ordered == Decimal(0)
    facts = Fact.objects.filter(document_id=order.pk, measure="booked")
    assert sum(f.amount for f in facts) == 0
    assert facts.get(seq=2).reverses == facts.get(seq=1).id
    assert not Task.objects.filter(row_id=order.pk, state="open").exists()
    assert not unbroken()


def test_after_a_shipment_only_the_rest_can_be_cancelled(world: World) -> None:
    order = a_confirmed_order(world, (("P-001", "5"),))
    moved(world, order, planned="2")
    reason = {"reason": "客户只要两台"}
    assert refused(world, "rep", "orders.cancel", order, reason) == [("orders.shipping", "")]
    world.run("rep", "orders.cancel_rest", order, reason)
    line = line_of(order)
    assert (line.cancelled, line.reserved) == (Decimal(3), Decimal(2))
    facts = Fact.objects.filter(document_id=order.pk, measure="booked")
    assert sum(f.amount for f in facts) == Decimal("200.00")
    assert refused(world, "rep", "orders.cancel_rest", order, reason) == [("orders.no_rest", "")]
    assert not unbroken()


def test_an_order_closes_when_everything_is_through(world: World) -> None:
    order = a_confirmed_order(world)
    assert refused(world, "rep", "orders.close", order) == [("orders.not_through", "lines.0")]
    all_through(world, order)
    world.run("rep", "orders.close", order)
    order.refresh_from_db()
    assert order.state == "closed"
    assert {str(w) for w in queries.progress(order).words.values()} == {
        "已发货",
        "已验收",
        "已开票",
        "已收款",
    }


def test_counters_never_leave_what_was_ordered(world: World) -> None:
    order = a_confirmed_order(world)
    with pytest.raises(Refusal) as found:
        moved(world, order, planned="3")
    assert found.value.code == "orders.counters"


def test_evidence_counts_what_kept_the_clause_and_names_what_did_not(world: World) -> None:
    goods(world, "P-005", stock="1")
    a_confirmed_order(world, (("P-001", "1"), ("P-001", "1", "105.00"), ("P-005", "2")))
    an_order(world)
    period = Period(world.today)
    said = [
        c.collect(world.company.pk, period)
        for c in evidence.for_clause("5.2.2")
        if "orders" in c.collect.__module__
    ]
    assert [(s.concerned, s.kept) for s in said] == [(3, 2), (3, 2), (3, 3)]
