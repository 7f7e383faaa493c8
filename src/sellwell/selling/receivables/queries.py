"""Reads of receivables: exposure, open invoices, what stands on invoices, ageing. Set-based; scope is the caller's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum

from sellwell.foundation.relations.queries import credit_ceilings
from sellwell.kernel.operations import Context, Lock, lock
from sellwell.kernel.values import ZERO
from sellwell.selling.delivery.queries import ORDER, Billable
from sellwell.selling.receivables.models import OPEN, Application, Invoice, InvoiceLine, InvoiceState, Receipt
from sellwell.selling.receivables.rules import Debt, Exposure, OpenLine, Sofar

CUSTOMER: Any = Invoice._meta.get_field("customer").related_model

# --- credit ----------------------------------------------------------------------------------------------------------

# One statement for any number of customers: it runs whenever an order is confirmed.
_EXPOSURE = """
SELECT c.id, c.grade, a.credit_limit, a.max_overdue_days,
    coalesce(i.open, 0), coalesce(l.shipped, 0), coalesce(l.ordered, 0), coalesce(r.unapplied, 0), coalesce(i.overdue, 0)
FROM customers_customer c
LEFT JOIN receivables_creditaccount a ON a.customer_id = c.id
LEFT JOIN LATERAL (
  SELECT sum(v.total - v.settled) AS open,
    max(%(today)s::date - v.due_on) FILTER (WHERE v.kind = 'invoice' AND v.state = 'issued') AS overdue
  FROM receivables_invoice v WHERE v.customer_id = c.id AND v.state <> 'void' AND v.total <> v.settled
) i ON true
LEFT JOIN LATERAL (
  SELECT sum(round(n.total * (n.shipped - n.returned) / n.quantity, 2) - n.invoiced_amount) AS shipped,
    sum(round(n.total * (n.quantity - n.cancelled - n.shipped) / n.quantity, 2)) AS ordered
  FROM orders_order o JOIN orders_orderline n ON n.order_id = o.id
  WHERE o.customer_id = c.id AND o.state = 'confirmed' AND NOT n.is_void
) l ON true
LEFT JOIN LATERAL (
  SELECT sum(t.total - t.applied) AS unapplied FROM receivables_receipt t
  WHERE t.customer_id = c.id AND t.state = 'entered' AND t.applied < t.total
) r ON true
WHERE c.id = ANY(%(customers)s)
"""


def exposures(ctx: Context, customer_ids: Iterable[UUID]) -> dict[UUID, Exposure]:
    """What each customer could cost us now, and its limit (the default one where no account was opened yet).

    The lower of the rated limit and the ceiling of the customer's grade holds (clause 4.2.3).
    """
    from sellwell.selling.receivables.accounts import default_terms

    ids = list(set(customer_ids))
    ceilings = credit_ceilings(ctx.company_id, ids, ctx.today)
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSURE, {"today": ctx.today, "customers": ids})
        rows = cursor.fetchall()
    found = {}
    for customer_id, grade, limit, days, receivable, shipped, ordered, unapplied, overdue in rows:
        if limit is None:
            limit, days = default_terms(ctx, grade)
        ceiling = ceilings.get(customer_id)
        limit = limit if ceiling is None else min(limit, ceiling)
        found[customer_id] = Exposure(
            receivable, shipped, ordered, unapplied, limit, max(0, int(overdue)), int(days)
        )
    return found


# --- invoices --------------------------------------------------------------------------------------------------------


def open_invoices(queryset: QuerySet[Invoice] | None = None) -> QuerySet[Invoice]:
    """Issued invoices that are not settled; of all customers unless a narrower queryset is given."""
    rows = queryset if queryset is not None else Invoice.objects.all()
    return rows.filter(OPEN)


def debts_of(customer_id: UUID) -> list[Debt]:
    """What a customer owes, invoice by invoice."""
    rows = open_invoices().filter(customer_id=customer_id)
    return [
        Debt(invoice.pk, invoice.total - invoice.settled, invoice.due_on or invoice.business_date)
        for invoice in rows
    ]


def invoiced_sofar(order_line_ids: Iterable[UUID]) -> dict[UUID, Sofar]:
    """What stands on invoices per order line, requested ones included, credits deducted."""
    rows = (
        InvoiceLine.objects.filter(order_line_id__in=list(order_line_ids))
        .exclude(invoice__state=InvoiceState.VOID.value)
        .values("order_line_id")
        .annotate(q=Sum("quantity"), n=Sum("net"), t=Sum("tax"))
    )
    return {row["order_line_id"]: Sofar(row["q"], row["n"], row["t"]) for row in rows}


def open_lines(billable: Iterable[Billable]) -> list[OpenLine]:
    """Shipment lines as the rules of invoicing see them."""
    return [OpenLine(b.shipment_line_id, b.order_line_id, b.open, b.ordered, b.net, b.tax) for b in billable]


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    """An invoice's lines with their products."""
    return list(invoice.lines.select_related("product").order_by("position"))


