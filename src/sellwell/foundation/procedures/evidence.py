"""Evidence for clauses 1.3.4 and 1.3.5: every step has a procedure in force, and each is reviewed in time."""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.company.queries import in_force_on
from sellwell.foundation.procedures import queries
from sellwell.foundation.procedures.models import Procedure
from sellwell.foundation.procedures.views import verb
from sellwell.kernel.evidence import Broken, Evidence, evidence, found, last_day
from sellwell.kernel.values import Period, T

NONE = T("没有生效的规程", "has no procedure in force")
OVERDUE = T("应于 {day} 前评审", "was to be reviewed by {day}")


@evidence("1.3.4", T("有规程的步骤", "Steps with a procedure in force"))
def steps_with_a_procedure(company_id: UUID, period: Period) -> Evidence:
    """The steps of the standard process, and those without a procedure on the period's last day."""
    there = Procedure.objects.filter(in_force_on(last_day(period)), company_id=company_id)
    held = set(there.values_list("operation", flat=True))
    steps = queries.steps()
    return found(
        len(steps), [Broken("operation", None, str(op.title), NONE) for op in steps if op.name not in held]
    )


@evidence("1.3.5", T("按期评审的规程", "Procedures reviewed in time"))
def reviewed_in_time(company_id: UUID, period: Period) -> Evidence:
    """Procedures in force on the period's last day, and those whose review was overdue then."""
    day = last_day(period)
    due = queries.reviews_due(company_id, day)
    broken = [
        Broken("procedures.procedure", row.pk, f"{verb(row)} v{row.number}", OVERDUE.format(day=on))
        for row, on in due
        if on < day
    ]
    return found(len(due), broken)
