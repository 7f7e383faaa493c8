"""Charts from plain values: bars with their figures written on them, and the small trend under a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from sellwell.kernel.values import ZERO, T, months_later
from sellwell.web import formats

if TYPE_CHECKING:
    from django.db.models import QuerySet

MONTHS = 12  # months of a trend, this one included
WIDTH, HEIGHT, GAP = 240, 36, 4  # of the small trend, in its own units

Point = tuple[date, Decimal]  # the first day of a month, and its figure


def bars(labels: Iterable[T | str], values: Sequence[Decimal], name: T | str = "") -> dict[str, Any]:
    """Amounts as bars, each with its short figure above: no scale to read, no legend to look up."""
    return {
        "xAxis": {"type": "category", "data": [str(label) for label in labels], "axisTick": {"show": False}},
        "yAxis": {"type": "value", "show": False},
        "series": [{"type": "bar", "name": str(name), "barMaxWidth": 56, "data": [_bar(v) for v in values]}],
    }


def _bar(value: Decimal) -> dict[str, Any]:
    text = formats.short_money(value) if value else ""
    return {"value": str(value), "label": {"show": bool(value), "position": "top", "formatter": text}}


def monthly(
    rows: QuerySet[Any], today: date, *, day: str = "happened_on", amount: str = "amount"
) -> list[Point]:
    """The sum of each of the last months, the month of `today` last; months without rows are zero. One query."""
    this_month = today.replace(day=1)
    firsts = [months_later(this_month, -back) for back in reversed(range(MONTHS))]
    found = (
        rows.order_by()
        .filter(**{f"{day}__gte": firsts[0], f"{day}__lte": today})
        .annotate(trend_month=TruncMonth(day))
        .values("trend_month")
        .annotate(trend_sum=Sum(amount))
    )
    sums = {_as_date(one["trend_month"]): one["trend_sum"] or ZERO for one in found}
    return [(first, Decimal(sums.get(first, ZERO))) for first in firsts]


def _as_date(value: Any) -> date:
    return value.date() if hasattr(value, "date") else value


@dataclass(frozen=True)
class SparkBar:
    """A bar of the small trend: where it stands, how high it is, and what it says."""

    x: int
    y: int
    height: int
    width: int
    title: str
    is_now: bool


def spark(points: Sequence[Point]) -> list[SparkBar]:
    """The bars of a small trend, scaled to the largest month; what is below zero shows as nothing."""
    top = max((value for _, value in points), default=ZERO)
    if top <= 0:
        return []
    step = WIDTH // len(points)
    found = []
    for index, (month, value) in enumerate(points):
        height = max(1, int(max(value, ZERO) * HEIGHT / top))
        title = f"{month:%Y-%m} {formats.money(value)}"
        found.append(
            SparkBar(index * step, HEIGHT - height, height, step - GAP, title, index == len(points) - 1)
        )
    return found
