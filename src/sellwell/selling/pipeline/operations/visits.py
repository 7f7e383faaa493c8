"""Visits: planned, checked in with place and time, minutes and next step in time (clause 2.2.4)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.customers.queries import customer as customer_of
from sellwell.foundation.relations.keeping import in_touch
from sellwell.kernel import clock, drafting
from sellwell.kernel.effects import Effects, NewTask, Posting
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.pipeline import policies, queries, rules
from sellwell.selling.pipeline.models import Opportunity, Visit, VisitState

NO_NEXT_STEP = Reason(
    "pipeline.no_next_step", T("这次拜访没有约定下一步。", "No next step was agreed at this visit.")
)
STEP_PAST = Reason(
    "pipeline.next_step_past",
    T(
        "下一步的日期已过。请填写今天或以后的日期。",
        "The day of the next step is over. Enter today or a later day.",
    ),
)
HALF_PLACE = Reason(
    "pipeline.half_position",
    T(
        "定位不完整。请重新定位，或只填写地点。",
        "The position is incomplete. Locate again, or name the place only.",
    ),
)

Latitude = Annotated[Decimal, Field(ge=-90, le=90, max_digits=9, decimal_places=6)]
Longitude = Annotated[Decimal, Field(ge=-180, le=180, max_digits=9, decimal_places=6)]


class PlanVisit(Input):
    """Whom to visit, when and what for."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    opportunity: Ref("pipeline.opportunity") | None = field(T("商机", "Opportunity"), None)
    planned_at: datetime = field(T("计划时间", "Planned for"))
    purpose: ShortText = field(T("目的", "Purpose"), "")


class Position(Input):
    """Where the visitor is. The place in words is enough; a phone adds its position if its owner lets it.

    Only three decimals are kept, about a hundred metres: enough to tell a customer's site, too little to follow somebody.
    """

    place: ShortText = field(T("地点", "Place"), min_length=1)
    latitude: Latitude | None = field(T("纬度", "Latitude"), None)
    longitude: Longitude | None = field(T("经度", "Longitude"), None)


class Visited(Input):
    """Who is visited and what for. Stands first in the form."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    opportunity: Ref("pipeline.opportunity") | None = field(T("商机", "Opportunity"), None)
    purpose: ShortText = field(T("目的", "Purpose"), "")


class StartVisit(Position, Visited):
    """A visit that nobody planned: checked in at once."""


def _belongs(opportunity_id: UUID | None, customer_id: UUID) -> list[Objection]:
    if (
        opportunity_id is None
        or Opportunity.objects.filter(pk=opportunity_id, customer_id=customer_id).exists()
    ):
        return []
    return [rules.OTHER_CUSTOMER.refuse(path="opportunity")]


def assess_plan(row: None, given: PlanVisit, ctx: Context) -> Assessment:
    """The opportunity must be the customer's."""
    wrong = _belongs(given.opportunity, given.customer)
    return Assessment(content={"customer": str(given.customer)}, objections=tuple(wrong))


@operation(
    "pipeline.plan_visit",
    T("计划拜访", "Plan visit"),
    Visit,
    help=T("计划一次客户拜访。", "Plans a visit to a customer."),
    input=PlanVisit,
    creates=True,
    parent="customer",
    assess=assess_plan,
    clauses=["2.2.4"],
)
def plan_visit(row: None, given: PlanVisit, ctx: Context, assessment: Assessment) -> Effects:
    """The plan, with the task to check in at its time."""
    effects = Effects()
    planned_at = (
        given.planned_at if given.planned_at.tzinfo else given.planned_at.replace(tzinfo=clock.BUSINESS_ZONE)
    )
    visit = _visit(customer_of(given.customer), given, planned_at, VisitState.PLANNED, ctx)
    effects.insert(visit)
    effects.search.append(visit)
    effects.tasks.append(NewTask("pipeline.check_in", visit, due_at=planned_at))
    _link(effects, visit)
    effects.result = visit
    return effects


def _visit(
    customer: Customer, given: PlanVisit | StartVisit, planned_at: datetime, state: VisitState, ctx: Context
) -> Visit:
    """A visit belongs to whoever makes it, in the customer's department."""
    scope = (
        {**drafting.scope_of(customer), "owner_id": ctx.user_id}
        if not ctx.actor.is_system
        else drafting.scope_of(customer)
    )
    return drafting.document(
        Visit, ctx, "VI", state, customer=customer, opportunity_id=given.opportunity, planned_at=planned_at,
        purpose=given.purpose, **scope,
    )  # fmt: skip


def _link(effects: Effects, visit: Visit) -> None:
    if visit.opportunity is not None:
        effects.links.append((visit.opportunity, visit))


def assess_position(row: Visit | None, given: Position | None, ctx: Context) -> Assessment:
    """Both halves of a position or none; for unplanned visits the opportunity must be the customer's."""
    if given is None:
        return Assessment()
    wrong = [HALF_PLACE.refuse(path="place")] if (given.latitude is None) != (given.longitude is None) else []
    customer = row.customer_id if row is not None else given.customer  # type: ignore[attr-defined]
    if row is None:
        wrong += _belongs(given.opportunity, customer)  # type: ignore[attr-defined]
    return Assessment(content={"customer": str(customer)}, objections=tuple(wrong))


