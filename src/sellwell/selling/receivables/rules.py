"""What customers owe, in pure arithmetic: amounts of parts, order of paying, ageing, credit. See docs/rules/receivables.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sellwell.kernel.values import ZERO, Objection, Reason, T, split, to_cents

NOTHING_TO_INVOICE = Reason(
    "receivables.nothing_to_invoice",
    T(
        "没有可开票的数量：须先签收并验收，且未开过票。",
        "Nothing can be invoiced: goods must be delivered and accepted, and not invoiced yet.",
    ),
)
MORE_THAN_ACCEPTED = Reason(
    "receivables.more_than_accepted",
    T(
        "已验收未开票的数量是 {open}，不能开 {wanted}。",
        "{open} were accepted and not invoiced; {wanted} is more than that.",
    ),
)
TWICE = Reason("receivables.line_twice", T("同一行只能出现一次。", "The same line may stand here only once."))
NOT_A_LINE = Reason(
    "receivables.not_its_line",
    T("这一行不是该订单已验收的发货行。", "This is no accepted shipment line of the order."),
)
OVER_LIMIT = Reason(
    "receivables.credit_limit",
    T(
        "信用额度不足：敞口 {exposure}，额度 {limit}，超出 {excess}。",
        "Over the credit limit: exposure {exposure}, limit {limit}, {excess} too much.",
    ),
)
OVERDUE = Reason(
    "receivables.overdue",
    T(
        "客户有逾期 {days} 天的货款（允许 {allowed} 天）。",
        "The customer is {days} days overdue; {allowed} days are tolerated.",
    ),
)


# --- amounts of parts ----------------------------------------------------------------------------------------------


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """What `part` of `whole` units is worth when all are worth `amount`, to the cent."""
    return to_cents(amount * part / whole) if whole else ZERO


def next_part(
    amount: Decimal, ordered: Decimal, invoiced_after: Decimal, invoiced_before: Decimal
) -> Decimal:
    """The amount of the next invoice of a line: what brings the sum of its invoices to the share of all units so far.

    Rounding is cumulative, so the invoices of a line add up to its amount however it is divided. `invoiced_before` is
    what stands on its invoices, credits deducted; a part is never negative.
    """
    return max(ZERO, share(amount, invoiced_after, ordered) - invoiced_before)


def credit_part(amount: Decimal, quantity: Decimal, credited: Decimal, more: Decimal) -> Decimal:
    """The amount (negative) of crediting `more` units of an invoice line, after `credited` units were credited.

    The credits of a line add up to its amount when all of it is credited, and never exceed it.
    """
    return share(amount, credited, quantity) - share(amount, credited + more, quantity)


def paid_shares(settled: Decimal, totals: Sequence[Decimal]) -> list[Decimal]:
    """How a settled amount spreads over the lines of an invoice (or of a credit, all negative): largest remainder."""
    return split(settled, [abs(total) for total in totals]) if totals else []


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What of a shipment line can be invoiced, with its order line's terms and what stands on invoices already."""

    key: Any
    order_line: Any
    open: Decimal
    ordered: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Sofar:
    """What stands on the invoices of an order line, credits deducted."""

    quantity: Decimal = Decimal(0)
    net: Decimal = ZERO
    tax: Decimal = ZERO


def invoice_parts(
    lines: Sequence[OpenLine], sofar: dict[Any, Sofar], wanted: Sequence[tuple[Any, Decimal]]
) -> tuple[list[tuple[Any, Decimal, Decimal, Decimal]], list[Objection]]:
    """(line, quantity, net, tax) of each line of an invoice, and every objection at once."""
    known = {line.key: line for line in lines}
    chosen = list(wanted) or [(line.key, line.open) for line in lines if line.open > 0]
    objections = [] if chosen else [NOTHING_TO_INVOICE.refuse()]
    running = dict(sofar)
    parts = []
    seen: set[Any] = set()
    for index, (key, quantity) in enumerate(chosen):
        line = known.get(key)
        if line is None:
            objections.append(NOT_A_LINE.refuse(f"lines.{index}.line"))
            continue
        if key in seen:
            objections.append(TWICE.refuse(f"lines.{index}.line"))
        if quantity > line.open:
            objections.append(
                MORE_THAN_ACCEPTED.refuse(
                    f"lines.{index}.quantity", open=max(line.open, ZERO), wanted=quantity
                )
            )
        seen.add(key)
        before = running.get(line.order_line, Sofar())
        after = before.quantity + quantity
        net = next_part(line.net, line.ordered, after, before.net)
        tax = next_part(line.tax, line.ordered, after, before.tax)
        running[line.order_line] = Sofar(after, before.net + net, before.tax + tax)
        parts.append((key, quantity, net, tax))
    return parts, objections


