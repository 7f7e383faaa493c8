"""Entering orders and changing drafts (clause 5.2.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.foundation.customers.queries import delivery_address
from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Price, Quantity, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import T
from sellwell.selling.orders import building, queries
from sellwell.selling.orders.building import Asked, Plan
from sellwell.selling.orders.models import Channel, Order, OrderLine, OrderState

MOST_LINES = 1000
CONFIRM_HOURS = Decimal(2)  # an order is confirmed within two working hours (domain 5.2)


class OrderLineInput(Input):
    """One line: a product by its identifier, or by its code."""

    product: Ref("catalog.product") | None = field(T("产品", "Product"), None)  # type: ignore[valid-type]
    code: Code = field(
        T("产品编码", "Product code"), "", help=T("没有选择产品时使用。", "Used where no product is chosen.")
    )
    quantity: Quantity = field(T("数量", "Quantity"))
    unit_price: Price | None = field(
        T("单价", "Unit price"),
        None,
        help=T("留空则按合同、报价单或价格规则。", "Empty: as agreed, else by the price rules."),
    )

    def asked(self) -> Asked:
        """The line as the plan takes it."""
        return Asked(self.product, self.quantity, self.unit_price, self.code)


class Head(Input):
    """What creation and change have in common."""

    requested_on: date | None = field(T("要求交期", "Wanted by"), None)
    consignee: ShortText = field(
        T("收货人", "Consignee"),
        "",
        max_length=80,
        help=T("留空则取客户的收货地址。", "Empty: from the customer's delivery address."),
    )
    ship_to: ShortText = field(T("收货地址", "Ship to"), "")
    customer_reference: Code = field(T("客户订单号", "Customer's order number"), "")
    note: Text = field(T("备注", "Note"), "")


class Source(Input):
    """Whom a new order is for and what it follows from."""

    customer: Ref("customers.customer") | None = field(T("客户", "Customer"), None)  # type: ignore[valid-type]
    contract: Ref("contracts.contract") | None = field(T("合同", "Contract"), None)  # type: ignore[valid-type]
    quotation: Ref("pipeline.quotation") | None = field(T("报价单", "Quotation"), None)  # type: ignore[valid-type]


class CreateOrder(Head, Source):  # in this order the source's fields come first
    """An order from a contract, from an accepted quotation, or entered directly."""

    channel: Channel | None = field(
        T("渠道", "Channel"), None, help=T("留空则取客户的渠道。", "Empty: the customer's own.")
    )
    lines: list[OrderLineInput] = field(
        T("明细", "Lines"), default_factory=list, max_length=MOST_LINES,
        help=T("留空则取合同的剩余数量或报价单的全部明细。", "Empty: what the contract has left, or all lines of the quotation."),
    )  # fmt: skip


def assess_create(_row: None, given: CreateOrder, ctx: Context) -> Assessment:
    """Source, customer and every line, all checked at once."""
    asked = [line.asked() for line in given.lines]
    return building.creation(*building.plan(ctx, given.customer, given.contract, given.quotation, asked))


@operation(
    "orders.create", T("新建订单", "New order"), Order, input=CreateOrder, creates=True, parent="contract quotation",
    assess=assess_create, clauses=["5.2.1", "1.1.5"],
    help=T("从合同、报价单或直接录入订单；逐行检查产品、数量和价格。", "Enter an order from a contract, a quotation or directly; every line is checked."),
)  # fmt: skip
def create(_row: None, given: CreateOrder, ctx: Context, assessment: Assessment) -> Effects:
    """Enter an order from a contract, a quotation or directly; every line is checked."""
    planned: Plan = assessment.carry
    consignee, ship_to = _where_to(given, planned)
    order = document(
        Order, ctx, "SO", OrderState.DRAFT, after=planned.source,
        customer=planned.customer, contract=planned.contract, quotation=planned.quotation,
        channel=str(given.channel or planned.customer.channel), customer_reference=given.customer_reference,
        requested_on=given.requested_on, consignee=consignee, ship_to=ship_to, note=given.note,
        payment_days=planned.source.payment_days, tax_inside=planned.priced.tax_inside,
        currency=planned.priced.currency, **planned.priced.totals,
    )  # fmt: skip
    effects = Effects(result=order)
    effects.insert(order, *planned.lines(order))
    effects.search.append(order)
    effects.links += [
        (source, order) for source in (planned.contract, planned.quotation) if source is not None
    ]
    effects.tasks.append(
        NewTask("orders.confirm", order, owner_id=order.owner_id, working_hours=CONFIRM_HOURS)
    )
    return effects


def _where_to(given: Head, planned: Plan) -> tuple[str, str]:
    """Consignee and address: as given, else the customer's own."""
    if given.ship_to:
        return given.consignee, given.ship_to
    address = delivery_address(planned.customer.pk)
    if address is None:
        return given.consignee, ""
    return given.consignee or address.consignee, str(address)


class ChangeOrder(Head):
    """Head and lines of a draft; no lines given: they stay, at today's prices."""

    lines: list[OrderLineInput] | None = field(T("明细", "Lines"), None, max_length=MOST_LINES)


def assess_change(order: Order, given: ChangeOrder | None, ctx: Context) -> Assessment:
    """The lines as they would be, priced again."""
    if given is None:
        return Assessment(content=building.content(order, queries.live_lines(order.pk)))
    if given.lines is None:
        asked = [again(line) for line in queries.live_lines(order.pk)]
    else:
        asked = [line.asked() for line in given.lines]
    if not asked:
        return Assessment(objections=(building.NO_LINES.refuse(path="lines"),))
    return building.creation(
        *building.plan(ctx, order.customer_id, order.contract_id, order.quotation_id, asked)
    )


def again(line: OrderLine) -> Asked:
    """A line as it would be asked for again: a price that somebody typed stays, any other is looked up anew."""
    typed = line.unit_price if line.price_source == "manual" else None
    return Asked(line.product_id, line.quantity, typed)


_VOID = """
UPDATE orders_orderline SET is_void = true, version = version + 1
WHERE order_id = %s AND NOT is_void RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


@operation(
    "orders.change", T("修改订单", "Change order"), Order, input=ChangeOrder, from_states=[OrderState.DRAFT],
    assess=assess_change, clauses=["5.2.1"],
    help=T("修改草稿的交期、收货信息和明细；价格按当天规则重算。", "Change a draft's date, address and lines; prices follow today's rules."),
)  # fmt: skip
def change(order: Order, given: ChangeOrder, ctx: Context, assessment: Assessment) -> Effects:
    """Change a draft's date, address and lines; prices follow today's rules."""
    planned: Plan = assessment.carry
    effects = Effects(result=order)
    effects.execute(OrderLine, _VOID, [order.pk])
    effects.insert(*planned.lines(order))
    values: dict[str, Any] = {
        name: getattr(given, name) for name in Head.model_fields if name in given.model_fields_set
    }
    effects.update(order, tax_inside=planned.priced.tax_inside, **values, **planned.priced.totals)
    effects.search.append(order)
    return effects
