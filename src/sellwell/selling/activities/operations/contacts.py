"""Calls, mails, messages and notes: written down in seconds, with a next step that becomes a task (clause 4.2.1)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sellwell.foundation.customers.queries import customer as customer_of
from sellwell.foundation.customers.views import CONTACTS
from sellwell.foundation.relations.keeping import in_touch
from sellwell.kernel import clock, drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.activities import facts
from sellwell.selling.activities.models import Activity, ActivityKind, ActivityState, Direction
from sellwell.selling.pipeline.views import OPPORTUNITIES

AHEAD = Reason(
    "activities.ahead",
    T(
        "时间不能晚于现在。将要做的事请写在“下一步”。",
        "It cannot lie ahead. What is still to be done belongs into the next step.",
    ),
)
OTHER_CONTACT = Reason(
    "activities.other_contact",
    T("联系人不属于这个客户。请重新选择。", "The contact is not this customer's. Choose again."),
)
OTHER_OPPORTUNITY = Reason(
    "activities.other_opportunity",
    T("商机不属于这个客户。请重新选择。", "The opportunity is not this customer's. Choose again."),
)
STEP_PAST = Reason(
    "activities.step_past",
    T(
        "下一步的日期已过。请填写今天或以后的日期。",
        "The day of the next step is over. Enter today or a later day.",
    ),
)
DAY_WITHOUT_STEP = Reason(
    "activities.day_without_step",
    T("请写明下一步做什么，或清空日期。", "Say what the next step is, or clear its day."),
)
# Clocks of phones and servers differ a little.
SLACK = timedelta(minutes=2)


class LogActivity(Input):
    """What was said, in a few words; all else is optional."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    kind: ActivityKind = field(T("方式", "How"), ActivityKind.CALL)
    text: Text = field(
        T("内容", "What was said"),
        min_length=2,
        help=T("可直接粘贴语音转写的文字", "Dictated text can be pasted as it is"),
    )
    contact: Ref("customers.contact") | None = field(T("联系人", "Contact"), None)
    direction: Direction = field(T("由谁发起", "Begun by"), Direction.OUT)
    happened_at: datetime | None = field(T("时间", "When"), None, help=T("不填即为现在", "Now if empty"))
    opportunity: Ref("pipeline.opportunity") | None = field(T("商机", "Opportunity"), None)
    next_step: ShortText = field(T("下一步", "Next step"), "")
    next_step_on: date | None = field(T("下一步日期", "On"), None)


def assess_log(row: None, given: LogActivity, ctx: Context) -> Assessment:
    """Contact and opportunity are the customer's; the past is told, the next step lies ahead."""
    found: list[Objection] = []
    if given.happened_at is not None and _moment(given.happened_at, ctx) > ctx.now + SLACK:
        found.append(AHEAD.refuse(path="happened_at"))
    mine = {"customer_id": given.customer}
    if given.contact is not None and not CONTACTS.rows(ctx.actor).filter(pk=given.contact, **mine).exists():
        found.append(OTHER_CONTACT.refuse(path="contact"))
    if (
        given.opportunity is not None
        and not OPPORTUNITIES.rows(ctx.actor).filter(pk=given.opportunity, **mine).exists()
    ):
        found.append(OTHER_OPPORTUNITY.refuse(path="opportunity"))
    if given.next_step_on is not None:
        if not given.next_step:
            found.append(DAY_WITHOUT_STEP.refuse(path="next_step"))
        if given.next_step_on < ctx.today:
            found.append(STEP_PAST.refuse(path="next_step_on"))
    content = {"customer": str(given.customer), "kind": given.kind}
    return Assessment(content=content, objections=tuple(found))


def _moment(given: datetime | None, ctx: Context) -> datetime:
    """A moment as it was entered: without a zone it is the company's."""
    if given is None:
        return ctx.now
    return given if given.tzinfo else given.replace(tzinfo=clock.BUSINESS_ZONE)


@operation(
    "activities.log",
    T("记录互动", "Log activity"),
    Activity,
    help=T(
        "记下一次电话、邮件、消息或备注；有下一步的自动成为待办。",
        "Notes a call, e-mail, message or note; a next step becomes a task.",
    ),
    input=LogActivity,
    creates=True,
    parent="customer",
    assess=assess_log,
    clauses=["4.2.1", "1.3.3"],
)
def log(row: None, given: LogActivity, ctx: Context, assessment: Assessment) -> Effects:
    """The activity, the fact that we were in touch, and the next step as a task."""
    effects = Effects()
    here = drafting.scope_of_actor(ctx)
    state = ActivityState.OPEN if given.next_step else ActivityState.NOTED
    activity = Activity(
        id=new_id(), company_id=ctx.company_id, customer=customer_of(given.customer), contact_id=given.contact,
        opportunity_id=given.opportunity, state=state.value, kind=given.kind.value, direction=given.direction.value,
        happened_at=_moment(given.happened_at, ctx), text=given.text, next_step=given.next_step,
        next_step_on=given.next_step_on, owner_id=ctx.user_id, department_path=here["department_path"],
        region=here["region"], created_at=ctx.now,
    )  # fmt: skip
    effects.insert(activity)
    if activity.kind != ActivityKind.NOTE.value:
        effects.facts.append(facts.contact(activity))
        in_touch(activity.customer_id, clock.business_day(activity.happened_at))
    if given.next_step:
        due = _evening_of(given.next_step_on) if given.next_step_on else None
        effects.tasks.append(
            NewTask("activities.finish_step", activity, working_hours=Decimal(24), due_at=due)
        )
    effects.result = activity
    return effects


def _evening_of(day: date) -> datetime:
    """The end of a working day."""
    return datetime.combine(day, time(18), clock.BUSINESS_ZONE)


class FinishStep(Input):
    """What came of the next step."""

    outcome: Text = field(T("结果", "Outcome"), min_length=2)


@operation(
    "activities.finish_step",
    T("完成跟进", "Follow up done"),
    Activity,
    help=T("记录约定的下一步已完成。", "Records that the agreed next step was done."),
    input=FinishStep,
    from_states=[ActivityState.OPEN],
    clauses=["4.2.1", "1.3.3"],
)
def finish_step(activity: Activity, given: FinishStep, ctx: Context, assessment: Assessment) -> Effects:
    """Followed up; its task is done."""
    effects = Effects(result=activity)
    effects.update(activity, state=ActivityState.DONE.value, outcome=given.outcome)
    return effects


class VoidActivity(Input):
    """Why it does not count."""

    reason: ShortText = field(T("原因", "Reason"), min_length=2)


@operation(
    "activities.void",
    T("作废", "Void"),
    Activity,
    help=T(
        "记错的互动作废并说明原因，不再计入联系频率；原文保留。",
        "What was noted by mistake no longer counts as a contact; it stays readable with the reason.",
    ),
    input=VoidActivity,
    from_states=[ActivityState.NOTED, ActivityState.OPEN, ActivityState.DONE],
    danger=True,
    clauses=["4.2.1"],
)
def void(activity: Activity, given: VoidActivity, ctx: Context, assessment: Assessment) -> Effects:
    """Void; its fact is reversed and its task dropped."""
    effects = Effects(result=activity)
    effects.update(activity, state=ActivityState.VOID.value, void_reason=given.reason)
    if activity.kind != ActivityKind.NOTE.value:
        effects.facts.append(facts.no_contact(activity))
    effects.drop_tasks.append(activity.pk)
    return effects
