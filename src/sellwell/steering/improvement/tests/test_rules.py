"""Who must have learnt what by when, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.values import months_later
from sellwell.steering.improvement.rules import Pass, Rule, dues, missing, valid_until

COURSE, OTHER = UUID(int=1), UUID(int=2)
DAY = date(2026, 3, 31)
SIGN = "contracts.sign"


def rule(**values: object) -> Rule:
    return Rule(
        **{
            "course_id": COURSE,
            "role": "rep",
            "operations": (SIGN,),
            "days": 30,
            "since": date(2026, 1, 1),
            **values,
        }
    )  # type: ignore[arg-type]


def test_a_month_later_ends_on_the_months_last_day_where_there_is_no_such_day() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_only_a_pass_lasts_and_only_as_long_as_the_course_says() -> None:
    assert valid_until(DAY, True, 12) == date(2027, 3, 31)
    assert valid_until(DAY, True, 0) is None
    assert valid_until(DAY, False, 12) is None


def test_a_verb_waits_for_its_course_until_the_day_of_the_pass_and_again_when_it_ran_out() -> None:
    passed = Pass(COURSE, DAY, date(2027, 3, 31))
    assert missing([rule()], SIGN, ["rep"], [], DAY) == [COURSE]
    assert missing([rule()], SIGN, ["rep"], [passed], DAY - timedelta(days=1)) == [COURSE]
    assert missing([rule()], SIGN, ["rep"], [passed], DAY) == []
    assert missing([rule()], SIGN, ["rep"], [passed], date(2027, 3, 30)) == []
    assert missing([rule()], SIGN, ["rep"], [passed], date(2027, 3, 31)) == [COURSE]


def test_a_rule_speaks_for_its_role_its_verbs_and_its_days_only() -> None:
    assert missing([rule()], SIGN, ["finance"], [], DAY) == []
    assert missing([rule()], "orders.confirm", ["rep"], [], DAY) == []
    assert missing([rule(role="")], SIGN, ["finance"], [], DAY) == [COURSE]
    assert missing([rule(until=DAY)], SIGN, ["rep"], [], DAY) == []
    assert missing([rule(since=DAY + timedelta(days=1))], SIGN, ["rep"], [], DAY) == []
    assert missing([rule(), rule(role="")], SIGN, ["rep"], [], DAY) == [COURSE]


def test_a_newcomer_has_the_days_of_grace_from_the_day_of_the_post() -> None:
    (one,) = dues([rule()], {"rep": date(2026, 3, 20)}, [], DAY)
    assert one.due_on == date(2026, 4, 19)
    (old,) = dues([rule()], {"rep": date(2020, 1, 1)}, [], DAY)
    assert old.due_on == date(2026, 1, 31)


def test_a_pass_that_ran_out_is_due_on_that_day() -> None:
    ran_out = Pass(COURSE, date(2025, 3, 1), date(2026, 3, 1))
    (one,) = dues([rule()], {"rep": date(2020, 1, 1)}, [ran_out], DAY)
    assert (one.due_on, one.ran_out_on) == (date(2026, 3, 1), date(2026, 3, 1))


@given(
    st.lists(st.tuples(st.sampled_from([COURSE, OTHER]), st.integers(0, 60)), max_size=6), st.integers(0, 400)
)
def test_whoever_owes_nothing_is_stopped_nowhere(passes: list[tuple[UUID, int]], after: int) -> None:
    day = date(2026, 1, 1) + timedelta(days=after)
    had = [Pass(course, date(2026, 1, 1) + timedelta(days=start), None) for course, start in passes]
    rules = [rule(), rule(course_id=OTHER, role="", days=5)]
    owed = {one.course_id for one in dues(rules, {"rep": date(2026, 1, 1)}, had, day)}
    assert set(missing(rules, SIGN, ["rep"], had, day)) == owed
