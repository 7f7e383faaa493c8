"""What plans offers to rooms above it, and what it adds to the rooms below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sellwell.foundation.company.extensions import Budget, budgets
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Period
from sellwell.kernel.views import BY_TYPE
from sellwell.steering.plans.models import Cycle, CycleState, SignOff, SignOffKind, SignOffState
from sellwell.steering.plans.rules import StepKind


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """A cycle as other rooms read it."""

    id: UUID
    company_id: UUID
    department_path: str
    period: Period


@dataclass(frozen=True, slots=True)
class Offer:
    """A document of a room that fits a step. `proves`: the step is done by it; else the head may name it."""

    row_type: str
    row_id: UUID
    on: date
    proves: bool = False


# Documents for steps: (step, cycles of one company) -> the fitting documents of each cycle, the newest first.
Offering = Callable[[StepKind, Sequence[CycleFacts]], Mapping[UUID, list[Offer]]]
step_documents: Extension[Offering] = Extension(
    "plans.step_documents", "documents of rooms that fit or prove a step of the management cycle"
)


@budgets.register("plans.signoff")
def _budgets(department: Any, period: Period, ctx: Context) -> list[Budget]:
    """The budgets of a department that were signed and touch the period, as far as the reader may see them."""
    view = BY_TYPE["plans.signoff"]
    if not ctx.actor.may(view.name):
        return []
    rows = view.rows(ctx.actor).filter(
        department_id=department.pk, kind=SignOffKind.BUDGET.value, state=SignOffState.IN_FORCE.value,
        since__lt=period.until, until__gt=period.since, amount__isnull=False,
    )  # fmt: skip
    return [
        Budget(row.title, row.since, row.until, row.amount, f"/{view.url}/{row.pk}/")
        for row in rows.order_by("since", "id")
    ]


def offers(step: StepKind, cycles: Sequence[CycleFacts]) -> dict[UUID, list[tuple[str, Offer]]]:
    """Every document that a room offers for a step, with the room's key."""
    found: dict[UUID, list[tuple[str, Offer]]] = {}
    for key, function in step_documents:
        for cycle_id, offered in function(step, cycles).items():
            found.setdefault(cycle_id, []).extend((key, one) for one in offered)
    return found


@step_documents.register("plans.signoff")
def _signed_plans(step: StepKind, cycles: Sequence[CycleFacts]) -> Mapping[UUID, list[Offer]]:
    """A sales plan in force for the very department and period is its plan; other documents in force may be named."""
    if step is not StepKind.PLAN or not cycles:
        return {}
    rows = SignOff.objects.filter(
        company_id=cycles[0].company_id,
        state=SignOffState.IN_FORCE.value,
        until__gt=min(c.period.since for c in cycles),
    ).select_related("department")
    found: dict[UUID, list[Offer]] = {}
    for row in rows.order_by("-effective_on", "-id"):
        for cycle in cycles:
            if row.department.path == cycle.department_path and row.since < (cycle.period.until or row.until):
                is_its_plan = (
                    row.kind == SignOffKind.PLAN.value and Period(row.since, row.until) == cycle.period
                )
                offer = Offer("plans.signoff", row.pk, row.effective_on or row.business_date, is_its_plan)
                found.setdefault(cycle.id, []).append(offer)
    return found


@owned_work.register("plans.cycle")
def _cycles(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    rows = Cycle.objects.filter(owner_id=user_id, state=CycleState.OPEN.value)
    return [(Cycle, list(rows.values_list("pk", flat=True)))]


@owned_work.register("plans.signoff")
def _sign_offs(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    still = [SignOffState.DRAFT.value, SignOffState.IN_FORCE.value]
    rows = SignOff.objects.filter(owner_id=user_id, state__in=still)
    return [(SignOff, list(rows.values_list("pk", flat=True)))]
