"""Interviews: guides, planned for a day, written down, quoted word for word (clauses 2.4.2, 4.2.4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from sellwell.control.voice.models import (
    Guide,
    GuideState,
    Interview,
    InterviewAnswer,
    InterviewState,
    Passage,
)
from sellwell.control.voice.rules.studies import Aspect
from sellwell.foundation.company.queries import scope_columns
from sellwell.foundation.customers.queries import contacts_to_ask, customer
from sellwell.kernel import clock, drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

PLANNED, HELD = InterviewState.PLANNED, InterviewState.HELD
CLAUSES = ["2.4.2", "4.2.4"]

NAME_TAKEN = Reason("voice.guide_taken", T("提纲“{name}”已存在。", "There is a guide “{name}” already."))
GUIDE_RETIRED = Reason(
    "voice.guide_retired", T("此提纲已停用，请另选。", "This guide is retired. Choose another one.")
)
NOT_THEIRS = Reason(
    "voice.interview_contact", T("此联系人不属于该客户。", "This contact is another customer's.")
)
PAST_PLAN = Reason(
    "voice.planned_in_past", T("计划日期不能早于今天。", "It cannot be planned for a day that is over.")
)
NO_POST = Reason("voice.interviewer_gone", T("此人今天在公司没有任职。", "This person holds no post today."))
HELD_AHEAD = Reason("voice.held_ahead", T("访谈日期不能晚于今天。", "It cannot have been held after today."))
NO_SUCH_ANSWER = Reason(
    "voice.no_such_place", T("提纲没有第 {place} 题。", "The guide has no question {place}.")
)
TWO_ANSWERS = Reason(
    "voice.two_answers", T("第 {place} 题填写了两次。", "Question {place} stands there twice.")
)
NOT_HELD = Reason("voice.not_held", T("访谈完成后才能摘录。", "It can be quoted once it was held."))
NOT_SAID = Reason(
    "voice.not_said",
    T(
        "记录中没有这段话。请从第 {place} 题的记录中原样摘录。",
        "The record does not say this. Copy the words from question {place} as they stand.",
    ),
)


class SetGuide(Input):
    """A name and its questions."""

    name: Annotated[Name, Field(max_length=80)] = field(T("名称", "Name"))
    questions: list[Annotated[Code, Field(min_length=2, max_length=300)]] = field(
        T("问题（每行一个）", "Questions (one a line)"), min_length=1, max_length=30
    )


def assess_guide(row: Guide | None, given: SetGuide | None, ctx: Context) -> Assessment:
    """A name of its own."""
    if given is None:
        return Assessment()
    others = Guide.objects.filter(company_id=ctx.company_id, name=given.name)
    others = others if row is None else others.exclude(pk=row.pk)
    return Assessment(
        objections=(NAME_TAKEN.refuse(path="name", name=given.name),) if others.exists() else ()
    )


@operation(
    "voice.add_guide", T("新建访谈提纲", "Add guide"), Guide, input=SetGuide, creates=True, assess=assess_guide,
    clauses=["2.4.2"], help=T("访谈时依次要问的问题。", "What is asked in an interview, in order."),
)  # fmt: skip
def add_guide(row: None, given: SetGuide, ctx: Context, assessment: Assessment) -> Effects:
    """In use from now on."""
    effects = Effects(
        result=Guide(company_id=ctx.company_id, name=given.name, questions=list(given.questions))
    )
    effects.insert(effects.result)
    return effects


@operation(
    "voice.change_guide", T("修改提纲", "Change guide"), Guide, input=SetGuide, from_states=[GuideState.ACTIVE],
    assess=assess_guide, clauses=["2.4.2"],
    help=T("已计划的访谈仍按原来的问题。", "Interviews that are planned keep the questions they were planned with."),
)  # fmt: skip
def change_guide(row: Guide, given: SetGuide, ctx: Context, assessment: Assessment) -> Effects:
    """For interviews planned from now on."""
    effects = Effects(result=row)
    effects.update(row, name=given.name, questions=list(given.questions))
    return effects


@operation(
    "voice.retire_guide", T("停用提纲", "Retire guide"), Guide, from_states=[GuideState.ACTIVE], danger=True, clauses=["2.4.2"],
    help=T("不再用于新的访谈。", "No more interviews are planned by it."),
)  # fmt: skip
def retire_guide(row: Guide, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """No more."""
    effects = Effects(result=row)
    effects.update(row, state=GuideState.RETIRED.value)
    return effects


class PlanInterview(Input):
    """With whom, when, by whom."""

    guide: Ref("voice.guide") = field(T("提纲", "Guide"))
    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    contact: Ref("customers.contact") | None = field(T("联系人", "Contact"), None)
    planned_on: date = field(T("计划日期", "Planned for"))
    interviewer: Ref("kernel.user") | None = field(
        T("访谈人", "Interviewer"), None, help=T("留空：本人。", "Empty: oneself.")
    )


def assess_plan(row: None, given: PlanInterview, ctx: Context) -> Assessment:
    """A guide in use, a day ahead, somebody who works here, a contact of that customer."""
    found: list[Objection] = []
    guide = Guide.objects.get(pk=given.guide)
    if guide.state != GuideState.ACTIVE.value:
        found.append(GUIDE_RETIRED.refuse(path="guide"))
    if given.planned_on < ctx.today:
        found.append(PAST_PLAN.refuse(path="planned_on"))
    if given.contact is not None and not contacts_to_ask([given.customer], given.contact):
        found.append(NOT_THEIRS.refuse(path="contact"))
    scope = scope_columns(given.interviewer or ctx.user_id, ctx.company_id, ctx.today)
    if scope is None:
        found.append(NO_POST.refuse(path="interviewer"))
    return Assessment(
        content={"customer": str(given.customer)}, carry=(guide, scope), objections=tuple(found)
    )


@operation(
    "voice.plan_interview", T("计划访谈", "Plan interview"), Interview, input=PlanInterview, creates=True, assess=assess_plan,
    clauses=CLAUSES, help=T("约定访谈的客户、日期与访谈人。", "The customer, the day, and who does it."),
)  # fmt: skip
def plan_interview(row: None, given: PlanInterview, ctx: Context, assessment: Assessment) -> Effects:
    """Planned, with the interviewer's task."""
    guide, scope = assessment.carry
    made = drafting.document(
        Interview, ctx, "CI", PLANNED, guide=guide, questions=list(guide.questions), customer=customer(given.customer),
        contact_id=given.contact, planned_on=given.planned_on, **scope,
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    due_at = clock.day_begins(given.planned_on + timedelta(days=1))
    effects.tasks.append(NewTask("voice.record_interview", made, due_at=due_at))
    effects.search.append(made)
    return effects


class Said(Input):
    """What was said to a question."""

    question: int = field(T("第几题", "Question"), ge=1, le=30)
    text: Text = field(T("记录", "What was said"), min_length=1)


class RecordInterview(Input):
    """When it was held, with whom, and what was said."""

    held_on: date = field(T("访谈日期", "Held on"))
    with_whom: Annotated[ShortText, Field(max_length=80)] = field(T("受访人", "With whom"), "")
    answers: list[Said] = field(T("记录", "Record"), min_length=1, max_length=30)


def assess_record(row: Interview, given: RecordInterview | None, ctx: Context) -> Assessment:
    """Held by today; each question once."""
    if given is None:
        return Assessment()
    found: list[Objection] = []
    if given.held_on > ctx.today:
        found.append(HELD_AHEAD.refuse(path="held_on"))
    seen: set[int] = set()
    for place, one in enumerate(given.answers):
        if one.question > len(row.questions):
            found.append(NO_SUCH_ANSWER.refuse(path=f"answers.{place}.question", place=one.question))
        if one.question in seen:
            found.append(TWO_ANSWERS.refuse(path=f"answers.{place}.question", place=one.question))
        seen.add(one.question)
    return Assessment(content={"answers": len(given.answers)}, objections=tuple(found))


@operation(
    "voice.record_interview", T("记录访谈", "Record interview"), Interview, input=RecordInterview, from_states=[PLANNED],
    assess=assess_record, clauses=CLAUSES, help=T("逐题写下对方的话，尽量用原话。", "Question by question, in their own words where you can."),
)  # fmt: skip
def record_interview(row: Interview, given: RecordInterview, ctx: Context, assessment: Assessment) -> Effects:
    """Held and written down."""
    effects = Effects(result=row)
    effects.insert(
        *(
            InterviewAnswer(company_id=row.company_id, interview=row, position=one.question, text=one.text)
            for one in given.answers
        )
    )
    effects.update(
        row, state=HELD.value, held_on=given.held_on, recorded_at=ctx.now, with_whom=given.with_whom
    )
    return effects


class Cancel(Input):
    """Why."""

    reason: ShortText = field(T("原因", "Reason"), min_length=2)


@operation(
    "voice.cancel_interview", T("取消访谈", "Cancel interview"), Interview, input=Cancel, from_states=[PLANNED], danger=True,
    clauses=CLAUSES, help=T("写明原因；改期请另行计划。", "With a reason; for another day plan it anew."),
)  # fmt: skip
def cancel_interview(row: Interview, given: Cancel, ctx: Context, assessment: Assessment) -> Effects:
    """Called off."""
    effects = Effects(result=row)
    effects.update(row, state=InterviewState.CANCELLED.value, cancelled_because=given.reason)
    effects.drop_tasks.append(row.pk)
    return effects


# --- quotations -------------------------------------------------------------------------------------------------------------


class Quote(Input):
    """A passage of the record, word for word, with its themes."""

    interview: Ref("voice.interview") = field(T("访谈", "Interview"))
    question: int = field(T("第几题", "Question"), ge=1, le=30)
    quote: Text = field(T("原话", "Their words"), min_length=2, max_length=1000)
    aspect: Aspect = field(T("说明什么", "What it speaks of"), Aspect.PREFERENCE)
    themes: list[Annotated[Code, Field(min_length=1, max_length=40)]] = field(
        T("主题（每行一个）", "Themes (one a line)"), default_factory=list, max_length=10
    )


def _plain(text: str) -> str:
    return "".join(text.split())


def assess_quote(row: None, given: Quote, ctx: Context) -> Assessment:
    """It was held, and the record says so, word for word."""
    interview = Interview.objects.select_related("customer").get(pk=given.interview)
    if interview.state != HELD.value:
        return Assessment(objections=(NOT_HELD.refuse(path="interview"),))
    said = InterviewAnswer.objects.filter(interview=interview, position=given.question).first()
    is_there = said is not None and _plain(given.quote) in _plain(said.text)
    found = () if is_there else (NOT_SAID.refuse(path="quote", place=given.question),)
    return Assessment(carry=interview, objections=found)


@operation(
    "voice.quote", T("摘录原话", "Quote"), Passage, input=Quote, creates=True, parent="interview", assess=assess_quote,
    clauses=["2.4.2"], help=T("从访谈记录中原样摘录一段并标注主题。", "A passage of the record as it stands, with its themes."),
)  # fmt: skip
def quote(row: None, given: Quote, ctx: Context, assessment: Assessment) -> Effects:
    """Coded."""
    interview: Interview = assessment.carry
    made = Passage(
        company_id=ctx.company_id, interview=interview, position=given.question, quote=given.quote, aspect=given.aspect.value,
        themes=list(dict.fromkeys(given.themes)), business_date=interview.held_on or ctx.today, **drafting.scope_of(interview),
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    return effects


class Recode(Input):
    """What it speaks of."""

    aspect: Aspect = field(T("说明什么", "What it speaks of"))
    themes: list[Annotated[Code, Field(min_length=1, max_length=40)]] = field(
        T("主题（每行一个）", "Themes (one a line)"), default_factory=list, max_length=10
    )


@operation(
    "voice.recode", T("重新标注", "Code again"), Passage, input=Recode, clauses=["2.4.2"],
    help=T("修改方面与主题；原话不变。", "Aspect and themes; the words stay."),
)  # fmt: skip
def recode(row: Passage, given: Recode, ctx: Context, assessment: Assessment) -> Effects:
    """Other themes for the same words."""
    effects = Effects(result=row)
    effects.update(row, aspect=given.aspect.value, themes=list(dict.fromkeys(given.themes)))
    return effects
