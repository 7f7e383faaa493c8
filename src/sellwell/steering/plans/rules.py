"""The five steps and their days, and who must sign what. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sellwell.kernel.values import Period, State, T, months_later

DAY = timedelta(days=1)


class StepKind(State):
    """The five steps of clause 2.2.3, in their order."""

    TARGET = "target", T("定目标", "Target")
    PLAN = "plan", T("编计划", "Plan")
    MONITOR = "monitor", T("盯执行", "Monitoring")
    ANALYSE = "analyse", T("析数据", "Analysis")
    SOLVE = "solve", T("解问题", "Problem solving")


class CycleLength(State):
    """How long a cycle takes."""

    MONTH = "month", T("月度", "Month")
    QUARTER = "quarter", T("季度", "Quarter")


MONTHS = {CycleLength.MONTH: 1, CycleLength.QUARTER: 3}


def period_of(day: date, length: CycleLength) -> Period:
    """The month or quarter that a day lies in."""
    months = MONTHS[length]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, months_later(first, months))


def period_name(since: date, length: str) -> str:
    """2026-11, or 2026Q4."""
    if length == CycleLength.QUARTER.value:
        return f"{since.year}Q{(since.month - 1) // 3 + 1}"
    return f"{since:%Y-%m}"


# (day, count) -> the count-th working day after it; before it for a negative count.
AddDays = Callable[[date, int], date]


def due_day(after: str, days: int, period: Period, opened_on: date, add: AddDays) -> date:
    """When a step is due: the n-th working day of the period ("start"), or after its last day ("end"; 0 is the last one).

    A cycle that was opened later than its period began counts its first days from the day it was opened.
    """
    if after == "start":
        return add(max(period.since, opened_on) - DAY, max(days, 1))
    if period.until is None:
        raise ValueError("a cycle's period has an end")
    if days > 0:
        return add(period.until - DAY, days)
    return add(period.until, days - 1)


# --- where a step stands ---------------------------------------------------------------------------------------------------

SOON = timedelta(days=3)  # a step is amber in its last days


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the rules read it."""

    kind: str
    due_on: date
    done_on: date | None
    in_order: bool = True


def standing(step: Step, before: Step | None, day: date) -> str:
    """done | late | due (its turn, near its day) | open (its turn) | waiting (for the step before it)."""
    if step.done_on is not None:
        return "done"
    if step.due_on < day:
        return "late"
    if before is not None and before.done_on is None and step.in_order:
        return "waiting"
    return "due" if step.due_on - day <= SOON else "open"


def days_late(step: Step, day: date) -> int:
    """How many days after its day it was done, or is not done yet; 0: in time."""
    return max(0, ((step.done_on or day) - step.due_on).days)


def was_late(step: Step, day: date) -> bool:
    """Whether on a day the step was past due and not done."""
    return step.due_on < day and (step.done_on is None or step.done_on > day)


def blocking(steps: Sequence[Step], kind: str) -> Step | None:
    """The step that must be done before `kind`; None where it may be done now."""
    place = next(n for n, step in enumerate(steps) if step.kind == kind)
    if not steps[place].in_order:
        return None
    return next((step for step in steps[:place] if step.done_on is None), None)


def resting_on(steps: Sequence[Step], kind: str) -> Step | None:
    """A later step that is done and rests on `kind`, so that `kind` cannot be taken back before it."""
    place = next(n for n, step in enumerate(steps) if step.kind == kind)
    later = [step for step in steps[place + 1 :] if step.done_on is not None and step.in_order]
    return later[-1] if later else None


# --- who signs ---------------------------------------------------------------------------------------------------------------


class Side(State):
    """Whose agreement a document needs."""

    SALES = "sales", T("销售方", "Sales")
    FINANCE = "finance", T("财务方", "Finance")
    MARKETING = "marketing", T("市场方", "Marketing")


# What clause 2.2.5 asks for whatever the policy says; a policy can only add sides.
CLAUSE_SIDES: Mapping[str, tuple[Side, ...]] = {
    "budget": (Side.SALES, Side.FINANCE),
    "strategy": (Side.SALES, Side.MARKETING),
}


def sides(kind: str, by_policy: str) -> list[Side]:
    """The sides that must sign a kind: those of the clause, and those that the policy names. ValueError for an unknown one."""
    named = [Side(part.strip()) for part in by_policy.split(",") if part.strip()]
    return list(dict.fromkeys([*CLAUSE_SIDES.get(kind, ()), *named]))


def unsigned(needed: Iterable[Side], signers: Mapping[str, frozenset[str]]) -> list[Side]:
    """The sides whose agreement is missing, where nobody counts for two.

    `signers`: side -> who agreed for it. Sides are few, so every way to give each its own person is tried.
    """
    wanted = list(needed)

    def place(rest: list[Side], taken: frozenset[str]) -> list[Side]:
        if not rest:
            return []
        first, others = rest[0], rest[1:]
        fewest = [first, *place(others, taken)]
        for person in sorted(signers.get(first.value, frozenset()) - taken):
            lacking = place(others, taken | {person})
            if len(lacking) < len(fewest):
                fewest = lacking
        return fewest

    return place(wanted, frozenset())
