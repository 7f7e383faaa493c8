"""Scorecards: which figures measure a position, with which weights, and whether a figure moved the right way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sellwell.kernel.values import State, T

WHOLE = Decimal(100)


class Metric(State):
    """What a scorecard may measure: figures that are computed from records today."""

    CONTRACTED = "contracted", T("签约额", "Contracts signed")
    BOOKED = "booked", T("订单额", "Orders confirmed")
    ACCEPTED = "accepted", T("验收额", "Accepted by customers")
    INVOICED = "invoiced", T("开票销售额", "Sales invoiced")
    COLLECTED = "collected", T("回款额", "Money received")
    WON = "won", T("赢单额", "Opportunities won")
    CUSTOMERS = "customers", T("新客户数", "New customers")
    VISITS = "visits", T("完成拜访数", "Visits held")
    LEADS = "leads", T("新线索数", "New leads")
    QUALIFIED = "qualified", T("转化线索数", "Leads qualified")
    TASKS = "tasks", T("办结任务数", "Tasks done")
    ON_TIME = "on_time", T("任务按时率", "Tasks done in time")
    CONFORMANCE = "conformance", T("所负责条款的符合率", "Conformance of one's clauses")


# Added up from posted facts by person, under the measure of the same name.
FROM_FACTS = frozenset(
    {Metric.CONTRACTED, Metric.BOOKED, Metric.ACCEPTED, Metric.INVOICED, Metric.COLLECTED, Metric.WON}
)
SHARES = frozenset({Metric.ON_TIME, Metric.CONFORMANCE})  # 0 to 1; the others are sums or counts


class Direction(State):
    """Which way a figure should go."""

    UP = "up", T("越高越好", "The higher the better")
    DOWN = "down", T("越低越好", "The lower the better")


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of a scorecard: what is measured, how much it counts in percent, which way it should go."""

    metric: str
    weight: Decimal
    direction: str = Direction.UP.value

    @property
    def label(self) -> T:
        """What people call it; a metric that is no longer known keeps its code."""
        known = self.metric in Metric.values()
        return Metric(self.metric).label if known else T(self.metric, self.metric)


def read(lines: Iterable[Mapping[str, str]]) -> tuple[Measure, ...]:
    """The lines as a row keeps them."""
    return tuple(Measure(one["metric"], Decimal(one["weight"]), one["direction"]) for one in lines)


def total(lines: Sequence[Measure]) -> Decimal:
    """What the weights add up to."""
    return sum((one.weight for one in lines), Decimal(0))


def twice(lines: Sequence[Measure]) -> str:
    """The first metric that is named twice, or nothing."""
    seen: set[str] = set()
    for one in lines:
        if one.metric in seen:
            return one.metric
        seen.add(one.metric)
    return ""


def is_sound(lines: Sequence[Measure]) -> bool:
    """Whether it measures something known, nothing twice, with weights that make the whole."""
    known = all(one.metric in Metric.values() and one.weight > 0 for one in lines)
    return bool(lines) and known and not twice(lines) and total(lines) == WHOLE


def moved(now: Decimal | None, before: Decimal | None, direction: str) -> str:
    """How a figure moved against the span before: "better", "worse", or nothing where it did not or cannot be told."""
    if now is None or before is None or now == before:
        return ""
    return "better" if (now > before) == (direction == Direction.UP.value) else "worse"
