"""Lending one's approvals to a deputy: from day to day, for some work or all, up to an amount."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sellwell.kernel import directory, drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Amount, Code, Input, Ref, ShortText, field, plain
from sellwell.kernel.models import ApprovalStep, Delegation, DelegationState
from sellwell.kernel.operations import REGISTRY, Assessment, Context, operation
from sellwell.kernel.values import Reason, T

DATES = Reason("delegation.dates", T("截止日期必须晚于开始日期。", "The end must be after the start."))
SELF = Reason("delegation.self", T("不能委托给自己。", "Nobody is their own deputy."))
NO_POST = Reason(
    "delegation.no_post",
    T(
        "代理人在本公司没有任职。请选择另一位同事。",
        "The deputy holds no post in this company. Choose a colleague.",
    ),
)
NO_ROOM = Reason(
    "delegation.no_room",
    T(
        "没有这类业务。请填写业务代码，如 orders。",
        "There is no such work. Give the name of a room, such as orders.",
    ),
)
NOT_PARTY = Reason(
    "delegation.not_party",
    T("只有委托人或代理人可以结束委托。", "Only the lender or the deputy can end it."),
)


class Delegate(Input):
    """To whom, from when until when, up to which amount."""

    deputy: Ref("kernel.user") = field(T("代理人", "Deputy"))  # type: ignore[valid-type]
    since: date = field(T("开始日期", "From"))
    until: date = field(T("截止日期（不含）", "Until (not included)"))
    amount_limit: Amount | None = field(T("金额上限", "Amount limit"), None, ge=0)
    rooms: list[Code] = field(
        T("适用业务", "For which work"), default_factory=list, max_length=40,
        help=T("业务代码，如 orders、contracts；不填为全部。", "Names of rooms, such as orders; empty for all."),
    )  # fmt: skip
    note: ShortText = field(T("说明", "Note"), "")


def assess_delegation(row: Any, given: Delegate, ctx: Context) -> Assessment:
    """The dates follow each other and the deputy is somebody else."""
    objections = []
    if given.until <= given.since:
        objections.append(DATES.refuse(path="until"))
    if given.deputy == ctx.user_id:
        objections.append(SELF.refuse(path="deputy"))
    elif not any(p.company_id == ctx.company_id for p in directory.current().posts(given.deputy, ctx.today)):
        objections.append(NO_POST.refuse(path="deputy"))
    known = {operation.room for operation in REGISTRY.values()}
    objections += [
        NO_ROOM.refuse(path=f"rooms.{i}") for i, room in enumerate(given.rooms) if room not in known
    ]
    return Assessment(
        content=plain(given.model_dump(include={"deputy", "since", "until", "rooms"})),
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
    effects.result = lend(
        effects, ctx, given.deputy, given.since, given.until,
        amount_limit=given.amount_limit, rooms=given.rooms, note=given.note,
    )  # fmt: skip
    return effects


def lend(
    effects: Effects, ctx: Context, deputy_id: UUID, since: date, until: date, **values: Any
) -> Delegation:
    """A delegation; `values` name the lender and the scope where they are not the actor's own."""
    lent = drafting.document(
        Delegation, ctx, "DG", DelegationState.ACTIVE, deputy_id=deputy_id, since=since, until=until, **values
    )
    effects.insert(lent)
    if since <= ctx.today < until:
        _hand_on_waiting(lent, ctx, effects)
    return lent


def _hand_on_waiting(lent: Delegation, ctx: Context, effects: Effects) -> None:
    """What waits for the lender already is in the deputy's list at once."""
    waiting = ApprovalStep.objects.filter(
        candidates__contains=[lent.owner_id], opened_at__isnull=False, decided_at__isnull=True,
        request__state="open", request__company_id=ctx.company_id,
    ).select_related("request")  # fmt: skip
    for step in waiting:
        if lent.reaches(step.request):
            effects.tasks.append(
                NewTask("approvals.approve", step.request, owner_id=lent.deputy_id, due_at=step.due_at)
            )


def assess_revoking(row: Delegation, given: Any, ctx: Context) -> Assessment:
    """The lender takes it back, or the deputy gives it back."""
    theirs = ctx.user_id in (row.owner_id, row.deputy_id)
    return Assessment(objections=() if theirs else (NOT_PARTY.refuse(),))


@operation(
    "approvals.revoke",
    T("收回委托", "Take back"),
    Delegation,
    help=T("提前收回审批委托。", "End a delegation early."),
    from_states=[DelegationState.ACTIVE],
    assess=assess_revoking,
)
def revoke(row: Delegation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """End a delegation."""
    effects = Effects(result=row)
    effects.update(row, state=DelegationState.REVOKED.value)
    return effects
