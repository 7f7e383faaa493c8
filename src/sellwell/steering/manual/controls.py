"""What the software does for a clause, computed from the registries: nothing here is typed by anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.kernel.checks import CHECKS
from sellwell.kernel.evidence import for_clause
from sellwell.kernel.inputs import reference_of
from sellwell.kernel.operations import GUARDS, REGISTRY, Guard, Operation
from sellwell.kernel.policy import title_of
from sellwell.kernel.values import T

FILE = "kernel.storedfile"


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a clause. `kind`: operation | guard | route | paper | check; `of` is the operation it belongs to."""

    kind: str
    name: str
    title: T
    note: T
    of: str = ""


KINDS = {
    "operation": T("操作", "Operation"),
    "guard": T("把关", "Guard"),
    "route": T("审批", "Approval"),
    "paper": T("必备文件", "Required paper"),
    "check": T("恒真检查", "Invariant"),
}


def operations_for(clause: str) -> list[Operation]:
    """The verbs that carry a clause out, by name."""
    return [REGISTRY[name] for name in sorted(REGISTRY) if clause in REGISTRY[name].clauses]


def guards_for(clause: str) -> list[Guard]:
    """The guards that speak for a clause."""
    return [GUARDS[name] for name in sorted(GUARDS) if clause in GUARDS[name].clauses]


@cache
def controls_for(clause: str) -> tuple[Control, ...]:
    """Every control of a clause: verbs, guards, approval routes, required papers, invariants.

    The registries stand still once everything is loaded, so the answer is kept.
    """
    found: list[Control] = []
    operations = operations_for(clause)
    found += [Control("operation", o.name, o.title, o.help) for o in operations]
    for guard in guards_for(clause):
        on = "、".join(REGISTRY[name].title.zh for name in guard.operations if name in REGISTRY)
        on_en = ", ".join(REGISTRY[name].title.en for name in guard.operations if name in REGISTRY)
        found.append(Control("guard", guard.name, guard.title, T(f"办理时检查：{on}", f"asked at: {on_en}")))
    found += [
        Control("route", o.route, title_of(o.route), T(f"办理“{o.title.zh}”时", f"at “{o.title.en}”"), o.name)
        for o in operations
        if o.route
    ]
    found += [paper for o in operations for paper in papers_of(o)]
    found += [
        Control("check", c.name, c.title, T("全库核对", "over the whole database"))
        for _, c in sorted(CHECKS.items())
        if clause in c.clauses
    ]
    return tuple(found)


def papers_of(operation: Operation) -> list[Control]:
    """The files that an operation does not go without."""
    found = []
    for name, info in operation.input.model_fields.items():
        mark = reference_of(info)
        if mark is None or mark.row_type != FILE or not info.is_required():
            continue
        extra: Any = info.json_schema_extra or {}
        label: dict[str, str] = extra.get("label", {})
        title = T(label.get("zh", name), label.get("en", name))
        note = T(f"办理“{operation.title.zh}”必须上传", f"must be uploaded at “{operation.title.en}”")
        found.append(Control("paper", f"{operation.name}:{name}", title, note, operation.name))
    return found


def has_control(clause: str) -> bool:
    """Whether the software does anything for a clause. What only looks (an invariant) is not enough."""
    return bool(operations_for(clause) or guards_for(clause))


def evidences_for(clause: str) -> list[str]:
    """The names of what measures a clause."""
    return sorted(collector.name for collector in for_clause(clause))


# --- deadlines, as the work lists have them -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long the steps of a clause wait in work lists, and how many are late."""

    operation: str
    title: T
    is_open: int
    is_late: int
    done: int


_DEADLINES = """
SELECT operation, count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'open' AND due_at < %s),
    count(*) FILTER (WHERE state = 'done' AND done_at >= %s)
FROM kernel_task WHERE company_id = %s AND operation = ANY(%s) GROUP BY operation ORDER BY operation
"""


def deadlines_for(clause: str, company_id: UUID, now: datetime, since: datetime) -> list[Deadline]:
    """The steps of a clause that come with a due time, as the tasks of the company show them."""
    names = [operation.name for operation in operations_for(clause)]
    with connection.cursor() as cursor:
        cursor.execute(_DEADLINES, [now, since, company_id, names])
        return [Deadline(name, REGISTRY[name].title, *counts) for name, *counts in cursor.fetchall()]


# --- controls that never fired ------------------------------------------------------------------------------------------

_DONE = "SELECT DISTINCT operation FROM kernel_ledgerentry WHERE company_id = %s AND at >= %s"
# The ledger keeps the answers to what was done, the security log those to what was refused or held. An act within another
# one is refused under the other's name, so the log is read whole.
_SAID = """
WITH asked AS (
  SELECT answers FROM kernel_ledgerentry WHERE company_id = %s AND at >= %s AND operation = ANY(%s)
  UNION ALL
  SELECT answers FROM kernel_securitylog WHERE company_id = %s AND at >= %s
)
SELECT DISTINCT a ->> 'guard' FROM asked, jsonb_array_elements(answers) AS a
WHERE jsonb_typeof(a -> 'said') = 'array' AND jsonb_array_length(a -> 'said') > 0
"""


def never_fired(company_id: UUID, since: datetime) -> list[tuple[Control, tuple[str, ...]]]:
    """Verbs that nobody did and guards that never objected since then, with the clauses that rely on them."""
    done = _names(_DONE, [company_id, since])
    guarded = sorted({name for guard in GUARDS.values() for name in guard.operations})
    said = _names(_SAID, [company_id, since, guarded, company_id, since])
    idle: list[tuple[Control, tuple[str, ...]]] = []
    for name in sorted(REGISTRY):
        operation = REGISTRY[name]
        if operation.clauses and name not in done:
            idle.append((Control("operation", name, operation.title, operation.help), operation.clauses))
    for name in sorted(GUARDS):
        guard = GUARDS[name]
        if guard.clauses and name not in said:
            idle.append((Control("guard", name, guard.title, T("", "")), guard.clauses))
    return idle


def _names(sql: str, params: list[Any]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {str(row[0]) for row in cursor.fetchall()}
