"""The only clock of our own tables.

`SELLWELL_CLOCK_FILE` names a file with a number of seconds that is added to the real time. It is read by
simulations and fault tests only; nothing that people use sets it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


def now() -> datetime:
    """This moment in UTC, shifted by the clock file where one is named, or the frozen moment of a simulation."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    moment = datetime.now(UTC)
    shift_file = os.environ.get("SELLWELL_CLOCK_FILE")
    if shift_file:
        try:
            moment += timedelta(seconds=float(Path(shift_file).read_text().strip() or 0))
        except FileNotFoundError:
            return moment
    return moment


def business_day(moment: datetime) -> date:
    """The day of a moment where the company works."""
    return moment.astimezone(BUSINESS_ZONE).date()


def day_begins(day: date) -> datetime:
    """The moment at which a day begins where the company works."""
    return datetime.combine(day, time(), BUSINESS_ZONE).astimezone(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything inside happens at `moment`: for simulations and tests that play days gone by."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
