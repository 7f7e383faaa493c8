"""How much goes out, comes back and counts as delivered. Pure: numbers in, numbers or objections out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sellwell.kernel.values import ZERO, Objection, Reason, T, to_cents

K = TypeVar("K")

NOTHING_TO_PLAN = Reason(
    "delivery.nothing_to_plan",
    T(
        "没有可发的货：已预留的数量都已排入发货单，或尚未到货。",
        "Nothing can be shipped: what is reserved already stands in shipments, or the goods have not come yet.",
    ),
)
MORE_THAN_RESERVED = Reason(
    "delivery.more_than_reserved",
    T(
        "本仓库为该行预留且未排发货的数量是 {free}，不能发 {wanted}。",
        "This warehouse holds {free} for the line that no shipment has yet; {wanted} is more than that.",
    ),
)
TWICE = Reason("delivery.line_twice", T("同一行只能出现一次。", "The same line may stand here only once."))
NOT_A_LINE = Reason(
    "delivery.not_its_line", T("这一行不属于这张单据。", "The line is not part of this document.")
)
COUNT_DIFFERS = Reason(
    "delivery.count_differs",
    T(
        "清点数量 {counted} 与发货单 {planned} 不符。请重新清点，或取消此发货单后按实数重排。",
        "{counted} were counted, the note says {planned}. Count again, or cancel this shipment and plan it anew.",
    ),
)
REJECTS_TOO_MUCH = Reason(
    "delivery.rejects_too_much",
    T(
        "拒收 {rejected} 超过送达的 {delivered}。",
        "{rejected} rejected is more than the {delivered} that were delivered.",
    ),
)
MORE_THAN_DELIVERED = Reason(
    "delivery.more_than_delivered",
    T(
        "最多还能退 {free}（已发 {quantity}，已退或待退 {back}）。",
        "At most {free} can still come back: {quantity} were shipped, {back} are back or on their way.",
    ),
)


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """What `part` of `whole` units is worth when all are worth `amount`, to the cent.

    Values of steps are differences of shares, so however a line is divided, its steps add up to its amount exactly
    and going back gives back what was counted.
    """
    return to_cents(amount * part / whole) if whole else ZERO


def kept(quantity: Decimal, accepted: Decimal, returned: Decimal) -> Decimal:
    """How many of a shipment line the customer accepted and still has: what is refused comes back first."""
    return max(Decimal(0), min(accepted, quantity - returned))


@dataclass(frozen=True, slots=True)
class Plannable:
    """How many of an order line can go out of a warehouse now. Services have no warehouse."""

    line_id: Any
    warehouse_id: Any
    quantity: Decimal


def choose_warehouse(free: Sequence[Plannable]) -> Any:
    """The warehouse that holds most of what can go, when nobody named one; None if only services can."""
    totals: dict[Any, Decimal] = {}
    for item in free:
        if item.warehouse_id is not None:
            totals[item.warehouse_id] = totals.get(item.warehouse_id, Decimal(0)) + item.quantity
    return max(totals, key=lambda key: (totals[key], str(key))) if totals else None


def plan(
    free: Mapping[K, Decimal], wanted: Sequence[tuple[K, Decimal]]
) -> tuple[list[tuple[K, Decimal]], list[Objection]]:
    """The lines of a shipment: those wanted, or all that can go. Every objection at once (clause 5.2.5)."""
    if not wanted:
        lines = [(key, quantity) for key, quantity in free.items() if quantity > 0]
        return lines, [] if lines else [NOTHING_TO_PLAN.refuse()]
    objections = []
    seen: set[K] = set()
    for index, (key, quantity) in enumerate(wanted):
        if key in seen:
            objections.append(TWICE.refuse(f"lines.{index}.line"))
        seen.add(key)
        left = free.get(key, Decimal(0))
        if quantity > left:
            objections.append(
                MORE_THAN_RESERVED.refuse(f"lines.{index}.quantity", free=left, wanted=quantity)
            )
    return list(wanted), objections


def judge_acceptance(
    delivered: Mapping[K, Decimal], rejected: Sequence[tuple[K, Decimal]]
) -> tuple[dict[K, tuple[Decimal, Decimal]], list[Objection]]:
    """Accepted and rejected by line; what nobody rejected was accepted (clauses 5.3.1, 5.3.2).

    `delivered` is what each line brought less what already came back.
    """
    refused: dict[K, Decimal] = {}
    objections = []
    for index, (key, quantity) in enumerate(rejected):
        if key in refused:
            objections.append(TWICE.refuse(f"rejected.{index}.line"))
        elif key not in delivered:
            objections.append(NOT_A_LINE.refuse(f"rejected.{index}.line"))
        elif quantity > delivered[key]:
            path = f"rejected.{index}.quantity"
            objections.append(REJECTS_TOO_MUCH.refuse(path, rejected=quantity, delivered=delivered[key]))
        refused[key] = quantity
    none = Decimal(0)
    return {
        key: (quantity - refused.get(key, none), refused.get(key, none))
        for key, quantity in delivered.items()
    }, objections


def judge_return(
    free: Mapping[K, tuple[Decimal, Decimal]], wanted: Sequence[tuple[K, Decimal]]
) -> list[Objection]:
    """Whether so much can come back. `free` gives per line what was shipped and what is back or on its way."""
    objections = []
    seen: set[K] = set()
    for index, (key, quantity) in enumerate(wanted):
        if key in seen:
            objections.append(TWICE.refuse(f"lines.{index}.line"))
        seen.add(key)
        if key not in free:
            objections.append(NOT_A_LINE.refuse(f"lines.{index}.line"))
            continue
        shipped, back = free[key]
        if quantity > shipped - back:
            path = f"lines.{index}.quantity"
            objections.append(
                MORE_THAN_DELIVERED.refuse(path, free=shipped - back, quantity=shipped, back=back)
            )
    return objections
