"""The course of a request: steps that open, settle, carry over, fall due, open again, and climb upward.

Plain functions over a request's steps. They write through the given effects and know nothing of who asked for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max

from sellwell.kernel import calendar, directory, personal, policies, policy
from sellwell.kernel.effects import Effects, NewDeadline, NewEvent, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalNote,
    ApprovalRequest,
    ApprovalStep,
    NoteKind,
    StepOutcome,
)
from sellwell.kernel.policy_table import table
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Assessment, Context
    from sellwell.kernel.values import Objection

DEADLINES = "approvals.deadlines"
REMIND, ESCALATE = "approvals.remind", "approvals.escalate"

policy.default(
    DEADLINES,
    table(
        inputs={
            "operation": ("text", T("事项", "Act")),
            "role": ("text", T("审批角色", "Role asked")),
            "amount": ("number", T("金额", "Amount")),
        },
        outputs={
            "hours": ("number", T("时限（工作小时）", "Hours (working time)")),
            "remind_before": ("number", T("提前提醒（工作小时）", "Remind before (working hours)")),
            "escalate_after": ("number", T("超时后升级（工作小时）", "Escalate after the end (working hours)")),
        },
        rows=[["-", "-", "-", "4", "1", "4"]],
        examples=[
            (
                {"operation": "orders.confirm", "role": "finance", "amount": "1000"},
                {"hours": "4", "remind_before": "1", "escalate_after": "4"},
            )
        ],
    ),
    T("审批时限", "Time limits of approvals"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """When a step is due, when its people are reminded, when it climbs upward."""

    due_at: datetime
    remind_at: datetime | None
    escalate_at: datetime | None


def times(step: ApprovalStep, request: ApprovalRequest, ctx: Context) -> Times:
    """What the policy of time limits says of a step that opens now, in working time."""
    facts = {"operation": request.operation, "role": step.role, "amount": request.amount or Decimal(0)}
    said = policies.judge(DEADLINES, ctx, facts).outputs or {}
    hours = Decimal(said.get("hours") or 4)
    before, after = said.get("remind_before"), said.get("escalate_after")

    def moment(length: Decimal) -> datetime:
        return calendar.add_working_time(ctx.now, length)

    return Times(
        moment(hours),
        moment(hours - before) if before is not None and before < hours else None,
        moment(hours + after) if after is not None else None,
    )


def _opening(
    step: ApprovalStep,
    steps: Sequence[ApprovalStep],
    request: ApprovalRequest,
    ctx: Context,
    effects: Effects,
) -> dict[str, Any]:
    """The columns of a step that opens now; its deadlines and the event that tells of it are noted."""
    from sellwell.kernel import approval

    when = times(step, request, ctx)
    others = approval.others_of(step, steps, request, ctx)
    found = step.candidates or approval.candidates(step.role, request, ctx, others=others)
    for what, moment in ((REMIND, when.remind_at), (ESCALATE, when.escalate_at)):
        if moment is not None:
            effects.deadlines.append(NewDeadline(what, step.pk, moment))
    effects.events.append(
        NewEvent(
            "approvals.opened", {"request": str(request.pk), "step": str(step.pk), "round": str(step.round)}
        )
    )
    return {"opened_at": ctx.now, "candidates": found, "due_at": when.due_at}


def open_new(
    step: ApprovalStep,
    steps: Sequence[ApprovalStep],
    request: ApprovalRequest,
    ctx: Context,
    effects: Effects,
) -> None:
    """Open a step that is not written yet, one of `steps`."""
    for name, value in _opening(step, steps, request, ctx, effects).items():
        setattr(step, name, value)


def ordered(request: ApprovalRequest) -> list[ApprovalStep]:
    """The steps of a request, route by route."""
    return list(request.steps.order_by("guard", "position"))


def settle(step: ApprovalStep, outcome: StepOutcome, ctx: Context, effects: Effects) -> None:
    """A step is through: its deadlines fall away."""
    effects.update(step, decided_at=ctx.now, outcome=outcome.value)
    effects.drop_deadlines.append(step.pk)


def spoken(step: ApprovalStep) -> set[UUID]:
    """Who has had their say on a step, in its present round; a deputy's word is the lender's."""
    found = ApprovalDecision.objects.filter(step=step, round=step.round)
    return {lender or user for user, lender in found.values_list("user_id", "on_behalf_of_id")}


def all_spoke(step: ApprovalStep) -> bool:
    """Whether nobody of its candidates is left to be heard."""
    return set(step.candidates) <= spoken(step)


def advance(request: ApprovalRequest, steps: Sequence[ApprovalStep], ctx: Context, effects: Effects) -> None:
    """Open the next step of every route; where the same person agreed before, go on at once."""
    for guard in dict.fromkeys(step.guard for step in steps):
        for step in sorted((s for s in steps if s.guard == guard), key=lambda s: s.position):
            if step.decided_at is not None:
                continue
            if step.opened_at is None:
                effects.update(step, **_opening(step, steps, request, ctx, effects))
                _carry_over(step, request, ctx, effects)
            if step.decided_at is None:
                break


def _carry_over(step: ApprovalStep, request: ApprovalRequest, ctx: Context, effects: Effects) -> None:
    """The same approver is asked once: an agreement given on these terms counts here too. Not where it was returned."""
    if step.round > 1:
        return
    agreed = agreed_people(request, step) - spoken(step)
    again = [user for user in step.candidates if user in agreed]
    for user in again if step.mode == "all" else again[:1]:
        effects.insert(
            ApprovalDecision(
                id=new_id(), company_id=request.company_id, step=step, round=step.round, user_id=user, agrees=True,
                carried=True, at=ctx.now,
            )
        )  # fmt: skip
    if again and (step.mode == "any" or all_spoke(step)):
        settle(step, StepOutcome.CARRIED, ctx, effects)


def agreed_people(request: ApprovalRequest, about: ApprovalStep) -> set[UUID]:
    """Who agreed to the same terms on any other step, in its present round; a deputy's yes is the lender's.

    What was agreed before a new or larger objection came up was not about that objection, and counts no more.
    """
    given = ApprovalDecision.objects.filter(step__request=request, agrees=True).select_related("step")
    routed = request.notes.filter(kind=NoteKind.ROUTED.value).aggregate(last=Max("at"))["last"]
    if routed is not None:
        given = given.filter(at__gt=routed)
    return {
        d.on_behalf_of_id or d.user_id
        for d in given
        if d.round == d.step.round and d.step.content_hash == about.content_hash and d.step_id != about.pk
    }


def reopen(steps: Sequence[ApprovalStep], first: ApprovalStep, last: ApprovalStep, effects: Effects) -> None:
    """The steps of a route from `first` to `last` are asked once more, in a new round; signers that were added stay."""
    added = set(
        ApprovalNote.objects.filter(step__in=steps, kind=NoteKind.ADDED.value).values_list(
            "step_id", flat=True
        )
    )
    for step in steps:
        if step.guard != first.guard or not first.position <= step.position <= last.position:
            continue
        if step.outcome == StepOutcome.DROPPED.value:
            continue
        effects.drop_deadlines.append(step.pk)
        effects.update(
            step, round=step.round + 1, opened_at=None, decided_at=None, due_at=None, outcome="", escalated_at=None,
            candidates=step.candidates if step.pk in added or not step.role else [],
        )  # fmt: skip


def above(step: ApprovalStep, request: ApprovalRequest, ctx: Context) -> list[UUID]:
    """Who stands above those who did not decide in time: their managers, else the roles of last resort."""
    from sellwell.kernel import approval

    if not step.candidates:
        return approval.candidates(step.role, request, ctx)
    barred = approval.barred_from(request) | set(step.candidates)
    managers = [directory.current().manager(user, request.company_id, ctx.today) for user in step.candidates]
    found = [user for user in dict.fromkeys(managers) if user is not None and user not in barred]
    return found or approval.candidates(approval.LAST_RESORT[0], request, ctx, without=list(step.candidates))


def climb(
    step: ApprovalStep, higher: Sequence[UUID], request: ApprovalRequest, ctx: Context, effects: Effects
) -> None:
    """The step is also theirs now (of an `all` step: theirs in place of those who are silent), with a new time limit."""
    people = [*step.candidates, *higher]
    if step.mode == "all":
        answered = spoken(step)
        people = [*(user for user in step.candidates if user in answered), *higher]
    when = times(step, request, ctx)
    effects.update(step, candidates=people, escalated_at=ctx.now, due_at=when.due_at)
    if when.escalate_at is not None:
        effects.deadlines.append(NewDeadline(ESCALATE, step.pk, when.escalate_at))


# --- what is said and noted ---------------------------------------------------------------------------------------------


def sealed(request: ApprovalRequest, text: str) -> Any:
    """A text as it is kept with the request; None for no text."""
    return personal.seal(request.subject_id or request.pk, text) if text else None


def note(request: ApprovalRequest, kind: str, ctx: Context, text: str = "", **values: Any) -> ApprovalNote:
    """A line in the course of a request."""
    return ApprovalNote(
        id=new_id(), company_id=request.company_id, request=request, kind=str(kind), user_id=ctx.user_id,
        text=sealed(request, text), at=ctx.now, **values,
    )  # fmt: skip


def ask_questions_again(request: ApprovalRequest, effects: Effects) -> None:
    """An act that settled the tasks of a request settled those of open questions too; they are given anew."""
    asked = request.notes.filter(kind=NoteKind.QUESTION.value, replies__isnull=True)
    effects.tasks += [
        NewTask("approvals.answer", request, owner_id=user)
        for user in dict.fromkeys(asked.order_by("at", "id").values_list("to_id", flat=True))
    ]


def copy_to_roles(
    request: ApprovalRequest,
    objections: Sequence[Objection],
    ctx: Context,
    assessment: Assessment,
    effects: Effects,
) -> None:
    """Whom the routes name for a copy (`cc:finance`) gets one."""
    from sellwell.kernel import approval

    roles = [
        role
        for o in objections
        for mode, role in approval.steps_of(o.route, ctx, assessment, o.measure)
        if mode == "cc"
    ]
    people: dict[UUID, None] = {}
    for role in dict.fromkeys(roles):
        people |= dict.fromkeys(approval.candidates(role, request, ctx))
    if people:
        effects.insert(*(note(request, "copied", ctx, to_id=user) for user in people))
        effects.events.append(NewEvent("approvals.copied", {"request": str(request.pk)}))
