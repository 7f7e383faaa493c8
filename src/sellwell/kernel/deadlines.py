"""Deadlines: what happens by itself when its time has come, once each, with retry; read with the one clock.

An operation writes them with its effects (`effects.deadlines`). The worker takes those that are due, each in one transaction
with what it does. A deadline names a verb, which the system actor `deadlines` then does to the row, or a function that a room
registered with `@deadline` because it must look first. Whatever moved on in the meantime is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sellwell.kernel import clock, outbox, system
from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.door import run
from sellwell.kernel.models import Deadline
from sellwell.kernel.operations import REGISTRY, Context
from sellwell.kernel.values import Refusal, T

log = logging.getLogger(__name__)

ACTOR = "deadlines"
# A row that waits for approval is looked at again after this time.
WHILE_HELD = timedelta(hours=1)

Function = Callable[[Deadline, Context], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of deadline that is more than a verb: its name for people, and what is done when it is due."""

    name: str
    title: T
    function: Function


KINDS: dict[str, Kind] = {}


def deadline(name: str, title: T) -> Callable[[Function], Function]:
    """Register the decorated function as what is done when a deadline of this name is due."""

    def declare(function: Function) -> Function:
        if name in KINDS:
            raise ValueError(f"the deadline {name} is declared twice")
        KINDS[name] = Kind(name, title, function)
        return function

    return declare


def act(companies: Iterable[UUID] = (), limit: int = outbox.BATCH) -> int:
    """Do what is due, a batch; gives how many deadlines were looked at. Several workers may act at once."""
    served = tuple(companies)
    done = 0
    while done < limit:
        outbox.see(served)  # an act narrows what the session sees to its own company
        if not _one():
            break
        done += 1
    outbox.see(served)
    return done


def _one() -> bool:
    """Take the deadline that is due longest and act on it, both in one transaction."""
    with transaction.atomic():
        due = (
            Deadline.objects.select_for_update(skip_locked=True)
            .filter(state="due", due_at__lte=clock.now())
            .order_by("due_at", "id")
            .first()
        )
        if due is None:
            return False
        try:
            with transaction.atomic():
                due.state = _by_function(due) if due.what in KINDS else _by_verb(due)
        except Refusal as refusal:
            due.state, due.error = "past", refusal.code
        except Exception as error:
            if connection.connection is None or connection.connection.closed:
                raise
            _failed(due, error)
        if due.state != "due":
            due.done_at = clock.now()
        due.save(update_fields=["state", "due_at", "attempts", "done_at", "error"])
    return True


def _by_function(due: Deadline) -> str:
    KINDS[due.what].function(due, system.context(due.company_id, ACTOR))
    return "done"


def _by_verb(due: Deadline) -> str:
    """Do the verb to the row; gives the deadline's new state. A refusal means that it no longer applies."""
    operation = REGISTRY[due.what]
    row: Any = operation.model._default_manager.filter(pk=due.row_id).first()
    if row is None or (operation.from_states and row.state not in operation.from_states):
        return "past"
    if getattr(row, "held_by", None) and not operation.while_held:
        due.due_at = clock.now() + WHILE_HELD
        return "due"
    try:
        run(due.what, system.context(due.company_id, ACTOR), due.row_id)
    # Caught here: further out the door's entry in the security log would be rolled back.
    except Refusal as refusal:
        due.error = refusal.code
        return "past"
    return "done"


def _failed(due: Deadline, error: Exception) -> None:
    """Try again later, further apart each time; after the last attempt it stands as failed and `check` tells it."""
    due.attempts += 1
    due.error = type(error).__name__
    due.due_at = clock.now() + timedelta(seconds=2**due.attempts)
    if due.attempts >= outbox.MAX_ATTEMPTS:
        due.state = "failed"
    # The text of the error may hold what a customer wrote; only its kind is logged.
    log.warning("%s on %s failed: %s", due.what, due.row_id, due.error)


@check("deadlines.failed", T("到期事项都已处理", "No deadline has failed for good"))
def _check_failed() -> Iterable[Finding]:
    return from_sql(
        "deadlines.failed",
        "SELECT row_id, what, error FROM kernel_deadline WHERE state = 'failed'",
        "{} failed with {}",
    )
