"""The calendar feed: a secret address that a calendar program reads without signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse

from sellwell.kernel import access, clock, directory, door
from sellwell.kernel.models import User
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.values import T
from sellwell.selling.activities import agenda, icalendar
from sellwell.selling.activities.models import CalendarFeed
from sellwell.selling.activities.operations.own import hash_of
from sellwell.web.registry import page

BACK, AHEAD = timedelta(days=30), timedelta(days=180)


def feed(request: Any, secret: str) -> HttpResponse:
    """Visits and open tasks of the feed's owner; an unknown or revoked address is not there."""
    ctx = _reader(secret[:100])
    try:
        if ctx is None:
            raise Http404
        since, until = ctx.today - BACK, ctx.today + AHEAD
        entries = agenda.calendar_entries(ctx, since, until, request.build_absolute_uri("/").rstrip("/"))
        text = icalendar.calendar(str(T("畅销日程", "Sellwell agenda")), entries, ctx.now)
    finally:
        door.see_companies(getattr(request.actor, "companies", ()) if request.actor else ())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="sellwell.ics"'
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _reader(secret: str) -> Context | None:
    """The owner of the feed as the actor, if the feed is open and the account still in use."""
    door.see_companies(directory.current().companies())
    found = CalendarFeed.objects.filter(secret_hash=hash_of(secret), revoked_at__isnull=True).first()
    user = User.objects.filter(pk=found.user_id, is_active=True).first() if found is not None else None
    if found is None or user is None:
        return None
    actor = access.actor_for(user, clock.business_day(clock.now()))
    if found.company_id not in actor.companies:
        return None
    door.see_companies([found.company_id])
    return context_for(actor, "web", found.company_id)


feed.login_required = False  # type: ignore[attr-defined]
page("calendar/<str:secret>.ics", feed, "activities.feed")
