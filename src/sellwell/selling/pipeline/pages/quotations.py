"""Quotations: list, record with lines and versions, entry with a grid, and the PDF for the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.customers.views import CUSTOMERS
from sellwell.kernel import documents
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.pipeline import paper, policies, pricing, queries
from sellwell.selling.pipeline.models import Quotation, QuotationState
from sellwell.selling.pipeline.views import OPPORTUNITIES, QUOTATIONS, PriceSource
from sellwell.web import shortcuts
from sellwell.web.grids import Grid, GridColumn, Quote, QuotedLine, quote_url
from sellwell.web.registry import (
    board_page,
    entry_page,
    form,
    list_page,
    new_button,
    page,
    panel,
    record_page,
)
from sellwell.web.shortcuts import row_or_404

list_page(
    QUOTATIONS,
    section="sales",
    icon="tag",
    order=40,
    new=["pipeline.add_quotation"],
    bulk=["pipeline.expire_quotation"],
    columns=["number", "customer", "state", "total", "revision", "valid_until", "owner", "business_date"],
    card=["customer", "state", "total", "valid_until"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("draft", T("草稿", "Drafts"), {"state": "draft"}),
        ("sent", T("待答复", "Awaiting an answer"), {"state": "sent"}),
    ],
    empty=T(
        "还没有报价。从商机或客户开始报价。", "No quotations yet. Start from an opportunity or a customer."
    ),
)
board_page(
    QUOTATIONS,
    amount="total",
    moves={
        "sent": "pipeline.send_quotation",
        "accepted": "pipeline.accept_quotation",
        "declined": "pipeline.decline_quotation",
    },
    card=["customer", "valid_until", "owner"],
    states=[
        QuotationState.DRAFT,
        QuotationState.SENT,
        QuotationState.ACCEPTED,
        QuotationState.DECLINED,
    ],
)
record_page(
    QUOTATIONS,
    amount="total",
    path=[QuotationState.DRAFT, QuotationState.SENT, QuotationState.ACCEPTED],
    facts=[
        "customer",
        "opportunity",
        "valid_until",
        "payment_days",
        "revision",
        "replaces",
        "net",
        "tax",
        "currency",
        "tax_inside",
        "note",
        "owner",
    ],
)
new_button("pipeline.add_quotation")
form("pipeline.accept_quotation")


# --- the record --------------------------------------------------------------------------------------------------------


def lines_of(row: Quotation, ctx: Context) -> dict[str, Any]:
    """The lines with where each price is from."""
    known = set(PriceSource.values())
    lines = queries.quotation_lines(row.pk)
    shown = [(line, PriceSource(line.price_source) if line.price_source in known else None) for line in lines]
    return {"lines": shown, "pdf": f"/quotations/{row.pk}/pdf"}


def versions_of(row: Quotation, ctx: Context) -> dict[str, Any] | None:
    """The versions before and after, as far as the reader may see them."""
    found = queries.versions_of(QUOTATIONS.rows(ctx.actor), row)
    return {"versions": found, "row": row} if len(found) > 1 else None


TYPE = QUOTATIONS.row_type
panel(TYPE, "lines", T("明细", "Lines"), "pipeline/_lines.html", context=lines_of, place="main", order=10)
panel(
    TYPE,
    "versions",
    T("版本", "Versions"),
    "pipeline/_versions.html",
    context=versions_of,
    place="side",
    order=10,
)


def pdf(request: Any, row_id: UUID) -> HttpResponse:
    """The quotation as PDF, for those who may see it; a draft says so across the page."""
    row = row_or_404(request, QUOTATIONS, row_id)
    content = documents.render("quotation", paper.quotation_data(row))
    return shortcuts.paper(request, QUOTATIONS, row.pk, content, f"{row.number}.pdf")


page("quotations/<uuid:row_id>/pdf", pdf, "pipeline.quotation_pdf", right=QUOTATIONS.name)


# --- entry -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as far as it was typed."""

    product: UUID
    quantity: Decimal
    unit_price: Decimal | None


