"""Planned absences and their deputies: who stands in, and decides approvals meanwhile (clause 2.1.4)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sellwell.foundation.company import queries
from sellwell.foundation.company.models import Absence, AbsenceState, Assignment
from sellwell.kernel import access
from sellwell.kernel.delegation_operations import lend
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, ShortText, field
from sellwell.kernel.models import Delegation, DelegationState
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

ABSENCE_DATES = Reason(
    "company.absence_dates", T("结束日期必须晚于开始日期。", "The end must be after the start.")
)
OWN_DEPUTY = Reason(
    "company.own_deputy",
    T("不能由本人代理。请选择另一位同事。", "Nobody stands in for themselves. Choose a colleague."),
)
ABSENT_TWICE = Reason(
    "company.absent_twice",
    T(
        "此人从 {since} 起已登记缺勤。请先取消它，或选择其他日期。",
        "An absence from {since} is planned already. Cancel it first, or choose other days.",
    ),
)
SELF_DEPUTY = Reason(
    "company.self_deputy",
    T(
        "不能把他人的审批委托给自己。请另选代理人，或由其本人登记。",
        "Nobody lends somebody else's approvals to themselves. Choose another deputy, or let the person plan it.",
    ),
)
DEPUTY_AWAY = Reason(
    "company.deputy_away",
    T(
        "代理人在这段时间从 {since} 起也不在岗。请另选代理人。",
        "The deputy is away too, from {since}. Choose another deputy.",
    ),
)
DEPUTY_NO_POST = Reason(
    "company.deputy_no_post",
    T(
        "代理人在这段时间没有任职。请另选代理人。",
        "The deputy holds no post on these days. Choose another deputy.",
    ),
)
ABSENCE_OTHERS = Reason(
    "company.absence_scope",
    T(
        "您只能登记本人或所辖人员的缺勤。",
        "You may plan absences for yourself and the people in your charge.",
    ),
)
ABSENCE_OVER = Reason("company.absence_over", T("这段缺勤已经结束。", "This absence is over."))


class PlanAbsence(Input):
    """Who, from when until when, and who stands in."""

    person: Ref("company.person") = field(T("人员", "Person"))
    since: date = field(T("开始日期", "From"))
    until: date = field(T("结束日期（不含）", "Until (not included)"))
    deputy: Ref("kernel.user") | None = field(
        T("代理人", "Deputy"), None, help=T("期间代为负责和审批", "Answers and decides meanwhile")
    )
    note: ShortText = field(T("说明", "Note"), "")


def assess_absence(row: Any, given: PlanAbsence, ctx: Context) -> Assessment:
    """Dates follow each other, no other absence meets them, and the deputy is somebody who is there."""
    from sellwell.foundation.company.models import Person

    person = Person.objects.select_related("user").get(pk=given.person)
    objections: list[Objection] = []
    if not ctx.actor.is_system and access.cell_for(ctx.actor, "company.plan_absence", person) is None:
        objections.append(ABSENCE_OTHERS.refuse(path="person"))
    if given.until <= given.since:
        objections.append(ABSENCE_DATES.refuse(path="until"))
    planned = Absence.objects.filter(
        state=AbsenceState.PLANNED.value, since__lt=given.until, until__gt=given.since
    )
    if twice := planned.filter(user_id=person.user_id).order_by("since").first():
        objections.append(ABSENT_TWICE.refuse(path="since", since=twice.since))
    if given.deputy is not None:
        objections += _deputy(given.deputy, given, person, planned, ctx)
    content = {
        "person": str(person.user_id),
        "deputy": str(given.deputy or ""),
        "since": given.since.isoformat(),
        "until": given.until.isoformat(),
    }
    return Assessment(content=content, carry=person, objections=tuple(objections))


def _deputy(deputy: UUID, given: PlanAbsence, person: Any, planned: Any, ctx: Context) -> list[Objection]:
    if deputy == person.user_id:
        return [OWN_DEPUTY.refuse(path="deputy")]
    if deputy == ctx.user_id:
        return [SELF_DEPUTY.refuse(path="deputy")]
    away = planned.filter(user_id=deputy).order_by("since").first()
    if away is not None:
        return [DEPUTY_AWAY.refuse(path="deputy", since=away.since)]
    posts = Assignment.objects.filter(
        company_id=ctx.company_id, user_id=deputy, user__is_active=True, since__lte=given.since
    )
    if not any(post.until is None or post.until >= given.until for post in posts):
        return [DEPUTY_NO_POST.refuse(path="deputy")]
    return []


@operation(
    "company.plan_absence",
    T("登记缺勤", "Plan absence"),
    Absence,
    help=T(
        "登记一段缺勤及代理人；期间审批由代理人代为决定。",
        "Plan days away with a deputy, who also decides approvals meanwhile.",
    ),
    input=PlanAbsence,
    creates=True,
    assess=assess_absence,
    clauses=["2.1.4"],
)
def plan_absence(row: Any, given: PlanAbsence, ctx: Context, assessment: Assessment) -> Effects:
    """Plan the days; with a deputy the approvals are lent for the same days."""
    person = assessment.carry
    absence = Absence(
        id=new_id(), company_id=ctx.company_id, user_id=person.user_id, deputy_id=given.deputy, since=given.since,
        until=given.until, note=given.note,
    )  # fmt: skip
    effects = Effects(result=absence)
    if given.deputy is not None:
        nowhere = {"owner_id": person.user_id, "department_path": "", "region": ""}
        scope = queries.scope_columns(person.user_id, ctx.company_id, ctx.today) or nowhere
        absence.delegation_id = lend(effects, ctx, given.deputy, given.since, given.until, **scope).pk
    effects.insert(absence)
    return effects


def assess_cancel_absence(absence: Absence, given: Any, ctx: Context) -> Assessment:
    """It is not over yet."""
    return Assessment(objections=(ABSENCE_OVER.refuse(),) if absence.until <= ctx.today else ())


@operation(
    "company.cancel_absence",
    T("取消缺勤", "Cancel absence"),
    Absence,
    help=T("取消登记的缺勤，代理随之收回。", "Cancel a planned absence; what was lent is taken back."),
    from_states=[AbsenceState.PLANNED],
    assess=assess_cancel_absence,
    clauses=["2.1.4"],
)
def cancel_absence(absence: Absence, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Cancel an absence and take the lent approvals back."""
    effects = Effects(result=absence)
    effects.update(absence, state=AbsenceState.CANCELLED.value)
    lent = Delegation.objects.filter(state=DelegationState.ACTIVE.value)
    for delegation in lent.filter(pk=absence.delegation_id) if absence.delegation_id else ():
        effects.update(delegation, state=DelegationState.REVOKED.value)
    return effects
