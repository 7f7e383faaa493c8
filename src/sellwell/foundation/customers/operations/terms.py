"""Grade and payment days, and whether we deal with a customer at all."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sellwell.foundation.customers import policies, rules
from sellwell.foundation.customers.models import LIVE, Customer, CustomerState, Grade
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import T

Days = Annotated[int, Field(ge=0, le=365)]


class SetTerms(Input):
    """A customer's grade and the days it has for paying."""

    grade: Grade = field(T("等级", "Grade"))
    payment_days: Days = field(T("账期（天）", "Payment days"))
    reason: Text = field(T("理由", "Reason"), "", help=T("审批人会看到", "Approvers see it"))


def assess_terms(customer: Customer, given: SetTerms | None, ctx: Context) -> Assessment:
    """The terms that the approval policy judges."""
    if given is None:
        return Assessment()
    content = {"customer": str(customer.pk), "grade": given.grade, "payment_days": given.payment_days}
    context = {"grade_before": customer.grade, "payment_days_before": customer.payment_days}
    return Assessment(
        content=content,
        context=context,
        objections=tuple(rules.terms_objections(customer.state, given.grade)),
    )


@operation(
    "customers.set_terms",
    T("设定等级与账期", "Set grade and terms"),
    Customer,
    help=T(
        "设定客户等级和账期；超出制度范围的按制度审批。",
        "Sets grade and payment days; what goes beyond the policy needs approval.",
    ),
    input=SetTerms,
    from_states=LIVE,
    assess=assess_terms,
    route=policies.TERMS_APPROVAL,
    clauses=["1.4.2", "1.3.1"],
)
def set_terms(customer: Customer, given: SetTerms, ctx: Context, assessment: Assessment) -> Effects:
    """The new grade and payment days; documents already written keep theirs."""
    effects = Effects()
    effects.update(customer, grade=given.grade.value, payment_days=given.payment_days)
    return effects


class WithReason(Input):
    """Why."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


@operation(
    "customers.block",
    T("停止往来", "Block"),
    Customer,
    help=T(
        "停止与客户往来：不能再报价、签约和下单；已有单据照常完成。",
        "No more quotations, contracts and orders; what is under way is finished.",
    ),
    input=WithReason,
    from_states=[CustomerState.ACTIVE],
    danger=True,
    clauses=["1.4.2"],
)
def block(customer: Customer, given: WithReason, ctx: Context, assessment: Assessment) -> Effects:
    """Blocked; the guard `customers.blocked` refuses new business."""
    effects = Effects()
    effects.update(customer, state=CustomerState.BLOCKED.value)
    effects.events.append(_event("customers.blocked", customer))
    return effects


@operation(
    "customers.unblock",
    T("恢复往来", "Unblock"),
    Customer,
    help=T("恢复与客户的业务往来。", "Business with the customer is possible again."),
    input=WithReason,
    from_states=[CustomerState.BLOCKED],
    clauses=["1.4.2"],
)
def unblock(customer: Customer, given: WithReason, ctx: Context, assessment: Assessment) -> Effects:
    """Active again."""
    effects = Effects()
    effects.update(customer, state=CustomerState.ACTIVE.value)
    effects.events.append(_event("customers.unblocked", customer))
    return effects


def _event(name: str, customer: Customer) -> NewEvent:
    return NewEvent(name, {"customer": str(customer.pk)})
