"""Are two deals the same? And who may rule between their people? Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

LEAST_STEM = 2  # characters of a name that tell anything


@dataclass(frozen=True, slots=True)
class Deal:
    """What a deal is compared by. Empty means unknown, and what is unknown differs from nothing."""

    customer: UUID | None = None
    stem: str = ""
    area: str = ""
    uscc: str = ""
    phone_blind: str = ""
    product_line: str = ""


def matched_by(one: Deal, other: Deal) -> str | None:
    """What makes two deals the same, the surest first; None where nothing does.

    Different product lines are different deals. Two known social credit codes that differ are two companies, however
    alike their names. A name counts only whole (without region and legal form), and not where two regions differ.
    """
    if one.product_line and other.product_line and one.product_line != other.product_line:
        return None
    if one.customer is not None and one.customer == other.customer:
        return "customer"
    if one.uscc and other.uscc:
        return "uscc" if one.uscc == other.uscc else None
    if one.phone_blind and one.phone_blind == other.phone_blind:
        return "phone"
    is_one_place = not one.area or not other.area or one.area == other.area
    if len(one.stem) >= LEAST_STEM and one.stem == other.stem and is_one_place:
        return "name"
    return None


def may_rule(person: UUID, parties: Iterable[UUID]) -> bool:
    """Nobody rules in a matter of their own."""
    return person not in set(parties)


def covers(department: str, others: Iterable[str]) -> bool:
    """Whether a manager of a department stands above all of the parties' departments."""
    return all(path.startswith(department) for path in others)


def split(mine: Decimal) -> tuple[Decimal, Decimal] | None:
    """Two shares that are one whole; None where one of them would be nothing."""
    return (mine, Decimal(1) - mine) if 0 < mine < 1 else None
