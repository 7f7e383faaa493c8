"""What people see of orders: the list, the record with its progress, and the entry grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from sellwell.foundation.profiles.queries import offered
from sellwell.foundation.stock.queries import Want, available, promise
from sellwell.kernel.models import Fact
from sellwell.kernel.numbers_text import read_date
from sellwell.kernel.operations import Context
from sellwell.kernel.values import ZERO, Objection, T, plain_number
from sellwell.selling.contracts.lines import PricedWant, price_lines
from sellwell.selling.contracts.lines import Want as PriceWant
from sellwell.selling.contracts.pages import (
    AMOUNT,
    PRODUCT,
    QUANTITY,
    TOTALS,
    UNIT,
    UNIT_PRICE,
    as_text,
    line_values,
    of_quotation,
    quoted,
    seen,
    wants_of,
    without_quantity,
)
from sellwell.selling.contracts.queries import agreed_lines
from sellwell.selling.orders import building, facts, queries, rules
from sellwell.selling.orders.models import SHORT as LACKING
from sellwell.selling.orders.models import Order, OrderLine, OrderState
from sellwell.selling.orders.operations.confirming import BACK_ORDER, LATE
from sellwell.selling.orders.operations.entry import again
from sellwell.selling.orders.views import LINES, ORDERS
from sellwell.web import charts
from sellwell.web.grids import Grid, GridColumn, Quote, quote_url
from sellwell.web.registry import (
    Number,
    Warning_,
    board_page,
    choices,
    entry_page,
    figure,
    list_page,
    new_button,
    panel,
    record_page,
    related,
    section,
    warnings,
)

section("sales", T("销售", "Sales"), order=20)

list_page(
    ORDERS, section="sales", icon="receipt", order=60, new=["orders.create"], bulk=["orders.confirm"],
    columns=["number", "customer", "total", "state", "shipped", "paid", "promised_on", "business_date", "owner"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("draft", T("草稿", "Drafts"), {"state": "draft"}),
        ("confirmed", T("进行中", "Under way"), {"state": "confirmed"}),
    ],
    empty=T("还没有订单。从合同或报价单生成，或直接录入。", "No orders yet. Make one from a contract or quotation, or enter it."),
    card=["customer", "state", "shipped", "business_date"],
)  # fmt: skip
board_page(
    ORDERS, amount="total", moves={"confirmed": "orders.confirm", "closed": "orders.close"},
    card=["customer", "shipped", "paid", "promised_on"],
    states=[OrderState.DRAFT, OrderState.CONFIRMED, OrderState.CLOSED],
)  # fmt: skip
record_page(
    ORDERS, amount="total", path=[OrderState.DRAFT, OrderState.CONFIRMED, OrderState.CLOSED],
    facts=["customer", "contract", "quotation", "customer_reference", "requested_on", "promised_on", "consignee",
           "ship_to", "payment_days", "channel", "net", "tax", "confirmed_at", "note"],
)  # fmt: skip
list_page(
    LINES, columns=["order", "position", "product", "quantity", "promised_on", "reserved", "waiting", "shipped"],
    empty=T("还没有订单明细。", "No order lines yet."),
)  # fmt: skip
related(
    "orders.order", LINES, by="order_id", title=T("明细", "Lines"), place="main", order=10, limit=200,
    columns=["position", "product", "quantity", "unit_price", "total", "promised_on", "reserved", "waiting", "shipped",
             "accepted", "invoiced", "margin"],
)  # fmt: skip
OF_ANOTHER = ["number", "total", "state", "shipped", "paid", "business_date"]
related("customers.customer", ORDERS, by="customer_id", order=40, columns=OF_ANOTHER)
related("contracts.contract", ORDERS, by="contract_id", order=20, columns=OF_ANOTHER)
related("pipeline.quotation", ORDERS, by="quotation_id", order=40, columns=OF_ANOTHER)
related("catalog.product", LINES, by="product_id", title=T("订单", "Orders"), order=60,
        columns=["order", "quantity", "unit_price", "promised_on", "waiting", "shipped"])  # fmt: skip


def order_now(contract: Any, ctx: Context) -> dict[str, Any] | None:
    """The way from a signed contract to its next order, while something is left to order."""
    if contract.state != "signed" or not ctx.actor.may("orders.create"):
        return None
    left = any(line.left > 0 for line in agreed_lines(contract.pk).values())
    return {"query": f"contract={contract.pk}"} if left else None


panel(
    "contracts.contract", "order", T("下单", "Order"), "orders/order_now.html", context=order_now, place="now",
    right="orders.create", order=10,
)  # fmt: skip


# --- progress ------------------------------------------------------------------------------------------------------------


def progress_context(order: Order, ctx: Context) -> dict[str, Any] | None:
    """The four words with the share of the order's money that each has reached."""
    if order.state not in (OrderState.CONFIRMED, OrderState.CLOSED):
        return None
    lines = queries.live_lines(order.pk)
    counted = [(line.total / line.quantity, queries.counters(line)) for line in lines]
    due = sum((price * count.due for price, count in counted), ZERO)
    words = queries.progress(order).words
    reached = {
        "shipped": sum((price * count.shipped for price, count in counted), ZERO),
        "accepted": sum((price * count.accepted for price, count in counted), ZERO),
        "invoiced": sum((count.invoiced_amount for _, count in counted), ZERO),
        "paid": sum((count.paid_amount for _, count in counted), ZERO),
    }
    steps = [
        (words[name], amount, int(min(amount / (due or Decimal(1)), Decimal(1)) * 100))
        for name, amount in reached.items()
    ]
    return {"steps": steps, "due": due}


