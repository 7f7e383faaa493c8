"""A division's own results by month, its budget, and its approval limits (clause 2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.foundation.company import divisions, seeing
from sellwell.foundation.company.extensions import MonthResult, budgets, results
from sellwell.foundation.company.models import Department
from sellwell.foundation.company.policies import DIVISION_LIMITS
from sellwell.foundation.company.views import DEPARTMENTS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import ZERO, Period, T
from sellwell.web.registry import page, panel
from sellwell.web.shortcuts import render, require, row_or_404

TITLE = T("损益", "Profit and loss")


@dataclass(frozen=True, slots=True)
class Statement:
    """The months of a year up to today with their sum; without the right to margins `shows_margin` is no."""

    months: list[MonthResult]
    total: MonthResult
    shows_margin: bool

    @property
    def rate(self) -> Decimal | None:
        """Gross margin as a share of the revenue whose cost is known."""
        known = self.total.revenue - self.total.without_cost
        return (self.total.margin / known).quantize(Decimal("0.001")) if known else None


def year_of(text: str, today: date) -> Period:
    """A year as far as it has come; the running one where none or nonsense is asked for."""
    year = int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= today.year else today.year
    return Period(date(year, 1, 1), min(date(year + 1, 1, 1), today + timedelta(days=1)))


def statement(row: Department, period: Period, ctx: Context) -> Statement | None:
    """What the division earned, within the reader's rights; None for those who may not see all its sales."""
    if not seeing.may_see_sales_of(ctx.actor, row):
        return None
    by_month: dict[date, MonthResult] = {}
    for _, asked in results:
        for one in asked(row, period):
            known = by_month.get(one.month, MonthResult(one.month, ZERO, ZERO, ZERO))
            by_month[one.month] = _sum(one.month, [known, one])
    months = [by_month[month] for month in sorted(by_month)]
    shows = seeing.may_see_margins_of(ctx.actor, row)
    return Statement(months, _sum(period.since, months), shows)


def _sum(month: date, parts: list[MonthResult]) -> MonthResult:
    return MonthResult(
        month, sum((p.revenue for p in parts), ZERO), sum((p.cost for p in parts), ZERO),
        sum((p.without_cost for p in parts), ZERO),
    )  # fmt: skip


def of_division(row: Department, ctx: Context) -> dict[str, Any] | None:
    """On a division's page: this year in one line, and the limits it has of its own."""
    if row.kind != "division":
        return None
    return {
        "statement": statement(row, year_of("", ctx.today), ctx),
        "limits": divisions.limits_of(row, ctx.today),
        "policy": DIVISION_LIMITS,
    }


panel(
    "company.department", "division", T("事业部损益与限额", "Results and limits of the division"),
    "company/_division.html", context=of_division, place="main", order=3,
)  # fmt: skip


def show(request: Any, row_id: UUID) -> HttpResponse:
    """A division's year by month, with its budget and what is not in it."""
    require(request, DEPARTMENTS.name)
    ctx: Context = request.ctx
    row = row_or_404(request, DEPARTMENTS, row_id)
    if row.kind != "division":
        raise Http404(row_id)
    period = year_of(request.GET.get("year", ""), ctx.today)
    found = statement(row, period, ctx)
    year = Period(period.since, date(period.since.year + 1, 1, 1))
    context = {
        "row": row,
        "statement": found,
        "year": period.since.year,
        "years": range(ctx.today.year, ctx.today.year - 3, -1),
        "budgets": [one for _, asked in budgets for one in asked(row, year, ctx)],
    }
    label = DEPARTMENTS.label(row)
    crumbs: list[tuple[T | str, str]] = [
        (DEPARTMENTS.title, f"/{DEPARTMENTS.url}/"),
        (label, f"/{DEPARTMENTS.url}/{row.pk}/"),
    ]
    return render(request, "company/results.html", context, title=TITLE, crumbs=crumbs)


page("departments/<uuid:row_id>/results", show, "company.results", right=DEPARTMENTS.name)
