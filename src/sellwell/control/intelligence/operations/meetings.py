"""A meeting from its beginning to its minutes: who came, points, decisions, actions, sent, read (clause 2.4.3)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.control.intelligence import agenda, policies
from sellwell.control.intelligence.models import (
    AgendaLine,
    Attendee,
    Decision,
    Meeting,
    MeetingState,
    Presence,
)
from sellwell.control.intelligence.operations.loop import (
    Comment,
    NewAction,
    action_objections,
    ask_for,
    new_action,
)
from sellwell.control.intelligence.operations.series import START
from sellwell.kernel import calendar, clock
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.extensions import AgendaAsked
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

PLANNED, RUNNING, HELD, SENT = (
    MeetingState.PLANNED,
    MeetingState.RUNNING,
    MeetingState.HELD,
    MeetingState.SENT,
)
FINISH, SEND, READ = "intelligence.finish_meeting", "intelligence.send_minutes", "intelligence.read_minutes"
EARLY = timedelta(minutes=30)

NOT_YOURS = Reason(
    "intelligence.not_chair",
    T("由主持人或记录人办理。", "The chair or who writes the minutes does this."),
)
TOO_EARLY = Reason(
    "intelligence.too_early",
    T(
        "会议定于 {at}，提前半小时内才能开始。",
        "It is planned for {at}; it can begin half an hour earlier at most.",
    ),
)
NOT_INVITED = Reason("intelligence.not_invited", T("此人不在参会名单中。", "This person is not invited."))
NO_POINT = Reason(
    "intelligence.no_point", T("本次会议没有第 {number} 个议题。", "This meeting has no point {number}.")
)
READ_ALREADY = Reason("intelligence.read_already", T("纪要已阅。", "The minutes were read."))
NOT_SENT = Reason("intelligence.not_sent", T("纪要还没有发出。", "The minutes have not been sent."))


def chairing(meeting: Meeting, ctx: Context) -> list[Objection]:
    """Only the chair and the minute taker lead a meeting; whoever sees it without being invited is a superior."""
    if ctx.actor.is_system or ctx.user_id in (meeting.owner_id, meeting.taker_id):
        return []
    is_guest = Attendee.objects.filter(meeting=meeting, user_id=ctx.user_id).exists()
    return [NOT_YOURS.refuse()] if is_guest else []


def assess_starting(meeting: Meeting, given: Any, ctx: Context) -> Assessment:
    """By its chair, at its time."""
    found = chairing(meeting, ctx)
    if ctx.now < meeting.planned_at - EARLY:
        at = meeting.planned_at.astimezone(clock.BUSINESS_ZONE)
        found.append(TOO_EARLY.refuse(at=at))
    return Assessment(objections=tuple(found))


@operation(
    START, T("开始会议", "Begin the meeting"), Meeting, from_states=[PLANNED], assess=assess_starting, clauses=["2.4.3"],
    help=T("开始会议，议程按此刻的异常生成：上次的行动项、逾期、滞留审批、违反条款的记录。", "Begins it; its agenda is what stands out now: open actions, what is late, what waits, breaches."),
)  # fmt: skip
def start_meeting(meeting: Meeting, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Under way, with the agenda of this moment after the points that people raised before."""
    effects = Effects(result=meeting)
    effects.update(meeting, state=RUNNING.value, started_at=ctx.now)
    position = next_position(AgendaLine, meeting)
    lines = [
        AgendaLine(
            id=new_id(), company_id=meeting.company_id, meeting=meeting, position=position + n, source=key,
            title_zh=point.title.zh, title_en=point.title.en, count=point.count,
            entries=[
                {"type": e.row_type, "id": str(e.row_id), "zh": e.why.zh, "en": e.why.en} for e in point.entries
            ],
        )
        for n, (key, point) in enumerate(agenda.points_for(asked_by(meeting, ctx)))
    ]  # fmt: skip
    if lines:
        effects.insert(*lines)
    effects.tasks.append(NewTask(FINISH, meeting, owner_id=meeting.taker_id, due_at=minutes_due(ctx)))
    return effects


def minutes_due(ctx: Context) -> Any:
    """Minutes are written by the evening of the next working day."""
    return policies.evening_of(calendar.add_working_days(ctx.today, 1))


def asked_by(meeting: Meeting, ctx: Context) -> AgendaAsked:
    """What a meeting asks of the house."""
    series = meeting.series
    clauses = tuple(series.clauses) if series is not None else ()
    return AgendaAsked(meeting.company_id, meeting.department_path, ctx.now, clauses, meeting.series_id)


def next_position(model: Any, meeting: Meeting) -> int:
    """The number of the next line."""
    last = (
        model.objects.filter(meeting=meeting).order_by("-position").values_list("position", flat=True).first()
    )
    return (last or 0) + 1


