"""Holds and their release: who must agree, in which order, and what an agreement covers.

Guards and routes that hold an act form one request with parallel routes. A release is bound to the guard, to the hash of
the assessment's content and to the guard's measure: a new or larger objection needs a new agreement. Context (exposure,
stock) is never hashed, so a release survives a busy day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from sellwell.kernel import approval_course as course
from sellwell.kernel import directory, duties, ledger, numbering, policies
from sellwell.kernel.effects import NewTask, subject_of
from sellwell.kernel.extensions import Extension
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import plain
from sellwell.kernel.models import (
    ApprovalRequest,
    ApprovalStep,
    Release,
    RequestState,
)
from sellwell.kernel.models.approvals import lent_on
from sellwell.kernel.values import Objection, Reason, T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Agreed, Assessment, Context, Operation

NEEDS_APPROVAL = Reason(
    "approval.needed", T("按审批制度需要审批。", "The approval policy asks for approval.")
)

# How long a release holds when nobody says otherwise.
RELEASE_DAYS = 30
# Where a route ends when nobody of the named role can be found, in this order.
LAST_RESORT = ("sales_manager", "executive", "administrator")


@dataclass(frozen=True, slots=True)
class Grantable:
    """An agreement: this guard, this content, up to this measure."""

    guard: str
    content_hash: str
    upper_bound: Decimal | None


def content_hash(assessment: Assessment) -> str:
    """The hash that an approval is bound to: the document's own terms."""
    return hashlib.sha256(ledger.canonical(plain(dict(assessment.content)))).hexdigest()


# What every route may ask about beside the assessment, by the fact's name: (assessment, ctx) -> its value.
route_facts: Extension[Callable[[Assessment, Context], Any]] = Extension(
    "approval.route_facts", "facts that approval policies may ask about any act"
)


def route_objections(operation: Operation, ctx: Context, assessment: Assessment) -> list[Objection]:
    """The hold that the operation's own approval policy asks for, if it names anybody."""
    if not deciders(steps_of(operation.route, ctx, assessment, None)):
        return []
    return [NEEDS_APPROVAL.hold(operation.route, measure=assessment.amount)]


def steps_of(
    route: str, ctx: Context, assessment: Assessment, measure: Decimal | None
) -> list[tuple[str, str]]:
    """Who a route names, as (mode, role) in order: the policy's output `approvers`.

    `"regional_manager, all:legal, cc:finance"`: any regional manager, then everybody of legal; finance gets a copy.
    """
    facts = {
        **{name: tell(assessment, ctx) for name, tell in route_facts},
        **assessment.context,
        **assessment.content,
        "measure": measure if measure is not None else Decimal(0),
    }
    decision = policies.judge(route, ctx, facts)
    names = str(decision.outputs.get("approvers", "") or "") if decision.outputs else ""
    named = [part.strip().rpartition(":") for part in names.split(",") if part.strip()]
    return [(mode or "any", role) for mode, _, role in named]


