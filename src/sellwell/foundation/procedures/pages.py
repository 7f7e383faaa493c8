"""What people see of procedures: the list, a version with its words, reviews, the handbook, the way shown in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from sellwell.foundation.procedures import paper, queries
from sellwell.foundation.procedures.models import Procedure, ProcedureState
from sellwell.foundation.procedures.operations import Words, last_look
from sellwell.foundation.procedures.paper import spoken
from sellwell.foundation.procedures.views import PROCEDURES, REVIEWS, said, who
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web import shortcuts
from sellwell.web.registry import (
    Warning_,
    family,
    form,
    guide,
    list_page,
    page,
    panel,
    record_page,
    related,
    section,
    warnings,
)
from sellwell.web.shortcuts import require

section("manual", T("手册与培训", "Manual and training"), order=85)
family("/procedures/", "/procedure-reviews/")

list_page(
    PROCEDURES,
    section="manual",
    icon="book",
    order=30,
    new=["procedures.write"],
    bulk=["procedures.publish"],
    columns=["title", "number", "state", "who", "hours", "since", "next_review_on"],
    card=["title", "who", "state"],
    saved=[
        ("in_force", T("生效", "In force"), {"state": "in_force"}),
        ("draft", T("草稿", "Drafts"), {"state": "draft"}),
    ],
    empty=T(
        "还没有规程。为常办的步骤起草一份。", "No procedures yet. Write one for a step that is done often."
    ),
    links=[(T("操作规程手册（PDF）", "Handbook (PDF)"), "/procedures/handbook.pdf", PROCEDURES.name)],
)
record_page(
    PROCEDURES,
    path=[ProcedureState.DRAFT, ProcedureState.IN_FORCE, ProcedureState.REPLACED],
    facts=["who", "hours", "since", "until", "next_review_on", "written_by", "published_by"],
)
list_page(
    REVIEWS,
    section="manual",
    icon="check",
    order=35,
    new=["procedures.review"],
    card=["procedure", "held_on", "outcome"],
    empty=T("还没有评审。到期的规程会在工作台提示。", "No reviews yet. What is due shows on the workbench."),
)
record_page(REVIEWS)
related("procedures.procedure", REVIEWS, by="procedure_id", place="main", order=30,
        columns=["held_on", "since", "cases", "median_hours", "late", "outcome", "findings"])  # fmt: skip


def words_of(row: Procedure) -> dict[str, Any]:
    """A version's words in the reader's language."""
    return {
        "row": row,
        "who": who(row),
        "purpose": said(row.purpose, row.purpose_en),
        "needs": said(row.needs, row.needs_en),
        "steps": spoken(row.steps, row.steps_en),
        "checks": spoken(row.checks, row.checks_en),
        "url": f"/{PROCEDURES.url}/{row.pk}/",
    }


panel("procedures.procedure", "words", T("规程内容", "How it is done"), "procedures/words.html",
      context=lambda row, ctx: {"guide": words_of(row)}, place="main", order=10)  # fmt: skip


def figures(row: Procedure, ctx: Context) -> dict[str, Any] | None:
    """How the step went since the last look, beside the span before it."""
    if row.since is None:
        return None
    since, until = last_look(row), ctx.today + timedelta(days=1)
    now = queries.took(ctx.company_id, [row.operation], since, until).get(row.operation)
    span = max(until - since, timedelta(days=30))
    before = queries.took(ctx.company_id, [row.operation], since - span, since).get(row.operation)
    return {"since": since, "now": now, "before": before}


panel("procedures.procedure", "figures", T("办理情况", "How it went"), "procedures/figures.html", context=figures,
      place="side", order=20)  # fmt: skip


def in_place(operation: str, ctx: Context) -> dict[str, Any] | None:
    """The procedure in force, above the form of its verb."""
    if not ctx.actor.may(PROCEDURES.name):
        return None
    row = queries.in_force(ctx.company_id, operation)
    return words_of(row) if row is not None else None


guide("procedures/guide.html", in_place)

form(
    "procedures.change",
    wide=True,
    initial=lambda row, ctx: {name: getattr(row, name) for name in Words.model_fields},
)
form("procedures.write", wide=True)


def handbook(request: Any) -> HttpResponse:
    """The steps of all processes as one PDF."""
    require(request, PROCEDURES.name)
    content = paper.handbook(request.ctx.company_id, request.ctx.today)
    return shortcuts.paper(request, PROCEDURES, None, content, "handbook.pdf")


page("procedures/handbook.pdf", handbook, "procedures.handbook", right=PROCEDURES.name)

LATE = T("{count} 份操作规程的评审已逾期", "{count} procedures are overdue for review")


def reviews_due(ctx: Context) -> list[Warning_]:
    """How many reviews are overdue."""
    late = Procedure.objects.filter(
        company_id=ctx.company_id, state=ProcedureState.IN_FORCE.value, next_review_on__lt=ctx.today
    ).count()
    return [Warning_(LATE.format(count=late), f"/{PROCEDURES.url}/?state=in_force", "late")] if late else []


for _role in ("hr", "sales_manager"):
    warnings(_role, reviews_due)
