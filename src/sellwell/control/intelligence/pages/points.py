"""Points for intelligence: who was in time and right, by quarter and month (clause 2.4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from sellwell.control.intelligence import facts, queries
from sellwell.control.intelligence.models import Award
from sellwell.control.intelligence.views import POINTS
from sellwell.kernel import access, directory
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, months_later
from sellwell.web.registry import list_page, page, record_page
from sellwell.web.shortcuts import render, require

RANKING = T("情报积分榜", "Ranking of intelligence")
QUARTERS = 6

list_page(
    POINTS, section="market", icon="star", order=31,
    columns=["owner", "item", "points", "quality", "novelty", "impact", "factor", "state", "awarded_on"],
    card=["owner", "item", "points", "state"],
    saved=[("mine", T("我的", "Mine"), {"owner": "me"}), ("reversed", T("已冲回", "Taken back"), {"state": "reversed"})],
    links=[(RANKING, "/intelligence/ranking", "intelligence.ranking")],
    empty=T("还没有积分。情报核实属实后计分。", "No points yet. They are given once an item is confirmed as true."),
)  # fmt: skip
record_page(
    POINTS, amount="points", comment="intelligence.comment",
    facts=["owner", "item", "quality", "novelty", "impact", "factor", "awarded_on", "awarded_by", "reversed_on", "reverse_reason"],
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place: points, how many items they rest on, points by item."""

    rank: int
    name: str
    points: Decimal
    items: int
    each: Decimal
    is_me: bool


def quarter_of(text: str, today: date) -> date:
    """The first day of the quarter that is asked for (2026-Q4); the running one where it is none."""
    year, _, number = text.partition("-Q")
    if year.isascii() and year.isdigit() and number in ("1", "2", "3", "4") and 2000 <= int(year) <= 2999:
        return date(int(year), int(number) * 3 - 2, 1)
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)


def name_of(quarter: date) -> str:
    """2026-Q4."""
    return f"{quarter.year}-Q{(quarter.month + 2) // 3}"


def ranking(request: Any) -> HttpResponse:
    """Who has how many points in a quarter, from the posted facts; equal points share a place."""
    require(request, "intelligence.ranking")
    ctx: Context = request.ctx
    first = quarter_of(request.GET.get("quarter", ""), ctx.today)
    visible = access.rows(ctx.actor, "intelligence.ranking", Award.objects.filter(company_id=ctx.company_id))
    rows = queries.ranking(visible, facts.POINTS, first, months_later(first, 3))
    names = directory.current().names({row["person_id"] for row in rows if row["person_id"]})
    places: list[Place] = []
    for number, row in enumerate((r for r in rows if r["points"]), start=1):
        is_equal = bool(places) and places[-1].points == row["points"]
        items = int(row["items"] or 0)
        each = (row["points"] / items).quantize(Decimal("0.1")) if items else Decimal(0)
        person = row["person_id"]
        rank = places[-1].rank if is_equal else number
        places.append(Place(rank, names.get(person, ""), row["points"], items, each, person == ctx.user_id))
    this = quarter_of("", ctx.today)
    quarters = [months_later(this, -3 * n) for n in range(QUARTERS)]
    context = {
        "places": places,
        "quarter": name_of(first),
        "quarters": [name_of(q) for q in sorted({*quarters, first}, reverse=True)],
        "most": max((p.points for p in places), default=Decimal(0)),
    }
    return render(request, "intelligence/ranking.html", context, title=RANKING, crumbs=[(POINTS.title, "/intelligence-points/")])  # fmt: skip


page(
    "intelligence/ranking", ranking, "intelligence.ranking", title=RANKING, right="intelligence.ranking", section="market",
    icon="star", order=30,
)  # fmt: skip
