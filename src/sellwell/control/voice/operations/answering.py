"""Answering: begun, saved question by question, sent in once. Strangers do it by their link, service by telephone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from sellwell.control.voice import policies, queries
from sellwell.control.voice.facts import scored
from sellwell.control.voice.models import (
    Answer,
    FollowUp,
    FollowUpState,
    Invitation,
    InvitationState,
    OpenLink,
    OpenLinkState,
    Response,
    ResponseState,
)
from sellwell.control.voice.policies import Low
from sellwell.control.voice.rules import questions as rules
from sellwell.control.voice.rules.questions import Block, Given, Kind
from sellwell.foundation.company.queries import scope_columns
from sellwell.kernel import calendar, clock, directory, drafting
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.inputs import Code, Input, Ref, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, Refusal, T

CLAUSES = ["2.4.2", "4.2.4"]
STARTED = ResponseState.STARTED
OPEN_INVITATION = (InvitationState.SENT.value, InvitationState.STARTED.value)

ONE_WAY = Reason(
    "voice.one_way", T("请给出邀请或公开链接中的一个。", "Name the invitation or the common link.")
)
NOT_OPEN = Reason(
    "voice.not_open", T("这份调查已结束，谢谢您的关注。", "This survey is over. Thank you for your interest.")
)
BEGUN_BEFORE = Reason(
    "voice.begun_before", T("这份问卷已开始作答。", "This questionnaire was begun already.")
)
NOT_ASKED = Reason(
    "voice.not_asked",
    T("问卷中没有这一题，或按您的回答无需作答。", "This question is not asked, given your answers."),
)
NOBODY = Reason(
    "voice.nobody_follows_up",
    T("公司没有可回访的人员。请先设置岗位。", "Nobody can follow up. Set up the roles first."),
)


class Begin(Input):
    """By which invitation or common link."""

    invitation: Ref("voice.invitation") | None = field(T("邀请", "Invitation"), None)
    link: Ref("voice.openlink") | None = field(T("公开链接", "Common link"), None)
    device: Code = field(T("设备标记", "Mark of the device"), "", max_length=60)
    language: Literal["zh", "en"] = field(T("语言", "Language"), "zh")


def is_open(row: Invitation | OpenLink, ctx: Context) -> bool:
    """Whether it still takes answers."""
    if isinstance(row, OpenLink):
        return row.state == OpenLinkState.OPEN.value and (row.until is None or ctx.today < row.until)
    return row.state in OPEN_INVITATION and (row.expires_at is None or ctx.now < row.expires_at)


def locks_of_invitation(row: Response | None, given: Any, ctx: Context) -> list[Lock]:
    """One answer per invitation, also when sent twice at once."""
    invitation_id = row.invitation_id if row is not None else getattr(given, "invitation", None)
    return [lock("parent", Invitation, [invitation_id])] if invitation_id is not None else []


def assess_begin(row: None, given: Begin, ctx: Context) -> Assessment:
    """One way in that is open, and not begun by it before."""
    if (given.invitation is None) == (given.link is None):
        return Assessment(objections=(ONE_WAY.refuse(path="invitation"),))
    source = queries.source(given.invitation, given.link)
    found = [] if is_open(source, ctx) else [NOT_OPEN.refuse()]
    if given.invitation is not None:
        before = Response.objects.filter(invitation_id=given.invitation)
    else:
        before = Response.objects.filter(link_id=given.link, device=given.device)
    if before.exists():
        found.append(BEGUN_BEFORE.refuse())
    return Assessment(carry=source, objections=tuple(found))


@operation(
    "voice.begin", T("开始作答", "Begin to answer"), Response, input=Begin, creates=True, assess=assess_begin,
    lock_keys=locks_of_invitation, menu=False, clauses=CLAUSES,
    help=T("开始一份答卷：对方打开链接，或客服电话代录。", "By the link, or by service over the telephone."),
)  # fmt: skip
def begin(row: None, given: Begin, ctx: Context, assessment: Assessment) -> Effects:
    """An empty response, with the customer's place as it is."""
    source: Any = assessment.carry
    made = Response(
        company_id=ctx.company_id, questionnaire_id=source.questionnaire_id, device=given.device, language=given.language,
        invitation_id=given.invitation, link_id=given.link, customer=getattr(source, "customer", None),
        contact_id=getattr(source, "contact_id", None), grade=getattr(source, "grade", ""), business_date=ctx.today,
        started_at=ctx.now, **drafting.scope_of(source),
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    if isinstance(source, Invitation):
        effects.update(source, state=InvitationState.STARTED.value)
    return effects


class RowScore(Input):
    """A score for one line of a matrix."""

    line: Annotated[Code, Field(max_length=4)] = field(T("行", "Line"))
    score: int = field(T("分数", "Score"), ge=0, le=10)


class GiveAnswer(Input):
    """The answer to one question; nothing at all passes it over."""

    key: Annotated[Code, Field(max_length=8)] = field(T("题号", "Question"), min_length=2)
    number: int | None = field(T("分数", "Score"), None, ge=0, le=10)
    choices: list[Annotated[Code, Field(max_length=4)]] = field(
        T("选项", "Choices"), default_factory=list, max_length=rules.MOST_OPTIONS
    )
    rows: list[RowScore] = field(
        T("逐行评分", "Scores by line"), default_factory=list, max_length=rules.MOST_OPTIONS
    )
    text: Text = field(T("文字", "Text"), "")

    def given(self) -> Given:
        """As the rules judge it."""
        rows = tuple((one.line, one.score) for one in self.rows)
        return Given(self.number, tuple(self.choices), rows, self.text)


PATHS = {Kind.TEXT: "text", Kind.SINGLE: "choices", Kind.MULTIPLE: "choices", Kind.MATRIX: "rows"}


def _still_open(row: Response, ctx: Context) -> list[Objection]:
    source: Any = row.invitation if row.invitation_id else row.link
    return [] if is_open(source, ctx) else [NOT_OPEN.refuse()]


def assess_answer(row: Response, given: GiveAnswer | None, ctx: Context) -> Assessment:
    """A question that is asked, an answer that is offered; required ones are not passed over."""
    if given is None:
        return Assessment()
    found = _still_open(row, ctx)
    answers = queries.answers(row.pk)
    asked = {one.key: one for one in rules.visible(row.questionnaire.asked, answers)}
    block = asked.get(given.key)
    if block is None:
        return Assessment(objections=(*found, NOT_ASKED.refuse(path="key")))
    path = PATHS.get(Kind(block.kind), "number")
    return Assessment(carry=block, objections=(*found, *rules.judge(block, given.given(), path)))


@operation(
    "voice.answer", T("回答一题", "Answer a question"), Response, input=GiveAnswer, from_states=[STARTED],
    assess=assess_answer, menu=False, clauses=CLAUSES,
    help=T("逐题保存，可随时中断，之后从断点继续。", "Saved question by question: one may stop at any time and go on later."),
)  # fmt: skip
def answer(row: Response, given: GiveAnswer, ctx: Context, assessment: Assessment) -> Effects:
    """In place of an earlier answer to the same question."""
    block: Block = assessment.carry
    effects = Effects(result=row)
    wanted = _lines_of(given.given())
    known = {one.line: one for one in Answer.objects.filter(response=row, key=block.key)}
    made = []
    for line, values in wanted.items():
        if line in known:
            known[line].response = row
            effects.update(known[line], **values, is_void=False)
        else:
            made.append(Answer(company_id=row.company_id, response=row, key=block.key, line=line, **values))
    effects.insert(*made)
    for line, one in known.items():
        if line not in wanted:
            one.response = row
            effects.update(one, is_void=True)
    passed = [key for key in row.passed if key != block.key] + ([] if wanted else [block.key])
    effects.update(row, passed=passed)
    return effects


def _lines_of(given: Given) -> dict[str, dict[str, Any]]:
    """An answer as its rows: one, or one for each line of a matrix; none where it was passed over."""
    if given.rows:
        return {line: {"number": score, "choices": [], "text": ""} for line, score in given.rows}
    if given.is_empty:
        return {}
    return {"": {"number": given.number, "choices": list(given.choices), "text": given.text}}


# --- sending in -------------------------------------------------------------------------------------------------------------


def assess_submit(row: Response, given: Any, ctx: Context) -> Assessment:
    """Every required question that is asked is answered; the scores, and the lowest one that asks for a follow-up."""
    answers = queries.answers(row.pk)
    shown = rules.visible(row.questionnaire.asked, answers)
    found = _still_open(row, ctx)
    for one in shown:
        found += rules.judge(one, answers.get(one.key, Given()), one.key)
    scores = rules.scores(shown, answers)
    low = [hit for one in shown if (hit := _low(one, answers, row, ctx)) is not None]
    content = {"scores": {metric: Decimal(score) for metric, score in scores.items()}}
    return Assessment(
        content=content,
        carry=(scores, {one.key for one in shown}, low[0] if low else None),
        objections=tuple(found),
    )


def _low(block: Block, answers: Mapping[str, Given], row: Response, ctx: Context) -> Low | None:
    given = answers.get(block.key)
    if block.kind not in rules.SCORED or given is None or given.number is None:
        return None
    return policies.low(str(block.kind), given.number, row.grade, ctx)


@operation(
    "voice.submit", T("提交答卷", "Send response in"), Response, from_states=[STARTED], assess=assess_submit,
    lock_keys=locks_of_invitation, clauses=CLAUSES,
    help=T("提交后不再改动；低分自动生成回访任务。", "It stays as it is; a low score opens a follow-up by itself."),
)  # fmt: skip
def submit(row: Response, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Sent in, with its scores; who was not satisfied is spoken with."""
    scores, shown, low = assessment.carry
    effects = Effects(result=row)
    for one in Answer.objects.filter(response=row, is_void=False).exclude(key__in=shown):
        one.response = row
        effects.update(one, is_void=True)
    effects.update(
        row, state=ResponseState.SUBMITTED.value, submitted_at=ctx.now, business_date=ctx.today,
        **{metric: scores.get(metric) for metric in ("nps", "csat", "ces")},
    )  # fmt: skip
    if row.invitation is not None:
        effects.update(row.invitation, state=InvitationState.ANSWERED.value)
        effects.drop_deadlines.append(row.invitation.pk)
    effects.facts += scored(row, scores, ctx.today)
    if low is not None and row.customer_id is not None:  # nobody can be called back who gave no name
        _follow_up(effects, row, low, ctx)
    effects.events.append(NewEvent("voice.answered", {"response": str(row.pk)}))
    return effects


def _follow_up(effects: Effects, row: Response, low: Low, ctx: Context) -> None:
    """Somebody who does not sell to them, with a day to speak with them and a day to settle it."""
    owner = follower(low.role, row.owner_id, ctx)
    due_at = calendar.add_working_time(ctx.now, low.hours)
    scope = scope_columns(owner, ctx.company_id, ctx.today) or {"owner_id": owner}
    made = drafting.document(
        FollowUp, ctx, "FU", FollowUpState.OPEN, response=row, customer_id=row.customer_id, contact_id=row.contact_id,
        metric=low.metric, score=low.score, due_at=due_at,
        resolve_by=calendar.add_working_days(clock.business_day(due_at), low.days), **scope,
    )  # fmt: skip
    effects.insert(made)
    effects.tasks.append(NewTask("voice.contact", made, owner_id=owner, due_at=due_at))


FALLBACK = ("service", "marketing", "sales_manager", "executive", "administrator")


def follower(role: str, seller_id: UUID, ctx: Context) -> UUID:
    """Of the holders of the role the one with the fewest open follow-ups; never the customer's own seller."""
    for each in dict.fromkeys((role, *FALLBACK)):
        found = [
            u for u in directory.current().holders(each, ctx.company_id, "", ctx.today) if u != seller_id
        ]
        if found:
            loads = queries.open_follow_ups(found)
            return min(found, key=lambda user: (loads.get(user, 0), user))
    raise Refusal(NOBODY.refuse())
