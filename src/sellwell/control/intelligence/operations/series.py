"""Meetings that repeat: set up, changed, ended; the next ones are planned by themselves (clause 2.4.3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sellwell.control.intelligence import queries, rules
from sellwell.control.intelligence.models import (
    Attendee,
    Meeting,
    MeetingState,
    Rhythm,
    Series,
    SeriesState,
)
from sellwell.foundation.company import queries as company
from sellwell.foundation.company.access import RoleCode
from sellwell.kernel import calendar, clock
from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

ACTIVE = SeriesState.ACTIVE
PLAN = "intelligence.plan_meetings"
START = "intelligence.start_meeting"
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
AHEAD = timedelta(days=14)  # so far ahead meetings are planned

SERIES_TAKEN = Reason(
    "intelligence.series_taken", T("已有名为“{name}”的例会。", "There is a series called “{name}” already.")
)
NOT_A_WEEKDAY = Reason(
    "intelligence.not_a_weekday",
    T("每周例会请填 1（周一）至 7（周日）。", "For every week enter 1 (Monday) to 7 (Sunday)."),
)
NOT_HERE = Reason(
    "intelligence.not_here", T("此人在本公司没有任职。", "This person holds no post in the company.")
)  # fmt: skip
NOTHING_TO_PLAN = Reason(
    "intelligence.nothing_to_plan",
    T("近两周的会议都已排好。", "The meetings of the next two weeks are planned."),
)
NO_CLAUSE = Reason(
    "intelligence.no_clause", T("没有第 {number} 条的证据。", "No evidence speaks for clause {number}.")
)  # fmt: skip

Clock = Annotated[Code, Field(pattern=CLOCK)]


class SeriesTerms(Input):
    """When it meets, who comes, who writes the minutes, what it watches."""

    rhythm: Rhythm = field(T("周期", "How often"), Rhythm.WEEKLY)
    day: int = field(
        T("星期几或几号", "Weekday or day of the month"), 1, ge=1, le=28,
        help=T("每周：1 周一 … 7 周日；每月：1 至 28。遇休息日顺延。", "Weekly: 1 Monday to 7 Sunday; monthly: 1 to 28. A day of rest moves on."),
    )  # fmt: skip
    starts_at: Clock = field(T("开始时间", "Begins at"), "09:30")
    duration: int = field(T("时长（分钟）", "Minutes"), 60, ge=10, le=480)
    roles: list[RoleCode] = field(
        T("参加角色", "Roles that come"), default_factory=list, max_length=14,
        help=T("不选为部门全体。", "None: everybody of the department."),
    )  # fmt: skip
    taker: Ref("kernel.user") = field(T("记录人", "Minutes by"))
    clauses: list[Code] = field(
        T("关注的条款", "Clauses that it watches"), default_factory=list, max_length=8,
        help=T("这些条款本月的违反记录会列入议程。", "This month's breaches of them come on the agenda."),
    )  # fmt: skip


class PlanSeries(SeriesTerms):
    """A new series of a department; who sets it up chairs it."""

    name: Annotated[Code, Field(min_length=2, max_length=60)] = field(T("名称", "Name"))
    department: Ref("company.department") = field(T("部门", "Department"))


def terms_objections(given: SeriesTerms, ctx: Context) -> list[Objection]:
    """A day that there is, somebody who works here, clauses that evidence speaks for."""
    found = []
    if given.rhythm is Rhythm.WEEKLY and given.day > 7:
        found.append(NOT_A_WEEKDAY.refuse(path="day"))
    if given.taker not in company.posts_since(ctx.today, ctx.company_id):
        found.append(NOT_HERE.refuse(path="taker"))
    known = queries.clauses_with_evidence()
    found += [
        NO_CLAUSE.refuse(path=f"clauses.{n}", number=number)
        for n, number in enumerate(given.clauses)
        if number not in known
    ]
    return found


def assess_planning_series(row: None, given: PlanSeries, ctx: Context) -> Assessment:
    """A name of its own."""
    found = terms_objections(given, ctx)
    if Series.objects.filter(company_id=ctx.company_id, name=given.name, state=ACTIVE.value).exists():
        found.append(SERIES_TAKEN.refuse(path="name", name=given.name))
    return Assessment(objections=tuple(found))


def terms_of(given: SeriesTerms) -> dict[str, Any]:
    """The columns that an input fills."""
    return {
        "rhythm": given.rhythm.value, "day": given.day, "starts_at": given.starts_at, "duration": given.duration,
        "roles": [role.value for role in given.roles], "taker_id": given.taker, "clauses": list(dict.fromkeys(given.clauses)),
    }  # fmt: skip


@operation(
    "intelligence.plan_series", T("设立例会", "Set up a series"), Series, input=PlanSeries, creates=True,
    assess=assess_planning_series, clauses=["2.4.3"],
    help=T("设立每周或每月的例会；之后的会议自动排定，议程自动汇集异常。", "A meeting every week or month; each is planned by itself and finds its agenda in live exceptions."),
)  # fmt: skip
def plan_series(row: None, given: PlanSeries, ctx: Context, assessment: Assessment) -> Effects:
    """The series, chaired by who sets it up, with its first meetings."""
    series = Series(
        id=new_id(), company_id=ctx.company_id, name=given.name, owner_id=ctx.user_id, department_id=given.department,
        since=ctx.today, planned_until=ctx.today, **terms_of(given),
    )  # fmt: skip
    where = series.department
    series.department_path, series.region, series.product_line = where.path, where.region, where.product_line
    effects = Effects(result=series)
    effects.insert(series)
    _plan(effects, series, ctx)
    return effects


def assess_changing_series(row: Series, given: SeriesTerms | None, ctx: Context) -> Assessment:
    """As for a new one."""
    return Assessment(objections=tuple(terms_objections(given, ctx)) if given is not None else ())


@operation(
    "intelligence.change_series", T("修改例会", "Change the series"), Series, input=SeriesTerms, from_states=[ACTIVE],
    assess=assess_changing_series, clauses=["2.4.3"],
    help=T("改时间、参加人、记录人和关注条款；已排定的会议不变。", "Time, people, minutes, clauses; meetings that are planned stay."),
)  # fmt: skip
def change_series(row: Series, given: SeriesTerms, ctx: Context, assessment: Assessment) -> Effects:
    """From the next one that is planned."""
    effects = Effects(result=row)
    effects.update(row, **terms_of(given))
    return effects


@operation(
    "intelligence.end_series", T("结束例会", "End the series"), Series, from_states=[ACTIVE], danger=True, clauses=["2.4.3"],
    help=T("不再排定新的会议；已排定的请另行取消。", "No further meetings are planned; those that are planned are cancelled one by one."),
)  # fmt: skip
def end_series(row: Series, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """No more."""
    effects = Effects(result=row)
    effects.update(row, state=SeriesState.ENDED.value)
    return effects


def days_ahead(series: Series, today: date) -> list[date]:
    """The days of a series in the next two weeks that are not planned yet; what was missed is not planned afterwards."""
    after = max(series.planned_until or series.since, today - timedelta(days=1))
    return rules.occurrences(series.rhythm, series.day, after, today + AHEAD)


def assess_planning(row: Series, given: Any, ctx: Context) -> Assessment:
    """Something is to be planned."""
    return Assessment(objections=() if days_ahead(row, ctx.today) else (NOTHING_TO_PLAN.refuse(),))


@operation(
    PLAN, T("排定会议", "Plan the meetings"), Series, from_states=[ACTIVE], assess=assess_planning, clauses=["2.4.3"],
    help=T("排定近两周的会议并邀请参加人。每日自动办理。", "The meetings of the next two weeks with their people. Done by itself every day."),
)  # fmt: skip
def plan_meetings(row: Series, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Meetings with their people."""
    effects = Effects(result=row)
    _plan(effects, row, ctx)
    return effects


