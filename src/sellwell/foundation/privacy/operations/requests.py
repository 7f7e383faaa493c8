"""Requests of people about their data: received with clocks, acknowledged, identity proved, worked on (clause 4.3.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sellwell.foundation.privacy import policies, queries
from sellwell.foundation.privacy.holding import copies
from sellwell.foundation.privacy.models import Request
from sellwell.foundation.privacy.operations.persons import FUTURE
from sellwell.foundation.privacy.operations.whose import OfWhom, find
from sellwell.foundation.privacy.rules.words import IdentityCheck, RequestKind, RequestState, Way
from sellwell.kernel import calendar, clock, system
from sellwell.kernel.deadlines import deadline
from sellwell.kernel.door import run
from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewDeadline, NewTask
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.models import Deadline
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

RECEIVED, VERIFIED, IN_PROGRESS = RequestState.RECEIVED, RequestState.VERIFIED, RequestState.IN_PROGRESS
FULFILLED, PARTLY, REFUSED, CLOSED = (
    RequestState.FULFILLED, RequestState.PARTLY, RequestState.REFUSED, RequestState.CLOSED,
)  # fmt: skip
OPEN = (RECEIVED, VERIFIED, IN_PROGRESS)
OFFICER = "legal"  # the role that answers for personal data
HEAD = "executive"
CLOCKS = {1: "privacy.acknowledge_late", 2: "privacy.fulfil_late", 3: "privacy.stop_late"}

NO_EXTENSION = Reason(
    "privacy.no_extension",
    T(
        "这类请求的期限不能延长，请按期办结。",
        "The term of such a request is not extended: finish it in time.",
    ),
)
TOO_LATE = Reason(
    "privacy.extension_late",
    T(
        "期限已过，不能再延长。请尽快办结，逾期会如实记录。",
        "The term has passed and is not extended any more. Finish the request; that it was late stays on record.",
    ),
)
ACKNOWLEDGED = Reason("privacy.acknowledged", T("已发出回执。", "It was acknowledged already."))


class Receive(OfWhom):
    """Who asks for what, how and when."""

    kind: RequestKind = field(T("请求", "Request"))
    way: Way = field(T("渠道", "Channel"))
    received_on: date = field(T("收到日期", "Received on"))
    text: Text = field(T("内容", "In the person's words"), "")


def assess_receive(row: None, given: Receive, ctx: Context) -> Assessment:
    """A person whom we know; a day that has been."""
    found, wrong = find(given.customer, given.contact)
    if given.received_on > ctx.today:
        wrong.append(FUTURE.refuse("received_on"))
    law = queries.law_for(ctx.company_id, found.somebody.subject_id) if found is not None else None
    return Assessment(carry=(found, law), objections=tuple(wrong))


@operation(
    "privacy.receive_request", T("登记个人信息请求", "Receive a privacy request"), Request, input=Receive, creates=True, parent="customer",
    assess=assess_receive, clauses=["4.3.4"],
    help=T("登记查阅、复制、更正、删除等请求；回执与办结的时限自动开始计算，由法务办理。", "Access, copy, correction, erasure and so on: the clocks start by themselves, legal works on it."),
)  # fmt: skip
def receive_request(row: None, given: Receive, ctx: Context, assessment: Assessment) -> Effects:
    """The request with its three clocks, and the officer's task."""
    found, law = assessment.carry
    one = found.somebody
    ends: dict[str, Any] = dict(clocks(ctx.company_id, given.received_on, law.value, given.kind.value))
    made = document(
        Request, ctx, "PR", RECEIVED, subject_id=one.subject_id, customer=found.customer, contact_id=one.contact_id,
        law=law.value, way=given.way.value, received_on=given.received_on, text=given.text, **ends,
    )  # fmt: skip
    made.kind = given.kind.value
    effects = Effects(result=made)
    effects.insert(made)
    effects.search.append(made)
    effects.tasks.append(NewTask("privacy.verify_identity", made, role=OFFICER, due_at=made.acknowledge_by))
    effects.deadlines += [
        NewDeadline(CLOCKS[stage], made.pk, at)
        for stage, at in ((1, made.acknowledge_by), (2, made.due_at), (3, made.stop_at))
    ]
    return effects


