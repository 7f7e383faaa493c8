"""What can be read of delivery: shipments, their lines, returns and their lines."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.selling.delivery.models import (
    AcceptanceKind,
    Return,
    ReturnLine,
    ReturnState,
    Shipment,
    ShipmentLine,
    ShipmentState,
)

CUSTOMER = T("客户", "Customer")


def _shipment_texts(shipment: Shipment) -> Iterable[str]:
    return (shipment.number, shipment.order.number, shipment.tracking)


def how_accepted(shipment: Shipment) -> str:
    """The way in which the customer took over; nothing before that, and of shipments from before it was asked."""
    return str(AcceptanceKind(shipment.accepted_how).label) if shipment.accepted_how else ""


def _return_texts(row: Return) -> Iterable[str]:
    """Imported returns name neither shipment nor order: their source does not say which sale they undo."""
    return (row.number, *(source.number for source in (row.shipment, row.order) if source is not None))


SHIPMENTS = view(
    "delivery.view",
    T("发货单", "Shipments"),
    Shipment,
    [
        Column("number", T("单号", "Number"), "code", "number", sortable=True),
        Column("state", T("状态", "State"), "state", "state", states=ShipmentState, filterable=True),
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column(
            "customer", CUSTOMER, "ref", "customer__party__name", ref="customers.customer", filterable=True
        ),
        Column("order", T("订单", "Order"), "ref", "order__number", ref="orders.order", filterable=True),
        Column(
            "warehouse",
            T("仓库", "Warehouse"),
            "ref",
            "warehouse__name",
            ref="stock.warehouse",
            filterable=True,
        ),
        Column("carrier", T("承运人", "Carrier"), "text", "carrier"),
        Column("tracking", T("运单号", "Tracking number"), "code", "tracking"),
        Column("expected_on", T("预计到达", "Expected"), "date", "expected_on", filterable=True),
        Column("consignee", T("收货人", "Consignee"), "text", "consignee", in_list=False),
        Column("ship_to", T("收货地址", "Ship to"), "text", "ship_to", in_list=False),
        Column("shipped_at", T("发货时间", "Shipped at"), "datetime", "shipped_at", in_list=False),
        Column("delivered_at", T("签收时间", "Delivered at"), "datetime", "delivered_at", in_list=False),
        Column("signed_by", T("签收人", "Signed by"), "text", "signed_by", in_list=False),
        Column("proof", T("签收凭证", "Proof of delivery"), "file", "proof", in_list=False),
        Column("accepted_on", T("验收日期", "Accepted on"), "date", "accepted_on", in_list=False),
        Column("accepted_by", T("验收人", "Accepted by"), "text", "accepted_by", in_list=False),
        Column("accepted_how", T("验收方式", "Way of acceptance"), value=how_accepted, in_list=False),
        Column("note", T("备注", "Note"), "text", "note", in_list=False),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
    ],
    url="shipments",
    help=T(
        "每批发给客户的货，单号即交付单号。",
        "Every consignment to a customer; its number is that of the delivery note.",
    ),
    related=("customer__party", "order", "warehouse", "owner", "proof"),
    search=_shipment_texts,
    found_by=("customer",),
    label=lambda shipment: shipment.number,
    clauses=("5.2.5",),
    states=ShipmentState,
)

LINES = view(
    "delivery.lines",
    T("发货明细", "Shipment lines"),
    ShipmentLine,
    [
        Column("position", T("行", "Line"), "text", "position"),
        Column(
            "shipment",
            T("发货单", "Shipment"),
            "ref",
            "shipment__number",
            ref="delivery.shipment",
            filterable=True,
        ),
        Column(
            "product", T("产品", "Product"), "ref", "product__name", ref="catalog.product", filterable=True
        ),
        Column("specification", T("规格", "Specification"), "text", "product__specification"),
        Column("quantity", T("发货数量", "Quantity"), "quantity", "quantity"),
        Column("accepted", T("验收", "Accepted"), "quantity", "accepted"),
        Column("rejected", T("拒收", "Rejected"), "quantity", "rejected"),
        Column("returned", T("退货", "Returned"), "quantity", "returned"),
        Column("invoiced", T("已申请开票", "Invoiced"), "quantity", "invoiced"),
    ],
    url="shipment-lines",
    help=T(
        "发货单的每一行及其验收、退货、开票数量。", "Each line of a shipment: accepted, returned, invoiced."
    ),
    related=("shipment", "product"),
    order=("-shipment_id", "position"),
    label=lambda line: f"{line.shipment.number}/{line.position}",
    clauses=("5.2.5", "5.3.1"),
)

RETURNS = view(
    "delivery.returns",
    T("退货单", "Returns"),
    Return,
    [
        Column("number", T("单号", "Number"), "code", "number", sortable=True),
        Column("state", T("状态", "State"), "state", "state", states=ReturnState, filterable=True),
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column(
            "customer", CUSTOMER, "ref", "customer__party__name", ref="customers.customer", filterable=True
        ),
        Column(
            "shipment",
            T("发货单", "Shipment"),
            "ref",
            "shipment__number",
            ref="delivery.shipment",
            filterable=True,
        ),
        Column("order", T("订单", "Order"), "ref", "order__number", ref="orders.order", filterable=True),
        Column("warehouse", T("收货仓库", "Into warehouse"), "ref", "warehouse__name", ref="stock.warehouse"),
        Column("total", T("价税合计", "Total with tax"), "amount", "total", sortable=True),
        Column("reason", T("原因", "Reason"), "text", "reason", in_list=False),
        Column("received_at", T("收货时间", "Received at"), "datetime", "received_at", in_list=False),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
    ],
    url="returns",
    help=T(
        "客户退回的货，入库后自动冲账。", "Goods that come back; once in the warehouse they are credited."
    ),
    related=("customer__party", "order", "shipment", "warehouse", "owner"),
    search=_return_texts,
    found_by=("customer",),
    label=lambda row: row.number,
    states=ReturnState,
)

RETURN_LINES = view(
    "delivery.return_lines",
    T("退货明细", "Return lines"),
    ReturnLine,
    [
        Column("return_order", T("退货单", "Return"), "ref", "return_order__number", ref="delivery.return"),
        Column(
            "product", T("产品", "Product"), "ref", "product__name", ref="catalog.product", filterable=True
        ),
        Column("quantity", T("数量", "Quantity"), "quantity", "quantity"),
        Column("restock", T("可再售", "Fit for sale"), "bool", "restock"),
    ],
    url="return-lines",
    help=T("退货单的每一行。", "Each line of a return."),
    related=("return_order", "product"),
    order=("-return_order_id", "-id"),
    label=lambda line: f"{line.return_order.number}",
)