def deciders(steps: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The steps that decide, those that only get a copy left out."""
    return [step for step in steps if step[0] != "cc"]


def not_released(
    operation: Operation, row: Any, assessment: Assessment, objections: Sequence[Objection], ctx: Context
) -> list[Objection]:
    """The holds that no agreement covers yet. A nested act is covered by what was agreed for the outermost one."""
    holds = [o for o in objections if o.kind == "hold"]
    if not holds:
        return []
    digest = content_hash(assessment)
    known: list[Grantable] = list(ctx.agreed.releases) if ctx.agreed is not None else []
    places = [(operation.name, row.pk)] if row is not None else []
    if ctx.outer is not None and ctx.outer[1] is not None:
        places.append(ctx.outer)
    if places:
        where = reduce(or_, (Q(operation=name, row_id=row_id) for name, row_id in places))
        known += [grantable(r) for r in Release.objects.filter(where, until__gt=ctx.now)]
    return [o for o in holds if not any(_covers(r, o, digest) for r in known)]


def grantable(release: Release) -> Grantable:
    """A stored release as a value."""
    return Grantable(release.guard, release.content_hash, release.upper_bound)


def agreement_image(agreed: Agreed) -> dict[str, Any]:
    """What the ledger keeps of an agreement, beside the guards' answers: the request and who approved."""
    return {
        "guard": "approval", "said": [], "request": str(agreed.request_id),
        "approvers": [str(user) for user in agreed.approvers],
    }  # fmt: skip


def _covers(release: Grantable, objection: Objection, digest: str) -> bool:
    if release.guard != objection.code or release.content_hash != digest:
        return False
    return (
        objection.measure is None or release.upper_bound is None or objection.measure <= release.upper_bound
    )


# --- asking ------------------------------------------------------------------------------------------------------------


def _number_of(row: Any) -> str:
    """A document's number as people read it; of what is counted in versions, which one."""
    number = getattr(row, "number", None) or ""
    return number[:60] if isinstance(number, str) else f"V{number}"


def ask(
    operation: Operation,
    ctx: Context,
    row: Any,
    given: Any,
    assessment: Assessment,
    objections: list[Objection],
) -> ApprovalRequest:
    """Make the request with its routes, hold the row, give the approvers their tasks, and leave a ledger entry."""
    from sellwell.kernel.approval_operations import ASK
    from sellwell.kernel.effects import Effects
    from sellwell.kernel.writing import write

    effects, sealer = Effects(), ledger.Sealer()
    subject = (subject_of(row) if row is not None else None) or getattr(row, "pk", None) or ctx.request_id
    image = ledger.sealed_input(operation.input, given, subject, sealer)
    sealer.seal()
    from sellwell.kernel.drafting import document

    request = document(
        ApprovalRequest, ctx, "AP", RequestState.OPEN, number="", operation=operation.name, channel=ctx.channel,
        row_type=operation.model._meta.label_lower, row_id=getattr(row, "pk", None),
        row_version=getattr(row, "version", 0), row_number=_number_of(row),
        amount=assessment.amount, given=image, snapshot=plain(dict(assessment.content)),
        content_hash=content_hash(assessment), objections=ledger.objection_images(objections),
        subject_id=subject_of(row) if row is not None else None,
    )  # fmt: skip
    if row is not None and hasattr(row, "department_path"):
        request.department_path, request.region = row.department_path, row.region
    steps = routes(request, objections, ctx, assessment)
    for step in steps:
        if step.position == 0:
            course.open_new(step, steps, request, ctx, effects)
    request.number = numbering.draw(ctx.company_id, "AP", ctx.today.year)[0]
    effects.insert(request, *steps)
    if row is not None and hasattr(row, "held_by"):
        effects.update(row, held_by=request.pk)
    course.copy_to_roles(request, objections, ctx, assessment, effects)
    for step in steps:
        if step.opened_at is not None:
            effects.tasks += tasks_for(step, request, ctx)
    seq = ledger.write(
        ASK, ctx, row_id=request.pk, given={"operation": operation.name, "row": plain(request.row_id)},
        assessment=assessment, policies=[], answers=request.objections,
        changes=ledger.change_images(effects.changes, ledger.Sealer()),
    )  # fmt: skip
    if row is not None:
        effects.links.append((row, request))
    write(ASK, ctx, [], effects, seq)
    return request


def routes(
    request: ApprovalRequest, objections: Sequence[Objection], ctx: Context, assessment: Assessment,
    after: Mapping[str, int] | None = None,
) -> list[ApprovalStep]:  # fmt: skip
    """New steps for what holds, a route for each guard; `after` gives the positions that its earlier steps take."""
    digest, taken = content_hash(assessment), after or {}
    return [
        ApprovalStep(
            id=new_id(), company_id=request.company_id, request_id=request.pk, guard=o.code, measure=bound_of(o.measure),
            content_hash=digest, position=taken.get(o.code, 0) + place, mode=mode, role=role,
        )
        for o in _one_per_guard(objections)
        for place, (mode, role) in enumerate(deciders(steps_of(o.route, ctx, assessment, o.measure)) or [("any", LAST_RESORT[0])])
    ]  # fmt: skip


def bound_of(measure: Decimal | None) -> Decimal | None:
    """A measure as steps and releases keep it: rounded up, so that an agreement covers the very thing that was asked."""
    return None if measure is None else measure.quantize(Decimal("0.01"), rounding=ROUND_CEILING)


def _one_per_guard(objections: Sequence[Objection]) -> list[Objection]:
    """One route per guard: of several objections of one guard the largest counts."""
    largest: dict[str, Objection] = {}
    for o in objections:
        known = largest.get(o.code)
        if known is None or (o.measure or Decimal(0)) > (known.measure or Decimal(0)):
            largest[o.code] = o
    return list(largest.values())


# By the operation that is asked for: (request) -> users who must not decide it, such as the authors of what is signed.
barring: Extension[Callable[[ApprovalRequest], Iterable[UUID]]] = Extension(
    "approval.barring", "who must not decide a request for a verb"
)


# Operations whose routes are sides: nobody decides for two of them, so nobody is asked for two of them.
apart: set[str] = set()


@dataclass(frozen=True, slots=True)
class Others:
    """Of the other sides of a request: who is the only one asked for one of them, and whoever is or could be asked."""

    alone: frozenset[UUID] = frozenset()
    every: frozenset[UUID] = frozenset()


def others_of(
    step: ApprovalStep, steps: Iterable[ApprovalStep], request: ApprovalRequest, ctx: Context
) -> Others:
    """The other sides' people, where an operation keeps its sides apart."""
    if request.operation not in apart:
        return Others()
    alone: set[UUID] = set()
    every: set[UUID] = set()
    for one in steps:
        if one.guard != step.guard:
            asked = one.candidates or []
            alone.update(asked if len(asked) == 1 else ())
            every.update(asked)
            every.update(directory.current().holders(one.role, request.company_id, "", ctx.today))
    return Others(frozenset(alone), frozenset(every))


def barred_from(request: ApprovalRequest) -> set[UUID]:
    """Who must not decide a request: its requester, whom another duty on the same sale bars from it, whom the room bars."""
    by_room = barring.functions.get(request.operation)
    return {
        request.owner_id,
        *duties.barred("approvals.approve", [request.row_id] if request.row_id else []),
        *(by_room(request) if by_room is not None else ()),
    }


def candidates(
    role: str, request: ApprovalRequest, ctx: Context, without: Sequence[UUID] = (), others: Others = Others()
) -> list[UUID]:
    """Who may decide: holders of the role in the document's department, else in the one above, up to the company.

    The requester never approves, nor does anybody whom an incompatible duty on the same sale would bar from it, nor
    those named in `without`. Nobody found anywhere: the roles of last resort, so that no document is stranded. Who alone
    signs for another side is passed over, and among those of last resort whoever could be asked for it; if nobody is left
    then, it is better that somebody is asked twice than nobody at all.
    """
    barred = barred_from(request) | set(without)
    found: list[UUID] = []
    for place, name in enumerate((role, *LAST_RESORT)):
        passed = others.every if place else others.alone
        path = request.department_path
        while True:
            holders = directory.current().holders(name, request.company_id, path, ctx.today)
            found = [user for user in holders if user not in barred and user not in passed]
            if found or not path:
                break
            path = path.rstrip(".").rpartition(".")[0]
            path = f"{path}." if path else ""
        if found:
            break
    if not found and others.every:
        return candidates(role, request, ctx, without)
    return found


def tasks_for(
    step: ApprovalStep, request: ApprovalRequest, ctx: Context, but: Collection[UUID] = ()
) -> list[NewTask]:
    """The approvers' tasks: each candidate (but those named) and today's deputies have the request in their list."""
    people = dict.fromkeys(user for user in step.candidates if user not in but)
    deputies = lent_on(ctx.today).filter(owner_id__in=list(people)) if people else []
    people |= dict.fromkeys(d.deputy_id for d in deputies if d.deputy_id not in but and d.reaches(request))
    return [
        NewTask("approvals.approve", request, owner_id=user, working_hours=Decimal(4), due_at=step.due_at)
        for user in people
    ]


# --- deciding ----------------------------------------------------------------------------------------------------------


def stands_in_for(user_id: UUID, request: ApprovalRequest, ctx: Context) -> list[UUID]:
    """Whose decisions this person may take today as a deputy, for this kind of act and amount."""
    barred = barred_from(request)
    lent = lent_on(ctx.today).filter(deputy_id=user_id).order_by("id")
    return [d.owner_id for d in lent if d.owner_id not in barred and d.reaches(request)]


def release_until(now: datetime) -> datetime:
    """When a release given now ends."""
    return now + timedelta(days=RELEASE_DAYS)
