"""Evidence for the clauses that the manual answers for itself."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from sellwell.kernel import clock
from sellwell.kernel.evidence import COLLECTORS, Broken, Evidence, evidence, found, last_day
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Period, T
from sellwell.steering.manual import conformance, queries, rules
from sellwell.steering.manual.models import Basis, Passage, Reading, ReadingState

NEVER_MEASURED = T("有证据但本期没有计算", "has evidence, but was not measured for the period")
UNKNOWN = T("计算失败，数字未知", "could not be measured: the figure is unknown")
NO_EDITION = T("当日没有生效的手册", "no edition was in force on that day")
CITES_REPEALED = T("引用的“{title}”自 {until} 起失效", "cites “{title}”, repealed since {until}")
WITHOUT_BASIS = T("没有已核对且有效的依据", "has no basis that was checked and is in force")
NOT_READ = T("应于 {due} 前确认，尚未确认", "was to be confirmed by {due} and is not")
OUTSIDE = T("“{operation}”不在任何流程定义中", "“{operation}” is in no process definition")
WRONG_START = T(
    "“{operation}”从“{state}”办理，流程不允许",
    "“{operation}” was done from “{state}”, which the process forbids",
)


@evidence("1.1.1", T("有证据的条款都已计算", "Every clause with evidence was measured"))
def measured(company_id: UUID, period: Period) -> Evidence:
    """Registered evidences, and those without a known figure for the period, as last measured."""
    names = {c.name: c for c in COLLECTORS if c.clause != "1.1.1"}
    rows = conformance.latest(company_id, [period.since])
    known = {r.evidence: r for r in rows if r.department_path == conformance.WHOLE}
    if not known:  # the first measuring is just under way
        return found(0, [])
    broken = [
        Broken("manual.conformance", known[name].pk if name in known else None, f"{c.clause} {c.title}", why)
        for name, c in sorted(names.items())
        if (why := _what_lacks(known.get(name))) is not None
    ]
    return found(len(names), broken)


def _what_lacks(figure: object) -> T | None:
    if figure is None:
        return NEVER_MEASURED
    return UNKNOWN if getattr(figure, "failed", "") else None


def _clauses(day: date) -> list[Passage]:
    edition = queries.edition_on(day)
    rows = Passage.objects.filter(edition=edition, level=3) if edition is not None else Passage.objects.none()
    return sorted(rows, key=lambda p: rules.order_of(p.number))


@evidence("1.1.3", T("引用的依据都未失效", "No clause cites a repealed basis"))
def citing_repealed_bases(company_id: UUID, period: Period) -> Evidence:
    """Clauses of the edition in force that cite something, and those that cite what is replaced."""
    day, register = last_day(period), queries.bases_by_code()
    citing = [passage for passage in _clauses(day) if passage.bases]
    broken = []
    for passage in citing:
        repealed = [b for c in passage.bases if (b := register.get(c)) and rules.is_repealed(b.until, day)]
        for basis in repealed[:1]:
            why = CITES_REPEALED.format(title=T(basis.zh, basis.en or basis.zh), until=basis.until)
            broken.append(Broken("manual.passage", passage.pk, passage.number, why))
    return found(len(citing), broken)


@evidence("1.2.1", T("每条都有有效依据", "Every clause has a basis in force"))
def without_a_basis(company_id: UUID, period: Period) -> Evidence:
    """Clauses of the edition in force, and those that rest on nothing that was checked and holds."""
    day, register = last_day(period), queries.bases_by_code()

    def holds(basis: Basis | None) -> bool:
        return basis is not None and rules.basis_holds(basis.state, basis.since, basis.until, day)

    clauses = _clauses(day)
    lacking = [p for p in clauses if not any(holds(register.get(code)) for code in p.bases)]
    return found(len(clauses), [Broken("manual.passage", p.pk, p.number, WITHOUT_BASIS) for p in lacking])


@evidence("1.2.2", T("按期确认已阅读手册", "The manual was read in time"))
def readings_in_time(company_id: UUID, period: Period) -> Evidence:
    """Readings of active people that are confirmed or were due by the period's last day; by department."""
    day = last_day(period)
    rows = Reading.objects.filter(
        company_id=company_id, asked_at__lt=clock.day_begins(day + timedelta(days=1)), user__is_active=True
    ).exclude(state=ReadingState.DROPPED.value)
    counted = [
        r for r in rows.order_by("due_on", "id") if r.read_at is not None or rules.is_overdue(r.due_on, day)
    ]
    ends = clock.day_begins(day + timedelta(days=1))
    broken = [
        Broken("manual.reading", r.pk, r.role, NOT_READ.format(due=r.due_on), r.department_path)
        for r in counted
        if r.read_at is None or (r.read_at >= ends and rules.is_overdue(r.due_on, day))
    ]
    return found(Counter(r.department_path for r in counted), broken)


# --- steps outside any definition (1.2.4) -------------------------------------------------------------------------------

# Written by the door itself, not called by anybody.
ITS_OWN = ("approvals.ask", "company.install")

_WRONG_STARTS = """
SELECT e.row_type, e.row_id, e.operation, c.before ->> 'state'
FROM kernel_ledgerentry e JOIN kernel_ledgerchange c ON c.entry_id = e.seq AND c.row_id = e.row_id AND c."table" = e.row_type
JOIN unnest(%s::text[], %s::text[]) AS d(operation, states) ON d.operation = e.operation
WHERE e.company_id = %s AND e.at >= %s AND e.at < %s AND c.before ->> 'state' IS NOT NULL
  AND NOT (c.before ->> 'state') = ANY (string_to_array(d.states, ' '))
ORDER BY e.seq
"""


@evidence("1.2.4", T("步骤都在流程定义之内", "Every step is within a process definition"))
def steps_outside_any_definition(company_id: UUID, period: Period) -> Evidence:
    """Acts of the period's ledger; those of no known operation, or from a state that the operation forbids (must be 0)."""
    since, until = (
        clock.day_begins(period.since),
        clock.day_begins(period.until or last_day(period) + timedelta(days=1)),
    )
    entries = LedgerEntry.objects.filter(company_id=company_id, at__gte=since, at__lt=until)
    known = [*REGISTRY, *ITS_OWN]
    strangers = (
        entries.exclude(operation__in=known).order_by("seq").values_list("row_type", "row_id", "operation")
    )
    broken = [
        Broken(row_type, row_id, operation, OUTSIDE.format(operation=operation))
        for row_type, row_id, operation in strangers
    ]
    defined = {name: " ".join(sorted(o.from_states)) for name, o in REGISTRY.items() if o.from_states}
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_STARTS, [list(defined), list(defined.values()), company_id, since, until])
        for row_type, row_id, operation, state in cursor.fetchall():
            why = WRONG_START.format(operation=REGISTRY[operation].title, state=state)
            broken.append(Broken(row_type, row_id, operation, why))
    return found(entries.count(), broken)