# --- paying ----------------------------------------------------------------------------------------------------------

# Civil Code art. 560 and 561: costs, then interest, then the principal; of one kind what is due earlier.
KINDS = ("cost", "interest", "principal")


@dataclass(frozen=True, slots=True)
class Debt:
    """Something that a customer owes."""

    key: Any
    open: Decimal
    due_on: date
    kind: str = "principal"


def in_order(debts: Iterable[Debt]) -> list[Debt]:
    """Debts in the order in which money without a designation settles them."""
    return sorted(debts, key=lambda debt: (KINDS.index(debt.kind), debt.due_on, str(debt.key)))


def apply_money(amount: Decimal, debts: Iterable[Debt]) -> tuple[list[tuple[Any, Decimal]], Decimal]:
    """How money settles debts in their order, and what is left of it. No cent is lost or made."""
    left = amount
    applied = []
    for debt in in_order(debts):
        part = min(left, debt.open)
        if part > 0:
            applied.append((debt.key, part))
            left -= part
    return applied, left


def due_date(issued_on: date, accepted_on: date | None, payment_days: int) -> date:
    """The day by which an invoice is to be paid: so many days after it was issued, or accepted if that came later."""
    return max(issued_on, accepted_on or issued_on) + timedelta(days=payment_days)


# --- ageing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bucket:
    """Debts that are between so many days overdue; `most` is None for the oldest."""

    code: str
    name: T
    most: int | None


BUCKETS = (
    Bucket("current", T("未到期", "Not due"), 0),
    Bucket("d30", T("1–30 天", "1–30 days"), 30),
    Bucket("d60", T("31–60 天", "31–60 days"), 60),
    Bucket("d90", T("61–90 天", "61–90 days"), 90),
    Bucket("d180", T("91–180 天", "91–180 days"), 180),
    Bucket("d365", T("181–365 天", "181–365 days"), 365),
    Bucket("older", T("365 天以上", "Over 365 days"), None),
)


def due_between(bucket: Bucket, as_of: date) -> tuple[date | None, date | None]:
    """The first and the last due day of a bucket's debts (W31), None where it is open; the day it is due is not overdue."""
    place = BUCKETS.index(bucket)
    before = BUCKETS[place - 1].most if place else None
    first = None if bucket.most is None else as_of - timedelta(days=bucket.most)
    last = None if before is None else as_of - timedelta(days=before + 1)
    return first, last


# --- credit ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer could cost us, with tax (W35), and how far it may go."""

    receivable: Decimal = ZERO  # invoices requested or issued, less what is settled
    shipped: Decimal = ZERO  # shipped and not invoiced
    ordered: Decimal = ZERO  # confirmed and not shipped
    unapplied: Decimal = ZERO  # money received and not matched yet
    limit: Decimal = ZERO
    overdue_days: int = 0
    max_overdue_days: int = 0

    @property
    def total(self) -> Decimal:
        """The exposure before anything new."""
        return self.receivable + self.shipped + self.ordered - self.unapplied

    @property
    def available(self) -> Decimal:
        """What may still be ordered; negative when over the limit."""
        return self.limit - self.total

    def with_order(self, amount: Decimal) -> Decimal:
        """The exposure with one more order."""
        return self.total + amount


def judge_credit(
    exposure: Exposure, amount: Decimal, limit_route: str, overdue_route: str
) -> list[Objection]:
    """What holds an order of `amount`: over the limit, or old debts (clause 5.2.2)."""
    found = []
    after = exposure.with_order(amount)
    if after > exposure.limit:
        excess = after - exposure.limit
        hold = OVER_LIMIT.hold(
            limit_route, measure=excess, exposure=after, limit=exposure.limit, excess=excess
        )
        found.append(hold)
    if exposure.overdue_days > exposure.max_overdue_days:
        days = exposure.overdue_days
        found.append(
            OVERDUE.hold(overdue_route, measure=Decimal(days), days=days, allowed=exposure.max_overdue_days)
        )
    return found
