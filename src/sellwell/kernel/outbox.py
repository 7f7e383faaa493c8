"""Reactions: what rooms do after an event, once each, with retry. The one queue of the system.

Effects in our own database happen exactly once (the reaction's memory is written in the same transaction as its effect);
calls outside happen at least once, with the event's identifier as their key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sellwell.kernel import clock
from sellwell.kernel.models import Event, ReactionDone

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BATCH = 100


class NotYet(Exception):
    """Raised by a reaction whose work is due later: it is run again then, and nothing has failed."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


@dataclass(frozen=True, slots=True)
class Reaction:
    """A function that a room runs after events of some names. It gets the event and does its work through the door."""

    name: str
    events: tuple[str, ...]
    function: Callable[[Event], None]


REACTIONS: dict[str, Reaction] = {}


def reaction(name: str, *, on: Iterable[str]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register the decorated function as a reaction."""

    def declare(function: Callable[[Event], None]) -> Callable[[Event], None]:
        if name in REACTIONS:
            raise ValueError(f"the reaction {name} is declared twice")
        REACTIONS[name] = Reaction(name, tuple(on), function)
        return function

    return declare


# Events whose reactions are not yet noted as due: found by the absence of their memory rows.
_ENQUEUE = """
INSERT INTO kernel_reactiondone (event_seq, reaction, state, attempts, next_try_at, error)
SELECT e.seq, r.name, 'due', 0, e.at, ''
FROM kernel_event e JOIN unnest(%s::text[], %s::text[]) AS r(name, event) ON r.event = e.name
WHERE NOT EXISTS (SELECT 1 FROM kernel_reactiondone d WHERE d.event_seq = e.seq AND d.reaction = r.name)
ON CONFLICT (event_seq, reaction) DO NOTHING
"""


def drain(companies: Iterable[UUID] = (), limit: int = BATCH) -> int:
    """Run the reactions that are due, a batch; gives how many ran. Several workers may drain at once."""
    _see(companies)
    pairs = [(r.name, event) for r in REACTIONS.values() for event in r.events]
    if not pairs:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, [[name for name, _ in pairs], [event for _, event in pairs]])
    done = 0
    while done < limit and _one():
        done += 1
    return done


def _see(companies: Iterable[UUID]) -> None:
    from sellwell.kernel.door import see_companies

    see_companies(companies)


def _one() -> bool:
    """Take one due reaction and run it with its memory in one transaction."""
    with transaction.atomic():
        due = (
            ReactionDone.objects.select_for_update(skip_locked=True)
            .filter(state="due", next_try_at__lte=clock.now())
            .order_by("next_try_at", "id")
            .first()
        )
        if due is None:
            return False
        event = Event.objects.get(seq=due.event_seq)
        try:
            with transaction.atomic():
                REACTIONS[due.reaction].function(event)
        except NotYet as wait:
            due.next_try_at = wait.until
            due.save(update_fields=["next_try_at"])
            return True
        except Exception as error:
            _failed(due, error)
        else:
            due.state, due.done_at = "done", clock.now()
        due.attempts += 1
        due.save(update_fields=["state", "attempts", "next_try_at", "done_at", "error"])
    return True


def _failed(due: ReactionDone, error: Exception) -> None:
    """Try again later, further apart each time; after the last attempt it stands as failed and `check` tells it."""
    due.error = type(error).__name__
    due.next_try_at = clock.now() + timedelta(seconds=2**due.attempts)
    if due.attempts + 1 >= MAX_ATTEMPTS:
        due.state = "failed"
    # The text of the error may hold what a customer wrote; only its kind is logged.
    log.warning("reaction %s on event %s failed: %s", due.reaction, due.event_seq, due.error)


def waiting() -> dict[str, Any]:
    """How many reactions are due and failed: for health and checks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM kernel_reactiondone WHERE state <> 'done' GROUP BY 1")
        return dict(cursor.fetchall())
