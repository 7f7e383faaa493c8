"""The board of a month, the cycle's list and record, and what the workbench says of late steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse

from sellwell.kernel import search
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.plans import board, documents, extensions, queries
from sellwell.steering.plans.models import Cycle, CycleState, StepDocument
from sellwell.steering.plans.operations.cycles import ACCOUNT
from sellwell.steering.plans.rules import StepKind
from sellwell.steering.plans.views import CYCLES
from sellwell.web.files import ATTACHED
from sellwell.web.forms.derive import is_id
from sellwell.web.parts import Choice
from sellwell.web.registry import (
    Warning_,
    family,
    form,
    list_page,
    page,
    panel,
    picker,
    record_page,
    section,
    warnings,
)
from sellwell.web.shortcuts import render, require

section("plans", T("目标与计划", "Targets and plans"), order=70)
family("/cycle-board", "/cycles/")

TITLE = T("管理循环看板", "Management cycle board")


def month_of(text: str, today: date) -> date:
    """The month that the reader asks for; the running one where it is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def show(request: Any) -> HttpResponse:
    """Departments by the five steps of a month: done, due, late; each opens its documents."""
    require(request, CYCLES.name)
    ctx: Context = request.ctx
    month = month_of(request.GET.get("month", ""), ctx.today)
    known = board.months(ctx.actor, ctx.company_id, ctx.today)
    found = board.of_month(month, ctx)
    late = [line for line in found if line.is_late]
    is_late_only = request.GET.get("show") == "late"
    context = {
        "lines": late if is_late_only else found,
        "late": late,
        "all": found,
        "shown": "late" if is_late_only else "all",
        "tally": board.tally(found, ctx.today),
        "kinds": list(StepKind),
        "month": month,
        "months": sorted({*known, month}, reverse=True),
        "newer": next((m for m in reversed(known) if m > month), None),
        "older": next((m for m in known if m < month), None),
    }
    return render(request, "plans/board.html", context, title=TITLE)


page(
    "cycle-board", show, "plans.board", title=TITLE, right=CYCLES.name, section="plans", icon="columns", order=10
)  # fmt: skip

list_page(
    CYCLES, section="plans", icon="refresh", order=20, new=["plans.open_cycles"],
    columns=["number", "department", "length", "next", "late", "state", "owner"], card=["department", "next", "late"],
    saved=[
        ("open", T("进行中", "Under way"), {"state": "open"}),
        ("mine", T("我负责的", "Mine"), {"owner": "me"}),
        ("done", T("已完成", "Completed"), {"state": "done"}),
    ],
    empty=T("还没有管理循环。每期首日自动建立，也可现在建立。", "No cycles yet. They open by themselves on the first day of a period, or now."),
)  # fmt: skip
record_page(
    CYCLES, path=[CycleState.OPEN, CycleState.DONE], facts=["department", "length", "since", "until", "owner"],
    comment="plans.comment_cycle",
)  # fmt: skip


def five_steps(row: Cycle, ctx: Context) -> dict[str, Any]:
    """The steps with their documents, and what rooms offer for the one whose turn it is."""
    row.five = queries.steps_of(row)  # type: ignore[attr-defined]
    (line,) = board.lines([row], ctx)
    turn = next((cell for cell in line.cells if cell.act), None)
    return {"line": line, "offers": offered(row, turn, ctx) if turn is not None else []}


def offered(row: Cycle, turn: board.Cell, ctx: Context) -> list[tuple[documents.Shown, str]]:
    """Documents of rooms that fit the step, as far as the reader may see them, with the form that names each."""
    facts = queries.facts_of(row, row.department.path)
    found = extensions.offers(StepKind(turn.step.kind), [facts]).get(row.pk, [])[:5]
    seen = documents.seen(((o.row_type, o.row_id) for _, o in found), ctx.actor)
    return [
        (
            documents.shown_record(view, record),
            f"{turn.act}&documents={documents.ref_of(row_type, row_id)}",
        )
        for (row_type, row_id), (view, record) in seen.items()
    ]


panel(
    "plans.cycle", "steps", T("五个步骤", "The five steps"), "plans/_steps.html", context=five_steps, place="main",
    order=5,
)  # fmt: skip


# --- forms -----------------------------------------------------------------------------------------------------------------


def next_of(row: Any, ctx: Context) -> dict[str, Any]:
    """The step whose turn it is."""
    waiting = queries.next_step(queries.steps_of(row))
    return {"step": waiting.kind if waiting is not None else ""}


def last_of(row: Any, ctx: Context) -> dict[str, Any]:
    """The step that was done last."""
    done = [s for s in queries.steps_of(row) if s.done_on is not None]
    return {"step": done[-1].kind} if done else {}


form(ACCOUNT, initial=next_of)
form("plans.take_back_step", initial=last_of)


def find(q: str, ctx: Context, params: Mapping[str, str]) -> Sequence[Choice]:
    """Records of any type that the words find."""
    return [
        _choice(view, row)
        for view, rows in search.find(ctx.actor, q, limit=4)
        if view.row_type not in documents.NO_PROOF
        for row in rows
    ]


def resolve(codes: Sequence[str], ctx: Context, params: Mapping[str, str]) -> Mapping[str, Choice]:
    """The records of exact references, for forms that show what was chosen."""
    refs = [documents.read_ref(code) for code in codes if is_id(code.partition(":")[2])]
    return {
        documents.ref_of(row_type, row_id): _choice(view, row)
        for (row_type, row_id), (view, row) in documents.seen(refs, ctx.actor).items()
    }


def _choice(view: Any, row: Any) -> Choice:
    return Choice(documents.ref_of(view.row_type, row.pk), f"{view.title} {view.label(row)}")


picker(documents.ANY, find, resolve)

ATTACHED["plans.cycle"] = lambda cycle: set(
    StepDocument.objects.filter(step__cycle=cycle, file__isnull=False).values_list("file_id", flat=True)
)


# --- workbench -------------------------------------------------------------------------------------------------------------

OWN_LATE = T("{department}“{step}”已逾期", "{department}: “{step}” is late")
MANY_LATE = T("{count} 个部门的管理循环有逾期步骤", "{count} departments have a late step in their cycle")


def late_steps(ctx: Context) -> list[Warning_]:
    """The reader's own cycles whose next step is late."""
    return [
        Warning_(
            OWN_LATE.format(department=queries.name_of(cycle.department), step=queries.step_label(step.kind)),
            f"/cycles/{cycle.pk}/", "late", T(f"应于 {step.due_on} 前完成", f"was due by {step.due_on}"),
        )
        for cycle, step in queries.waiting_steps(ctx.company_id, ctx.user_id)
        if step.due_on < ctx.today
    ][:3]  # fmt: skip


def late_departments(ctx: Context) -> list[Warning_]:
    """How many departments are behind, for those who lead them all."""
    late = {c.department_id for c, step in queries.waiting_steps(ctx.company_id) if step.due_on < ctx.today}
    return [Warning_(MANY_LATE.format(count=len(late)), "/cycle-board?show=late", "late")] if late else []


warnings("*", late_steps)
for _role in ("sales_manager", "executive"):
    warnings(_role, late_departments)
