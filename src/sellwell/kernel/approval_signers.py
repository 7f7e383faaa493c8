"""Changing the course of a request: back to an earlier step, one more signer, one fewer."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal
from uuid import UUID

from sellwell.kernel import access, approval
from sellwell.kernel import approval_course as course
from sellwell.kernel.approval_operations import Decide, Mine, ask_anew, assess_decision, assess_with_reason
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, ShortText, field
from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
    NoteKind,
    RequestState,
    StepOutcome,
    User,
)
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

NOT_EARLIER = Reason(
    "approval.not_earlier",
    T(
        "只能退回到本路线中已完成的前面步骤。退回申请人请用“驳回”。",
        "It can be returned to an earlier step of the same route. To send it to its requester, reject it.",
    ),
)
CANNOT_SIGN = Reason(
    "approval.cannot_sign",
    T(
        "{name}不能审批这项申请：是申请人，或与本业务的其他职务不相容，或没有审批权限。请选择另一位同事。",
        "{name} cannot sign this: as its requester, by an incompatible duty, or for want of the right. Choose a colleague.",
    ),
)
SIGNS_ALREADY = Reason(
    "approval.signs_already", T("{name}已在这一步的审批人之中。", "{name} signs this step already.")
)
NOT_ADDED = Reason(
    "approval.not_added",
    T(
        "只能减去加签的、尚未决定的审批人，由加签人或当前审批人办理。",
        "Only a signer who was added and has not decided can be taken off, by who added them or who decides now.",
    ),
)


class Return(Decide):
    """To which step, and why."""

    step: UUID = field(T("退回到步骤", "To step"))


def assess_return(request: ApprovalRequest, given: Return | None, ctx: Context) -> Assessment:
    """The step lies before this person's own, in the same route, and was decided."""
    found = assess_with_reason(request, given, ctx)  # type: ignore[arg-type]
    steps, mine = found.carry
    if given is None or not mine:
        return found
    target = next((s for s in steps if s.pk == given.step), None)
    here = next((s for s, _ in mine if target is not None and s.guard == target.guard), None)
    if target is None or here is None or target.position >= here.position or _is_dropped(target):
        return replace(found, objections=(*found.objections, NOT_EARLIER.refuse(path="step")))
    return replace(found, carry=(steps, mine, target, here))


def _is_dropped(step: ApprovalStep) -> bool:
    return bool(step.outcome == StepOutcome.DROPPED.value)


@operation(
    "approvals.return",
    T("退回", "Return"),
    ApprovalRequest,
    help=T(
        "退回到前面的某一步重新审批，并说明原因；单据仍等待审批。",
        "Back to an earlier step, to be decided once more, with the reason; the record goes on waiting.",
    ),
    input=Return,
    from_states=[RequestState.OPEN],
    assess=assess_return,
    clauses=["1.3.1"],
    menu=False,
)
def return_(request: ApprovalRequest, given: Return, ctx: Context, assessment: Assessment) -> Effects:
    """Ask an earlier step and all after it once more; what they said before stays in the history."""
    effects = Effects(result=request)
    steps, _, target, here = assessment.carry
    effects.insert(course.note(request, NoteKind.RETURNED, ctx, given.note, step_id=target.pk))
    course.reopen(steps, target, here, effects)
    ask_anew(request, steps, ctx, effects)
    effects.events.append(
        NewEvent("approvals.returned", {"request": str(request.pk), "step": str(target.pk)})
    )
    return effects


class AddSigner(Input):
    """Whom, and where in the route."""

    person: Ref("kernel.user") = field(T("加签人", "Signer"))  # type: ignore[valid-type]
    where: Literal["before", "after", "beside"] = field(
        T("位置", "Where"), "before",
        help=T("before 前加签：先由其审批；after 后加签；beside 并签：与我一同审批。", "Before me, after me, or beside me (both must agree)."),
    )  # fmt: skip
    note: ShortText = field(T("说明", "Note"), "")


def assess_signer(request: ApprovalRequest, given: AddSigner | None, ctx: Context) -> Assessment:
    """This person decides now, and the signer may: not the requester, no incompatible duty, with the right to approve."""
    found = assess_decision(request, given, ctx)
    _, mine = found.carry
    if given is None or not mine:
        return found
    return replace(found, objections=(*found.objections, *_signer_objections(request, given, mine, ctx)))


def _signer_objections(
    request: ApprovalRequest, given: AddSigner, mine: Mine, ctx: Context
) -> list[Objection]:
    user = User.objects.get(pk=given.person)
    actor = access.actor_for(user, ctx.today)
    may = user.is_active and request.company_id in actor.companies and actor.may("approvals.approve")
    if not may or user.pk in approval.barred_from(request):
        return [CANNOT_SIGN.refuse(path="person", name=user.name)]
    if user.pk in mine[0][0].candidates:
        return [SIGNS_ALREADY.refuse(path="person", name=user.name)]
    return []


