"""What people see of delivery: shipments, returns, the delivery note, and the warehouse's day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse

from sellwell.foundation.profiles.queries import offered
from sellwell.kernel import access
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.delivery import notes
from sellwell.selling.delivery.models import Shipment, ShipmentLine, ShipmentState
from sellwell.selling.delivery.views import LINES, RETURN_LINES, RETURNS, SHIPMENTS
from sellwell.web.registry import (
    Choice,
    board_page,
    choices,
    form,
    list_page,
    new_button,
    page,
    panel,
    picker,
    record_page,
    related,
    section,
)
from sellwell.web.shortcuts import paper

section("delivery", T("交付", "Delivery"), order=40)

list_page(
    SHIPMENTS,
    section="delivery",
    icon="route",
    order=10,
    new=["delivery.plan_shipment"],
    bulk=["delivery.pick", "delivery.cancel_shipment"],
    columns=["number", "customer", "order", "state", "warehouse", "expected_on", "business_date"],
    card=["customer", "state", "expected_on"],
    saved=[
        ("planned", T("待拣货", "To pick"), {"state": "planned"}),
        ("picked", T("待发货", "To ship"), {"state": "picked"}),
        ("shipped", T("在途", "On the way"), {"state": "shipped"}),
        ("delivered", T("待验收", "To accept"), {"state": "delivered"}),
    ],
    empty=T(
        "还没有发货单。订单确认后由仓库安排发货。",
        "No shipments yet. The warehouse plans them once orders are confirmed.",
    ),
)
board_page(
    SHIPMENTS,
    moves={
        "picked": "delivery.pick",
        "shipped": "delivery.ship",
        "delivered": "delivery.confirm_delivery",
        "accepted": "delivery.accept",
    },
    card=["customer", "order", "expected_on"],
    states=[
        ShipmentState.PLANNED,
        ShipmentState.PICKED,
        ShipmentState.SHIPPED,
        ShipmentState.DELIVERED,
        ShipmentState.ACCEPTED,
    ],
)
record_page(
    SHIPMENTS,
    path=[
        ShipmentState.PLANNED,
        ShipmentState.PICKED,
        ShipmentState.SHIPPED,
        ShipmentState.DELIVERED,
        ShipmentState.ACCEPTED,
    ],
    facts=[
        "customer", "order", "warehouse", "consignee", "ship_to", "carrier", "tracking", "expected_on", "shipped_at",
        "delivered_at", "signed_by", "proof", "accepted_on", "accepted_by", "accepted_how", "note",
    ],
    comment="delivery.comment",
)  # fmt: skip
list_page(
    RETURNS,
    section="delivery",
    icon="refresh",
    order=20,
    new=["delivery.request_return"],
    columns=["number", "customer", "shipment", "state", "total", "business_date"],
    empty=T("没有退货。", "Nothing came back."),
)
record_page(
    RETURNS, amount="total", facts=["customer", "shipment", "order", "warehouse", "reason", "received_at"]
)
list_page(LINES, empty=T("还没有发货明细。", "No shipment lines yet."))
list_page(RETURN_LINES, empty=T("没有退货明细。", "No return lines."))
record_page(LINES)
record_page(RETURN_LINES)

related("delivery.shipment", LINES, by="shipment_id", title=T("明细", "Lines"), place="main", order=10)
related("delivery.shipment", RETURNS, by="shipment_id")
related(
    "delivery.return", RETURN_LINES, by="return_order_id", title=T("明细", "Lines"), place="main", order=10
)
related("orders.order", SHIPMENTS, by="order_id", title=T("发货", "Shipments"), order=20)
related("orders.order", RETURNS, by="order_id", title=T("退货", "Returns"), order=25)
related("customers.customer", SHIPMENTS, by="customer_id", title=T("发货", "Shipments"), order=50)
related("customers.customer", RETURNS, by="customer_id", title=T("退货", "Returns"), order=55)

new_button("delivery.plan_shipment")
new_button("delivery.request_return")


# --- forms -------------------------------------------------------------------------------------------------------------


def counted(shipment: Shipment, ctx: Context) -> dict[str, Any]:
    """Every line with what the note says, to be counted against."""
    lines = shipment.lines.order_by("position")
    return {"lines": [{"line": line.pk, "quantity": line.quantity} for line in lines]}


def destination(shipment: Shipment, ctx: Context) -> dict[str, Any]:
    """Where the goods go, as the order has it."""
    return {
        "consignee": shipment.consignee,
        "ship_to": shipment.ship_to,
        "carrier": shipment.carrier,
        "tracking": shipment.tracking,
        "expected_on": shipment.expected_on or ctx.today + timedelta(days=2),
    }


form("delivery.pick", initial=counted)
form("delivery.ship", initial=destination)
choices("delivery.accept", "how", lambda row, ctx: offered(ctx.company_id, "delivery.acceptance", ctx.today))
form("delivery.plan_shipment", pick={"lines.#.line": "order"})
form("delivery.request_return", pick={"lines.#.line": "shipment"})


def find_lines(q: str, ctx: Context, params: Mapping[str, str]) -> Sequence[Choice]:
    """Shipment lines by shipment number or product, of one shipment or order where the form says which."""
    rows = LINES.rows(ctx.actor)
    if params.get("shipment"):
        rows = rows.filter(shipment_id=params["shipment"])
    if params.get("order"):
        rows = rows.filter(shipment__order_id=params["order"])
    if q:
        rows = rows.filter(
            Q(shipment__number__icontains=q) | Q(product__name__icontains=q) | Q(product__code__icontains=q)
        )
    return [_choice(line) for line in rows.order_by("-shipment__business_date", "position")[:20]]


def _choice(line: ShipmentLine) -> Choice:
    return Choice(line.pk, f"{line.shipment.number}/{line.position} {line.product}", f"{line.quantity:f}")


picker("delivery.shipmentline", find_lines)


# --- the delivery note -------------------------------------------------------------------------------------------------


def delivery_note(request: Any, row_id: UUID) -> HttpResponse:
    """The note as PDF, for whoever may see the shipment."""
    row = Shipment.objects.select_related(*SHIPMENTS.related).filter(pk=row_id).first()
    if row is None or access.cell_for(request.actor, SHIPMENTS.name, row) is None:
        raise Http404
    return paper(request, SHIPMENTS, row.pk, notes.pdf(row), f"{row.number}.pdf")


page("shipments/<uuid:row_id>/note.pdf", delivery_note, "delivery.note", right="delivery.view")
panel(
    "delivery.shipment",
    "note",
    T("交付单", "Delivery note"),
    "delivery/note.html",
    context=lambda row, ctx: {"url": f"/shipments/{row.pk}/note.pdf"},
    place="side",
    right="delivery.view",
    order=10,
)


def on_the_way(shipment: Shipment, ctx: Context) -> dict[str, Any] | None:
    """How many units a shipment brought and what became of them."""
    totals = {"quantity": Decimal(0), "accepted": Decimal(0), "rejected": Decimal(0), "returned": Decimal(0)}
    for line in shipment.lines.all():
        for name in totals:
            totals[name] += getattr(line, name)
    return {"totals": totals} if shipment.state == ShipmentState.ACCEPTED.value else None


panel(
    "delivery.shipment",
    "outcome",
    T("验收结果", "Outcome"),
    "delivery/outcome.html",
    context=on_the_way,
    place="side",
    right="delivery.view",
    order=20,
)
