"""Goods leave the house, and the customer signs for them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sellwell.foundation.stock import moves as stock
from sellwell.foundation.stock.queries import level_locks
from sellwell.kernel import clock
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.delivery import facts, queries
from sellwell.selling.delivery.models import Shipment, ShipmentLine, ShipmentState
from sellwell.selling.orders import moves as orders

LACKS = Reason(
    "delivery.lacks",
    T("发货前请填写{what}（制度 5.2.3）。", "Fill in the {what} before it leaves (clause 5.2.3)."),
)
ARRIVES_IN_THE_PAST = Reason(
    "delivery.arrives_in_past",
    T("预计到达日期不能早于今天。", "The expected arrival cannot lie before today."),
)
IN_THE_FUTURE = Reason("delivery.future", T("时间不能晚于现在。", "The time cannot lie in the future."))
BEFORE_SHIPPING = Reason(
    "delivery.before_shipping",
    T("签收时间不能早于发货时间。", "It cannot be signed for before it was shipped."),
)
NO_PROOF = Reason(
    "delivery.no_proof",
    T(
        "没有签收照片或扫描件；日后争议时只有签收人姓名。",
        "No photo or scan: in a dispute only the signer's name is left.",
    ),
)


class Ship(Input):
    """By whom, when and to whom the goods go (clause 5.2.3)."""

    carrier: Code = field(T("承运人", "Carrier"), min_length=1)
    tracking: Code = field(T("运单号", "Tracking number"), "")
    expected_on: date = field(T("预计到达", "Expected arrival"))
    consignee: ShortText = field(
        T("收货人", "Consignee"), "", T("留空：按订单", "Empty: as on the order"), max_length=80
    )
    ship_to: ShortText = field(T("收货地址", "Ship to"), "", T("留空：按订单", "Empty: as on the order"))


def assess_ship(shipment: Shipment, given: Ship | None, ctx: Context) -> Assessment:
    """Whether consignee, address and arrival are known."""
    consignee = (given.consignee if given else "") or shipment.consignee
    ship_to = (given.ship_to if given else "") or shipment.ship_to
    objections: list[Objection] = []
    if given is not None:
        if not consignee:
            objections.append(LACKS.refuse("consignee", what=T("收货人", "consignee")))
        if not ship_to:
            objections.append(LACKS.refuse("ship_to", what=T("收货地址", "address")))
        if given.expected_on < ctx.today:
            objections.append(ARRIVES_IN_THE_PAST.refuse("expected_on"))
    return Assessment(carry=(consignee[:80], ship_to), objections=tuple(objections))


def locks_of_ship(shipment: Shipment, given: Any, ctx: Context) -> list[Lock]:
    """The order and the stock levels that the goods leave from."""
    products = shipment.lines.filter(product__kind="goods").values_list("product_id", flat=True)
    return [*queries.order_locks([shipment.order_id]), *level_locks(ctx.company_id, products)]


@operation(
    "delivery.ship",
    T("发货", "Ship"),
    Shipment,
    input=Ship,
    from_states=[ShipmentState.PICKED],
    assess=assess_ship,
    lock_keys=locks_of_ship,
    clauses=["5.2.3", "5.2.5"],
    help=T("货物出库，预留转为出库。", "The goods leave: stock out, reservation used up."),
)
def ship(shipment: Shipment, given: Ship, ctx: Context, assessment: Assessment) -> Effects:
    """Stock out, reservation used up, facts; the owner is told to have the delivery confirmed."""
    consignee, ship_to = assessment.carry
    lines = queries.lines_of(shipment)
    effects = Effects()
    effects.update(
        shipment,
        state=ShipmentState.SHIPPED.value,
        carrier=given.carrier,
        tracking=given.tracking,
        expected_on=given.expected_on,
        consignee=consignee,
        ship_to=ship_to,
        shipped_at=ctx.now,
    )
    effects.facts += facts.shipped(shipment, lines, ctx.today)
    _goods_out(effects, ctx, shipment, lines)
    effects.search.append(shipment)
    effects.events.append(NewEvent("delivery.shipped", {"shipment": str(shipment.pk)}))
    effects.tasks.append(
        NewTask(
            "delivery.confirm_delivery",
            shipment,
            owner_id=shipment.owner_id,
            due_at=_end_of(given.expected_on),
        )
    )
    return effects


def _goods_out(effects: Effects, ctx: Context, shipment: Shipment, lines: list[ShipmentLine]) -> None:
    """Stock and the order's counters, one statement per table. Services leave no warehouse."""
    goods = [line for line in lines if line.product.kind == "goods"]
    if goods:
        out = [(ln.order_line_id, shipment.warehouse_id, ln.product_id, ln.quantity, True) for ln in goods]
        stock.ship(effects, ctx, shipment.pk, out)
    counts: list[tuple[Any, dict[str, Decimal]]] = [
        (line.order_line_id, {"shipped": line.quantity, "reserved": -line.quantity}) for line in goods
    ]
    counts += [(ln.order_line_id, {"shipped": ln.quantity}) for ln in lines if ln.product.kind != "goods"]
    orders.count(effects, ctx, counts)


