"""A department's own page (clause 2.2.1): who it is, its figures by kind, its duties, its people, what it has to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse

from sellwell.foundation.company import queries, rollup, seeing, staffing, structure
from sellwell.foundation.company.extensions import DepartmentFigure, department_figures
from sellwell.foundation.company.kernel_views import TASKS, role_name
from sellwell.foundation.company.models import Assignment, Department, GoalLink
from sellwell.foundation.company.views import DEPARTMENTS
from sellwell.kernel.models import TaskState
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Period, T
from sellwell.web import records, registry, tasks
from sellwell.web.registry import page, panel
from sellwell.web.shortcuts import render, require

# Sums over everybody's rows are for those who see the whole matrix of duties: managers and overseers.
WHOLE = "company.duty_matrix"
MOST_PEOPLE, MOST_TASKS = 40, 8


def home(row: Department, ctx: Context) -> dict[str, Any]:
    """People here and below, figures of the kind, goals, and the duties of the positions held here."""
    shown, drawn, beyond = structure.chart_of(row.company_id, ctx.today)
    links = GoalLink.objects.filter(queries.in_force_on(ctx.today), department=row).select_related("goal")
    duties = structure.duties_here(row.code, shown.posts)
    carried = {duty.pk for _, known in duties for duty in known}
    defaults = structure.default_duties(row.kind, row.company_id, ctx.today)
    return {
        "branch": drawn.by_code.get(row.code),
        "marks": [structure.in_words(b) for b in beyond if b.code == row.code],
        "figures": figures(row, ctx),
        "goals": [link.goal for link in links.order_by("goal__code")],
        "duties": duties,
        "defaults": [(duty, duty.pk in carried) for duty in defaults],
    }


def figures(row: Department, ctx: Context) -> list[DepartmentFigure]:
    """The default figures of a department of this kind, as far as the reader may see what is behind them."""
    found = []
    sees_sales = ctx.actor.may(WHOLE) and seeing.may_see_sales_of(ctx.actor, row)
    if sees_sales and row.kind != "function":
        period = Period(ctx.today.replace(month=1, day=1), ctx.today + timedelta(days=1))
        found.append(DepartmentFigure(T("今年销售额", "Sales this year"), rollup.of_department(row, period)))
    found += [one for _, function in department_figures if (one := function(row, ctx)) is not None]
    return found


panel(
    "company.department", "home", T("概况", "At a glance"), "company/_department.html", context=home, place="main", order=1
)  # fmt: skip


def people(row: Department, ctx: Context) -> dict[str, Any]:
    """Who works right here, by role, and how many the staffing rules would have more or fewer."""
    held = Assignment.objects.filter(queries.held_on(ctx.today), department=row)
    posts = list(held.select_related("user", "position").order_by("role", "since", "id")[: MOST_PEOPLE + 1])
    gap = None
    if row.kind == "regional" and row.region and ctx.actor.may(WHOLE):
        found = staffing.staffing(row.company_id, ctx.today)
        gap = next((g for g in found.gaps if g.region == row.region), None)
    return {
        "posts": [
            (post.user.name, str(post.position or role_name(post.role))) for post in posts[:MOST_PEOPLE]
        ],
        "is_more": len(posts) > MOST_PEOPLE,
        "gap": gap,
    }


panel(
    "company.department", "people", T("人员与空缺", "People and vacancies"), "company/_department_people.html",
    context=people, place="side", order=10,
)  # fmt: skip


def work(row: Department, ctx: Context) -> dict[str, Any]:
    """What people of the department and below have to do, as far as the reader may see it; the late first."""
    rows = TASKS.rows(ctx.actor).filter(
        company_id=row.company_id, state=TaskState.OPEN.value, department_path__startswith=row.path
    )
    counts = rows.order_by().aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=ctx.now)))
    first = list(rows.order_by("due_at", "id")[:MOST_TASKS])
    lines = tasks.lines(first, ctx.actor, ctx.now)
    return {"lines": lines, **counts}


panel(
    "company.department", "work", T("待办与逾期", "To do and late"), "company/_department_work.html", context=work,
    place="main", right=TASKS.name, order=8,
)  # fmt: skip


def mine(request: Any) -> HttpResponse:
    """The page of the department where the reader holds the first post in the company."""
    require(request, DEPARTMENTS.name)
    ctx: Context = request.ctx
    path = next((p.department_path for p in ctx.actor.posts if p.company_id == ctx.company_id), "")
    own = DEPARTMENTS.rows(ctx.actor).filter(company_id=ctx.company_id, path=path).first()
    if own is None:
        return render(request, "company/no_department.html", {}, title=T("我的部门", "My department"))
    return records.show(request, registry.RECORDS[DEPARTMENTS.name], own.pk)


page(
    "my-department", mine, "company.my_department", title=T("我的部门", "My department"), right=DEPARTMENTS.name,
    section="people", icon="building", order=4,
)  # fmt: skip
