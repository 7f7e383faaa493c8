"""What is known of a customer on a day, in numbers: of their purchase days and amounts up to it, nothing later."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

import numpy as np

from sellwell.metrics.analysis.value import BgNbd, Purchase, Summary, TooLittle, summarise
from sellwell.metrics.analysis.value.bgnbd import Vector

RECENT = 90  # days that 'lately' means

NAMES = (
    "idle", "frequency", "age", "rate", "idle_by_gap", "lately", "before", "last_month", "value", "alive", "expected",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A customer's purchases up to a day. Days and counts of purchase days; `gap` is None with fewer than two of them."""

    customer: str
    idle: int  # days since the last purchase
    purchases: int
    age: int  # days since the first purchase
    gap: float | None  # median days between two purchases
    lately: int  # purchases in the last 90 days
    before: int  # in the 90 days before those
    last_month: int
    value: float
    alive: float | None  # by BG/NBD, None where it could not be fitted
    expected: float | None  # purchases over the horizon, by BG/NBD

    @property
    def rate(self) -> float:
        """Purchases per day so far."""
        return self.purchases / (self.age + 1)


def known(purchases: Iterable[Purchase], on: date, horizon: int) -> list[Known]:
    """What is known of each customer who bought until that day, it included."""
    customers = summarise(purchases, on)
    alive, expected = _bought(customers, horizon)
    return [_known(one, on, alive[i], expected[i]) for i, one in enumerate(customers)]


def _bought(customers: Sequence[Summary], horizon: int) -> tuple[list[float | None], list[float | None]]:
    columns = (
        [float(one.frequency) for one in customers],
        [one.recency / 7 for one in customers],
        [one.age / 7 for one in customers],
    )
    try:
        model = BgNbd.fit(*columns)
    except TooLittle:
        nothing: list[float | None] = [None] * len(customers)
        return nothing, nothing
    return (
        [float(value) for value in model.probability_alive(*columns)],
        [float(value) for value in model.expected_purchases(horizon / 7, *columns)],
    )


def _known(one: Summary, on: date, alive: float | None, expected: float | None) -> Known:
    gaps = [(later - earlier).days for earlier, later in zip(one.days, one.days[1:], strict=False)]

    def since(days: int) -> int:
        return len(one.days) - bisect_right(one.days, on - timedelta(days=days))

    lately = since(RECENT)
    return Known(
        one.customer, one.age - one.recency, one.frequency + 1, one.age, float(median(gaps)) if gaps else None, lately,
        since(2 * RECENT) - lately, since(30), float(one.value), alive, expected,
    )  # fmt: skip


def matrix(customers: Sequence[Known]) -> Vector:
    """One row of numbers per customer, in the order of NAMES. What varies over magnitudes stands as a logarithm."""
    return np.array(
        [
            (
                np.log1p(one.idle),
                np.log1p(one.purchases - 1),
                np.log1p(one.age),
                np.log(one.rate),
                np.log1p(one.idle / one.gap) if one.gap else np.log1p(one.idle / (one.age + 1)),
                np.log1p(one.lately),
                np.log1p(one.before),
                np.log1p(one.last_month),
                np.log1p(max(one.value, 0.0)),
                1.0 if one.alive is None else one.alive,
                0.0 if one.expected is None else np.log1p(one.expected),
            )
            for one in customers
        ],
        float,
    ).reshape(len(customers), len(NAMES))


def left(customers: Sequence[Known], purchases: Iterable[Purchase], on: date, until: date) -> list[bool]:
    """Who bought nothing from the day after `on` to `until`."""
    came = {one.customer for one in purchases if on < one.on <= until and one.amount >= 0}
    return [one.customer not in came for one in customers]
