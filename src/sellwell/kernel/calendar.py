"""Working days, working time and legal periods (Civil Code arts. 200-203, annex 8.1).

`Calendar` is a pure value: which days are worked, the shifts, the zone. `current()` reads it from the table
`CalendarDay`, cached per process. Days that no notice was loaded for count as an ordinary week, and every answer that
touches one carries a warning: `.certain()` refuses to work with such an answer. See docs/rules/calendar.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import Objection, Reason, Refusal, T, months_later

YEAR_MISSING = Reason(
    "calendar.year_missing",
    T(
        "{year} 年的工作日历尚未导入，期限暂按周一至周五推算。请在“工作日历”中导入国务院通知。",
        "The working days of {year} are not loaded; Monday to Friday is assumed. Load the notice of that year.",
    ),
)

V = TypeVar("V")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """Working hours of a day, in the calendar's zone; `end` is later than `start`."""

    start: time
    end: time


DEFAULT_SHIFTS = (Shift(time(9), time(12)), Shift(time(13, 30), time(18)))


def read_shifts(text: str) -> tuple[Shift, ...]:
    """Shifts from a setting, "09:00-12:00, 13:30-18:00". ValueError where they overlap or run backwards."""
    pairs = [part.strip().split("-") for part in text.split(",")]
    shifts = tuple(Shift(time.fromisoformat(a.strip()), time.fromisoformat(b.strip())) for a, b in pairs)
    bounds = [moment for shift in shifts for moment in (shift.start, shift.end)]
    if any(later <= earlier for earlier, later in zip(bounds[::2], bounds[1::2], strict=True)):
        raise ValueError(f"a shift ends before it starts: {text}")
    if bounds != sorted(bounds):
        raise ValueError(f"shifts overlap or are out of order: {text}")
    return shifts


@dataclass(frozen=True, slots=True)
class Reckoned(Generic[V]):
    """An answer, with a warning where it rests on days that no notice was loaded for."""

    value: V
    warning: Objection | None = None

    def certain(self) -> V:
        """The value; refused (`calendar.year_missing`) where it would be an assumption."""
        if self.warning is not None:
            raise Refusal(YEAR_MISSING.refuse(**self.warning.args))
        return self.value


