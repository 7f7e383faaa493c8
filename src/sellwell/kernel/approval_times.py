"""Time limits of approvals: reminding those who are asked, and going upward where they stay silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sellwell.kernel import approval, door
from sellwell.kernel import approval_course as course
from sellwell.kernel.deadlines import deadline
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.inputs import Input, field
from sellwell.kernel.models import ApprovalRequest, ApprovalStep, Deadline, NoteKind, RequestState
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

PATIENCE = timedelta(hours=1)
TOO_SOON = Reason(
    "approval.too_soon",
    T("一小时内已催办过。请稍后再催。", "They were reminded within the last hour. Try again later."),
)
NOBODY_ABOVE = Reason(
    "approval.nobody_above", T("上面没有其他可审批的人。", "Nobody further up can decide it.")
)
NOT_WAITING = Reason("approval.not_waiting", T("这一步没有在等待审批。", "This step waits for nobody."))


class OneStep(Input):
    """Which step; all that wait where none is named."""

    step: UUID | None = field(T("步骤", "Step"), None)


def waiting(request: ApprovalRequest, given: OneStep | None) -> list[ApprovalStep]:
    """The open steps that are meant."""
    wanted = given.step if given is not None else None
    return [s for s in course.ordered(request) if s.is_open and wanted in (None, s.pk)]


def assess_reminding(request: ApprovalRequest, given: OneStep | None, ctx: Context) -> Assessment:
    """Something waits, and they were not reminded just now."""
    steps = waiting(request, given)
    objections = [] if steps else [NOT_WAITING.refuse(path="step")]
    recent = request.notes.filter(kind=NoteKind.REMINDED.value, at__gt=ctx.now - PATIENCE)
    if not ctx.actor.is_system and recent.exists():
        objections.append(TOO_SOON.refuse())
    return Assessment(carry=steps, objections=tuple(objections))


@operation(
    "approvals.remind",
    T("催办", "Remind"),
    ApprovalRequest,
    help=T(
        "提醒正在审批的人。临近时限时系统也会提醒。",
        "Remind those who decide; the system does so before the time limit.",
    ),
    input=OneStep,
    from_states=[RequestState.OPEN],
    assess=assess_reminding,
    clauses=["1.3.1"],
    menu=False,
)
def remind(request: ApprovalRequest, given: OneStep, ctx: Context, assessment: Assessment) -> Effects:
    """Tell the people of the open steps once more."""
    effects = Effects(result=request)
    effects.insert(*(course.note(request, NoteKind.REMINDED, ctx, step_id=s.pk) for s in assessment.carry))
    payload = {"request": str(request.pk)}
    effects.events += [
        NewEvent("approvals.reminded", payload | {"step": str(s.pk)}) for s in assessment.carry
    ]
    return effects


def assess_escalation(request: ApprovalRequest, given: OneStep | None, ctx: Context) -> Assessment:
    """Something waits, and somebody stands above."""
    steps = waiting(request, given)
    if not steps:
        return Assessment(objections=(NOT_WAITING.refuse(path="step"),))
    found = [(step, higher) for step in steps if (higher := course.above(step, request, ctx))]
    return Assessment(carry=found, objections=() if found else (NOBODY_ABOVE.refuse(),))


@operation(
    "approvals.escalate",
    T("升级审批", "Escalate"),
    ApprovalRequest,
    help=T(
        "审批人超时未办时，交由其上级一并审批。",
        "Where the approvers stay silent past the time limit, their managers may decide too.",
    ),
    input=OneStep,
    from_states=[RequestState.OPEN],
    assess=assess_escalation,
    clauses=["1.3.1"],
    menu=False,
)
def escalate(request: ApprovalRequest, given: OneStep, ctx: Context, assessment: Assessment) -> Effects:
    """The open steps climb: those above are asked as well, with a time limit of their own."""
    effects = Effects(result=request)
    for step, higher in assessment.carry:
        course.climb(step, higher, request, ctx, effects)
        effects.insert(
            *(course.note(request, NoteKind.ESCALATED, ctx, step_id=step.pk, to_id=user) for user in higher)
        )
        effects.tasks += approval.tasks_for(
            step, request, ctx, but=[u for u in step.candidates if u not in higher]
        )
        payload = {"request": str(request.pk), "step": str(step.pk), "round": str(step.round)}
        effects.events.append(NewEvent("approvals.escalated", payload))
    return effects


# --- what the worker does when a deadline is there -----------------------------------------------------------------------


def _act(due: Deadline, ctx: Context, name: str, assess: Any) -> None:
    """Run the verb for the step of a deadline, if it still waits and the verb has anything to do."""
    step = ApprovalStep.objects.select_related("request").filter(pk=due.row_id).first()
    if step is None or not step.is_open or step.request.state != RequestState.OPEN.value:
        return
    given = OneStep(step=step.pk)
    if not assess(step.request, given, ctx).objections:
        door.run(name, ctx, step.request_id, given)


@deadline(course.REMIND, T("审批提醒", "Reminder of an approval"))
def _remind(due: Deadline, ctx: Context) -> None:
    """Before the time limit: those who are asked are reminded."""
    _act(due, ctx, "approvals.remind", assess_reminding)


@deadline(course.ESCALATE, T("审批超时升级", "Escalation of an approval"))
def _escalate(due: Deadline, ctx: Context) -> None:
    """Past the time limit: those above are asked too."""
    _act(due, ctx, "approvals.escalate", assess_escalation)
