"""What people see of contracts: list, record with its text, entry with lines, the paper as PDF."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from sellwell.foundation.profiles.queries import offered
from sellwell.kernel.models import ApprovalStep
from sellwell.kernel.numbers_text import read_number
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Objection, T
from sellwell.kernel.views import BY_TYPE
from sellwell.selling.contracts import building, paper, queries, texts
from sellwell.selling.contracts.lines import Priced, PricedWant, Want
from sellwell.selling.contracts.models import Contract, ContractState
from sellwell.selling.contracts.views import CONTRACTS, LINES
from sellwell.web import shortcuts
from sellwell.web.grids import Grid, GridColumn, Quote, QuotedLine, quote_url
from sellwell.web.registry import (
    Number,
    choices,
    entry_page,
    figure,
    form,
    list_page,
    new_button,
    page,
    panel,
    record_page,
    related,
    section,
)
from sellwell.web.shortcuts import row_or_404

section("sales", T("销售", "Sales"), order=20)

list_page(
    CONTRACTS, section="sales", icon="file-text", order=50, new=["contracts.create"],
    columns=["number", "title", "customer", "total", "state", "delivery_on", "owner"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("draft", T("起草中", "Drafts"), {"state": "draft"}),
        ("to-sign", T("待签署", "To be signed"), {"state": "approved"}),
        ("signed", T("履行中", "In force"), {"state": "signed"}),
    ],
    empty=T("还没有合同。从已接受的报价单生成，或直接起草。", "No contracts yet. Make one from an accepted quotation, or draft it."),
)  # fmt: skip

record_page(
    CONTRACTS, amount="total",
    path=[ContractState.DRAFT, ContractState.APPROVED, ContractState.SIGNED, ContractState.CLOSED],
    facts=["customer", "title", "quotation", "template", "valid_from", "valid_until", "delivery_on", "payment_days",
           "acceptance_days", "net", "tax", "signed_on", "signatory", "customer_signatory", "scan"],
)  # fmt: skip
related(
    "contracts.contract", LINES, by="contract_id", title=T("明细", "Lines"), place="main", order=10,
    columns=["position", "product", "quantity", "ordered", "left", "unit_price", "tax_rate", "total"],
)  # fmt: skip
related("customers.customer", CONTRACTS, by="customer_id", title=T("合同", "Contracts"), order=30,
        columns=["number", "title", "total", "state", "signed_on"])  # fmt: skip
related("pipeline.quotation", CONTRACTS, by="quotation_id", title=T("合同", "Contracts"), order=30,
        columns=["number", "title", "total", "state"])  # fmt: skip


# --- the text ------------------------------------------------------------------------------------------------------------


def text_context(contract: Contract, ctx: Context) -> dict[str, Any]:
    """The terms as they read, marking what is not the template's wording (clause 5.1.1)."""
    shipped = {term["key"]: term["text"] for term in contract.template.terms}
    terms = texts.shown(contract, queries.live_lines(contract.pk))
    return {
        "terms": [
            {**term, "article": paper.article(place), "differs": shipped.get(term["key"]) != term["text"]}
            for place, term in enumerate(terms, start=1)
        ],
        "is_frozen": bool(contract.text_hash),
        "fingerprint": contract.text_hash[:12],
    }


panel(
    "contracts.contract", "text", T("合同文本", "Text"), "contracts/text.html", context=text_context, place="tab",
    right="contracts.view", order=5,
)  # fmt: skip


def pdf(request: Any, row_id: UUID) -> HttpResponse:
    """The contract as PDF; drafts carry the mark 草稿."""
    contract = row_or_404(request, CONTRACTS, row_id)
    return shortcuts.paper(request, CONTRACTS, contract.pk, paper.pdf(contract), f"{contract.number}.pdf")


page("contracts/<uuid:row_id>/pdf", pdf, "contracts.pdf", right="contracts.view")


# --- entry with a line grid ----------------------------------------------------------------------------------------------


