"""The lines of a quotation with prices, taxes and amounts: for writing it, and for showing prices while one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, cast
from uuid import UUID

from sellwell.foundation.catalog.queries import ProductFacts, products
from sellwell.foundation.company.queries import company
from sellwell.foundation.pricing.queries import Price, prices
from sellwell.foundation.pricing.rules import Amounts, LineTerms, RoundingAt, document_amounts, sum_of
from sellwell.kernel.values import Objection, Rounding
from sellwell.selling.pipeline import rules
from sellwell.selling.pipeline.models import Quotation, QuotationLine

MANUAL = "manual"


class Wanted(Protocol):
    """A line as it is asked for; no price means the one that the price rules give."""

    @property
    def product(self) -> UUID: ...

    @property
    def quantity(self) -> Decimal: ...

    @property
    def unit_price(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A line with its price, where the price is from, and its amounts."""

    product: ProductFacts
    quantity: Decimal
    unit_price: Decimal
    price: Price
    amounts: Amounts

    @property
    def source(self) -> str:
        """The kind of the rule that gave the price, or 'manual'."""
        return self.price.source if self.unit_price == self.price.unit_price else MANUAL


@dataclass(frozen=True, slots=True)
class Offer:
    """All lines of a quotation with its totals, and what is wrong with them by path."""

    lines: tuple[OfferedLine, ...]
    totals: Amounts
    tax_inside: bool
    currency: str
    objections: tuple[Objection, ...]


def offer(company_id: UUID, customer: Any, wanted: Sequence[Wanted], on: date) -> Offer:
    """Price the lines by the rules of the day, keep prices that somebody entered, and add up. Four queries in all."""
    known = products([line.product for line in wanted], company_id, on)
    found = prices(company_id, customer, None, [(line.product, line.quantity) for line in wanted], on)
    tax_inside = all(price.tax_inside for price in found)
    objections: list[Objection] = []
    terms: list[tuple[ProductFacts, Decimal, Decimal, Price]] = []
    for index, (line, price) in enumerate(zip(wanted, found, strict=True)):
        product = known[line.product]
        unit_price = line.unit_price if line.unit_price is not None else price.unit_price
        objections += _about(index, product, unit_price, price)
        terms.append((product, line.quantity, unit_price if unit_price is not None else Decimal(0), price))
    house = company(company_id)
    line_terms = [
        LineTerms(quantity, unit_price, product.tax_rate) for product, quantity, unit_price, _ in terms
    ]
    rounding, at = cast(Rounding, house.rounding), cast(RoundingAt, house.rounding_at)
    amounts = document_amounts(line_terms, tax_inside, rounding, at)
    lines = tuple(OfferedLine(p, q, u, price, a) for (p, q, u, price), a in zip(terms, amounts, strict=True))
    currency = next((price.currency for price in found), "CNY")
    return Offer(lines, sum_of(amounts), tax_inside, currency, tuple(objections))


def _about(index: int, product: ProductFacts, unit_price: Decimal | None, price: Price) -> list[Objection]:
    """What speaks against a line."""
    found = []
    if not product.is_on_sale:
        found.append(rules.RETIRED.refuse(path=f"lines.{index}.product", code=product.code))
    if unit_price is None:
        missing = price.missing(f"lines.{index}.unit_price")
        found += [missing] if missing is not None else []
    elif price.floor is not None and unit_price < price.floor:
        found.append(rules.BELOW_FLOOR.warn(path=f"lines.{index}.unit_price", price=unit_price))
    return found


def new_lines(quotation: Quotation, offered: Offer) -> list[QuotationLine]:
    """The rows of an offer's lines."""
    return [
        QuotationLine(
            company_id=quotation.company_id,
            quotation=quotation,
            position=position,
            product_id=line.product.id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            list_price=line.price.list_price,
            price_source=line.source,
            tax_rate=line.product.tax_rate,
            net=line.amounts.net,
            tax=line.amounts.tax,
            total=line.amounts.total,
        )
        for position, line in enumerate(offered.lines, start=1)
    ]


def content_of_offer(head: Mapping[str, Any], offered: Offer) -> dict[str, Any]:
    """The terms of an offer that is being written, in the shape that guards read."""
    lines = [
        _line(line.product.id, line.quantity, line.unit_price, line.price.list_price, line.amounts.total)
        for line in offered.lines
    ]
    return _content(
        head, offered.currency, offered.tax_inside, offered.totals.net, offered.totals.total, lines
    )


def content_of_quotation(quotation: Quotation, lines: Sequence[QuotationLine]) -> dict[str, Any]:
    """The terms of a written quotation, in the shape that guards read; what an approval releases."""
    head = {
        "customer": str(quotation.customer_id),
        "payment_days": quotation.payment_days,
        "valid_until": quotation.valid_until,
    }
    images = [_line(li.product_id, li.quantity, li.unit_price, li.list_price, li.total) for li in lines]
    return _content(head, quotation.currency, quotation.tax_inside, quotation.net, quotation.total, images)


def _line(
    product: UUID, quantity: Decimal, unit_price: Decimal, list_price: Decimal, total: Decimal
) -> dict[str, Any]:
    return {
        "product": str(product),
        "quantity": quantity,
        "unit_price": unit_price,
        "list_price": list_price,
        "total": total,
    }


def _content(
    head: Mapping[str, Any],
    currency: str,
    tax_inside: bool,
    net: Decimal,
    total: Decimal,
    lines: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        **head,
        "amount": total,
        "net": net,
        "currency": currency,
        "tax_inside": tax_inside,
        "discount": rules.largest_discount([(line["unit_price"], line["list_price"]) for line in lines]),
        "lines": lines,
    }
