"""Money that comes in, and goes back (clause 5.3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Amount, Code, Input, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import ZERO, Objection, Reason, T
from sellwell.selling.receivables import facts, postings, queries, settling
from sellwell.selling.receivables.issuing import close_of
from sellwell.selling.receivables.models import Invoice, InvoiceState, Method, Receipt, ReceiptState

NOT_POSITIVE = Reason("receivables.not_positive", T("金额必须大于零。", "The amount must be more than zero."))
WHOSE = Reason("receivables.whose", T("请填写客户或发票。", "Name the customer or the invoice."))
IN_FUTURE = Reason(
    "receivables.received_in_future", T("收款日期不能晚于今天。", "Money cannot come after today.")
)
REFERENCE_TAKEN = Reason(
    "receivables.reference_taken",
    T("这笔流水已登记在 {receipt}。", "This bank reference stands on {receipt} already."),
)
OTHER_CUSTOMER = Reason(
    "receivables.other_customer", T("发票属于另一个客户。", "The invoice is another customer's.")
)
NOT_OPEN = Reason(
    "receivables.not_open",
    T("发票未开具、已结清或是红字发票。", "The invoice is not issued, settled, or a credit."),
)
OTHER_CURRENCY = Reason(
    "receivables.other_currency", T("币种不同，不能核销。", "The currencies differ; they cannot be matched.")
)


class EnterReceipt(Input):
    """Money that came in. With an invoice, it is matched to it at once as far as it is open."""

    invoice: Ref("receivables.invoice") | None = field(  # type: ignore[valid-type]
        T("对应发票", "For invoice"), None, T("填写则同时核销", "Matched at once")
    )
    customer: Ref("customers.customer") | None = field(  # type: ignore[valid-type]
        T("客户", "Customer"), None, T("填了发票可留空", "May stay empty with an invoice")
    )
    amount: Amount | None = field(
        T("金额", "Amount"), None, T("留空：发票未结清的金额", "Empty: what is open of it")
    )
    received_on: date | None = field(T("到账日期", "Received on"), None, T("留空：今天", "Empty: today"))
    method: Method = field(T("方式", "Method"), Method.BANK)
    bank_reference: Code = field(T("流水号", "Bank reference"), "")
    payer_name: ShortText = field(T("付款人", "Payer"), "", max_length=120)
    note: ShortText = field(T("备注", "Note"), "")


def assess_receipt(row: None, given: EnterReceipt, ctx: Context) -> Assessment:
    """Whether it makes sense and was not entered before."""
    objections: list[Objection] = []
    invoice = queries.locked_invoices([given.invoice]).get(given.invoice) if given.invoice else None
    customer_id = given.customer or (invoice.customer_id if invoice is not None else None)
    amount = given.amount if given.amount is not None else _open(invoice)
    received_on = given.received_on or ctx.today
    if customer_id is None:
        objections.append(WHOSE.refuse("customer"))
    if amount <= 0:
        objections.append(NOT_POSITIVE.refuse("amount"))
    if received_on > ctx.today:
        objections.append(IN_FUTURE.refuse("received_on"))
    if given.bank_reference and (taken := _taken(given, ctx)) is not None:
        objections.append(REFERENCE_TAKEN.refuse("bank_reference", receipt=taken.number))
    if invoice is not None and customer_id is not None:
        objections += [o.at("invoice") for o in judge_match(invoice, customer_id, "CNY")]
    content = {"customer": str(customer_id), "amount": amount, "received_on": received_on}
    return Assessment(
        content=content, carry=(invoice, customer_id, amount, received_on), objections=tuple(objections)
    )


def _open(invoice: Invoice | None) -> Decimal:
    return invoice.total - invoice.settled if invoice is not None else ZERO


def _taken(given: EnterReceipt, ctx: Context) -> Receipt | None:
    rows = Receipt.objects.filter(
        company_id=ctx.company_id, method=given.method.value, state=ReceiptState.ENTERED.value
    )
    return rows.filter(bank_reference=given.bank_reference).first()


def judge_match(invoice: Invoice, customer_id: Any, currency: str) -> list[Objection]:
    """Whether money of a customer can settle an invoice."""
    if invoice.customer_id != customer_id:
        return [OTHER_CUSTOMER.refuse()]
    if (
        invoice.state != InvoiceState.ISSUED.value
        or invoice.kind != "invoice"
        or invoice.settled >= invoice.total
    ):
        return [NOT_OPEN.refuse()]
    return [OTHER_CURRENCY.refuse()] if invoice.currency != currency else []


def locks_of_receipt(row: None, given: EnterReceipt, ctx: Context) -> list[Lock]:
    """The bank reference, so that the same money is not entered twice at once, and the invoice it settles."""
    if given.bank_reference:
        key = f"{ctx.company_id}:{given.method.value}:{given.bank_reference}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    if given.invoice is None:
        return []
    order_ids = Invoice.objects.filter(pk=given.invoice).values_list("order_id", flat=True)
    return [*queries.invoice_locks([given.invoice]), *queries.order_locks(order_ids)]


@operation(
    "receivables.enter_receipt",
    T("登记收款", "Enter receipt"),
    Receipt,
    input=EnterReceipt,
    creates=True,
    parent="invoice",
    assess=assess_receipt,
    lock_keys=locks_of_receipt,
    clauses=["5.3.3", "5.3.4", "1.1.5"],
    help=T(
        "登记到账款项；可同时核销一张发票。",
        "Enter money that came in, and match it to an invoice at once if known.",
    ),
)
def enter_receipt(row: None, given: EnterReceipt, ctx: Context, assessment: Assessment) -> Effects:
    """The receipt with fact and posting, matched to its invoice where one is named."""
    invoice, customer_id, total, received_on = assessment.carry
    customer = queries.CUSTOMER.objects.select_related("party").get(pk=customer_id)
    receipt = drafting.document(
        Receipt,
        ctx,
        "RC",
        ReceiptState.ENTERED,
        after=customer,
        customer=customer,
        method=given.method.value,
        bank_reference=given.bank_reference,
        payer_name=given.payer_name,
        received_on=received_on,
        total=total,
        applied=Decimal(0),
        note=given.note,
    )
    effects = Effects(result=receipt)
    effects.insert(receipt)
    effects.facts.append(facts.collected(receipt))
    postings.post(effects, ctx, receipt, receipt.customer_id, postings.received(receipt.total), received_on)
    effects.search.append(receipt)
    if invoice is not None:
        amount = min(total, _open(invoice))
        settling.apply(effects, ctx, receipt, {invoice.pk: invoice}, [(invoice.pk, amount)])
        effects.links.append((invoice, receipt))
        if invoice.settled < invoice.total:
            effects.tasks.append(_collect(invoice, ctx))
    if receipt.applied < receipt.total:
        effects.tasks.append(NewTask("receivables.apply", receipt, role="finance", working_hours=Decimal(16)))
    return effects


def _collect(invoice: Invoice, ctx: Context) -> NewTask:
    """The rest of an invoice is still to be collected, by the day that was always its due date."""
    return NewTask(
        "receivables.enter_receipt", invoice, role="finance", due_at=close_of(invoice.due_on or ctx.today)
    )


class ReverseReceipt(Input):
    """Why the money is gone again."""

    reason: ShortText = field(T("冲销原因", "Reason"), min_length=1)


def assess_reversal(receipt: Receipt, given: ReverseReceipt | None, ctx: Context) -> Assessment:
    """What the receipt settles, which becomes open again."""
    applications = queries.applied_between(receipt)
    invoices = queries.locked_invoices(a.invoice_id for a in applications)
    content = {"receipt": str(receipt.pk), "customer": str(receipt.customer_id), "amount": receipt.total}
    return Assessment(content=content, carry=(applications, invoices))


def locks_of_matches(receipt: Receipt, given: Any, ctx: Context) -> list[Lock]:
    """The invoices that the receipt settles, and their orders."""
    return locks_of_invoices([a.invoice_id for a in queries.applied_between(receipt)])


def locks_of_invoices(invoice_ids: Sequence[Any]) -> list[Lock]:
    """Invoices, and the orders whose paid amounts move with them."""
    order_ids = Invoice.objects.filter(pk__in=invoice_ids).values_list("order_id", flat=True)
    return [*queries.invoice_locks(invoice_ids), *queries.order_locks(order_ids)]


@operation(
    "receivables.reverse_receipt",
    T("冲销收款", "Reverse receipt"),
    Receipt,
    input=ReverseReceipt,
    from_states=[ReceiptState.ENTERED],
    assess=assess_reversal,
    lock_keys=locks_of_matches,
    danger=True,
    clauses=["5.3.4"],
    help=T(
        "退票、误登等：取消全部核销并冲销这笔收款。",
        "Bounced or entered wrongly: all its matches and the receipt are reversed.",
    ),
)
def reverse_receipt(receipt: Receipt, given: ReverseReceipt, ctx: Context, assessment: Assessment) -> Effects:
    """All matches taken back, then the receipt: its invoices are to be collected again."""
    applications, invoices = assessment.carry
    effects = Effects()
    settling.take_back(effects, ctx, receipt, invoices, applications)
    effects.update(receipt, state=ReceiptState.REVERSED.value, note=given.reason)
    effects.facts.append(facts.gone_again(receipt, ctx.today))
    postings.post(effects, ctx, receipt, receipt.customer_id, postings.received(-receipt.total))
    effects.drop_tasks.append(receipt.pk)
    effects.tasks += [_collect(invoice, ctx) for invoice in invoices.values()]
    return effects
