"""A customer at a glance: what to do next and why, grade and stage in words, what would lift them (clause 4.2.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sellwell.foundation.customers.queries import Customer, Grade, PartyKind
from sellwell.foundation.relations import next_action
from sellwell.foundation.relations.judging import Judges
from sellwell.foundation.relations.models import (
    Abc,
    GradeChange,
    GradeChangeKind,
    GradeChangeState,
    RfmClass,
    Stage,
    Standing,
    Tag,
)
from sellwell.foundation.relations.queries import standing_of
from sellwell.foundation.relations.rules import grades
from sellwell.foundation.relations.rules.grades import Measured
from sellwell.foundation.relations.views import GRADES, MOVES, STANDINGS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import panel, related

TYPE = "customers.customer"
MOST_POINTS = 5
LIFTS = 2  # the two nearest ways to a better grade
LIFE = (
    Stage.POTENTIAL,
    Stage.NEW,
    Stage.GROWING,
    Stage.MATURE,
    Stage.DECLINING,
    Stage.DORMANT,
    Stage.CHURNED,
)


def measured_of(standing: Standing) -> Measured:
    """The figures of the last run, as the rules know them."""
    last, first = standing.last_on, standing.first_on
    return Measured(
        recency=None if last is None else (standing.as_of - last).days,
        frequency=standing.purchases, value=standing.value,
        years=Decimal(0) if first is None else grades.years_between(first, standing.as_of),
        regular=standing.regular or Decimal(0), paid_in_time=standing.paid_in_time,
    )  # fmt: skip


def next_steps(customer: Customer, ctx: Context) -> dict[str, Any] | None:
    """The most pressing thing to do, its reason, and what else there is."""
    found = next_action.ranked(customer, standing_of(customer), ctx)
    if not found:
        return None
    acts = [
        {"one": one, "url": one.url if not one.right or ctx.actor.may(one.right) else ""} for one in found
    ]
    return {"first": acts[0], "more": acts[1:4]}


def at_a_glance(customer: Customer, ctx: Context) -> dict[str, Any]:
    """Grade, stage, scores, terms and tags."""
    standing = standing_of(customer)
    judges = Judges(customer.company_id, ctx.today)
    changes = GradeChange.objects.filter(customer=customer).order_by("-proposed_on", "-id")
    open_change = changes.filter(
        state__in=[GradeChangeState.PROPOSED.value, GradeChangeState.EFFECTIVE.value]
    ).first()
    is_person = customer.party.kind == PartyKind.PERSON.value
    context: dict[str, Any] = {
        "standing": standing,
        "grade": Grade(customer.grade),
        "terms": judges.terms(customer.party.kind, customer.grade),
        "is_person": is_person,
        "override": _if(open_change, GradeChangeKind.OVERRIDE, GradeChangeState.EFFECTIVE),
        "proposal": open_change
        if open_change is not None and open_change.state == GradeChangeState.PROPOSED.value
        else None,
    }
    if standing is None:
        return context
    context |= {
        "stage": Stage(standing.stage), "life": _life(Stage(standing.stage)), "plan": standing.plan,
        "rfm": RfmClass(standing.rfm_class), "abc": Abc(standing.abc),
        "next_stage": Stage(standing.next_stage) if standing.next_stage else None,
        "tags": list(Tag.objects.filter(pk__in=standing.tag_ids).order_by("group", "name")),
        "scores": [], "lifts": [],
    }  # fmt: skip
    if standing.purchases_ever:
        context |= _scores(standing, customer, judges)
    return context


def _if(change: GradeChange | None, kind: GradeChangeKind, state: GradeChangeState) -> GradeChange | None:
    return change if change is not None and (change.kind, change.state) == (kind.value, state.value) else None


def _scores(standing: Standing, customer: Customer, judges: Judges) -> dict[str, Any]:
    """The points with their reasons, and what would lift the grade."""
    measured = measured_of(standing)
    graded = judges.graded(measured, standing.overdue_days, customer.state)
    values = measured.values()
    lifts = judges.lifts(measured, graded, standing.overdue_days, customer.state)
    better = [lift for lift in lifts if _rank(lift.grade) < _rank(graded.grade)]
    return {
        "scores": [
            {
                "label": grades.MEASURES[name], "said": grades.said(name, values[name]), "points": points,
                "most": MOST_POINTS, "weight": judges.weights[name],
            }
            for name, points in graded.scored.points.items()
        ],
        "total": graded.scored.total,
        "computed": Grade(graded.grade),
        "capped": graded.capped,
        "lifts": [lift.text for lift in (better or lifts)[:LIFTS]],
        "is_lifting": bool(better),
    }  # fmt: skip


def _rank(grade: str) -> int:
    return grades.GRADES.index(grade) if grade in grades.GRADES else len(grades.GRADES)


def _life(now: Stage) -> list[dict[str, Any]]:
    """The stages as a line, the present one marked; won back stands where it begins again."""
    shown = [Stage.WON_BACK if stage is Stage.NEW and now is Stage.WON_BACK else stage for stage in LIFE]
    return [{"label": stage.label, "is_now": stage is now} for stage in shown]


panel(TYPE, "next", T("下一步", "Next"), "relations/_next.html", context=next_steps, place="now", order=10)
panel(TYPE, "glance", T("等级与阶段", "Grade and stage"), "relations/_glance.html", context=at_a_glance, place="main",
      right=STANDINGS.name, order=3)  # fmt: skip
related(TYPE, GRADES, by="customer_id", title=T("等级历史", "Grades"), order=92,
        columns=["state", "kind", "grade_before", "grade", "score", "proposed_on", "until"])  # fmt: skip
related(TYPE, MOVES, by="customer_id", title=T("阶段历史", "Stages"), order=93,
        columns=["stage_before", "stage", "moved_on", "why"])  # fmt: skip
