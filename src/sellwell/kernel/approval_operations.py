"""The verbs of approval: approve, reject, withdraw, and lending one's approvals to a deputy.

When every route of a request is through, the held act is run again for its requester, with the agreements. If it then
fails, nothing is lost: the request says so and the requester gets a task.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sellwell.kernel import access, approval, drafting, personal
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Amount, Input, Ref, ShortText, field, plain
from sellwell.kernel.ledger import opened_input
from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
    Delegation,
    DelegationState,
    Release,
    RequestState,
    User,
)
from sellwell.kernel.operations import REGISTRY, Assessment, Context, Operation, operation
from sellwell.kernel.values import Reason, Refusal, T

NOT_YOURS = Reason("approval.not_yours", T("这项审批不在您这里。", "This approval is not with you."))
OWN_REQUEST = Reason(
    "approval.own_request",
    T("不能审批自己提交的事项。请由其他审批人办理。", "Nobody approves what they asked for themselves."),
)
ALREADY = Reason("approval.already_decided", T("您已作出决定。", "You have decided this already."))
NEEDS_NOTE = Reason("approval.needs_note", T("驳回请写明原因。", "Say why you reject it."))
DATES = Reason("delegation.dates", T("截止日期必须晚于开始日期。", "The end must be after the start."))
SELF = Reason("delegation.self", T("不能委托给自己。", "Nobody is their own deputy."))
NOT_REQUESTER = Reason(
    "approval.not_requester", T("只有提交人可以撤回。", "Only the requester can withdraw it.")
)


class Decide(Input):
    """A decision with a note."""

    note: ShortText = field(T("意见", "Note"), "")


def assess_decision(request: ApprovalRequest, given: Decide, ctx: Context) -> Assessment:
    """Whether this person may decide a step of the request now, and which one."""
    objections = []
    if request.owner_id == ctx.user_id:
        objections.append(OWN_REQUEST.refuse())
    lenders = approval.stands_in_for(ctx.user_id, request, ctx)
    mine: list[tuple[ApprovalStep, UUID | None]] = []
    steps = list(request.steps.order_by("guard", "position"))
    decided = set(
        ApprovalDecision.objects.filter(step__request=request, user_id=ctx.user_id).values_list(
            "step_id", flat=True
        )
    )
    for step in steps:
        if step.opened_at is None or step.decided_at is not None or step.pk in decided:
            continue
        current = approval.candidates(step.role, request, ctx) if not step.candidates else step.candidates
        if ctx.user_id in current:
            mine.append((step, None))
        elif lender := next((u for u in lenders if u in current), None):
            mine.append((step, lender))
    if not mine and not objections:
        objections.append(ALREADY.refuse() if decided else NOT_YOURS.refuse())
    content = {"amount": request.amount, "request": str(request.pk), "content_hash": request.content_hash}
    return Assessment(content=content, carry=(steps, mine), objections=tuple(objections))


def _decision(
    step: ApprovalStep, lender: UUID | None, agrees: bool, note: str, request: ApprovalRequest, ctx: Context
) -> Any:
    sealed = personal.seal(request.pk, note) if note else None
    return ApprovalDecision(
        id=new_id(), company_id=request.company_id, step=step, user_id=ctx.user_id, on_behalf_of_id=lender,
        agrees=agrees, note=sealed, at=ctx.now,
    )  # fmt: skip


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
    for step, lender in mine:
        effects.insert(_decision(step, lender, True, given.note, request, ctx))
        if step.mode == "all" and not _all_agreed(step, ctx.user_id):
            continue
        effects.update(step, decided_at=ctx.now)
        following = next(
            (s for s in steps if s.guard == step.guard and s.position == step.position + 1), None
        )
        if following is not None:
            approval.open_step(following, request, ctx)
            opened, found = following.opened_at, following.candidates
            following.opened_at, following.candidates = None, []
            effects.update(following, opened_at=opened, candidates=found)
    if all(step.decided_at is not None for step in steps):
        _carry_out(request, ctx, effects)
    else:
        # This act settled every approver's task on the request; who still has to decide gets it again.
        waiting = [step for step in steps if step.opened_at is not None and step.decided_at is None]
        effects.tasks += [task for step in waiting for task in approval.tasks_for(step, request, ctx.user_id)]
    return effects


def _all_agreed(step: ApprovalStep, now_deciding: UUID) -> bool:
    agreed = {
        person
        for decision in ApprovalDecision.objects.filter(step=step, agrees=True)
        for person in (decision.user_id, decision.on_behalf_of_id)
    }
    return set(step.candidates) <= agreed | {now_deciding}


def _carry_out(request: ApprovalRequest, ctx: Context, effects: Effects) -> None:
    """Every route agreed: keep the releases, let the row go, and run the act again for its requester."""
    from sellwell.kernel import door

    releases = [
        Release(
            id=new_id(), company_id=request.company_id, request=request, operation=request.operation,
            row_id=request.row_id, guard=guard, content_hash=request.content_hash, upper_bound=measure,
            until=approval.release_until(ctx.now),
        )
        for guard, measure in {(s.guard, s.measure) for s in request.steps.all()}
    ]  # fmt: skip
    effects.insert(*releases)
    _let_go(request, effects)
    requester = User.objects.get(pk=request.owner_id)
    actor = access.actor_for(requester, ctx.today)
    again = replace(ctx, actor=actor, on_behalf_of=None, within="", lent=frozenset())
    lent = [approval.Grantable(r.guard, r.content_hash, r.upper_bound) for r in releases]
    try:
        outcome = door.rerun(request.operation, again, request.row_id, opened_input(request.given), lent)
    except Refusal as refusal:
        effects.update(request, state=RequestState.FAILED.value, decided_at=ctx.now)
        row = _row_of(request)
        effects.tasks.append(
            NewTask(request.operation, row if row is not None else request, owner_id=request.owner_id)
        )
        effects.events.append(
            NewEvent("approvals.failed", {"request": str(request.pk), "code": refusal.code})
        )
    else:
        made = getattr(outcome.result, "pk", None)
        effects.update(
            request, state=RequestState.APPROVED.value, decided_at=ctx.now, row_id=request.row_id or made
        )
        effects.events.append(NewEvent("approvals.approved", {"request": str(request.pk)}))
    effects.drop_tasks.append(request.pk)


def _row_of(request: ApprovalRequest) -> Any:
    model = REGISTRY[request.operation].model
    return model._default_manager.filter(pk=request.row_id).first() if request.row_id else None


def _let_go(request: ApprovalRequest, effects: Effects) -> None:
    row = _row_of(request)
    if row is not None and getattr(row, "held_by", None) == request.pk:
        effects.update(row, held_by=None)


def assess_rejection(request: ApprovalRequest, given: Decide, ctx: Context) -> Assessment:
    """As for an approval, and a reason must be given."""
    found = assess_decision(request, given, ctx)
    if given is not None and not given.note:
        return replace(found, objections=(*found.objections, NEEDS_NOTE.refuse(path="note")))
    return found


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
    assess=assess_rejection,
    clauses=["1.3.1"],
    danger=True,
)
def reject(request: ApprovalRequest, given: Decide, ctx: Context, assessment: Assessment) -> Effects:
    """Say no: the row is free again and its owner gets it back."""
    effects = Effects(result=request)
    _, mine = assessment.carry
    step, lender = mine[0]
    effects.insert(_decision(step, lender, False, given.note, request, ctx))
    effects.update(request, state=RequestState.REJECTED.value, decided_at=ctx.now, note=given.note)
    row = _row_of(request)
    _let_go(request, effects)
    effects.drop_tasks.append(request.pk)
    if row is not None:
        effects.tasks.append(NewTask(request.operation, row, owner_id=request.owner_id))
    effects.events.append(NewEvent("approvals.rejected", {"request": str(request.pk)}))
    return effects


def assess_withdrawal(request: ApprovalRequest, given: Any, ctx: Context) -> Assessment:
    """Only the requester takes a request back."""
    objections = () if request.owner_id == ctx.user_id else (NOT_REQUESTER.refuse(),)
    return Assessment(objections=objections)


@operation(
    "approvals.withdraw",
    T("撤回申请", "Withdraw"),
    ApprovalRequest,
    help=T("撤回自己提交的申请，单据恢复可编辑。", "Take your request back; the record can be edited again."),
    from_states=[RequestState.OPEN],
    assess=assess_withdrawal,
)
def withdraw(request: ApprovalRequest, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Take a request back: the row is free again."""
    effects = Effects(result=request)
    effects.update(request, state=RequestState.WITHDRAWN.value, decided_at=ctx.now)
    _let_go(request, effects)
    effects.drop_tasks.append(request.pk)
    return effects