def id_of(text: Any) -> UUID | None:
    """An identifier as a browser sends it; None while a cell is empty or half typed."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def number_of(text: Any, default: Decimal | None = None) -> Decimal | None:
    """A positive number as a browser sends it; the default where there is none yet."""
    found = read_number(str(text)) if text not in (None, "") else None
    return found if isinstance(found, Decimal) and 0 < found <= 10**9 else default


def seen(row_type: str, text: Any, ctx: Context) -> Any:
    """The row of this type with this identifier, if this reader may see it."""
    row_id = id_of(text)
    return BY_TYPE[row_type].rows(ctx.actor).filter(pk=row_id).first() if row_id else None


def wants_of(lines: Sequence[Mapping[str, Any]]) -> dict[int, Want]:
    """The lines that already name a product, by their place; one piece until a quantity is typed."""
    wants = {}
    for place, line in enumerate(lines):
        product_id = id_of(line.get("product"))
        if product_id is not None:
            quantity = number_of(line.get("quantity"), Decimal(1)) or Decimal(1)
            wants[place] = Want(product_id, quantity, number_of(line.get("unit_price")))
    return wants


def without_quantity(lines: Sequence[Mapping[str, Any]]) -> set[int]:
    """The places of lines whose quantity is not typed yet: they have a price, but count for nothing."""
    return {place for place, line in enumerate(lines) if number_of(line.get("quantity")) is None}


def price_values(line: PricedWant) -> dict[str, Any]:
    """What the grid shows of a priced line; the reason for the price stands beside it."""
    return {
        "unit_price": line.unit_price,
        "price_why": line.why,
        "list_price": line.list_price,
        "amount": line.total,
        "unit": line.product.unit,
    }


def quoted(
    priced: Priced,
    more: Mapping[int, Mapping[str, Any]],
    also: Sequence[Objection] = (),
    *,
    open_places: Collection[int] = (),
) -> Quote:
    """Priced lines, with what the room adds to each, and every objection at its cell.

    Lines at `open_places` have no quantity yet: they show their price, but no amount, and no total counts them.
    """
    notes: dict[int, list[Objection]] = {}
    rest: list[Objection] = []
    for objection in [*priced.objections, *also]:
        name, _, tail = objection.path.partition(".")
        place, _, column = tail.partition(".")
        if name == "lines" and place.isdigit():
            notes.setdefault(int(place), []).append(objection.at(column))
        else:
            rest.append(objection)
    places = set(priced.lines) | set(notes)
    lines = {
        place: QuotedLine(
            {
                **(price_values(priced.lines[place]) if place in priced.lines else {}),
                **more.get(place, {}),
                **({"amount": None} if place in open_places else {}),
            },
            notes.get(place, []),
        )
        for place in places
    }
    counted = Priced({place: line for place, line in priced.lines.items() if place not in open_places})
    return Quote(lines, counted.totals if counted.lines else {}, rest)


def quote(head: dict[str, Any], lines: list[dict[str, Any]], ctx: Context) -> Quote:
    """Prices and amounts while one types a contract."""
    contract = seen("contracts.contract", head.get("row"), ctx)
    quotation = (
        contract.quotation if contract is not None else seen("pipeline.quotation", head.get("quotation"), ctx)
    )
    customer = (
        contract.customer if contract is not None else seen("customers.customer", head.get("customer"), ctx)
    )
    if customer is None and quotation is not None:
        customer = quotation.customer
    wants = wants_of(lines)
    if customer is None or not wants:
        return Quote()
    return quoted(building.preview(ctx, customer, quotation, wants), {}, open_places=without_quantity(lines))


PRODUCT = GridColumn(
    "product", T("产品", "Product"), "pick", pick="catalog.product", grow=True, paste="code", required=True
)
QUANTITY = GridColumn("quantity", T("数量", "Quantity"), "quantity", paste="number", required=True)
UNIT = GridColumn("unit", T("单位", "Unit"), "info")
UNIT_PRICE = GridColumn(
    "unit_price", T("单价", "Unit price"), "price", paste="number", quoted=True, why="price_why"
)
AMOUNT = GridColumn("amount", T("价税合计", "Amount"), "amount", info=True)
TOTALS = [("net", T("不含税", "Net")), ("tax", T("税额", "Tax")), ("total", T("价税合计", "Total"))]

GRID = Grid(
    "lines", [PRODUCT, QUANTITY, UNIT, UNIT_PRICE, AMOUNT], quote=quote_url("contracts", quote), totals=TOTALS
)


def as_text(number: Decimal) -> str:
    """A number as a cell holds it: 5, 2.5; no trailing zeros, no separators."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def line_values(line: Any, *, unit_price: Decimal | None) -> dict[str, Any]:
    """A line as the grid takes it; no price: the rules fill it."""
    return {
        "product": {"id": str(line.product_id), "text": str(line.product)},
        "quantity": as_text(line.quantity),
        **({"unit_price": as_text(unit_price)} if unit_price is not None else {}),
    }