class NoteAttendance(Input):
    """Who came; whoever is invited and not named was absent."""

    present: list[Ref("kernel.user")] = field(T("到会", "Present"), default_factory=list, max_length=100)
    excused: list[Ref("kernel.user")] = field(T("请假", "Excused"), default_factory=list, max_length=100)


def assess_attendance(meeting: Meeting, given: NoteAttendance | None, ctx: Context) -> Assessment:
    """Of those invited."""
    found = chairing(meeting, ctx)
    if given is None:
        return Assessment(objections=tuple(found))
    invited = set(Attendee.objects.filter(meeting=meeting).values_list("user_id", flat=True))
    for name in ("present", "excused"):
        for number, one in enumerate(getattr(given, name)):
            if one not in invited:
                found.append(NOT_INVITED.refuse(path=f"{name}.{number}"))
    return Assessment(objections=tuple(found))


@operation(
    "intelligence.note_attendance", T("登记到会", "Note who came"), Meeting, input=NoteAttendance,
    from_states=[RUNNING, HELD], assess=assess_attendance, clauses=["2.4.3"],
    help=T("登记到会和请假的人，其余记为缺席。", "Who came and who is excused; the others were absent."),
)  # fmt: skip
def note_attendance(meeting: Meeting, given: NoteAttendance, ctx: Context, assessment: Assessment) -> Effects:
    """Everybody invited is present, excused or absent."""
    effects = Effects(result=meeting)
    present, excused = set(given.present), set(given.excused)
    for one in Attendee.objects.filter(meeting=meeting).order_by("id"):
        how = Presence.PRESENT if one.user_id in present else Presence.ABSENT
        if one.user_id in excused - present:
            how = Presence.EXCUSED
        effects.update(one, presence=how.value)
    return effects


class RaisePoint(Input):
    """Something to talk about."""

    title: Annotated[ShortText, Field(min_length=2, max_length=120)] = field(T("议题", "Point"))


@operation(
    "intelligence.raise_point", T("提出议题", "Raise a point"), Meeting, input=RaisePoint, from_states=[PLANNED, RUNNING],
    clauses=["2.4.3"], help=T("参会人提出要讨论的事。", "Whoever is invited may bring something up."),
)  # fmt: skip
def raise_point(meeting: Meeting, given: RaisePoint, ctx: Context, assessment: Assessment) -> Effects:
    """A point of the agenda."""
    effects = Effects(result=meeting)
    effects.insert(
        AgendaLine(
            id=new_id(), company_id=meeting.company_id, meeting=meeting, position=next_position(AgendaLine, meeting),
            title_zh=given.title, title_en=given.title, raised_by_id=ctx.user_id,
        )
    )  # fmt: skip
    return effects


class NotePoint(Input):
    """What was said about a point."""

    point: int = field(T("议题序号", "Point"), ge=1, le=999)
    note: Annotated[Text, Field(min_length=2)] = field(T("讨论要点", "What was said"))


def assess_noting(meeting: Meeting, given: NotePoint | None, ctx: Context) -> Assessment:
    """A point that there is."""
    found = chairing(meeting, ctx)
    if given is None:
        return Assessment(objections=tuple(found))
    line = AgendaLine.objects.filter(meeting=meeting, position=given.point).first()
    found += [NO_POINT.refuse(path="point", number=given.point)] if line is None else []
    return Assessment(carry=line, objections=tuple(found))


