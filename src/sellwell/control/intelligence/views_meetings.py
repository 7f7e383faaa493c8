"""How series, meetings and attendance are read."""

from __future__ import annotations

from sellwell.control.intelligence.models import (
    Attendee,
    Meeting,
    MeetingState,
    Presence,
    Rhythm,
    Series,
    SeriesState,
)
from sellwell.foundation.company.access import RoleCode
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

WEEKDAYS = (
    T("周一", "Monday"), T("周二", "Tuesday"), T("周三", "Wednesday"), T("周四", "Thursday"), T("周五", "Friday"),
    T("周六", "Saturday"), T("周日", "Sunday"),
)  # fmt: skip
EVERYBODY = T("部门全体", "Everybody of the department")


def when(row: Series) -> str:
    """Every Monday at 09:30; on the 5th of each month."""
    if row.rhythm == Rhythm.WEEKLY.value:
        day = WEEKDAYS[row.day - 1]
        return str(T(f"每{day.zh} {row.starts_at}", f"{day.en}s, {row.starts_at}"))
    return str(T(f"每月 {row.day} 日 {row.starts_at}", f"day {row.day} of each month, {row.starts_at}"))


def who(row: Series) -> str:
    """The roles that come."""
    names = [RoleCode(code).label for code in row.roles if code in RoleCode.values()]
    if not names:
        return str(EVERYBODY)
    return str(T("、".join(n.zh for n in names), ", ".join(n.en for n in names)))


SERIES = view(
    "intelligence.series",
    T("例会", "Meeting series"),
    Series,
    [
        Column("name", T("名称", "Name"), path="name", sortable=True, filterable=True),
        Column("when", T("时间", "When"), value=when),
        Column("rhythm", T("周期", "How often"), "state", "rhythm", states=Rhythm, filterable=True),
        Column("duration", T("时长（分钟）", "Minutes"), "quantity", "duration"),
        Column("department", T("部门", "Department"), "ref", "department__name", ref="company.department",
               ref_path="department_id", filterable=True),
        Column("who", T("参加", "Who comes"), value=who),
        Column("owner", T("主持人", "Chair"), "person", "owner", filterable=True),
        Column("taker", T("记录人", "Minutes by"), "person", "taker"),
        Column("clauses", T("关注的条款", "Clauses watched"), value=lambda r: "、".join(r.clauses)),
        Column("state", T("状态", "State"), "state", "state", states=SeriesState, filterable=True),
        Column("planned_until", T("已排到", "Planned until"), "date", "planned_until", sortable=True),
        Column("since", T("自", "Since"), "date", "since", sortable=True, filterable=True),
    ],
    url="meeting-series",
    help=T("每周或每月的例会，之后的会议自动排定。", "Meetings every week or month; each is planned by itself."),
    related=("owner", "taker", "department"),
    order=("name", "id"),
    label=lambda r: r.name,
    clauses=("2.4.3",),
    states=SeriesState,
)  # fmt: skip

MEETINGS = view(
    "intelligence.meetings",
    T("会议", "Meetings"),
    Meeting,
    [
        Column("number", T("编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("title", T("会议", "Meeting"), path="title", sortable=True),
        Column("planned_at", T("计划时间", "Planned for"), "datetime", "planned_at", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=MeetingState, sortable=True, filterable=True),
        Column("series", T("例会", "Series"), "ref", "series__name", ref="intelligence.series", ref_path="series_id", filterable=True),
        Column("owner", T("主持人", "Chair"), "person", "owner", filterable=True),
        Column("taker", T("记录人", "Minutes by"), "person", "taker"),
        Column("duration", T("时长（分钟）", "Minutes"), "quantity", "duration", in_list=False),
        Column("started_at", T("开始", "Began at"), "datetime", "started_at", sortable=True),
        Column("ended_at", T("结束", "Ended at"), "datetime", "ended_at"),
        Column("sent_at", T("纪要发出", "Minutes sent"), "datetime", "sent_at", sortable=True),
        Column("minutes", T("纪要", "Minutes of the meeting"), path="minutes", in_list=False),
        Column("cancel_reason", T("取消原因", "Why cancelled"), path="cancel_reason", in_list=False),
    ],
    url="meetings",
    help=T("例会和临时会议：议程、到会、纪要、决定和行动项。", "Meetings with agenda, who came, minutes, decisions and actions."),
    related=("owner", "taker", "series"),
    order=("-planned_at", "-id"),
    search=lambda r: (r.number, r.title),
    label=lambda r: f"{r.number} {r.title}".strip(),
    clauses=("2.4.3",),
    states=MeetingState,
)  # fmt: skip

ATTENDANCE = view(
    "intelligence.attendance",
    T("会议出席", "Attendance of meetings"),
    Attendee,
    [
        Column("meeting", T("会议", "Meeting"), "ref", "meeting__number", ref="intelligence.meeting", ref_path="meeting_id", filterable=True),
        Column("title", T("主题", "Subject"), path="meeting__title"),
        Column("planned_at", T("时间", "When"), "datetime", "meeting__planned_at", sortable=True, filterable=True),
        Column("user", T("参会人", "Person"), "person", "user", filterable=True),
        Column("presence", T("到会", "Came"), "state", "presence", states=Presence, filterable=True),
        Column("read_at", T("阅读纪要", "Minutes read"), "datetime", "read_at", sortable=True),
    ],
    url="meeting-attendance",
    help=T("谁参加了哪次会议，谁看过纪要。", "Who came to which meeting and read its minutes."),
    related=("meeting", "user"),
    order=("-id",),
    label=lambda r: f"{r.meeting.number} · {r.user.name}",
    clauses=("2.4.3",),
)  # fmt: skip
