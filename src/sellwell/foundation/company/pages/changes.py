"""Reorganisations with their preview, and the reviews of departments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from sellwell.foundation.company import planning, reviewing, seeing, staffing, structure
from sellwell.foundation.company.change_views import REORGANISATIONS, REVIEWS
from sellwell.foundation.company.models import ChangeAction, Reorganisation, ReorganisationState
from sellwell.foundation.company.rules.staffing import simulated
from sellwell.foundation.company.views import EMPLOYMENT
from sellwell.kernel import directory, search
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, named
from sellwell.web.registry import (
    Choice,
    Warning_,
    family,
    form,
    list_page,
    page,
    panel,
    picker,
    record_page,
    related,
    warnings,
)
from sellwell.web.shortcuts import render

family("/reorganisations/", "/reviews-due", "/staffing")
list_page(
    REORGANISATIONS,
    section="people",
    icon="refresh",
    order=66,
    new=["company.draft_reorganisation"],
    columns=["number", "title", "effective_on", "state", "owner"],
    card=["title", "effective_on", "state"],
    saved=[
        ("draft", T("草稿", "Drafts"), {"state": "draft"}),
        ("scheduled", T("待生效", "Scheduled"), {"state": "scheduled"}),
    ],
    empty=T("没有组织调整。", "No reorganisations."),
)
record_page(
    REORGANISATIONS,
    path=[ReorganisationState.DRAFT, ReorganisationState.SCHEDULED, ReorganisationState.APPLIED],
    facts=["effective_on", "applied_on", "owner", "note"],
)
list_page(
    REVIEWS,
    columns=["department", "held_on", "reviewed_by", "outcome", "next_due"],
    card=["department", "outcome"],
    empty=T("还没有检视记录。", "No reviews yet."),
)
record_page(REVIEWS)
related("company.department", REVIEWS, by="department_id", title=T("检视", "Reviews"), place="main", order=40)
form("company.draft_reorganisation", initial=lambda row, ctx: {"effective_on": ctx.today.isoformat()})


def find_reorganisations(q: str, ctx: Context, params: Any) -> list[Choice]:
    """Reorganisations by number or title."""
    rows = REORGANISATIONS.rows(ctx.actor)
    if q:
        rows = search.filter(rows, REORGANISATIONS.row_type, q, ctx.actor)
    return [Choice(row.pk, row.number, row.title) for row in rows.order_by("-effective_on", "-id")[:20]]


picker("company.reorganisation", search=find_reorganisations)


# --- steps and preview -------------------------------------------------------------------------------------------------


def _steps(row: Reorganisation, ctx: Context) -> dict[str, Any]:
    """The changes as people read them."""
    steps = [s for s in row.steps.order_by("position") if not s.is_dropped]
    names = directory.current().names({s.user_id for s in steps if s.user_id})
    shown = structure.as_of(row.company_id, row.effective_on, without=row.pk).nodes
    known = {code: str(name) for code, name in structure.names_of(shown).items()}
    known |= {s.code: s.name for s in steps if s.action == ChangeAction.ADD.value}
    return {
        "steps": [
            {
                "number": s.position,
                "action": ChangeAction(s.action).label,
                "what": known.get(s.code, s.code),
                "into": known.get(s.into, s.into),
                "person": names.get(s.user_id, "") if s.user_id else "",
            }
            for s in steps
        ],
        "is_draft": row.state == ReorganisationState.DRAFT.value,
    }


panel(
    "company.reorganisation", "steps", T("调整事项", "Changes"), "company/_steps.html", context=_steps, place="main", order=5,
)  # fmt: skip


def _preview(row: Reorganisation, ctx: Context) -> dict[str, Any] | None:
    """What it would do; nothing once it has taken effect or was taken back."""
    if row.state not in (ReorganisationState.DRAFT.value, ReorganisationState.SCHEDULED.value):
        return None
    if not row.steps.filter(is_dropped=False).exists():
        return None
    return {"found": planning.preview(row), "most": 20}


panel(
    "company.reorganisation", "preview", T("生效后的变化", "What will change"), "company/_preview.html",
    context=_preview, place="main", order=10,
)  # fmt: skip


# --- reviews -----------------------------------------------------------------------------------------------------------


def reviews_page(request: Any) -> HttpResponse:
    """Every department with its last review and the next one, the longest overdue first."""
    today = request.ctx.today
    rows = [
        {
            "due": d,
            "late": d.is_overdue(today),
            "name": named(d.department),
        }
        for d in reviewing.due(request.ctx.company_id, today)
    ]
    context = {"rows": rows, "late": sum(1 for r in rows if r["late"]), "today": today}
    return render(request, "company/reviews.html", context, title=T("部门检视", "Department reviews"))


page(
    "reviews-due", reviews_page, "company.reviews_due", title=T("部门检视", "Department reviews"),
    right="company.reviews", section="people", icon="clock", order=68,
)  # fmt: skip


# --- staffing ----------------------------------------------------------------------------------------------------------


def staffing_page(request: Any) -> HttpResponse:
    """People needed against people there. What markets sold is shown to those who may see the sales of the company,
    their margins, and what other numbers would earn by head, to those who may see margins."""
    shown = staffing.staffing(request.ctx.company_id, request.ctx.today)
    shows_margins = seeing.may_see_margins(request.ctx.actor, request.ctx.company_id)
    heads = sum(gap.actual for gap in shown.gaps)
    simulates = shows_margins and heads
    steps = sorted({max(1, heads + change) for change in (-4, -2, 0, 2, 4)}) if simulates else []
    context = {
        "needs": shown.needs if shows_margins else staffing.without_margins(shown.needs),
        "shows_margins": shows_margins,
        "shows_sales": seeing.may_see_sales(request.ctx.actor, request.ctx.company_id),
        "gaps": shown.gaps,
        "simulated": [(count, count - heads, simulated(shown.needs, count)) for count in steps],
        "employment": EMPLOYMENT,
    }
    return render(request, "company/staffing.html", context, title=T("编制", "Staffing"))


page(
    "staffing", staffing_page, "company.staffing_page", title=T("编制", "Staffing"), right="company.duty_matrix",
    section="people", icon="scale", order=69,
)  # fmt: skip


def changes_ahead(ctx: Context) -> list[Warning_]:
    """Reorganisations that take effect soon, or should have; reviews that are overdue."""
    rows = Reorganisation.objects.filter(
        company_id=ctx.company_id, state=ReorganisationState.SCHEDULED.value,
        effective_on__lte=ctx.today + timedelta(days=14),
    )  # fmt: skip
    found = []
    for row in rows.order_by("effective_on"):
        late = row.effective_on < ctx.today
        day = row.effective_on.isoformat()
        text = T(f"组织调整 {row.number} {day} 生效", f"Reorganisation {row.number} takes effect on {day}")
        if late:
            text = T(
                f"组织调整 {row.number} 应于 {day} 生效而未生效",
                f"Reorganisation {row.number} should have taken effect on {day}",
            )
        found.append(Warning_(text, f"/reorganisations/{row.pk}/", "late" if late else "info"))
    overdue = sum(1 for d in reviewing.due(ctx.company_id, ctx.today) if d.is_overdue(ctx.today))
    if overdue:
        text = T(f"{overdue} 个部门检视逾期", f"{overdue} department reviews are overdue")
        found.append(Warning_(text, "/reviews-due", "near"))
    return found


for _role in ("hr", "executive"):
    warnings(_role, changes_ahead)
