"""The board as values: which of the five steps of each cycle is done, due or late, and what proves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from sellwell.kernel import access
from sellwell.kernel.values import T, months_later
from sellwell.steering.plans import documents, queries, rules
from sellwell.steering.plans.documents import Shown
from sellwell.steering.plans.models import Cycle, CycleState, CycleStep, StepDocument
from sellwell.steering.plans.operations.cycles import ACCOUNT
from sellwell.steering.plans.views import CYCLES

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.operations import Context

WORDS = {
    "done": T("已完成", "Done"),
    "late": T("逾期", "Late"),
    "due": T("即将到期", "Due soon"),
    "open": T("进行中", "Its turn"),
    "waiting": T("未到", "Not yet"),
    "stopped": T("已中止", "Stopped"),
}
SIGNS = {
    "done": "check",
    "late": "alert",
    "due": "clock",
    "open": "arrow-right",
    "waiting": "dot",
    "stopped": "minus",
}


@dataclass(frozen=True)
class Cell:
    """A step of a cycle as pages show it."""

    step: CycleStep
    label: T
    standing: str
    days_late: int
    documents: list[Shown]
    by: str
    act: str  # the form that accounts for it; empty where it is not the reader's turn

    @property
    def words(self) -> T:
        """Where it stands."""
        return WORDS[self.standing]

    @property
    def sign(self) -> str:
        """Its sign."""
        return SIGNS[self.standing]


@dataclass(frozen=True)
class Line:
    """A cycle with its five cells."""

    cycle: Cycle
    department: T
    owner: str
    cells: list[Cell]

    @property
    def state(self) -> CycleState:
        """Where the cycle stands."""
        return CycleState(self.cycle.state)

    @property
    def is_late(self) -> bool:
        """Whether a step is late now."""
        return any(cell.standing == "late" for cell in self.cells)


def lines(cycles: Sequence[Any], ctx: Context) -> list[Line]:
    """Cycles (with `five`, their steps) as lines: documents and names are read for all of them together."""
    steps = [step for cycle in cycles for step in cycle.five]
    of = {step.pk: step.cycle_id for step in steps}
    proofs = (
        StepDocument.objects.filter(step__in=list(of), is_void=False).select_related("file").order_by("id")
    )
    shown = documents.shown(list(proofs), of, ctx.actor)
    people = {s.done_by_id for s in steps if s.done_by_id is not None} | {c.owner_id for c in cycles}
    names = queries.names(people)
    # Asked for all of them at once: whom one stands in for is a query, and it is not asked of each cycle.
    own = access.rows(ctx.actor, ACCOUNT, Cycle.objects.filter(pk__in=[cycle.pk for cycle in cycles]))
    mine = set(own.values_list("pk", flat=True)) if cycles else set()
    return [_line(cycle, shown, names, cycle.pk in mine, ctx) for cycle in cycles]


def _line(
    cycle: Any, shown: dict[UUID, list[Shown]], names: dict[UUID, str], is_mine: bool, ctx: Context
) -> Line:
    known = queries.as_rules(cycle.five)
    may = cycle.state == CycleState.OPEN.value and is_mine
    cells = []
    for place, step in enumerate(cycle.five):
        standing = rules.standing(known[place], known[place - 1] if place else None, ctx.today)
        if cycle.state == CycleState.STOPPED.value and standing != "done":
            standing = "stopped"
        is_turn = may and step.done_on is None and rules.blocking(known, step.kind) is None
        act = f"/do/{ACCOUNT}/{cycle.pk}/?step={step.kind}" if is_turn else ""
        late = rules.days_late(known[place], ctx.today) if standing in ("done", "late") else 0
        by = names.get(step.done_by_id, "") if step.done_by_id else ""
        cells.append(
            Cell(step, queries.step_label(step.kind), standing, late, shown.get(step.pk, []), by, act)
        )
    return Line(cycle, queries.name_of(cycle.department), names.get(cycle.owner_id, ""), cells)


def with_five(actor: Actor) -> QuerySet[Any]:
    """The cycles that somebody may see, the five steps of all of them in one more query."""
    steps = CycleStep.objects.order_by("position")
    rows = access.rows(actor, CYCLES.name, Cycle.objects.select_related("department"))
    return rows.prefetch_related(Prefetch("steps", steps, to_attr="five"))


def of_month(month: date, ctx: Context) -> list[Line]:
    """The cycles whose period touches a month, within what the reader may see, in the order of the tree.

    On the running month's board also those still under way from before it: their late steps are today's concern.
    """
    is_running = month == ctx.today.replace(day=1)
    asked = Q(until__gt=month) | Q(state=CycleState.OPEN.value) if is_running else Q(until__gt=month)
    rows = with_five(ctx.actor).filter(asked, company_id=ctx.company_id, since__lt=months_later(month, 1))
    return lines(list(rows.order_by("department__path", "since", "id")), ctx)


def months(actor: Actor, company_id: UUID, today: date) -> list[date]:
    """The months that have cycles which the reader may see, and the running one; the newest first."""
    rows = access.rows(actor, CYCLES.name, Cycle.objects.filter(company_id=company_id))
    known = set(rows.order_by().values_list("since", flat=True).distinct())
    return sorted({*known, today.replace(day=1)}, reverse=True)


def of_department(path: str, ctx: Context) -> Line | None:
    """The cycle of a department that waits longest, else its latest one; if the reader may see it."""
    rows = with_five(ctx.actor).filter(company_id=ctx.company_id, department__path=path, since__lte=ctx.today)
    under_way = rows.filter(state=CycleState.OPEN.value).order_by("since", "id").first()
    shown = under_way or rows.order_by("-since", "-id").first()
    return lines([shown], ctx)[0] if shown is not None else None


@dataclass(frozen=True)
class Tally:
    """How many steps of some lines are done, due by today, and late."""

    steps: int
    done: int
    due: int
    late: int
    made_good_late: int


def tally(found: Iterable[Line], today: date) -> Tally:
    """The sums above the board."""
    cells = [cell for line in found for cell in line.cells if cell.standing != "stopped"]
    return Tally(
        len(cells),
        sum(1 for c in cells if c.standing == "done"),
        sum(1 for c in cells if c.step.due_on <= today),
        sum(1 for c in cells if c.standing == "late"),
        sum(1 for c in cells if c.standing == "done" and c.days_late),
    )
