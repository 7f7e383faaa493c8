"""What must always hold of products."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T


@check("catalog.tax_rates", T("税率期间不重叠、无空档", "Tax rates follow each other without gap or overlap"))
def _tax_rates() -> Iterable[Finding]:
    return from_sql(
        "catalog.tax_rates",
        "SELECT code, until, next FROM (SELECT c.code, r.until,"
        " lead(r.since) OVER (PARTITION BY r.tax_class_id ORDER BY r.since) AS next"
        " FROM catalog_taxrate r JOIN catalog_taxclass c ON c.id = r.tax_class_id) x"
        " WHERE next IS NOT NULL AND until IS DISTINCT FROM next",
        "a rate ends on {} and the next one starts on {}",
    )


@check("catalog.taxed", T("在售产品都有税率", "Every product on sale has a tax rate"))
def _taxed() -> Iterable[Finding]:
    return from_sql(
        "catalog.taxed",
        "SELECT p.code FROM catalog_product p WHERE p.state = 'active' AND NOT EXISTS"
        " (SELECT 1 FROM catalog_taxrate r WHERE r.tax_class_id = p.tax_class_id AND r.until IS NULL)",
        "its tax class has no rate in force",
    )
