"""The ageing report: open invoices by customer and by how late they are (W31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from sellwell.kernel.values import ZERO
from sellwell.selling.receivables import queries, rules
from sellwell.selling.receivables.models import Invoice
from sellwell.selling.receivables.rules import BUCKETS, Bucket

__all__ = ["BUCKETS", "Report", "Row", "report"]

MOST_CUSTOMERS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One customer: open amounts in the order of the buckets, and their sum."""

    customer_id: UUID
    name: str
    amounts: list[Decimal]
    total: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """Customers by what they owe, the largest first; totals are over all of them, also those not shown."""

    as_of: date
    rows: list[Row]
    totals: list[Decimal]
    total: Decimal
    customers: int


def report(invoices: QuerySet[Invoice], as_of: date) -> Report:
    """Ages the open invoices of a queryset."""
    found: Any = queries.open_invoices(invoices).annotate(
        open=F("total") - F("settled"), due=Coalesce("due_on", "business_date")
    )
    sums = {b.code: Sum("open", filter=_within(b, as_of), default=ZERO) for b in BUCKETS} | {
        "all": Sum("open")
    }
    largest = found.values("customer_id", "customer__party__name").annotate(**sums)
    rows = [
        Row(one["customer_id"], one["customer__party__name"], [one[b.code] for b in BUCKETS], one["all"])
        for one in largest.order_by("-all", "customer__party__name")[:MOST_CUSTOMERS]
    ]
    whole = found.aggregate(**sums, customers=Count("customer_id", distinct=True))
    return Report(as_of, rows, [whole[b.code] for b in BUCKETS], whole["all"] or ZERO, whole["customers"])


def _within(bucket: Bucket, as_of: date) -> Q:
    """Which debts fall into a bucket by their due day."""
    first, last = rules.due_between(bucket, as_of)
    condition = Q(due__isnull=False)
    if first is not None:
        condition &= Q(due__gte=first)
    return condition if last is None else condition & Q(due__lte=last)
