"""How the loop of an item goes on: a step begins with somebody and a day, and is done by somebody in time or late."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sellwell.control.intelligence import policies
from sellwell.control.intelligence.models import Item, Step, StepKind
from sellwell.kernel.effects import Effects, NewDeadline, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context

ESCALATE = "intelligence.escalate"
CLOSE = "intelligence.close"
# The verb that does a step. Acting is done by the actions' own verbs.
VERBS = {
    StepKind.SCREEN: "intelligence.screen",
    StepKind.ANALYSE: "intelligence.analyse",
    StepKind.DECIDE: "intelligence.decide",
    StepKind.ANSWER: "intelligence.answer",
    StepKind.CLOSE: CLOSE,
}


def due_of(item: Item, kind: StepKind, ctx: Context) -> datetime:
    """When a step that begins now is due."""
    return policies.due_at(kind, item.kind, item.is_urgent, ctx.now, ctx)


def begin(
    effects: Effects,
    item: Item,
    kind: StepKind,
    ctx: Context,
    *,
    owner_id: UUID | None = None,
    role: str = "",
    due_at: datetime | None = None,
) -> datetime:
    """The step with its task and the moment at which it is passed upwards; gives when it is due.

    The answer has its day from the sending on, so its step may be there already: then it is only taken up.
    """
    due = due_at or due_of(item, kind, ctx)
    step = Step(
        id=new_id(), company_id=item.company_id, item=item, kind=kind.value, role=role, owner_id=owner_id, due_at=due
    )  # fmt: skip
    effects.insert(step)
    if (verb := VERBS.get(kind)) is not None:
        effects.tasks.append(NewTask(verb, item, owner_id=owner_id, role=role, due_at=due))
    effects.deadlines.append(NewDeadline(CLOSE if kind is StepKind.CLOSE else ESCALATE, item.pk, due))
    return due


def finish(effects: Effects, item: Item, kind: StepKind, ctx: Context) -> None:
    """The step is done now, by who acts."""
    for step in Step.objects.filter(item=item, kind=kind.value, done_at=None):
        effects.update(step, done_at=ctx.now, done_by_id=ctx.user_id)


def end(effects: Effects, item: Item) -> None:
    """Nothing is asked of anybody any more."""
    effects.drop_tasks.append(item.pk)
    effects.drop_deadlines.append(item.pk)
