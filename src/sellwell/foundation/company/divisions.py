"""Divisions: which one an act belongs to, and the limits that it has of its own (clause 2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sellwell.foundation.company import queries
from sellwell.foundation.company.directory import GENERATION
from sellwell.foundation.company.models import Department
from sellwell.foundation.company.policies import DIVISION_LIMITS
from sellwell.kernel import approval, generations, policy
from sellwell.kernel.access import role_words
from sellwell.kernel.drafting import scope_of_actor
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Assessment, Context

# By company and day: (code, path, product line if it goes by its line). Read again when the organisation changes.
_known: dict[tuple[UUID, date], tuple[int, list[tuple[str, str, str]]]] = {}


def divisions(company_id: UUID, day: date) -> list[tuple[str, str, str]]:
    """The divisions of a company on a day, the deepest first."""
    generation = generations.current(GENERATION)
    cached = _known.get((company_id, day))
    if cached is None or cached[0] != generation:
        rows = Department.objects.filter(queries.open_on(day), company_id=company_id, kind="division")
        found = [(d.code, d.path, d.product_line if d.is_by_line else "") for d in rows]
        found.sort(key=lambda one: -len(one[1]))
        _known.clear()
        cached = _known[company_id, day] = (generation, found)
    return cached[1]


def division_of(company_id: UUID, path: str, product_line: str, day: date) -> str:
    """The code of the nearest division above a department, else of the one whose line it is; empty: none."""
    known = divisions(company_id, day)
    above = next((code for code, top, _ in known if path.startswith(top)), "")
    return above or next((code for code, _, line in known if line and line == product_line), "")


def of_act(assessment: Assessment, ctx: Context) -> str:
    """The division that an act belongs to: its document's, or the one where the actor works."""
    row = assessment.row
    scope = scope_of_actor(ctx) if row is None or not hasattr(row, "department_path") else vars(row)
    return division_of(ctx.company_id, scope["department_path"], scope["product_line"], ctx.today)


approval.route_facts.register("division")(of_act)


@dataclass(frozen=True, slots=True)
class Limit:
    """A row of the policy that names a division."""

    amounts: str
    approvers: T
    version: int
    since: date


def limits_of(division: Department, day: date) -> list[Limit]:
    """The limits that a division has of its own, as the version in force says them."""
    version = policy.in_force(DIVISION_LIMITS, division.company_id, day)
    names = [column.name for column in version.table.inputs]
    place, amount = names.index("division"), names.index("measure")
    found = []
    for row in version.table.rows:
        cell = row.conditions[place]
        if cell.text != "-" and cell.passes(division.code) and row.values[0]:
            roles = [part.strip().rpartition(":")[2] for part in str(row.values[0]).split(",")]
            words = role_words(roles)
            found.append(Limit(row.conditions[amount].text, words, version.version, version.since))
    return found