def quote(head: dict[str, Any], lines: list[dict[str, Any]], ctx: Context) -> Quote:
    """Prices, amounts and objections for all lines that name a product and a quantity."""
    customer = _customer(head, ctx)
    typed = {index: line for index, raw in enumerate(lines) if (line := _typed(raw)) is not None}
    if not typed:
        return Quote()
    places = list(typed)
    offered = pricing.offer(ctx.company_id, customer, list(typed.values()), ctx.today)
    found = {}
    for position, (place, priced) in enumerate(zip(places, offered.lines, strict=True)):
        prefix = f"lines.{position}."
        said = [o.at(o.path.removeprefix(prefix)) for o in offered.objections if o.path.startswith(prefix)]
        values = {
            "unit_price": priced.price.unit_price, "price_why": priced.price.why, "list_price": priced.price.list_price,
            "unit": priced.product.unit, "total": priced.amounts.total,
        }  # fmt: skip
        found[place] = QuotedLine(values=values, objections=said)
    totals = {"net": offered.totals.net, "tax": offered.totals.tax, "total": offered.totals.total}
    return Quote(lines=found, totals=totals)


def _customer(head: Mapping[str, Any], ctx: Context) -> Customer | None:
    customer_id = _uuid(head.get("customer"))
    found: Customer | None = CUSTOMERS.rows(ctx.actor).filter(pk=customer_id).first() if customer_id else None
    return found


def _typed(raw: Mapping[str, Any]) -> Typed | None:
    product, quantity = _uuid(raw.get("product")), _number(raw.get("quantity"))
    if product is None or quantity is None or quantity <= 0:
        return None
    return Typed(product, quantity, _number(raw.get("unit_price")))


def _uuid(value: Any) -> UUID | None:
    text = value.get("id") if isinstance(value, Mapping) else value
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _number(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found) < Decimal(10) ** 9 else None


def _grid(quote_at: str) -> Grid:
    return Grid(
        "lines",
        [
            GridColumn(
                "product",
                T("产品", "Product"),
                "pick",
                pick="catalog.product",
                grow=True,
                paste="code",
                required=True,
            ),
            GridColumn("quantity", T("数量", "Quantity"), "quantity", paste="number", required=True),
            GridColumn("unit", T("单位", "Unit"), "info"),
            GridColumn(
                "unit_price", T("单价", "Price"), "price", paste="number", quoted=True, why="price_why"
            ),
            GridColumn("list_price", T("目录价", "List price"), "price", info=True),
            GridColumn("total", T("价税合计", "Total"), "amount", info=True),
        ],
        quote=quote_at,
        totals=[("net", T("不含税", "Net")), ("tax", T("税额", "Tax")), ("total", T("价税合计", "Total"))],
    )


def plain_quantity(value: Decimal) -> str:
    """A number as people type it: 3, not 3.000000."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def new_initial(ctx: Context, params: Mapping[str, str]) -> dict[str, Any]:
    """From an opportunity: its customer and matched products; from a customer: the customer."""
    found: dict[str, Any] = {}
    customer: Customer | None = None
    opportunity_id = _uuid(params.get("opportunity"))
    if (
        opportunity_id
        and (row := OPPORTUNITIES.rows(ctx.actor).filter(pk=opportunity_id).first()) is not None
    ):
        customer = row.customer
        found["opportunity"] = row.pk
        found["lines"] = [
            {
                "product": {"id": str(m.product_id), "text": str(m.product)},
                "quantity": plain_quantity(m.quantity),
            }
            for m in queries.products_of(row.pk)
        ]
    elif customer_id := _uuid(params.get("customer")):
        customer = CUSTOMERS.rows(ctx.actor).filter(pk=customer_id).first()
    if customer is not None:
        found |= {"customer": customer.pk, "payment_days": customer.payment_days}
        found["valid_until"] = ctx.today + timedelta(days=policies.valid_days(customer.grade, ctx))
    return found


def change_initial(row: Quotation, ctx: Context, params: Mapping[str, str]) -> dict[str, Any]:
    """The draft as it stands; only prices that somebody entered are kept, the others follow the rules."""
    lines = []
    for line in queries.quotation_lines(row.pk):
        shown = {
            "product": {"id": str(line.product_id), "text": str(line.product)},
            "quantity": plain_quantity(line.quantity),
        }
        if line.price_source == pricing.MANUAL:
            shown["unit_price"] = plain_quantity(line.unit_price)
        lines.append(shown)
    head = {
        "customer": row.customer_id,
        "valid_until": row.valid_until,
        "payment_days": row.payment_days,
        "note": row.note,
    }
    return {**head, "lines": lines}


GRID = _grid(quote_url("pipeline", quote))
entry_page(
    "pipeline.add_quotation", "quotations/new", GRID, initial=new_initial, pick={"opportunity": "customer"}
)
entry_page(
    "pipeline.change_quotation",
    "quotations/<uuid:row_id>/edit",
    GRID,
    initial=change_initial,
    hidden=("customer",),
)
