"""The ageing report: open invoices by customer and by how late they are (W31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from sellwell.kernel.values import ZERO
from sellwell.selling.receivables import queries
from sellwell.selling.receivables.models import Invoice
from sellwell.selling.receivables.rules import BUCKETS, ageing

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
    found = queries.open_invoices(invoices).annotate(open=F("total") - F("settled"))
    by_customer: dict[UUID, list[tuple[date, Decimal]]] = {}
    names: dict[UUID, str] = {}
    columns = ("customer_id", "customer__party__name", "due_on", "business_date", "open")
    for customer_id, name, due_on, day, amount in found.values_list(*columns):
        by_customer.setdefault(customer_id, []).append((due_on or day, amount))
        names[customer_id] = name
    rows = [_row(key, names[key], debts, as_of) for key, debts in by_customer.items()]
    rows.sort(key=lambda row: (-row.total, row.name))
    totals = [sum((row.amounts[i] for row in rows), ZERO) for i in range(len(BUCKETS))]
    return Report(as_of, rows[:MOST_CUSTOMERS], totals, sum(totals, ZERO), len(rows))


def _row(customer_id: UUID, name: str, debts: list[tuple[date, Decimal]], as_of: date) -> Row:
    aged = ageing(debts, as_of)
    amounts = [aged[bucket.code] for bucket in BUCKETS]
    return Row(customer_id, name, amounts, sum(amounts, ZERO))