@operation(
    "intelligence.note_point", T("记讨论", "Note what was said"), Meeting, input=NotePoint, from_states=[RUNNING, HELD],
    assess=assess_noting, clauses=["2.4.3"], help=T("记下一个议题的讨论要点。", "What was said about a point."),
)  # fmt: skip
def note_point(meeting: Meeting, given: NotePoint, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand with the point."""
    effects = Effects(result=meeting)
    effects.update(assessment.carry, note=given.note)
    return effects


class Decided(Input):
    """What was decided."""

    text: Annotated[ShortText, Field(min_length=2)] = field(T("决定", "Decision"))


def assess_leading(meeting: Meeting, given: Any, ctx: Context) -> Assessment:
    """By the chair or the minute taker."""
    return Assessment(objections=tuple(chairing(meeting, ctx)))


@operation(
    "intelligence.note_decision", T("记决定", "Note a decision"), Meeting, input=Decided, from_states=[RUNNING, HELD],
    assess=assess_leading, clauses=["2.4.3"], help=T("记下会议的一项决定。", "One thing that the meeting decided."),
)  # fmt: skip
def note_decision(meeting: Meeting, given: Decided, ctx: Context, assessment: Assessment) -> Effects:
    """A decision in its order."""
    effects = Effects(result=meeting)
    effects.insert(
        Decision(
            id=new_id(), company_id=meeting.company_id, meeting=meeting, position=next_position(Decision, meeting),
            text=given.text,
        )
    )  # fmt: skip
    return effects


def assess_agreeing(meeting: Meeting, given: NewAction | None, ctx: Context) -> Assessment:
    """Somebody of the company, by a day that lies ahead."""
    found = chairing(meeting, ctx)
    if given is not None:
        found += [o.at(o.path.rpartition(".")[2]) for o in action_objections([given], ctx)]
    return Assessment(objections=tuple(found))


@operation(
    "intelligence.agree_action", T("定行动项", "Agree on an action"), Meeting, input=NewAction, from_states=[RUNNING, HELD],
    assess=assess_agreeing, clauses=["2.4.3"],
    help=T("谁在何时前做什么；进入此人待办，未完成前每次会议都会列出。", "Who does what by when: it stands in their list, and on every agenda until it is done."),
)  # fmt: skip
def agree_action(meeting: Meeting, given: NewAction, ctx: Context, assessment: Assessment) -> Effects:
    """An action with its owner's task."""
    effects = Effects(result=meeting)
    action = new_action(given, ctx, meeting=meeting)
    effects.insert(action)
    ask_for(effects, action)
    effects.search.append(action)
    return effects


class Finish(Input):
    """The minutes in short. Points, decisions and actions stand with them by themselves."""

    minutes: Annotated[Text, Field(min_length=4)] = field(T("纪要", "Minutes"))


@operation(
    FINISH, T("结束并写纪要", "End and write minutes"), Meeting, input=Finish, from_states=[RUNNING], assess=assess_leading,
    clauses=["2.4.3"], help=T("结束会议，写下纪要；议题、决定和行动项自动附上。", "Ends it with its minutes; points, decisions and actions go with them."),
)  # fmt: skip
def finish_meeting(meeting: Meeting, given: Finish, ctx: Context, assessment: Assessment) -> Effects:
    """Held; the minutes are to be sent."""
    effects = Effects(result=meeting)
    effects.update(meeting, state=HELD.value, ended_at=ctx.now, minutes=given.minutes)
    effects.tasks.append(NewTask(SEND, meeting, owner_id=meeting.taker_id, due_at=minutes_due(ctx)))
    return effects


@operation(
    SEND, T("发送纪要", "Send the minutes"), Meeting, from_states=[HELD], assess=assess_leading, clauses=["2.4.3"],
    help=T("把纪要送到每个被邀请人的待办，看过即确认。", "The minutes go to everybody invited; each says that they were read."),
)  # fmt: skip
def send_minutes(meeting: Meeting, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Everybody else has the reading in the list of tasks."""
    effects = Effects(result=meeting)
    effects.update(meeting, state=SENT.value, sent_at=ctx.now)
    for one in Attendee.objects.filter(meeting=meeting).select_related("meeting").order_by("id"):
        if one.user_id == ctx.user_id:
            effects.update(one, read_at=ctx.now)
        else:
            effects.tasks.append(NewTask(READ, one, owner_id=one.user_id, working_hours=Decimal(24)))
    return effects


def assess_reading(one: Attendee, given: Any, ctx: Context) -> Assessment:
    """Sent, and not read yet."""
    found = [NOT_SENT.refuse()] if one.meeting.state != SENT.value else []
    return Assessment(objections=tuple([*found, READ_ALREADY.refuse()] if one.read_at is not None else found))


@operation(
    READ, T("已阅纪要", "Minutes read"), Attendee, assess=assess_reading, clauses=["2.4.3"],
    help=T("确认看过会议纪要。", "Says that the minutes were read."),
)  # fmt: skip
def read_minutes(one: Attendee, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Read now."""
    effects = Effects(result=one)
    effects.update(one, read_at=ctx.now)
    return effects


class CancelMeeting(Input):
    """Why it does not take place."""

    reason: Annotated[ShortText, Field(min_length=2)] = field(T("原因", "Reason"))


@operation(
    "intelligence.cancel_meeting", T("取消会议", "Cancel the meeting"), Meeting, input=CancelMeeting,
    from_states=[PLANNED], assess=assess_leading, danger=True, clauses=["2.4.3"],
    help=T("取消并写明原因；取消的例会计为未按计划召开。", "With the reason; a cancelled meeting counts as not held as planned."),
)  # fmt: skip
def cancel_meeting(meeting: Meeting, given: CancelMeeting, ctx: Context, assessment: Assessment) -> Effects:
    """It does not take place."""
    effects = Effects(result=meeting)
    effects.update(meeting, state=MeetingState.CANCELLED.value, cancel_reason=given.reason)
    effects.drop_tasks.append(meeting.pk)
    return effects


@operation(
    "intelligence.comment_meeting", T("写备注", "Comment"), Meeting, input=Comment, while_held=True, menu=False,
    clauses=["2.4.3"], help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment_meeting(meeting: Meeting, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand in the ledger."""
    return Effects(result=meeting)
