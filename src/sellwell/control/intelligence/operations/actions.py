"""Action items after an item of intelligence or a meeting: done, given to somebody else, called off, chased."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.control.intelligence import policies
from sellwell.control.intelligence.models import Action, ActionState, Item, ItemState, StepKind
from sellwell.control.intelligence.operations.loop import DUE_PAST, NOT_HERE, UP, Comment, ask_for, to_answer
from sellwell.control.intelligence.operations.steps import finish
from sellwell.foundation.company import queries as company
from sellwell.kernel import directory
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T

OPEN = ActionState.OPEN
NOT_OVERDUE = Reason("intelligence.action_not_late", T("行动项还没有逾期。", "The action is not overdue."))


def with_its_item(action: Action, given: Any, ctx: Context) -> list[Lock]:
    """The item too: of two last actions that are done at one moment, one takes the item on."""
    return [lock("parent", Item, [action.item_id])] if action.item_id else []


class CompleteAction(Input):
    """What came of it."""

    result: Annotated[Text, Field(min_length=2)] = field(T("结果", "Result"))


@operation(
    "intelligence.complete_action", T("完成行动项", "Action done"), Action, input=CompleteAction, from_states=[OPEN],
    lock_keys=with_its_item, clauses=["2.4.3", "2.4.4"],
    help=T("写明结果，行动项完成；情报的行动项都完成后进入反馈。", "What came of it. After an item's last action the sender is answered."),
)  # fmt: skip
def complete_action(action: Action, given: CompleteAction, ctx: Context, assessment: Assessment) -> Effects:
    """Done today."""
    effects = Effects(result=action)
    effects.update(action, state=ActionState.DONE.value, result=given.result, done_on=ctx.today)
    _over(effects, action, ctx)
    return effects


def _over(effects: Effects, action: Action, ctx: Context) -> None:
    """Nobody is asked for it any more; its item goes on after the last one."""
    effects.drop_tasks.append(action.pk)
    effects.drop_deadlines.append(action.pk)
    if action.item_id is None:
        return
    item = Item.objects.select_related("customer").get(pk=action.item_id)
    is_last = not Action.objects.filter(item=item, state=OPEN.value).exclude(pk=action.pk).exists()
    if is_last and item.state == ItemState.ASSIGNED.value:
        finish(effects, item, StepKind.ACT, ctx)
        to_answer(effects, item, ctx)


class Reassign(Input):
    """Who does it now, and by when."""

    owner: Ref("kernel.user") = field(T("谁", "Who"))
    due_on: date = field(T("何时完成", "By when"))
    reason: Annotated[ShortText, Field(min_length=2)] = field(T("原因", "Reason"))


def assess_reassigning(action: Action, given: Reassign | None, ctx: Context) -> Assessment:
    """Somebody of the company, by a day that lies ahead."""
    if given is None:
        return Assessment()
    found: list[Objection] = [DUE_PAST.refuse(path="due_on")] if given.due_on < ctx.today else []
    if given.owner not in company.posts_since(ctx.today, ctx.company_id):
        found.append(NOT_HERE.refuse(path="owner"))
    return Assessment(objections=tuple(found))


@operation(
    "intelligence.reassign_action", T("改派或改期", "Give to somebody or another day"), Action, input=Reassign,
    from_states=[OPEN], assess=assess_reassigning, clauses=["2.4.3", "2.4.4"],
    help=T("换人或换日期，原因留在时间线上。", "Another person or another day; the reason stays on the timeline."),
)  # fmt: skip
def reassign_action(action: Action, given: Reassign, ctx: Context, assessment: Assessment) -> Effects:
    """The new owner's task in place of the former one's."""
    effects = Effects(result=action)
    where = company.scope_columns(given.owner, ctx.company_id, ctx.today) or {"owner_id": given.owner}
    effects.update(action, due_on=given.due_on, **where)
    effects.drop_tasks.append(action.pk)
    ask_for(effects, action)
    return effects


class CancelAction(Input):
    """Why nobody does it."""

    reason: Annotated[ShortText, Field(min_length=2)] = field(T("原因", "Reason"))


@operation(
    "intelligence.cancel_action", T("取消行动项", "Call the action off"), Action, input=CancelAction, from_states=[OPEN],
    lock_keys=with_its_item, danger=True, clauses=["2.4.3", "2.4.4"],
    help=T("不再需要时取消并写明原因。", "For an action that is no longer needed, with the reason."),
)  # fmt: skip
def cancel_action(action: Action, given: CancelAction, ctx: Context, assessment: Assessment) -> Effects:
    """Called off."""
    effects = Effects(result=action)
    effects.update(action, state=ActionState.CANCELLED.value, result=given.reason)
    _over(effects, action, ctx)
    return effects


def assess_chasing(action: Action, given: Any, ctx: Context) -> Assessment:
    """Its day is over."""
    is_late = policies.evening_of(action.due_on) <= ctx.now
    return Assessment(objections=() if is_late else (NOT_OVERDUE.refuse(),))


@operation(
    "intelligence.chase_action", T("催办行动项", "Chase the action"), Action, from_states=[OPEN], assess=assess_chasing,
    menu=False, clauses=["2.4.3", "2.4.4"],
    help=T("到期未完成时报给上级。到期自动办理。", "An action that is not done on its day goes to the superior. Done by itself."),
)  # fmt: skip
def chase_action(action: Action, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The superior of who should have done it gives it to somebody, or another day."""
    effects = Effects(result=action)
    boss = directory.current().manager(action.owner_id, action.company_id, ctx.today)
    verb = "intelligence.reassign_action"
    # The superior may not see what follows from a confidential item; the sales manager may.
    if boss is not None and boss != action.owner_id and not action.is_secret:
        effects.tasks.append(NewTask(verb, action, owner_id=boss, working_hours=Decimal(8)))
    else:
        effects.tasks.append(NewTask(verb, action, role=UP, working_hours=Decimal(8)))
    return effects


@operation(
    "intelligence.comment_action", T("写备注", "Comment"), Action, input=Comment, while_held=True, menu=False,
    clauses=["2.4.3"], help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment_action(action: Action, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand in the ledger."""
    return Effects(result=action)
