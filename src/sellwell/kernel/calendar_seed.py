"""The working days that a new installation starts with, and the loading of a year's notice.

2024 to 2026 come from the package chinesecalendar. Each later year is loaded by an administrator from the State
Council's notice (`days_of`, `load`), usually published between October and December of the year before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SEEDED_YEARS = (2024, 2025, 2026)
_NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午", "Mid-autumn Festival": "中秋", "National Day": "国庆",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeedDay:
    """One day as a notice leaves it."""

    day: date
    works: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One line of a notice: days off from `first` to `last` inclusive, and the weekend days worked instead."""

    name: str
    first: date
    last: date
    makes_up: tuple[date, ...] = ()


# The State Council's notice for 2026 (annex 8.1).
NOTICE_2026 = (
    Holiday("元旦", date(2026, 1, 1), date(2026, 1, 3), (date(2026, 1, 4),)),
    Holiday("春节", date(2026, 2, 15), date(2026, 2, 23), (date(2026, 2, 14), date(2026, 2, 28))),
    Holiday("清明", date(2026, 4, 4), date(2026, 4, 6)),
    Holiday("劳动节", date(2026, 5, 1), date(2026, 5, 5), (date(2026, 5, 9),)),
    Holiday("端午", date(2026, 6, 19), date(2026, 6, 21)),
    Holiday("中秋", date(2026, 9, 25), date(2026, 9, 27)),
    Holiday("国庆", date(2026, 10, 1), date(2026, 10, 7), (date(2026, 9, 20), date(2026, 10, 10))),
)


def days_of(year: int, notice: Sequence[Holiday]) -> list[SeedDay]:
    """Every day of a year as the notice leaves it: weekends rest, holidays rest, make-up days are worked."""
    rest = {h.first + timedelta(n): h.name for h in notice for n in range((h.last - h.first).days + 1)}
    worked = {day: holiday.name for holiday in notice for day in holiday.makes_up}
    both = sorted(set(rest) & set(worked))
    if both or any(day.year != year for day in (*rest, *worked)):
        raise ValueError(f"the notice for {year} contradicts itself or names another year: {both}")
    day, found = date(year, 1, 1), []
    while day.year == year:
        if day in worked:
            found.append(SeedDay(day, True, worked[day]))
        else:
            found.append(SeedDay(day, day not in rest and day.weekday() < 5, rest.get(day, "")))
        day += timedelta(days=1)
    return found


def seed_days(years: Iterable[int] = SEEDED_YEARS) -> list[SeedDay]:
    """The days of the years that chinesecalendar knows."""
    from chinese_calendar import constants, is_workday

    found = []
    for year in years:
        for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
            day = date(year, 1, 1) + timedelta(days=n)
            name = constants.holidays.get(day) or constants.workdays.get(day) or ""
            found.append(SeedDay(day, is_workday(day), _NAMES.get(name, name)))
    return found


def load(days: Sequence[SeedDay], code: str = "CN", *, overwrite: bool = False) -> int:
    """Write days into the table in one statement; existing days stay as people set them unless `overwrite`.

    Gives the number of days written. Safe to repeat.
    """
    from django.db import connection

    from sellwell.kernel import calendar
    from sellwell.kernel.ids import new_id
    from sellwell.kernel.models.calendar import DayKind

    kinds = {True: DayKind.WORKING.value, False: DayKind.REST.value}
    ours = (
        "DO UPDATE SET kind = excluded.kind, name = excluded.name, version = kernel_calendarday.version + 1"
        " WHERE (kernel_calendarday.kind, kernel_calendarday.name) IS DISTINCT FROM (excluded.kind, excluded.name)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_calendarday (id, version, calendar, day, kind, name)"
            " SELECT u.id, 1, %s, u.day, u.kind, u.name"
            " FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::text[]) AS u(id, day, kind, name)"
            f" ON CONFLICT (calendar, day) {ours if overwrite else 'DO NOTHING'}",
            [code, [new_id() for _ in days], [d.day for d in days], [kinds[d.works] for d in days],
             [d.name for d in days]],
        )  # fmt: skip
        written: int = cursor.rowcount
    if written:
        calendar.changed()
    return written
