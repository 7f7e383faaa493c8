"""Working days and rest days as data that an administrator loads year by year (annex 8.1)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sellwell.kernel.models.base import Row
from sellwell.kernel.values import State, T


class DayKind(State):
    """A day is worked or it is not; who works on which is the notice of the year."""

    WORKING = "working", T("工作日", "Working day")
    REST = "rest", T("休息日", "Rest day")


class CalendarDay(Row):
    """One day of a calendar. A day without a row is unknown: deadlines over it carry a warning.

    `name` is the holiday (春节) or, on a working weekend, what it makes up for; empty on ordinary days.
    """

    noun = T("工作日历", "Calendar day")
    calendar = models.CharField(max_length=10, default="CN")
    day = models.DateField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="calendarday_unique"),
            models.CheckConstraint(condition=Q(kind__in=DayKind.values()), name="calendarday_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.name}".rstrip()
