"""What the organisation does by itself: every day it follows the directories of the vendors that it is to follow."""

from __future__ import annotations

import logging
from uuid import UUID

from sellwell.foundation.company import vendor_directory
from sellwell.foundation.company.models import Connection, ConnectionState
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore, each
from sellwell.kernel.door import run

log = logging.getLogger(__name__)


@chore("company.pull_directories")
def pull_when_due(company_id: UUID) -> bool:
    """Once a day each; what went wrong stands on the connection and is tried again tomorrow, or by the button."""
    today = clock.business_day(clock.now())
    due = Connection.objects.filter(
        company_id=company_id, state=ConnectionState.ON.value, pulls=True, moved_by=None
    ).exclude(pulled_on=today)
    rows = list(due.order_by("system"))
    each("company.pull_directory", rows, _pull)
    return bool(rows)


def _pull(row: Connection) -> None:
    """The directory is read before anything is locked; what the vendor answered stands on the connection."""
    with vendor_directory.read_first(row, "job"):
        done = run("company.pull_directory", system.context(row.company_id), row.pk).result
    if done.pull_answer:
        log.warning("the directory of %s was not brought in: %s", row.system, done.pull_answer)
