"""Invitations: made for one person, sent, reminded once, expired, or stopped by whoever got them (clause 4.2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from sellwell.control.voice import people, tokens
from sellwell.control.voice.inviting import SEND, Terms, Wanted, followed, invite, terms_of
from sellwell.control.voice.models import (
    Invitation,
    InvitationState,
    OpenLink,
    OpenLinkState,
    Programme,
    ProgrammeState,
    Questionnaire,
    QuestionnaireState,
    Way,
)
from sellwell.control.voice.refusing import Purpose, Said, refuse
from sellwell.control.voice.rules import sampling
from sellwell.control.voice.rules.sampling import Left
from sellwell.foundation.customers.queries import Customer
from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T

PLANNED, SENT, STARTED = InvitationState.PLANNED, InvitationState.SENT, InvitationState.STARTED
CLAUSES = ["2.4.2", "4.2.4"]

NOT_PUBLISHED = Reason(
    "voice.not_published", T("请选择已发布的问卷。", "Choose a questionnaire that is published.")
)
NOT_TO_BE_ASKED = Reason(
    "voice.not_to_be_asked", T("不能邀请：{reason}。", "They may not be asked: {reason}.")
)
NOT_THEIRS = Reason(
    "voice.contact_of_another",
    T("此联系人不属于该客户。请重新选择。", "This contact is another customer's. Choose again."),
)
REMINDED_BEFORE = Reason(
    "voice.reminded_before", T("已提醒过一次，不再提醒。", "They were reminded once; that is enough.")
)
NOT_BY_US = Reason(
    "voice.not_sent_by_us",
    T("此邀请由人转交，系统无法提醒。", "This link was handed over; the system cannot remind."),
)
EVENT_ASKED = Reason("voice.event_asked", T("此事已生成过邀请。", "There is an invitation about this event."))
NOT_RUNNING = Reason("voice.not_running", T("调查计划没有在运行。", "The programme is not running."))
IN_THE_PAST = Reason("voice.link_in_the_past", T("截止日须晚于今天。", "It must end after today."))

Days = Annotated[int, Field(ge=1, le=90)]
Language = Literal["zh", "en"]


class InviteOne(Input):
    """One person, by the choice of those who run surveys."""

    questionnaire: Ref("voice.questionnaire") = field(T("问卷", "Questionnaire"))
    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    contact: Ref("customers.contact") | None = field(
        T("联系人", "Contact"), None, help=T("留空：主要联系人。", "Empty: the primary contact.")
    )
    way: Way = field(T("方式", "By"), Way.LINK)
    language: Language = field(T("语言（zh/en）", "Language (zh/en)"), "zh")
    valid_days: Days = field(T("有效天数", "Valid for days"), 14)


def locks_of_customer(row: Invitation | None, given: Any, ctx: Context) -> list[Lock]:
    """Two surveys of one customer are judged one after the other: the caps hold."""
    customer_id = row.customer_id if row is not None else getattr(given, "customer", None)
    return [lock("parent", Customer, [customer_id])] if customer_id is not None else []


def assess_invite(row: None, given: InviteOne, ctx: Context) -> Assessment:
    """A published questionnaire, and somebody who may be asked now."""
    questionnaire = Questionnaire.objects.get(pk=given.questionnaire)
    found: list[Objection] = []
    if questionnaire.state != QuestionnaireState.PUBLISHED.value:
        found.append(NOT_PUBLISHED.refuse(path="questionnaire"))
    who = people.respondents([given.customer], given.contact, given.way.value)
    one = who[given.customer]
    if given.contact is not None and one.contact_id is None:
        return Assessment(objections=(*found, NOT_THEIRS.refuse(path="contact")))
    if (left := people.reasons(who, given.way.value, ctx).get(given.customer)) is not None:
        found.append(
            NOT_TO_BE_ASKED.refuse(path="way" if left is Left.NO_ADDRESS else "customer", reason=left.label)
        )
    terms = Terms(questionnaire, given.way.value, given.valid_days, 5, given.language)
    return Assessment(content={"customer": str(given.customer)}, carry=(terms, one), objections=tuple(found))


@operation(
    "voice.invite", T("邀请作答", "Invite"), Invitation, input=InviteOne, creates=True, assess=assess_invite,
    lock_keys=locks_of_customer, clauses=CLAUSES,
    help=T(
        "邀请一位客户联系人作答：邮件、短信，或把链接、二维码转交给对方。每份邀请只能作答一次。",
        "Asks one person: by mail, by SMS, or by a link or QR code to hand over. Each invitation is answered once.",
    ),
)  # fmt: skip
def invite_one(row: None, given: InviteOne, ctx: Context, assessment: Assessment) -> Effects:
    """One invitation, out now."""
    terms, who = assessment.carry
    effects = Effects()
    [effects.result] = invite(effects, ctx, terms, [Wanted(who, None, ctx.now, {})])
    return effects


class InviteAfter(Input):
    """An event, and the programme that asks about it."""

    programme: Ref("voice.programme") = field(T("调查计划", "Programme"))
    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    contact: Ref("customers.contact") | None = field(T("联系人", "Contact"), None)
    source_type: Code = field(T("单据类型", "Kind of record"), min_length=3)
    source_id: UUID = field(T("单据", "Record"))
    product: UUID | None = field(T("产品", "Product"), None)
    happened_at: datetime = field(T("发生时间", "Happened at"))


def assess_invite_after(row: None, given: InviteAfter, ctx: Context) -> Assessment:
    """Whether the lot fell on this event, and whether they may be asked; either way it is recorded."""
    programme = Programme.objects.get(pk=given.programme)
    questionnaire = Questionnaire.objects.filter(family=programme.family, state="published").first()
    found: list[Objection] = []
    if programme.state != ProgrammeState.ACTIVE.value:
        found.append(NOT_RUNNING.refuse(path="programme"))
    if questionnaire is None:
        found.append(NOT_PUBLISHED.refuse(path="programme"))
    if Invitation.objects.filter(programme=programme, source_id=given.source_id).exists():
        found.append(EVENT_ASKED.refuse(path="source_id"))
    if found or questionnaire is None:
        return Assessment(objections=tuple(found))
    who = people.respondents([given.customer], given.contact, programme.way)
    if given.contact is not None and who[given.customer].contact_id is None:
        who = people.respondents([given.customer], way=programme.way)
    send_at = max(ctx.now, given.happened_at + timedelta(hours=programme.delay_hours))
    left = _left_after(programme, given, who, send_at, ctx)
    return Assessment(
        content={"customer": str(given.customer), "left": left.value if left else ""},
        carry=(terms_of(programme, questionnaire), who[given.customer], left, send_at),
    )


def _left_after(
    programme: Programme,
    given: InviteAfter,
    who: Mapping[UUID, people.Respondent],
    send_at: datetime,
    ctx: Context,
) -> Left | None:
    if not sampling.is_drawn(programme.seed, given.source_id, programme.share):
        return Left.NOT_DRAWN
    if send_at > given.happened_at + timedelta(hours=48):
        return Left.TOO_LATE
    return people.reasons(who, programme.way, ctx).get(given.customer)


@operation(
    "voice.invite_after", T("按事件邀请", "Invite after an event"), Invitation, input=InviteAfter, creates=True,
    assess=assess_invite_after, lock_keys=locks_of_customer, channels=["job", "api"], menu=False, clauses=["4.2.4"],
    help=T(
        "事件发生后按抽样结果生成邀请；未抽中或不应打扰的也留下记录。",
        "After an event, by lot; who was not drawn or may not be asked is recorded too.",
    ),
)  # fmt: skip
def invite_after(row: None, given: InviteAfter, ctx: Context, assessment: Assessment) -> Effects:
    """One invitation about the event, or why there is none."""
    terms, who, left, send_at = assessment.carry
    about = {
        "source_type": given.source_type, "source_id": given.source_id, "product_id": given.product,
        "happened_at": given.happened_at,
    }  # fmt: skip
    effects = Effects()
    [effects.result] = invite(effects, ctx, terms, [Wanted(who, left, send_at, about)])
    return effects


# --- sending ---------------------------------------------------------------------------------------------------------------


def assess_send(row: Invitation, given: Any, ctx: Context) -> Assessment:
    """Asked again at the last moment: somebody may have opted out, or been asked by another survey meanwhile."""
    who = {row.customer_id: people.respondent_of(row)}
    left = people.reasons(who, row.way, ctx, but=row.pk).get(row.customer_id)
    if left is None and people.late_after_event(row, ctx.now):
        left = Left.TOO_LATE
    return Assessment(
        content={"customer": str(row.customer_id)}, context={"left": left.value if left else ""}, carry=left
    )


@operation(
    SEND, T("发送", "Send"), Invitation, from_states=[PLANNED], assess=assess_send, lock_keys=locks_of_customer, clauses=CLAUSES,
    help=T("发送前再次核对拒收、同意与次数上限；不应打扰的不发送，并注明原因。", "Opt-outs, consent and caps are looked at once more; who may not be asked is left out, with the reason."),
)  # fmt: skip
def send(row: Invitation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Out, or left out."""
    effects = Effects(result=row)
    if assessment.carry is not None:
        effects.update(row, state=InvitationState.LEFT_OUT.value, left=assessment.carry.value)
        effects.drop_deadlines.append(row.pk)
        return effects
    expires = ctx.now + timedelta(days=row.valid_days)
    effects.update(row, state=SENT.value, sent_at=ctx.now, expires_at=expires)
    effects.deadlines += followed(row)
    effects.events.append(NewEvent("voice.sent", {"invitation": str(row.pk)}))
    return effects


