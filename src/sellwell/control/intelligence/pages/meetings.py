"""Meetings: lists, records with agenda, decisions and actions, what the workbench says of today's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sellwell.control.intelligence.models import (
    AgendaLine,
    Attendee,
    Decision,
    Meeting,
    MeetingState,
    SeriesState,
)
from sellwell.control.intelligence.views import ACTIONS
from sellwell.control.intelligence.views_meetings import ATTENDANCE, MEETINGS, SERIES
from sellwell.kernel.access import Actor
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE
from sellwell.web.registry import (
    family,
    form,
    has_page,
    list_page,
    new_button,
    panel,
    record_page,
    related,
    workblock,
)

family("/meetings/", "/meeting-series/", "/meeting-attendance/")

list_page(
    MEETINGS, section="market", icon="calendar", order=50, new=["intelligence.call_meeting"],
    columns=["number", "title", "planned_at", "state", "owner", "taker", "sent_at"], card=["title", "planned_at", "state"],
    saved=[
        ("ahead", T("已计划", "Planned"), {"state": "planned"}),
        ("running", T("进行中", "Under way"), {"state": "running"}),
        ("held", T("已召开", "Held"), {"state": "held,sent"}),
        ("mine", T("我主持的", "Mine"), {"owner": "me"}),
    ],
    empty=T("还没有会议。设立例会后自动排定。", "No meetings yet. Set up a series and they are planned by themselves."),
)  # fmt: skip
record_page(
    MEETINGS, path=[MeetingState.PLANNED, MeetingState.RUNNING, MeetingState.HELD, MeetingState.SENT],
    facts=["series", "planned_at", "duration", "taker", "started_at", "ended_at", "sent_at", "cancel_reason"],
    comment="intelligence.comment_meeting",
)  # fmt: skip
list_page(
    SERIES, section="market", icon="refresh", order=51, new=["intelligence.plan_series"],
    columns=["name", "when", "department", "who", "owner", "taker", "state", "planned_until"],
    card=["name", "when", "owner", "state"], saved=[("active", T("进行中", "Under way"), {"state": "active"})],
    empty=T("还没有例会。设立每周销售例会或每月复盘。", "None yet. Set up the weekly sales meeting or a monthly review."),
)  # fmt: skip
record_page(
    SERIES, path=[SeriesState.ACTIVE], facts=["when", "duration", "department", "who", "owner", "taker", "clauses", "since", "planned_until"],
    comment="intelligence.comment_meeting",
)  # fmt: skip
related("intelligence.series", MEETINGS, by="series_id", place="main", order=10, columns=["number", "planned_at", "state", "started_at", "sent_at"])  # fmt: skip
list_page(
    ATTENDANCE, section="market", icon="users", order=52, columns=["meeting", "title", "planned_at", "user", "presence", "read_at"],
    card=["title", "user", "presence"],
    saved=[("mine", T("我的", "Mine"), {"user": "me"}), ("absent", T("缺席", "Absent"), {"presence": "absent"})],
    empty=T("还没有参会记录。", "No attendance yet."),
)  # fmt: skip
record_page(ATTENDANCE, facts=["meeting", "title", "planned_at", "user", "presence", "read_at"], comment="intelligence.comment_meeting")  # fmt: skip
form("intelligence.read_minutes", after=lambda outcome, ctx: f"/meetings/{outcome.result.meeting_id}/")
new_button("intelligence.call_meeting")

TERMS = ("rhythm", "day", "starts_at", "duration", "roles", "clauses")


def of_own_department(row: Any, ctx: Context) -> Mapping[str, Any]:
    """The reader's own department, and oneself for the minutes."""
    path = next((p.department_path for p in ctx.actor.posts if p.company_id == ctx.company_id), "")
    view = BY_TYPE["company.department"]
    own = view.rows(ctx.actor).filter(path=path).values_list("pk", flat=True).first()
    return {"department": own, "taker": ctx.user_id, "clauses": ["2.4.4"]}


form("intelligence.plan_series", initial=of_own_department)
form(
    "intelligence.change_series",
    initial=lambda row, ctx: {**{n: getattr(row, n) for n in TERMS}, "taker": row.taker_id},
)
form("intelligence.call_meeting", initial=lambda row, ctx: {"taker": ctx.user_id, "planned_at": (ctx.now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)})  # fmt: skip


