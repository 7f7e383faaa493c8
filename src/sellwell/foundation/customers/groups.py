"""A group of companies as it stands: who belongs to whom, and what its members' business adds up to (clause 1.4.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from sellwell.foundation.customers.lineage import lineages, top_of
from sellwell.foundation.customers.models import Customer
from sellwell.kernel.models import Fact
from sellwell.kernel.values import ZERO, T

# What rolls up, by the measure that orders, invoices and receipts post.
MEASURES = (
    ("booked", T("订货（不含税）", "Booked, net of tax")),
    ("invoiced", T("开票（不含税）", "Invoiced, net of tax")),
    ("collected", T("回款", "Collected")),
)

_TREE = """
WITH RECURSIVE tree AS (
  SELECT %(root)s::uuid AS party_id, 0 AS depth, ARRAY[]::text[] AS way, NULL::date AS since
  UNION ALL
  SELECT g.child_id, t.depth + 1, t.way || (g.since::text || g.id::text), g.since
  FROM customers_groupmembership g JOIN tree t ON g.parent_id = t.party_id
  WHERE g.since <= %(day)s AND (g.until IS NULL OR g.until > %(day)s) AND t.depth < 20
) SELECT party_id, depth, since FROM tree ORDER BY way
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A party of a group: how deep it stands below the top, and since when."""

    party_id: UUID
    depth: int
    since: date | None


def members(party_id: UUID, day: date) -> list[Member]:
    """The whole group that a party belongs to on a day, from the top down; only itself where it is in none."""
    with connection.cursor() as cursor:
        cursor.execute(_TREE, {"root": top_of(party_id, day), "day": day})
        return [Member(*row) for row in cursor.fetchall()]


def rolled_up(customers: Iterable[Customer], since: date, until: date) -> dict[UUID, dict[str, Decimal]]:
    """Sums of facts by customer and measure within days (`until` exclusive); what was merged into a customer counts as its."""
    ids = {one.pk for one in customers}
    into = {pk: pk for pk in ids}
    for pk, leads in Customer.objects.filter(pk__in=lineages(ids)).values_list("pk", "merged_into_id"):
        if leads is not None:
            into[pk] = leads
    rows = Fact.objects.filter(
        customer_id__in=list(into), measure__in=[name for name, _ in MEASURES], happened_on__gte=since,
        happened_on__lt=until,
    )  # fmt: skip
    sums: dict[UUID, dict[str, Decimal]] = {pk: {} for pk in ids}
    for pk, measure, amount in rows.values_list("customer_id", "measure").annotate(amount=Sum("amount")):
        while pk not in ids:
            pk = into[pk]
        sums[pk][measure] = sums[pk].get(measure, ZERO) + amount
    return sums
