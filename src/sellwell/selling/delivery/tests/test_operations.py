"""Stories of delivery: in parts, signed for, accepted, rejected, returned - with stock and counters always right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sellwell.foundation.stock.models import StockLevel
from sellwell.foundation.stock.tests.builders import a_warehouse
from sellwell.kernel import checks
from sellwell.kernel.models import Event, Fact, Task
from sellwell.kernel.values import Refusal
from sellwell.selling.contracts.tests.builders import a_buyer, a_scan, goods
from sellwell.selling.delivery import notes
from sellwell.selling.delivery.tests.builders import (
    a_return,
    a_shipment,
    an_accepted_shipment,
    bring,
    how_to_ship,
    line_of,
    part_of,
)
from sellwell.selling.orders.tests.builders import a_confirmed_order
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]

D = Decimal


def refused(
    world: World, role: str, operation: str, row: Any = None, data: Any = None
) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as found:
        world.run(role, operation, row, data)
    return [(o.code, o.path) for o in found.value.objections]


def unbroken() -> list[checks.Finding]:
    names = [
        name for name in checks.CHECKS if name.split(".")[0] in ("delivery", "receivables", "orders", "stock")
    ]
    return checks.run_all(names)


def level(world: World, code: str = "P-001") -> tuple[Decimal, Decimal]:
    found = StockLevel.objects.get(product=goods(world, code), warehouse=a_warehouse(world))
    return found.on_hand, found.reserved


def open_tasks(row: Any) -> set[str]:
    return set(Task.objects.filter(row_id=row.pk, state="open").values_list("operation", flat=True))


def sums(measure: str) -> tuple[Decimal, Decimal]:
    rows = Fact.objects.filter(measure=measure)
    return sum((r.amount for r in rows), D(0)), sum((r.quantity or D(0) for r in rows), D(0))


@clause("5.2.3", "5.2.5")
def test_an_order_goes_out_in_parts_and_each_part_is_signed_and_accepted(world: World) -> None:
    order = a_confirmed_order(world, (("P-001", "5"), ("P-002", "1")))
    data = {"order": str(order.pk), "lines": part_of(order, "2")}
    first = world.run("warehouse", "delivery.plan_shipment", data=data).result
    assert open_tasks(first) == {"delivery.pick"}
    assert "delivery.plan_shipment" in open_tasks(order)
    bring(world, first, "shipped")
    assert level(world) == (D(98), D(3))
    second = a_shipment(world, "planned", order=order)
    assert "delivery.plan_shipment" not in open_tasks(order)
    assert [line.quantity for line in second.lines.order_by("position")] == [D(3), D(1)]
    for shipment in (first, second):
        shipment.refresh_from_db()
    world.run("rep", "delivery.confirm_delivery", first, {"signed_by": "甲", "proof": str(a_scan(world).pk)})
    world.run("rep", "delivery.accept", first, {"accepted_by": "乙"})
    bring(world, second, "accepted")
    assert level(world) == (D(95), D(0))
    line = order.lines.get(position=1)
    assert (line.planned, line.shipped, line.accepted, line.reserved) == (D(5), D(5), D(5), D(0))
    order.refresh_from_db()
    assert sums("accepted") == sums("shipped") == (order.net, D(6))
    assert "receivables.request_invoice" in open_tasks(order)
    assert Event.objects.filter(name="delivery.accepted").count() == 2
    assert unbroken() == []


@clause("5.2.2", "5.2.5")
def test_only_what_is_reserved_can_be_planned(world: World) -> None:
    scarce = goods(world, "P-007", stock="3")
    order = a_confirmed_order(world, (("P-007", "5"),))
    too_much = {"order": str(order.pk), "warehouse": str(a_warehouse(world).pk), "lines": part_of(order, "4")}
    assert refused(world, "warehouse", "delivery.plan_shipment", data=too_much) == [
        ("delivery.more_than_reserved", "lines.0.quantity")
    ]
    shipment = a_shipment(world, order=order)
    assert line_of(shipment).quantity == D(3)
    again = {"order": str(order.pk)}
    assert refused(world, "warehouse", "delivery.plan_shipment", data=again) == [
        ("delivery.nothing_to_plan", "")
    ]
    assert scarce.code == "P-007"


def test_a_cancelled_shipment_gives_its_goods_back_to_the_order(world: World) -> None:
    shipment = a_shipment(world, "picked")
    world.run("warehouse", "delivery.cancel_shipment", shipment)
    assert open_tasks(shipment) == set()
    assert "delivery.plan_shipment" in open_tasks(shipment.order)
    assert level(world) == (D(100), D(2))
    again = a_shipment(world, order=shipment.order)
    assert line_of(again).quantity == D(2)
    assert unbroken() == []


@clause("5.2.3")
def test_goods_leave_with_carrier_day_consignee_and_address(world: World) -> None:
    order = a_confirmed_order(world)
    world.run("rep", "orders.comment", order, {"text": "x"})
    shipment = a_shipment(world, "picked", order=order)
    type(shipment).objects.filter(pk=shipment.pk).update(consignee="", ship_to="")
    data = {"carrier": "顺丰", "expected_on": "2020-01-01"}
    assert {code for code, _ in refused(world, "warehouse", "delivery.ship", shipment, data)} == {
        "delivery.lacks",
        "delivery.arrives_in_past",
    }
    world.run("warehouse", "delivery.ship", shipment, how_to_ship(world))
    assert open_tasks(shipment) == {"delivery.confirm_delivery"}


@clause("5.2.4")
def test_a_count_that_differs_is_told_by_line(world: World) -> None:
    shipment = a_shipment(world)
    data = {"lines": [{"line": str(line_of(shipment).pk), "quantity": "1"}]}
    assert refused(world, "warehouse", "delivery.pick", shipment, data) == [
        ("delivery.count_differs", "lines.0.quantity")
    ]


@clause("5.2.5")
def test_nothing_is_accepted_that_nobody_signed_for(world: World) -> None:
    shipment = a_shipment(world, "shipped")
    assert refused(world, "rep", "delivery.accept", shipment, {"accepted_by": "乙"}) == [("wrong_state", "")]
    future = {"signed_by": "甲", "delivered_at": "2099-01-01T09:00:00"}
    assert refused(world, "rep", "delivery.confirm_delivery", shipment, future) == [
        ("delivery.future", "delivered_at")
    ]
    outcome = world.run("rep", "delivery.confirm_delivery", shipment, {"signed_by": "甲"})
    assert [w.code for w in outcome.warnings] == ["delivery.no_proof"]


@clause("5.3.1", "5.3.2")
def test_rejected_goods_come_back_and_never_counted(world: World) -> None:
    shipment = a_shipment(world, "delivered", (("P-001", "10"),))
    rejected = [{"line": str(line_of(shipment).pk), "quantity": "4"}]
    world.run("rep", "delivery.accept", shipment, {"accepted_by": "乙", "rejected": rejected})
    assert open_tasks(shipment) == {"delivery.request_return"}
    assert sums("accepted") == (D("600.00"), D(6))
    made = world.run(
        "rep", "delivery.request_return", data={"shipment": str(shipment.pk), "reason": "划伤"}
    ).result
    assert (made.total, open_tasks(shipment)) == (D("452.00"), set())
    world.run("warehouse", "delivery.receive_return", made)
    assert sums("accepted") == (D("600.00"), D(6))
    assert sums("shipped") == (D("600.00"), D(6))
    assert level(world) == (D(94), D(0))
    assert unbroken() == []


@clause("5.3.1")
def test_a_return_reverses_stock_counters_and_facts(world: World) -> None:
    shipment = an_accepted_shipment(world, (("P-001", "3"),))
    made = a_return(world, "received", "2", shipment)
    line = line_of(shipment)
    assert (line.returned, line.order_line.returned) == (D(2), D(2))
    assert sums("accepted") == (D("100.00"), D(1))
    assert level(world) == (D(99), D(0))
    assert made.total == D("226.00")
    over = {"shipment": str(shipment.pk), "reason": "x", "lines": [{"line": str(line.pk), "quantity": "2"}]}
    assert refused(world, "rep", "delivery.request_return", data=over) == [
        ("delivery.more_than_delivered", "lines.0.quantity")
    ]
    assert unbroken() == []


def test_goods_that_cannot_be_sold_again_stay_out_of_stock(world: World) -> None:
    shipment = an_accepted_shipment(world)
    lines = [{"line": str(line_of(shipment).pk), "quantity": "1", "restock": False}]
    data = {"shipment": str(shipment.pk), "reason": "报废", "lines": lines}
    made = world.run("rep", "delivery.request_return", data=data).result
    world.run("warehouse", "delivery.receive_return", made)
    assert level(world) == (D(98), D(0))
    assert unbroken() == []


def test_who_took_the_order_does_not_ship_it(world: World) -> None:
    shipment = a_shipment(world)
    world.post(world.user("rep"), "warehouse")
    assert refused(world, "rep", "delivery.pick", shipment)[0][0] == "sod.same_person"


@clause("5.2.5")
def test_the_delivery_note_is_a_pdf_that_says_what_was_taken_over(world: World) -> None:
    shipment = an_accepted_shipment(world)
    found = notes.data(shipment)
    assert found["number"] == shipment.number
    assert found["buyer"]["name"] == a_buyer(world).party.name
    assert [(line["quantity"], line["received"]) for line in found["lines"]] == [(D(2), D(2))]
    assert notes.pdf(shipment).startswith(b"%PDF")


def test_the_checks_find_a_counter_that_was_bent(world: World) -> None:
    shipment = an_accepted_shipment(world)
    line = line_of(shipment)
    type(line).objects.filter(pk=line.pk).update(accepted=D(1))
    assert {finding.check for finding in unbroken()} >= {"delivery.counters", "delivery.facts"}