def assess_remind(row: Invitation, given: Any, ctx: Context) -> Assessment:
    """Once, and only where we sent it."""
    found = []
    if row.reminded_at is not None:
        found.append(REMINDED_BEFORE.refuse())
    if row.way == Way.LINK.value:
        found.append(NOT_BY_US.refuse())
    return Assessment(objections=tuple(found))


@operation(
    "voice.remind", T("提醒一次", "Remind once"), Invitation, from_states=[SENT, STARTED], assess=assess_remind, clauses=CLAUSES,
    help=T("再发一次同一链接；每份邀请只提醒一次。", "The same link once more; only once for each invitation."),
)  # fmt: skip
def remind(row: Invitation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The same link again."""
    effects = Effects(result=row)
    effects.update(row, reminded_at=ctx.now)
    effects.events.append(NewEvent("voice.reminded", {"invitation": str(row.pk)}))
    return effects


@operation(
    "voice.expire", T("置为过期", "Expire"), Invitation, from_states=[SENT, STARTED], clauses=CLAUSES,
    help=T("链接不再能作答；已填的部分保留。", "The link no longer takes answers; what was filled in stays."),
)  # fmt: skip
def expire(row: Invitation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Over without an answer."""
    effects = Effects(result=row)
    effects.update(row, state=InvitationState.EXPIRED.value)
    effects.drop_deadlines.append(row.pk)
    return effects


class NotDelivered(Input):
    """What the system of messages said."""

    problem: Code = field(T("原因代码", "Code"), min_length=1)


@operation(
    "voice.not_delivered", T("登记未送达", "Record as not delivered"), Invitation, input=NotDelivered, from_states=[SENT],
    clauses=CLAUSES,
    help=T("邮件或短信没有送达；之后可另行邀请。", "Mail or SMS did not get there; they can be invited again."),
)  # fmt: skip
def not_delivered(row: Invitation, given: NotDelivered, ctx: Context, assessment: Assessment) -> Effects:
    """It does not count as asked."""
    effects = Effects(result=row)
    effects.update(row, state=InvitationState.FAILED.value, problem=given.problem)
    effects.drop_deadlines.append(row.pk)
    return effects


# --- no more surveys --------------------------------------------------------------------------------------------------------

STOPPED = [PLANNED, SENT, STARTED]


class StopAsking(Input):
    """How they said so, and what, if anything."""

    way: Said = field(T("渠道", "Channel"), Said.PHONE)
    note: ShortText = field(T("说明", "Note"), "")


@operation(
    "voice.opt_out", T("登记拒收", "Opt out"), Invitation, input=StopAsking,
    from_states=[*STOPPED, InvitationState.ANSWERED, InvitationState.EXPIRED, InvitationState.FAILED], clauses=["4.2.4"],
    help=T(
        "对方不想再收到调查：记入同意登记，立即生效，其他待发与未答的邀请一并停止。对方改变主意时，登记新的同意即可。",
        "They want no more surveys: noted with the consents, at once, for every invitation of theirs that is planned or open. A new consent takes it back.",
    ),
)  # fmt: skip
def opt_out(row: Invitation, given: StopAsking, ctx: Context, assessment: Assessment) -> Effects:
    """The no stands in privacy's register; nothing of theirs stays open."""
    effects = Effects(result=row)
    refuse(effects, ctx, row, Purpose.SURVEY, given.way, given.note)
    rows = Invitation.objects.filter(people.same_person(row), state__in=[s.value for s in STOPPED]).exclude(
        pk=row.pk
    )
    for other in [row, *rows.select_for_update(no_key=True)]:
        if other.state in STOPPED:
            effects.update(other, state=InvitationState.OPTED_OUT.value)
            effects.drop_deadlines.append(other.pk)
    payload = {"customer": str(row.customer_id), "contact": str(row.contact_id or "")}
    effects.events.append(NewEvent("voice.opted_out", payload))
    return effects


# --- common links -----------------------------------------------------------------------------------------------------------


class AddLink(Input):
    """Where the link or code will hang."""

    questionnaire: Ref("voice.questionnaire") = field(T("问卷", "Questionnaire"))
    name: Annotated[ShortText, Field(max_length=80)] = field(
        T("用途", "Where it is used"), min_length=1, help=T("例如：展会 A 区、包装箱内", "For instance: fair, hall A; inside the box")
    )  # fmt: skip
    days: int | None = field(
        T("有效天数", "Valid for days"),
        None,
        ge=1,
        le=730,
        help=T("留空：直到关闭。", "Empty: until closed."),
    )


def assess_add_link(row: None, given: AddLink, ctx: Context) -> Assessment:
    """A published questionnaire."""
    questionnaire = Questionnaire.objects.get(pk=given.questionnaire)
    is_published = questionnaire.state == QuestionnaireState.PUBLISHED.value
    return Assessment(
        carry=questionnaire, objections=() if is_published else (NOT_PUBLISHED.refuse(path="questionnaire"),)
    )


@operation(
    "voice.add_link", T("新建公开链接", "Add common link"), OpenLink, input=AddLink, creates=True, assess=assess_add_link,
    clauses=["2.4.2"],
    help=T(
        "一个谁都可以作答的链接或二维码，不记名；每台设备尽量只收一份。",
        "One link or QR code for everybody, without names; as far as can be known one answer per device.",
    ),
)  # fmt: skip
def add_link(row: None, given: AddLink, ctx: Context, assessment: Assessment) -> Effects:
    """Open from now on."""
    row_id = new_id()
    until = ctx.today + timedelta(days=given.days) if given.days else None
    made = OpenLink(
        id=row_id, company_id=ctx.company_id, questionnaire=assessment.carry, name=given.name, until=until, business_date=ctx.today,
        token_hash=tokens.hash_of(tokens.secret(tokens.OPEN_LINK, row_id)), **drafting.scope_of_actor(ctx),
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    return effects


@operation(
    "voice.close_link", T("关闭公开链接", "Close common link"), OpenLink, from_states=[OpenLinkState.OPEN], danger=True,
    clauses=["2.4.2"], help=T("此后不能再由它作答。", "Nobody answers by it from now on."),
)  # fmt: skip
def close_link(row: OpenLink, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """No more answers."""
    effects = Effects(result=row)
    effects.update(row, state=OpenLinkState.CLOSED.value)
    return effects
