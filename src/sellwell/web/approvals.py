"""Approvals as cards: who asks for what, how much, what differs from the rule, who decided, and the two answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from sellwell.kernel import access, approval_fields, approval_lists, directory, history
from sellwell.kernel.answers import OVER_LIMIT, OVER_LIMIT_OF
from sellwell.kernel.approval_operations import deciding
from sellwell.kernel.ledger import opened_input
from sellwell.kernel.models import ApprovalRequest, NoteKind, RequestState, StepOutcome, StoredFile
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.web import cells, do
from sellwell.web.forms import derive
from sellwell.web.history_words import snapshot_lines

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context, Operation
    from sellwell.kernel.values import Objection


@dataclass(frozen=True)
class Said:
    """Who decided, for whom, how, when and why."""

    who: str
    for_whom: str
    agrees: bool
    carried: bool
    at: datetime
    why: str
    earlier: bool  # in a round before the present one


@dataclass(frozen=True)
class StepLine:
    """A step of a route: its role, who may decide, who did, and what else happened at it."""

    id: Any
    role: str
    people: list[str]
    state: str  # done | open | ahead | dropped | rejected
    decisions: list[Said]
    all_of: bool = False
    round: int = 1
    due_at: datetime | None = None
    late: bool = False


@dataclass(frozen=True)
class Route:
    """The steps that one objection asks for, in order."""

    reason: T | str
    steps: list[StepLine]


@dataclass(frozen=True)
class Card:
    """An approval as people read it."""

    request: ApprovalRequest
    title: T | str
    url: str
    row_url: str
    reasons: list[T]
    routes: list[Route]
    terms: list[tuple[T, str]]
    approve: str
    reject: str
    key: str
    may_decide: bool
    amount: Decimal | None
    # The document's number; what has none is named as its own page names it, to those who may see it.
    about: str

    @property
    def course(self) -> list[Route]:
        """Who is asked, each once."""
        return without_repeats(self.routes)

    @property
    def state(self) -> RequestState:
        """Where the request stands."""
        return RequestState(self.request.state)


def cards(requests: Sequence[ApprovalRequest], ctx: Context, waiting: set[UUID] | None = None) -> list[Card]:
    """Requests as cards: a few queries for all of them together. `waiting`: those that the reader can decide, if known."""
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
    if waiting is None:
        waiting = approval_lists.waiting_ids(ctx) if found else set()
    rows = [(r.row_type, r.row_id) for r in found if r.row_id is not None and not r.row_number]
    labels = {row_id: name for (_, row_id), name in history.names_of(rows, ctx.actor).items()}
    return [
        _card(r, names, ctx, r.pk in waiting, r.row_number or (labels.get(r.row_id, "") if r.row_id else ""))
        for r in found
    ]


def _card(request: ApprovalRequest, names: dict[Any, str], ctx: Context, mine: bool, about: str) -> Card:
    operation = REGISTRY.get(request.operation)
    unseen = approval_fields.hidden(request, request.steps.all(), ctx)
    return Card(
        request,
        operation.title if operation else request.operation,
        cells.record_url("kernel.approvalrequest", request.pk),
        cells.record_url(request.row_type, request.row_id),
        [reason(o, request, ctx) for o in request.objections],
        routes(request, names, ctx),
        snapshot_lines({k: v for k, v in request.snapshot.items() if k not in unseen}),
        f"/do/approvals.approve/{request.pk}/",
        f"/do/approvals.reject/{request.pk}/",
        do.new_key(),
        mine,
        request.amount,
        about,
    )


def routes(request: ApprovalRequest, names: dict[Any, str], ctx: Context) -> list[Route]:
    """The routes of a request, each with the objection that asked for it."""
    reasons = {o.get("code"): reason(o, request, ctx) for o in request.objections}
    found: dict[str, Route] = {}
    for step in sorted(request.steps.all(), key=lambda s: (s.guard, s.position)):
        route = found.setdefault(step.guard, Route(reasons.get(step.guard, ""), []))
        route.steps.append(_step(step, names, ctx))
    return list(found.values())


def reason(stored: dict[str, Any], request: ApprovalRequest, ctx: Context) -> T:
    """Why it was held, told to this reader: a limit is the requester's own, so others read whose it is."""
    if stored.get("code") == OVER_LIMIT.code and request.owner_id != ctx.user_id:
        given = {**(stored.get("args") or {}), "who": request.owner.name}
        stored = {**stored, "code": OVER_LIMIT_OF.code, "args": given}
    return history.objection_text(stored)


def without_repeats(found: Sequence[Route]) -> list[Route]:
    """The routes as a card shows them: who is asked by two of them, and stands alike in both, is named once."""
    seen: set[tuple[str, tuple[str, ...], str]] = set()
    shown = []
    for route in found:
        steps = []
        for step in route.steps:
            key = (step.role, tuple(sorted(step.people)), step.state)
            if key not in seen:
                steps.append(step)
            seen.add(key)
        if steps:
            shown.append(replace(route, steps=steps))
    return shown


