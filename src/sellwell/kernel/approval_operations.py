"""The verbs of approval: approve, reject, withdraw, and doing again what failed after it was approved.

When every route of a request is through, the held act is run again for its requester, with the agreements. A new or
larger objection adds a route to the same request. If the act then fails, nothing is lost: the request says so and the
requester gets a task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sellwell.kernel import access, approval, system
from sellwell.kernel import approval_course as course
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, ShortText, field, plain
from sellwell.kernel.ledger import objection_images, opened_input
from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
    NoteKind,
    Release,
    RequestState,
    StepOutcome,
    User,
)
from sellwell.kernel.operations import REGISTRY, Agreed, Assessment, Context, Operation, operation
from sellwell.kernel.values import Reason, Refusal, T

NOT_YOURS = Reason("approval.not_yours", T("这项审批不在您这里。", "This approval is not with you."))
OWN_REQUEST = Reason(
    "approval.own_request",
    T("不能审批自己提交的事项。请由其他审批人办理。", "Nobody approves what they asked for themselves."),
)
ALREADY = Reason("approval.already_decided", T("您已作出决定。", "You have decided this already."))
NEEDS_NOTE = Reason("approval.needs_note", T("请写明原因。", "Say why."))
NOT_REQUESTER = Reason(
    "approval.not_requester", T("只有提交人可以这样做。", "Only the requester can do this.")
)

Mine = list[tuple[ApprovalStep, list[UUID | None]]]


class Decide(Input):
    """A decision with a note."""

    note: ShortText = field(T("意见", "Note"), "")


def deciding(request: ApprovalRequest, ctx: Context) -> tuple[list[ApprovalStep], Mine]:
    """All steps, and those that this person may decide now: for oneself (None), and for whom as a deputy.

    Of an `any` step one voice is enough; of an `all` step a person speaks for everybody whom they stand in for.
    """
    lenders = approval.stands_in_for(ctx.user_id, request, ctx)
    steps = course.ordered(request)
    given = ApprovalDecision.objects.filter(step__in=[s for s in steps if s.is_open])
    spoken: dict[UUID, set[UUID]] = {}
    for decision in given.select_related("step"):
        if decision.round == decision.step.round:
            spoken.setdefault(decision.step_id, set()).add(decision.on_behalf_of_id or decision.user_id)
    mine: Mine = []
    for step in steps:
        if not step.is_open:
            continue
        asked = step.candidates or approval.candidates(step.role, request, ctx)
        waiting = [user for user in asked if user not in spoken.get(step.pk, ())]
        voices: list[UUID | None] = [None] if ctx.user_id in waiting else []
        voices += [user for user in lenders if user in waiting and user != ctx.user_id]
        if voices:
            mine.append((step, voices if step.mode == "all" else voices[:1]))
    return steps, mine


def assess_decision(request: ApprovalRequest, given: Any, ctx: Context) -> Assessment:
    """Whether this person may decide a step of the request now, and which one."""
    objections = []
    if request.owner_id == ctx.user_id:
        objections.append(OWN_REQUEST.refuse())
    steps, mine = deciding(request, ctx)
    if not mine and not objections:
        before = ApprovalDecision.objects.filter(step__request=request, user_id=ctx.user_id).exists()
        objections.append(ALREADY.refuse() if before else NOT_YOURS.refuse())
    content = {"amount": request.amount, "request": str(request.pk), "content_hash": request.content_hash}
    return Assessment(content=content, carry=(steps, mine), objections=tuple(objections))


def assess_with_reason(request: ApprovalRequest, given: Decide, ctx: Context) -> Assessment:
    """As for an approval, and a reason must be given."""
    found = assess_decision(request, given, ctx)
    if given is not None and not given.note:
        return replace(found, objections=(*found.objections, NEEDS_NOTE.refuse(path="note")))
    return found


def _decide(
    step: ApprovalStep, voices: Sequence[UUID | None], agrees: bool, note: str, request: ApprovalRequest,
    ctx: Context, effects: Effects,
) -> None:  # fmt: skip
    """Write somebody's yes or no, once for each person they speak for; the ledger names whom a deputy stood in for."""
    text = course.sealed(request, note)
    effects.insert(
        *(
            ApprovalDecision(
                id=new_id(), company_id=request.company_id, step=step, round=step.round, user_id=ctx.user_id,
                on_behalf_of_id=lender, agrees=agrees, note=text, at=ctx.now,
            )
            for lender in voices
        )
    )  # fmt: skip
    if None not in voices and effects.on_behalf_of is None:
        effects.on_behalf_of = voices[0]


