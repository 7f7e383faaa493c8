"""What receivables tells of customers: how they pay, what they owe past its day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.relations.extensions import Signal, payment_record, signals, under_way
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, plain_number
from sellwell.selling.receivables import queries
from sellwell.selling.receivables.views import INVOICES

MONTHS_12 = timedelta(days=365)

# Of what fell due in twelve months the share that came by its day; and for how long the oldest debt is overdue.
_RECORD = """
WITH paid AS (
  SELECT a.invoice_id, sum(a.amount) AS amount FROM receivables_application a
  JOIN receivables_receipt r ON r.id = a.receipt_id
  JOIN receivables_invoice i ON i.id = a.invoice_id
  WHERE i.company_id = %(company)s AND i.due_on > %(since)s AND i.due_on <= %(on)s AND r.received_on <= i.due_on
  GROUP BY a.invoice_id
)
SELECT i.customer_id,
  sum(least(coalesce(p.amount, 0), i.total)) FILTER (WHERE i.due_on > %(since)s)
    / nullif(sum(i.total) FILTER (WHERE i.due_on > %(since)s), 0),
  coalesce(max(%(on)s::date - i.due_on) FILTER (WHERE i.state = 'issued' AND i.settled < i.total), 0)
FROM receivables_invoice i LEFT JOIN paid p ON p.invoice_id = i.id
WHERE i.company_id = %(company)s AND i.kind = 'invoice' AND i.state <> 'void' AND i.due_on <= %(on)s AND i.total > 0
  AND NOT EXISTS (SELECT 1 FROM receivables_invoice c WHERE c.reverses_id = i.id)
GROUP BY i.customer_id
"""


@payment_record.register("receivables.invoice")
def record_of_payment(company_id: UUID, on: date) -> dict[UUID, tuple[Decimal | None, int]]:
    """By customer: the share paid by its day and the days overdue. Invoices that were taken back do not count."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, {"company": company_id, "on": on, "since": on - MONTHS_12})
        return {
            row[0]: (
                None if row[1] is None else Decimal(row[1]).quantize(Decimal("0.000001")),
                max(0, int(row[2])),
            )
            for row in cursor.fetchall()
        }


@under_way.register("receivables.invoice")
def owing(company_id: UUID, customer_ids: list[UUID]) -> set[UUID]:
    """Those who owe something still."""
    rows = queries.open_invoices().filter(company_id=company_id, customer_id__in=customer_ids)
    return set(rows.values_list("customer_id", flat=True))


@signals.register("receivables.invoice")
def overdue_money(customer: Customer, ctx: Context) -> list[Signal]:
    """What is owed past its day, and for how long."""
    if not ctx.actor.may(INVOICES.name):
        return []
    rows = queries.open_invoices(INVOICES.rows(ctx.actor)).filter(
        customer_id=customer.pk, due_on__lt=ctx.today
    )
    found = rows.order_by("due_on").values_list("due_on", "total", "settled")[:200]
    late = [(due_on, total - settled) for due_on, total, settled in found if due_on is not None]
    if not late:
        return []
    days, amount = (ctx.today - late[0][0]).days, sum((rest for _, rest in late), Decimal(0))
    said = plain_number(amount)
    return [
        Signal(
            "overdue_money",
            Decimal(days),
            T(f"货款 {said} 元逾期，最长 {days} 天", f"{said} is overdue, for {days} days at most"),
            T("催收货款", "Collect what is due"),
            f"/{INVOICES.url}/?customer={customer.pk}",
        )
    ]
