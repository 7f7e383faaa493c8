"""The workbench: what I must do now, my three figures, what I should know. Blocks come from the rooms, by role."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from sellwell.kernel import access
from sellwell.kernel.models import ApprovalRequest
from sellwell.kernel.values import T
from sellwell.kernel.views import VIEWS
from sellwell.web import approvals, charts, formats, registry, tasks
from sellwell.web.parts import EVERYBODY, FigureBlock, Number, Warning_, WorkBlock
from sellwell.web.shortcuts import render

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

DECIDE = "approvals.approve"  # what is asked stands on cards; a line would only say its number
TASKS = 40
CARDS = 8
FIGURES = 3
ORDER = {"late": 0, "near": 1, "info": 2}


@dataclass(frozen=True)
class FigureLine:
    """A figure ready to draw: its text, the share of the target that is reached, what is missing."""

    block: FigureBlock
    number: Number
    text: str
    full: str
    share: int | None
    missing: str
    bars: list[charts.SparkBar]
    before: str  # last month's figure


def show(request: Any) -> HttpResponse:
    """The start page."""
    ctx = request.ctx
    roles = {*ctx.actor.roles, EVERYBODY}
    found = list(tasks.open_tasks(ctx.actor).select_related("owner").order_by("due_at")[:TASKS])
    asked = list(dict.fromkeys(t.row_id for t in found if t.operation == DECIDE))
    requests = (
        ApprovalRequest.objects.filter(pk__in=asked, state="open").order_by("created_at") if asked else []
    )
    lines = tasks.lines([t for t in found if t.operation != DECIDE], ctx.actor, ctx.now)
    open_requests = list(requests)
    context = {
        "lines": lines,
        "late_count": sum(1 for line in lines if line.late),
        "more_tasks": len(found) == TASKS,
        "cards": approvals.cards(open_requests[:CARDS], ctx),
        "asked": len(open_requests),
        "more_asked": max(0, len(open_requests) - CARDS),
        "figures": figures(ctx, roles),
        "warnings": warnings(ctx, roles),
        "blocks": blocks(ctx, roles),
        "greeting": greeting(ctx),
        "roles": [access.ROLES[r].name for r in ctx.actor.roles if r in access.ROLES],
        "today": formats.day_heading(ctx.today, ctx.today),
    }
    return render(request, "web/work/workbench.html", context, title=T("工作台", "Workbench"))


def greeting(ctx: Context) -> T:
    """A word for the time of day."""
    hour = ctx.now.astimezone(formats.BUSINESS_ZONE).hour
    zh, en = (
        ("早上好", "Good morning")
        if hour < 12
        else ("下午好", "Good afternoon")
        if hour < 18
        else ("晚上好", "Good evening")
    )
    name = ctx.actor.name
    return T(f"{name}，{zh}", f"{en}, {name}")


def figures(ctx: Context, roles: set[str]) -> list[FigureLine]:
    """The first three figures that have a value."""
    found = []
    for block in sorted((f for f in registry.FIGURES if f.role in roles), key=lambda f: f.order):
        number = block.function(ctx)
        if number is not None:
            found.append(figure_line(block, number))
        if len(found) == FIGURES:
            break
    return found


def figure_line(block: FigureBlock, number: Number) -> FigureLine:
    """The figure in words; its share of the target is cut at 100 for the bar."""

    def show_number(value: Decimal | int) -> str:
        if number.unit == "¥":
            return formats.short_money(value)
        return (
            formats.percent(value)
            if number.unit == "%"
            else f"{formats.quantity(value)} {number.unit}".strip()
        )

    share, missing = None, ""
    if number.target:
        share = max(0, min(100, int(Decimal(number.value) * 100 / Decimal(number.target))))
        gap = Decimal(number.target) - Decimal(number.value)
        missing = str(
            T(f"还差 {show_number(gap)}", f"{show_number(gap)} to go") if gap > 0 else T("已达成", "reached")
        )
    full = formats.money(number.value) if number.unit == "¥" else formats.quantity(number.value)
    before = show_number(number.trend[-2][1]) if len(number.trend) > 1 else ""
    text = show_number(number.value)
    return FigureLine(block, number, text, full, share, missing, charts.spark(number.trend), before)


def warnings(ctx: Context, roles: set[str]) -> list[Warning_]:
    """What to look at, late things first."""
    found: list[Warning_] = []
    for role, function in registry.WARNINGS:
        if role in roles:
            found += function(ctx)
    return sorted(found, key=lambda w: ORDER.get(w.level, 9))[:12]


@dataclass(frozen=True)
class DrawnBlock:
    """A block with its values; drawn like a record's panel."""

    panel: WorkBlock
    values: dict[str, Any]


def blocks(ctx: Context, roles: set[str]) -> list[DrawnBlock]:
    """The rooms' own blocks."""
    found = []
    for block in sorted((b for b in registry.BLOCKS if b.role in roles), key=lambda b: b.order):
        values = block.context(ctx) if block.context else {}
        if values is not None:
            found.append(DrawnBlock(block, values))
    return found


def task_page(request: Any) -> HttpResponse:
    """All open tasks of the reader, late ones first."""
    ctx = request.ctx
    found = tasks.open_tasks(ctx.actor).select_related("owner").order_by("due_at")[:200]
    lines = tasks.lines(list(found), ctx.actor, ctx.now)
    context = {"lines": lines, "late_count": sum(1 for line in lines if line.late)}
    return render(request, "web/work/tasks.html", context, title=T("待办", "Tasks"))


def _departments(ctx: Context) -> dict[str, Any]:
    """The names of the departments in which the reader works, by their path."""
    view = VIEWS.get("company.departments")
    if view is None:
        return {}
    rows = view.rows(ctx.actor).filter(path__in=[p.department_path for p in ctx.actor.posts])
    return {row.path: view.label(row) for row in rows}


def me(request: Any) -> HttpResponse:
    """My account: roles, language, look, company; the last stop of the phone's bar."""
    ctx = request.ctx
    departments = _departments(ctx)
    context: dict[str, Any] = {
        "posts": [
            (
                access.ROLES[p.role].name if p.role in access.ROLES else p.role,
                departments.get(p.department_path, ""),
                p.region,
            )
            for p in ctx.actor.posts
        ]
    }
    context["looks"] = [
        ("auto", "跟随系统", "As the device"),
        ("light", "浅色", "Light"),
        ("dark", "深色", "Dark"),
    ]
    return render(request, "web/work/me.html", context, title=T("我", "Me"))
