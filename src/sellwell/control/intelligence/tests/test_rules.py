"""Points, meeting days and silent sources, with properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sellwell.control.intelligence import rules

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.decimals("0", "3", places=2))
def test_points_grow_with_each_part_and_never_with_number(q: int, n: int, i: int, factor: Decimal) -> None:
    worth = rules.points(q, n, i, factor)
    assert 0 <= worth <= 135
    assert rules.points(min(q + 1, 5), n, i, factor) >= worth
    assert rules.points(q, n, i, Decimal(0)) == 0


def test_points_of_the_worked_example() -> None:
    assert rules.points(4, 3, 2, Decimal("1.5")) == Decimal("36.00")


@given(DAYS, st.integers(1, 7))
def test_a_week_on_the_same_weekday(after: date, weekday: int) -> None:
    found = rules.occurrence_after("weekly", weekday, after)
    assert found.isoweekday() == weekday and 1 <= (found - after).days <= 7


@given(DAYS, st.integers(1, 28))
def test_a_month_on_the_same_day(after: date, day: int) -> None:
    found = rules.occurrence_after("monthly", day, after)
    assert found.day == day and after < found and (found - after).days <= 31


@given(DAYS, st.integers(1, 7), st.integers(0, 60))
def test_occurrences_are_in_order_and_within_the_span(after: date, day: int, length: int) -> None:
    until = after + timedelta(days=length)
    found = rules.occurrences("weekly", day, after, until)
    assert found == sorted(set(found)) and all(after < one <= until for one in found)
    assert len(found) in (length // 7, length // 7 + 1)


def test_a_day_of_rest_moves_on() -> None:
    friday = date(2026, 10, 2)
    assert rules.held_on(friday, lambda day: day >= date(2026, 10, 8)) == date(2026, 10, 8)
    assert rules.held_on(friday, lambda day: False) == friday


@given(st.text(min_size=1, max_size=300).filter(lambda t: t.strip()))
def test_a_topic_is_short_and_never_empty(text: str) -> None:
    found = rules.topic_of(text)
    assert found and len(found) <= rules.TOPIC_LENGTH


def test_a_topic_is_the_first_sentence() -> None:
    assert rules.topic_of("对手降价一成。代理商今天通知。") == "对手降价一成"


def test_silent_sources_are_named_once_the_month_is_over() -> None:
    months = [date(2026, 9, 1), date(2026, 10, 1)]
    heard = [("visit", date(2026, 9, 1)), ("visit", date(2026, 10, 1)), ("customer", date(2026, 10, 1))]
    looked_at, silent = rules.silences(["visit", "customer"], months, heard, date(2026, 10, 15))
    assert looked_at == 4 and silent == [rules.Silence("customer", date(2026, 9, 1))]
    looked_at, silent = rules.silences(["visit", "customer"], months, heard[:2], date(2026, 10, 15))
    assert looked_at == 3  # October still runs: its silence says nothing yet
    looked_at, silent = rules.silences(["visit", "customer"], months, heard[:2], date(2026, 10, 31))
    assert [one.month.month for one in silent] == [9, 10]


def test_shares_and_medians_of_nothing_are_nothing() -> None:
    assert rules.share(0, 0) is None and rules.middle([]) is None
    assert rules.share(1, 3) == Decimal("33.3") and rules.middle([Decimal(1), Decimal(4)]) == Decimal("2.5")


def test_subjects_of_mails_are_sorted() -> None:
    assert rules.kind_of_subject("转：对手降价通知") == "price"
    assert rules.kind_of_subject("你好") == "unsorted"
