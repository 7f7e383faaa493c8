"""Open work that the kernel keeps: tasks, and requests that wait for approval. What the proof asks of higher rooms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.company.models import (
    Absence,
    Department,
    DutyWaiver,
    Reorganisation,
    ReorganisationState,
)
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, own_tasks, owned_work
from sellwell.kernel.models import ApprovalRequest, RequestState, Task, TaskState
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Period, T

# Deciding stays with those who hold the role of the step: these tasks are asked anew, never handed to anybody.
DECIDING = ("approvals.approve", "approvals.reject")

# Who owns customers where: (company_id) -> (owner, region, product line, how many) in one query. The proof of duties
# looks for customers whom nobody covers.
Coverage = Callable[[UUID], Iterable[tuple[UUID, str, str, int]]]
covered_customers: Extension[Coverage] = Extension(
    "company.covered_customers", "how many customers each person owns in each region"
)

# What else changes hands when departments move: (company_id, the rows' condition on owner and department) -> (what it
# is called, how many). Tables with an owner are counted anyway; rooms add what hangs on them (targets, budgets).
Counting = Callable[[UUID, Q], Iterable[tuple[T, int]]]
changing_hands: Extension[Counting] = Extension(
    "company.changing_hands", "what else changes hands in a reorganisation"
)

# What markets earn: (company_id, period) -> (region, product line, margin as a share of sales). For staffing.
Margins = Callable[[UUID, Period], Iterable[tuple[str, str, Decimal]]]
market_margins: Extension[Margins] = Extension("company.market_margins", "the margin of each region and line")

# Who may see what markets earn: the verbs that show margins in the rooms that tell them. All of them are needed.
margin_verbs: Extension[Callable[[], str]] = Extension("company.margin_verbs", "the verb that shows margins")

# Who may see what was sold: the verbs that show the documents behind it, in the rooms that post it. All are needed.
sales_verbs: Extension[Callable[[], str]] = Extension("company.sales_verbs", "the verb that shows sales")


@dataclass(frozen=True, slots=True)
class DepartmentFigure:
    """A figure of a department's page, within what the reader may see."""

    title: T
    value: Decimal
    is_money: bool = True
    note: T | str = ""
    url: str = ""


# The default figures of a department's page by its kind: (department, ctx) -> the figure; None where it says nothing of
# departments of this kind, or the reader may not see the rows behind it.
DepartmentFigures = Callable[[Department, Context], DepartmentFigure | None]
department_figures: Extension[DepartmentFigures] = Extension(
    "company.department_figures", "figures of a department's page, by its kind"
)


@dataclass(frozen=True, slots=True)
class MonthResult:
    """What a department earned in a month, in company currency: net revenue, cost of the goods, and the revenue whose goods
    have no recorded cost (in neither cost nor margin)."""

    month: date
    revenue: Decimal
    cost: Decimal
    without_cost: Decimal

    @property
    def margin(self) -> Decimal:
        """Gross margin, of the revenue whose cost is known."""
        return self.revenue - self.without_cost - self.cost


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget in force that touches a period."""

    title: str
    since: date
    until: date
    amount: Decimal
    url: str


# What departments earned by month, as it was posted: (department, period) -> months that have something.
results: Extension[Callable[[Department, Period], Iterable[MonthResult]]] = Extension(
    "company.results", "revenue and cost of goods of a department by month"
)
# Budgets of a department: (department, period, ctx) -> those in force that touch the period, as far as the reader may see.
budgets: Extension[Callable[[Department, Period, Context], Iterable[Budget]]] = Extension(
    "company.budgets", "budgets of a department in force"
)

# The figures of scorecards, by the metric's code: (company_id, people, period) -> the figure of each who has a record.
# Metrics that are sums of facts need none.
MeasureOf = Callable[[UUID, Collection[UUID], Period], Mapping[UUID, Decimal]]
scorecard_measures: Extension[MeasureOf] = Extension(
    "company.scorecard_measures", "figures of people that scorecards measure"
)


def rows_of(department: Department) -> Q:
    """Rows of a department and those below it: a product department's along its line, any other's along its path."""
    if department.is_by_line:
        return Q(product_line=department.product_line)
    return Q(department_path__startswith=department.path)


@owned_work.register("kernel.task")
def _tasks(user_id: UUID) -> list[tuple[type[Task], list[UUID]]]:
    rows = Task.objects.filter(owner_id=user_id, state=TaskState.OPEN.value).exclude(
        operation__in=[*DECIDING, *own_tasks]
    )
    return [(Task, list(rows.values_list("pk", flat=True)))]


@owned_work.register("kernel.approvalrequest")
def _requests(user_id: UUID) -> list[tuple[type[ApprovalRequest], list[UUID]]]:
    rows = ApprovalRequest.objects.filter(owner_id=user_id, state=RequestState.OPEN.value)
    return [(ApprovalRequest, list(rows.values_list("pk", flat=True)))]


@owned_work.register("company.reorganisation")
def _reorganisations(user_id: UUID) -> list[tuple[type[Reorganisation], list[UUID]]]:
    still = [ReorganisationState.DRAFT.value, ReorganisationState.SCHEDULED.value]
    rows = Reorganisation.objects.filter(owner_id=user_id, state__in=still)
    return [(Reorganisation, list(rows.values_list("pk", flat=True)))]


# --- erasure: what stands in clear is blanked --------------------------------------------------------------------------

personal.register_eraser(
    "company.dutywaiver", lambda subject: personal.blank_columns(DutyWaiver, Q(user_id=subject))
)
personal.register_eraser(
    "company.absence", lambda subject: personal.blank_columns(Absence, Q(user_id=subject))
)
