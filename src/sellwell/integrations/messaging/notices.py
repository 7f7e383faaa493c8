"""Notices: a message to one person about something of their own, by each system they chose, outside their quiet hours.

Words hold no personal data of anybody else. Calls outside happen at least once; the same key brings no second card.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from sellwell.integrations import messaging
from sellwell.integrations.messaging import Card, Declined, Unreachable, words
from sellwell.integrations.messaging.approvals import DEFAULT
from sellwell.integrations.messaging.quiet import send_at
from sellwell.kernel.models import Deadline, MessageChoice, User
from sellwell.kernel.values import T

KIND = "notice"  # it can wait for the quiet hours and for the day's digest


def goes_now(user_id: UUID, now: datetime, *, company_id: UUID, what: str, row_id: UUID) -> bool:
    """Whether a notice may go to somebody now. If not, the deadline `what` of its row is set for when the quiet hours or
    the day's wait are over."""
    at = send_at(MessageChoice.objects.filter(user_id=user_id).first(), KIND, now)
    if at > now:
        Deadline.objects.create(company_id=company_id, what=what, row_id=row_id, due_at=at)
    return at <= now


def send(user: User, title: T, lines: Sequence[T], path: str, key: str, *, company_id: UUID) -> None:
    """Send a notice in its reader's language; `path` is the page where to read on.

    A vendor that fails keeps it from no other system: its adapter has logged why, and whatever the notice is about stays in
    the reader's tasks. Only when no system has taken it and one may later, that one's failure is raised for another attempt:
    else those that took it would bring it again.
    """
    choice = MessageChoice.objects.filter(user_id=user.pk).first()
    reached = messaging.addresses(user.pk, company_id)
    told = tuple(words(line, user) for line in lines)
    card = Card(words(title, user), told, f"{settings.SITE_URL}{path}")
    unreachable: Unreachable | None = None
    is_taken = False
    for name in choice.systems if choice is not None else DEFAULT:
        by = messaging.messenger(name, company_id)
        if by is not None and name in reached:
            try:
                by.send(reached[name], card, key)
            except Unreachable as failure:
                unreachable = failure
            except Declined:
                continue
            else:
                is_taken = True
    if unreachable is not None and not is_taken:
        raise unreachable
