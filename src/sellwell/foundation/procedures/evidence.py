"""Evidence for clauses 1.3.4 and 1.3.5: every step has a procedure in force, and each is reviewed in time."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.procedures import queries
from sellwell.foundation.procedures.models import Procedure, ProcedureState
from sellwell.foundation.procedures.views import verb
from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.values import Period, T

NONE = T("没有生效的规程", "has no procedure in force")
OVERDUE = T("应于 {day} 前评审", "was to be reviewed by {day}")


@evidence("1.3.4", T("有规程的步骤", "Steps with a procedure in force"))
def steps_with_a_procedure(company_id: UUID, period: Period) -> Evidence:
    """The steps of the standard process, and those without a procedure on the period's last day."""
    day = _last_day(period)
    held = set(
        Procedure.objects.filter(Q(until__isnull=True) | Q(until__gt=day), company_id=company_id, since__lte=day)
        .values_list("operation", flat=True)
    )  # fmt: skip
    steps = queries.steps()
    return found(
        len(steps), [Broken("operation", None, str(op.title), NONE) for op in steps if op.name not in held]
    )


@evidence("1.3.5", T("按期评审的规程", "Procedures reviewed in time"))
def reviewed_in_time(company_id: UUID, period: Period) -> Evidence:
    """Procedures in force, and those whose review is overdue on the period's last day."""
    day = _last_day(period)
    rows = Procedure.objects.filter(
        company_id=company_id, state=ProcedureState.IN_FORCE.value, since__lte=day
    )
    late = rows.filter(next_review_on__lt=day).order_by("next_review_on")
    broken = [
        Broken(
            "procedures.procedure",
            row.pk,
            f"{verb(row)} v{row.number}",
            OVERDUE.format(day=row.next_review_on),
        )
        for row in late
    ]
    return found(rows.count(), broken)


def _last_day(period: Period) -> date:
    today = clock.business_day(clock.now())
    return today if period.until is None else min(today, period.until - timedelta(days=1))
