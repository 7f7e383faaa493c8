"""The organisation chart of any day, and both lines of a matrix beside each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.foundation.company import evidence, queries, rollup, seeing, structure
from sellwell.foundation.company.duty_views import LAYERS
from sellwell.foundation.company.kernel_views import role_name
from sellwell.foundation.company.models import GoalLink
from sellwell.foundation.company.rules.chart import Branch, Chart
from sellwell.foundation.company.rules.reorganising import path as path_of
from sellwell.foundation.company.structure_views import GOALS
from sellwell.foundation.company.views import DEPARTMENTS, KINDS
from sellwell.kernel import directory
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Period, T, named
from sellwell.web.registry import family, form, list_page, page, panel, record_page
from sellwell.web.shortcuts import fragment, render

family("/org-chart", "/departments/", "/org-lines", "/goals/")
list_page(
    GOALS, section="people", icon="target", order=70, new=["company.add_goal"], columns=["code", "name", "since", "until"],
    card=["name"], empty=T("还没有战略目标。", "No strategic goals yet."),
)  # fmt: skip
record_page(GOALS)
form("company.add_goal", initial=lambda row, ctx: {"since": ctx.today.isoformat()})
form("company.end_goal", initial=lambda row, ctx: {"until": ctx.today.isoformat()})


def _serving(row: Any, ctx: Context) -> dict[str, Any]:
    links = GoalLink.objects.filter(queries.in_force_on(ctx.today), goal=row).select_related("department")
    return {"departments": [link.department for link in links.order_by("department__path")]}


panel(
    "company.goal", "departments", T("承接部门", "Departments that serve it"), "company/_serving.html",
    context=_serving, place="main",
)  # fmt: skip

# Departments that are open at once: the top two layers; the rest is fetched when somebody opens it.
OPEN_LEVELS = 2
MOST_PEOPLE = 60


def asked_day(request: Any) -> date:
    """The day that the reader asks for; today where it is none."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.ctx.today  # type: ignore[no-any-return]


def _card(branch: Branch, names: dict[str, str], marks: dict[str, list[Any]], levels: int) -> dict[str, Any]:
    """A department as the template draws it, with those below as far as they are open."""
    node = branch.node
    return {
        "code": node.code,
        "id": node.id,
        "name": named(node),
        "kind": KINDS[node.kind],
        "scope": " · ".join(filter(None, (node.region, node.line))),
        "head": names.get(node.head, ""),
        "people": branch.people,
        "total": branch.total,
        "span": branch.span,
        "layers": branch.layers,
        "below": len(branch.children),
        "marks": marks.get(node.code, []),
        "children": [_card(c, names, marks, levels - 1) for c in branch.children] if levels > 0 else [],
        "is_open": levels > 0 and bool(branch.children),
        "is_cut": levels <= 0 and bool(branch.children or branch.people),
    }


def _names(branches: list[Branch]) -> dict[str, str]:
    people = {UUID(b.node.head) for b in branches if b.node.head}
    return {str(k): v for k, v in directory.current().names(people).items()}


