"""Filters of lists: named periods, and addresses that make no sense are passed over."""

from __future__ import annotations

from datetime import date

import pytest

from sellwell.web.lists import filters

DAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("today", date(2026, 11, 23), date(2026, 11, 24)),
        ("this_week", date(2026, 11, 23), date(2026, 11, 30)),
        ("this_month", date(2026, 11, 1), date(2026, 12, 1)),
        ("last_month", date(2026, 10, 1), date(2026, 11, 1)),
        ("this_quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("this_year", date(2026, 1, 1), date(2027, 1, 1)),
        ("past", None, date(2026, 11, 23)),
    ],
)
def test_named_periods(name: str, first: date | None, after: date | None) -> None:
    assert filters.period(name, DAY) == (first, after)


def test_every_named_period_is_known() -> None:
    for name in filters.PERIODS:
        filters.period(name, DAY)


def test_months_over_the_turn_of_the_year() -> None:
    assert filters.period("last_month", date(2026, 1, 31)) == (date(2025, 12, 1), date(2026, 1, 1))
