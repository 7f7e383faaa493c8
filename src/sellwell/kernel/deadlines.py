"""Deadlines: what happens by itself when its time has come, once each, with retry.

An operation writes them with its effects (`Effects.deadlines`); the worker reads those that are due by `clock.now()`.
A registered function looks whether anything is still to do and does it through the door, as the system actor.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

from sellwell.kernel import clock
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Deadline
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.effects import Effects
    from sellwell.kernel.operations import Context

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BATCH = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of deadline: its name for people, and what is done when it is due."""

    name: str
    title: T
    function: Callable[[Deadline, Context], None]


KINDS: dict[str, Kind] = {}

Function = Callable[[Deadline, "Context"], None]


def deadline(name: str, title: T) -> Callable[[Function], Function]:
    """Register the decorated function as what is done when a deadline of this name is due."""

    def declare(function: Function) -> Function:
        if name in KINDS:
            raise ValueError(f"the deadline {name} is declared twice")
        KINDS[name] = Kind(name, title, function)
        return function

    return declare


def write(ctx: Context, effects: Effects) -> None:
    """Drop the open deadlines of rows that are through and note the new ones, a statement each."""
    with connection.cursor() as cursor:
        if effects.drop_deadlines:
            cursor.execute(
                "UPDATE kernel_deadline SET state = 'done', done_at = %s WHERE state = 'due' AND row_id = ANY(%s)",
                [ctx.now, list(effects.drop_deadlines)],
            )
    Deadline.objects.bulk_create(
        Deadline(id=new_id(), company_id=ctx.company_id, what=d.what, row_id=d.row_id, due_at=d.due_at)
        for d in effects.deadlines
    )


def drain(companies: Iterable[UUID] = (), limit: int = BATCH) -> int:
    """Do what is due, a batch; gives how many were looked at. Several workers may drain at once."""
    from sellwell.kernel.door import see_companies

    served = list(companies)
    done = 0
    while done < limit:
        see_companies(served)  # an operation narrows what the session sees to its own company
        if not _one():
            break
        done += 1
    return done


def _one() -> bool:
    """Take one due row and do what it asks for, with its memory in one transaction."""
    from sellwell.kernel import system

    with transaction.atomic():
        due = (
            Deadline.objects.select_for_update(skip_locked=True)
            .filter(state="due", due_at__lte=clock.now(), what__in=list(KINDS))
            .order_by("due_at", "id")
            .first()
        )
        if due is None:
            return False
        try:
            with transaction.atomic():
                KINDS[due.what].function(due, system.context(due.company_id))
        except Exception as error:
            _failed(due, error)
        else:
            due.state, due.done_at = "done", clock.now()
        due.attempts += 1
        due.save(update_fields=["state", "attempts", "due_at", "done_at", "error"])
    return True


def _failed(due: Deadline, error: Exception) -> None:
    """Try again later, further apart each time; after the last attempt it stands as failed and `check` tells it."""
    due.error = type(error).__name__
    due.due_at = clock.now() + timedelta(minutes=2**due.attempts)
    if due.attempts + 1 >= MAX_ATTEMPTS:
        due.state = "failed"
    log.warning("deadline %s of row %s failed: %s", due.what, due.row_id, due.error)
