"""Reads of products that other rooms need, each in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from sellwell.kernel.values import Reason, Refusal, T

NO_TAX_RATE = Reason(
    "catalog.no_tax_rate",
    T(
        "产品 {code} 的税类在 {day} 没有税率。请财务在“税类”中设置。",
        "The tax class of product {code} has no rate on {day}. Finance sets it under Tax classes.",
    ),
)


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What a document needs to know of a product on a day. `cost` is per unit, in the company's currency."""

    id: UUID
    code: str
    name: str
    name_en: str
    kind: str  # goods | service
    unit: str
    product_line: str
    tax_rate: Decimal
    cost: Decimal | None
    state: str  # active | retired
    lead_days: int
    specification: str

    @property
    def is_stocked(self) -> bool:
        """Whether it lies in warehouses: goods do, services do not."""
        return self.kind == "goods"

    @property
    def is_on_sale(self) -> bool:
        """Whether it may be sold."""
        return self.state == "active"


_PRODUCTS = """
SELECT p.id, p.code, p.name, p.name_en, p.kind, p.unit, p.product_line, r.rate, c.cost, p.state, p.lead_days,
    p.specification
FROM catalog_product p
LEFT JOIN catalog_taxrate r ON r.tax_class_id = p.tax_class_id AND r.since <= %s AND (r.until IS NULL OR r.until > %s)
LEFT JOIN LATERAL (
    SELECT cost FROM catalog_productcost
    WHERE product_id = p.id AND company_id = %s AND since <= %s ORDER BY since DESC LIMIT 1
) c ON true
WHERE p.id = ANY(%s)
"""


def products(ids: Iterable[UUID], company_id: UUID, on: date) -> dict[UUID, ProductFacts]:
    """Products with the tax rate and cost of a day; unknown identifiers are absent.

    Raises `catalog.no_tax_rate` where a product's tax class has no rate on that day.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS, [on, on, company_id, on, list(set(ids))])
        found = {row[0]: ProductFacts(*row) for row in cursor.fetchall()}
    without_rate = [p for p in found.values() if p.tax_rate is None]
    if without_rate:
        raise Refusal([NO_TAX_RATE.refuse(code=p.code, day=on) for p in without_rate])
    return found


def ids_by_code(codes: Iterable[str]) -> dict[str, UUID]:
    """Identifiers of products by their codes, as people paste them; unknown codes are absent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM catalog_product WHERE code = ANY(%s)", [list(set(codes))])
        return dict(cursor.fetchall())
