"""Grades that people set, for a time, with approval; and proposals that they turn down (clause 4.2.3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sellwell.foundation.customers.moves import set_grades
from sellwell.foundation.customers.queries import LIVE, Customer, Grade
from sellwell.foundation.relations import policies
from sellwell.foundation.relations.models import GradeChange, GradeChangeKind, GradeChangeState
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T, months_later

MOST_MONTHS = 6

TOO_LONG = Reason(
    "relations.override_too_long",
    T("人工指定最长 6 个月，请填写 {last} 或以前的日期。", "A grade is set for six months at most: enter {last} or an earlier day."),
)  # fmt: skip
PAST = Reason("relations.override_past", T("到期日须晚于今天。", "It must end after today."))
SAME = Reason(
    "relations.override_same", T("客户已是此等级，无需指定。", "The customer has this grade already.")
)
BLOCKED_A = Reason(
    "relations.override_blocked",
    T("停止往来的客户不能指定为 A 级。", "A customer with whom business is stopped cannot be given grade A."),
)

NOT_OVERRIDE = Reason(
    "relations.not_an_override",
    T("这是按制度评定的等级，不能提前结束。如需另定，请在客户页“指定等级”。", "The policy gave this grade: it cannot be ended. Set another by hand on the customer's page."),
)  # fmt: skip


class Override(Input):
    """Another grade than the policy gives, until a day."""

    grade: Grade = field(T("等级", "Grade"))
    until: date = field(T("有效至（不含）", "Until (excluded)"), help=T("最长 6 个月", "Six months at most"))
    reason: Text = field(T("理由", "Reason"), min_length=4, help=T("审批人会看到", "Approvers see it"))


def assess_override(customer: Customer, given: Override | None, ctx: Context) -> Assessment:
    """At most six months, another grade than now, and no A for those that are blocked."""
    if given is None:
        return Assessment()
    found: list[Objection] = []
    last = months_later(ctx.today, MOST_MONTHS)
    if given.until <= ctx.today:
        found.append(PAST.refuse(path="until"))
    elif given.until > last:
        found.append(TOO_LONG.refuse(path="until", last=last))
    if given.grade.value == customer.grade:
        found.append(SAME.refuse(path="grade"))
    if given.grade.value == Grade.A.value and customer.state != "active":
        found.append(BLOCKED_A.refuse(path="grade"))
    content = {"customer": str(customer.pk), "grade": given.grade.value, "until": given.until}
    return Assessment(content=content, context={"grade_before": customer.grade}, objections=tuple(found))


@operation(
    "relations.override_grade", T("指定等级", "Set a grade by hand"), Customer, input=Override, from_states=LIVE, assess=assess_override,
    route=policies.OVERRIDE, clauses=["4.2.3"],
    help=T(
        "在一段时间内给客户指定与制度不同的等级，须经总监批准，到期自动恢复。",
        "Gives a customer another grade than the policy for a time; the director approves, and it ends by itself.",
    ),
)  # fmt: skip
def override_grade(customer: Customer, given: Override, ctx: Context, assessment: Assessment) -> Effects:
    """In effect at once; a proposal or an override of before gives way."""
    effects = Effects(result=customer)
    for change in GradeChange.objects.select_for_update().filter(
        customer=customer, state__in=[GradeChangeState.PROPOSED.value, GradeChangeState.EFFECTIVE.value]
    ):
        effects.update(change, state=GradeChangeState.ENDED.value, ended_on=ctx.today)
    effects.insert(
        GradeChange(
            id=new_id(), company_id=customer.company_id, customer=customer, kind=GradeChangeKind.OVERRIDE.value,
            state=GradeChangeState.EFFECTIVE.value, grade_before=customer.grade, grade=given.grade.value,
            proposed_on=ctx.today, takes_effect_on=ctx.today, effective_on=ctx.today, until=given.until,
            reason=given.reason,
        )
    )  # fmt: skip
    set_grades(effects, {customer.pk: given.grade.value})
    return effects


@operation(
    "relations.end_override", T("结束指定", "End the set grade"), GradeChange,
    from_states=[GradeChangeState.EFFECTIVE], clauses=["4.2.3"],
    help=T(
        "提前结束人工指定的等级，下次评定起恢复按制度。",
        "Ends a grade set by hand early; from the next run the policy decides again.",
    ),
    assess=lambda change, given, ctx: Assessment(
        objections=() if change.kind == GradeChangeKind.OVERRIDE.value else (NOT_OVERRIDE.refuse(),)
    ),
)  # fmt: skip
def end_override(change: GradeChange, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It ends today; the run proposes what the policy says."""
    effects = Effects(result=change)
    effects.update(change, state=GradeChangeState.ENDED.value, ended_on=ctx.today)
    return effects


class Decline(Input):
    """Why not."""

    reason: Text = field(T("理由", "Reason"), min_length=4)


@operation(
    "relations.decline_grade", T("否决变动", "Decline"), GradeChange, input=Decline,
    from_states=[GradeChangeState.PROPOSED], danger=True, clauses=["4.2.3"],
    help=T(
        "在生效前否决一项等级建议；90 天内不再提出同一等级。",
        "Turns a proposed grade down before it takes effect; the same is not proposed again for 90 days.",
    ),
)  # fmt: skip
def decline_grade(change: GradeChange, given: Decline, ctx: Context, assessment: Assessment) -> Effects:
    """The customer keeps its grade."""
    effects = Effects(result=change)
    effects.update(change, state=GradeChangeState.DECLINED.value, ended_on=ctx.today, reason=given.reason)
    return effects
