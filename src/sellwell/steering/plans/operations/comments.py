"""Notes on the timelines of cycles and sign-offs."""

from __future__ import annotations

from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Input, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import T
from sellwell.steering.plans.models import Cycle, SignOff


class Comment(Input):
    """A note for the timeline."""

    text: ShortText = field(T("备注", "Note"), min_length=1)


@operation(
    "plans.comment_cycle", T("写备注", "Comment"), Cycle, input=Comment, while_held=True, menu=False, clauses=["2.2.3"],
    help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment_cycle(cycle: Cycle, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand in the ledger."""
    return Effects(result=cycle)


@operation(
    "plans.comment_sign_off", T("写备注", "Comment"), SignOff, input=Comment, while_held=True, menu=False, clauses=["2.2.5"],
    help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment_sign_off(sign_off: SignOff, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand in the ledger."""
    return Effects(result=sign_off)
