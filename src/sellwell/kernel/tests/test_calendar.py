"""Working time and legal periods: W26, W27, W28, the three shared years, and what must always hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.calendar import Calendar, Shift, nominal_end, read_shifts
from sellwell.kernel.calendar_seed import NOTICE_2026, Holiday, days_of, seed_days
from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.tests.shared import shared_rows
from sellwell.kernel.values import Refusal

CHINA = Calendar({d.day: d.works for d in seed_days()})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("hours", "due"), [("8", "2026-02-14T17:00"), ("16", "2026-02-24T17:30")])
def test_w26_hours(hours: str, due: str) -> None:
    found = CHINA.add_working_time(at("2026-02-13T16:30"), Decimal(hours))
    assert found.value == at(due)
    assert found.warning is None


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [("2026-02-13", 5, "2026-02-27"), ("2026-09-24", 7, "2026-10-12"), ("2026-02-27", -5, "2026-02-13")],
)
def test_w26_days(start: str, count: int, end: str) -> None:
    assert CHINA.add_working_days(day(start), count).certain() == day(end)


def test_w26_year() -> None:
    assert CHINA.working_days_between(date(2026, 1, 1), date(2027, 1, 1)).certain() == 248
    assert CHINA.hours_per_day == Decimal("7.5")


@pytest.mark.parametrize(
    ("start", "days", "end"), [("2026-09-24", 7, "2026-10-08"), ("2026-09-17", 3, "2026-09-20")]
)
def test_w27_legal_period(start: str, days: int, end: str) -> None:
    assert CHINA.legal_end(day(start), days=days).certain() == day(end)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2024-03-31", "2027-03-31"), ("2026-06-15", "2029-06-15"), ("2024-02-29", "2027-02-28")],
)
def test_w28_corresponding_day_or_month_end(start: str, end: str) -> None:
    assert nominal_end(day(start), years=3) == day(end)


def test_months_end_at_month_end() -> None:
    assert nominal_end(date(2026, 8, 31), months=1) == date(2026, 9, 30)
    assert nominal_end(date(2026, 10, 31), months=2) == date(2026, 12, 31)
    assert nominal_end(date(2026, 12, 31), months=2) == date(2027, 2, 28)
    with pytest.raises(ValueError, match="one length"):
        nominal_end(date(2026, 1, 1), days=1, months=1)


def test_the_notice_and_the_seed_agree() -> None:
    noted = {d.day: d.works for d in days_of(2026, NOTICE_2026)}
    assert noted == {d: works for d, works in CHINA.days.items() if d.year == 2026}


def test_a_notice_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="2027"):
        days_of(2027, [Holiday("元旦", date(2027, 1, 1), date(2027, 1, 3), (date(2027, 1, 3),))])


def test_shared_years() -> None:
    rows = shared_rows("data/china/workdays_2024_2026.csv")
    assert len(rows) == 1096
    for row in rows:
        assert CHINA.is_working_day(day(row["date"])).certain() == (row["is_workday"] == "1"), row


def test_past_the_last_loaded_year_it_warns_and_does_not_promise() -> None:
    found = CHINA.add_working_days(date(2026, 12, 30), 5)
    assert found.warning is not None
    assert found.warning.kind == "warn"
    assert "2027" in found.warning.text.en
    with pytest.raises(Refusal) as refusal:
        found.certain()
    assert refusal.value.code == "calendar.year_missing"
    assert CHINA.add_working_time(at("2026-12-31T17:00"), Decimal(2)).warning is not None
    assert CHINA.legal_end(date(2026, 12, 20), months=1).warning is not None
    assert CHINA.ends_within(date(2026, 11, 23), 30) is None
    assert CHINA.ends_within(date(2026, 11, 23), 60) is not None


def test_time_ends_with_the_shift_it_fills() -> None:
    assert CHINA.add_working_time(at("2026-11-23T09:00"), Decimal(3)).value == at("2026-11-23T12:00")
    assert CHINA.add_working_time(at("2026-11-23T12:30"), Decimal(1)).value == at("2026-11-23T14:30")
    assert CHINA.add_working_time(at("2026-11-22T03:00"), Decimal(0)).value == at("2026-11-22T03:00")
    with pytest.raises(ValueError, match="forward"):
        CHINA.add_working_time(at("2026-11-23T09:00"), Decimal(-1))


def test_minutes_over_a_weekend() -> None:
    assert CHINA.working_minutes(at("2026-11-20T17:30"), at("2026-11-23T09:45")).certain() == 75
    assert CHINA.working_minutes(at("2026-11-23T09:45"), at("2026-11-20T17:30")).certain() == -75


def test_shifts_are_a_setting() -> None:
    assert read_shifts("08:30-12:00, 13:00-17:30") == (
        Shift(time(8, 30), time(12)), Shift(time(13), time(17, 30))
    )  # fmt: skip
    for wrong in ("12:00-09:00", "09:00-12:00, 11:00-18:00", "09:00-09:00", "13:00-18:00, 09:00-12:00"):
        with pytest.raises(ValueError):
            read_shifts(wrong)


START = datetime(2024, 1, 2, tzinfo=UTC)
moments = st.integers(0, 880 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))
hours = st.decimals(min_value=0, max_value=200, places=2)


@given(moments, hours)
def test_what_is_added_is_what_lies_between(start: datetime, added: Decimal) -> None:
    end = CHINA.add_working_time(start, added).certain()
    assert CHINA.working_time(start, end).certain() == timedelta(microseconds=int(added * 3_600_000_000))


@given(moments, hours, hours)
def test_time_adds_up(start: datetime, one: Decimal, other: Decimal) -> None:
    by_steps = CHINA.add_working_time(CHINA.add_working_time(start, one).certain(), other)
    if one and other:
        assert by_steps.certain() == CHINA.add_working_time(start, one + other).certain()


@given(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(1, 60))
def test_days_there_and_back(start: date, count: int) -> None:
    end = CHINA.add_working_days(start, count).certain()
    assert CHINA.is_working_day(end).value
    assert CHINA.working_days_between(start + timedelta(days=1), end + timedelta(days=1)).certain() == count
