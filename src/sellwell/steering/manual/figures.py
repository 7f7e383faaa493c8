"""Figures as pages show them: a clause over months, the heat map, what changed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from sellwell.kernel import evidence
from sellwell.kernel.values import T, months_later
from sellwell.steering.manual import conformance, queries, rules
from sellwell.steering.manual.conformance import WHOLE
from sellwell.steering.manual.models import Conformance

MONTHS = 7


@dataclass(frozen=True, slots=True)
class Rate:
    """How many records were concerned and kept the clause; unknown stays unknown."""

    concerned: int | None = None
    kept: int | None = None
    failed: bool = False

    @property
    def share(self) -> Decimal | None:
        """The share that kept it."""
        return rules.share(self.concerned, self.kept)

    @property
    def broken(self) -> int:
        """How many did not keep it."""
        return (self.concerned or 0) - (self.kept or 0)

    @property
    def step(self) -> int:
        """The step of the heat map."""
        return rules.step(self.share)

    @property
    def percent(self) -> str:
        """98 %, and never rounded up to 100 %."""
        if self.share is None:
            return ""
        tenths = int(self.share * 1000)
        return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths / 10:.1f}"

    @property
    def words(self) -> T:
        """What stands where there is no percentage."""
        if self.failed:
            return T("未知", "unknown")
        return T("无记录", "no records") if self.concerned == 0 else T("未计算", "not measured")


def rate(rows: Iterable[Conformance]) -> Rate:
    """Figures of several evidences together. One that could not be had makes the whole unknown, not better."""
    found = list(rows)
    if any(row.failed for row in found):
        return Rate(failed=True)
    return Rate(*rules.total((row.concerned, row.kept) for row in found))


def by_clause(rows: Iterable[Conformance]) -> dict[tuple[str, date], Rate]:
    """The whole company's rate of each clause and month."""
    grouped: dict[tuple[str, date], list[Conformance]] = {}
    for row in rows:
        if row.department_path == WHOLE:
            grouped.setdefault((row.clause, row.month), []).append(row)
    return {key: rate(group) for key, group in grouped.items()}


@dataclass(frozen=True, slots=True)
class Spark:
    """A clause over months as a line of points on a field of 100 x 24; months without a figure leave a gap."""

    lines: list[str]
    dots: list[tuple[float, float]]
    label: T


def spark(rates: Sequence[Rate], months: Sequence[date]) -> Spark:
    """The line of a trend. Its foot is 0 %, its head 100 %."""
    gap = 100 / max(len(rates) - 1, 1)
    lines: list[list[str]] = [[]]
    dots: list[tuple[float, float]] = []
    said_zh, said_en = [], []
    for place, (one, month) in enumerate(zip(rates, months, strict=True)):
        if one.share is None:
            lines.append([])
            continue
        x, y = round(place * gap, 1), round(22 - float(one.share) * 20, 1)
        lines[-1].append(f"{x},{y}")
        dots.append((x, y))
        said_zh.append(f"{month:%Y-%m} {one.percent}%")
        said_en.append(f"{month:%Y-%m} {one.percent}%")
    label = T("，".join(said_zh) or "没有数字", ", ".join(said_en) or "no figures")
    return Spark([" ".join(line) for line in lines if len(line) > 1], dots[-1:], label)


# --- the heat map -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A clause of the heat map: the whole, each department, and the change since the month before."""

    number: str
    text: T
    whole: Rate
    cells: list[tuple[str, Rate | None]]
    change: Decimal | None

    @property
    def points(self) -> str:
        """The change in percentage points, with its sign."""
        if self.change is None:
            return ""
        value = (self.change * 100).quantize(Decimal("0.1"))
        return f"{value:+}" if value else "0"


@dataclass
class Heat:
    """The heat map of a month: columns are departments right below the top."""

    month: date
    columns: list[queries.DepartmentName] = field(default_factory=list)
    rows: list[HeatRow] = field(default_factory=list)

    @property
    def whole(self) -> Rate:
        """All figures together."""
        return Rate(*rules.total((row.whole.concerned, row.whole.kept) for row in self.rows))


def top_of(path: str) -> str:
    """The department right below the top that a path belongs to; the top itself stands for its own people."""
    parts = path.rstrip(".").split(".")
    return ".".join(parts[:2]) + "."


def heat(company_id: UUID, month: date, texts: Mapping[str, T]) -> Heat:
    """Clauses by departments, the worst first; clauses whose figures are unknown stand at the end."""
    before = months_later(month, -1)
    rows = conformance.latest(company_id, [before, month])
    whole = by_clause(rows)
    placed: dict[tuple[str, str], list[Conformance]] = {}
    for row in rows:
        if row.month == month and row.department_path != WHOLE:
            placed.setdefault((row.clause, top_of(row.department_path)), []).append(row)
    used = {place for _, place in placed}
    found = Heat(month, [d for d in queries.departments(company_id) if d.path in used])
    clauses = queries.sorted_numbers({clause for clause, at in whole if at == month})
    for number in clauses:
        now, then = whole[number, month], whole.get((number, before), Rate())
        cells = [
            (d.path, rate(placed[number, d.path]) if (number, d.path) in placed else None)
            for d in found.columns
        ]
        change = now.share - then.share if now.share is not None and then.share is not None else None
        found.rows.append(HeatRow(number, texts.get(number, T("", "")), now, cells, change))
    found.rows.sort(key=lambda r: (r.whole.share is None, r.whole.share or 0, -r.whole.broken))
    return found


# --- evidence that is missing -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """An evidence that found nothing for some time: nobody worked by the clause, or nothing reaches it."""

    clause: str
    name: str
    title: T
    days: int | None  # since the last record; None where there never was one
    failed: str = ""


def missing_evidence(company_id: UUID, today: date, least: int = 1) -> list[Missing]:
    """Evidences that concern no record of this month, longest first."""
    months = rules.months_back(today, MONTHS)
    rows = conformance.latest(company_id, months, is_whole=True)
    found = []
    for one in sorted(evidence.COLLECTORS, key=lambda c: (rules.order_of(c.clause), c.name)):
        own = [row for row in rows if row.evidence == one.name]
        current = next((row for row in own if row.month == months[-1]), None)
        failed = current.failed if current is not None else ""
        with_records = [row.month for row in own if row.concerned]
        last = max(with_records, default=None)
        days = (today - months_later(last, 1)).days + 1 if last is not None else None
        if failed or days is None or days >= least:
            found.append(Missing(one.clause, one.name, one.title, days, failed))
    return sorted(found, key=lambda m: (m.days is not None, -(m.days or 0)))
