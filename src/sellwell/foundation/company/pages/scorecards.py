"""Scorecards: their versions, on the position's page, and with live figures on a person's own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from sellwell.foundation.company import queries, scorecards
from sellwell.foundation.company.models import Person, ScorecardState
from sellwell.foundation.company.scorecard_views import SCORECARDS
from sellwell.foundation.company.views import PEOPLE
from sellwell.kernel.access import cell_for
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import form, list_page, page, panel, record_page, related
from sellwell.web.shortcuts import render, require

FIGURES = f"{PEOPLE.name}:scorecard"
MINE = T("我的记分卡", "My scorecard")

list_page(
    SCORECARDS,
    new=["company.write_scorecard"],
    bulk=["company.approve_scorecard"],
    columns=["position", "number", "measures", "state", "since", "until"],
    card=["position", "measures", "state"],
    saved=[
        ("approved", T("已批准", "Approved"), {"state": "approved"}),
        ("draft", T("待批准", "Drafts"), {"state": "draft"}),
    ],
    empty=T("还没有记分卡。请为岗位起草一份。", "No scorecards yet. Write one for a position."),
)
record_page(
    SCORECARDS, path=[ScorecardState.DRAFT, ScorecardState.APPROVED],
    facts=["position", "number", "since", "until", "written_by", "approved_by"],
)  # fmt: skip
panel("company.scorecard", "measures", T("指标与权重", "Figures and weights"), "company/_measures.html", place="main", order=5)  # fmt: skip


def of_position(row: Any, ctx: Context) -> dict[str, Any]:
    """The version in force of a position; that there is none is said."""
    return {"scorecard": scorecards.in_force(ctx.today, [row.pk]).get(row.pk)}


panel(
    "company.position", "scorecard", T("默认记分卡", "Default scorecard"), "company/_scorecard.html", context=of_position,
    place="main", right=SCORECARDS.name, order=10,
)  # fmt: skip
related(
    "company.position", SCORECARDS, by="position_id", title=T("记分卡版本", "Versions of the scorecard"), order=15,
    columns=["number", "measures", "state", "since", "until"],
)  # fmt: skip


def _as_it_stands(row: Any, ctx: Context) -> dict[str, Any]:
    return {"since": ctx.today.isoformat(), "measures": [{"metric": "invoiced", "weight": "100"}]}


form("company.write_scorecard", wide=True, initial=_as_it_stands)


def of_person(row: Person, ctx: Context) -> dict[str, Any] | None:
    """Live figures of a person's scorecards, for oneself, those who lead, and human resources; for others not there."""
    if cell_for(ctx.actor, FIGURES, row) is None:
        return None
    return {"shown": scorecards.figures(row.user_id, ctx.company_id, ctx.today), "day": ctx.today}


panel(
    "company.person", "scorecard", T("记分卡（本月）", "Scorecard, this month"), "company/_person_scorecard.html",
    context=of_person, place="main", right=FIGURES, order=5,
)  # fmt: skip


def mine(request: Any) -> HttpResponse:
    """The reader's own scorecards with their figures."""
    require(request, FIGURES)
    ctx: Context = request.ctx
    person = queries.person_of(ctx.user_id)
    found = of_person(person, ctx) if person is not None else None
    return render(request, "company/my_scorecard.html", found or {"shown": [], "day": ctx.today}, title=MINE)


page(
    "my-scorecard",
    mine,
    "company.my_scorecard",
    title=MINE,
    right=FIGURES,
    section="people",
    icon="chart",
    order=5,
)