@dataclass(frozen=True)
class Calendar:
    """Who works when. `days` says of each known day whether it is worked; other days are unknown."""

    days: Mapping[date, bool]
    shifts: tuple[Shift, ...] = DEFAULT_SHIFTS
    zone: ZoneInfo = BUSINESS_ZONE
    code: str = "CN"
    hours_per_day: Decimal = field(init=False)

    def __post_init__(self) -> None:
        spans = (datetime.combine(date.min, s.end) - datetime.combine(date.min, s.start) for s in self.shifts)
        hours = Decimal(sum(spans, timedelta()) // timedelta(seconds=1)) / 3600
        if hours <= 0:
            raise ValueError("a calendar needs at least one shift")
        object.__setattr__(self, "hours_per_day", hours)

    # -- days --------------------------------------------------------------------------------------------------

    def is_working_day(self, day: date) -> Reckoned[bool]:
        """Whether a day is worked."""
        return Reckoned(self._works(day), self._warning(day, day))

    def add_working_days(self, day: date, count: int) -> Reckoned[date]:
        """The `count`-th working day after `day`, which is not counted itself; negative counts go back; 0 is `day`."""
        step, left, found = (_DAY if count >= 0 else -_DAY), abs(count), day
        while left:
            found += step
            left -= self._works(found)
        return Reckoned(found, self._warning(day, found))

    def working_days_between(self, first: date, until: date) -> Reckoned[int]:
        """How many days are worked from `first` up to, not including, `until`."""
        count = sum(self._works(day) for day in _each_day(first, until - _DAY))
        return Reckoned(count, self._warning(first, until - _DAY) if first < until else None)

    def legal_end(self, start: date, *, days: int = 0, months: int = 0, years: int = 0) -> Reckoned[date]:
        """The last day of a legal period that begins with an event on `start`.

        The day of the event is not counted (art. 201); months and years end on the corresponding day, or at the
        month's end where it has none (art. 202); a last day that is a rest day moves to the first working day after
        the rest (art. 203). A period in hours needs no calendar: it runs from the moment itself.
        """
        nominal = nominal_end(start, days=days, months=months, years=years)
        found = nominal
        while not self._works(found):
            found += _DAY
        return Reckoned(found, self._warning(nominal, found))

    # -- time --------------------------------------------------------------------------------------------------

    def add_working_time(self, start: datetime, hours: Decimal) -> Reckoned[datetime]:
        """The moment (UTC) when `hours` of working time have passed since `start`, an aware moment.

        Time ends with the shift it fills (12:00, not 13:30). No hours: `start` itself, at work or not.
        """
        left = timedelta(microseconds=int(hours * 3_600_000_000))
        if left < timedelta():
            raise ValueError("working time runs forward")
        moment = start.astimezone(UTC)
        first = day = moment.astimezone(self.zone).date()
        while left:
            for opens, closes in self._spans(day):
                begins = max(opens, moment)
                if left and begins < closes:
                    taken = min(left, closes - begins)
                    moment, left = begins + taken, left - taken
            day += _DAY
        return Reckoned(moment, self._warning(first, moment.astimezone(self.zone).date()))

    def working_time(self, start: datetime, end: datetime) -> Reckoned[timedelta]:
        """The working time between two aware moments; negative where `end` is the earlier one."""
        if end < start:
            back = self.working_time(end, start)
            return Reckoned(-back.value, back.warning)
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        spans = (span for day in _each_day(first, last) for span in self._spans(day))
        total = sum((max(timedelta(), min(b, end) - max(a, start)) for a, b in spans), timedelta())
        return Reckoned(total, self._warning(first, last))

    def working_minutes(self, start: datetime, end: datetime) -> Reckoned[int]:
        """Whole minutes of working time between two moments, rounded towards zero."""
        time_ = self.working_time(start, end)
        minutes = abs(time_.value) // timedelta(minutes=1)
        return Reckoned(minutes if time_.value >= timedelta() else -minutes, time_.warning)

    # -- what is known -----------------------------------------------------------------------------------------

    def ends_within(self, today: date, days: int = 60) -> Objection | None:
        """A warning where the days from `today` on are not all loaded: shown to administrators before it hurts."""
        return self._warning(today, today + timedelta(days=days))

    def _works(self, day: date) -> bool:
        known = self.days.get(day)
        return day.weekday() < 5 if known is None else known

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if self._works(day):
            for shift in self.shifts:
                opens, closes = (datetime.combine(day, t, self.zone) for t in (shift.start, shift.end))
                yield opens.astimezone(UTC), closes.astimezone(UTC)

    def _warning(self, one: date, other: date) -> Objection | None:
        unknown = next((d for d in _each_day(min(one, other), max(one, other)) if d not in self.days), None)
        return YEAR_MISSING.warn(year=unknown.year) if unknown else None


def _each_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def nominal_end(start: date, *, days: int = 0, months: int = 0, years: int = 0) -> date:
    """The last day of a period before any move for rest days. ValueError unless exactly one length is given."""
    if sum(1 for length in (days, months, years) if length) != 1 or min(days, months, years) < 0:
        raise ValueError("a period has one length: days, months or years")
    if days:
        return start + timedelta(days=days)
    return months_later(start, months + years * 12)


# --- the calendar of this installation ---------------------------------------------------------------------------

_cached: dict[str, tuple[int, Calendar]] = {}


def current(code: str = "CN") -> Calendar:
    """The loaded calendar, read again once somebody changed it (`changed`)."""
    from django.conf import settings

    from sellwell.kernel import generations
    from sellwell.kernel.models.calendar import CalendarDay, DayKind

    generation = generations.current("calendar")
    cached = _cached.get(code)
    if cached is None or cached[0] != generation:
        rows = CalendarDay.objects.filter(calendar=code).values_list("day", "kind")
        shifts = getattr(settings, "SELLWELL_SHIFTS", "")
        calendar = Calendar(
            {day: kind == DayKind.WORKING for day, kind in rows},
            read_shifts(shifts) if shifts else DEFAULT_SHIFTS,
            code=code,
        )
        cached = _cached[code] = (generation, calendar)
    return cached[1]


def changed() -> None:
    """Calendar days were changed: every process reads them again once this transaction is there."""
    from sellwell.kernel import generations

    generations.bump("calendar")


def add_working_time(start: datetime, hours: Decimal, code: str = "CN") -> datetime:
    """When `hours` of working time have passed since `start`. For internal deadlines, where an ordinary week past
    the last loaded year is good enough; a promise to others asks `current()` and looks at the warning."""
    return current(code).add_working_time(start, hours).value


def add_working_days(day: date, count: int, code: str = "CN") -> date:
    """The `count`-th working day after `day`; as lenient as `add_working_time`."""
    return current(code).add_working_days(day, count).value


def is_working_day(day: date, code: str = "CN") -> bool:
    """Whether a day is worked; as lenient as `add_working_time`."""
    return current(code).is_working_day(day).value


def seed() -> int:
    """Load the years that ship with the product where they are missing; called after migrate."""
    from sellwell.kernel.calendar_seed import load, seed_days

    return load(seed_days())
