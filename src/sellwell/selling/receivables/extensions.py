"""What receivables adds to lower rooms: money that follows from acceptance, and work that has an owner."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sellwell.foundation.company.extensions import DepartmentFigure, department_figures, rows_of, sales_verbs
from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.merging import (
    moves_with_customer,
    on_merge,
    on_unmerge,
    one_per_customer,
    stays_with_customer,
)
from sellwell.foundation.privacy.extensions import TAX_PLATFORM, hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Purpose, Source
from sellwell.kernel import personal
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.delivery.extensions import Recognised, on_recognised
from sellwell.selling.orders.extensions import followed_up
from sellwell.selling.receivables import (
    carrying,
    postings,
    queries,
    relating,  # noqa: F401 - what relations asks of this room
)
from sellwell.selling.receivables.models import (
    CreditAccount,
    Invoice,
    InvoiceState,
    Posting,
    Receipt,
    ReceiptState,
)
from sellwell.selling.receivables.views import INVOICES


@on_recognised.register("receivables")
def _recognise(effects: Effects, ctx: Context, recognised: Recognised) -> None:
    """Revenue against contract asset; what was accepted is to be invoiced."""
    document: Any = recognised.document
    if recognised.net:
        postings.post(effects, ctx, document, recognised.customer_id, postings.accepted(recognised.net))
    if recognised.net >= 0:
        effects.tasks.append(
            NewTask(
                "receivables.request_invoice",
                document.order,
                owner_id=document.owner_id,
                working_hours=Decimal(16),
            )
        )


@owned_work.register("receivables.invoice")
def _invoices(user_id: UUID) -> list[tuple[type[Invoice], list[UUID]]]:
    rows = Invoice.objects.filter(owner_id=user_id).exclude(state=InvoiceState.VOID.value)
    return [
        (
            Invoice,
            [pk for pk, settled, total in rows.values_list("pk", "settled", "total") if settled != total],
        )
    ]


@owned_work.register("receivables.receipt")
def _receipts(user_id: UUID) -> list[tuple[type[Receipt], list[UUID]]]:
    rows = Receipt.objects.filter(owner_id=user_id, state=ReceiptState.ENTERED.value)
    return [
        (
            Receipt,
            [pk for pk, applied, total in rows.values_list("pk", "applied", "total") if applied != total],
        )
    ]


@followed_up.register("receivables.invoice")
def _with_open_invoices(company_id: UUID) -> QuerySet[Any]:
    """The orders with invoices that are not paid."""
    return queries.open_invoices(Invoice.objects.filter(company_id=company_id)).values("order")


@open_business.register("receivables.invoice")
def _open_invoices(customer: Any) -> tuple[T, int]:
    return T("未结清的发票", "Open invoices"), queries.open_invoices().filter(customer_id=customer.pk).count()


@department_figures.register("receivables.overdue")
def overdue_of(department: Any, ctx: Context) -> DepartmentFigure | None:
    """What customers of a regional or customer department owe past its day."""
    if department.kind not in ("regional", "customer", "division") or not ctx.actor.may(INVOICES.name):
        return None
    amount, count = queries.overdue(
        INVOICES.rows(ctx.actor).filter(rows_of(department)).order_by(), ctx.today
    )
    note = T(f"{count} 张发票", f"{count} invoices")
    return DepartmentFigure(T("逾期应收", "Overdue"), amount, note=note, url="/invoices/")


# --- erasure: what stands in clear is blanked; amounts and numbers are kept as the tax law asks ------------------


def _erase_invoices(subject: UUID) -> int:
    return personal.blank_columns(Invoice, Q(customer__party_id=subject))


def _erase_receipts(subject: UUID) -> int:
    return personal.blank_columns(Receipt, Q(customer__party_id=subject))


personal.register_eraser("receivables.invoice", _erase_invoices)
personal.register_eraser("receivables.receipt", _erase_receipts)


@sales_verbs.register("receivables.invoice")
def _sales_verb() -> str:
    """Sales are what was invoiced."""
    return INVOICES.name


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

one_per_customer(CreditAccount, "customer")
moves_with_customer(Invoice, "customer")
moves_with_customer(Receipt, "customer")
stays_with_customer(Posting, "customer", "append-only: balances are carried over by entries of their own")
on_merge.register("receivables")(carrying.carry_over)
on_unmerge.register("receivables")(carrying.carry_over)


# --- personal data that the room holds ----------------------------------------------------------------------------------

hold("receivables.invoice", T("发票", "Invoices"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=(Source.ORDER,), of=of_customers_documents,
     day="business_date", recipients=(TAX_PLATFORM,))  # fmt: skip
hold("receivables.receipt", T("收款", "Receipts"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=(Source.ORDER,), of=of_customers_documents,
     day="business_date")  # fmt: skip
