"""Which departments are due for their review, and since when (clause 2.1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sellwell.foundation.company import queries
from sellwell.foundation.company.models import Department, DepartmentReview
from sellwell.kernel.values import months_later


@dataclass(frozen=True)
class Due:
    """A department with the day on which its review is due; None: it was never reviewed and nobody knows since when
    it is there, so it is due now."""

    department: Department
    last: date | None
    on: date | None

    def is_overdue(self, day: date) -> bool:
        """Whether the review should have been held before this day."""
        return self.on is None or self.on < day


def due(company_id: UUID, day: date) -> list[Due]:
    """Every department that is open on a day, the longest overdue first."""
    open_ = Department.objects.filter(queries.open_on(day), company_id=company_id)
    departments = open_.select_related("head")
    held = DepartmentReview.objects.filter(company_id=company_id, held_on__lte=day).order_by("held_on", "id")
    latest = {
        department: (held_on, next_due)
        for department, held_on, next_due in held.values_list("department_id", "held_on", "next_due")
    }
    found = []
    for department in departments:
        last, on = latest.get(department.pk, (None, None))
        if on is None and department.since is not None:
            on = months_later(department.since, department.review_months)
        found.append(Due(department, last, on))
    return sorted(found, key=lambda d: (d.on or date.min, d.department.path))
