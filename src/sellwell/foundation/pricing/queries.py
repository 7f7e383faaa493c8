"""The prices of a document's lines, for all lines at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.queries import PartyKind
from sellwell.foundation.pricing.rules import Rule, choose
from sellwell.kernel.values import Objection, Reason, T

NO_PRICE = Reason(
    "pricing.no_price",
    T(
        "这个产品没有适用的价格。请填写单价，或请价格管理员维护价格。",
        "No price applies to this product. Enter a price, or ask price maintenance to set one.",
    ),
)
NO_RULE = T("没有适用的价格规则", "No price rule applies")


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a want. Without a rule `unit_price` is None and `source` empty: somebody must enter a price.

    `floor` is the lowest price that needs nobody's leave (None: there is none); all on the list's tax basis.
    """

    unit_price: Decimal | None
    list_price: Decimal
    source: str  # the rule's kind
    why: T
    floor: Decimal | None
    tax_inside: bool
    currency: str

    def missing(self, path: str) -> Objection | None:
        """The refusal where there is no price."""
        return NO_PRICE.refuse(path=path) if self.unit_price is None else None


_PRODUCTS = """
SELECT p.id, p.product_line, f.price, l.tax_inside, l.currency
FROM catalog_product p
LEFT JOIN pricing_floorprice f ON f.product_id = p.id AND f.company_id = %s AND f.since <= %s
    AND (f.until IS NULL OR f.until > %s)
LEFT JOIN pricing_pricelist l ON l.company_id = %s AND l.is_default
WHERE p.id = ANY(%s)
"""

_RULES = """
SELECT r.id, r.kind, r.name, r.product_id, r.product_line, r.min_quantity, r.price, r.discount, r.since
FROM pricing_pricerule r JOIN pricing_pricelist l ON l.id = r.price_list_id AND l.is_default
WHERE r.company_id = %s AND (r.product_id = ANY(%s) OR r.product_id IS NULL)
  AND r.since <= %s AND (r.until IS NULL OR r.until > %s)
  AND (r.kind = 'list'
    OR r.kind = 'promotion'
    OR (r.kind = 'grade' AND r.grade = %s)
    OR (r.kind = 'customer' AND r.customer_id = %s)
    OR (r.kind = 'contract' AND r.contract_id = %s))
"""


def prices(
    company_id: UUID, customer: Any, contract_id: UUID | None, wants: Sequence[tuple[UUID, Decimal]], on: date
) -> list[Price]:
    """The price of each (product, quantity) for a customer (anything with `pk` and `grade`; None for nobody yet), from
    the company's default price list, in two queries. Grades give no price to natural persons (clause 4.2.3)."""
    product_ids = list({product_id for product_id, _ in wants})
    grade, customer_id = (_price_grade(customer), customer.pk) if customer is not None else ("", None)
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS, [company_id, on, on, company_id, product_ids])
        products = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_RULES, [company_id, product_ids, on, on, grade, customer_id, contract_id])
        rules = [Rule(*row) for row in cursor.fetchall()]
    by_product: dict[UUID | None, list[Rule]] = {}
    for rule in rules:
        by_product.setdefault(rule.product_id, []).append(rule)
    found = []
    for product_id, quantity in wants:
        product_line, floor, tax_inside, currency = products.get(product_id, ("", None, None, None))
        candidates = [*by_product.get(product_id, []), *by_product.get(None, [])]
        choice = choose(candidates, product_id, product_line, quantity)
        basis = (floor, True if tax_inside is None else tax_inside, currency or "CNY")
        if choice is None:
            found.append(Price(None, Decimal(0), "", NO_RULE, *basis))
        else:
            found.append(Price(choice.unit_price, choice.list_price, choice.rule.kind, choice.why, *basis))
    return found


def _price_grade(customer: Any) -> str:
    """The grade that prices go by: a person's price terms come from published conditions only, never by profile."""
    party = getattr(customer, "party", None)
    return "" if party is not None and party.kind == PartyKind.PERSON.value else str(customer.grade)


@dataclass(frozen=True, slots=True)
class Floor:
    """A product's floor price on a day, and the tax basis that it is on."""

    code: str
    price: Decimal
    tax_inside: bool


def floors(company_id: UUID, product_ids: Iterable[UUID], on: date) -> dict[UUID, Floor]:
    """The floor prices of products; products without one are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.code, f.price, coalesce(l.tax_inside, true)"
            " FROM pricing_floorprice f JOIN catalog_product p ON p.id = f.product_id"
            " LEFT JOIN pricing_pricelist l ON l.company_id = f.company_id AND l.is_default"
            " WHERE f.company_id = %s AND f.product_id = ANY(%s) AND f.since <= %s AND (f.until IS NULL OR f.until > %s)",
            [company_id, list(set(product_ids)), on, on],
        )
        return {row[0]: Floor(*row[1:]) for row in cursor.fetchall()}