def _marks(beyond: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in beyond:
        found.setdefault(one.code, []).append(structure.in_words(one))
    return found


def _shares(drawn: Chart) -> list[dict[str, Any]]:
    return [
        {
            "layer": LAYERS[layer],
            "count": count,
            "share": f"{100 * count / drawn.people:.0f}%" if drawn.people else "—",
        }
        for layer, count in sorted(drawn.by_layer.items())
    ]


def chart_page(request: Any) -> HttpResponse:
    """Departments by layer, with heads, spans and what lies outside the limits, as of any day."""
    day = asked_day(request)
    shown, drawn, beyond = structure.chart_of(request.ctx.company_id, day)
    names, marks = _names(list(drawn.by_code.values())), _marks(beyond)
    _, unserved, without = structure.goals(request.ctx.company_id, day)
    context = {
        "day": day,
        "today": request.ctx.today,
        "tops": [_card(b, names, marks, OPEN_LEVELS - 1) for b in drawn.tops],
        "people": drawn.people,
        "departments": len(drawn.by_code),
        "deepest": drawn.deepest,
        "shares": _shares(drawn),
        "beyond": [(structure.names_of(shown.nodes)[b.code], structure.in_words(b), drawn.by_code[b.code].node.id) for b in beyond][:30],
        "planned": shown.planned,
        "unserved": unserved,
        "without": without[:12],
        "without_count": len(without),
    }  # fmt: skip
    return render(request, "company/org_chart.html", context, title=T("组织架构图", "Organisation chart"))


def branch_part(request: Any) -> HttpResponse:
    """What stands right below a department: the departments and the people."""
    day = asked_day(request)
    shown, drawn, beyond = structure.chart_of(request.ctx.company_id, day)
    branch = drawn.by_code.get(request.GET.get("code", ""))
    if branch is None:
        raise Http404("department")
    names, marks = _names(branch.children), _marks(beyond)
    here = [p for p in shown.posts if p.code == branch.node.code]
    people = directory.current().names({UUID(p.person) for p in here})
    listed = sorted({(p.layer, people.get(UUID(p.person), ""), p.role) for p in here})
    context = {
        "day": day,
        "id": branch.node.id,
        "children": [_card(c, names, marks, 0) for c in branch.children],
        "staff": [(name, role_name(role)) for _, name, role in listed[:MOST_PEOPLE]],
        "more": max(0, len(listed) - MOST_PEOPLE),
    }
    return fragment(request, "company/_org_part.html", context)


page(
    "org-chart", chart_page, "company.org_chart", title=T("组织架构图", "Organisation chart"),
    right=DEPARTMENTS.name, section="people", icon="layers", order=5,
)  # fmt: skip
page("org-chart/part", branch_part, "company.org_part", right=DEPARTMENTS.name)


# --- both lines --------------------------------------------------------------------------------------------------------


def lines_page(request: Any) -> HttpResponse:
    """Sales of the year by department and by product line; the corner is the same sum either way."""
    day = asked_day(request)
    period = Period(day.replace(month=1, day=1), day + timedelta(days=1))
    company = request.ctx.company_id
    if not seeing.may_see_sales(request.ctx.actor, company):
        return render(request, "company/lines_unseen.html", {}, title=T("矩阵汇总", "Both lines"))
    added = rollup.rollup(company, period)
    shown = structure.as_of(company, day)
    tops = sorted((path for path in added.by_department if path.count(".") <= 2), key=str)
    by_code = {n.code: n for n in shown.nodes}
    paths = {n.code: path_of(by_code, n.code) for n in shown.nodes}
    names = {paths[n.code]: named(n) for n in shown.nodes}
    lines = sorted(added.by_line)
    rows = []
    for path in tops:
        inside = [
            sum((a for (p, of), a in added.cells.items() if of == line and p.startswith(path)), rollup.ZERO)
            for line in lines
        ]
        rows.append(
            {
                "name": names.get(path, T(path, path)),
                "level": path.count("."),
                "cells": inside,
                "sum": added.by_department[path],
            }
        )
    context = {
        "lines": lines,
        "rows": rows,
        "totals": [added.by_line[line] for line in lines],
        "added": added,
        "hours": evidence.approval_hours(company, period),
        "period": period,
        "today": day,
        "divisions": [
            (names[paths[n.code]], added.by_department.get(paths[n.code], rollup.ZERO))
            for n in shown.nodes
            if n.kind == "division"
        ],
    }  # fmt: skip
    return render(request, "company/lines.html", context, title=T("矩阵汇总", "Both lines"))


page(
    "org-lines", lines_page, "company.lines", title=T("矩阵汇总", "Both lines"), right="company.duty_matrix",
    section="people", icon="columns", order=72,
)  # fmt: skip
