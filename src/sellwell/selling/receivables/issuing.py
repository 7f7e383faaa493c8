"""What issuing means, for invoices and credit notes alike: number, counters, postings, facts. Used by the operations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sellwell.integrations import tax_platform
from sellwell.kernel import clock
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.delivery import moves as delivery
from sellwell.selling.orders import moves as orders
from sellwell.selling.receivables import facts, postings
from sellwell.selling.receivables.models import Invoice, InvoiceLine, InvoiceState

TAX_NUMBER_FORM = Reason(
    "receivables.tax_number_form",
    T("发票号码应为 20 位数字（纸质票 8 位）。", "A tax invoice number has 20 digits (8 on paper)."),
)
TAX_NUMBER_TAKEN = Reason(
    "receivables.tax_number_taken",
    T("发票号码已登记在 {invoice}。", "This tax invoice number stands on {invoice} already."),
)


def count(effects: Effects, ctx: Context, lines: Sequence[InvoiceLine], sign: int = 1) -> None:
    """Move the invoiced counters of order and shipment lines; `sign` -1 takes a request back."""
    orders.count(
        effects,
        ctx,
        [
            (ln.order_line_id, {"invoiced": sign * ln.quantity, "invoiced_amount": sign * ln.total})
            for ln in lines
        ],
    )
    moved: list[tuple[UUID, Decimal]] = [
        (line.shipment_line_id, sign * line.quantity) for line in lines if line.shipment_line_id is not None
    ]
    delivery.count_invoiced(effects, moved)


def judge_number(invoice: Invoice, number: str) -> list[Objection]:
    """A tax number is 20 digits (8 on old paper) and stands on one invoice."""
    if not number.isascii() or not number.isdigit() or len(number) not in (8, 20):
        return [TAX_NUMBER_FORM.refuse("tax_number")]
    taken = (
        Invoice.objects.filter(company_id=invoice.company_id, tax_number=number)
        .exclude(pk=invoice.pk)
        .first()
    )
    return [TAX_NUMBER_TAKEN.refuse("tax_number", invoice=taken.number)] if taken is not None else []


def issue(
    effects: Effects,
    ctx: Context,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    number: str,
    issued_on: date,
    due: date,
) -> None:
    """Number, dates, postings, facts and event of an invoice that goes out."""
    corrects = invoice.reverses.tax_number if invoice.reverses is not None else ""
    number = number or tax_platform.current().issue(
        tax_platform.TaxRequest(
            key=invoice.pk,
            issued_on=issued_on,
            net=invoice.net,
            tax=invoice.tax,
            buyer=invoice.customer.party.uscc or "",
            corrects=corrects,
        )
    )
    effects.update(
        invoice,
        state=InvoiceState.ISSUED.value,
        tax_number=number,
        issued_on=issued_on,
        due_on=due if invoice.kind == "invoice" else issued_on,
    )
    postings.post(
        effects, ctx, invoice, invoice.customer_id, postings.invoiced(invoice.net, invoice.tax), issued_on
    )
    effects.facts += facts.invoiced(invoice, lines, issued_on)
    effects.search.append(invoice)
    effects.events.append(
        NewEvent("receivables.issued", {"invoice": str(invoice.pk), "order": str(invoice.order_id)})
    )


def close_of(day: date) -> datetime:
    """Close of business on a day."""
    return datetime(day.year, day.month, day.day, 18, tzinfo=clock.BUSINESS_ZONE)
