"""Evidence for the clauses that receivables answers for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, by_department, evidence, found
from sellwell.kernel.models import LedgerEntry, SecurityLog
from sellwell.kernel.values import Period, T
from sellwell.selling.orders.queries import numbers_of
from sellwell.selling.receivables.models import (
    Invoice,
    InvoiceLine,
    InvoiceState,
    Posting,
    Receipt,
    ReceiptState,
)
from sellwell.selling.receivables.rules import OVER_LIMIT, OVERDUE


def _within(rows: QuerySet[Any], period: Period, field: str = "business_date") -> QuerySet[Any]:
    rows = rows.filter(**{f"{field}__gte": period.since})
    return rows.filter(**{f"{field}__lt": period.until}) if period.until is not None else rows


def _invoices(company_id: UUID, period: Period) -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(company_id=company_id, kind="invoice", state=InvoiceState.ISSUED.value)
    return _within(rows.exclude(origin="import"), period)


def _broken(rows: Iterable[Any], why: T) -> list[Any]:
    return [Broken(row._meta.label_lower, row.pk, row.number, why, row.department_path) for row in rows]


@evidence("5.3.2", T("凭验收开票", "Invoices rest on an acceptance"))
def invoices_rest_on_acceptance(company_id: UUID, period: Period) -> Evidence:
    """Issued invoices with a line whose shipment was not accepted (must be none)."""
    rows = _invoices(company_id, period)
    unaccepted = InvoiceLine.objects.exclude(shipment_line__shipment__state="accepted")
    without = rows.filter(lines__in=unaccepted).distinct()
    return found(by_department(rows), _broken(without, T("没有验收", "nothing was accepted")))


@evidence("5.3.3", T("按期收款", "Invoices are paid by their due date"))
def paid_in_time(company_id: UUID, period: Period) -> Evidence:
    """Invoices that are open past their due date."""
    today = clock.business_day(clock.now())
    rows = _invoices(company_id, period)
    late = rows.filter(settled__lt=F("total"), due_on__lt=today).order_by("due_on")
    return found(by_department(rows), _broken(late, T("逾期未结清", "open past its due date")))


@evidence("5.3.4", T("收款已核销", "Money received is matched"))
def matched_money(company_id: UUID, period: Period) -> Evidence:
    """Receipts of which something is not matched to an invoice."""
    rows = _within(
        Receipt.objects.filter(company_id=company_id, state=ReceiptState.ENTERED.value), period, "received_on"
    )
    left = rows.filter(applied__lt=F("total")).order_by("received_on", "id")
    return found(by_department(rows), _broken(left, T("未全部核销", "not wholly matched")))


@evidence("5.3.4", T("应收分录借贷相等", "Every entry of the receivables ledger balances"))
def balanced_entries(company_id: UUID, period: Period) -> Evidence:
    """Entries whose debits and notes differ (must be none)."""
    rows = _within(Posting.objects.filter(company_id=company_id), period)
    entries = rows.order_by().values("entry").annotate(difference=Sum("debit") - Sum("credit"))
    why = T("借贷不等", "does not balance")
    broken: list[Any] = [
        Broken("receivables.posting", row["entry"], str(row["entry"]), why)
        for row in entries.exclude(difference=0)
    ]
    return found(entries.count(), broken)


@evidence("5.3.5", T("红冲与调额由不同人申请与审批", "Who reverses an invoice did not ask for it"))
def reversals_by_another(company_id: UUID, period: Period) -> Evidence:
    """Credit notes issued by whoever made the invoice request (must be none)."""
    rows = _within(
        Invoice.objects.filter(company_id=company_id, kind="credit", reverses__isnull=False), period
    )
    notes = list(rows.select_related("reverses"))
    actors = dict(
        LedgerEntry.objects.filter(
            operation="receivables.reverse_invoice", row_id__in=[c.reverses_id for c in notes]
        )
        .order_by("seq")
        .values_list("row_id", "actor_id")
    )
    same = [
        c for c in notes if c.reverses is not None and actors.get(c.reverses_id) == c.reverses.created_by_id
    ]
    concerned = Counter(note.department_path for note in notes)
    return found(concerned, _broken(same, T("申请人自己红冲", "reversed by its own requester")))


@evidence("5.2.2", T("未被信用拦下的确认", "Confirmations that credit did not stop"))
def credit_blocks(company_id: UUID, period: Period) -> Evidence:
    """Orders that somebody tried to confirm in the period, and those that the credit limit or overdue debts stopped."""
    within = {"at__gte": clock.day_begins(period.since)}
    if period.until is not None:
        within["at__lt"] = clock.day_begins(period.until)
    what: dict[str, Any] = {"company_id": company_id, "operation": "orders.confirm", **within}
    done = set(LedgerEntry.objects.filter(**what).values_list("row_id", flat=True))
    stopped = SecurityLog.objects.filter(**what, row_id__isnull=False)
    tried = done | set(stopped.values_list("row_id", flat=True))
    codes = [OVER_LIMIT.code, OVERDUE.code]
    by_credit = [row for row in stopped if any(o.get("code") in codes for o in row.objections)]
    numbers = numbers_of(row.row_id for row in by_credit if row.row_id is not None)
    why = T("被信用检查拦下", "was stopped by the credit check")
    return found(len(tried), [Broken("orders.order", row_id, numbers[row_id], why) for row_id in numbers])
