"""The calendar in the database: seeded, edited by people, read again when it changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from sellwell.kernel import calendar
from sellwell.kernel.calendar_seed import Holiday, SeedDay, days_of, load
from sellwell.kernel.models import CalendarDay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "_cached", {})
    calendar.seed()


def test_the_seed_is_complete_and_safe_to_repeat() -> None:
    assert CalendarDay.objects.filter(calendar="CN").count() >= 1096
    assert calendar.seed() == 0
    day = CalendarDay.objects.get(calendar="CN", day=date(2026, 2, 14))
    assert (day.kind, day.name) == ("working", "春节")


def test_working_time_of_this_installation(django_assert_num_queries: Any) -> None:
    start = datetime(2026, 2, 13, 8, 30, tzinfo=UTC)
    assert calendar.add_working_time(start, Decimal(8)) == datetime(2026, 2, 14, 9, 0, tzinfo=UTC)
    with django_assert_num_queries(0):
        assert calendar.add_working_days(date(2026, 9, 24), 7) == date(2026, 10, 12)
        assert not calendar.is_working_day(date(2026, 10, 1))


def test_a_day_that_people_change_counts_at_once_and_survives_the_seed() -> None:
    assert calendar.is_working_day(date(2026, 11, 23))
    load([SeedDay(date(2026, 11, 23), works=False, name="厂庆")], overwrite=True)
    assert not calendar.is_working_day(date(2026, 11, 23))
    assert calendar.seed() == 0
    assert not calendar.is_working_day(date(2026, 11, 23))


def test_loading_the_next_year_takes_the_warning_away() -> None:
    assert calendar.current().add_working_days(date(2026, 12, 30), 5).warning is not None
    notice = [Holiday("元旦", date(2027, 1, 1), date(2027, 1, 3))]
    assert load(days_of(2027, notice)) == 365
    assert calendar.current().add_working_days(date(2026, 12, 30), 5).certain() == date(2027, 1, 7)


def test_shifts_of_this_installation() -> None:
    with override_settings(SELLWELL_SHIFTS="08:00-12:00"):
        assert calendar.current().hours_per_day == 4


def test_the_database_refuses() -> None:
    for wrong in ({"day": date(2026, 1, 1), "kind": "rest"}, {"day": date(2031, 1, 1), "kind": "half"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarDay.objects.create(**wrong)
