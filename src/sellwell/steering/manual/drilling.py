"""From a figure to its records: which did not keep the clause and why, as far as the reader may see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sellwell.kernel.evidence import Broken, Collector, Evidence, for_clause
from sellwell.kernel.views import BY_TYPE
from sellwell.steering.manual import conformance
from sellwell.steering.manual.figures import Rate

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor


@dataclass
class Found:
    """What one evidence says now of a month, for the reader: the records that may be seen, and how many may not."""

    collector: Collector
    rate: Rate
    shown: list[Broken] = field(default_factory=list)
    hidden: int = 0
    unnamed: int = 0  # more than an evidence names
    failed: str = ""

    @property
    def is_told(self) -> bool:
        """Whether there is anything to tell: a record that broke the clause, or that nothing is known."""
        return bool(self.shown or self.hidden or self.unnamed or self.failed)


def records(clause: str, company_id: UUID, month: date, actor: Actor, department: str = "") -> list[Found]:
    """Ask every evidence of a clause now."""
    return [_found(conformance.ask(one, company_id, month), actor, department) for one in for_clause(clause)]


def _found(answer: conformance.Answer, actor: Actor, department: str) -> Found:
    said = answer.found
    if said is None:
        return Found(answer.collector, Rate(failed=True), failed=answer.failed)
    broken = [b for b in said.broken if not department or b.department.startswith(department)]
    seen = visible(broken, actor)
    rate = _rate(said, department)
    return Found(
        answer.collector, rate, [b for b in broken if (b.row_type, b.row_id) in seen],
        sum(1 for b in broken if (b.row_type, b.row_id) not in seen),
        max(0, rate.broken - len(broken)) if rate.concerned is not None else 0,
    )  # fmt: skip


def _rate(said: Evidence, department: str) -> Rate:
    if not department:
        return Rate(said.concerned, said.kept)
    within = [tally for path, tally in said.departments.items() if path.startswith(department)]
    return Rate(sum(t.concerned for t in within), sum(t.kept for t in within)) if within else Rate()


def visible(broken: list[Broken], actor: Actor) -> set[tuple[str, UUID | None]]:
    """The records among them that the reader may see: one query per type. What is no row is nobody's secret."""
    by_type: dict[str, set[UUID]] = {}
    seen: set[tuple[str, UUID | None]] = set()
    for one in broken:
        if one.row_id is None or one.row_type not in BY_TYPE:
            seen.add((one.row_type, one.row_id))
        else:
            by_type.setdefault(one.row_type, set()).add(one.row_id)
    for row_type, ids in by_type.items():
        view = BY_TYPE[row_type]
        if actor.may(view.name):
            rows = view.rows(actor).filter(pk__in=ids)
            seen |= {(row_type, pk) for pk in rows.values_list("pk", flat=True)}
    return seen
