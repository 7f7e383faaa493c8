"""From a figure to its records: which did not keep the clause and why, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sellwell.kernel.evidence import Broken, Collector, Evidence, Measured, for_clause
from sellwell.kernel.views import BY_TYPE
from sellwell.steering.manual import conformance
from sellwell.steering.manual.figures import Rate, top_of

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor

# Whether a department, by its path, is one of those that a figure stood for.
Within = Callable[[str], bool]


@dataclass
class Found:
    """What one evidence says now of a month, for the reader: the records that may be seen, and how many may not."""

    collector: Collector
    rate: Rate
    shown: list[Broken] = field(default_factory=list)
    hidden: int = 0
    unnamed: int = 0  # more than an evidence names
    measured: list[Measured] = field(default_factory=list)  # of the whole company only
    failed: str = ""

    @property
    def is_told(self) -> bool:
        """Whether there is anything to tell: a record that broke the clause, a figure, or that nothing is known."""
        return bool(self.is_broken or self.measured or self.failed)

    @property
    def is_broken(self) -> bool:
        """Whether a record broke the clause, be it named or not."""
        return bool(self.shown or self.hidden or self.unnamed)


def records(
    clause: str,
    company_id: UUID,
    month: date,
    actor: Actor,
    department: str = "",
    *,
    with_below: bool = False,
) -> list[Found]:
    """Ask every evidence of a clause now: of the whole company or, as the figure that leads here, of a department."""
    within = _place(department, with_below) if department else None
    found = []
    for one in for_clause(clause):
        answer = conformance.ask(one, company_id, month)
        found.append(_found(answer, company_id, actor, within))
    return found


def _place(department: str, with_below: bool) -> Within:
    """The paths that a figure stood for: a column of the heat map, or a department's page with all below it."""
    if with_below:
        return lambda path: path.startswith(department)
    return lambda path: top_of(path) == department


def _found(answer: conformance.Answer, company_id: UUID, actor: Actor, within: Within | None) -> Found:
    said = answer.found
    if said is None:
        return Found(answer.collector, Rate(failed=True), failed=answer.failed)
    broken = [b for b in said.broken if within is None or within(b.department)]
    seen = visible(answer.collector, broken, company_id, actor)
    rate = _rate(said, within)
    return Found(
        answer.collector, rate, [b for b in broken if b in seen], sum(1 for b in broken if b not in seen),
        max(0, rate.broken - len(broken)) if rate.concerned is not None else 0,
        list(said.measured) if within is None else [],
    )  # fmt: skip


def _rate(said: Evidence, within: Within | None) -> Rate:
    if within is None:
        return Rate(said.concerned, said.kept)
    tallies = [tally for path, tally in said.departments.items() if within(path)]
    return Rate(sum(t.concerned for t in tallies), sum(t.kept for t in tallies)) if tallies else Rate()


def visible(collector: Collector, broken: list[Broken], company_id: UUID, actor: Actor) -> set[Broken]:
    """The records among them that the reader may see: one query per type. What is no row is nobody's secret."""
    if collector.right:
        broken = [one for one in broken if _reaches(actor, collector.right, company_id, one)]
    by_type: dict[str, set[UUID]] = {}
    for one in broken:
        if one.row_id is not None and one.row_type in BY_TYPE:
            by_type.setdefault(one.row_type, set()).add(one.row_id)
    known: dict[str, set[UUID]] = {}
    for row_type, ids in by_type.items():
        view = BY_TYPE[row_type]
        rows = (
            view.rows(actor).filter(pk__in=ids)
            if actor.may(view.name)
            else view.model._default_manager.none()
        )
        known[row_type] = set(rows.values_list("pk", flat=True))
    return {
        one for one in broken if one.row_id is None or one.row_id in known.get(one.row_type, {one.row_id})
    }


def _reaches(actor: Actor, right: str, company_id: UUID, broken: Broken) -> bool:
    """Whether the scope of a verb reaches the person who is broken, or the department."""
    for cell in actor.cells(right):
        if cell.scope == "group" or (cell.scope == "own" and broken.row_id == actor.user_id):
            return True
        if cell.post.company_id != company_id:
            continue
        if cell.scope == "company":
            return True
        if cell.scope == "department" and broken.department.startswith(cell.post.department_path):
            return True
    return False
