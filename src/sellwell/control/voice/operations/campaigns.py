"""Campaigns: written, approved by another person, drawn and sent by itself, stopped, judged by what was ordered (clause 4.2.1)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from sellwell.control.voice import campaigning, tokens
from sellwell.control.voice.models import (
    Campaign,
    CampaignState,
    Channel,
    Goal,
    Language,
    Recipient,
    RecipientState,
    Side,
)
from sellwell.control.voice.refusing import Said, refuse
from sellwell.control.voice.rules import campaigns as rules
from sellwell.control.voice.rules.sampling import Left
from sellwell.foundation.customers.queries import Customer
from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T

DRAFT, APPROVED, SENDING = CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.SENDING
SENT, EVALUATED, STOPPED = CampaignState.SENT, CampaignState.EVALUATED, CampaignState.STOPPED
PLANNED, LEFT_OUT = RecipientState.PLANNED, RecipientState.LEFT_OUT
CLAUSES = ["4.2.1", "4.3.1"]
BATCH = 50  # recipients of one step of sending

WORDS_MISSING = Reason(
    "voice.campaign_words", T("请填写{what}。", "Fill in {what}.")
)  # fmt: skip
UNKNOWN_PLACE = Reason(
    "voice.campaign_place",
    T(
        "没有占位符 {{{name}}}。可用：{{customer}}、{{contact}}、{{company}}、{{seller}}。",
        "There is no placeholder {{{name}}}. Use {{customer}}, {{contact}}, {{company}} or {{seller}}.",
    ),
)
TOO_LONG = Reason(
    "voice.sms_too_long",
    T(
        "短信正文最多 {most} 字，现有 {count} 字。",
        "An SMS takes at most {most} characters; this has {count}.",
    ),
)
ONE_LANGUAGE = Reason("voice.sms_one_language", T("短信只能用一种语言。", "An SMS is in one language only."))
OWN_CAMPAIGN = Reason(
    "voice.own_campaign",
    T(
        "不能批准自己起草或修改的活动，请由他人批准。",
        "You wrote this campaign: somebody else has to approve it.",
    ),
)
NOBODY = Reason(
    "voice.campaign_nobody",
    T(
        "客群共 {members} 位客户，没有一位可以发送。请先取得同意或更换客群。",
        "None of the segment's {members} customers may be written to. Get consents first, or choose another segment.",
    ),
)
TOO_MANY = Reason(
    "voice.campaign_too_many",
    T("一次最多 {most} 位客户，请缩小客群。", "At most {most} customers at once: narrow the segment."),
)
NOT_OVER = Reason(
    "voice.campaign_not_over",
    T("计数到 {day} 为止，届时再评估。", "Orders count until {day}; evaluate it then."),
)

Subject = Annotated[ShortText, StringConstraints(max_length=80)]
Words = Annotated[Text, StringConstraints(max_length=2000)]


class Write(Input):
    """To whom, by which channel, in which words, and how it is measured."""

    title: Name = field(T("名称", "Name"))
    goal: Goal = field(T("目的", "What for"), Goal.MORE)
    segment: Ref("relations.segment") = field(T("客群", "Segment"))
    channel: Channel = field(T("渠道", "Channel"), Channel.MAIL)
    language: Language = field(T("语言", "Language"), Language.ZH)
    subject_zh: Subject = field(T("主题（邮件）", "Subject in Chinese (mail)"), "")
    text_zh: Words = field(
        T("正文", "Text in Chinese"), "",
        help=T("可用 {customer} 客户、{contact} 联系人、{company} 本公司、{seller} 业务员。退订链接自动附上。",
               "{customer}, {contact}, {company} and {seller} stand for names. The way out is added by itself."),
    )  # fmt: skip
    subject_en: Subject = field(T("主题（英文邮件）", "Subject in English (mail)"), "")
    text_en: Words = field(T("正文（英文）", "Text in English"), "")
    holdout: Annotated[Decimal, Field(ge=0, le=Decimal("0.5"), decimal_places=4)] = field(
        T("保留对照比例", "Share held out"), Decimal("0.2"),
        help=T("随机留出、不发送，用来比较效果；0.2 为五分之一。", "Drawn by lot and not written to, to compare with; 0.2 is a fifth."),
    )  # fmt: skip
    unsegmented: int = field(
        T("未分群对照人数", "Unsegmented comparison"), 0, ge=0, le=1000,
        help=T("从全部客户中随机抽取、同样发送，比较分群是否有效；0 为不设。",
               "Drawn from all customers and written to as well: shows what segmenting brings. 0: none."),
    )  # fmt: skip
    result_days: int = field(
        T("计数天数", "Days that count"), 30, ge=1, le=365, help=T("发送后多少天内的订单算响应。", "Orders within so many days are responses.")
    )  # fmt: skip


def objections_to(given: Write) -> list[Objection]:
    """Words for each language that is sent, known placeholders, and what an SMS can hold."""
    found: list[Objection] = []
    for code in ("zh", "en"):
        text, subject = getattr(given, f"text_{code}"), getattr(given, f"subject_{code}")
        is_sent = given.language.value in (code, "both")
        if is_sent and not text:
            found.append(WORDS_MISSING.refuse(f"text_{code}", what=T("正文", "the text")))
        if is_sent and given.channel is Channel.MAIL and not subject:
            found.append(WORDS_MISSING.refuse(f"subject_{code}", what=T("主题", "the subject")))
        for path, words in ((f"text_{code}", text), (f"subject_{code}", subject)):
            found += [UNKNOWN_PLACE.refuse(path, name=name) for name in rules.unknown_places(words)]
        if is_sent and given.channel is Channel.SMS and len(text) > rules.SMS_MOST:
            found.append(TOO_LONG.refuse(f"text_{code}", most=rules.SMS_MOST, count=len(text)))
    if given.channel is Channel.SMS and given.language is Language.BOTH:
        found.append(ONE_LANGUAGE.refuse("language"))
    return found


def assess_write(row: Campaign | None, given: Write | None, ctx: Context) -> Assessment:
    """The same for a new campaign and a changed one."""
    return Assessment(objections=tuple(objections_to(given)) if given is not None else ())


def _values(given: Write) -> dict[str, Any]:
    same = (
        "title", "subject_zh", "text_zh", "subject_en", "text_en", "holdout", "unsegmented", "result_days",
    )  # fmt: skip
    values = {name: getattr(given, name) for name in same}
    chosen = {name: getattr(given, name).value for name in ("goal", "channel", "language")}
    return {**values, **chosen, "segment_id": given.segment}


@operation(
    "voice.add_campaign", T("新建营销活动", "Add campaign"), Campaign, input=Write, creates=True, assess=assess_write, clauses=CLAUSES,
    help=T("起草一次面向客群的邮件或短信活动；由他人批准后才能发送。", "A draft of a mail or SMS to a segment; it goes out once somebody else has approved it."),
)  # fmt: skip
def add_campaign(row: None, given: Write, ctx: Context, assessment: Assessment) -> Effects:
    """A draft; its seed settles the groups for good."""
    made = drafting.document(Campaign, ctx, "MC", DRAFT, seed=new_id().hex, **_values(given))
    effects = Effects(result=made)
    effects.insert(made)
    effects.search.append(made)
    effects.tasks.append(NewTask("voice.approve_campaign", made, role="sales_manager"))
    return effects


@operation(
    "voice.change_campaign", T("修改", "Change"), Campaign, input=Write, from_states=[DRAFT], assess=assess_write, clauses=CLAUSES,
    help=T("批准前可改；由修改人负责。", "Before it is approved. It is then the draft of whoever changed it."),
)  # fmt: skip
def change_campaign(row: Campaign, given: Write, ctx: Context, assessment: Assessment) -> Effects:
    """Whoever wrote it last answers for it, and cannot approve it."""
    effects = Effects(result=row)
    effects.update(row, owner_id=ctx.user_id, **_values(given))
    effects.search.append(row)
    return effects


def assess_approve(row: Campaign, given: Any, ctx: Context) -> Assessment:
    """Neither by whoever began it nor by whoever wrote it last."""
    is_own = ctx.user_id in (row.created_by_id, row.owner_id)
    return Assessment(objections=(OWN_CAMPAIGN.refuse(),) if is_own else ())


@operation(
    "voice.approve_campaign", T("批准", "Approve"), Campaign, from_states=[DRAFT], assess=assess_approve, clauses=CLAUSES,
    help=T("核对文字、客群与对照后批准；须由他人批准。", "Words, segment and control group are right. By another person than the author."),
)  # fmt: skip
def approve_campaign(row: Campaign, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It may be sent as it stands."""
    effects = Effects(result=row)
    effects.update(row, state=APPROVED.value, approved_by_id=ctx.user_id, approved_at=ctx.now)
    effects.tasks.append(NewTask("voice.start_campaign", row, row.owner_id))
    return effects


