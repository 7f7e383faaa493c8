"""The lists that people know: waiting for me, decided by me, asked by me, copied to me."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalNote,
    ApprovalStep,
    Delegation,
    NoteKind,
    RequestState,
)
from sellwell.kernel.models.approvals import decided_by, lent_on
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

LISTS = {
    "waiting": T("待我审批", "Waiting for me"),
    "decided": T("我已审批", "Decided by me"),
    "mine": T("我发起", "Asked by me"),
    "copied": T("抄送我", "Copied to me"),
}
MOST = 1000  # steps that wait for one person
# What `_waits` reads of a step; the terms and texts of a request are long and not among it.
NEEDED = (
    "candidates", "round", "request__company_id", "request__owner_id", "request__operation", "request__amount",
)  # fmt: skip


def waiting_ids(ctx: Context) -> set[UUID]:
    """The requests that this person can decide now, also as a deputy of others."""
    lent = list(lent_on(ctx.today).filter(deputy_id=ctx.user_id))
    people = [ctx.user_id, *(d.owner_id for d in lent)]
    steps = list(
        ApprovalStep.objects.filter(
            candidates__overlap=people, opened_at__isnull=False, decided_at__isnull=True,
            request__state=RequestState.OPEN.value,
        ).exclude(request__owner_id=ctx.user_id).select_related("request").only(*NEEDED)[:MOST]
    )  # fmt: skip
    given = ApprovalDecision.objects.filter(
        Q(user_id__in=people) | Q(on_behalf_of_id__in=people), step__in=steps
    )
    spoken = {(d.step_id, d.round, d.on_behalf_of_id or d.user_id) for d in given} if steps else set()
    return {step.request_id for step in steps if _waits(step, ctx.user_id, lent, spoken)}


def _waits(
    step: ApprovalStep, user_id: UUID, lent: list[Delegation], spoken: set[tuple[UUID, int, UUID]]
) -> bool:
    voices = [user_id, *(d.owner_id for d in lent if d.reaches(step.request))]
    return any(v in step.candidates and (step.pk, step.round, v) not in spoken for v in voices)


def condition(name: str, ctx: Context, waiting: set[UUID]) -> Q:
    """Which requests stand in a list; `waiting` is what `waiting_ids` gave."""
    if name == "waiting":
        return Q(pk__in=waiting)
    if name == "decided":
        return Q(pk__in=decided_by(ctx.user_id).values("step__request_id"))
    if name == "mine":
        return Q(owner_id=ctx.user_id)
    copies = ApprovalNote.objects.filter(to_id=ctx.user_id, kind=NoteKind.COPIED.value)
    return Q(pk__in=copies.values("request_id"))
