"""The procedures that carry a clause out, for the page of the clause."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.company.queries import in_force_on
from sellwell.foundation.procedures.models import Procedure
from sellwell.foundation.procedures.views import PROCEDURES, verb
from sellwell.kernel.extensions import procedures
from sellwell.kernel.operations import REGISTRY


@procedures.register("procedures")
def of_clause(clause: str, company_id: UUID, day: date) -> list[tuple[str, str]]:
    """Title and address of each procedure in force on a day whose verb carries the clause out."""
    verbs = [name for name, operation in REGISTRY.items() if clause in operation.clauses]
    rows = Procedure.objects.filter(in_force_on(day), company_id=company_id, operation__in=verbs)
    return [
        (f"{verb(row)} v{row.number}", f"/{PROCEDURES.url}/{row.pk}/") for row in rows.order_by("operation")
    ]
