"""The conformance engine: asks every registered evidence, month by month, and keeps what it said as of each day.

Figures are derived: they are measured again at any time, by the calendar (`chores.py`) and on demand. A month that lies
further back than `FRESH` months is measured until every evidence has answered for it, later ones every time. Nothing new in
the ledger: nothing to measure.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from sellwell.kernel import clock, evidence
from sellwell.kernel.evidence import Collector, Evidence
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.values import Period, months_later
from sellwell.steering.manual import rules
from sellwell.steering.manual.models import Conformance, Run

log = logging.getLogger(__name__)

FRESH = 3  # months that are measured anew each time; what came before hardly changes
WHOLE = ""  # the path that stands for the whole company


def collectors() -> list[Collector]:
    """Every registered evidence, in the order of the book."""
    return sorted(evidence.COLLECTORS, key=lambda c: (rules.order_of(c.clause), c.name))


def period_of(month: date) -> Period:
    """A month as a period."""
    return Period(month, months_later(month, 1))


@dataclass(frozen=True, slots=True)
class Answer:
    """What an evidence said, or the kind of error that kept it from saying anything."""

    collector: Collector
    found: Evidence | None
    failed: str = ""


def ask(one: Collector, company_id: UUID, month: date) -> Answer:
    """Ask one evidence about a month. An error makes the figure unknown; it is logged and shown, never taken for kept."""
    try:
        with transaction.atomic():
            return Answer(one, one.collect(company_id, period_of(month)))
    except Exception as error:
        # The text of the error may hold what people wrote; only its kind is kept.
        log.error("evidence %s for %s failed: %s", one.name, month, type(error).__name__)
        return Answer(one, None, type(error).__name__)


def months_to_measure(company_id: UUID, today: date, count: int) -> list[date]:
    """The fresh months, and earlier ones for which some evidence never answered or failed when it was asked last."""
    months = rules.months_back(today, count)
    earlier, fresh = months[:-FRESH], months[-FRESH:]
    names = {one.name for one in collectors()}
    rows = latest(company_id, earlier, is_whole=True) if earlier else []
    answered = {(row.month, row.evidence) for row in rows if not row.failed}
    return [month for month in earlier if any((month, name) not in answered for name in names)] + fresh


def ledger_end(company_id: UUID) -> int:
    """The last entry of a company's ledger that is not a measuring itself."""
    entries = LedgerEntry.objects.filter(company_id=company_id).exclude(operation="manual.measure")
    return int(entries.aggregate(last=Max("seq"))["last"] or 0)


def looked_at(company_id: UUID, today: date) -> dict[date, Run]:
    """For each month that was measured today: the last measuring."""
    runs = Run.objects.filter(company_id=company_id, as_of=today).order_by("at", "id")
    return {month: run for run in runs for month in run.measured}


def out_of_date(company_id: UUID, today: date, count: int) -> list[date]:
    """The months to measure of which today's figures do not stand: not measured today, or something was done since."""
    looks, end = looked_at(company_id, today), ledger_end(company_id)
    months = months_to_measure(company_id, today, count)
    return [month for month in months if month not in looks or looks[month].ledger_seq < end]


def next_due(company_id: UUID, now: datetime, count: int, every: timedelta) -> date | None:
    """The newest month whose figures are out of date, leaving alone what was measured a moment ago."""
    today = clock.business_day(now)
    looks = looked_at(company_id, today)
    due = [
        month
        for month in out_of_date(company_id, today, count)
        if month not in looks or now - looks[month].at >= every
    ]
    return max(due, default=None)


def rows_of(answer: Answer, company_id: UUID, month: date, as_of: date) -> list[Conformance]:
    """An answer as the rows that are kept: the whole, and each department."""
    said = answer.found
    places: list[tuple[str, int | None, int | None]] = [
        (WHOLE, said.concerned if said else None, said.kept if said else None)
    ]
    if said is not None:
        places += [(path, tally.concerned, tally.kept) for path, tally in said.departments.items() if path]
    return [
        Conformance(
            id=new_id(), company_id=company_id, evidence=answer.collector.name, clause=answer.collector.clause,
            month=month, department_path=path, as_of=as_of, concerned=concerned, kept=kept, failed=answer.failed,
        )
        for path, concerned, kept in places
    ]  # fmt: skip


def measure(company_id: UUID, months: Iterable[date], as_of: date) -> list[Conformance]:
    """Ask every evidence about every month and keep what it says, in place of what it said earlier today."""
    rows = [
        row
        for month in months
        for one in collectors()
        for row in rows_of(ask(one, company_id, month), company_id, month, as_of)
    ]
    keep(rows)
    return rows


def keep(rows: Sequence[Conformance]) -> None:
    """Write figures; those of the same day are replaced."""
    Conformance.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["company_id", "evidence", "month", "department_path", "as_of"],
        update_fields=["concerned", "kept", "failed"],
    )


# --- reading the figures ------------------------------------------------------------------------------------------------


def latest(
    company_id: UUID,
    months: Sequence[date],
    clauses: Iterable[str] = (),
    *,
    is_whole: bool = False,
    below: str = "",
) -> list[Conformance]:
    """For each evidence, month and place (for the whole company only, or of departments below a path), what was measured last."""
    rows = Conformance.objects.filter(company_id=company_id, month__in=months)
    if is_whole:
        rows = rows.filter(department_path=WHOLE)
    if below:
        rows = rows.filter(department_path__startswith=below)
    wanted = list(clauses)
    if wanted:
        rows = rows.filter(clause__in=wanted)
    ordered = rows.order_by("evidence", "month", "department_path", "-as_of")
    return list(ordered.distinct("evidence", "month", "department_path"))


def last_run(company_id: UUID) -> Run | None:
    """When figures were measured last."""
    return Run.objects.filter(company_id=company_id).order_by("-as_of", "-at").first()
