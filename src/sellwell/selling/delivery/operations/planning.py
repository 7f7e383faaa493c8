"""Planning a shipment from what is reserved, picking it, and letting it go again before it leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Input, Nothing, Quantity, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.delivery import queries
from sellwell.selling.delivery.models import Shipment, ShipmentLine, ShipmentState
from sellwell.selling.delivery.rules import (
    COUNT_DIFFERS,
    NOT_A_LINE,
    TWICE,
    Plannable,
    choose_warehouse,
    plan,
)
from sellwell.selling.orders import moves as orders

ORDER_NOT_CONFIRMED = Reason(
    "delivery.order_not_confirmed",
    T(
        "订单尚未确认或已结束，不能排发货。",
        "The order is not confirmed, or has ended; nothing can be planned for it.",
    ),
)
ORDER_HELD = Reason(
    "delivery.order_held",
    T("订单正在等待审批，不能排发货。", "The order waits for approval; nothing can be planned for it."),
)


class PlanLine(Input):
    """So many of an order line."""

    line: Ref("orders.orderline") = field(T("订单行", "Order line"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("数量", "Quantity"))


class PlanShipment(Input):
    """What shall go out for an order. Without lines: everything that this warehouse holds for it."""

    order: Ref("orders.order") = field(T("订单", "Order"))  # type: ignore[valid-type]
    warehouse: Ref("stock.warehouse") | None = field(  # type: ignore[valid-type]
        T("仓库", "Warehouse"), None, T("留空：预留最多的仓库", "Empty: the one that holds most of it")
    )
    lines: list[PlanLine] = field(
        T("明细", "Lines"),
        default_factory=list,
        max_length=500,
        help=T("留空：全部可发的", "Empty: all that can go"),
    )


def assess_plan(row: None, given: PlanShipment, ctx: Context) -> Assessment:
    """What can go now, and the lines that come of it."""
    order = queries.ORDER.objects.select_related("customer").get(pk=given.order)
    free = queries.plannable(order.pk)
    warehouse_id = given.warehouse or choose_warehouse(free) or _any_warehouse(ctx)
    here = {f.line_id: f.quantity for f in free if f.warehouse_id in (warehouse_id, None)}
    lines, objections = plan(here, [(line.line, line.quantity) for line in given.lines])
    if str(order.state) != "confirmed":
        objections = [ORDER_NOT_CONFIRMED.refuse("order")]
    elif order.held_by is not None:
        objections = [ORDER_HELD.refuse("order")]
    content = {
        "order": str(order.pk),
        "customer": str(order.customer_id),
        "warehouse": str(warehouse_id),
        "lines": [{"line": str(line), "quantity": quantity} for line, quantity in lines],
    }
    carry = (order, warehouse_id, lines, _something_left(free, warehouse_id, lines))
    return Assessment(content=content, carry=carry, objections=tuple(objections))


def _any_warehouse(ctx: Context) -> Any:
    """Where services are said to leave from: a shipment always names a place."""
    model: Any = Shipment._meta.get_field("warehouse").related_model
    rows = model.objects.filter(company_id=ctx.company_id, kind="physical").order_by("code")
    return rows.values_list("pk", flat=True).first()


def _something_left(free: list[Plannable], warehouse_id: Any, lines: list[tuple[UUID, Decimal]]) -> bool:
    """Whether more can go out than this shipment takes: here or from another warehouse."""
    taken = dict(lines)
    return any(
        f.quantity
        > (taken.get(f.line_id, Decimal(0)) if f.warehouse_id in (warehouse_id, None) else Decimal(0))
        for f in free
    )


def locks_of_plan(row: None, given: PlanShipment, ctx: Context) -> list[Lock]:
    """The order: two shipments planned at once never take the same goods."""
    return queries.order_locks([given.order])


@operation(
    "delivery.plan_shipment",
    T("安排发货", "Plan shipment"),
    Shipment,
    input=PlanShipment,
    creates=True,
    parent="order",
    assess=assess_plan,
    lock_keys=locks_of_plan,
    clauses=["5.2.3", "5.2.5", "1.1.5"],
    help=T(
        "把已预留的货排入一张发货单；可分批。单号即交付单号。",
        "Put reserved goods into a shipment, in parts where needed. Its number is that of the delivery note.",
    ),
)
def plan_shipment(row: None, given: PlanShipment, ctx: Context, assessment: Assessment) -> Effects:
    """The shipment with its lines; the order counts them as planned, the warehouse is told to pick."""
    order, warehouse_id, lines, something_left = assessment.carry
    shipment = drafting.document(
        Shipment,
        ctx,
        "DN",
        ShipmentState.PLANNED,
        after=order,
        order=order,
        customer=order.customer,
        warehouse_id=warehouse_id,
        consignee=order.consignee,
        ship_to=order.ship_to,
    )
    products = dict(queries.ORDER_LINE.objects.filter(order_id=order.pk).values_list("pk", "product_id"))
    effects = Effects(result=shipment)
    effects.insert(shipment, *_new_lines(shipment, lines, products))
    orders.count(effects, ctx, [(line, {"planned": quantity}) for line, quantity in lines])
    effects.links.append((order, shipment))
    effects.search.append(shipment)
    effects.tasks.append(NewTask("delivery.pick", shipment, role="warehouse", working_hours=Decimal(4)))
    if something_left:
        effects.tasks.append(NewTask("delivery.plan_shipment", order, role="warehouse"))
    return effects


def _new_lines(
    shipment: Shipment, lines: list[tuple[UUID, Decimal]], products: dict[UUID, UUID]
) -> list[ShipmentLine]:
    return [
        ShipmentLine(
            company_id=shipment.company_id,
            shipment=shipment,
            order_line_id=line,
            product_id=products[line],
            position=position,
            quantity=quantity,
        )
        for position, (line, quantity) in enumerate(lines, start=1)
    ]


class CountedLine(Input):
    """What was counted of a line."""

    line: Ref("delivery.shipmentline") = field(T("行", "Line"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("清点数量", "Counted"))


class PickShipment(Input):
    """The count, where it was taken line by line."""

    lines: list[CountedLine] = field(
        T("清点", "Count"),
        default_factory=list,
        max_length=500,
        help=T("留空：与单相符", "Empty: all as on the note"),
    )


def assess_pick(shipment: Shipment, given: PickShipment | None, ctx: Context) -> Assessment:
    """Whether what was counted is what the note says (clause 5.2.4)."""
    planned = {line.pk: line.quantity for line in shipment.lines.all()}
    objections: list[Objection] = []
    seen: set[UUID] = set()
    for index, counted in enumerate(given.lines if given else []):
        quantity = planned.get(counted.line)
        if quantity is None:
            objections.append(NOT_A_LINE.refuse(f"lines.{index}.line"))
        elif counted.line in seen:
            objections.append(TWICE.refuse(f"lines.{index}.line"))
        elif counted.quantity != quantity:
            path = f"lines.{index}.quantity"
            objections.append(COUNT_DIFFERS.refuse(path, counted=counted.quantity, planned=quantity))
        seen.add(counted.line)
    return Assessment(objections=tuple(objections))


@operation(
    "delivery.pick",
    T("拣货", "Pick"),
    Shipment,
    input=PickShipment,
    from_states=[ShipmentState.PLANNED],
    assess=assess_pick,
    clauses=["5.2.4"],
    help=T(
        "按发货单拣货并清点；数量不符时说明哪一行。",
        "Pick and count by the note; a difference is told line by line.",
    ),
)
def pick(shipment: Shipment, given: PickShipment, ctx: Context, assessment: Assessment) -> Effects:
    """Picked and counted; the warehouse is told to ship."""
    effects = Effects()
    effects.update(shipment, state=ShipmentState.PICKED.value)
    effects.tasks.append(NewTask("delivery.ship", shipment, role="warehouse", working_hours=Decimal(4)))
    return effects


def locks_of_order(shipment: Shipment, given: Any, ctx: Context) -> list[Lock]:
    """The order whose counters move."""
    return queries.order_locks([shipment.order_id])


@operation(
    "delivery.cancel_shipment",
    T("取消发货", "Cancel shipment"),
    Shipment,
    input=Nothing,
    from_states=[ShipmentState.PLANNED, ShipmentState.PICKED],
    lock_keys=locks_of_order,
    danger=True,
    clauses=["5.2.5"],
    help=T("发货之前取消；货仍为订单预留。", "Before it leaves; the goods stay reserved for the order."),
)
def cancel_shipment(shipment: Shipment, given: Nothing, ctx: Context, assessment: Assessment) -> Effects:
    """The order counts nothing as planned any more; its goods stay reserved."""
    effects = Effects()
    effects.update(shipment, state=ShipmentState.CANCELLED.value)
    lines = [(line.order_line_id, {"planned": -line.quantity}) for line in shipment.lines.all()]
    orders.count(effects, ctx, lines)
    effects.drop_tasks.append(shipment.pk)
    effects.tasks.append(NewTask("delivery.plan_shipment", shipment.order, role="warehouse"))
    return effects


class Comment(Input):
    """A note for colleagues."""

    note: ShortText = field(T("备注", "Note"), min_length=1)


@operation(
    "delivery.comment",
    T("备注", "Comment"),
    Shipment,
    input=Comment,
    while_held=True,
    menu=False,
    help=T("给发货单加备注。", "Add a note to the shipment."),
)
def comment(shipment: Shipment, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The note gets one more line."""
    effects = Effects()
    said = f"{ctx.today.isoformat()} {given.note}"
    effects.update(shipment, note=f"{shipment.note}\n{said}".strip())
    return effects