def clocks(
    company_id: Any, received_on: date, law: str, kind: str, extended: bool = False
) -> dict[str, datetime]:
    """When a request must be acknowledged, answered, and answered at the latest; the ends of those days.

    Working days count by the calendar, from the day after; a last day that is a rest day moves to the next working day.
    """
    terms = policies.terms_of(company_id, received_on, law, kind)
    working = calendar.current()
    months = terms.stop_months + (terms.extension if extended else 0)
    last = (
        working.legal_end(received_on, months=months).value
        if months
        else working.legal_end(received_on, days=terms.stop_days).value
    )
    due = last if extended else min(last, calendar.add_working_days(received_on, terms.fulfil))
    return {
        "acknowledge_by": _end_of(calendar.add_working_days(received_on, terms.acknowledge)),
        "due_at": _end_of(due),
        "stop_at": _end_of(last),
    }


def _end_of(day: date) -> datetime:
    """The last minute of a day: so it reads as the day that it means."""
    return clock.day_begins(day + timedelta(days=1)) - timedelta(minutes=1)


def assess_acknowledge(row: Request, given: Any, ctx: Context) -> Assessment:
    """Once."""
    return Assessment(objections=(ACKNOWLEDGED.refuse(),) if row.acknowledged_at is not None else ())


@operation(
    "privacy.acknowledge_request", T("发出回执", "Acknowledge"), Request, from_states=list(OPEN), assess=assess_acknowledge,
    clauses=["4.3.4"], help=T("告知本人请求已收到、何时答复。", "Tell the person that the request arrived and when it is answered."),
)  # fmt: skip
def acknowledge_request(row: Request, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The moment is noted; the first clock stops."""
    effects = Effects(result=row)
    effects.update(row, acknowledged_at=ctx.now)
    return effects


class Verify(Input):
    """How the identity was proved."""

    how: IdentityCheck = field(T("核实方式", "How"))


@operation(
    "privacy.verify_identity", T("核实身份", "Verify identity"), Request, input=Verify, from_states=[RECEIVED],
    clauses=["4.3.4"],
    help=T("确认请求确为本人提出。只用已登记的联系方式核实，不为此多收集信息。", "Make sure that it is the person. Use what we hold; collect nothing more for it."),
)  # fmt: skip
def verify_identity(row: Request, given: Verify, ctx: Context, assessment: Assessment) -> Effects:
    """Verified, and so acknowledged; next it is worked on."""
    effects = Effects(result=row)
    effects.update(
        row, state=VERIFIED.value, verified_at=ctx.now, verified_how=given.how.value,
        acknowledged_at=row.acknowledged_at or ctx.now,
    )  # fmt: skip
    effects.tasks.append(NewTask("privacy.start_request", row, role=OFFICER, due_at=row.due_at))
    return effects


@operation(
    "privacy.start_request", T("开始办理", "Start"), Request, from_states=[VERIFIED], clauses=["4.3.4"],
    help=T("由本人承办这项请求。", "Take the request on."),
)  # fmt: skip
def start_request(row: Request, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Whoever starts it answers for it from now on."""
    effects = Effects(result=row)
    effects.update(row, state=IN_PROGRESS.value, owner_id=ctx.user_id)
    effects.tasks.append(NewTask("privacy.fulfil_request", row, owner_id=ctx.user_id, due_at=row.due_at))
    return effects


class Extend(Input):
    """Why it takes longer."""

    reason: Text = field(T("原因", "Reason"), min_length=2, help=T("须告知本人", "The person must be told"))


def assess_extend(row: Request, given: Extend | None, ctx: Context) -> Assessment:
    """Once, and only where the terms allow it."""
    terms = policies.terms_of(row.company_id, row.received_on, row.law, row.kind)
    if row.extended or not terms.extension:
        return Assessment(objections=(NO_EXTENSION.refuse(),))
    return Assessment(objections=(TOO_LATE.refuse(),) if ctx.now > row.due_at else ())


@operation(
    "privacy.extend_request", T("延长期限", "Extend the term"), Request, input=Extend, from_states=[VERIFIED, IN_PROGRESS],
    assess=assess_extend, clauses=["4.3.4"],
    help=T("请求复杂时按适用规则延长一次，并告知本人原因。", "A complex request takes longer, once, where its rules allow; tell the person why."),
)  # fmt: skip
def extend_request(row: Request, given: Extend, ctx: Context, assessment: Assessment) -> Effects:
    """New ends; the clocks are set anew."""
    ends = clocks(row.company_id, row.received_on, row.law, row.kind, extended=True)
    effects = Effects(result=row)
    effects.update(row, extended=True, due_at=ends["due_at"], stop_at=ends["stop_at"])
    effects.deadlines += [
        NewDeadline(CLOCKS[2], row.pk, row.due_at),
        NewDeadline(CLOCKS[3], row.pk, row.stop_at),
    ]
    return effects


@operation(
    "privacy.make_copy", T("整理副本", "Make the copy"), Request, from_states=[IN_PROGRESS], clauses=["4.3.4"],
    help=T("汇总我们持有的此人全部信息；之后可下载机器可读文件和 PDF。", "Gather all that we hold of the person; then take it as a machine-readable file and as PDF."),
)  # fmt: skip
def make_copy(row: Request, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """What there is at this moment is what the copy says; how many records that were is kept."""
    effects = Effects(result=row)
    effects.update(row, copied_at=ctx.now)
    row.records = sum(len(part.rows) for part in copies.of_request(row))  # type: ignore[attr-defined]
    return effects


class Comment(Input):
    """A note on the request."""

    text: Text = field(T("备注", "Note"), min_length=1)


@operation(
    "privacy.comment", T("写备注", "Add a note"), Request, input=Comment, menu=False, clauses=["4.3.4"],
    help=T("在时间线上写一条备注。", "Writes a note on the timeline."),
)  # fmt: skip
def comment(row: Request, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The ledger entry is the note."""
    return Effects(result=row)


# --- clocks that run out -----------------------------------------------------------------------------------------------


@operation(
    "privacy.urge_request", T("督办", "Urge on"), Request, input=Comment, from_states=list(OPEN), clauses=["4.3.4"],
    help=T("管理层对超期请求提出要求，记入时间线。", "The management says what must happen with a late request; it stands on the timeline."),
)  # fmt: skip
def urge_request(row: Request, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The ledger entry is the word."""
    return Effects(result=row)


class Escalate(Input):
    """Which clock ran out: 1 acknowledge, 2 fulfil, 3 the last day."""

    stage: int = field(T("时限", "Clock"), ge=1, le=3)


@operation(
    "privacy.escalate_request", T("请求超期上报", "Escalate a request"), Request, input=Escalate, from_states=list(OPEN), menu=False,
    channels=["job"], clauses=["4.3.4"],
    help=T("时限已过仍未办结：法务收到催办，办结时限已过时上报管理层。", "A clock ran out: legal is urged; past the term of answering the management is told."),
)  # fmt: skip
def escalate_request(row: Request, given: Escalate, ctx: Context, assessment: Assessment) -> Effects:
    """The level is kept; from the second on the management has it in its list."""
    effects = Effects(result=row)
    effects.update(row, escalated=max(row.escalated, given.stage))
    verb = {RECEIVED.value: "privacy.verify_identity", VERIFIED.value: "privacy.start_request"}.get(row.state)
    if verb is not None:  # who has taken it on has the task already
        effects.tasks.append(NewTask(verb, row, role=OFFICER))
    if given.stage > 1:
        effects.tasks.append(NewTask("privacy.urge_request", row, role=HEAD))
    return effects


def _ran_out(stage: int) -> Any:
    def act(due: Deadline, ctx: Context) -> None:
        row = Request.objects.filter(pk=due.row_id).first()
        if row is None or row.state not in [s.value for s in OPEN]:
            return
        if stage == 1 and row.acknowledged_at is not None:
            return
        run("privacy.escalate_request", system.context(due.company_id), row.pk, {"stage": stage})

    return act


for _stage, _title in (
    (1, T("请求未及时回执", "Request not acknowledged")),
    (2, T("请求未按期办结", "Request not answered in time")),
    (3, T("请求超过最迟日期", "Request past its last day")),
):
    deadline(CLOCKS[_stage], _title)(_ran_out(_stage))
