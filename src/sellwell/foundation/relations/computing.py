"""Every standing of a company computed anew: figures, ABC, grade proposals, stages, plans, dates of contact and recycling."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.relations import measuring
from sellwell.foundation.relations.judging import Graded, Judges
from sellwell.foundation.relations.measuring import Row
from sellwell.foundation.relations.models import (
    GradeChange,
    GradeChangeKind,
    GradeChangeState,
    Pool,
    StageMove,
    StagePlan,
    Standing,
)
from sellwell.foundation.relations.rules import grades, pools
from sellwell.foundation.relations.rules.stages import Place
from sellwell.kernel.effects import Change
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import plain

CHUNK = 5000
DECLINED_FOR = timedelta(days=90)  # so long a grade that somebody declined is not proposed again


@dataclass
class Computed:
    """What came of a run, before it is written with the operation's effects."""

    standings: list[dict[str, Any]] = field(default_factory=list)
    proposals: list[GradeChange] = field(default_factory=list)
    outdated: list[UUID] = field(default_factory=list)  # proposals that no longer hold
    moves: list[StageMove] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    contact: list[tuple[UUID, UUID, int]] = field(default_factory=list)  # customer, owner, days
    warn: list[tuple[UUID, UUID, date]] = field(default_factory=list)
    policies: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """What was known before the run."""

    standings: dict[UUID, Standing]
    overridden: set[UUID]
    proposed: dict[UUID, GradeChange]
    declined: dict[UUID, str]
    owned_since: dict[UUID, date]
    plans: dict[str, StagePlan]
    pooled_regions: set[str]


def compute(company_id: UUID, on: date, run_id: UUID, only: list[UUID] | None = None) -> Computed:
    """Judge every customer of a company, or those named, by the policies of the day."""
    judges = Judges(company_id, on)
    before = _before(company_id, on, only)
    found = list(measuring.rows(company_id, on, only))
    classes = grades.abc([row.measured.value for row in found]) if only is None else [""] * len(found)
    done = Computed(policies=judges.cited)
    for row, abc in zip(found, classes, strict=True):
        graded = judges.graded(row.measured, row.overdue_days, row.state)
        place = _stage(row, before, judges, run_id, company_id, done)
        _propose(row, graded, place, before, judges, company_id, done)
        done.standings.append(_image(row, graded, abc, place, before, judges, done))
    return done


def _before(company_id: UUID, on: date, only: list[UUID] | None) -> Before:
    standings = Standing.objects.filter(company_id=company_id)
    changes = GradeChange.objects.filter(company_id=company_id)
    if only is not None:
        standings, changes = standings.filter(pk__in=only), changes.filter(customer_id__in=only)
    overrides = changes.filter(kind=GradeChangeKind.OVERRIDE.value, state=GradeChangeState.EFFECTIVE.value)
    declined = changes.filter(state=GradeChangeState.DECLINED.value, ended_on__gt=on - DECLINED_FOR)
    plans = StagePlan.objects.filter(company_id=company_id, since__lte=on).exclude(until__lte=on)
    with connection.cursor() as cursor:
        cursor.execute(_OWNED_SINCE, {"company": company_id})
        owned = dict(cursor.fetchall())
    return Before(
        {s.pk: s for s in standings},
        set(overrides.filter(until__gt=on).values_list("customer_id", flat=True)),
        {c.customer_id: c for c in changes.filter(state=GradeChangeState.PROPOSED.value)},
        dict(declined.order_by("proposed_on").values_list("customer_id", "grade")),
        owned,
        {plan.stage: plan for plan in plans},
        set(Pool.objects.filter(company_id=company_id, is_open=True).values_list("region", flat=True)),
    )


# Since when the present owner answers for a customer that went through a pool.
_OWNED_SINCE = """
SELECT DISTINCT ON (m.customer_id) m.customer_id, m.moved_on FROM relations_poolmove m
JOIN customers_customer c ON c.id = m.customer_id AND c.owner_id = m.owner_after_id
WHERE m.company_id = %(company)s AND m.kind IN ('claimed', 'assigned') ORDER BY m.customer_id, m.at DESC
"""


