"""How customers are graded (clause 4.2.3): scores, the eight RFM classes, ABC by cumulative share, words that explain.

docs/rules/grades.md tells the rules with a worked table, which is run as a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sellwell.kernel.values import T, plain_number

GRADES = ("A", "B", "C", "D")  # best first
HIGH = 4  # a score from which a measure counts as high
A_SHARE, B_SHARE = Decimal("0.80"), Decimal("0.95")

# What is scored, in the order in which it is told, with its name and how its values read.
MEASURES: dict[str, T] = {
    "recency": T("最近购买距今天数", "Days since the last purchase"),
    "frequency": T("近 12 个月购买次数", "Purchases in 12 months"),
    "value": T("近 12 个月不含税成交额（已减退货）", "Value of 12 months, net of tax and returns"),
    "loyalty": T("忠诚度", "Loyalty"),
    "payment": T("按时付款比例", "Share paid in time"),
}

# How numbers are written in the cells of tables.
UNITS = {"": Decimal(1), "%": Decimal("0.01"), "万": Decimal(10**4), "亿": Decimal(10**8)}

Judge = Callable[[str, Decimal], int]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a customer on a day. None: it cannot be said (no purchase, no invoice that was due)."""

    recency: int | None
    frequency: int
    value: Decimal
    years: Decimal
    regular: Decimal  # share of months with a purchase
    paid_in_time: Decimal | None

    @property
    def loyalty(self) -> Decimal:
        """Years with us, up to five, times the share of months with a purchase: 0 to 5."""
        return (min(self.years, Decimal(5)) * self.regular).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def values(self) -> dict[str, Decimal | None]:
        """By measure."""
        return {
            "recency": None if self.recency is None else Decimal(self.recency),
            "frequency": Decimal(self.frequency),
            "value": self.value,
            "loyalty": self.loyalty,
            "payment": self.paid_in_time,
        }


@dataclass(frozen=True, slots=True)
class Scored:
    """Points per measure and in all."""

    points: Mapping[str, int | None]
    total: Decimal

    @property
    def rfm(self) -> str:
        """The three classic scores side by side: 545."""
        return "".join(str(self.points[name] or 1) for name in ("recency", "frequency", "value"))


def total_of(points: Mapping[str, int | None], weights: Mapping[str, Decimal]) -> Decimal:
    """The weighted mean over the measures that have a score; weights of the others are shared out."""
    known = {name: Decimal(p) for name, p in points.items() if p is not None and weights.get(name)}
    whole = sum((weights[name] for name in known), Decimal(0))
    if not whole:
        return Decimal(0)
    total = sum((weights[name] * p for name, p in known.items()), Decimal(0)) / whole
    return total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def score(measured: Measured, judge: Judge, weights: Mapping[str, Decimal]) -> Scored:
    """Points from 1 to 5 per measure by fixed cut-offs, and their weighted mean."""
    points = {
        name: None if value is None else judge(name, value) for name, value in measured.values().items()
    }
    return Scored(points, total_of(points, weights))


def rfm_class(rfm: str) -> str:
    """High (1) or low (0) in recency, frequency and value: '324' is '001'."""
    return "".join("1" if int(score) >= HIGH else "0" for score in rfm)


def abc(values: Sequence[Decimal]) -> list[str]:
    """The class of each of some values, in their order. What crosses a line stays in the upper class; equals stay together.

    An item is A while what stands before it makes up less than 80 % of the whole, B while less than 95 %, else C. Nothing
    sold has no class.
    """
    whole = sum((v for v in values if v > 0), Decimal(0))
    by_value: dict[Decimal, str] = {}
    before = Decimal(0)
    counted: dict[Decimal, int] = {}
    for value in values:
        counted[value] = counted.get(value, 0) + 1
    for value in sorted((v for v in counted if v > 0), reverse=True):
        share = before / whole
        by_value[value] = "A" if share < A_SHARE else "B" if share < B_SHARE else "C"
        before += value * counted[value]
    return [by_value.get(value, "") for value in values]


