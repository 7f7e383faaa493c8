"""Shipments and returns for tests, made by the operations themselves, and how each operation succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.stock.tests.builders import a_warehouse
from sellwell.kernel.testing import Case, builder
from sellwell.selling.contracts.tests.builders import ONE_LINE, Lines
from sellwell.selling.delivery.models import Return, Shipment, ShipmentLine
from sellwell.selling.orders.models import Order
from sellwell.selling.orders.tests.builders import a_confirmed_order

if TYPE_CHECKING:
    from sellwell.testing.world import World

# The states of a shipment with who brings it there and how; each goes on from the one before.
STEPS = {
    "planned": ("", "", None),
    "picked": ("warehouse", "delivery.pick", lambda world: {}),
    "shipped": ("warehouse", "delivery.ship", lambda world: how_to_ship(world)),
    "delivered": ("rep", "delivery.confirm_delivery", lambda world: {"signed_by": "收货员甲"}),
    "accepted": ("rep", "delivery.accept", lambda world: {"accepted_by": "质检员乙"}),
}


def how_to_ship(world: World) -> dict[str, Any]:
    """Carrier, day and address of a shipment."""
    return {
        "carrier": "顺丰",
        "tracking": "SF1001",
        "expected_on": str(world.today + timedelta(days=2)),
        "consignee": "收货员甲",
        "ship_to": "工业路 1 号",
    }


def a_shipment(
    world: World, state: str = "planned", lines: Lines = ONE_LINE, order: Order | None = None, **values: Any
) -> Shipment:
    """A shipment in a state, of a confirmed order of the rep (all that can go, unless `lines` of `values` say less)."""
    order = order or a_confirmed_order(world, lines)
    data = {"order": str(order.pk), "warehouse": str(a_warehouse(world).pk), **values}
    shipment: Shipment = world.run("warehouse", "delivery.plan_shipment", data=data).result
    if state == "cancelled":
        world.run("warehouse", "delivery.cancel_shipment", shipment)
    else:
        bring(world, shipment, state)
    shipment.refresh_from_db()
    return shipment


def bring(world: World, shipment: Shipment, state: str) -> None:
    """Take a planned shipment to a state, step by step."""
    for reached, (role, operation, data) in STEPS.items():
        if data is not None:
            world.run(role, operation, shipment, data(world))
        if reached == state:
            return


def an_accepted_shipment(world: World, lines: Lines = ONE_LINE, order: Order | None = None) -> Shipment:
    """A shipment that the customer took over whole."""
    return a_shipment(world, "accepted", lines, order)


def part_of(order: Order, quantity: str, position: int = 1) -> list[dict[str, str]]:
    """The `lines` that plan so many of an order's line."""
    line = order.lines.get(position=position, is_void=False)
    return [{"line": str(line.pk), "quantity": quantity}]


def line_of(shipment: Shipment, position: int = 1) -> ShipmentLine:
    """A line of a shipment, as it stands."""
    return ShipmentLine.objects.get(shipment=shipment, position=position)


def a_return(
    world: World, state: str = "requested", quantity: str = "1", shipment: Shipment | None = None
) -> Return:
    """A return of so many of the first line of an accepted shipment."""
    shipment = shipment or an_accepted_shipment(world)
    line = line_of(shipment)
    data = {
        "shipment": str(shipment.pk),
        "reason": "型号不符",
        "lines": [{"line": str(line.pk), "quantity": quantity}],
    }
    made: Return = world.run("rep", "delivery.request_return", data=data).result
    if state in ("received", "credited"):
        world.run("warehouse", "delivery.receive_return", made)
    if state == "credited":
        world.run("finance", "receivables.credit_return", made)  # nothing was invoiced
    if state == "cancelled":
        world.run("rep", "delivery.cancel_return", made)
    made.refresh_from_db()
    return made


def _in_state(world: World) -> Any:
    return lambda state: a_shipment(world, state)


def _return_in_state(world: World) -> Any:
    return lambda state: a_return(world, state)


@builder("delivery.plan_shipment")
def _plan(world: World) -> Case:
    order = a_confirmed_order(world)
    return Case("warehouse", data={"order": str(order.pk), "warehouse": str(a_warehouse(world).pk)})


@builder("delivery.pick")
def _pick(world: World) -> Case:
    shipment = a_shipment(world)
    line = line_of(shipment)
    data = {"lines": [{"line": str(line.pk), "quantity": str(line.quantity)}]}
    return Case("warehouse", shipment, data, in_state=_in_state(world))


@builder("delivery.cancel_shipment")
def _cancel(world: World) -> Case:
    return Case("warehouse", a_shipment(world), in_state=_in_state(world))


@builder("delivery.comment")
def _comment(world: World) -> Case:
    return Case("warehouse", a_shipment(world), {"note": "客户要求上午送达"})


@builder("delivery.ship")
def _ship(world: World) -> Case:
    return Case("warehouse", a_shipment(world, "picked"), how_to_ship(world), in_state=_in_state(world))


@builder("delivery.confirm_delivery")
def _confirm_delivery(world: World) -> Case:
    return Case("rep", a_shipment(world, "shipped"), {"signed_by": "收货员甲"}, in_state=_in_state(world))


@builder("delivery.accept")
def _accept(world: World) -> Case:
    return Case("rep", a_shipment(world, "delivered"), {"accepted_by": "质检员乙"}, in_state=_in_state(world))


@builder("delivery.request_return")
def _request_return(world: World) -> Case:
    shipment = an_accepted_shipment(world)
    lines = [{"line": str(line_of(shipment).pk), "quantity": "1"}]
    return Case("rep", data={"shipment": str(shipment.pk), "reason": "型号不符", "lines": lines})


@builder("delivery.cancel_return")
def _cancel_return(world: World) -> Case:
    return Case("rep", a_return(world), in_state=_return_in_state(world))


@builder("delivery.receive_return")
def _receive_return(world: World) -> Case:
    return Case("warehouse", a_return(world), in_state=_return_in_state(world))


def a_parcel(
    number: str = "536365", lines: int = 2, *, is_return: bool = False, **values: Any
) -> dict[str, Any]:
    """A document of a source as the import's input takes it."""
    return {
        "number": number,
        "is_return": is_return,
        "day": "2011-03-01",
        "customer": "17850",
        "customer_name": "江岸五金行",
        "region": "United Kingdom",
        "lines": [
            {
                "ordinal": n,
                "product": f"8512{n}A",
                "name": "白色心形灯座",
                "quantity": "6",
                "price": "2.55",
                "digest": f"{n:032x}",
            }
            for n in range(1, lines + 1)
        ],
        **values,
    }


@builder("delivery.import_orders")
def _import_orders(world: World) -> Case:
    from sellwell.kernel.tests.builders import a_batch

    parcels = [a_parcel(), a_parcel("C536379", is_return=True)]
    data = {"rate": "10.32", "tax_rate": "0", "parcels": parcels}
    return Case("sales_manager", a_batch(world), data, in_state=lambda state: a_batch(world, state))
