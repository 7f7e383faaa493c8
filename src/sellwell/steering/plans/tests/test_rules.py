"""Days of steps, where a step stands, and who has signed for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.calendar import Calendar
from sellwell.kernel.values import Period
from sellwell.steering.plans import rules
from sellwell.steering.plans.rules import CycleLength, Side, Step

# An ordinary week without holidays: every day is known.
DAYS = {
    date(2026, 1, 1) + timedelta(days=n): (date(2026, 1, 1) + timedelta(days=n)).weekday() < 5
    for n in range(800)
}
CALENDAR = Calendar(DAYS)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def add(day: date, count: int) -> date:
    return CALENDAR.add_working_days(day, count).value


def test_a_day_lies_in_its_month_and_quarter() -> None:
    assert rules.period_of(date(2026, 11, 24), CycleLength.MONTH) == NOVEMBER
    assert rules.period_of(date(2026, 11, 24), CycleLength.QUARTER) == Period(
        date(2026, 10, 1), date(2027, 1, 1)
    )
    assert rules.period_name(date(2026, 10, 1), "quarter") == "2026Q4"
    assert rules.period_name(date(2026, 11, 1), "month") == "2026-11"


@pytest.mark.parametrize(
    ("after", "days", "due"),
    [
        ("start", 1, date(2026, 11, 2)),  # the 1st is a Sunday
        ("start", 3, date(2026, 11, 4)),
        ("end", 0, date(2026, 11, 30)),  # the last working day
        ("end", -1, date(2026, 11, 27)),
        ("end", 5, date(2026, 12, 7)),
    ],
)
def test_days_are_working_days_of_the_period(after: str, days: int, due: date) -> None:
    assert rules.due_day(after, days, NOVEMBER, NOVEMBER.since, add) == due


def test_a_cycle_that_is_opened_late_counts_its_first_days_from_then() -> None:
    assert rules.due_day("start", 3, NOVEMBER, date(2026, 11, 23), add) == date(2026, 11, 25)
    assert rules.due_day("end", 0, NOVEMBER, date(2026, 11, 23), add) == date(2026, 11, 30)


@given(st.integers(1, 9), st.integers(0, 40))
def test_a_step_is_due_on_a_working_day_not_before_it_was_opened(days: int, later: int) -> None:
    opened = NOVEMBER.since + timedelta(days=later)
    due = rules.due_day("start", days, NOVEMBER, opened, add)
    assert due >= opened and DAYS[due]


def steps(done: int, *, in_order: bool = True) -> list[Step]:
    """Five steps due every ten days, the first `done` of them done on their day."""
    first = date(2026, 11, 10)
    return [
        Step(
            kind.value,
            first + timedelta(days=10 * n),
            first + timedelta(days=10 * n) if n < done else None,
            in_order,
        )
        for n, kind in enumerate(rules.StepKind)
    ]


def test_where_a_step_stands() -> None:
    known = steps(1)
    assert rules.standing(known[0], None, date(2026, 11, 12)) == "done"
    assert rules.standing(known[1], known[0], date(2026, 11, 12)) == "open"
    assert rules.standing(known[1], known[0], date(2026, 11, 17)) == "due"
    assert rules.standing(known[1], known[0], date(2026, 11, 20)) == "due"  # its day is not over
    assert rules.standing(known[1], known[0], date(2026, 11, 21)) == "late"
    assert rules.standing(known[2], known[1], date(2026, 11, 12)) == "waiting"
    assert rules.standing(steps(1, in_order=False)[2], known[1], date(2026, 11, 12)) == "open"


def test_a_step_waits_for_the_one_before_it_and_rests_under_the_one_after() -> None:
    known = steps(2)
    assert rules.blocking(known, "monitor") is None
    assert rules.blocking(known, "solve") == known[2]
    assert rules.blocking(steps(2, in_order=False), "solve") is None
    assert rules.resting_on(known, "target") == known[1]
    assert rules.resting_on(known, "plan") is None


def test_lateness_is_told_as_of_a_day() -> None:
    late = Step("plan", date(2026, 11, 10), date(2026, 11, 14))
    assert rules.was_late(late, date(2026, 11, 12)) and not rules.was_late(late, date(2026, 11, 14))
    assert rules.days_late(late, date(2026, 11, 30)) == 4
    assert rules.days_late(Step("plan", date(2026, 11, 10), None), date(2026, 11, 9)) == 0


def test_the_clauses_sides_stand_whatever_the_policy_says() -> None:
    assert rules.sides("budget", "") == [Side.SALES, Side.FINANCE]
    assert rules.sides("strategy", "finance") == [Side.SALES, Side.MARKETING, Side.FINANCE]
    assert rules.sides("plan", "sales") == [Side.SALES]
    with pytest.raises(ValueError):
        rules.sides("plan", "catering")


def signers(**who: str) -> dict[str, frozenset[str]]:
    return {side: frozenset(people.split()) for side, people in who.items()}


def test_nobody_counts_for_two_sides() -> None:
    both = [Side.SALES, Side.FINANCE]
    assert rules.unsigned(both, signers(sales="a", finance="b")) == []
    assert rules.unsigned(both, signers(sales="a")) == [Side.FINANCE]
    assert len(rules.unsigned(both, signers(sales="a", finance="a"))) == 1
    assert rules.unsigned(both, signers(sales="a b", finance="a")) == []
    assert rules.unsigned(both, {}) == both


@given(st.dictionaries(st.sampled_from([s.value for s in Side]), st.frozensets(st.sampled_from("abc"))))
def test_a_side_is_signed_only_by_who_agreed_for_it(given_by: dict[str, frozenset[str]]) -> None:
    lacking = rules.unsigned(list(Side), given_by)
    assert {s for s in Side if not given_by.get(s.value)} <= set(lacking)
    people = frozenset().union(*given_by.values()) if given_by else frozenset()
    assert len(Side) - len(lacking) <= len(people)