def years_between(first: date, on: date) -> Decimal:
    """Years with us, to two places."""
    return (Decimal((on - first).days) / Decimal("365.25")).quantize(Decimal("0.01"), ROUND_HALF_UP)


# --- words -------------------------------------------------------------------------------------------------------------


def said(name: str, value: Decimal | None) -> T:
    """A measure's value as people say it."""
    if value is None:
        return T("无记录", "not known")
    match name:
        case "recency":
            return T(f"{value:f} 天前", f"{value:f} days ago")
        case "frequency":
            return T(f"{value:f} 次", f"{value:f}")
        case "value":
            shown = plain_number(value.quantize(Decimal(1), ROUND_HALF_UP))
            return T(f"{shown} 元", f"¥{shown}")
        case "payment":
            percent = (value * 100).quantize(Decimal(1), ROUND_HALF_UP)
            return T(f"{percent} %", f"{percent} %")
    return T(f"{value:f}", f"{value:f}")


def explanation(
    grade: str,
    scored: Scored,
    values: Mapping[str, Decimal | None],
    weights: Mapping[str, Decimal],
    capped: bool,
) -> T:
    """Why a customer has this grade, in one sentence per language."""
    parts = [
        (MEASURES[name], said(name, values[name]), points, weights.get(name, Decimal(0)))
        for name, points in scored.points.items()
    ]
    zh = "；".join(
        f"{label.zh} {value.zh}，"
        + (f"{points} 分" if points is not None else "不计分")
        + f"（权重 {_percent(weight)}）"
        for label, value, points, weight in parts
    )
    en = "; ".join(
        f"{label.en}: {value.en}, " + (f"{points} points" if points is not None else "not scored")
        + f" (weight {_percent(weight)})"
        for label, value, points, weight in parts
    )  # fmt: skip
    cap_zh = "。因货款逾期或停止往来，等级受限" if capped else ""
    cap_en = ". Held down by overdue money or a stop" if capped else ""
    return T(
        f"综合 {scored.total:f} 分，{grade} 级：{zh}{cap_zh}。",
        f"{scored.total:f} points, grade {grade}: {en}{cap_en}.",
    )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


@dataclass(frozen=True, slots=True)
class Lift:
    """One thing that would raise the score: which measure must come to what value, and the grade that follows."""

    measure: str
    needed: Decimal
    score: Decimal
    grade: str

    @property
    def text(self) -> T:
        """In words."""
        label, value = MEASURES[self.measure], said(self.measure, self.needed)
        return T(
            f"{label.zh}达到{value.zh} → {self.score:f} 分，{self.grade} 级",
            f"{label.en} at {value.en} → {self.score:f} points, grade {self.grade}",
        )


def lifts(
    values: Mapping[str, Decimal | None],
    scored: Scored,
    weights: Mapping[str, Decimal],
    cells: Mapping[str, Iterable[str]],
    judge: Judge,
    grade_of: Callable[[Decimal], str],
) -> list[Lift]:
    """For each measure the nearest value with more points, those that lift the grade first.

    `cells` are the conditions of the score table per measure: the cut-offs stand in them, whoever wrote them.
    """
    found = []
    for name, value in values.items():
        points = scored.points[name]
        if value is None or points is None:
            continue
        better = [
            (abs(cut - value), cut, more)
            for cut in cuts(cells.get(name, ()))
            if (more := judge(name, cut)) > points
        ]
        if not better:
            continue
        _, cut, more = min(better)
        total = total_of({**scored.points, name: more}, weights)
        found.append(Lift(name, cut, total, grade_of(total)))
    rank = {grade: index for index, grade in enumerate(GRADES)}
    return sorted(found, key=lambda lift: (rank.get(lift.grade, 9), -lift.score))


def cuts(cells: Iterable[str]) -> list[Decimal]:
    """The numbers that stand in the conditions of a table: '>= 12' gives 12, '> 30' gives 30."""
    found = []
    for cell in cells:
        for number, unit in re.findall(r"(-?\d[\d,]*(?:\.\d+)?)\s*([%万亿]?)", cell):
            found.append(Decimal(number.replace(",", "")) * UNITS[unit])
    return found
