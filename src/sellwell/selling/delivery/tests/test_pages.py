"""Pages of delivery: lists, records, forms, the note, and the warehouse's day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.selling.contracts.tests.builders import goods
from sellwell.selling.delivery.models import Shipment
from sellwell.selling.delivery.pages.records import counted, destination, find_lines
from sellwell.selling.delivery.pages.workbench import late_arrivals, to_pick, to_ship, waiting_for_acceptance
from sellwell.selling.delivery.tests.builders import a_return, a_shipment, an_accepted_shipment, line_of
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]


@pytest.mark.parametrize("path", ["/shipments/", "/shipment-lines/", "/returns/", "/return-lines/"])
def test_lists(world: World, path: str) -> None:
    a_return(world)
    assert signed_in(world, "warehouse").get(path).status_code == 200


@clause("5.2.5")
def test_records_forms_and_the_note(world: World) -> None:
    shipment = an_accepted_shipment(world)
    returned = a_return(world, shipment=shipment)
    client = signed_in(world, "warehouse")
    for path in (
        f"/shipments/{shipment.pk}/",
        f"/shipment-lines/{line_of(shipment).pk}/",
        f"/returns/{returned.pk}/",
        f"/orders/{shipment.order_id}/",
        f"/do/delivery.plan_shipment/?order={shipment.order_id}",
        f"/do/delivery.receive_return/{returned.pk}/",
        "/",
    ):
        assert client.get(path).status_code == 200, path
    note = client.get(f"/shipments/{shipment.pk}/note.pdf")
    assert note["Content-Type"] == "application/pdf"
    assert note.content.startswith(b"%PDF")


def test_the_note_is_not_there_for_those_who_do_not_see_the_shipment(world: World) -> None:
    shipment = a_shipment(world)
    world.add("other", "rep", "SOUTH")
    assert signed_in(world, "other").get(f"/shipments/{shipment.pk}/note.pdf").status_code == 404


def test_forms_start_from_what_is_known(world: World) -> None:
    shipment = a_shipment(world)
    ctx = world.ctx("warehouse")
    assert counted(shipment, ctx) == {
        "lines": [{"line": line_of(shipment).pk, "quantity": line_of(shipment).quantity}]
    }
    assert destination(shipment, ctx)["ship_to"] == shipment.order.ship_to
    form = signed_in(world, "warehouse").get(f"/do/delivery.pick/{shipment.pk}/")
    assert form.status_code == 200
    world.see()
    assert str(line_of(shipment).pk) in form.content.decode()


def test_lines_are_found_by_shipment_and_product(world: World) -> None:
    shipment = a_shipment(world)
    ctx = world.ctx("warehouse")
    assert [c.id for c in find_lines(goods(world).name[:2], ctx, {})] == [line_of(shipment).pk]
    assert [c.id for c in find_lines("", ctx, {"order": str(shipment.order_id)})] == [line_of(shipment).pk]
    assert find_lines("", ctx, {"shipment": str(shipment.order_id)}) == []


def test_the_warehouse_sees_what_waits(world: World) -> None:
    planned, picked = a_shipment(world), a_shipment(world, "picked")
    ctx = world.ctx("warehouse")
    assert to_pick(ctx)["shipments"] == [planned]
    assert to_ship(ctx)["shipments"] == [picked]


def test_late_shipments_are_told(world: World) -> None:
    late, unaccepted = a_shipment(world, "shipped"), a_shipment(world, "delivered")
    Shipment.objects.filter(pk=late.pk).update(expected_on=world.today - timedelta(days=1))
    before = world.ctx("rep").now - timedelta(days=9)
    Shipment.objects.filter(pk=unaccepted.pk).update(delivered_at=before)
    ctx = world.ctx("rep")
    assert [w.level for w in late_arrivals(ctx)] == ["late"]
    assert [w.level for w in waiting_for_acceptance(ctx)] == ["near"]