panel(
    "orders.order", "progress", T("进度", "Progress"), "orders/progress.html", context=progress_context, place="side",
    right="orders.view", order=10,
)  # fmt: skip


# --- the entry grid: price, stock and date as one types ------------------------------------------------------------------


def quote(head: dict[str, Any], lines: list[dict[str, Any]], ctx: Context) -> Quote:
    """Price with its reason, what is available, and the day that would be promised, for all lines at once."""
    order = seen("orders.order", head.get("row"), ctx)
    source = order if order is not None else _Sources(head, ctx)
    wants = wants_of(lines)
    if source.customer is None or not wants:
        return Quote()
    agreed, bound = _agreed(source, wants)
    priced = price_lines(
        ctx, source.customer, agreed, contract_id=source.contract.pk if source.contract else None,
        tax_inside=(source.contract or source.quotation).tax_inside if source.contract or source.quotation else None,
    )  # fmt: skip
    more, notes = _promises(priced.lines, _day(head.get("requested_on")), ctx)
    unsized = without_quantity(lines)
    said = [o for o in [*bound, *notes] if int(o.path.split(".")[1]) not in unsized]
    return quoted(priced, more, said, open_places=unsized)


class _Sources:
    """What a new order follows from, as far as the head names it and this reader may see it."""

    def __init__(self, head: Mapping[str, Any], ctx: Context) -> None:
        self.contract = seen("contracts.contract", head.get("contract"), ctx)
        self.quotation = seen("pipeline.quotation", head.get("quotation"), ctx)
        named = seen("customers.customer", head.get("customer"), ctx)
        source = self.contract or self.quotation
        self.customer = named or (source.customer if source is not None else None)


def _agreed(source: Any, wants: Mapping[int, PriceWant]) -> tuple[dict[int, PriceWant], list[Objection]]:
    """The wanted lines with the prices that a contract or quotation has for them, and what the contract has not left."""
    if source.contract is not None:
        asked = [building.Asked(want.product_id, want.quantity, want.unit_price) for want in wants.values()]
        called, bound = building.bind(asked, agreed_lines(source.contract.pk).values())
        places = list(wants)
        prices = {places[index]: building.contract_price(line) for index, line in called.items()}
        return building.with_prices(wants, prices), [_moved(o, places) for o in bound]
    if source.quotation is not None:
        offered = {product_id: price for product_id, _, price in building.offers(source.quotation)}
        prices = {place: offered[w.product_id] for place, w in wants.items() if w.product_id in offered}
        return building.with_prices(wants, prices), []
    return dict(wants), []


def _moved(objection: Objection, places: Sequence[int]) -> Objection:
    """An objection about the n-th complete line, at that line's place in the grid."""
    name, index, column = objection.path.split(".")
    return objection.at(f"{name}.{places[int(index)]}.{column}")


def _day(text: Any) -> date | None:
    found = read_date(str(text)) if text else None
    return None if isinstance(found, Objection) else found


def _promises(
    lines: Mapping[int, PricedWant], requested_on: date | None, ctx: Context
) -> tuple[dict[int, dict[str, Any]], list[Objection]]:
    """Stock and promised day of each line, and what the user should know."""
    wants = [
        Want(place, line.product.id, line.quantity, line.product.lead_days, line.product.is_stocked)
        for place, line in sorted(lines.items())
    ]
    promises = promise(ctx.company_id, wants, ctx.today)
    free = available(ctx.company_id, [want.product_id for want in wants if want.stocked])
    more: dict[int, dict[str, Any]] = {}
    notes: list[Objection] = []
    for want in wants:
        found, place = promises[want.key], int(str(want.key))
        more[place] = {
            "available": plain_number(free[want.product_id]) if want.stocked else "—",
            "promised": rules.promised_on(found.promised_on, requested_on),
        }
        if found.short > 0:  # beside the product, where there is room to read it
            path = f"lines.{place}.product"
            notes.append(BACK_ORDER.warn(path=path, row=place + 1, short=found.short, day=found.promised_on))
        if requested_on is not None and found.promised_on > requested_on:
            path = f"lines.{place}.promised"
            notes.append(LATE.warn(path=path, row=place + 1, day=found.promised_on, wanted=requested_on))
    return more, notes


