"""What is done for a customer at risk: contacted, offered something, retained or lost (clause 4.2.5)."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.retention import queries
from sellwell.foundation.retention.models import Intervention, InterventionState
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

OPENED, CONTACTED, OFFER = InterventionState.OPENED, InterventionState.CONTACTED, InterventionState.OFFER

NOT_BOUGHT = Reason(
    "retention.not_bought",
    T(
        "客户自 {day} 以来还没有新的成交，不能记为已挽回。成交后再办理。",
        "The customer bought nothing since {day}, so they are not retained yet. Close the case once they did.",
    ),
)


class Contact(Input):
    """What was said."""

    note: Text = field(
        T("沟通情况", "What was said"),
        min_length=1,
        help=T("客户为何减少或停止购买。", "Why the customer buys less, or no more."),
    )


@operation(
    "retention.contact", T("记录联系", "Record contact"), Intervention, input=Contact, from_states=[OPENED],
    clauses=["4.2.5"], help=T("记录与客户的首次联系。", "The first contact with the customer."),
)  # fmt: skip
def contact(case: Intervention, given: Contact, ctx: Context, assessment: Assessment) -> Effects:
    """Contacted today; next is an offer, or the outcome."""
    effects = Effects(result=case)
    effects.update(case, state=CONTACTED.value, contacted_on=ctx.today, note=given.note)
    effects.tasks.append(NewTask("retention.offer", case, case.owner_id))
    return effects


class Offer(Input):
    """What was offered."""

    offer: Text = field(
        T("提出的方案", "What was offered"), min_length=1,
        help=T("例如上门服务、调整交期；折扣须按价格权限审批。", "Such as a service visit or another delivery time; discounts go by the rights of pricing."),
    )  # fmt: skip


@operation(
    "retention.offer", T("提出方案", "Make offer"), Intervention, input=Offer, from_states=[CONTACTED], clauses=["4.2.5"],
    help=T("记录为挽留客户提出的方案。", "What the customer was offered to stay."),
)  # fmt: skip
def offer(case: Intervention, given: Offer, ctx: Context, assessment: Assessment) -> Effects:
    """Offered; the outcome comes next."""
    effects = Effects(result=case)
    effects.update(case, state=OFFER.value, offer=given.offer)
    return effects


def assess_retain(case: Intervention, given: Any, ctx: Context) -> Assessment:
    """Only a purchase proves it."""
    if queries.bought_since(case, ctx.today):
        return Assessment()
    return Assessment(objections=(NOT_BOUGHT.refuse(day=case.opened_on),))


@operation(
    "retention.retain", T("记为已挽回", "Retained"), Intervention, from_states=[CONTACTED, OFFER], assess=assess_retain,
    clauses=["4.2.5"], help=T("客户重新购买后结束任务。", "Closes the case once the customer bought again."),
)  # fmt: skip
def retain(case: Intervention, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Retained."""
    return _ended(case, ctx, InterventionState.RETAINED)


class Lost(Input):
    """Why."""

    reason: Text = field(T("流失原因", "Why they left"), min_length=1)


@operation(
    "retention.lose", T("记为已流失", "Lost"), Intervention, input=Lost, from_states=[CONTACTED, OFFER], danger=True,
    clauses=["4.2.5"], help=T("客户明确不再购买时结束任务，并记录原因。", "Closes the case where the customer will buy no more, with the reason."),
)  # fmt: skip
def lose(case: Intervention, given: Lost, ctx: Context, assessment: Assessment) -> Effects:
    """Lost, with the reason."""
    return _ended(case, ctx, InterventionState.LOST, lost_reason=given.reason)


def _ended(case: Intervention, ctx: Context, state: InterventionState, **values: Any) -> Effects:
    effects = Effects(result=case)
    effects.update(case, state=state.value, ended_on=ctx.today, **values)
    effects.drop_tasks.append(case.pk)
    return effects
