"""Sales by the region line and by the product line: two cuts of one sum, so neither counts anything twice (2.2.2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Sum

from sellwell.foundation.company.composition import SALES
from sellwell.foundation.company.extensions import rows_of
from sellwell.foundation.company.models import Department, DepartmentPast
from sellwell.kernel.models import Fact
from sellwell.kernel.values import Period

ZERO = Decimal("0.00")


@dataclass
class Rollup:
    """One period's sum, by department and by product line. What is on no line is kept apart, never dropped."""

    total: Decimal = ZERO
    count: int = 0
    by_department: dict[str, Decimal] = field(
        default_factory=lambda: defaultdict(lambda: ZERO)
    )  # path: own and below
    by_line: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    cells: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    off_region: Decimal = ZERO  # booked on a department that there never was
    off_line: Decimal = ZERO  # booked without a product line
    off_count: int = 0

    @property
    def by_region_line(self) -> Decimal:
        """The sum along departments."""
        return self.total - self.off_region

    @property
    def by_product_line(self) -> Decimal:
        """The sum along product lines."""
        return self.total - self.off_line

    @property
    def difference(self) -> Decimal:
        """What one line says more than the other: must be nothing."""
        return self.by_region_line - self.by_product_line


def rollup(company_id: UUID, period: Period, measure: str = SALES) -> Rollup:
    """Add a measure up along both lines in one query."""
    facts = Fact.objects.filter(company_id=company_id, measure=measure, happened_on__gte=period.since)
    if period.until is not None:
        facts = facts.filter(happened_on__lt=period.until)
    paths = known_paths(company_id)
    found = Rollup()
    grouped = facts.values_list("department_path", "product_line").annotate(
        amount=Sum("amount"), n=Count("id")
    )
    for path, line, amount, count in grouped.order_by("department_path", "product_line"):
        found.total += amount
        found.count += count
        if path in paths:
            for above in _upwards(path):
                found.by_department[above] += amount
        else:
            found.off_region += amount
        if line:
            found.by_line[line] += amount
        else:
            found.off_line += amount
        if path not in paths or not line:
            found.off_count += count
        found.cells[path if path in paths else "", line] += amount
    return found


def of_department(department: Department, period: Period, measure: str = SALES) -> Decimal:
    """What a department and those below it sold: a product department along its line, any other along its path."""
    facts = Fact.objects.filter(
        rows_of(department),
        company_id=department.company_id,
        measure=measure,
        happened_on__gte=period.since,
        happened_on__lt=period.until,
    )
    return facts.aggregate(total=Sum("amount"))["total"] or ZERO


def known_paths(company_id: UUID) -> set[str]:
    """Every path that a department has or had."""
    now = Department.objects.filter(company_id=company_id).values_list("path", flat=True)
    return {*now, *DepartmentPast.objects.filter(company_id=company_id).values_list("path", flat=True)}


def _upwards(path: str) -> list[str]:
    codes = path.rstrip(".").split(".")
    return [".".join(codes[: n + 1]) + "." for n in range(len(codes))]


def off_the_lines(company_id: UUID, period: Period, measure: str = SALES) -> list[tuple[int, UUID, date]]:
    """The facts that one line would miss: (fact, document, day). What was reversed is corrected, and missed by neither."""
    facts = Fact.objects.filter(company_id=company_id, measure=measure, happened_on__gte=period.since)
    if period.until is not None:
        facts = facts.filter(happened_on__lt=period.until)
    reversed_ = Fact.objects.filter(company_id=company_id, measure=measure, reverses__isnull=False)
    facts = facts.filter(reverses__isnull=True).exclude(pk__in=reversed_.values("reverses"))
    on_no_department = facts.exclude(department_path__in=known_paths(company_id))
    on_no_line = facts.filter(product_line="")
    both = on_no_department.values_list("pk", "document_id", "happened_on").union(
        on_no_line.values_list("pk", "document_id", "happened_on")
    )
    return list(both)