def _end_of(day: date) -> datetime:
    """Close of business on a day."""
    return datetime(day.year, day.month, day.day, 18, tzinfo=clock.BUSINESS_ZONE)


class ConfirmDelivery(Input):
    """Who signed for the goods, when, and what proves it."""

    signed_by: Name = field(T("签收人", "Signed by"), max_length=80)
    delivered_at: datetime | None = field(T("签收时间", "Delivered at"), None, T("留空：现在", "Empty: now"))
    proof: Ref("kernel.storedfile") | None = field(T("签收照片或扫描件", "Photo or scan"), None)  # type: ignore[valid-type]


def moment(given: datetime | None, ctx: Context) -> datetime:
    """A typed time; one without a zone is meant where the company works."""
    if given is None:
        return ctx.now
    return given if given.tzinfo else given.replace(tzinfo=clock.BUSINESS_ZONE)


def assess_delivery(shipment: Shipment, given: ConfirmDelivery | None, ctx: Context) -> Assessment:
    """Whether the time makes sense; a delivery without proof is told."""
    if given is None:
        return Assessment()
    when = moment(given.delivered_at, ctx)
    objections: list[Objection] = []
    if when > ctx.now:
        objections.append(IN_THE_FUTURE.refuse("delivered_at"))
    if (
        shipment.shipped_at is not None
        and given.delivered_at is not None
        and when.date() < shipment.shipped_at.date()
    ):
        objections.append(BEFORE_SHIPPING.refuse("delivered_at"))
    if given.proof is None:
        objections.append(NO_PROOF.warn("proof"))
    return Assessment(carry=when, objections=tuple(objections))


@operation(
    "delivery.confirm_delivery",
    T("确认签收", "Confirm delivery"),
    Shipment,
    input=ConfirmDelivery,
    from_states=[ShipmentState.SHIPPED],
    assess=assess_delivery,
    clauses=["5.2.5"],
    help=T(
        "登记签收人与凭证；验收与开票都以此为准。",
        "Who signed, with proof: the door to acceptance and billing.",
    ),
)
def confirm_delivery(
    shipment: Shipment, given: ConfirmDelivery, ctx: Context, assessment: Assessment
) -> Effects:
    """Signed for; the owner is told to have it accepted."""
    effects = Effects()
    effects.update(
        shipment,
        state=ShipmentState.DELIVERED.value,
        signed_by=given.signed_by,
        delivered_at=assessment.carry,
        proof_id=given.proof,
    )
    effects.tasks.append(
        NewTask("delivery.accept", shipment, owner_id=shipment.owner_id, working_hours=Decimal(40))
    )
    return effects
