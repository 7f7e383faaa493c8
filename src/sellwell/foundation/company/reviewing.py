"""Which departments are due for their review, and since when (clause 2.1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, Q

from sellwell.foundation.company.models import Department, DepartmentReview


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
    open_ = Q(until__isnull=True) | Q(until__gt=day)
    there = Q(since__isnull=True) | Q(since__lte=day)
    departments = Department.objects.filter(there, open_, company_id=company_id).select_related("head")
    latest = dict(
        DepartmentReview.objects.filter(company_id=company_id, held_on__lte=day)
        .values_list("department_id")
        .annotate(last=Max("held_on"))
    )
    next_due = {
        r.department_id: r.next_due
        for r in DepartmentReview.objects.filter(company_id=company_id, held_on__lte=day).order_by(
            "held_on", "id"
        )
    }
    found = []
    for department in departments:
        on = next_due.get(department.pk)
        if on is None and department.since is not None:
            on = months_later(department.since, department.review_months)
        found.append(Due(department, latest.get(department.pk), on))
    return sorted(found, key=lambda d: (d.on or date.min, d.department.path))


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last of the month where there is no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)