@operation(
    "pipeline.start_visit",
    T("立即签到", "Check in now"),
    Visit,
    help=T("没有事先计划的拜访：到场即签到。", "A visit that was not planned: checked in on the spot."),
    input=StartVisit,
    creates=True,
    parent="customer",
    assess=assess_position,
    clauses=["2.2.4"],
)
def start_visit(row: None, given: StartVisit, ctx: Context, assessment: Assessment) -> Effects:
    """The visit, begun; the minutes are due from now on."""
    effects = Effects()
    visit = _visit(customer_of(given.customer), given, ctx.now, VisitState.STARTED, ctx)
    visit.checked_in_at, visit.place = ctx.now, given.place
    visit.latitude, visit.longitude = rules.coarse(given.latitude), rules.coarse(given.longitude)
    visit.minutes_due_at = ctx.now + policies.minutes_due_in(visit.customer.grade, ctx)
    effects.insert(visit)
    effects.search.append(visit)
    effects.tasks.append(NewTask("pipeline.write_minutes", visit, due_at=visit.minutes_due_at))
    _link(effects, visit)
    effects.facts.append(_contact(visit, ctx))
    effects.result = visit
    return effects


def _contact(visit: Visit, ctx: Context) -> Posting:
    """Whoever checked in has been in touch with the customer today."""
    in_touch(visit.customer_id, ctx.today)
    return Posting(queries.CONTACT, Decimal(1), visit.pk, ctx.today, visit, customer_id=visit.customer_id)


@operation(
    "pipeline.check_in",
    T("签到", "Check in"),
    Visit,
    help=T(
        "到达客户处签到，记录时间和地点；纪要应在 24 小时内写完。",
        "Checks in at the customer's with time and place; minutes are due within 24 hours.",
    ),
    input=Position,
    from_states=[VisitState.PLANNED],
    assess=assess_position,
    clauses=["2.2.4"],
)
def check_in(visit: Visit, given: Position, ctx: Context, assessment: Assessment) -> Effects:
    """Begun here and now, with the task to write the minutes in time."""
    effects = Effects(result=visit)
    due = ctx.now + policies.minutes_due_in(visit.customer.grade, ctx)
    effects.update(
        visit, state=VisitState.STARTED.value, checked_in_at=ctx.now, place=given.place,
        latitude=rules.coarse(given.latitude), longitude=rules.coarse(given.longitude), minutes_due_at=due,
    )  # fmt: skip
    effects.facts.append(_contact(visit, ctx))
    effects.tasks.append(NewTask("pipeline.write_minutes", visit, due_at=due))
    return effects


class WriteMinutes(Input):
    """What was said, and what comes next."""

    minutes: Text = field(T("纪要", "Minutes"), min_length=2)
    next_step: ShortText = field(T("下一步", "Next step"), "")
    next_step_on: date | None = field(T("下一步日期", "On"), None)


def assess_minutes(visit: Visit, given: WriteMinutes | None, ctx: Context) -> Assessment:
    """The next step lies ahead."""
    if given is None:
        return Assessment()
    is_past = given.next_step_on is not None and given.next_step_on < ctx.today
    late = rules.minutes_are_late(visit.minutes_due_at, None, ctx.now)
    return Assessment(
        content={"customer": str(visit.customer_id)},
        context={"late": late},
        objections=(STEP_PAST.refuse(path="next_step_on"),) if is_past else (),
    )


@operation(
    "pipeline.write_minutes",
    T("写纪要", "Write minutes"),
    Visit,
    help=T(
        "写拜访纪要和下一步；超过时限会显示为逾期。",
        "Writes the minutes and the next step; late ones are shown as late.",
    ),
    input=WriteMinutes,
    from_states=[VisitState.STARTED],
    assess=assess_minutes,
    clauses=["2.2.4"],
)
def write_minutes(visit: Visit, given: WriteMinutes, ctx: Context, assessment: Assessment) -> Effects:
    """Done; the next step becomes a task."""
    effects = Effects(result=visit)
    effects.update(
        visit, state=VisitState.DONE.value, minutes=given.minutes, minutes_at=ctx.now, next_step=given.next_step,
        next_step_on=given.next_step_on,
    )  # fmt: skip
    if given.next_step:
        due = _evening_of(given.next_step_on) if given.next_step_on else None
        effects.tasks.append(NewTask("pipeline.follow_up", visit, working_hours=Decimal(24), due_at=due))
    return effects


def _evening_of(day: date) -> datetime:
    """The end of a working day."""
    return datetime.combine(day, time(18), clock.BUSINESS_ZONE)


class FollowUp(Input):
    """What came of the next step."""

    outcome: Text = field(T("结果", "Outcome"), min_length=2)


def assess_follow_up(visit: Visit, given: FollowUp | None, ctx: Context) -> Assessment:
    """There must be a next step."""
    return Assessment(objections=() if visit.next_step else (NO_NEXT_STEP.refuse(),))


@operation(
    "pipeline.follow_up",
    T("完成下一步", "Next step done"),
    Visit,
    help=T("记录拜访约定的下一步已完成。", "Records that the agreed next step was done."),
    input=FollowUp,
    from_states=[VisitState.DONE],
    assess=assess_follow_up,
    clauses=["2.2.4"],
)
def follow_up(visit: Visit, given: FollowUp, ctx: Context, assessment: Assessment) -> Effects:
    """The ledger entry is the record; the task is done."""
    return Effects(result=visit)


class CancelVisit(Input):
    """Why it does not take place."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


@operation(
    "pipeline.cancel_visit",
    T("取消拜访", "Cancel visit"),
    Visit,
    help=T("取消尚未签到的拜访。", "Cancels a visit that was not begun."),
    input=CancelVisit,
    from_states=[VisitState.PLANNED],
    danger=True,
    clauses=["2.2.4"],
)
def cancel_visit(visit: Visit, given: CancelVisit, ctx: Context, assessment: Assessment) -> Effects:
    """Cancelled; its task is dropped."""
    effects = Effects(result=visit)
    effects.update(visit, state=VisitState.CANCELLED.value)
    effects.drop_tasks.append(visit.pk)
    return effects