@operation(
    "approvals.add_signer",
    T("加签", "Add a signer"),
    ApprovalRequest,
    help=T(
        "请另一位同事一同审批：在我之前、之后，或与我并签。",
        "Have a colleague decide too: before me, after me, or beside me.",
    ),
    input=AddSigner,
    from_states=[RequestState.OPEN],
    assess=assess_signer,
    clauses=["1.3.1"],
)
def add_signer(request: ApprovalRequest, given: AddSigner, ctx: Context, assessment: Assessment) -> Effects:
    """One more person must agree: in a step of their own, or in this person's step, which then all must decide."""
    effects = Effects(result=request)
    steps, mine = assessment.carry
    here = mine[0][0]
    if given.where == "beside":
        asked = here.candidates or approval.candidates(here.role, request, ctx)
        if here.mode == "any":
            asked = [user for user in asked if user in (ctx.user_id, *mine[0][1])]
        effects.update(here, candidates=[*asked, given.person], mode="all")
        placed = here
        # A step of the signer's own opens, and that tells them; this one is open already.
        step = {"request": str(request.pk), "step": str(here.pk)}
        effects.events.append(NewEvent("approvals.signer_added", step))
    else:
        placed = _insert_step(request, steps, here, given, ctx, effects)
        steps = course.ordered(request)
    effects.insert(
        course.note(request, NoteKind.ADDED, ctx, given.note, step_id=placed.pk, to_id=given.person)
    )
    ask_anew(request, steps, ctx, effects)
    return effects


def _insert_step(
    request: ApprovalRequest, steps: list[ApprovalStep], here: ApprovalStep, given: AddSigner, ctx: Context,
    effects: Effects,
) -> ApprovalStep:  # fmt: skip
    """A step of the signer's own, before or after this one; the later steps move down, last first."""
    place = here.position + (given.where == "after")
    for step in sorted((s for s in steps if s.guard == here.guard), key=lambda s: -s.position):
        if step.position >= place:
            effects.update(step, position=step.position + 1)
    if given.where == "before":
        effects.update(here, opened_at=None, due_at=None)
        effects.drop_deadlines.append(here.pk)
    made = ApprovalStep(
        id=new_id(), company_id=request.company_id, request_id=request.pk, guard=here.guard, measure=here.measure,
        content_hash=here.content_hash, position=place, mode="any", role="", candidates=[given.person],
        added_by_id=ctx.user_id,
    )  # fmt: skip
    effects.insert(made)
    return made


class DropSigner(Input):
    """Whom."""

    person: Ref("kernel.user") = field(T("减去的审批人", "Signer to take off"))  # type: ignore[valid-type]
    note: ShortText = field(T("说明", "Note"), "")


def assess_dropping(request: ApprovalRequest, given: DropSigner | None, ctx: Context) -> Assessment:
    """The signer was added, has not decided, and is taken off by who added them or by who decides the route now."""
    steps = course.ordered(request)
    if given is None:
        return Assessment(carry=(steps, None))
    decides = {s.guard for s in steps if s.is_open and ctx.user_id in s.candidates}
    added = {
        n.step_id: n.user_id for n in request.notes.filter(kind=NoteKind.ADDED.value, to_id=given.person)
    }
    for step in steps:
        if step.pk not in added or step.decided_at is not None or given.person not in step.candidates:
            continue
        spoken = ApprovalDecision.objects.filter(step=step, round=step.round, user_id=given.person).exists()
        if not spoken and (added[step.pk] == ctx.user_id or step.guard in decides):
            return Assessment(carry=(steps, step))
    return Assessment(carry=(steps, None), objections=(NOT_ADDED.refuse(path="person"),))


@operation(
    "approvals.drop_signer",
    T("减签", "Take off a signer"),
    ApprovalRequest,
    help=T(
        "减去之前加签、尚未决定的审批人。",
        "Take off a signer who was added and has not decided yet.",
    ),
    input=DropSigner,
    from_states=[RequestState.OPEN],
    assess=assess_dropping,
    clauses=["1.3.1"],
)
def drop_signer(request: ApprovalRequest, given: DropSigner, ctx: Context, assessment: Assessment) -> Effects:
    """One signer fewer; the route goes on where it was."""
    effects = Effects(result=request)
    steps, step = assessment.carry
    others = [user for user in step.candidates if user != given.person]
    if others:
        effects.update(step, candidates=others)
        if step.is_open and step.mode == "all" and course.all_spoke(step):
            course.settle(step, StepOutcome.AGREED, ctx, effects)
    else:
        course.settle(step, StepOutcome.DROPPED, ctx, effects)
    effects.insert(
        course.note(request, NoteKind.DROPPED, ctx, given.note, step_id=step.pk, to_id=given.person)
    )
    ask_anew(request, steps, ctx, effects)
    return effects