def _ask_placeholder(row: Any, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    raise Refusal(NOT_YOURS.refuse())


# The ledger's name for asking: written by the door itself when an act is held, never called by anybody.
ASK = Operation(
    "approvals.ask", T("提交审批", "Ask for approval"), T("被拦下的事项提交审批。", "A held act asks for approval."),
    ApprovalRequest, _ask_placeholder,
)  # fmt: skip


@operation(
    "approvals.approve",
    T("批准", "Approve"),
    ApprovalRequest,
    help=T(
        "同意这项申请。全部审批人同意后，系统代申请人办理。",
        "Agree. When everybody has agreed, the act is done for its requester.",
    ),
    input=Decide,
    from_states=[RequestState.OPEN],
    assess=assess_decision,
    clauses=["1.3.1"],
)
def approve(request: ApprovalRequest, given: Decide, ctx: Context, assessment: Assessment) -> Effects:
    """Agree to a held act: decides every step that waits for this person, then opens the next or runs the act."""
    effects = Effects(result=request)
    steps, mine = assessment.carry
    for step, voices in mine:
        _decide(step, voices, True, given.note, request, ctx, effects)
        if step.mode == "any" or course.all_spoke(step):
            course.settle(step, StepOutcome.AGREED, ctx, effects)
    go_on(request, steps, ctx, effects)
    return effects


def go_on(request: ApprovalRequest, steps: list[ApprovalStep], ctx: Context, effects: Effects) -> None:
    """Open what comes next; when every step is through, do the act."""
    course.advance(request, steps, ctx, effects)
    if all(step.decided_at is not None for step in steps):
        carry_out(request, ctx, effects)
    else:
        # This act settled every approver's task on the request; who still has to decide gets it again.
        for step in (s for s in steps if s.is_open):
            effects.tasks += approval.tasks_for(step, request, ctx, but=course.spoken(step))


def ask_anew(request: ApprovalRequest, steps: list[ApprovalStep], ctx: Context, effects: Effects) -> None:
    """Who decides changed: the tasks of the request are given anew, those of open questions too."""
    effects.drop_tasks.append(request.pk)
    course.ask_questions_again(request, effects)
    go_on(request, steps, ctx, effects)


# --- doing the act ------------------------------------------------------------------------------------------------------


def carry_out(request: ApprovalRequest, ctx: Context, effects: Effects) -> None:
    """Every route agreed: keep the releases, let the row go, and run the act again for its requester."""
    steps = course.ordered(request)
    agreed_to = {
        (s.guard, s.measure, s.content_hash or request.content_hash)
        for s in steps
        if s.outcome in (StepOutcome.AGREED.value, StepOutcome.CARRIED.value)
    }
    known = set(request.releases.values_list("guard", "upper_bound", "content_hash"))
    effects.insert(
        *(
            Release(
                id=new_id(), company_id=request.company_id, request=request, operation=request.operation,
                row_id=request.row_id, guard=guard, content_hash=digest, upper_bound=measure,
                until=approval.release_until(ctx.now),
            )
            for guard, measure, digest in agreed_to - known
        )
    )  # fmt: skip
    row = row_of(request)
    _let_go(request, row, effects)
    run_again(request, row, ctx, effects, is_retry=False)


def run_again(request: ApprovalRequest, row: Any, ctx: Context, effects: Effects, *, is_retry: bool) -> None:
    """The act for its requester, with what was agreed. A new or larger objection adds a route to the same request."""
    from sellwell.kernel import door

    try:
        outcome = door.rerun(
            request.operation, for_requester(request, ctx), request.row_id, opened_input(request.given)
        )
    except door.Held as held:
        _add_routes(request, row, held, ctx, effects)
        return
    except Refusal as refusal:
        if is_retry:
            raise
        _failed(request, row, refusal, ctx, effects)
    else:
        made = getattr(outcome.result, "pk", None)
        effects.update(
            request, state=RequestState.APPROVED.value, decided_at=ctx.now, row_id=request.row_id or made
        )
        effects.events.append(NewEvent("approvals.approved", {"request": str(request.pk)}))
    effects.drop_tasks.append(request.pk)


def for_requester(request: ApprovalRequest, ctx: Context) -> Context:
    """The requester's own context: today's rights, the way in of the act that was held, and what was agreed."""
    requester = User.objects.get(pk=request.owner_id)
    if requester.is_system:
        actor = system.context(request.company_id, requester.username).actor
    else:
        actor = access.actor_for(requester, ctx.today)
    decisions = ApprovalDecision.objects.filter(step__request=request, agrees=True).order_by("at", "id")
    approvers = tuple(dict.fromkeys(decisions.values_list("user_id", flat=True)))
    releases = request.releases.filter(until__gt=ctx.now)
    agreed = Agreed(request.pk, approvers, tuple(approval.grantable(r) for r in releases))
    return replace(
        ctx, actor=actor, channel=request.channel, on_behalf_of=None, within="", lent=frozenset(), outer=None,
        agreed=agreed,
    )  # fmt: skip


def _failed(request: ApprovalRequest, row: Any, refusal: Refusal, ctx: Context, effects: Effects) -> None:
    """It was approved and could not be done: the accountable person gets a task; a creation is done again from here."""
    effects.update(request, state=RequestState.FAILED.value, decided_at=ctx.now)
    task = (
        NewTask(request.operation, row, owner_id=request.owner_id)
        if row is not None
        else NewTask("approvals.retry", request, owner_id=request.owner_id)
    )
    effects.tasks.append(task)
    effects.events.append(NewEvent("approvals.failed", {"request": str(request.pk), "code": refusal.code}))


def _add_routes(request: ApprovalRequest, row: Any, held: Any, ctx: Context, effects: Effects) -> None:
    """What was agreed does not reach: the same request goes on with routes for what is new or larger."""
    places = {step.guard: step.position + 1 for step in course.ordered(request)}
    steps = approval.routes(request, held.objections, ctx, held.assessment, after=places)
    effects.insert(*steps)
    effects.update(
        request, state=RequestState.OPEN.value, decided_at=None, amount=held.assessment.amount,
        snapshot=plain(dict(held.assessment.content)), content_hash=approval.content_hash(held.assessment),
        objections=objection_images(held.objections),
    )  # fmt: skip
    effects.insert(course.note(request, NoteKind.ROUTED, ctx))
    if row is not None:
        effects.update(row, held_by=request.pk)
    course.advance(request, steps, ctx, effects)
    if all(step.decided_at is not None for step in steps):
        carry_out(request, ctx, effects)
        return
    for step in (s for s in steps if s.is_open):
        effects.tasks += approval.tasks_for(step, request, ctx)


def row_of(request: ApprovalRequest) -> Any:
    model = REGISTRY[request.operation].model
    return model._default_manager.filter(pk=request.row_id).first() if request.row_id else None


def _let_go(request: ApprovalRequest, row: Any, effects: Effects) -> None:
    if row is not None and getattr(row, "held_by", None) == request.pk:
        effects.update(row, held_by=None)


def assess_own(request: ApprovalRequest, given: Any, ctx: Context) -> Assessment:
    """Only the requester does this."""
    objections = () if request.owner_id == ctx.user_id else (NOT_REQUESTER.refuse(),)
    return Assessment(objections=objections)


@operation(
    "approvals.retry",
    T("再次办理", "Do it again"),
    ApprovalRequest,
    help=T(
        "批准后未能办成的事项，障碍消除后再次办理；已同意的内容仍然有效。",
        "What was approved and could not be done, once more; what was agreed still holds.",
    ),
    from_states=[RequestState.FAILED],
    assess=assess_own,
    clauses=["1.3.1"],
)
def retry(request: ApprovalRequest, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Do the act of a failed request again; refused with the act's own reason where it still cannot be done."""
    effects = Effects(result=request)
    run_again(request, row_of(request), ctx, effects, is_retry=True)
    return effects


# --- no, and never mind -------------------------------------------------------------------------------------------------


@operation(
    "approvals.reject",
    T("驳回", "Reject"),
    ApprovalRequest,
    help=T(
        "不同意，并说明原因。单据退回申请人修改。",
        "Disagree and say why. The record goes back to its requester.",
    ),
    input=Decide,
    from_states=[RequestState.OPEN],
    assess=assess_with_reason,
    clauses=["1.3.1"],
    danger=True,
)
def reject(request: ApprovalRequest, given: Decide, ctx: Context, assessment: Assessment) -> Effects:
    """Say no: the row is free again and its owner gets it back."""
    effects = Effects(result=request)
    steps, mine = assessment.carry
    step, voices = mine[0]
    _decide(step, voices[:1], False, given.note, request, ctx, effects)
    course.settle(step, StepOutcome.REJECTED, ctx, effects)
    effects.update(request, state=RequestState.REJECTED.value, decided_at=ctx.now, note=given.note)
    row = _end(request, steps, effects)
    if row is not None:
        effects.tasks.append(NewTask(request.operation, row, owner_id=request.owner_id))
    effects.events.append(NewEvent("approvals.rejected", {"request": str(request.pk)}))
    return effects


def _end(request: ApprovalRequest, steps: Sequence[ApprovalStep], effects: Effects) -> Any:
    """Nobody is asked any more: the row is free, tasks and deadlines fall away."""
    row = row_of(request)
    _let_go(request, row, effects)
    effects.drop_tasks.append(request.pk)
    effects.drop_deadlines += [step.pk for step in steps]
    return row


@operation(
    "approvals.withdraw",
    T("撤回申请", "Withdraw"),
    ApprovalRequest,
    help=T("撤回自己提交的申请，单据恢复可编辑。", "Take your request back; the record can be edited again."),
    from_states=[RequestState.OPEN],
    assess=assess_own,
)
def withdraw(request: ApprovalRequest, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Take a request back: the row is free again."""
    effects = Effects(result=request)
    effects.update(request, state=RequestState.WITHDRAWN.value, decided_at=ctx.now)
    _end(request, course.ordered(request), effects)
    effects.events.append(NewEvent("approvals.withdrawn", {"request": str(request.pk)}))
    return effects
