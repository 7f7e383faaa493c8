"""NPS, CSAT, CES and response rates with their uncertainty. Pure (domain 4.2; docs/rules/survey-figures.md).

All figures rest on counts of answers by score: `{10: 31, 9: 29, …}`. Below `SMALL` answers a figure is shown with its number
and a warning, and no trend is drawn from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SMALL = 30
Z = Decimal("1.96")  # 95 %
ONE = Decimal(1)
Counts = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: how many answers it rests on, its value, and how far off it may be (95 %), up and down."""

    n: int
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_small(self) -> bool:
        """Whether it rests on too few answers to compare it with another."""
        return self.n < SMALL

    @property
    def margin(self) -> Decimal | None:
        """Half the width of the interval, where it lies evenly around the value."""
        return None if self.high is None or self.value is None else self.high - self.value


def rounded(value: Decimal, places: str = "0.01") -> Decimal:
    """Half up, as people round."""
    return value.quantize(Decimal(places), ROUND_HALF_UP)


def nps(counts: Counts) -> Figure:
    """Share of promoters (9, 10) less share of detractors (0 to 6), from -100 to 100."""
    n = sum(counts.values())
    if not n:
        return Figure(0, None)
    promoters = Decimal(sum(c for score, c in counts.items() if score >= 9)) / n
    detractors = Decimal(sum(c for score, c in counts.items() if score <= 6)) / n
    net = promoters - detractors
    margin = Z * ((promoters + detractors - net * net) / n).sqrt() * 100
    value = rounded(net * 100, "0.1")
    return Figure(n, value, value - rounded(margin), value + rounded(margin))


def share(kept: int, n: int) -> Figure:
    """A share in percent with Wilson's interval: it never leaves 0 to 100 and holds for small numbers."""
    if not n:
        return Figure(0, None)
    p, z2 = Decimal(kept) / n, Z * Z
    middle = (p + z2 / (2 * n)) / (ONE + z2 / n)
    half = Z / (ONE + z2 / n) * (p * (ONE - p) / n + z2 / (4 * n * n)).sqrt()
    low, high = max(middle - half, Decimal(0)), min(middle + half, ONE)
    return Figure(n, rounded(p * 100, "0.1"), rounded(low * 100, "0.1"), rounded(high * 100, "0.1"))


def mean(counts: Counts) -> Figure:
    """The mean score with the interval of its standard error."""
    n = sum(counts.values())
    if not n:
        return Figure(0, None)
    average = Decimal(sum(score * c for score, c in counts.items())) / n
    value = rounded(average, "0.001")
    if n == 1:
        return Figure(1, value)
    variance = sum((c * (score - average) ** 2 for score, c in counts.items()), Decimal(0)) / (n - 1)
    margin = rounded(Z * (variance / n).sqrt(), "0.001")
    return Figure(n, value, value - margin, value + margin)


def top_two(counts: Counts) -> Figure:
    """CSAT: the share of 4 and 5 on a scale of five."""
    return share(sum(c for score, c in counts.items() if score >= 4), sum(counts.values()))


def easy(counts: Counts) -> Figure:
    """CES: the share of 5 and above on a scale of seven."""
    return share(sum(c for score, c in counts.items() if score >= 5), sum(counts.values()))


def figure_of(metric: str, counts: Counts) -> Figure:
    """The leading figure of a metric: NPS, top-two share, share of easy."""
    return {"nps": nps, "csat": top_two, "ces": easy}[metric](counts)


def trend(before: Figure, now: Figure) -> str:
    """`up`, `down` or `level`; empty where either rests on too few answers. Level: the intervals overlap."""
    if before.is_small or now.is_small:
        return ""
    if (now.low or 0) > (before.high or 0):
        return "up"
    return "down" if (now.high or 0) < (before.low or 0) else "level"
