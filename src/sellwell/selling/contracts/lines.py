"""Lines of contracts and orders: products looked up, prices by rule or as agreed, amounts with tax.

A caller asks for all lines at once and hears of every wrong line at once, each by its path (`lines.3.product`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.catalog.queries import ProductFacts, products
from sellwell.foundation.pricing.queries import Price, prices
from sellwell.foundation.pricing.rules import LineTerms, document_amounts
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context
from sellwell.kernel.values import ZERO, Objection, Reason, State, T, to_micro
from sellwell.selling.contracts import queries, rules

UNKNOWN_PRODUCT = Reason(
    "lines.unknown_product",
    T(
        "第 {row} 行：没有产品“{code}”。请从列表中选择。",
        "Line {row}: there is no product “{code}”. Choose one from the list.",
    ),
)
RETIRED_PRODUCT = Reason(
    "lines.retired_product",
    T(
        "第 {row} 行：产品 {code} 已停售。请换一个产品。",
        "Line {row}: product {code} is no longer sold. Choose another.",
    ),
)
NO_PRICE = Reason(
    "lines.no_price",
    T(
        "第 {row} 行：产品 {code} 没有价格。请填写单价，或请定价人员设置目录价。",
        "Line {row}: product {code} has no price. Enter a unit price, or ask for a list price.",
    ),
)
NOT_AGREED_PRICE = Reason(
    "lines.not_agreed_price",
    T(
        "第 {row} 行：合同约定的单价是 {agreed}，不能改为 {given}。请先变更合同。",
        "Line {row}: the contract says {agreed} a unit, not {given}. Change the contract first.",
    ),
)


class PriceSource(State):
    """Where a line's price is from."""

    CONTRACT = "contract", T("合同价", "Contract")
    QUOTATION = "quotation", T("报价", "Quotation")
    CUSTOMER = "customer", T("客户价", "Customer")
    PROMOTION = "promotion", T("促销价", "Promotion")
    GRADE = "grade", T("等级价", "Grade")
    LIST = "list", T("目录价", "List")
    MANUAL = "manual", T("手工", "Manual")
    IMPORT = "import", T("导入", "Imported")


MANUAL = PriceSource.MANUAL.value
TYPED_OVER = T("手工单价；规则价为 {price}", "Typed in; the rules say {price}")


@dataclass(frozen=True, slots=True)
class Agreed:
    """A price that was agreed before: by a contract (binding) or by an accepted quotation."""

    unit_price: Decimal
    list_price: Decimal
    source: str  # contract | quotation
    why: T
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Want:
    """A line as somebody asks for it. No `unit_price`: as agreed, else by the price rules."""

    product_id: UUID | None
    quantity: Decimal
    unit_price: Decimal | None = None
    agreed: Agreed | None = None
    code: str = ""  # what was typed where no product was found


@dataclass(frozen=True, slots=True)
class PricedWant:
    """A line that can be written: product, price with its reason, and amounts."""

    product: ProductFacts
    quantity: Decimal
    unit_price: Decimal
    list_price: Decimal
    source: str
    why: T
    net: Decimal
    tax: Decimal
    total: Decimal

    def columns(self, position: int) -> dict[str, Any]:
        """The columns of a priced line."""
        return {
            "id": new_id(),
            "position": position,
            "product_id": self.product.id,
            "quantity": self.quantity,
            "unit_price": self.unit_price,
            "list_price": self.list_price,
            "price_source": self.source,
            "tax_rate": self.product.tax_rate,
            "net": self.net,
            "tax": self.tax,
            "total": self.total,
        }


@dataclass(slots=True)
class Priced:
    """All lines of a document: those that are right by their place, and what is wrong with the others."""

    lines: dict[int, PricedWant] = field(default_factory=dict)
    objections: list[Objection] = field(default_factory=list)
    products: dict[UUID, ProductFacts] = field(default_factory=dict)
    tax_inside: bool = True
    currency: str = "CNY"

    @property
    def totals(self) -> dict[str, Decimal]:
        """The document's totals: the sums of its lines."""
        return {
            part: sum((getattr(line, part) for line in self.lines.values()), ZERO)
            for part in ("net", "tax", "total")
        }


