"""What the organisation does by itself: every day it follows the directories of the vendors that it is to follow."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from sellwell.foundation.company import vendor_directory
from sellwell.foundation.company.models import Connection, ConnectionState
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
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
    for row in rows:
        try:
            with vendor_directory.read_first(row, "job"), transaction.atomic():
                done = run("company.pull_directory", system.context(company_id), row.pk).result
        except Exception as error:
            # Another vendor's directory is brought in all the same; the text of the error may hold what people wrote.
            log.error("the directory of %s was not brought in: %s", row.system, type(error).__name__)
            continue
        if done.pull_answer:
            log.warning("the directory of %s was not brought in: %s", row.system, done.pull_answer)
    return bool(rows)
