"""Follow-ups of low scores: spoken with, settled; passed to a colleague where need be (clause 4.2.4)."""

from __future__ import annotations

from datetime import timedelta

from sellwell.control.voice.models import FollowUp, FollowUpState
from sellwell.control.voice.rules.causes import Cause
from sellwell.foundation.company.queries import scope_columns
from sellwell.kernel import clock
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.models import User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

OPEN, CONTACTED = FollowUpState.OPEN, FollowUpState.CONTACTED
CLAUSES = ["4.2.4"]
NO_POST = Reason(
    "voice.no_post", T("此人今天在公司没有任职。请选择在职同事。", "This person holds no post today. Choose somebody else.")
)  # fmt: skip
OWN_SELLER = Reason(
    "voice.own_seller",
    T("回访不能交给该客户的销售负责人。", "The customer's own seller does not do the follow-up."),
)


class Contact(Input):
    """What they said."""

    cause: Cause = field(T("原因", "Cause"))
    said: Text = field(T("客户怎么说", "What they said"), min_length=2)


@operation(
    "voice.contact", T("记录联系", "Record contact"), FollowUp, input=Contact, from_states=[OPEN], clauses=CLAUSES,
    help=T("与不满意的客户谈过之后，记下原因与对方的话。", "After speaking with somebody who was not satisfied: why, in their words."),
)  # fmt: skip
def contact(row: FollowUp, given: Contact, ctx: Context, assessment: Assessment) -> Effects:
    """Spoken with; now it is to be settled."""
    effects = Effects(result=row)
    effects.update(
        row,
        state=CONTACTED.value,
        contacted_at=ctx.now,
        cause=given.cause.value,
        said=given.said,
    )
    effects.tasks.append(
        NewTask("voice.resolve", row, due_at=clock.day_begins(row.resolve_by + timedelta(days=1)))
    )
    return effects


class Resolve(Input):
    """What was done about it."""

    done: Text = field(T("采取的措施", "What was done"), min_length=2)


@operation(
    "voice.resolve", T("回访办结", "Settle"), FollowUp, input=Resolve, from_states=[CONTACTED], clauses=CLAUSES,
    help=T("写明采取的措施并办结。", "Say what was done about it, and close it."),
)  # fmt: skip
def resolve(row: FollowUp, given: Resolve, ctx: Context, assessment: Assessment) -> Effects:
    """Settled."""
    effects = Effects(result=row)
    effects.update(row, state=FollowUpState.RESOLVED.value, resolved_at=ctx.now, done=given.done)
    effects.drop_tasks.append(row.pk)
    return effects


class PassOn(Input):
    """Who does it from now on."""

    owner: Ref("kernel.user") = field(T("负责人", "Owner"))


def assess_pass_on(row: FollowUp, given: PassOn | None, ctx: Context) -> Assessment:
    """Somebody with a post who does not sell to them."""
    if given is None:
        return Assessment()
    found = []
    if scope_columns(given.owner, ctx.company_id, ctx.today) is None:
        found.append(NO_POST.refuse(path="owner"))
    if row.response.customer_id and given.owner == row.response.owner_id:
        found.append(OWN_SELLER.refuse(path="owner"))
    return Assessment(objections=tuple(found))


@operation(
    "voice.pass_follow_up", T("转交回访", "Pass on"), FollowUp, input=PassOn, from_states=[OPEN, CONTACTED],
    assess=assess_pass_on, clauses=["1.3.2", "4.2.4"], help=T("交给另一位同事回访；期限不变。", "A colleague does it; the days stay."),
)  # fmt: skip
def pass_on(row: FollowUp, given: PassOn, ctx: Context, assessment: Assessment) -> Effects:
    """Owner and task move; the due days do not."""
    effects = Effects(result=row)
    effects.update(row, **(scope_columns(given.owner, ctx.company_id, ctx.today) or {}))
    row.owner = User.objects.get(pk=given.owner)
    effects.drop_tasks.append(row.pk)
    is_open = row.state == OPEN.value
    due_at = row.due_at if is_open else clock.day_begins(row.resolve_by + timedelta(days=1))
    verb = "voice.contact" if is_open else "voice.resolve"
    effects.tasks.append(NewTask(verb, row, owner_id=given.owner, due_at=due_at))
    return effects


class Comment(Input):
    """A note for the timeline."""

    text: ShortText = field(T("备注", "Note"), min_length=1)


@operation(
    "voice.comment", T("写备注", "Comment"), FollowUp, input=Comment, while_held=True, menu=False, clauses=CLAUSES,
    help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment(row: FollowUp, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand in the ledger."""
    return Effects(result=row)
