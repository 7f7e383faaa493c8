"""Deadlines: what the system does by itself when its time has come, read with the one clock.

A deadline is written with the act that sets it (`effects.deadlines`). The worker takes those that are due, each in one
transaction with what it does, as the system actor `deadlines`. Whatever moved on in the meantime is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sellwell.kernel import clock, outbox, system
from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.door import run
from sellwell.kernel.models import Deadline
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Refusal, T

log = logging.getLogger(__name__)

# A row that waits for approval is looked at again after this time.
WHILE_HELD = timedelta(hours=1)


def act(companies: Iterable[UUID] = (), limit: int = outbox.BATCH) -> int:
    """Do what is due, a batch; gives how many deadlines were looked at. Several workers may act at once."""
    outbox.see(companies)
    done = 0
    while done < limit and _one():
        done += 1
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
        operation = REGISTRY[due.operation]
        row: Any = operation.model._default_manager.filter(pk=due.row_id).first()
        if row is None or (operation.from_states and row.state not in operation.from_states):
            due.state = "past"
        elif getattr(row, "held_by", None) and not operation.while_held:
            due.due_at = clock.now() + WHILE_HELD
        else:
            _do(due)
        if due.state != "due":
            due.done_at = clock.now()
        due.save(update_fields=["state", "due_at", "attempts", "done_at", "error"])
    return True


def _do(due: Deadline) -> None:
    """The act itself. A refusal means that it no longer applies; an error is tried again, further apart each time."""
    try:
        with transaction.atomic():
            run(due.operation, system.context(due.company_id, "deadlines"), due.row_id)
    except Refusal as refusal:
        due.state, due.error = "past", refusal.code
    except Exception as error:
        if connection.connection is None or connection.connection.closed:
            raise
        due.attempts += 1
        due.error = type(error).__name__
        due.due_at = clock.now() + timedelta(seconds=2**due.attempts)
        if due.attempts >= outbox.MAX_ATTEMPTS:
            due.state = "failed"
        # The text of the error may hold what a customer wrote; only its kind is logged.
        log.warning("%s on %s failed: %s", due.operation, due.row_id, due.error)
    else:
        due.state = "done"


@check("deadlines.failed", T("到期处理都已完成", "No deadline has failed for good"))
def _failed() -> Iterable[Finding]:
    return from_sql(
        "deadlines.failed",
        "SELECT row_id, operation, error FROM kernel_deadline WHERE state = 'failed'",
        "{} failed with {}",
    )
