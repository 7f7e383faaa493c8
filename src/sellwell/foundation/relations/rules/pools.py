"""When a customer goes to the public pool, and who may take one out of it (公海; clauses 4.2.1, 4.2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sellwell.kernel.values import Objection, Reason, T

FULL = Reason(
    "relations.pool_capacity",
    T(
        "此人已有 {count} 个客户，达到上限 {capacity}。请先释放不再跟进的客户。",
        "This person has {count} customers, and {capacity} is the most. Release those not followed up any more first.",
    ),
)
DAILY = Reason(
    "relations.pool_per_day",
    T("今天已领取 {count} 个客户，每日上限 {most}。请明天再领。", "{count} customers were claimed today; {most} a day is the most. Come back tomorrow."),
)  # fmt: skip
OWN_AGAIN = Reason(
    "relations.pool_own_again",
    T(
        "这个客户不久前从您名下进入公海，{until} 起才能由您领取。",
        "This customer came to the pool from you not long ago: you may claim it from {until} on.",
    ),
)
NOT_POOLED = Reason(
    "relations.not_pooled",
    T("客户已不在公海，可能刚被别人领取。请刷新公海再选。", "The customer is no longer in the pool; somebody may just have claimed it. Look at the pool again."),
)  # fmt: skip
ALREADY_POOLED = Reason(
    "relations.already_pooled", T("客户已在公海。", "The customer is in the pool already.")
)


@dataclass(frozen=True, slots=True)
class Due:
    """When a customer would be recycled, for what, and from when on the owner is warned."""

    on: date
    warn_from: date
    why: str  # contact | order


def due(
    last_contact: date | None, last_order: date | None, owned_since: date, no_contact: int | None,
    no_order: int | None, warn: int,
) -> Due | None:  # fmt: skip
    """The earlier of: no contact for so many days, no order for so many days. Days of an owner before the present one do
    not count: whoever takes a customer gets the full time."""
    found = []
    if no_contact is not None:
        found.append((max(last_contact or owned_since, owned_since) + timedelta(days=no_contact), "contact"))
    if no_order is not None:
        found.append((max(last_order or owned_since, owned_since) + timedelta(days=no_order), "order"))
    if not found:
        return None
    on, why = min(found)
    return Due(on, on - timedelta(days=warn), why)


def with_notice(found: Due, warned_on: date, warn: int) -> date:
    """The day of recycling: never sooner than the full notice after the owner was warned."""
    return max(found.on, warned_on + timedelta(days=warn))


def claim_objections(
    *,
    owned: int,
    capacity: int,
    claimed_today: int,
    per_day: int,
    gave_up_on: date | None,
    rest: int,
    today: date,
) -> list[Objection]:
    """Everything that stands in the way of a claim."""
    found = []
    if owned >= capacity:
        found.append(FULL.refuse(count=owned, capacity=capacity))
    if claimed_today >= per_day:
        found.append(DAILY.refuse(count=claimed_today, most=per_day))
    if gave_up_on is not None and today < gave_up_on + timedelta(days=rest):
        found.append(OWN_AGAIN.refuse(until=gave_up_on + timedelta(days=rest)))
    return found
