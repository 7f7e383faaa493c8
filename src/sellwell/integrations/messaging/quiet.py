"""When a message may go: outside its reader's quiet hours, and what can wait with the day's digest."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sellwell.kernel import clock
from sellwell.kernel.models import MessageChoice

URGENT = ("asked_to_decide", "question", "reminder")


def send_at(choice: MessageChoice | None, kind: str, now: datetime) -> datetime:
    """When a message may go: what can wait goes with the day's digest, and nothing goes in quiet hours."""
    at = now
    if choice is not None and choice.digest_at and kind not in URGENT:
        at = _next(choice.digest_at, at)
    return after_quiet(choice, at)


def after_quiet(choice: MessageChoice | None, at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if choice is not None and choice.quiet_from and _is_quiet(choice, at):
        return _next(choice.quiet_until, at)
    return at


def _next(text: str, after: datetime) -> datetime:
    """The next time that the clock of the company shows `text`."""
    local = after.astimezone(clock.BUSINESS_ZONE)
    found = datetime.combine(local.date(), time.fromisoformat(text), clock.BUSINESS_ZONE)
    return found if found >= local else found + timedelta(days=1)


def _is_quiet(choice: MessageChoice, at: datetime) -> bool:
    local = at.astimezone(clock.BUSINESS_ZONE).strftime("%H:%M")
    begin, end = choice.quiet_from, choice.quiet_until
    return begin <= local < end if begin < end else local >= begin or local < end