class Delegate(Input):
    """To whom, from when until when, up to which amount."""

    deputy: Ref("kernel.user") = field(T("代理人", "Deputy"))  # type: ignore[valid-type]
    since: date = field(T("开始日期", "From"))
    until: date = field(T("截止日期（不含）", "Until (not included)"))
    amount_limit: Amount | None = field(T("金额上限", "Amount limit"), None)
    note: ShortText = field(T("说明", "Note"), "")


def assess_delegation(row: Any, given: Delegate, ctx: Context) -> Assessment:
    """The dates follow each other and the deputy is somebody else."""
    objections = []
    if given.until <= given.since:
        objections.append(DATES.refuse(path="until"))
    if given.deputy == ctx.user_id:
        objections.append(SELF.refuse(path="deputy"))
    return Assessment(
        content=plain({"deputy": given.deputy, "since": given.since, "until": given.until}),
        objections=tuple(objections),
    )


@operation(
    "approvals.delegate",
    T("委托审批", "Lend approvals"),
    Delegation,
    help=T(
        "外出期间请同事代为审批；台账同时记录两人姓名。",
        "A colleague approves for you while you are away; the ledger names you both.",
    ),
    input=Delegate,
    creates=True,
    assess=assess_delegation,
    clauses=["1.3.1"],
)
def delegate(row: Any, given: Delegate, ctx: Context, assessment: Assessment) -> Effects:
    """Lend one's approvals to a deputy from day to day."""
    effects = Effects()
    effects.result = drafting.document(
        Delegation, ctx, "DG", DelegationState.ACTIVE, deputy_id=given.deputy, since=given.since,
        until=given.until, amount_limit=given.amount_limit, note=given.note,
    )  # fmt: skip
    effects.insert(effects.result)
    return effects


@operation(
    "approvals.revoke",
    T("收回委托", "Take back"),
    Delegation,
    help=T("提前收回审批委托。", "End a delegation early."),
    from_states=[DelegationState.ACTIVE],
)
def revoke(row: Delegation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """End a delegation."""
    effects = Effects(result=row)
    effects.update(row, state=DelegationState.REVOKED.value)
    return effects
