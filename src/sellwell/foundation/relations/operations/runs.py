"""The daily run over all customers, and grades that take effect (clauses 4.2.3, 4.3.3)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.moves import set_grades
from sellwell.foundation.customers.queries import customers as customers_by_id
from sellwell.foundation.relations import computing, queries
from sellwell.foundation.relations.extensions import CONTACT
from sellwell.foundation.relations.models import GradeChange, GradeChangeState, Run, StageMove
from sellwell.foundation.relations.models.standing import GradeChangeKind
from sellwell.kernel import calendar, clock
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

END_OF_DAY = time(18)
MOST_TASKS = 500  # new tasks of one run: more than that is a first run or a changed policy, not a day's work

NOTHING_DUE = Reason("relations.nothing_due", T("没有到期的等级变动。", "No change of grade is due."))


class Compute(Input):
    """All customers, or those that came since the last run."""

    only_new: bool = field(T("只算新客户", "Only new customers"), False)


@operation(
    "relations.compute", T("评定客户", "Judge customers"), Run, input=Compute, creates=True,
    channels=("web", "api", "cli", "job"), clauses=["4.2.3", "4.3.3"],
    help=T(
        "按现行制度重算全部客户的评分、等级建议和阶段；系统每天自动进行。",
        "Computes scores, proposed grades and stages of all customers by the policies in force; done by itself every day.",
    ),
)  # fmt: skip
def compute(row: None, given: Compute, ctx: Context, assessment: Assessment) -> Effects:
    """Figures stand outside the ledger, as they are derived; proposals and moves are in it."""
    only = queries.without_standing(ctx.company_id, ctx.today) if given.only_new else None
    run_id, company_id = new_id(), ctx.company_id
    done = computing.compute(company_id, ctx.today, run_id, only)
    run = Run(
        id=run_id, company_id=company_id, as_of=ctx.today, at=ctx.now, customers=len(done.standings),
        proposed=len(done.proposals), moved=len(done.moves), policies=done.policies,
    )  # fmt: skip
    effects = Effects(result=run)
    effects.insert(run)
    computing.write_standings(company_id, done.standings)
    if done.outdated:
        effects.execute(GradeChange, _END, [ctx.today, done.outdated])
    # Whose they are is read for all of them at once: the ledger asks each.
    about = customers_by_id(change.customer_id for change in done.proposals)
    for change in done.proposals:
        change.customer = about[change.customer_id]
    effects.insert(*done.proposals)
    StageMove.objects.bulk_create(done.moves, batch_size=2000)
    effects.changes += done.changes
    effects.tasks += _tasks(done, ctx)
    return effects


_END = """
UPDATE relations_gradechange SET state = 'ended', ended_on = %s, version = version + 1
WHERE id = ANY(%s) AND state = 'proposed' RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def _tasks(done: computing.Computed, ctx: Context) -> list[NewTask]:
    """A contact for whoever moved to a stage whose plan asks for one, and a warning before recycling; one a customer."""
    wanted: dict[UUID, tuple[UUID, datetime]] = {}
    for customer_id, owner_id, days in done.contact:
        wanted[customer_id] = (owner_id, at_end_of(calendar.add_working_days(ctx.today, days)))
    for customer_id, owner_id, day in done.warn:
        due = at_end_of(max(day - timedelta(days=1), ctx.today))
        wanted[customer_id] = min(
            wanted.get(customer_id, (owner_id, due)), (owner_id, due), key=lambda w: w[1]
        )
    named = customers_by_id(list(wanted)[:MOST_TASKS])
    return [
        NewTask(CONTACT, named[customer_id], owner_id=owner_id, due_at=due)
        for customer_id, (owner_id, due) in wanted.items()
        if customer_id in named
    ]


def at_end_of(day: Any) -> datetime:
    """The end of a business day's work."""
    return datetime.combine(day, END_OF_DAY, clock.BUSINESS_ZONE)


def assess_apply(run: Run, given: Any, ctx: Context) -> Assessment:
    """There must be something to do."""
    ids = queries.due_changes(run.company_id, ctx.today)
    return Assessment(carry=ids, objections=() if any(ids) else (NOTHING_DUE.refuse(),))


@operation(
    "relations.apply_grades", T("等级生效", "Put grades in effect"), Run, assess=assess_apply, menu=False,
    channels=("job", "cli", "api"), clauses=["4.2.3"],
    help=T(
        "到期的等级建议生效，到期的人工指定结束；系统每天自动进行。",
        "Proposals whose day has come take effect, overrides whose time is over end; done by itself every day.",
    ),
)  # fmt: skip
def apply_grades(run: Run, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Set-based: one statement for the customers, one for the changes. Who waits for approval is left for tomorrow."""
    effects = Effects(result=run)
    due, over = assessment.carry
    if over:
        effects.execute(GradeChange, _OVER, [ctx.today, over])
    changes = list(
        GradeChange.objects.select_for_update().filter(pk__in=due, state=GradeChangeState.PROPOSED.value)
    )
    held = set_grades(effects, {change.customer_id: change.grade for change in changes})
    taken = [change.pk for change in changes if change.customer_id in held]
    if taken:
        effects.execute(GradeChange, _TAKE, [ctx.today, run.company_id, list(held), ctx.today, taken])
    return effects


_OVER = """
UPDATE relations_gradechange SET state = 'ended', ended_on = %s, version = version + 1
WHERE id = ANY(%s) AND state = 'effective' RETURNING new.id, to_jsonb(old) - 'reason', to_jsonb(new) - 'reason'
"""
# What was in effect before ends as the new one begins.
_TAKE = f"""
WITH ended AS (
  UPDATE relations_gradechange SET state = 'ended', ended_on = %s, version = version + 1
  WHERE company_id = %s AND customer_id = ANY(%s) AND state = 'effective' AND kind = '{GradeChangeKind.COMPUTED.value}'
  RETURNING new.id, to_jsonb(old) - 'reason', to_jsonb(new) - 'reason'
), taken AS (
  UPDATE relations_gradechange SET state = 'effective', effective_on = %s, version = version + 1
  WHERE id = ANY(%s) RETURNING new.id, to_jsonb(old) - 'reason', to_jsonb(new) - 'reason'
)
SELECT * FROM ended UNION ALL SELECT * FROM taken
"""


def is_current(company_id: UUID, today: Any) -> bool:
    """Whether all customers were judged today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM relations_run WHERE company_id = %s AND as_of >= %s LIMIT 1", [company_id, today]
        )
        return cursor.fetchone() is not None
