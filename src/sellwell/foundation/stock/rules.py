"""What can be promised: pure arithmetic over stock levels and expected supply."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

NONE = Decimal(0)
# (day, count) -> the count-th working day after day
AddWorkingDays = Callable[[date, int], date]


@dataclass(frozen=True, slots=True)
class Want:
    """A quantity of a product that a line (`key`) asks for. Services are not `stocked`: nothing to reserve."""

    key: Hashable
    product_id: UUID
    quantity: Decimal
    lead_days: int  # working days to get more of it
    stocked: bool = True


@dataclass(slots=True)
class Level:
    """What is free to promise of a product in a warehouse."""

    warehouse_id: UUID
    product_id: UUID
    free: Decimal


@dataclass(slots=True)
class Incoming:
    """What is free to promise of an expected supply."""

    supply_id: UUID
    product_id: UUID
    due_on: date
    free: Decimal


@dataclass(slots=True)
class Promise:
    """The answer to a want: what to reserve where, what is short of stock, and the one day when all of it is there."""

    reserve: list[tuple[UUID, Decimal]] = field(default_factory=list)  # (warehouse, quantity)
    short: Decimal = NONE
    promised_on: date = date.max

    @property
    def reserved(self) -> Decimal:
        """The quantity that stock covers."""
        return sum((quantity for _, quantity in self.reserve), NONE)


def less_waiting(supplies: Iterable[Incoming], waiting: Mapping[UUID, Decimal]) -> list[Incoming]:
    """Supplies without what earlier back-orders wait for: they get the earliest supplies first."""
    left = dict(waiting)
    free = []
    for item in sorted(supplies, key=lambda s: (s.due_on, s.supply_id)):
        taken = min(item.free, left.get(item.product_id, NONE))
        if taken > 0:
            left[item.product_id] -= taken
        if item.free > taken:
            free.append(Incoming(item.supply_id, item.product_id, item.due_on, item.free - max(taken, NONE)))
    return free


def spread(
    wants: Iterable[Want],
    levels: Iterable[Level],
    supplies: Iterable[Incoming],
    today: date,
    add_working_days: AddWorkingDays,
) -> dict[Hashable, Promise]:
    """Promise each want in turn: from the warehouse with most of it first, then from the earliest supply, then by
    the product's lead time. What one want takes is gone for the next, so no more than is free is ever promised.

    A supply that comes later than the lead time would allow is left alone; one that is overdue counts as coming on
    the next working day.
    """
    stock: dict[UUID, list[Level]] = {}
    for level in levels:
        stock.setdefault(level.product_id, []).append(level)
    incoming: dict[UUID, list[Incoming]] = {}
    for item in sorted(supplies, key=lambda s: (s.due_on, s.supply_id)):
        incoming.setdefault(item.product_id, []).append(item)
    promises: dict[Hashable, Promise] = {}
    for want in wants:
        promise = Promise(promised_on=today)
        by_lead_time = add_working_days(today, want.lead_days)
        if want.stocked:
            promise.short = _from_stock(want.quantity, stock.get(want.product_id, []), promise)
            _from_supply(promise, incoming.get(want.product_id, []), today, by_lead_time, add_working_days)
        else:
            promise.promised_on = by_lead_time
        promises[want.key] = promise
    return promises


def _from_stock(quantity: Decimal, levels: list[Level], promise: Promise) -> Decimal:
    """Take from the levels, largest first; gives what is still missing."""
    missing = quantity
    for level in sorted(levels, key=lambda lv: (-lv.free, lv.warehouse_id)):
        taken = min(missing, level.free)
        if taken > 0:
            level.free -= taken
            missing -= taken
            promise.reserve.append((level.warehouse_id, taken))
    return missing


def _from_supply(
    promise: Promise,
    supplies: list[Incoming],
    today: date,
    by_lead_time: date,
    add_working_days: AddWorkingDays,
) -> None:
    """Date the short part: from supplies in order of their days, the rest by lead time."""
    missing = promise.short
    for item in supplies:
        due = item.due_on if item.due_on > today else add_working_days(today, 1)
        taken = min(missing, item.free)
        if taken > 0 and due <= by_lead_time:
            item.free -= taken
            missing -= taken
            promise.promised_on = max(promise.promised_on, due)
    if missing > 0:
        promise.promised_on = by_lead_time
