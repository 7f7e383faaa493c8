"""Days cut into stretches on which nothing changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `since` up to, not including, `until`."""

    since: date
    until: date


def stretches(since: date, until: date, changes: Iterable[date | None]) -> list[Stretch]:
    """The days from `since` up to `until`, cut at every day on which something changes."""
    cuts = sorted({since, until, *(day for day in changes if day is not None and since < day < until)})
    return [Stretch(a, b) for a, b in pairwise(cuts)]


def holds(day: date, since: date | None, until: date | None) -> bool:
    """Whether something dated (`since` inclusive, `until` exclusive, empty open) holds on a day."""
    return (since is None or since <= day) and (until is None or day < until)


def first_day_after(since: date, day: date) -> date:
    """The end of something dated that is given up on a day: at the earliest the day after it began."""
    return max(day, since + timedelta(days=1))


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(since: date, until: date) -> T:
    """`from 3 to 9 May 2026`; the last day named is the last on which it holds."""
    last = until - timedelta(days=1)
    if last <= since:
        return T(f"{_zh(since)}", f"on {_en(since)}")
    zh_last = _zh(last) if last.year != since.year else f"{last.month}月{last.day}日"
    if last.year != since.year:
        en_since = _en(since)
    else:
        en_since = str(since.day) if last.month == since.month else f"{since.day} {MONTHS[since.month - 1]}"
    return T(f"{_zh(since)}至{zh_last}", f"from {en_since} to {_en(last)}")


def from_then_on(since: date) -> T:
    """`from 3 May 2026 on`, where no end is in sight."""
    return T(f"{_zh(since)}起", f"from {_en(since)} on")


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _en(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
