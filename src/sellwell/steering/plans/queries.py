"""Reads of cycles and sign-offs that more than one place needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from sellwell.foundation.company.directory import path_above
from sellwell.foundation.company.queries import open_on, standing_in
from sellwell.kernel import approval, clock, directory
from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalRequest,
    LedgerEntry,
    RequestState,
    StoredFile,
    Task,
    TaskState,
    User,
)
from sellwell.kernel.operations import Assessment
from sellwell.kernel.values import Period, T, named
from sellwell.kernel.views import BY_TYPE
from sellwell.steering.plans import extensions, policies, rules
from sellwell.steering.plans.extensions import CycleFacts
from sellwell.steering.plans.models import Cycle, CycleState, CycleStep, SignOff, StepDocument
from sellwell.steering.plans.rules import CycleLength, Side, StepKind

ACCOUNT = "plans.complete_step"  # the verb that heads have a task for


def departments(company_id: UUID) -> QuerySet[Any]:
    """The departments of a company in the order of the tree, closed ones too."""
    model: Any = BY_TYPE["company.department"].model
    rows: QuerySet[Any] = model._default_manager.filter(company_id=company_id)
    return rows.order_by("path")


def name_of(department: Any) -> T:
    """A department's name in both languages."""
    return named(department)


def accountable(department: Any, by_path: dict[str, Any], active: Iterable[UUID]) -> UUID | None:
    """Who accounts for a department's cycle: its head, else the nearest head above who works here."""
    path = department.path
    while path:
        unit = by_path.get(path)
        if unit is not None and unit.head_id in active:
            return unit.head_id  # type: ignore[no-any-return]
        path = path_above(path)
    return None


def heads(company_id: UUID) -> dict[UUID, UUID]:
    """Who accounts for each department today; departments that nobody heads, here or above, are left out."""
    found = list(departments(company_id))
    by_path = {d.path: d for d in found}
    working = {d.head_id for d in found if d.head_id is not None}
    users = User.objects.filter(pk__in=working, is_active=True)
    active = set(users.values_list("pk", flat=True))
    who = {d.pk: accountable(d, by_path, active) for d in found}
    return {pk: user for pk, user in who.items() if user is not None}


@dataclass(frozen=True, slots=True)
class Due:
    """A cycle that should be there and is not."""

    department: Any
    length: CycleLength
    period: Period
    owner_id: UUID


def cycles_to_open(company_id: UUID, day: date) -> list[Due]:
    """The cycles of the periods of a day that nobody opened yet: three queries."""
    wanted = []
    for department in departments(company_id).filter(open_on(day)):
        length = policies.length_of(department.kind, company_id, day)
        if length is not None:
            wanted.append((department, length, rules.period_of(day, length)))
    if not wanted:
        return []
    first = min(period.since for _, _, period in wanted)
    known = set(
        Cycle.objects.filter(company_id=company_id, since__gte=first).values_list(
            "department_id", "length", "since"
        )
    )
    missing = [(d, length, p) for d, length, p in wanted if (d.pk, length.value, p.since) not in known]
    who = heads(company_id) if missing else {}
    return [Due(d, length, p, who[d.pk]) for d, length, p in missing if d.pk in who]


def steps_of(cycle: Cycle) -> list[CycleStep]:
    """The five steps in their order."""
    return list(cycle.steps.order_by("position"))


def next_step(steps: Iterable[CycleStep]) -> CycleStep | None:
    """The first that is not done: the step whose turn it is."""
    return next((step for step in steps if step.done_on is None), None)


def as_rules(steps: Iterable[CycleStep]) -> list[rules.Step]:
    """Steps as the rules read them."""
    return [rules.Step(s.kind, s.due_on, s.done_on, s.in_order) for s in steps]


def facts_of(cycle: Cycle, department_path: str) -> CycleFacts:
    """A cycle as other rooms read it."""
    return CycleFacts(cycle.pk, cycle.company_id, department_path, Period(cycle.since, cycle.until))


def waiting_steps(company_id: UUID, owner_id: UUID | None = None) -> list[tuple[Cycle, CycleStep]]:
    """The next undone step of every open cycle, or of those of one owner: one query."""
    steps = CycleStep.objects.filter(company_id=company_id, cycle__state=CycleState.OPEN.value, done_on=None)
    if owner_id is not None:
        steps = steps.filter(cycle__owner_id=owner_id)
    found: dict[UUID, tuple[Cycle, CycleStep]] = {}
    for step in steps.select_related("cycle__department").order_by("cycle_id", "position"):
        found.setdefault(step.cycle_id, (step.cycle, step))
    return list(found.values())


def proofs_of(
    waiting: Sequence[tuple[Cycle, CycleStep]],
) -> dict[UUID, tuple[str, extensions.Offer]]:
    """For cycles of which one step is waiting: the room's document that proves it, unless it was taken back for that step.

    A document that somebody took back proves nothing by itself again; the head may still name it.
    """
    steps = [step.pk for _, step in waiting]
    void = StepDocument.objects.filter(step__in=steps, is_void=True).exclude(row_id=None)
    taken_back = set(void.values_list("step__cycle_id", "row_type", "row_id"))
    by_kind: dict[str, list[CycleFacts]] = {}
    for cycle, step in waiting:
        by_kind.setdefault(step.kind, []).append(facts_of(cycle, cycle.department.path))
    found: dict[UUID, tuple[str, extensions.Offer]] = {}
    for kind, cycles in by_kind.items():
        for cycle_id, offered in extensions.offers(StepKind(kind), cycles).items():
            for key, offer in offered:
                if offer.proves and (cycle_id, offer.row_type, offer.row_id) not in taken_back:
                    found.setdefault(cycle_id, (key, offer))
    return found


