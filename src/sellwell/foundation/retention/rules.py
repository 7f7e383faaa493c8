"""Levels of risk, reasons in words, the hold-out group and what a playbook gained. Pure (clause 4.2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from uuid import UUID

from sellwell.kernel.values import T

HIGH, MEDIUM = 0.6, 0.35  # probability to buy nothing over the horizon
LONG, LONGER = 2.0, 3.0  # times the own gap, where no model is there yet
RHYTHM = 3  # purchases; fewer say nothing about a rhythm
FEWEST = 30  # in each group, below which a gain is no more than a hint
Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Facts:
    """What reasons are told of: days, and numbers of purchase days."""

    idle: int
    purchases: int
    gap: int | None
    lately: int
    before: int


def level_of(risk: float | None, facts: Facts) -> str:
    """`high`, `medium` or `low`: by probability, or by days idle against the own gap where no model is there yet."""
    if risk is not None:
        return "high" if risk >= HIGH else "medium" if risk >= MEDIUM else "low"
    if not facts.gap or facts.purchases < RHYTHM:
        return "low"
    times = facts.idle / facts.gap
    return "high" if times > LONGER else "medium" if times > LONG else "low"


def urgency_of(risk: float | None, facts: Facts) -> float:
    """What lists go by, from 0 to 1: the probability, or where there is no model days idle in own gaps (6 and more: 1)."""
    if risk is not None:
        return risk
    return min(1.0, facts.idle / facts.gap / 6) if facts.gap and facts.purchases >= RHYTHM else 0.0


def times_idle(facts: Facts) -> float | None:
    """Days since the last purchase in own gaps: 3.3 times (W23); None without a rhythm."""
    return facts.idle / facts.gap if facts.gap else None


def drivers(facts: Facts) -> list[T]:
    """Why, in words, the weightiest first; each is a fact about the customer and true whatever the model."""
    found: list[T] = []
    times = times_idle(facts)
    if times is not None and times >= 1.5:
        found.append(
            T(
                f"已 {facts.idle} 天未购买，是平常间隔 {facts.gap} 天的 {times:.1f} 倍",
                f"no purchase for {facts.idle} days, {times:.1f} times the usual gap of {facts.gap}",
            )
        )
    if facts.before > facts.lately:
        found.append(
            T(
                f"近 90 天购买 {facts.lately} 次，此前 90 天 {facts.before} 次",
                f"{facts.lately} purchases in the last 90 days, {facts.before} in the 90 before",
            )
        )
    if facts.purchases == 1:
        found.append(T("只购买过一次", "bought only once"))
    if not found or (times is None and facts.idle > 30):
        found.append(T(f"距上次购买 {facts.idle} 天", f"last purchase {facts.idle} days ago"))
    return found


def is_held_out(playbook: UUID, customer: UUID, percent: int) -> bool:
    """Whether a customer belongs to a playbook's hold-out group: by a hash of both, so always the same, and by chance."""
    digest = sha256(playbook.bytes + customer.bytes).digest()
    return int.from_bytes(digest[:8], "big") % 10_000 < percent * 100


@dataclass(frozen=True, slots=True)
class Gain:
    """How many of those treated and of those left alone came back, and the difference with its 95 % interval.

    Shares from 0 to 1; None where a group is empty. `is_few`: a group is too small for more than a hint.
    """

    treated: int
    treated_back: int
    held: int
    held_back: int
    difference: float | None
    low: float | None
    high: float | None

    @property
    def is_few(self) -> bool:
        """Fewer than thirty in a group."""
        return min(self.treated, self.held) < FEWEST

    @property
    def won(self) -> float | None:
        """Customers who came back because of it: the difference times those treated."""
        return None if self.difference is None else self.difference * self.treated


def gain(treated: int, treated_back: int, held: int, held_back: int) -> Gain:
    """The difference of two shares with Newcombe's interval, which holds for small groups too."""
    if not treated or not held:
        return Gain(treated, treated_back, held, held_back, None, None, None)
    one, two = treated_back / treated, held_back / held
    low1, high1 = _wilson(treated_back, treated)
    low2, high2 = _wilson(held_back, held)
    apart = one - two
    low = apart - sqrt((one - low1) ** 2 + (high2 - two) ** 2)
    high = apart + sqrt((high1 - one) ** 2 + (two - low2) ** 2)
    return Gain(treated, treated_back, held, held_back, apart, low, high)


def _wilson(hits: int, count: int) -> tuple[float, float]:
    share = hits / count
    middle = share + Z * Z / (2 * count)
    spread = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    scale = 1 + Z * Z / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
