"""Matching money and credits to invoices: applications, counters, postings. Used inside the room's operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.operations import Context
from sellwell.kernel.values import ZERO
from sellwell.selling.orders import moves as orders
from sellwell.selling.receivables import postings
from sellwell.selling.receivables.models import Application, Invoice, InvoiceLine, Receipt
from sellwell.selling.receivables.rules import paid_shares


def apply(
    effects: Effects,
    ctx: Context,
    source: Receipt | Invoice,
    invoices: Mapping[UUID, Invoice],
    parts: Sequence[tuple[UUID, Decimal]],
) -> None:
    """Settle invoices with parts of a receipt or of a credit note. Amounts were judged by the caller, under locks."""
    parts = [(invoice_id, amount) for invoice_id, amount in parts if amount]
    if not parts:
        return
    rows = [
        Application(
            company_id=ctx.company_id,
            receipt=source if isinstance(source, Receipt) else None,
            credit=source if isinstance(source, Invoice) else None,
            invoice=invoices[invoice_id],
            amount=amount,
            business_date=ctx.today,
            at=ctx.now,
        )
        for invoice_id, amount in parts
    ]
    _settle(effects, ctx, source, invoices, parts, rows)


def take_back(
    effects: Effects,
    ctx: Context,
    receipt: Receipt,
    invoices: Mapping[UUID, Invoice],
    applications: Sequence[Application],
) -> None:
    """Undo applications of a receipt: each gets its negative, and the invoices are open again by as much."""
    parts = [(a.invoice_id, -a.amount) for a in applications]
    rows = [
        Application(
            company_id=ctx.company_id,
            receipt=receipt,
            invoice=invoices[a.invoice_id],
            amount=-a.amount,
            business_date=ctx.today,
            at=ctx.now,
            reverses=a,
        )
        for a in applications
    ]
    if rows:
        _settle(effects, ctx, receipt, invoices, parts, rows)


def _settle(
    effects: Effects,
    ctx: Context,
    source: Receipt | Invoice,
    invoices: Mapping[UUID, Invoice],
    parts: Sequence[tuple[UUID, Decimal]],
    rows: Sequence[Application],
) -> None:
    """Write applications with everything that follows from them."""
    total = sum((amount for _, amount in parts), ZERO)
    settled: dict[UUID, Decimal] = {}
    for invoice_id, amount in parts:
        settled[invoice_id] = settled.get(invoice_id, ZERO) + amount
    changed = [(invoices[invoice_id], amount) for invoice_id, amount in settled.items()]
    if isinstance(source, Receipt):
        _post(effects, ctx, source, changed)
        effects.update(source, applied=source.applied + total)
    else:
        changed.append((source, -total))
    _count_paid(effects, ctx, changed)
    for invoice, amount in changed:
        effects.update(invoice, settled=invoice.settled + amount)
        if invoice.settled == invoice.total:
            effects.drop_tasks.append(invoice.pk)
        payload = {"invoice": str(invoice.pk), "order": str(invoice.order_id)}
        effects.events.append(NewEvent("receivables.applied", payload))
    effects.insert(*rows)


def _post(effects: Effects, ctx: Context, receipt: Receipt, paid: Sequence[tuple[Invoice, Decimal]]) -> None:
    """Advance against receivable. A credit note settles within the receivable and needs no entry.

    Money of one customer stands against an invoice of another only after merged customers parted; each keeps its account.
    """
    total = sum((amount for _, amount in paid), ZERO)
    postings.post(effects, ctx, receipt, receipt.customer_id, postings.applied(total))
    for invoice, amount in paid:
        if invoice.customer_id != receipt.customer_id:
            ends = (receipt.customer_id, invoice.customer_id)
            postings.carry(effects, ctx, receipt, "receivable", -amount, ends)


def _count_paid(effects: Effects, ctx: Context, changed: Sequence[tuple[Invoice, Decimal]]) -> None:
    """Move the paid amounts of order lines by what each invoice's settled amount spreads over its lines."""
    lines: dict[UUID, list[InvoiceLine]] = {}
    for line in InvoiceLine.objects.filter(invoice__in=[invoice for invoice, _ in changed]).order_by(
        "position"
    ):
        lines.setdefault(line.invoice_id, []).append(line)
    moved: dict[UUID, Decimal] = {}
    for invoice, amount in changed:
        totals = [line.total for line in lines[invoice.pk]]
        before = paid_shares(invoice.settled, totals)
        after = paid_shares(invoice.settled + amount, totals)
        for line, was, now in zip(lines[invoice.pk], before, after, strict=True):
            moved[line.order_line_id] = moved.get(line.order_line_id, ZERO) + now - was
    counts = [(line, {"paid_amount": amount}) for line, amount in sorted(moved.items()) if amount]
    if counts:
        orders.count(effects, ctx, counts)
