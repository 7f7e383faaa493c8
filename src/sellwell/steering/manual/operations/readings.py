"""Readings: everybody confirms the clauses that concern the role; a new edition asks again (clause 1.2.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.kernel import clock, policies
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.extensions import own_tasks
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.steering.manual import queries, rules
from sellwell.steering.manual.models import Edition, EditionState, Reading, ReadingState
from sellwell.steering.manual.policies import READING
from sellwell.steering.manual.queries import Holder

own_tasks.add("manual.acknowledge")

NOT_IN_FORCE = Reason(
    "manual.edition_not_in_force",
    T("这一版今天没有生效，不必请人阅读。", "This edition is not in force today; nobody has to read it."),
)
SOMEBODY_ELSES = Reason(
    "manual.somebody_elses_reading",
    T("只能由本人确认。", "Only the person concerned can confirm it."),
)


@dataclass
class Plan:
    """Who must still be asked, and whose reading is no longer needed."""

    # with: is it somebody new in the role, and the reading that was dropped when the role ended
    ask: list[tuple[Holder, bool, Reading | None]] = field(default_factory=list)
    drop: list[Reading] = field(default_factory=list)


def plan(edition: Edition, ctx: Context) -> Plan:
    """Compare those who hold a role today with the readings there are."""
    ours = Reading.objects.filter(company_id=ctx.company_id)
    rows = list(ours.filter(Q(edition=edition) | Q(state=ReadingState.WAITING.value)))
    of_this = {(r.user_id, r.role): r for r in rows if r.edition_id == edition.pk}
    holders = queries.holders(ctx.company_id, ctx.today)
    today = {(h.user_id, h.role) for h in holders}
    to_ask = [
        holder
        for holder in holders
        if (before := of_this.get((holder.user_id, holder.role))) is None
        or before.state == ReadingState.DROPPED.value
    ]
    # Editions read long ago pile up: they are looked at only for those who are asked now.
    known = set(
        ours.filter(user_id__in={h.user_id for h in to_ask}).values_list("user_id", "role") if to_ask else ()
    )
    found = Plan()
    for holder in to_ask:
        key = (holder.user_id, holder.role)
        found.ask.append((holder, key not in known, of_this.get(key)))
    found.drop = [
        r
        for r in rows
        if r.state == ReadingState.WAITING.value
        and (r.edition_id != edition.pk or (r.user_id, r.role) not in today)
    ]
    return found


def assess_asking(edition: Edition, given: Any, ctx: Context) -> Assessment:
    """The edition binds somebody today."""
    in_force = queries.edition_on(ctx.today)
    if in_force is None or in_force.pk != edition.pk:
        return Assessment(objections=(NOT_IN_FORCE.refuse(),))
    return Assessment(carry=plan(edition, ctx))


@operation(
    "manual.ask_readers",
    T("请全员确认阅读", "Ask everybody to confirm"),
    Edition,
    help=T(
        "请每个在职的人按岗位确认已阅读现行手册；已确认的不再打扰。每天自动办理一次。",
        "Everybody who holds a role is asked to confirm having read it; those who did are left alone. Done by itself daily.",
    ),
    from_states=[EditionState.PUBLISHED],
    assess=assess_asking,
    clauses=["1.2.2"],
)
def ask_readers(edition: Edition, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """A reading with its task for each person and role not asked yet; readings of former roles and editions go."""
    effects = Effects(result=edition)
    days = {
        newcomer: int(policies.judge(READING, ctx, {"newcomer": newcomer}).outputs["days"] or 0)
        for newcomer in (False, True)
    }
    asked: list[Reading] = []
    for holder, is_new, before in assessment.carry.ask:
        due_on = ctx.today + timedelta(days=days[is_new])
        if before is not None:
            effects.update(before, state=ReadingState.WAITING.value, asked_at=ctx.now, due_on=due_on)
        else:
            asked.append(
                Reading(
                    id=new_id(), company_id=ctx.company_id, user_id=holder.user_id, role=holder.role,
                    edition=edition, department_path=holder.department_path, asked_at=ctx.now, due_on=due_on,
                )
            )  # fmt: skip
        effects.tasks.append(
            NewTask("manual.acknowledge", before or asked[-1], owner_id=holder.user_id, due_at=end_of(due_on))
        )
    effects.insert(*asked)
    effects.execute(Reading, _DROP, [[reading.pk for reading in assessment.carry.drop]])
    effects.drop_tasks += [reading.pk for reading in assessment.carry.drop]
    return effects


_DROP = """
UPDATE manual_reading SET state = 'dropped', version = manual_reading.version + 1 WHERE id = ANY(%s)
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def end_of(day: date) -> datetime:
    """The last moment of a business day."""
    return datetime.combine(day, time(23, 59, 59), clock.BUSINESS_ZONE).astimezone(UTC)


def assess_reading(reading: Reading, given: Any, ctx: Context) -> Assessment:
    """Nobody reads for somebody else."""
    return Assessment(objections=() if reading.user_id == ctx.user_id else (SOMEBODY_ELSES.refuse(),))


@operation(
    "manual.acknowledge",
    T("确认已阅读手册", "Confirm having read the manual"),
    Reading,
    help=T(
        "确认已阅读本岗位相关的条款，并将遵守。",
        "Confirm that you have read the clauses that concern your role, and will follow them.",
    ),
    from_states=[ReadingState.WAITING],
    assess=assess_reading,
    clauses=["1.2.2"],
)
def acknowledge(reading: Reading, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Keep when it was confirmed."""
    effects = Effects(result=reading)
    effects.update(reading, state=ReadingState.READ.value, read_at=ctx.now)
    return effects


def due_for_reminder(company_id: UUID, edition: Edition, today: date) -> list[Reading]:
    """Waiting readings of an edition whose due day is near or past and that were not told of lately."""
    rows = Reading.objects.filter(
        company_id=company_id, edition=edition, state=ReadingState.WAITING.value, user__is_active=True,
        due_on__lte=today + rules.REMIND_BEFORE,
    )  # fmt: skip
    return [r for r in rows.order_by("due_on", "id") if rules.wants_reminder(r.due_on, r.reminded_on, today)]


@operation(
    "manual.remind_readers",
    T("催促阅读确认", "Remind readers"),
    Edition,
    help=T(
        "提醒到期前三天及逾期未确认的人，此后每周一次。每天自动办理。",
        "Reminds those whose day is near or past, then every week. Done by itself daily.",
    ),
    from_states=[EditionState.PUBLISHED],
    clauses=["1.2.2"],
)
def remind_readers(edition: Edition, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Count the reminder on each reading, and tell whoever carries messages."""
    effects = Effects(result=edition)
    due = due_for_reminder(ctx.company_id, edition, ctx.today)
    effects.execute(Reading, _REMIND, [ctx.today, [reading.pk for reading in due]])
    effects.events += [
        NewEvent("manual.reading_due", {"reading": str(r.pk), "person": str(r.user_id)}) for r in due
    ]
    return effects


_REMIND = """
UPDATE manual_reading SET reminders = manual_reading.reminders + 1, reminded_on = %s, version = manual_reading.version + 1
WHERE id = ANY(%s)
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""