@operation(
    "voice.return_campaign", T("退回修改", "Back to draft"), Campaign, from_states=[APPROVED], clauses=CLAUSES,
    help=T("退回草稿；修改后须重新批准。", "A draft again; it needs another approval."),
)  # fmt: skip
def return_campaign(row: Campaign, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The approval is gone: it was for the words as they stood."""
    effects = Effects(result=row)
    effects.update(row, state=DRAFT.value, approved_by_id=None, approved_at=None)
    effects.drop_tasks.append(row.pk)
    effects.tasks.append(NewTask("voice.approve_campaign", row, role="sales_manager"))
    return effects


def assess_start(row: Campaign, given: Any, ctx: Context) -> Assessment:
    """Somebody can be written to, and not too many at once."""
    members, chosen = campaigning.choose(row, ctx)
    if members > campaigning.MOST:
        return Assessment(objections=(TOO_MANY.refuse(most=campaigning.MOST),))
    reached = sum(1 for one in chosen if one.left is None and one.side is Side.SEGMENT)
    content = {"members": members, "reached": reached}
    found = () if reached else (NOBODY.refuse(members=members),)
    return Assessment(content=content, carry=(members, chosen), objections=found)


@operation(
    "voice.start_campaign", T("开始发送", "Start sending"), Campaign, from_states=[APPROVED], assess=assess_start, clauses=CLAUSES,
    help=T(
        "随机抽出对照组并排定名单；没有同意或已退订的人自动排除。之后由系统分批发送。",
        "Draws the control groups by lot; people without a consent are left out by themselves. Sending then goes on by itself.",
    ),
)  # fmt: skip
def start_campaign(row: Campaign, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Everybody's group stands before the first message goes out."""
    members, chosen = assessment.carry
    effects = Effects(result=row)
    effects.update(row, state=SENDING.value, started_on=ctx.today, members=members)
    effects.insert(*(_recipient(row, one, ctx) for one in chosen))
    return effects


def _recipient(row: Campaign, one: campaigning.Chosen, ctx: Context) -> Recipient:
    state, since = PLANNED, None
    if one.left is not None:
        state = LEFT_OUT
    elif one.side is Side.HOLDOUT:
        state, since = RecipientState.HELD_OUT, ctx.today
    row_id = new_id()
    return Recipient(
        id=row_id, company_id=row.company_id, campaign=row, customer=one.who.customer, contact_id=one.who.contact_id,
        side=one.side.value, state=state.value, left=one.left.value if one.left else "", counted_from=since,
        token_hash=tokens.hash_of(tokens.secret(tokens.CAMPAIGN, row_id)), business_date=ctx.today,
        **drafting.scope_of(one.who.customer),
    )  # fmt: skip


# --- sending ---------------------------------------------------------------------------------------------------------------


def _next(row: Campaign) -> list[Recipient]:
    rows = Recipient.objects.filter(campaign=row, state=PLANNED.value).order_by("id")
    return list(rows.select_related("customer__party", "contact")[:BATCH])


def locks_of_batch(row: Campaign, given: Any, ctx: Context) -> list[Lock]:
    """Two campaigns that reach one customer judge the caps one after the other."""
    return [lock("parent", Customer, [one.customer_id for one in _next(row)])]


@operation(
    "voice.send_campaign", T("发送下一批", "Send next batch"), Campaign, from_states=[SENDING], lock_keys=locks_of_batch,
    channels=["job", "api"], menu=False, clauses=CLAUSES,
    help=T("发送下一批；发送前再次核对同意、退订与次数上限。全部发完后转为“已发送”。", "The next recipients, each looked at once more before it goes out. Sent when nobody is left."),
)  # fmt: skip
def send_campaign(row: Campaign, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Each recipient once: whoever is no longer planned is not taken again, so an interrupted run goes on where it stopped."""
    effects = Effects(result=row)
    batch = _next(row)
    if not batch:
        effects.update(row, state=SENT.value, finished_on=ctx.today)
        return effects
    left = campaigning.barred(campaigning.as_respondents(batch), row.channel, ctx)
    for one in batch:
        if (why := left.get(one.customer_id)) is not None:
            effects.update(one, state=LEFT_OUT.value, left=why.value)
        else:
            effects.update(one, state=RecipientState.SENT.value, sent_at=ctx.now, counted_from=ctx.today)
            effects.events.append(NewEvent("voice.campaign_message", {"recipient": str(one.pk)}))
    return effects


class Why(Input):
    """Why."""

    reason: ShortText = field(T("原因", "Reason"), min_length=2)


@operation(
    "voice.stop_campaign", T("停止", "Stop"), Campaign, input=Why, from_states=[APPROVED, SENDING], danger=True, clauses=CLAUSES,
    help=T("立即停止，未发送的不再发送；已发送的无法收回。", "At once: whoever was not written to is not; what went out cannot be taken back."),
)  # fmt: skip
def stop_campaign(row: Campaign, given: Why, ctx: Context, assessment: Assessment) -> Effects:
    """Nothing more goes out."""
    effects = Effects(result=row)
    effects.update(row, state=STOPPED.value, conclusion=given.reason)
    for one in Recipient.objects.filter(campaign=row, state=PLANNED.value).select_related("customer"):
        effects.update(one, state=LEFT_OUT.value, left=Left.STOPPED.value)
    return effects


class Conclude(Input):
    """What is learnt from it."""

    conclusion: ShortText = field(T("结论", "What follows"), min_length=4)


def assess_evaluate(row: Campaign, given: Any, ctx: Context) -> Assessment:
    """After the last day that counts, with the figures as they then are."""
    if not campaigning.is_over(row, ctx.today):
        last = (row.finished_on or ctx.today) + timedelta(days=row.result_days)
        return Assessment(objections=(NOT_OVER.refuse(day=last),))
    found = campaigning.results(row)
    content = {side: {"count": one.count, "ordered": one.ordered} for side, one in sorted(found.items())}
    return Assessment(content=content)


@operation(
    "voice.evaluate_campaign", T("评估", "Evaluate"), Campaign, input=Conclude, from_states=[SENT], assess=assess_evaluate,
    clauses=["4.2.1"], help=T("计数期结束后，依据各组订单写下结论。", "After the days that count: what the groups' orders say."),
)  # fmt: skip
def evaluate_campaign(row: Campaign, given: Conclude, ctx: Context, assessment: Assessment) -> Effects:
    """Judged by its records."""
    effects = Effects(result=row)
    effects.update(row, state=EVALUATED.value, evaluated_at=ctx.now, conclusion=given.conclusion)
    return effects


# --- what comes of a message -------------------------------------------------------------------------------------------------


class NotReached(Input):
    """What the system of messages said."""

    problem: Code = field(T("原因代码", "Code"), min_length=1, max_length=60)


@operation(
    "voice.not_reached", T("登记未送达", "Record as not delivered"), Recipient, input=NotReached,
    from_states=[RecipientState.SENT], clauses=CLAUSES, help=T("消息没有送达，不计入已触达。", "The message did not get there; they do not count as reached."),
)  # fmt: skip
def not_reached(row: Recipient, given: NotReached, ctx: Context, assessment: Assessment) -> Effects:
    """Not reached after all."""
    effects = Effects(result=row)
    effects.update(row, state=RecipientState.FAILED.value, problem=given.problem)
    return effects


class NoMore(Input):
    """How they said so."""

    way: Said = field(T("渠道", "Channel"), Said.PHONE)


@operation(
    "voice.unsubscribe", T("登记退订", "Unsubscribe"), Recipient, input=NoMore,
    from_states=[RecipientState.SENT, RecipientState.FAILED, PLANNED, LEFT_OUT], clauses=CLAUSES,
    help=T("对方不想再收到此渠道的营销消息：记入同意登记，立即生效。", "No more campaign messages by this channel: noted with the consents, at once."),
)  # fmt: skip
def unsubscribe(row: Recipient, given: NoMore, ctx: Context, assessment: Assessment) -> Effects:
    """The no stands in privacy's register, which every campaign asks before each message."""
    effects = Effects(result=row)
    refuse(effects, ctx, row, campaigning.PURPOSES[row.campaign.channel], given.way)
    if row.state in (RecipientState.SENT.value, RecipientState.FAILED.value):
        effects.update(row, state=RecipientState.OPTED_OUT.value)
    elif row.state == PLANNED.value:
        effects.update(row, state=LEFT_OUT.value, left=Left.OPTED_OUT.value)
    return effects