def _stage(row: Row, before: Before, judges: Judges, run_id: UUID, company_id: UUID, done: Computed) -> Place:
    known = before.standings.get(row.customer_id)
    was = (
        Place(known.stage, known.stage_since, known.next_stage, known.next_stage_since)
        if known is not None
        else None
    )
    place = judges.place(row, was)
    if was is not None and place.stage != was.stage:
        why = judges.why_stage(row)
        done.moves.append(
            StageMove(
                id=new_id(), company_id=company_id, customer_id=row.customer_id, run_id=run_id,
                stage_before=was.stage, stage=place.stage, moved_on=judges.on, why={"zh": why.zh, "en": why.en},
            )
        )  # fmt: skip
        done.changes.append(Change(Standing, row.customer_id, {"stage": was.stage}, {"stage": place.stage}))
        plan = before.plans.get(place.stage)
        is_pooled = known is not None and known.pool_id is not None
        if plan is not None and plan.contact_days is not None and not is_pooled:
            done.contact.append((row.customer_id, row.owner_id, plan.contact_days))
    return place


def _propose(
    row: Row, graded: Graded, place: Place, before: Before, judges: Judges, company_id: UUID, done: Computed
) -> None:
    """A proposal where the policy gives another grade than the customer has. Who never bought is not graded."""
    customer_id, standing_proposal = row.customer_id, before.proposed.get(row.customer_id)
    wanted = graded.grade
    notice = judges.notice_days(row.grade, wanted, place.stage) if wanted != row.grade else None
    is_due = (
        row.history.purchases > 0
        and customer_id not in before.overridden
        and notice is not None
        and before.declined.get(customer_id) != wanted
    )
    if standing_proposal is not None and (not is_due or standing_proposal.grade != wanted):
        done.outdated.append(standing_proposal.pk)
    if not is_due or (standing_proposal is not None and standing_proposal.grade == wanted):
        return
    words = judges.explain(row.measured, graded)
    values, points = row.measured.values(), graded.scored.points
    inputs = {name: {"value": plain(values[name]), "points": points[name]} for name in values}
    done.proposals.append(
        GradeChange(
            id=new_id(), company_id=company_id, customer_id=customer_id, kind=GradeChangeKind.COMPUTED.value,
            state=GradeChangeState.PROPOSED.value, grade_before=row.grade, grade=wanted, score=graded.scored.total,
            inputs={**inputs, "overdue_days": row.overdue_days, "state": row.state,
                    "years": plain(row.measured.years), "regular": plain(row.measured.regular)},
            policies=judges.cited, explanation={"zh": words.zh, "en": words.en}, proposed_on=judges.on,
            takes_effect_on=judges.on + timedelta(days=notice or 0),
        )
    )  # fmt: skip


def _recycling(
    row: Row, place: Place, owned_since: date, before: Before, judges: Judges, done: Computed
) -> tuple[date | None, date | None]:
    """When the owner was warned, and when the customer goes to the pool of its region; None where there is no such day."""
    if row.region not in before.pooled_regions:
        return None, None
    no_contact, no_order, warn = judges.recycling(row.grade, place.stage)
    due = pools.due(row.last_contact, row.history.last_on, owned_since, no_contact, no_order, warn)
    if due is None or judges.on < due.warn_from:
        return None, due.on if due is not None else None
    known = before.standings.get(row.customer_id)
    warned = known.warned_on if known is not None and known.warned_on is not None else judges.on
    on = pools.with_notice(due, warned, warn)
    if warned == judges.on:
        done.warn.append((row.customer_id, row.owner_id, on))
    return warned, on