def steps_left(company_id: UUID, day: date) -> list[CycleStep]:
    """Steps due before a day that were not done when it began, of cycles that were not stopped by then."""
    steps = CycleStep.objects.filter(company_id=company_id, due_on__lt=day)
    still_open = steps.filter(Q(done_on__isnull=True) | Q(done_on__gte=day)).select_related("cycle")
    found = list(still_open.order_by("cycle__number", "position"))
    ended = [s.cycle_id for s in found if s.cycle.state == CycleState.STOPPED.value]
    stopped = last_days("plans.stop_cycle", ended)
    return [s for s in found if s.cycle_id not in stopped or stopped[s.cycle_id] >= day]


def last_days(operation: str, row_ids: Sequence[UUID]) -> dict[Any, date]:
    """The day on which a verb was last done to each of some rows, as the ledger has it."""
    if not row_ids:
        return {}
    entries = LedgerEntry.objects.filter(operation=operation, row_id__in=row_ids).order_by()
    known = entries.values_list("row_id").annotate(last=Max("at"))
    return {row_id: clock.business_day(at) for row_id, at in known}


def strayed(company_id: UUID) -> list[Cycle]:
    """Open cycles whose owner or place is no longer that of their department."""
    who = heads(company_id)
    rows = Cycle.objects.filter(company_id=company_id, state=CycleState.OPEN.value).select_related(
        "department"
    )
    return [cycle for cycle in rows.order_by("id") if is_strayed(cycle, who.get(cycle.department_id))]


def is_strayed(cycle: Cycle, head: UUID | None) -> bool:
    """Whether a cycle belongs to somebody else now, or stands elsewhere: reorganisations move records with their owner."""
    is_theirs = head is None or head == cycle.owner_id
    return not is_theirs or cycle.department_path != cycle.department.path


def who_does(cycle: Cycle) -> UUID:
    """Who has the step whose turn it is: who heads the department, or today's deputy while they are away."""
    return standing_in(cycle.company_id, clock.business_day(clock.now())).get(cycle.owner_id, cycle.owner_id)


def misplaced(company_id: UUID) -> list[UUID]:
    """Open cycles whose task lies with somebody else than who has the step today."""
    deputies = standing_in(company_id, clock.business_day(clock.now()))
    owners = dict(
        Cycle.objects.filter(company_id=company_id, state=CycleState.OPEN.value)
        .order_by("id")
        .values_list("pk", "owner_id")
    )
    held = Task.objects.filter(row_id__in=list(owners), operation=ACCOUNT, state=TaskState.OPEN.value)
    has = dict(held.values_list("row_id", "owner_id"))
    return [pk for pk, owner in owners.items() if pk in has and has[pk] != deputies.get(owner, owner)]


def step_label(kind: str) -> T:
    """What a step is called."""
    return StepKind(kind).label


# --- sign-offs -----------------------------------------------------------------------------------------------------------

PUT_IN_FORCE = "plans.put_in_force"
PREFIX = "plans.side."


def guard_of(side: Side) -> str:
    """The hold of a side: its route is asked beside those of the others."""
    return f"{PREFIX}{side.value}"


def content_of(row: SignOff) -> dict[str, Any]:
    """What the sides sign: kind, department, period, amount, and the hash of title, text and files."""
    return {
        "kind": row.kind,
        "department": str(row.department_id),
        "since": row.since,
        "until": row.until,
        "amount": row.amount,
        "revision": row.revision,
        "text": _digest(row),
    }


def _digest(row: SignOff) -> str:
    """The hash of title, text and the bytes of the files. It tells nothing of a person: plans have no subject."""
    files = dict(StoredFile.objects.filter(pk__in=row.files).values_list("pk", "sha256"))
    return hash_of({"title": row.title, "text": row.text, "files": [files.get(pk, "") for pk in row.files]})


def hash_of(content: dict[str, Any]) -> str:
    """The hash of what is signed; the same that the approval is bound to."""
    return approval.content_hash(Assessment(content=content))


@dataclass(frozen=True, slots=True)
class Signature:
    """A side's agreement: who gave it, to what, and when."""

    side: str
    user_id: UUID
    content_hash: str
    on: date


def signatures(row_ids: Sequence[UUID], states: Iterable[RequestState]) -> dict[UUID, list[Signature]]:
    """The agreements of sides to sign-offs, in requests of these states: two queries. A deputy signs for the lender."""
    asked = ApprovalRequest.objects.filter(
        operation=PUT_IN_FORCE, row_id__in=list(row_ids), state__in=[s.value for s in states]
    )
    rows_of = dict(asked.values_list("pk", "row_id"))
    given = ApprovalDecision.objects.filter(
        step__request_id__in=rows_of, agrees=True, step__guard__startswith=PREFIX
    )
    found: dict[UUID, list[Signature]] = {}
    for one in given.select_related("step").order_by("at", "id"):
        if one.round == one.step.round and one.step.decided_at is not None:
            side = one.step.guard.removeprefix(PREFIX)
            row_id: Any = rows_of[one.step.request_id]
            signed_on = clock.business_day(one.at)
            found.setdefault(row_id, []).append(
                Signature(side, one.user_id, one.step.content_hash, signed_on)
            )
    return found


def names(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of people."""
    return directory.current().names(set(user_ids))