def price_lines(
    ctx: Context,
    customer: Any,
    wants: Mapping[int, Want],
    *,
    contract_id: UUID | None = None,
    tax_inside: bool | None = None,
) -> Priced:
    """Price the wanted lines of a document; what is wrong with a line is told at `lines.<place>`.

    `tax_inside` is the document's basis (None: the price list's). Three queries, however many lines there are.
    """
    known = products([w.product_id for w in wants.values() if w.product_id], ctx.company_id, ctx.today)
    found = Priced(products=known)
    there = {place: want for place, want in wants.items() if want.product_id in known}
    for place, want in wants.items():
        if place not in there:
            found.objections.append(
                UNKNOWN_PRODUCT.refuse(path=f"lines.{place}.product", row=place + 1, code=want.code or "?")
            )
    asked = [(known[want.product_id].id, want.quantity) for want in there.values()]  # type: ignore[index]
    ruled = dict(zip(there, prices(ctx.company_id, customer, contract_id, asked, ctx.today), strict=True))
    list_basis = next((price.tax_inside for price in ruled.values()), True)
    found.currency = next((price.currency for price in ruled.values()), "CNY")
    found.tax_inside = list_basis if tax_inside is None else tax_inside
    chosen: dict[int, _Chosen] = {}
    for place, want in there.items():
        product = known[want.product_id]  # type: ignore[index]
        answer = _choose(place, want, product, _on_basis(ruled[place], product.tax_rate, found.tax_inside))
        if isinstance(answer, Objection):
            found.objections.append(answer)
        else:
            chosen[place] = answer
    _amounts(ctx, found, chosen)
    return found


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A line whose price is settled, its amounts not yet."""

    product: ProductFacts
    quantity: Decimal
    unit_price: Decimal
    list_price: Decimal
    source: str
    why: T


def _on_basis(price: Price, tax_rate: Decimal, tax_inside: bool) -> Price:
    """A price on the document's tax basis."""
    if price.tax_inside == tax_inside:
        return price
    factor = 1 / (1 + tax_rate) if price.tax_inside else 1 + tax_rate
    unit = to_micro(price.unit_price * factor) if price.unit_price is not None else None
    return replace(
        price, unit_price=unit, list_price=to_micro(price.list_price * factor), tax_inside=tax_inside
    )


def _choose(place: int, want: Want, product: ProductFacts, ruled: Price) -> _Chosen | Objection:
    """The price of a line: typed over, as agreed before, or by the rules. Nothing is guessed (clause 5.2.1)."""
    row, where = place + 1, f"lines.{place}"
    if not product.is_on_sale:
        return RETIRED_PRODUCT.refuse(path=f"{where}.product", row=row, code=product.code)
    agreed = want.agreed
    if agreed is not None:
        if agreed.binding and want.unit_price not in (None, agreed.unit_price):
            return NOT_AGREED_PRICE.refuse(
                path=f"{where}.unit_price", row=row, agreed=agreed.unit_price, given=want.unit_price
            )
        if want.unit_price in (None, agreed.unit_price):
            return _Chosen(
                product, want.quantity, agreed.unit_price, agreed.list_price, agreed.source, agreed.why
            )
    if want.unit_price is not None and want.unit_price != ruled.unit_price:
        why = TYPED_OVER.format(price=ruled.unit_price if ruled.unit_price is not None else "—")
        return _Chosen(product, want.quantity, want.unit_price, ruled.list_price, MANUAL, why)
    if ruled.unit_price is None:
        return NO_PRICE.refuse(path=f"{where}.unit_price", row=row, code=product.code)
    return _Chosen(product, want.quantity, ruled.unit_price, ruled.list_price, ruled.source, ruled.why)


def _amounts(ctx: Context, found: Priced, chosen: Mapping[int, _Chosen]) -> None:
    """The money of the lines, rounded as the company does."""
    rounding = queries.rounding(ctx.company_id)
    terms = [LineTerms(line.quantity, line.unit_price, line.product.tax_rate) for line in chosen.values()]
    amounts = document_amounts(terms, found.tax_inside, rounding.mode, rounding.at)
    for (place, line), money in zip(chosen.items(), amounts, strict=True):
        found.lines[place] = PricedWant(
            line.product, line.quantity, line.unit_price, line.list_price, line.source, line.why,
            money.net, money.tax, money.total,
        )  # fmt: skip


def content_of(document: Any, lines: Iterable[Any]) -> dict[str, Any]:
    """The terms of a priced document as guards and approvals read them: identifiers and numbers, no names."""
    found = list(lines)
    return {
        "customer": str(document.customer_id),
        "amount": document.total,
        "currency": document.currency,
        "tax_inside": document.tax_inside,
        "payment_days": document.payment_days,
        "discount": max(
            (rules.discount(line.unit_price, line.list_price) for line in found), default=Decimal(0)
        ),
        "lines": [
            {
                "product": str(line.product_id),
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "list_price": line.list_price,
                "total": line.total,
            }
            for line in found
        ],
    }