def _image(
    row: Row, graded: Graded, abc: str, place: Place, before: Before, judges: Judges, done: Computed
) -> dict[str, Any]:
    """A standing as the table takes it."""
    known = before.standings.get(row.customer_id)
    has_bought = row.history.purchases > 0
    owned_since = before.owned_since.get(row.customer_id, row.since)
    is_pooled = known is not None and known.pool_id is not None
    is_ours = not is_pooled and row.state == "active"
    visit_days = judges.terms(row.kind, row.grade).visit_days if is_ours else None
    visit_due = (
        max(row.last_contact or owned_since, owned_since) + timedelta(days=visit_days)
        if visit_days is not None
        else None
    )
    warned, recycle_on = (
        _recycling(row, place, owned_since, before, judges, done) if is_ours else (None, None)
    )
    plan = before.plans.get(place.stage)
    measured, history = row.measured, row.history
    return plain({
        "id": row.customer_id, "as_of": judges.on, "first_on": history.first_on, "last_on": history.last_on,
        "purchases": measured.frequency, "purchases_ever": history.purchases, "value": measured.value,
        "recent": history.recent, "earlier": history.earlier, "median_gap": history.gap,
        "regular": measured.regular if has_bought else None, "paid_in_time": measured.paid_in_time,
        "overdue_days": row.overdue_days, "lines": list(row.lines), "rfm": graded.scored.rfm if has_bought else "",
        "rfm_class": grades.rfm_class(graded.scored.rfm) if has_bought else "", "abc": abc,
        "score": graded.scored.total if has_bought else None, "last_contact_on": row.last_contact,
        "visit_due_on": visit_due, "stage": place.stage, "stage_since": place.since, "next_stage": place.next_stage,
        "next_stage_since": place.next_since, "plan_id": plan.pk if plan is not None else None,
        "warned_on": warned, "recycle_on": recycle_on,
    })  # fmt: skip


COLUMNS = {
    "as_of": "date", "first_on": "date", "last_on": "date", "purchases": "int", "purchases_ever": "int",
    "value": "numeric", "recent": "numeric", "earlier": "numeric", "median_gap": "numeric", "regular": "numeric",
    "paid_in_time": "numeric", "overdue_days": "int", "lines": "text[]", "rfm": "text", "rfm_class": "text", "abc": "text",
    "score": "numeric", "last_contact_on": "date", "visit_due_on": "date", "stage": "text", "stage_since": "date",
    "next_stage": "text", "next_stage_since": "date", "plan_id": "uuid", "warned_on": "date", "recycle_on": "date",
}  # fmt: skip
# A stage, plan or date that an act of the meantime changed is not undone: acts and runs both hold the row.
_UPSERT = f"""
INSERT INTO relations_standing (id, customer_id, company_id, version, tag_ids, {", ".join(COLUMNS)})
SELECT s.id, s.id, %s, 1, '{{}}', {", ".join(f"s.{name}" for name in COLUMNS)}
FROM jsonb_to_recordset(%s::jsonb) AS s(id uuid, {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
ORDER BY s.id
ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
"""


def write_standings(company_id: UUID, images: list[dict[str, Any]]) -> None:
    """Put standings in place. They are derived and stand outside the ledger (decision 0007); moves of stages are in it."""
    with connection.cursor() as cursor:
        for start in range(0, len(images), CHUNK):
            cursor.execute(_UPSERT, [company_id, json.dumps(images[start : start + CHUNK])])


def judge_again(change: GradeChange, company_id: UUID) -> tuple[Decimal, str]:
    """Score and grade of a stored change, from its stored inputs and the policies of its day: the replay."""
    judges = Judges(company_id, change.proposed_on)
    points = {
        name: None
        if change.inputs[name]["value"] is None
        else judges.points(name, Decimal(change.inputs[name]["value"]))
        for name in grades.MEASURES
    }
    total = grades.total_of(points, judges.weights)
    return total, judges.grade_of(total, int(change.inputs["overdue_days"]), str(change.inputs["state"]))
