"""What must always hold of prices."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T


@check(
    "pricing.floors", T("一个产品同一天只有一个底价", "A product has one floor on a day"), clauses=["5.2.1"]
)
def _floors() -> Iterable[Finding]:
    return from_sql(
        "pricing.floors",
        "SELECT a.id, b.id FROM pricing_floorprice a JOIN pricing_floorprice b"
        " ON a.company_id = b.company_id AND a.product_id = b.product_id AND a.id < b.id"
        " AND daterange(a.since, a.until) && daterange(b.since, b.until)",
        "overlaps with {}",
    )


@check("pricing.rules", T("价格规则完整", "Every price rule is whole"), clauses=["5.2.1"])
def _rules() -> Iterable[Finding]:
    return from_sql(
        "pricing.rules",
        "SELECT id, kind FROM pricing_pricerule WHERE (kind = 'customer') <> (customer_id IS NOT NULL)"
        " OR (kind = 'contract') <> (contract_id IS NOT NULL) OR (kind = 'grade') <> (grade <> '')"
        " OR (kind = 'list' AND (product_id IS NULL OR price IS NULL)) OR (kind = 'promotion' AND until IS NULL)",
        "a rule of kind {} lacks what it needs or says too much",
    )