# --- the agenda, as a reader may see it ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A record of a point: its name and page, and why it is there."""

    name: str
    url: str
    why: T


@dataclass(frozen=True, slots=True)
class Point:
    """A point as it is shown: with the records that the reader may see; the others are counted."""

    position: int
    title: T
    count: int
    lines: list[Line]
    hidden: int
    note: str
    is_raised: bool


def points(rows: Iterable[AgendaLine], actor: Actor) -> list[Point]:
    """Points with the names of their records: one query for each type of record, and none for what may not be seen."""
    rows = list(rows)
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for entry in row.entries:
            wanted.setdefault(entry["type"], set()).add(entry["id"])
    names: dict[tuple[str, str], str] = {}
    for row_type, ids in wanted.items():
        if (view := BY_TYPE.get(row_type)) is not None:
            names |= {
                (row_type, str(pk)): name for pk, name in view.names(actor, (UUID(i) for i in ids)).items()
            }
    return [_point(row, names) for row in rows]


def _point(row: AgendaLine, names: Mapping[tuple[str, str], str]) -> Point:
    lines = []
    for entry in row.entries:
        key = (entry["type"], entry["id"])
        if key in names:
            view = BY_TYPE[key[0]]
            url = f"/{view.url}/{key[1]}/" if has_page(view) else ""
            lines.append(Line(names[key], url, T(entry["zh"], entry["en"])))
    hidden = max(row.count - len(lines), 0)
    title = T(row.title_zh, row.title_en)
    return Point(row.position, title, row.count, lines, hidden, row.note, row.raised_by_id is not None)


def parts(row: Meeting, ctx: Context) -> dict[str, Any]:
    """Everything of a meeting that a page shows."""
    attendees = Attendee.objects.filter(meeting=row).select_related("user").order_by("user__name")
    actions = ACTIONS.rows(ctx.actor).filter(meeting=row).order_by("due_on", "id")
    earlier: list[Any] = []
    if row.series_id is not None:
        mine = ACTIONS.rows(ctx.actor).filter(meeting__series_id=row.series_id, state="open")
        earlier = list(mine.exclude(meeting=row).order_by("due_on", "id")[:30])
    return {
        "meeting": row,
        "points": points(AgendaLine.objects.filter(meeting=row).order_by("position"), ctx.actor),
        "decisions": list(Decision.objects.filter(meeting=row).order_by("position")),
        "actions": list(actions[:60]),
        "earlier": earlier,
        "people": list(attendees[:120]),
        "leads": ctx.user_id in (row.owner_id, row.taker_id),
        "today": ctx.today,
    }


panel("intelligence.meeting", "agenda", T("议程与决定", "Agenda and decisions"), "intelligence/_meeting.html", context=parts, place="main", order=5)  # fmt: skip


def who_came(row: Meeting, ctx: Context) -> dict[str, Any]:
    """Who is invited, came, and read the minutes."""
    return {
        "people": list(
            Attendee.objects.filter(meeting=row).select_related("user").order_by("user__name")[:120]
        )
    }


panel("intelligence.meeting", "people", T("参会人", "People"), "intelligence/_people.html", context=who_came, place="side", order=5)  # fmt: skip
form("intelligence.note_attendance", wide=True, initial=lambda row, ctx: {"present": [str(a.user_id) for a in Attendee.objects.filter(meeting=row)]})  # fmt: skip


def soon(ctx: Context) -> dict[str, Any] | None:
    """The reader's meetings until the end of tomorrow; without any there is no such block."""
    rows = MEETINGS.rows(ctx.actor).filter(
        attendees__user_id=ctx.user_id, state__in=[MeetingState.PLANNED.value, MeetingState.RUNNING.value],
        planned_at__gte=ctx.now - timedelta(hours=12), planned_at__lt=ctx.now + timedelta(hours=36),
    )  # fmt: skip
    found = list(rows.order_by("planned_at")[:4])
    return {"meetings": found} if found else None


workblock("*", "meetings", T("近日会议", "Meetings soon"), "intelligence/_soon.html", context=soon, order=40)
