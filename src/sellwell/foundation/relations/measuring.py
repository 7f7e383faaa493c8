"""What the facts say of each customer on a day: set-based SQL over the kernel's fact table, a few statements in all.

Purchases are orders by the measure `booked` (net of tax and of what was cancelled); value is `accepted` (net of tax and
of returns). Both are posted by rooms above; here they are known as measures only. Facts keep the customer that they were posted
for: those of a merged customer count for the one that it is now, and it has no figures of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.queries import HEIRS
from sellwell.foundation.relations.extensions import contacts, payment_record
from sellwell.foundation.relations.rules.grades import Measured, years_between
from sellwell.foundation.relations.rules.stages import History

BOUGHT, TAKEN_OVER = "booked", "accepted"


@dataclass(frozen=True, slots=True)
class Row:
    """A customer with everything that grade and stage are judged by."""

    customer_id: UUID
    owner_id: UUID
    grade: str
    state: str
    kind: str
    channel: str
    region: str
    since: date
    measured: Measured
    history: History
    lines: tuple[str, ...]
    overdue_days: int
    last_contact: date | None


_FIGURES = f"""
WITH RECURSIVE {HEIRS}, bought AS (
  SELECT coalesce(h.id, f.customer_id) AS customer_id, f.document_id, min(f.happened_on) AS day, sum(f.amount) AS amount
  FROM kernel_fact f LEFT JOIN heir h ON h.start = f.customer_id
  WHERE f.company_id = %(company)s AND f.measure = '{BOUGHT}' AND f.happened_on <= %(on)s AND f.customer_id IS NOT NULL
  GROUP BY 1, f.document_id HAVING sum(f.amount) > 0
), days AS (
  SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
  FROM (SELECT DISTINCT customer_id, day FROM bought) d
), rhythm AS (
  SELECT customer_id, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)::numeric, 1) AS gap, count(gap) AS gaps
  FROM days GROUP BY customer_id
), orders AS (
  SELECT customer_id, min(day) AS first_on, max(day) AS last_on, count(*) AS ever,
    count(*) FILTER (WHERE day > %(year)s) AS purchases,
    count(DISTINCT date_trunc('month', day)) FILTER (WHERE day > %(year)s) AS months,
    coalesce(sum(amount) FILTER (WHERE day > %(half)s), 0) AS recent,
    coalesce(sum(amount) FILTER (WHERE day > %(year)s AND day <= %(half)s), 0) AS earlier
  FROM bought GROUP BY customer_id
), worth AS (
  SELECT coalesce(h.id, f.customer_id) AS customer_id, sum(f.amount) AS value,
    array_remove(array_agg(DISTINCT f.product_line) FILTER (WHERE f.amount > 0), '') AS lines
  FROM kernel_fact f LEFT JOIN heir h ON h.start = f.customer_id
  WHERE f.company_id = %(company)s AND f.measure = '{TAKEN_OVER}' AND f.happened_on > %(year)s AND f.happened_on <= %(on)s
    AND f.customer_id IS NOT NULL
  GROUP BY 1
)
SELECT c.id, c.owner_id, c.grade, c.state, p.kind, c.channel, c.region, c.business_date, o.first_on, o.last_on, coalesce(o.ever, 0),
  coalesce(o.purchases, 0), coalesce(o.months, 0), coalesce(o.recent, 0), coalesce(o.earlier, 0),
  CASE WHEN r.gaps >= 2 THEN r.gap END, coalesce(w.value, 0), coalesce(w.lines, '{{}}')
FROM customers_customer c
JOIN customers_party p ON p.id = c.party_id
LEFT JOIN orders o ON o.customer_id = c.id
LEFT JOIN rhythm r ON r.customer_id = c.id
LEFT JOIN worth w ON w.customer_id = c.id
WHERE c.company_id = %(company)s AND c.merged_into_id IS NULL AND p.erased_at IS NULL AND (%(only)s::uuid[] IS NULL OR c.id = ANY(%(only)s))
ORDER BY c.id
"""


def rows(company_id: UUID, on: date, only: list[UUID] | None = None) -> Iterator[Row]:
    """Every customer of a company (or those named) with its figures on a day; merged ones are none."""
    paid = merged(payment_record, company_id, on)
    touched = last_contacts(company_id, on)
    year = _before(on, 365)
    with connection.cursor() as cursor:
        cursor.execute(
            _FIGURES,
            {"company": company_id, "on": on, "year": year, "half": _before(on, 182), "only": only},
        )
        found = cursor.fetchall()
    for one in found:
        yield _row(one, on, paid.get(one[0]), touched.get(one[0]))


def _before(on: date, days: int) -> date:
    return date.fromordinal(on.toordinal() - days)


def _row(one: Any, on: date, paid: tuple[Decimal | None, int] | None, touched: date | None) -> Row:
    (pk, owner, grade, state, kind, channel, region, since, first, last, ever, purchases, months, recent, earlier, gap, value,
     lines) = one  # fmt: skip
    years = years_between(first, on) if first is not None else Decimal(0)
    known_months = max(1, min(12, ((on - first).days // 30) + 1)) if first is not None else 12
    regular = min(Decimal(1), (Decimal(months) / known_months)).quantize(Decimal("0.000001"))
    measured = Measured(
        recency=None if last is None else (on - last).days, frequency=purchases, value=value, years=years,
        regular=regular, paid_in_time=paid[0] if paid is not None else None,
    )  # fmt: skip
    return Row(
        pk, owner, grade, state, kind, channel, region, since, measured, History(ever, first, last, gap, recent, earlier),
        tuple(sorted(lines)), paid[1] if paid is not None else 0, touched,
    )  # fmt: skip


def merged(point: Any, company_id: UUID, on: date) -> dict[UUID, Any]:
    """What every room that registered with an extension point says, by customer."""
    found: dict[UUID, Any] = {}
    for _, function in point:
        found.update(function(company_id, on))
    return found


def last_contacts(company_id: UUID, on: date) -> dict[UUID, date]:
    """The day of the last contact by customer, over all rooms."""
    found: dict[UUID, date] = {}
    for _, function in contacts:
        for customer_id, day in function(company_id, on).items():
            found[customer_id] = max(day, found.get(customer_id, day))
    return found