def _step(step: Any, names: dict[Any, str], ctx: Context) -> StepLine:
    said = [
        Said(
            names.get(d.user_id, ""), names.get(d.on_behalf_of_id, "") if d.on_behalf_of_id else "", d.agrees, d.carried,
            d.at, str(history.opened(d.note) or "") if d.note else "", d.round < step.round,
        )
        for d in sorted(step.decisions.all(), key=lambda d: d.at)
    ]  # fmt: skip
    if step.outcome in ("dropped", "rejected"):
        state = step.outcome
    else:
        state = "done" if step.decided_at else "open" if step.opened_at else "ahead"
    role = do.role_name(step.role) if step.role else str(T("加签", "Added signer"))
    people = [names.get(u, "") for u in step.candidates]
    late = state == "open" and step.due_at is not None and step.due_at < ctx.now
    return StepLine(step.pk, role, people, state, said, step.mode == "all", step.round, step.due_at, late)


def panel_context(request: ApprovalRequest, ctx: Context) -> dict[str, Any]:
    """The card on the request's own record page, with what this reader can do about it."""
    card = cards([request], ctx)[0]
    return {
        "card": card,
        "actions": actions(request, ctx),
        "earlier": earlier(request, ctx) if card.may_decide else [],
        "changeable": changeable(request, ctx) if card.may_decide else [],
    }


# (operation, icon): in the order in which they stand below the decision
ACTIONS = (
    ("approvals.question", "info"), ("approvals.add_signer", "plus"), ("approvals.drop_signer", "minus"),
    ("approvals.answer", "edit"), ("approvals.copy", "copy"), ("approvals.comment", "paperclip"),
    ("approvals.remind", "bell"), ("approvals.escalate", "chevron-up"), ("approvals.withdraw", "undo"),
    ("approvals.retry", "refresh"),
)  # fmt: skip


def actions(request: ApprovalRequest, ctx: Context) -> list[tuple[Operation, str, str]]:
    """What else this reader can do now: (operation, icon, address)."""
    found = []
    for name, icon in ACTIONS:
        operation = REGISTRY[name]
        if operation.from_states and request.state not in operation.from_states:
            continue
        if access.cell_for(ctx.actor, name, request) is None:
            continue
        if name == "approvals.drop_signer" and not request.notes.filter(kind=NoteKind.ADDED.value).exists():
            continue
        if not any(o.kind == "refuse" for o in _standing(operation, request, ctx)):
            found.append((operation, icon, f"/do/{name}/{request.pk}/"))
    return found


def _standing(operation: Operation, request: ApprovalRequest, ctx: Context) -> Sequence[Objection]:
    """What stands in the way before anything is typed."""
    return operation.assess(request, None, ctx).objections if operation.assess is not None else ()


def changeable(request: ApprovalRequest, ctx: Context) -> list[tuple[str, derive.FormField]]:
    """The fields that this reader's step may change: (name, a form field with its present value)."""
    _, mine = deciding(request, ctx)
    given = opened_input(request.given)
    found = []
    for name in approval_fields.editable(request, [step for step, _ in mine], ctx):
        drawn = derive.field_of(name, REGISTRY[request.operation].input.model_fields[name], "value")
        drawn.value, drawn.required = derive.as_text(given.get(name)), True
        found.append((name, drawn))
    return found


def earlier(request: ApprovalRequest, ctx: Context) -> list[tuple[Any, str]]:
    """The steps that this reader can return the request to: (identifier, name)."""
    steps, mine = deciding(request, ctx)
    here = {step.guard: step.position for step, _ in mine}
    names = directory.current().names({u for s in steps for u in s.candidates})
    return [
        (
            s.pk,
            f"{do.role_name(s.role) if s.role else T('加签', 'Added signer')} {'、'.join(names.get(u, '') for u in s.candidates)}",
        )
        for s in steps
        if s.position < here.get(s.guard, 0) and s.outcome != StepOutcome.DROPPED.value
    ]


# --- what was said and done -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoteLine:
    """A line of the conversation: who, what kind, to whom, the words, the files."""

    who: str
    to: str
    kind: NoteKind
    text: str
    files: list[tuple[str, str]]  # (address, name)
    at: datetime


def thread_context(request: ApprovalRequest, ctx: Context) -> dict[str, Any] | None:
    """Questions, answers, remarks, and what changed the course of a request, oldest first."""
    notes = list(request.notes.order_by("at", "id"))
    people = {u for n in notes for u in (n.user_id, n.to_id) if u}
    names = directory.current().names(people) if people else {}
    wanted = [f for n in notes for f in n.files]
    files = dict(StoredFile.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    unseen = approval_fields.hidden(request, request.steps.all(), ctx)
    lines = [
        NoteLine(
            names.get(n.user_id, ""), names.get(n.to_id, "") if n.to_id else "", NoteKind(n.kind),
            _words(n, request, unseen),
            [(f"/files/{f}?of=kernel.approvalrequest/{request.pk}", files.get(f, "")) for f in n.files], n.at,
        )
        for n in notes
    ]  # fmt: skip
    return {"notes": lines}


def _words(note: Any, request: ApprovalRequest, unseen: set[str]) -> str:
    """What a note says to this reader."""
    text = str(history.opened(note.text) or "") if note.text else ""
    return approval_fields.amended(text, request, unseen) if note.kind == NoteKind.AMENDED else text


def attached(request: ApprovalRequest) -> set[UUID]:
    """The files that people put to their words about a request."""
    return {file_id for note in request.notes.all() for file_id in note.files}