def of_quotation(quotation: Any) -> list[dict[str, Any]]:
    """A quotation's lines for the grid: their prices come from the quotation by themselves."""
    lines = quotation.lines.filter(is_void=False).select_related("product").order_by("position")
    return [line_values(line, unit_price=None) for line in lines]


def initial(ctx: Context, params: Mapping[str, str]) -> dict[str, Any]:
    """A new contract: from the quotation that the address names, or empty."""
    quotation = seen("pipeline.quotation", params.get("quotation"), ctx)
    if quotation is None:
        return {}
    return {
        "quotation": quotation.pk, "customer": quotation.customer_id, "payment_days": quotation.payment_days,
        "lines": of_quotation(quotation),
    }  # fmt: skip


def initial_of_row(contract: Contract, ctx: Context, params: Mapping[str, str]) -> dict[str, Any]:
    """A contract to change."""
    names = ("title", "valid_from", "valid_until", "delivery_on", "payment_days", "acceptance_days")
    lines = contract.lines.filter(is_void=False).select_related("product").order_by("position")
    return {name: getattr(contract, name) for name in names} | {
        "lines": [
            line_values(line, unit_price=line.unit_price if line.price_source == "manual" else None)
            for line in lines
        ]
    }


entry_page("contracts.create", "contracts/new", GRID, initial=initial)
choices("contracts.create", "kind", lambda row, ctx: offered(ctx.company_id, "contracts.kind", ctx.today))
entry_page("contracts.change", "contracts/<uuid:row_id>/edit", GRID, initial=initial_of_row)
new_button("contracts.create")


def terms_initial(contract: Contract, ctx: Context) -> dict[str, Any]:
    """The wording as it stands, variables unfilled."""
    return {"terms": [{k: term[k] for k in ("key", "title", "text")} for term in texts.terms_of(contract)]}


form("contracts.change_terms", initial=terms_initial, wide=True)
form("contracts.sign", initial=lambda contract, ctx: {"signed_on": ctx.today, "signatory": ctx.actor.name})


def drafts(ctx: Context) -> Number:
    """Contracts that are still being written or wait for approval."""
    rows = CONTRACTS.rows(ctx.actor).filter(state=ContractState.DRAFT.value)
    return Number(rows.count(), unit="", url="/contracts/?state=draft")


def to_sign(ctx: Context) -> Number:
    """Contracts that were approved and are not signed yet."""
    rows = CONTRACTS.rows(ctx.actor).filter(state=ContractState.APPROVED.value)
    return Number(rows.count(), unit="", url="/contracts/?state=approved")


def signed_this_month(ctx: Context) -> Number:
    """Contracts that were signed this month."""
    rows = CONTRACTS.rows(ctx.actor).filter(signed_on__gte=ctx.today.replace(day=1))
    return Number(rows.count(), unit="", url="/contracts/?state=signed")


def review_hours(ctx: Context) -> Number | None:
    """The median time that legal took over a contract in the last 90 days, in hours."""
    steps = ApprovalStep.objects.filter(
        company_id=ctx.company_id, role="legal", request__row_type="contracts.contract",
        decided_at__gte=ctx.now - timedelta(days=90), opened_at__isnull=False,
    )  # fmt: skip
    moments = steps.values_list("opened_at", "decided_at")
    took = [(decided - opened) / timedelta(hours=1) for opened, decided in moments if opened and decided]
    if not took:
        return None
    hours = Decimal(median(took)).quantize(Decimal("0.1"))
    note = T(f"{len(took)} 份合同", f"{len(took)} contracts")
    return Number(hours, unit=str(T("小时", "hours")), note=note, url="/contracts/")


figure("legal", T("待审的合同草稿", "Contracts in draft"), drafts, order=10)
figure("legal", T("审核用时中位数", "Median time of review"), review_hours, order=15)
figure("legal", T("待签署的合同", "Contracts to be signed"), to_sign, order=20)
figure("legal", T("本月签署的合同", "Contracts signed this month"), signed_this_month, order=40)