def credited_by_line(invoice_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID | None], Decimal]:
    """Units credited so far, by (invoice, shipment line); pending credits count."""
    rows = (
        InvoiceLine.objects.filter(invoice__reverses_id__in=list(invoice_ids))
        .exclude(invoice__state=InvoiceState.VOID.value)
        .values("invoice__reverses_id", "shipment_line_id")
        .annotate(units=Sum("quantity"))
    )
    found: dict[tuple[UUID, UUID | None], Decimal] = {}
    for reversed_id, line_id, units in rows.values_list("invoice__reverses_id", "shipment_line_id", "units"):
        if reversed_id is not None:
            found[reversed_id, line_id] = -units
    return found


def locked_invoices(invoice_ids: Iterable[UUID]) -> dict[UUID, Invoice]:
    """Invoices by identifier, with what their postings and tasks need; read after they were locked."""
    rows = Invoice.objects.select_related("customer", "order").filter(pk__in=list(invoice_ids))
    return {invoice.pk: invoice for invoice in rows}


def applied_between(receipt: Receipt, invoice_id: UUID | None = None) -> list[Application]:
    """The applications of a receipt that still hold, of one invoice or of all."""
    rows = Application.objects.filter(receipt=receipt, reverses__isnull=True)
    if invoice_id is not None:
        rows = rows.filter(invoice_id=invoice_id)
    undone = Application.objects.filter(receipt=receipt, reverses__isnull=False).values("reverses_id")
    return list(rows.exclude(pk__in=undone).order_by("at", "id"))


def order_locks(order_ids: Iterable[UUID]) -> list[Lock]:
    """The orders whose counters an act moves."""
    return [lock("parent", ORDER, order_ids)]


def invoice_locks(invoice_ids: Iterable[UUID]) -> list[Lock]:
    """Invoices that an act settles."""
    return [lock("parent", Invoice, invoice_ids)]


# --- orders that are through -----------------------------------------------------------------------------------------

_NOT_THROUGH = """
SELECT EXISTS (
  SELECT 1 FROM orders_orderline l WHERE l.order_id = %s AND NOT l.is_void AND (
    l.shipped < l.quantity - l.cancelled OR l.shipped - l.returned <> l.invoiced OR l.paid_amount < l.invoiced_amount)
) OR EXISTS (SELECT 1 FROM receivables_invoice i WHERE i.order_id = %s AND i.state = 'requested')
  OR NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.id = %s AND o.state = 'confirmed')
"""


def is_through(order_id: UUID) -> bool:
    """Whether a confirmed order is shipped, accepted, invoiced and paid to the last cent."""
    with connection.cursor() as cursor:
        cursor.execute(_NOT_THROUGH, [order_id, order_id, order_id])
        return not cursor.fetchone()[0]


_TO_INVOICE = """
SELECT coalesce(sum(round(l.total * s.open / l.quantity, 2)), 0), count(DISTINCT l.order_id)
FROM (
  SELECT s.order_line_id, sum(greatest(0, least(s.accepted, s.quantity - s.returned)) - s.invoiced) AS open
  FROM delivery_shipmentline s JOIN delivery_shipment h ON h.id = s.shipment_id
  WHERE h.state = 'accepted' AND h.company_id = %s AND s.invoiced < s.accepted
  GROUP BY 1
) s JOIN orders_orderline l ON l.id = s.order_line_id WHERE s.open > 0
"""


def to_be_invoiced(company_id: UUID) -> tuple[Decimal, int]:
    """What was accepted and not invoiced, with tax, and on how many orders."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_INVOICE, [company_id])
        amount, orders = cursor.fetchone()
    return amount, orders


def overdue(queryset: QuerySet[Invoice], today: date) -> tuple[Decimal, int]:
    """Open amounts past their due date among these invoices, and how many invoices."""
    late = open_invoices(queryset).filter(due_on__lt=today)
    found = late.aggregate(open=Sum(F("total") - F("settled"), default=ZERO), count=Count("pk"))
    return found["open"], found["count"]
