"""Matching (核销): money and credit notes to invoices, partly or wholly, and back (clause 5.3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Amount, Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import ZERO, Objection, Reason, T
from sellwell.selling.receivables import queries, settling
from sellwell.selling.receivables.models import Invoice, InvoiceState, Receipt, ReceiptState
from sellwell.selling.receivables.operations.receipts import (
    NOT_POSITIVE,
    judge_match,
    locks_of_invoices,
    locks_of_matches,
)
from sellwell.selling.receivables.rules import TWICE, apply_money

NOTHING_LEFT = Reason(
    "receivables.nothing_left", T("这笔款已全部核销。", "Nothing of this money is left to match.")
)
NO_DEBTS = Reason("receivables.no_debts", T("客户没有未结清的发票。", "The customer has no open invoices."))
MORE_THAN_LEFT = Reason(
    "receivables.more_than_left",
    T("核销合计 {wanted} 超过未核销的 {left}。", "{wanted} is more than the {left} that is not matched yet."),
)
MORE_THAN_OPEN = Reason(
    "receivables.more_than_open",
    T("核销 {wanted} 超过发票未结清的 {open}。", "{wanted} is more than the {open} that is open."),
)
NOT_MATCHED = Reason(
    "receivables.not_matched", T("这笔款没有核销过这张发票。", "This money was not matched to that invoice.")
)


class Match(Input):
    """So much for an invoice."""

    invoice: Ref("receivables.invoice") = field(T("发票", "Invoice"))  # type: ignore[valid-type]
    amount: Amount = field(T("金额", "Amount"))


class Apply(Input):
    """What the money settles. Without lines: the customer's debts in the order of the law, oldest due first."""

    lines: list[Match] = field(
        T("核销", "Matches"),
        default_factory=list,
        max_length=500,
        help=T("留空：按到期先后", "Empty: oldest due first"),
    )


def judge_matches(
    source: Receipt | Invoice, left: Decimal, invoices: Mapping[UUID, Invoice], lines: Sequence[Match]
) -> tuple[list[tuple[UUID, Decimal]], list[Objection]]:
    """The parts that settle invoices, and every objection at once."""
    objections: list[Objection] = [] if left > 0 else [NOTHING_LEFT.refuse()]
    if not lines:
        parts, _ = apply_money(left, queries.debts_of(source.customer_id))
        return parts, objections or ([] if parts else [NO_DEBTS.refuse()])
    seen: set[UUID] = set()
    for index, line in enumerate(lines):
        at = f"lines.{index}"
        invoice = invoices[line.invoice]
        if line.invoice in seen:
            objections.append(TWICE.refuse(f"{at}.invoice"))
        seen.add(line.invoice)
        objections += [
            o.at(f"{at}.invoice") for o in judge_match(invoice, source.customer_id, source.currency)
        ]
        if line.amount <= 0:
            objections.append(NOT_POSITIVE.refuse(f"{at}.amount"))
        elif line.amount > invoice.total - invoice.settled:
            still = invoice.total - invoice.settled
            objections.append(MORE_THAN_OPEN.refuse(f"{at}.amount", wanted=line.amount, open=still))
    wanted = sum((line.amount for line in lines), ZERO)
    if wanted > left:
        objections.append(MORE_THAN_LEFT.refuse("lines", wanted=wanted, left=left))
    return [(line.invoice, line.amount) for line in lines], objections


def _assess(source: Receipt | Invoice, left: Decimal, given: Apply | None) -> Assessment:
    lines = given.lines if given else []
    invoices = queries.locked_invoices(line.invoice for line in lines)
    parts, objections = judge_matches(source, left, invoices, lines)
    if not lines:
        invoices = queries.locked_invoices(key for key, _ in parts)
    content = {
        "source": str(source.pk),
        "customer": str(source.customer_id),
        "amount": sum((amount for _, amount in parts), ZERO),
        "lines": [{"invoice": str(key), "amount": amount} for key, amount in parts],
    }
    return Assessment(content=content, carry=(invoices, parts), objections=tuple(objections))


