"""Reads of procedures: the one in force, the steps that should have one, how long a step really takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from sellwell.foundation.company.queries import in_force_on
from sellwell.foundation.procedures.models import Procedure, ProcedureReview, ProcedureState
from sellwell.kernel import clock
from sellwell.kernel.models import Document
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.values import months_later

SELLING = "sellwell.selling."  # the rooms of the sale, from contact to cash


def steps() -> list[Operation]:
    """The steps of the standard process: verbs of selling on documents, offered to people, that carry out a clause."""
    return [
        op
        for op in REGISTRY.values()
        if op.clauses and "web" in op.channels and op.verb != "comment" and issubclass(op.model, Document)
        and op.model.__module__.startswith(SELLING)
    ]  # fmt: skip


def in_force(company_id: UUID, operation: str) -> Procedure | None:
    """The version of a verb's procedure that holds now."""
    return Procedure.objects.filter(
        company_id=company_id, operation=operation, state=ProcedureState.IN_FORCE.value
    ).first()


def all_in_force(company_id: UUID) -> dict[str, Procedure]:
    """Every procedure in force, by verb."""
    rows = Procedure.objects.filter(company_id=company_id, state=ProcedureState.IN_FORCE.value)
    return {row.operation: row for row in rows}


def reviews_due(company_id: UUID, day: date) -> list[tuple[Procedure, date]]:
    """The versions in force on a day, each with the day by which it was to be reviewed, the earliest first.

    That day follows from the reviews held by then: the column `next_review_on` only knows how it is now.
    """
    reviews = ProcedureReview.objects.filter(company_id=company_id, held_on__lte=day).order_by("held_on")
    last = dict(reviews.values_list("procedure_id", "held_on"))
    rows = Procedure.objects.filter(in_force_on(day), company_id=company_id).order_by("operation")
    found = []
    for row in rows:
        looked_at = last.get(row.pk) or row.since
        if looked_at is not None:
            found.append((row, months_later(looked_at, row.review_months)))
    return sorted(found, key=lambda each: each[1])


@dataclass(frozen=True, slots=True)
class Took:
    """How a verb went in a span: cases done, their median from hand-over to deed in hours, how many were late."""

    cases: int
    median_hours: Decimal | None
    late: int


_TOOK = """
SELECT operation, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - created_at)),
       count(*) FILTER (WHERE done_at > due_at)
FROM kernel_task
WHERE company_id = %s AND operation = ANY(%s) AND state = 'done' AND done_at >= %s AND done_at < %s
GROUP BY operation
"""


def took(company_id: UUID, operations: Iterable[str], since: date, until: date) -> dict[str, Took]:
    """How verbs went from the first day up to, not including, the last; those without a case are absent."""
    moments = [clock.day_begins(day) for day in (since, until)]
    with connection.cursor() as cursor:
        cursor.execute(_TOOK, [company_id, list(operations), *moments])
        rows = cursor.fetchall()
    tenth = Decimal("0.1")
    return {
        name: Took(cases, (Decimal(str(median)) / 3600).quantize(tenth), late)
        for name, cases, median, late in rows
    }