def _plan(effects: Effects, series: Series, ctx: Context) -> None:
    """The meetings of the days ahead, each with the people of that day; the chair is asked to begin it."""
    days = days_ahead(series, ctx.today)
    if not days:
        return
    people = queries.people_of(series, ctx.today)
    for day in days:
        on = rules.held_on(day, calendar.is_working_day)
        if on >= rules.held_on(
            rules.occurrence_after(series.rhythm, series.day, day), calendar.is_working_day
        ):
            continue  # a long rest moves it onto the next one, which is held for both
        hour = time.fromisoformat(series.starts_at)
        meeting = document(
            Meeting, ctx, "ME", MeetingState.PLANNED, series=series, title=series.name, occurrence_on=day,
            planned_at=datetime.combine(on, hour, clock.BUSINESS_ZONE), duration=series.duration, taker_id=series.taker_id,
            owner_id=series.owner_id, department_path=series.department_path, region=series.region,
            product_line=series.product_line,
        )  # fmt: skip
        call(effects, meeting, people)
    effects.update(series, planned_until=days[-1])


def call(effects: Effects, meeting: Meeting, people: set[UUID]) -> None:
    """The meeting with who is invited; chair and minute taker always are."""
    invited = sorted(people | {meeting.owner_id, meeting.taker_id})
    effects.insert(meeting)
    effects.insert(
        *(Attendee(id=new_id(), company_id=meeting.company_id, meeting=meeting, user_id=u) for u in invited)
    )
    effects.tasks.append(NewTask(START, meeting, due_at=meeting.planned_at + timedelta(minutes=15)))
    effects.search.append(meeting)


