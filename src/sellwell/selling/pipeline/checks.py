"""Invariants of the pipeline that `sellwell check` proves. Each also gives the figures of its clause (evidence.py)."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T

# Erased needs were there when the stage was entered: the ledger knows, the row no longer.
STAGES_WITHOUT_CONDITIONS = """
SELECT o.number, o.state FROM pipeline_opportunity o
JOIN customers_customer c ON c.id = o.customer_id JOIN customers_party p ON p.id = c.party_id
WHERE o.origin = 'entry' AND o.state IN ('needs', 'match', 'trial', 'offer', 'won') AND (
    (p.erased_at IS NULL AND btrim(o.needs) = '')
    OR (o.state <> 'needs' AND NOT EXISTS (
        SELECT 1 FROM pipeline_opportunityproduct m WHERE m.opportunity_id = o.id AND NOT m.is_void))
    OR (o.state IN ('offer', 'won') AND NOT EXISTS (
        SELECT 1 FROM pipeline_quotation q WHERE q.opportunity_id = o.id AND q.state <> 'draft')
        AND NOT EXISTS (SELECT 1 FROM kernel_link l WHERE l.from_id = o.id AND l.to_type IN ('contracts.contract', 'orders.order')))
    OR (o.state = 'won' AND NOT EXISTS (
        SELECT 1 FROM pipeline_quotation q WHERE q.opportunity_id = o.id AND q.state = 'accepted')
        AND NOT EXISTS (
            SELECT 1 FROM kernel_link l WHERE l.to_type IN ('contracts.contract', 'orders.order') AND (
                l.from_id = o.id OR l.from_id IN (SELECT id FROM pipeline_quotation WHERE opportunity_id = o.id)))))
ORDER BY 1
"""


@check(
    "pipeline.stages",
    T("每个阶段都满足进入条件", "Every stage was entered by its conditions"),
    clauses=["1.4.3"],
)
def stages_have_their_conditions() -> Iterable[Finding]:
    """Needs, products, a sent quotation, an agreement: what each stage stands on is there."""
    return from_sql("pipeline.stages", STAGES_WITHOUT_CONDITIONS, "is at stage {} without its conditions")


# The floor of the day on which it was sent, on the same tax basis; a release by the guard's own approval lets it through.
BELOW_FLOOR = """
SELECT DISTINCT q.number, p.code FROM pipeline_quotation q
JOIN kernel_ledgerentry e ON e.row_id = q.id AND e.operation = 'pipeline.send_quotation'
JOIN pipeline_quotationline l ON l.quotation_id = q.id AND NOT l.is_void
JOIN catalog_product p ON p.id = l.product_id
JOIN pricing_floorprice f ON f.product_id = l.product_id AND f.company_id = q.company_id
    AND f.since <= (e.at AT TIME ZONE 'Asia/Shanghai')::date
    AND (f.until IS NULL OR f.until > (e.at AT TIME ZONE 'Asia/Shanghai')::date)
LEFT JOIN pricing_pricelist pl ON pl.company_id = q.company_id AND pl.is_default
WHERE coalesce(pl.tax_inside, true) = q.tax_inside AND l.unit_price < f.price
  AND NOT EXISTS (
    SELECT 1 FROM kernel_release r WHERE r.row_id = q.id AND r.operation = 'pipeline.send_quotation' AND r.guard = 'pricing.floor')
ORDER BY 1
"""


@check(
    "pipeline.floor",
    T("低于底价的报价都经过审批", "No quotation below the floor went out without approval"),
    clauses=["2.2.4"],
)
def no_unapproved_price_below_floor() -> Iterable[Finding]:
    """Quotations below floor without approval: must be 0."""
    return from_sql("pipeline.floor", BELOW_FLOOR, "was sent with {} below its floor and without approval")


@check(
    "pipeline.totals",
    T("报价合计等于明细之和", "A quotation's totals are the sums of its lines"),
    clauses=["2.2.4"],
)
def totals_are_sums() -> Iterable[Finding]:
    """To the cent."""
    return from_sql(
        "pipeline.totals",
        "SELECT q.number, q.total, sum(l.total) FROM pipeline_quotation q"
        " JOIN pipeline_quotationline l ON l.quotation_id = q.id AND NOT l.is_void GROUP BY q.id"
        " HAVING q.total <> sum(l.total) OR q.net <> sum(l.net) OR q.tax <> sum(l.tax) OR q.total <> q.net + q.tax",
        "says {} but its lines add up to {}",
    )


@check("pipeline.won", T("赢单都已入账为事实", "Everything won is posted once"), clauses=["1.4.3"])
def wins_are_posted() -> Iterable[Finding]:
    """Every won opportunity that was entered here has one fact `won` of its amount."""
    return from_sql(
        "pipeline.won",
        "SELECT o.number, o.expected_amount FROM pipeline_opportunity o WHERE o.state = 'won' AND o.origin = 'entry'"
        " AND coalesce((SELECT sum(f.amount) FROM kernel_fact f WHERE f.source = o.id AND f.measure = 'won'), -1)"
        " <> o.expected_amount",
        "was won for {} but the fact differs",
    )
