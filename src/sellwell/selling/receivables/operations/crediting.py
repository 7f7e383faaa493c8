"""Red-letter invoices: an issued invoice is never changed, only reversed, wholly or for goods that came back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Nothing, ShortText, field
from sellwell.kernel.models import Link
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import ZERO, Objection, Reason, T
from sellwell.selling.delivery import moves as delivery
from sellwell.selling.delivery.queries import RETURN, billable_of_return
from sellwell.selling.receivables import queries, settling
from sellwell.selling.receivables.issuing import count, issue, judge_number
from sellwell.selling.receivables.models import Invoice, InvoiceLine, InvoiceState
from sellwell.selling.receivables.policies import REVERSAL_APPROVAL
from sellwell.selling.receivables.rules import credit_part

NOT_A_BLUE = Reason(
    "receivables.not_a_blue_invoice",
    T("只有蓝字发票可以红冲。", "Only an invoice can be reversed, not a credit."),
)
FULLY_CREDITED = Reason(
    "receivables.fully_credited", T("这张发票已全部红冲。", "This invoice is fully reversed already.")
)
CREDIT_PENDING = Reason(
    "receivables.credit_pending",
    T("这张退货单的红字申请已在等待开具。", "The credit for this return waits to be issued already."),
)
REQUEST_PENDING = Reason(
    "receivables.request_pending",
    T(
        "退回的货在开票申请 {invoice} 中，请先作废该申请。",
        "The goods stand on the request {invoice}: void it first.",
    ),
)

Part = tuple[InvoiceLine, Decimal, Decimal]  # an invoice line, units credited before, units to credit now


def new_credit(
    ctx: Context, invoice: Invoice, parts: Sequence[Part], note: str
) -> tuple[Invoice, list[InvoiceLine]]:
    """An unsaved credit note for parts of an invoice: the same document with negative quantities and amounts."""
    lines = [
        _credit_line(line, before, units, position)
        for position, (line, before, units) in enumerate(parts, start=1)
    ]
    credit = drafting.document(
        Invoice,
        ctx,
        "CN",
        InvoiceState.REQUESTED,
        after=invoice,
        customer=invoice.customer,
        order=invoice.order,
        reverses=invoice,
        currency=invoice.currency,
        net=sum((line.net for line in lines), ZERO),
        tax=sum((line.tax for line in lines), ZERO),
        total=sum((line.total for line in lines), ZERO),
        note=note,
    )
    credit.kind = "credit"
    for line in lines:
        line.invoice = credit
    return credit, lines


def _credit_line(line: InvoiceLine, before: Decimal, units: Decimal, position: int) -> InvoiceLine:
    net = credit_part(line.net, line.quantity, before, units)
    tax = credit_part(line.tax, line.quantity, before, units)
    return InvoiceLine(
        company_id=line.company_id,
        order_line_id=line.order_line_id,
        shipment_line_id=line.shipment_line_id,
        product=line.product,
        position=position,
        quantity=-units,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        net=net,
        tax=tax,
        total=net + tax,
    )


def settle_own_invoice(effects: Effects, ctx: Context, credit: Invoice) -> None:
    """A credit first settles what is open of the invoice that it corrects; the rest stays open for others."""
    invoice = queries.locked_invoices([credit.reverses_id])[credit.reverses_id]  # type: ignore[list-item, index]
    amount = min(invoice.total - invoice.settled, credit.settled - credit.total)
    if amount > 0:
        settling.apply(effects, ctx, credit, {invoice.pk: invoice}, [(invoice.pk, amount)])
    _settle_return(effects, ctx, credit)


def _settle_return(effects: Effects, ctx: Context, credit: Invoice) -> None:
    """The return is through once none of its credits waits any more."""
    sources = Link.objects.filter(to_id=credit.pk, from_type="delivery.return").values_list(
        "from_id", flat=True
    )
    for return_id in sources:
        others = Link.objects.filter(from_id=return_id).exclude(to_id=credit.pk).values("to_id")
        if not Invoice.objects.filter(
            pk__in=others, kind="credit", state=InvoiceState.REQUESTED.value
        ).exists():
            delivery.mark_credited(effects, ctx, return_id)


# --- a whole invoice -----------------------------------------------------------------------------------------------


class ReverseInvoice(Input):
    """Why an invoice is reversed, and the number of the red-letter invoice."""

    reason: ShortText = field(T("红冲原因", "Reason"), min_length=1)
    tax_number: Code = field(
        T("红字发票号码", "Red-letter number"),
        "",
        T("留空：由开票平台取号", "Empty: from the platform"),
        max_length=20,
    )


def assess_reversal(invoice: Invoice, given: ReverseInvoice | None, ctx: Context) -> Assessment:
    """What is left of the invoice after earlier credits."""
    credited = queries.credited_by_line([invoice.pk])
    parts: list[Part] = []
    for line in queries.lines_of(invoice):
        before = credited.get((invoice.pk, line.shipment_line_id), Decimal(0))  # type: ignore[arg-type]
        if line.quantity > before:
            parts.append((line, before, line.quantity - before))
    objections: list[Objection] = []
    if invoice.kind != "invoice":
        objections.append(NOT_A_BLUE.refuse())
    elif not parts:
        objections.append(FULLY_CREDITED.refuse())
    if given is not None and given.tax_number:
        objections += judge_number(invoice, given.tax_number)
    amount = -sum(
        (
            credit_part(ln.net, ln.quantity, b, u) + credit_part(ln.tax, ln.quantity, b, u)
            for ln, b, u in parts
        ),
        ZERO,
    )
    content = {"invoice": str(invoice.pk), "customer": str(invoice.customer_id), "amount": amount}
    return Assessment(content=content, carry=parts, objections=tuple(objections))


def locks_of_reversal(invoice: Invoice, given: Any, ctx: Context) -> list[Lock]:
    """The order whose counters move."""
    return queries.order_locks([invoice.order_id])


@operation(
    "receivables.reverse_invoice",
    T("红冲发票", "Reverse invoice"),
    Invoice,
    input=ReverseInvoice,
    from_states=[InvoiceState.ISSUED],
    assess=assess_reversal,
    lock_keys=locks_of_reversal,
    route=REVERSAL_APPROVAL,
    danger=True,
    clauses=["5.3.5", "1.1.5"],
    help=T(
        "开具红字发票冲销剩余金额；已开发票从不修改或删除。",
        "A red-letter invoice takes back what is left of it; an issued invoice is never changed or deleted.",
    ),
)
def reverse_invoice(invoice: Invoice, given: ReverseInvoice, ctx: Context, assessment: Assessment) -> Effects:
    """A credit note over what is left, issued at once; the goods can be invoiced anew."""
    credit, lines = new_credit(ctx, invoice, assessment.carry, given.reason)
    effects = Effects()
    effects.insert(credit, *lines)
    effects.links.append((invoice, credit))
    count(effects, ctx, lines)
    issue(effects, ctx, credit, lines, given.tax_number, ctx.today, ctx.today)
    settle_own_invoice(effects, ctx, credit)
    effects.tasks.append(NewTask("receivables.request_invoice", invoice.order, owner_id=invoice.owner_id))
    return effects


# --- goods that came back ------------------------------------------------------------------------------------------


def assess_credit_return(row: Any, given: Nothing | None, ctx: Context) -> Assessment:
    """Which invoices billed goods that the customer no longer has, and how many of each line."""
    objections: list[Objection] = []
    waiting = Link.objects.filter(from_id=row.pk, to_type="receivables.invoice").values("to_id")
    if Invoice.objects.filter(pk__in=waiting, state=InvoiceState.REQUESTED.value).exists():
        objections.append(CREDIT_PENDING.refuse())
    too_much = {b.shipment_line_id: -b.open for b in billable_of_return(row.pk) if b.open < 0}
    blue = InvoiceLine.objects.filter(shipment_line_id__in=too_much, invoice__kind="invoice")
    blue = blue.exclude(invoice__state=InvoiceState.VOID.value).select_related(
        "invoice__customer", "invoice__order", "product"
    )
    lines = list(blue.order_by("-invoice__business_date", "-invoice_id", "position"))
    requested = {ln.invoice.number for ln in lines if ln.invoice.state == InvoiceState.REQUESTED.value}
    objections += [REQUEST_PENDING.refuse(invoice=number) for number in sorted(requested)]
    parts = _parts(lines, too_much)
    content = {
        "return": str(row.pk),
        "lines": [{"line": str(line.pk), "quantity": units} for line, _, units in parts],
    }
    return Assessment(content=content, carry=parts, objections=tuple(objections))


def _parts(lines: Sequence[InvoiceLine], too_much: dict[UUID, Decimal]) -> list[Part]:
    """Take the units back from the newest invoices first."""
    credited = queries.credited_by_line({line.invoice_id for line in lines})
    left = dict(too_much)
    parts: list[Part] = []
    for line in lines:
        key: Any = line.shipment_line_id
        before = credited.get((line.invoice_id, key), Decimal(0))
        units = min(left[key], line.quantity - before)
        if units > 0:
            parts.append((line, before, units))
            left[key] -= units
    return parts


@operation(
    "receivables.credit_return",
    T("退货冲账", "Credit return"),
    RETURN,
    input=Nothing,
    from_states=["received"],
    assess=assess_credit_return,
    lock_keys=lambda row, given, ctx: queries.order_locks([row.order_id]),
    clauses=["5.3.5"],
    help=T(
        "为已开票的退货生成红字申请，由财务开具；通常收货后自动完成。",
        "Ask for the credit of returned goods that were invoiced; finance issues it. Usually happens by itself.",
    ),
)
def credit_return(row: Any, given: Nothing, ctx: Context, assessment: Assessment) -> Effects:
    """A credit note per invoice concerned, for finance to issue; nothing invoiced means nothing to credit."""
    effects = Effects()
    by_invoice: dict[UUID, list[Part]] = {}
    for part in assessment.carry:
        by_invoice.setdefault(part[0].invoice_id, []).append(part)
    for parts in by_invoice.values():
        invoice = parts[0][0].invoice
        credit, lines = new_credit(ctx, invoice, parts, row.number)
        effects.insert(credit, *lines)
        effects.links += [(row, credit), (invoice, credit)]
        count(effects, ctx, lines)
        effects.search.append(credit)
        effects.tasks.append(
            NewTask("receivables.issue_invoice", credit, role="finance", working_hours=Decimal(8))
        )
    if not by_invoice:
        delivery.mark_credited(effects, ctx, row.pk)
    return effects