GRID = Grid(
    "lines",
    [
        PRODUCT,
        QUANTITY,
        UNIT,
        UNIT_PRICE,
        GridColumn("available", T("可用库存", "In stock"), "info"),
        GridColumn("promised", T("可承诺交期", "Promise"), "info"),
        AMOUNT,
    ],
    quote=quote_url("orders", quote),
    totals=TOTALS,
)


def initial(ctx: Context, params: Mapping[str, str]) -> dict[str, Any]:
    """A new order: what a contract has left, a quotation's lines, for a customer, like another order, or empty."""
    contract = seen("contracts.contract", params.get("contract"), ctx)
    if contract is not None:
        rows = contract.lines.filter(is_void=False, ordered__lt=F("quantity")).select_related("product")
        lines = [
            line_values(line, unit_price=None) | {"quantity": as_text(line.quantity - line.ordered)}
            for line in rows.order_by("position")
        ]
        return {
            "contract": contract.pk,
            "customer": contract.customer_id,
            "requested_on": contract.delivery_on,
            "lines": lines,
        }
    quotation = seen("pipeline.quotation", params.get("quotation"), ctx)
    if quotation is not None:
        return {
            "quotation": quotation.pk,
            "customer": quotation.customer_id,
            "lines": of_quotation(quotation),
        }
    like = seen("orders.order", params.get("like"), ctx)
    if like is not None:
        return {
            "customer": like.customer_id,
            "consignee": like.consignee,
            "ship_to": like.ship_to,
            "lines": _lines(like),
        }
    return {}


def _lines(order: Order) -> list[dict[str, Any]]:
    """An order's lines for the grid; only typed prices are taken along."""
    rows = OrderLine.objects.filter(order=order, is_void=False).select_related("product").order_by("position")
    return [line_values(line, unit_price=again(line).unit_price) for line in rows]


def initial_of_row(order: Order, ctx: Context, params: Mapping[str, str]) -> dict[str, Any]:
    """An order to change."""
    names = ("customer_reference", "requested_on", "consignee", "ship_to", "note")
    return {name: getattr(order, name) for name in names} | {"lines": _lines(order)}


entry_page(
    "orders.create",
    "orders/new",
    GRID,
    initial=initial,
    pick={"contract": "customer", "quotation": "customer"},
)
choices("orders.create", "channel", lambda row, ctx: offered(ctx.company_id, "orders.channel", ctx.today))
entry_page("orders.change", "orders/<uuid:row_id>/edit", GRID, initial=initial_of_row)
new_button("orders.create")


# --- workbench -----------------------------------------------------------------------------------------------------------


def booked_this_month(ctx: Context) -> Number | None:
    """Net bookings of the month: one's own, or of all that one may see."""
    posted = Fact.objects.filter(company_id=ctx.company_id, measure=facts.BOOKED)
    scopes = {cell.scope for cell in ctx.actor.cells("orders.view")}
    if not scopes & {"company", "group"}:
        paths = [c.post.department_path for c in ctx.actor.cells("orders.view") if c.scope == "department"]
        mine = Q(person_id=ctx.user_id)
        for path in paths:
            mine |= Q(department_path__startswith=path)
        posted = posted.filter(mine)
    trend = charts.monthly(posted, ctx.today)
    return Number(trend[-1][1], url="/orders/?state=confirmed", trend=trend)


for _role in ("rep", "account_manager", "regional_manager", "sales_manager", "executive"):
    figure(_role, T("本月订单（不含税）", "Booked this month (net)"), booked_this_month, order=20)

NEAR = timedelta(days=3)


def promises_at_risk(ctx: Context) -> list[Warning_]:
    """Lines whose promised day has passed or is near while goods are missing."""
    rows = (
        LINES.rows(ctx.actor)
        .filter(
            LACKING, order__state="confirmed", promised_on__lte=ctx.today + NEAR, product__kind="goods",
        )
        .order_by("promised_on")[:5]
    )  # fmt: skip
    return [_risk(line, ctx) for line in rows]


SHORT = T("订单 {order} 第 {row} 行缺货 {short}", "Order {order}, line {row}: {short} missing")
PROMISED = T("承诺交期 {day}", "Promised for {day}")


def _risk(line: OrderLine, ctx: Context) -> Warning_:
    late = line.promised_on is not None and line.promised_on < ctx.today
    return Warning_(
        SHORT.format(order=line.order.number, row=line.position, short=queries.counters(line).waiting),
        f"/orders/{line.order_id}/",
        "late" if late else "near",
        PROMISED.format(day=line.promised_on),
    )


for _role in ("rep", "account_manager", "regional_manager", "warehouse"):
    warnings(_role, promises_at_risk)
