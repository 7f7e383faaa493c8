"""What the manual does by itself: measures every day and every hour of work, asks newcomers to read, reminds."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run
from sellwell.steering.manual import conformance, queries
from sellwell.steering.manual.operations import measuring, readings

MEASURE_EVERY = timedelta(hours=1)


@chore("manual.measure")
def measure_when_due(company_id: UUID) -> bool:
    """On a new day, and every hour in which something was done; one month at a time, since all else waits meanwhile."""
    month = conformance.next_due(company_id, clock.now(), measuring.MONTHS, MEASURE_EVERY)
    if month is None:
        return False
    run("manual.measure", system.context(company_id), data={"only": month.isoformat()})
    return True


@chore("manual.readings")
def ask_and_remind(company_id: UUID) -> bool:
    """Whoever holds a role and was not asked yet is asked; whoever is late is reminded."""
    ctx = system.context(company_id)
    edition = queries.edition_on(ctx.today)
    if edition is None:
        return False
    plan = readings.plan(edition, ctx)
    is_asking = bool(plan.ask or plan.drop)
    if is_asking:
        run("manual.ask_readers", ctx, edition.pk)
    is_reminding = bool(readings.due_for_reminder(company_id, edition, ctx.today))
    if is_reminding:
        run("manual.remind_readers", ctx, edition.pk)
    return is_asking or is_reminding
