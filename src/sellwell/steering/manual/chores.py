"""What the manual does by itself: measures every day and every hour of work, asks newcomers to read, reminds."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run
from sellwell.steering.manual import conformance, queries
from sellwell.steering.manual.operations import readings

MEASURE_EVERY = timedelta(hours=1)


@chore("manual.measure")
def measure_when_due(company_id: UUID) -> bool:
    """On a new day, and every hour in which something was done."""
    now = clock.now()
    last, today = conformance.last_run(company_id), clock.business_day(now)
    is_recent = last is not None and last.as_of == today and now - last.at < MEASURE_EVERY
    if is_recent or conformance.is_up_to_date(company_id, today):
        return False
    run("manual.measure", system.context(company_id))
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
    waiting = readings.waiting_in(company_id, edition)
    is_reminding = bool(readings.due_for_reminder(waiting, ctx.today))
    if is_reminding:
        run("manual.remind_readers", ctx, edition.pk)
    return is_asking or is_reminding
