"""Visits: list, record, and the page for the phone at the customer's door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from sellwell.foundation.customers.views import CUSTOMERS
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.pipeline import rules
from sellwell.selling.pipeline.models import Visit, VisitState
from sellwell.selling.pipeline.views import VISITS
from sellwell.web.registry import family, form, list_page, new_button, page, panel, record_page
from sellwell.web.shortcuts import render

RECENT_CUSTOMERS = 40

family("/visits/", "/visits/now")

list_page(
    VISITS,
    section="sales",
    icon="pin",
    order=35,
    new=["pipeline.plan_visit"],
    columns=["number", "customer", "state", "purpose", "planned_at", "lateness", "owner"],
    card=["customer", "state", "planned_at", "lateness"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("started", T("待写纪要", "Minutes to write"), {"state": "started"}),
        ("planned", T("已计划", "Planned"), {"state": "planned"}),
    ],
    links=[(T("现场签到", "Check in on the spot"), "/visits/now", "pipeline.check_in")],
    empty=T(
        "还没有拜访。计划一次，到现场用手机签到。", "No visits yet. Plan one and check in on your phone."
    ),
)
record_page(
    VISITS,
    path=[VisitState.PLANNED, VisitState.STARTED, VisitState.DONE],
    facts=[
        "customer", "opportunity", "purpose", "planned_at", "checked_in_at", "place", "minutes_due_at", "minutes_at", "lateness",
        "next_step", "next_step_on", "minutes", "owner",
    ],
)  # fmt: skip
new_button("pipeline.plan_visit")


def _next_hour(row: Any, ctx: Context) -> dict[str, Any]:
    """A plan starts at the next full hour."""
    return {"planned_at": (ctx.now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)}


form("pipeline.plan_visit", initial=_next_hour, pick={"opportunity": "customer"})
form("pipeline.start_visit", pick={"opportunity": "customer"})
form("pipeline.write_minutes", wide=True)


def spot(request: Any) -> HttpResponse:
    """Today's planned visits with a check-in each, minutes that wait, and a visit that nobody planned."""
    ctx: Context = request.ctx
    mine = VISITS.rows(request.actor).filter(owner_id=ctx.user_id)
    planned = mine.filter(
        state=VisitState.PLANNED.value, planned_at__lte=ctx.now + timedelta(days=1)
    ).order_by("planned_at")
    waiting = mine.filter(state=VisitState.STARTED.value).order_by("minutes_due_at")
    customers = (
        CUSTOMERS.rows(request.actor)
        .filter(state="active")
        .order_by("-business_date", "-id")[:RECENT_CUSTOMERS]
    )
    context = {
        "planned": [(visit, new_id().hex) for visit in planned[:20]],
        "waiting": [(v, rules.minutes_are_late(v.minutes_due_at, None, ctx.now)) for v in waiting[:20]],
        "customers": customers,
        "key": new_id().hex,
        "now": ctx.now,
    }
    crumbs = [(VISITS.title, "/visits/")]
    return render(request, "pipeline/spot.html", context, title=T("现场签到", "Check in"), crumbs=crumbs)


page(
    "visits/now",
    spot,
    "pipeline.spot",
    title=T("现场签到", "Check in"),
    right="pipeline.check_in",
    section="sales",
    icon="pin",
    order=36,
)


def position(row: Visit, ctx: Context) -> dict[str, Any] | None:
    """Where the check-in was, as coordinates; nothing is asked of any map service."""
    return {} if row.latitude is not None else None


panel(
    VISITS.row_type,
    "position",
    T("签到位置", "Position"),
    "pipeline/_position.html",
    context=position,
    place="side",
    order=10,
)
