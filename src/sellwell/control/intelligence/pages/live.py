"""The meeting while it is on: for the phone in the hand and the projector on the wall."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from sellwell.control.intelligence import agenda
from sellwell.control.intelligence.models import AgendaLine, MeetingState
from sellwell.control.intelligence.operations.meetings import asked_by
from sellwell.control.intelligence.pages.meetings import parts, points
from sellwell.control.intelligence.views_meetings import MEETINGS
from sellwell.kernel.operations import Context
from sellwell.web.registry import form, page
from sellwell.web.shortcuts import render, row_or_404


def live(request: Any, row_id: UUID) -> HttpResponse:
    """Large points with what to do; before it begins, what the agenda would be now."""
    meeting = row_or_404(request, MEETINGS, row_id)
    ctx: Context = request.ctx
    context = parts(meeting, ctx)
    if meeting.state == MeetingState.PLANNED.value:
        context["ahead"] = points(_would_be(meeting, ctx), ctx.actor)
    context |= {"wall": "wall" in request.GET, "url": f"/meetings/{meeting.pk}/live"}
    crumbs = [(MEETINGS.title, "/meetings/"), (meeting.number, f"/meetings/{meeting.pk}/")]
    return render(request, "intelligence/live.html", context, title=meeting.title, crumbs=crumbs)


def _would_be(meeting: Any, ctx: Context) -> list[AgendaLine]:
    """The agenda if the meeting began now; nothing is kept."""
    return [
        AgendaLine(
            meeting=meeting, position=n, source=key, title_zh=point.title.zh, title_en=point.title.en, count=point.count,
            entries=[{"type": e.row_type, "id": str(e.row_id), "zh": e.why.zh, "en": e.why.en} for e in point.entries],
        )
        for n, (key, point) in enumerate(agenda.points_for(asked_by(meeting, ctx)), start=1)
    ]  # fmt: skip


page("meetings/<uuid:row_id>/live", live, "intelligence.live", right=MEETINGS.name)

# Whoever leads or speaks up stays in the meeting.
for _verb in ("start_meeting", "raise_point", "note_point", "note_decision", "agree_action"):
    form(f"intelligence.{_verb}", after=lambda outcome, ctx: f"/meetings/{outcome.result.pk}/live")
