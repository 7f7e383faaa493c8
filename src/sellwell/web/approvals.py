"""Approvals as cards: who asks for what, how much, what differs from the rule, who decided, and the two answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects

from sellwell.kernel import directory, history
from sellwell.kernel.models import ApprovalRequest
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.web import cells, do
from sellwell.web.history_words import snapshot_lines

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context


@dataclass(frozen=True)
class StepLine:
    """A step of a route: its role, who may decide, who did."""

    role: str
    people: list[str]
    state: str  # done | open | ahead
    decisions: list[tuple[str, str, bool]]  # (who, on behalf of, agrees)


@dataclass(frozen=True)
class Card:
    """An approval as people read it."""

    request: ApprovalRequest
    title: T | str
    url: str
    row_url: str
    reasons: list[T]
    steps: list[StepLine]
    terms: list[tuple[T, str]]
    approve: str
    reject: str
    key: str
    may_decide: bool


def cards(requests: Sequence[ApprovalRequest], ctx: Context) -> list[Card]:
    """Requests as cards: one query for their steps, one for names."""
    found = list(requests)
    prefetch_related_objects(found, "steps__decisions", "owner")
    people = {u for r in found for s in r.steps.all() for u in s.candidates}
    people |= {
        u
        for r in found
        for s in r.steps.all()
        for d in s.decisions.all()
        for u in (d.user_id, d.on_behalf_of_id)
        if u
    }
    names = directory.current().names(people) if people else {}
    return [_card(request, names, ctx) for request in found]


def _card(request: ApprovalRequest, names: dict[Any, str], ctx: Context) -> Card:
    operation = REGISTRY.get(request.operation)
    steps = [_step(s, names) for s in sorted(request.steps.all(), key=lambda s: (s.guard, s.position))]
    open_steps = [s for s in request.steps.all() if s.opened_at and not s.decided_at]
    mine = any(ctx.user_id in s.candidates for s in open_steps)
    return Card(
        request,
        operation.title if operation else request.operation,
        cells.record_url("kernel.approvalrequest", request.pk),
        cells.record_url(request.row_type, request.row_id),
        [history.objection_text(o) for o in request.objections],
        steps,
        snapshot_lines(request.snapshot),
        f"/do/approvals.approve/{request.pk}/",
        f"/do/approvals.reject/{request.pk}/",
        do.new_key(),
        request.state == "open" and mine and request.owner_id != ctx.user_id,
    )


def _step(step: Any, names: dict[Any, str]) -> StepLine:
    decisions = [
        (names.get(d.user_id, ""), names.get(d.on_behalf_of_id, "") if d.on_behalf_of_id else "", d.agrees)
        for d in step.decisions.all()
    ]
    state = "done" if step.decided_at else "open" if step.opened_at else "ahead"
    return StepLine(do.role_name(step.role), [names.get(u, "") for u in step.candidates], state, decisions)


def panel_context(request: ApprovalRequest, ctx: Context) -> dict[str, Any]:
    """The card on the request's own record page."""
    return {"card": cards([request], ctx)[0]}