def locks_of_apply(source: Receipt | Invoice, given: Apply, ctx: Context) -> list[Lock]:
    """The invoices that are settled: those named, or all that the customer owes."""
    named = [line.invoice for line in given.lines] or [
        debt.key for debt in queries.debts_of(source.customer_id)
    ]
    return locks_of_invoices(named)


@operation(
    "receivables.apply",
    T("核销", "Match"),
    Receipt,
    input=Apply,
    from_states=[ReceiptState.ENTERED],
    assess=lambda receipt, given, ctx: _assess(receipt, receipt.total - receipt.applied, given),
    lock_keys=locks_of_apply,
    clauses=["5.3.3", "5.3.4"],
    help=T(
        "把收款核销到一张或多张发票，可部分；不指定则按到期先后。",
        "Match the money to one or more invoices, also partly; without naming any, oldest due first.",
    ),
)
def apply(receipt: Receipt, given: Apply, ctx: Context, assessment: Assessment) -> Effects:
    """Matches, counters and postings."""
    invoices, parts = assessment.carry
    effects = Effects()
    settling.apply(effects, ctx, receipt, invoices, parts)
    effects.links += [(invoices[key], receipt) for key, _ in parts]
    return effects


class Unapply(Input):
    """Which match is taken back; none named: all of them."""

    invoice: Ref("receivables.invoice") | None = field(
        T("发票", "Invoice"), None, T("留空：全部", "Empty: all")
    )  # type: ignore[valid-type]


def assess_unapply(receipt: Receipt, given: Unapply | None, ctx: Context) -> Assessment:
    """The matches that still hold."""
    applications = queries.applied_between(receipt, given.invoice if given else None)
    invoices = queries.locked_invoices(a.invoice_id for a in applications)
    amount = sum((a.amount for a in applications), ZERO)
    content = {"receipt": str(receipt.pk), "customer": str(receipt.customer_id), "amount": amount}
    objections = () if applications else (NOT_MATCHED.refuse("invoice"),)
    return Assessment(content=content, carry=(applications, invoices), objections=objections)


@operation(
    "receivables.unapply",
    T("取消核销", "Undo match"),
    Receipt,
    input=Unapply,
    from_states=[ReceiptState.ENTERED],
    assess=assess_unapply,
    lock_keys=locks_of_matches,
    danger=True,
    clauses=["5.3.4"],
    help=T(
        "取消核销：发票恢复未结清，款项可另行核销。",
        "The invoice is open again and the money free to be matched.",
    ),
)
def unapply(receipt: Receipt, given: Unapply, ctx: Context, assessment: Assessment) -> Effects:
    """Negative matches: the invoices are open again, the money free."""
    applications, invoices = assessment.carry
    effects = Effects()
    settling.take_back(effects, ctx, receipt, invoices, applications)
    effects.tasks.append(NewTask("receivables.apply", receipt, role="finance", working_hours=Decimal(16)))
    return effects


def assess_apply_credit(credit: Invoice, given: Apply | None, ctx: Context) -> Assessment:
    """What of a credit note is left for other invoices."""
    left: Any = credit.settled - credit.total if credit.kind == "credit" else ZERO
    return _assess(credit, left, given)


@operation(
    "receivables.apply_credit",
    T("红字抵扣", "Use credit note"),
    Invoice,
    input=Apply,
    from_states=[InvoiceState.ISSUED],
    assess=assess_apply_credit,
    lock_keys=locks_of_apply,
    clauses=["5.3.4"],
    help=T(
        "用红字发票的余额抵扣客户的其他发票。",
        "What is left of a credit note settles other invoices of the customer.",
    ),
)
def apply_credit(credit: Invoice, given: Apply, ctx: Context, assessment: Assessment) -> Effects:
    """Matches within the receivable."""
    invoices, parts = assessment.carry
    effects = Effects()
    settling.apply(effects, ctx, credit, invoices, parts)
    return effects
