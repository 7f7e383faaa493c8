"""My day on the phone, the week, and customers that should have heard from us."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.foundation.company.queries import people_below
from sellwell.foundation.customers.views import CUSTOMERS
from sellwell.kernel import clock
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import User
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.activities import agenda, queries
from sellwell.selling.activities.models import CalendarFeed, LocationConsent
from sellwell.selling.pipeline import queries as pipeline
from sellwell.selling.pipeline.views import VISITS
from sellwell.web import formats, tasks
from sellwell.web.registry import family, form, page
from sellwell.web.shortcuts import render

MY_DAY, WEEK, SILENT = T("我的一天", "My day"), T("周日历", "Week"), T("该联系的客户", "Due for a contact")
FIRST_SILENT = 5  # customers to contact that stand on the day's page
family("/day", "/day/week", "/day/overdue")


FIRST_YEAR, LAST_YEAR = 2000, 2999  # that pages of days turn to


def day_of(request: Any, name: str) -> date:
    """The day that the address names; today if it names none."""
    text = request.GET.get(name, "")
    if not text:
        return request.ctx.today  # type: ignore[no-any-return]
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Http404(text)
    return day


def my_day(request: Any) -> HttpResponse:
    """Today's visits in their order with address and number, check-in on the spot, tasks, and whom to call."""
    ctx: Context = request.ctx
    day = day_of(request, "on")
    stops = agenda.stops(ctx, day)
    order = [s.visit.pk for s in stops]
    short = agenda.suggested(stops) if len(stops) > 2 else order
    due = agenda.open_tasks(ctx, day + timedelta(days=1))
    planned = {s.visit.pk for s in stops}
    own = [t for t in due if t.row_id not in planned]
    silent = queries.owed(ctx.user_id, ctx)
    context = {
        "day": day, "heading": formats.day_heading(day, ctx.today), "is_today": day == ctx.today,
        "before": day - timedelta(days=1), "after": day + timedelta(days=1),
        "stops": [(stop, new_id().hex) for stop in stops], "order": order,
        "suggested": short if short != order else [], "lines": tasks.lines(own, ctx.actor, ctx.now),
        "silent": silent[:FIRST_SILENT], "silent_count": len(silent), "key": new_id().hex,
        "consent": LocationConsent.objects.filter(
            company_id=ctx.company_id, user_id=ctx.user_id, withdrawn_at__isnull=True
        ).first(),
        "feed": CalendarFeed.objects.filter(
            company_id=ctx.company_id, user_id=ctx.user_id, revoked_at__isnull=True
        ).first(),
    }  # fmt: skip
    return render(request, "activities/day.html", context, title=MY_DAY)


def week(request: Any) -> HttpResponse:
    """Seven days with visits and tasks, Monday first."""
    ctx: Context = request.ctx
    day = day_of(request, "on")
    monday = day - timedelta(days=day.weekday())
    until = monday + timedelta(days=7)
    visits = pipeline.visits_between(VISITS.rows(ctx.actor), ctx.user_id, monday, until)
    drawn = {v.pk for v in visits}
    due = [t for t in agenda.open_tasks(ctx, until) if t.row_id not in drawn]
    lines = tasks.lines(due, ctx.actor, ctx.now)
    days = [
        {
            "day": one,
            "heading": formats.day_heading(one, ctx.today),
            "is_today": one == ctx.today,
            "visits": [v for v in visits if clock.business_day(v.planned_at) == one],
            "lines": [line for line in lines if _shown_on(line, ctx) == one],
        }
        for one in (monday + timedelta(days=n) for n in range(7))
    ]
    context = {
        "days": days,
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": until,
        "today": ctx.today,
    }
    return render(request, "activities/week.html", context, title=WEEK)


def _shown_on(line: tasks.TaskLine, ctx: Context) -> date:
    """The day of a task; what is late is to do today."""
    return max(clock.business_day(line.task.due_at), ctx.today)


def overdue(request: Any) -> HttpResponse:
    """Customers of one person without contact in the time that their grade demands."""
    ctx: Context = request.ctx
    owner_id = _owner(request)
    ids = _colleagues(ctx)
    # Whose customers the reader may not see is not there: an empty list would say that all is well with them.
    if owner_id != ctx.user_id and owner_id not in ids:
        raise Http404
    owner = User.objects.get(pk=owner_id)
    found = queries.owed(owner.pk, ctx)
    sellers = User.objects.filter(pk__in=ids, is_active=True).order_by("name")
    colleagues = list(sellers[:MOST_COLLEAGUES])
    context = {"found": found, "owner": owner, "colleagues": colleagues, "is_mine": owner.pk == ctx.user_id}
    return render(
        request, "activities/overdue.html", context, title=SILENT, crumbs=[(CUSTOMERS.title, "/customers/")]
    )


def _owner(request: Any) -> UUID:
    text = request.GET.get("owner", "")
    try:
        return UUID(text) if text else request.ctx.user_id
    except ValueError as error:
        raise Http404 from error


MOST_COLLEAGUES = 300


def _colleagues(ctx: Context) -> set[UUID]:
    """Whose customers the reader may see, besides the reader's own: nobody where the reader sees only own ones."""
    cells = ctx.actor.cells(CUSTOMERS.name)
    if all(cell.scope == "own" for cell in cells):
        return set()
    paths = {cell.post.department_path if cell.scope in ("team", "department") else "" for cell in cells}
    return people_below(paths, ctx.company_id, ctx.today)


RIGHT = "pipeline.plan_visit"
page("day", my_day, "activities.day", title=MY_DAY, right=RIGHT, section="sales", icon="calendar", order=5)
page("day/week", week, "activities.week", title=WEEK, right=RIGHT, section="sales", icon="calendar", order=6)
page(
    "day/overdue", overdue, "activities.overdue", title=SILENT, right="activities.view", section="sales", icon="phone", order=7
)  # fmt: skip
form("activities.arrange_day", after=lambda outcome, ctx: f"/day?on={outcome.result.day.isoformat()}")
