"""Invariants that `sellwell check` proves over the whole database. Rooms register theirs with `@check`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

from sellwell.kernel import ledger
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be: which check, which record, what is wrong."""

    check: str
    record: str
    problem: str


@dataclass(frozen=True, slots=True)
class Check:
    """A named invariant."""

    name: str
    title: T
    function: Callable[[], Iterable[Finding]]
    clauses: tuple[str, ...] = ()


CHECKS: dict[str, Check] = {}


def check(
    name: str, title: T, *, clauses: Iterable[str] = ()
) -> Callable[[Callable[[], Iterable[Finding]]], Callable[[], Iterable[Finding]]]:
    """Register the decorated function as an invariant."""

    def declare(function: Callable[[], Iterable[Finding]]) -> Callable[[], Iterable[Finding]]:
        CHECKS[name] = Check(name, title, function, tuple(clauses))
        return function

    return declare


def run_all(names: Iterable[str] = ()) -> list[Finding]:
    """Every finding of every check (or of those named)."""
    wanted = set(names) or set(CHECKS)
    return [finding for name in sorted(wanted) for finding in CHECKS[name].function()]


def from_sql(name: str, sql: str, problem: str) -> list[Finding]:
    """Findings from a query whose first column names the record; further columns fill `problem`."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Finding(name, str(row[0]), problem.format(*row[1:])) for row in cursor.fetchall()]


@check("ledger.hashes", T("台账未被改动", "No ledger entry was altered"))
def _hashes() -> Iterable[Finding]:
    for entry in LedgerEntry.objects.prefetch_related("changes").order_by("seq").iterator(chunk_size=500):
        if ledger.hash_of(entry) != bytes(entry.hash):
            yield Finding("ledger.hashes", f"entry {entry.seq}", "the entry differs from its hash")


@check(
    "tasks.owners",
    T("待办都有在职的负责人", "Every open task has an active person"),
    clauses=["1.3.2", "1.3.3"],
)
def _owners() -> Iterable[Finding]:
    return from_sql(
        "tasks.owners",
        "SELECT t.id, t.operation FROM kernel_task t JOIN kernel_user u ON u.id = t.owner_id"
        " WHERE t.state = 'open' AND NOT u.is_active AND t.role = ''",
        "{} waits for a person who is no longer active",
    )


@check("holds.open", T("被拦下的单据都有审批单", "Every held row has its open request"))
def _holds() -> Iterable[Finding]:
    return from_sql(
        "holds.open",
        "SELECT r.id, r.operation FROM kernel_approvalrequest r JOIN kernel_approvalstep s ON s.request_id = r.id"
        " WHERE r.state = 'open' AND s.opened_at IS NOT NULL AND s.decided_at IS NULL AND cardinality(s.candidates) = 0",
        "{}: nobody can decide",
    )


@check("reactions.failed", T("后台任务都已完成", "No reaction has failed for good"))
def _reactions() -> Iterable[Finding]:
    return from_sql(
        "reactions.failed",
        "SELECT event_seq, reaction, error FROM kernel_reactiondone WHERE state = 'failed'",
        "{} failed with {}",
    )


@check("deadlines.failed", T("到期事项都已处理", "No deadline has failed for good"))
def _deadlines() -> Iterable[Finding]:
    return from_sql(
        "deadlines.failed",
        "SELECT row_id, what, error FROM kernel_deadline WHERE state = 'failed'",
        "{} failed with {}",
    )
