"""The stages side by side: how many customers, what they are worth, what is done with them, who came and went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponse

from sellwell.foundation.relations.models import Stage
from sellwell.foundation.relations.queries import plans_on
from sellwell.foundation.relations.views import MOVES, STANDINGS
from sellwell.kernel.values import T
from sellwell.web.registry import page
from sellwell.web.shortcuts import render, require

LATELY = timedelta(days=30)
TITLE = T("客户阶段", "Stages")


def stages_page(request: Any) -> HttpResponse:
    """A column per stage; the figures are those of the customers that the reader sees."""
    require(request, STANDINGS.name)
    ctx = request.ctx
    here = {
        row["stage"]: row
        for row in STANDINGS.rows(ctx.actor)
        .order_by()
        .values("stage")
        .annotate(number=Count("pk"), worth=Sum("value"))
    }
    moves = MOVES.rows(ctx.actor).filter(moved_on__gt=ctx.today - LATELY).order_by()
    pairs = [tuple(row) for row in moves.values_list("stage_before", "stage").annotate(number=Count("pk"))]
    plans = plans_on(ctx.company_id, ctx.today)
    whole = sum(row["number"] for row in here.values())
    columns = [
        {
            "stage": stage,
            "number": here.get(stage.value, {}).get("number", 0),
            "worth": here.get(stage.value, {}).get("worth") or 0,
            "share": round(here.get(stage.value, {}).get("number", 0) * 100 / whole) if whole else 0,
            "came": sum(n for _, to, n in pairs if to == stage.value),
            "went": sum(n for was, _, n in pairs if was == stage.value),
            "plan": plans.get(stage.value),
        }
        for stage in Stage
    ]
    flows = [
        {"was": Stage(was), "to": Stage(to), "number": number}
        for was, to, number in sorted(pairs, key=lambda p: -p[2])
    ]
    return render(
        request,
        "relations/stages.html",
        {"columns": columns, "flows": flows, "whole": whole, "days": LATELY.days},
        title=TITLE,
    )


page("customer-stages", stages_page, "relations.stages", title=TITLE, right=STANDINGS.name, section="relations",
     icon="columns", order=20)  # fmt: skip
