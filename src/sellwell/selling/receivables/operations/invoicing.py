"""Invoices: asked for by the sales desk from what was accepted, issued by finance (clauses 5.2.5, 5.3.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Nothing, Quantity, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import ZERO, Objection, Reason, T
from sellwell.selling.delivery.queries import accepted_on, billable_of_order
from sellwell.selling.receivables import queries
from sellwell.selling.receivables.issuing import close_of, count, issue, judge_number
from sellwell.selling.receivables.models import Invoice, InvoiceLine, InvoiceState
from sellwell.selling.receivables.operations.crediting import settle_own_invoice
from sellwell.selling.receivables.rules import due_date, invoice_parts

ISSUED_IN_FUTURE = Reason(
    "receivables.issued_in_future", T("开票日期不能晚于今天。", "An invoice cannot be issued after today.")
)
IS_A_CREDIT = Reason(
    "receivables.credit_not_void",
    T("退货产生的红字申请不能作废，只能开具。", "A credit that a return asked for is issued, not voided."),
)


class InvoicedLine(Input):
    """So many of an accepted shipment line."""

    line: Ref("delivery.shipmentline") = field(T("发货行", "Shipment line"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("数量", "Quantity"))


class RequestInvoice(Input):
    """What shall be invoiced. Without lines: all that was accepted and is not invoiced yet."""

    order: Ref("orders.order") = field(T("订单", "Order"))  # type: ignore[valid-type]
    lines: list[InvoicedLine] = field(
        T("明细", "Lines"),
        default_factory=list,
        max_length=500,
        help=T("留空：全部已验收的", "Empty: all accepted"),
    )
    note: ShortText = field(T("备注", "Note"), "")


def assess_request(row: None, given: RequestInvoice, ctx: Context) -> Assessment:
    """The lines with their amounts: parts of a line add up to it, whatever the partition."""
    order = queries.ORDER.objects.select_related("customer").get(pk=given.order)
    billable = {b.shipment_line_id: b for b in billable_of_order(order.pk)}
    sofar = queries.invoiced_sofar({b.order_line_id for b in billable.values()})
    wanted = [(line.line, line.quantity) for line in given.lines]
    parts, objections = invoice_parts(queries.open_lines(billable.values()), sofar, wanted)
    amount = sum((net + tax for _, _, net, tax in parts), ZERO)
    content = {
        "order": str(order.pk),
        "customer": str(order.customer_id),
        "amount": amount,
        "currency": order.currency,
        "lines": [{"line": str(key), "quantity": q, "net": net, "tax": tax} for key, q, net, tax in parts],
    }
    return Assessment(content=content, carry=(order, billable, parts), objections=tuple(objections))


def locks_of_request(row: None, given: RequestInvoice, ctx: Context) -> list[Lock]:
    """The order: the same goods are never invoiced twice."""
    return queries.order_locks([given.order])


@operation(
    "receivables.request_invoice",
    T("申请开票", "Request invoice"),
    Invoice,
    input=RequestInvoice,
    creates=True,
    parent="order",
    assess=assess_request,
    lock_keys=locks_of_request,
    clauses=["5.2.5", "5.3.2", "1.1.5"],
    help=T(
        "按已验收数量申请开票，可分次；由财务开具。",
        "Invoice what was accepted, in parts if wanted; finance issues it.",
    ),
)
def request_invoice(row: None, given: RequestInvoice, ctx: Context, assessment: Assessment) -> Effects:
    """The request with its lines; they count as invoiced from now on, and finance is told to issue it."""
    order, billable, parts = assessment.carry
    invoice = drafting.document(
        Invoice,
        ctx,
        "IV",
        InvoiceState.REQUESTED,
        after=order,
        customer=order.customer,
        order=order,
        currency=order.currency,
        net=sum((net for _, _, net, _ in parts), ZERO),
        tax=sum((tax for _, _, _, tax in parts), ZERO),
        total=sum((net + tax for _, _, net, tax in parts), ZERO),
        note=given.note,
    )
    lines = [
        InvoiceLine(
            company_id=ctx.company_id,
            invoice=invoice,
            order_line_id=billable[key].order_line_id,
            shipment_line_id=key,
            product_id=billable[key].product_id,
            position=position,
            quantity=quantity,
            unit_price=billable[key].unit_price,
            tax_rate=billable[key].tax_rate,
            net=net,
            tax=tax,
            total=net + tax,
        )
        for position, (key, quantity, net, tax) in enumerate(parts, start=1)
    ]
    effects = Effects(result=invoice)
    effects.insert(invoice, *lines)
    count(effects, ctx, lines)
    effects.links.append((order, invoice))
    effects.links += [
        (shipment, invoice) for shipment in _shipments(billable[key].shipment_id for key, *_ in parts)
    ]
    effects.search.append(invoice)
    effects.tasks.append(
        NewTask("receivables.issue_invoice", invoice, role="finance", working_hours=Decimal(8))
    )
    return effects


def _shipments(ids: Any) -> list[Any]:
    model: Any = InvoiceLine._meta.get_field("shipment_line").related_model
    shipment: Any = model._meta.get_field("shipment").related_model
    return list(shipment.objects.filter(pk__in=set(ids)))


def locks_of_order(invoice: Invoice, given: Any, ctx: Context) -> list[Lock]:
    """The order whose counters move, and the invoice that a credit settles."""
    settled = [invoice.reverses_id] if invoice.reverses_id is not None else []
    return [*queries.order_locks([invoice.order_id]), *queries.invoice_locks(settled)]


@operation(
    "receivables.void_request",
    T("作废申请", "Void request"),
    Invoice,
    input=Nothing,
    from_states=[InvoiceState.REQUESTED],
    assess=lambda invoice, given, ctx: Assessment(
        objections=(IS_A_CREDIT.refuse(),) if invoice.kind == "credit" else ()
    ),
    lock_keys=locks_of_order,
    danger=True,
    clauses=["5.3.2"],
    help=T("开具之前作废开票申请；可重新申请。", "Before it is issued; it may be asked for again."),
)
def void_request(invoice: Invoice, given: Nothing, ctx: Context, assessment: Assessment) -> Effects:
    """Its quantities can be asked for again."""
    effects = Effects()
    effects.update(invoice, state=InvoiceState.VOID.value)
    count(effects, ctx, queries.lines_of(invoice), -1)
    effects.drop_tasks.append(invoice.pk)
    effects.tasks.append(NewTask("receivables.request_invoice", invoice.order, owner_id=invoice.owner_id))
    return effects


class IssueInvoice(Input):
    """The number that the tax platform gave. Empty: we ask the platform."""

    tax_number: Code = field(
        T("发票号码", "Tax invoice number"),
        "",
        T("留空：由开票平台取号", "Empty: from the platform"),
        max_length=20,
    )
    issued_on: date | None = field(T("开票日期", "Issued on"), None, T("留空：今天", "Empty: today"))


def assess_issue(invoice: Invoice, given: IssueInvoice | None, ctx: Context) -> Assessment:
    """The number and the dates."""
    objections: list[Objection] = []
    issued_on = (given.issued_on if given else None) or ctx.today
    number = given.tax_number if given else ""
    if issued_on > ctx.today:
        objections.append(ISSUED_IN_FUTURE.refuse("issued_on"))
    if number:
        objections += judge_number(invoice, number)
    lines = queries.lines_of(invoice)
    accepted = accepted_on(line.shipment_line_id for line in lines if line.shipment_line_id)
    due = due_date(issued_on, accepted, invoice.order.payment_days)
    content = {
        "invoice": str(invoice.pk),
        "customer": str(invoice.customer_id),
        "amount": abs(invoice.total),
        "due_on": due,
    }
    return Assessment(content=content, carry=(lines, issued_on, due), objections=tuple(objections))


@operation(
    "receivables.issue_invoice",
    T("开具发票", "Issue invoice"),
    Invoice,
    input=IssueInvoice,
    from_states=[InvoiceState.REQUESTED],
    assess=assess_issue,
    lock_keys=locks_of_order,
    clauses=["5.3.2", "5.3.3"],
    help=T(
        "取得或登记发票号码，记应收与到期日。", "Get or enter the tax number; receivable and due date follow."
    ),
)
def issue_invoice(invoice: Invoice, given: IssueInvoice, ctx: Context, assessment: Assessment) -> Effects:
    """Number, due date, postings and facts; an invoice is to be collected, a credit settles its invoice."""
    lines, issued_on, due = assessment.carry
    effects = Effects()
    issue(effects, ctx, invoice, lines, given.tax_number, issued_on, due)
    if invoice.kind == "invoice":
        effects.tasks.append(
            NewTask("receivables.enter_receipt", invoice, role="finance", due_at=close_of(due))
        )
    else:
        settle_own_invoice(effects, ctx, invoice)
    return effects
