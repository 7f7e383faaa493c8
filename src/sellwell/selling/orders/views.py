"""What people read of orders. How far an order has come is computed from its lines, never stored."""

from __future__ import annotations

from decimal import Decimal

from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.selling.contracts.lines import PriceSource
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import Channel, Order, OrderLine, OrderState


def _word(order: Order, which: str) -> T | None:
    """One of the status words; drafts and cancelled orders have none."""
    if order.state not in (OrderState.CONFIRMED, OrderState.CLOSED):
        return None
    return queries.progress(order).words[which]


ORDERS = view(
    "orders.view",
    T("订单", "Orders"),
    Order,
    [
        Column("number", T("订单编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("customer", T("客户", "Customer"), "ref", "customer__party__name", ref="customers.customer",
               ref_path="customer_id", filterable=True),
        Column("total", T("价税合计", "Total"), "amount", "total", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=OrderState, filterable=True),
        Column("shipped", T("发货", "Shipping"), "text", value=lambda order: _word(order, "shipped")),
        Column("accepted", T("验收", "Acceptance"), "text", value=lambda order: _word(order, "accepted")),
        Column("invoiced", T("开票", "Invoicing"), "text", value=lambda order: _word(order, "invoiced")),
        Column("paid", T("收款", "Payment"), "text", value=lambda order: _word(order, "paid")),
        Column("promised_on", T("下一交期", "Next promise"), "date", value=queries.next_promise),
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
        Column("contract", T("合同", "Contract"), "ref", "contract__number", ref="contracts.contract",
               ref_path="contract_id", filterable=True, in_list=False),
        Column("quotation", T("报价单", "Quotation"), "ref", "quotation__number", ref="pipeline.quotation",
               ref_path="quotation_id", filterable=True, in_list=False),
        Column("customer_reference", T("客户订单号", "Customer's number"), "code", "customer_reference", filterable=True,
               in_list=False),
        Column("requested_on", T("要求交期", "Wanted by"), "date", "requested_on", sortable=True, filterable=True,
               in_list=False),
        Column("channel", T("渠道", "Channel"), "state", "channel", states=Channel, filterable=True, in_list=False),
        Column("net", T("不含税金额", "Net"), "amount", "net", in_list=False),
        Column("tax", T("税额", "Tax"), "amount", "tax", in_list=False),
        Column("currency", T("币种", "Currency"), "code", "currency", filterable=True, in_list=False),
        Column("payment_days", T("付款期限（天）", "Payment term (days)"), "quantity", "payment_days", in_list=False),
        Column("consignee", T("收货人", "Consignee"), "text", "consignee", in_list=False),
        Column("ship_to", T("收货地址", "Ship to"), "text", "ship_to", in_list=False),
        Column("confirmed_at", T("确认时间", "Confirmed at"), "datetime", "confirmed_at", in_list=False),
        Column("note", T("备注", "Note"), "text", "note", in_list=False),
        Column("region", T("区域", "Region"), "text", "region", filterable=True, in_list=False),
        Column("origin", T("来源", "Origin"), "code", "origin", filterable=True, in_list=False),
    ],
    url="orders",
    help=T("客户的订单，以及发货、验收、开票、收款的进度。", "Customers' orders, and how far they are shipped, accepted, invoiced and paid."),
    related=("customer__party", "owner"),
    related_if_shown=("contract", "quotation"),
    prepare=queries.with_progress,
    search=lambda order: (order.number, order.customer_reference, order.source_number),
    found_by=("customer",),
    states=OrderState,
    clauses=("5.2.1", "5.2.2"),
)  # fmt: skip


def _margin(line: OrderLine) -> Decimal | None:
    """Net less cost of the day of confirmation; unknown where no cost was known."""
    return line.net - line.quantity * line.unit_cost if line.unit_cost is not None else None


def _margin_rate(line: OrderLine) -> Decimal | None:
    margin = _margin(line)
    return margin / line.net if margin is not None and line.net else None


LINES = view(
    "orders.lines",
    T("订单明细", "Order lines"),
    OrderLine,
    [
        Column("order", T("订单", "Order"), "ref", "order__number", ref="orders.order", ref_path="order_id",
               filterable=True),
        Column("position", T("行", "Line"), "quantity", "position"),
        Column("product", T("产品", "Product"), "ref", "product", ref="catalog.product", ref_path="product_id",
               filterable=True),
        Column("quantity", T("数量", "Quantity"), "quantity", "quantity"),
        Column("unit_price", T("单价", "Unit price"), "price", "unit_price"),
        Column("total", T("价税合计", "Total"), "amount", "total"),
        Column("promised_on", T("承诺交期", "Promised for"), "date", "promised_on", filterable=True),
        Column("reserved", T("已预留", "Reserved"), "quantity", "reserved"),
        Column("waiting", T("缺货", "Short"), "quantity", value=lambda line: waiting_of(line)),
        Column("shipped", T("已发货", "Shipped"), "quantity", "shipped"),
        Column("accepted", T("已验收", "Accepted"), "quantity", "accepted"),
        Column("invoiced", T("已开票", "Invoiced"), "quantity", "invoiced"),
        Column("returned", T("已退货", "Returned"), "quantity", "returned", in_list=False),
        Column("cancelled", T("已取消", "Cancelled"), "quantity", "cancelled", in_list=False),
        Column("planned", T("已安排发货", "In shipments"), "quantity", "planned", in_list=False),
        Column("list_price", T("目录价", "List price"), "price", "list_price", in_list=False),
        Column("price_source", T("价格来源", "Price from"), "state", "price_source", states=PriceSource, filterable=True, in_list=False),
        Column("tax_rate", T("税率", "Tax rate"), "rate", "tax_rate", in_list=False),
        Column("net", T("不含税金额", "Net"), "amount", "net", in_list=False),
        Column("tax", T("税额", "Tax"), "amount", "tax", in_list=False),
        Column("invoiced_amount", T("开票金额", "Invoiced amount"), "amount", "invoiced_amount", in_list=False),
        Column("paid_amount", T("收款金额", "Paid amount"), "amount", "paid_amount", in_list=False),
        Column("unit_cost", T("单位成本", "Unit cost"), "price", "unit_cost", group="margin", in_list=False),
        Column("margin", T("毛利", "Margin"), "amount", value=_margin, group="margin", in_list=False),
        Column("margin_rate", T("毛利率", "Margin rate"), "rate", value=_margin_rate, group="margin", in_list=False),
    ],
    url="order-lines",
    help=T("订单的产品、数量、价格和进度。", "Products, quantities, prices and progress of orders."),
    groups={"margin": T("成本与毛利", "Cost and margin")},
    related=("order", "product"),
    order=("-order_id", "position"),
    label=lambda line: f"{line.order.number} · {line.position}",
)  # fmt: skip


def waiting_of(line: OrderLine) -> Decimal | None:
    """What waits for goods; nothing before the order is confirmed."""
    return queries.counters(line).waiting if line.promised_on is not None else None