# --- a meeting of its own ------------------------------------------------------------------------------------------------------


class CallMeeting(Input):
    """A meeting that does not repeat."""

    title: Annotated[ShortText, Field(min_length=2, max_length=120)] = field(T("主题", "Subject"))
    planned_at: datetime = field(T("时间", "When"))
    duration: int = field(T("时长（分钟）", "Minutes"), 60, ge=10, le=480)
    people: list[Ref("kernel.user")] = field(T("参加人", "Who comes"), default_factory=list, max_length=60)
    taker: Ref("kernel.user") = field(T("记录人", "Minutes by"))


PAST = Reason(
    "intelligence.meeting_past", T("时间已过，请选择今后的时间。", "That is over. Choose a later time.")
)


def moment_of(given: datetime) -> datetime:
    """A time without a zone is the company's."""
    return given if given.tzinfo else given.replace(tzinfo=clock.BUSINESS_ZONE)


def assess_calling(row: None, given: CallMeeting, ctx: Context) -> Assessment:
    """Ahead, with people who work here."""
    found = [PAST.refuse(path="planned_at")] if moment_of(given.planned_at) < ctx.now else []
    here = company.posts_since(ctx.today, ctx.company_id)
    found += [NOT_HERE.refuse(path=f"people.{n}") for n, one in enumerate(given.people) if one not in here]
    if given.taker not in here:
        found.append(NOT_HERE.refuse(path="taker"))
    return Assessment(objections=tuple(found))


@operation(
    "intelligence.call_meeting", T("召集会议", "Call a meeting"), Meeting, input=CallMeeting, creates=True,
    assess=assess_calling, clauses=["2.4.3"],
    help=T("召集一次临时会议。", "A meeting that does not repeat."),
)  # fmt: skip
def call_meeting(row: None, given: CallMeeting, ctx: Context, assessment: Assessment) -> Effects:
    """Chaired by who calls it."""
    meeting = document(
        Meeting, ctx, "ME", MeetingState.PLANNED, title=given.title, planned_at=moment_of(given.planned_at),
        duration=given.duration, taker_id=given.taker,
    )  # fmt: skip
    effects = Effects(result=meeting)
    call(effects, meeting, set(given.people))
    return effects
