"""Items come in: from a phone, from a customer's page, by mail, by programs (clauses 2.4.1, 2.4.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sellwell.control.intelligence import policies, rules
from sellwell.control.intelligence.models import (
    Channel,
    Competitor,
    Item,
    ItemKind,
    ItemState,
    Lawful,
    StepKind,
)
from sellwell.control.intelligence.operations.steps import begin
from sellwell.foundation.customers.queries import customers
from sellwell.kernel import calendar
from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

AHEAD = Reason(
    "intelligence.ahead", T("发生日期不能晚于今天。", "It cannot have happened later than today.")
)  # fmt: skip
LONG_AGO = Reason(
    "intelligence.long_ago",
    T("发生日期早于十年前，请检查。", "That is more than ten years ago. Check the day."),
)
OLDEST = timedelta(days=3653)
WRONG_SOURCE = Reason(
    "intelligence.wrong_source",
    T(
        "这样得来的信息公司不收：不要提交、转发或使用，请直接联系法务。",
        "The company takes nothing that was got like this: do not send, pass on or use it, and talk to legal.",
    ),
)
DECLARE = Reason(
    "intelligence.declare",
    T("请说明信息是怎样得来的。", "Say how it was come by."),
)
CARTEL = Reason(
    "intelligence.cartel",
    T(
        "与竞争对手交换价格可能构成垄断协议（反垄断法第十七条）。不要回应、不要提供我方价格；采纳前由法务审查。",
        "Exchanging prices with a competitor may be a cartel (antimonopoly law, art. 17). Do not answer or tell our prices; legal looks at it first.",
    ),
)
RETIRED = Reason(
    "intelligence.competitor_retired",
    T("“{name}”已不再关注，请先恢复。", "“{name}” is no longer watched. Take it up again first."),
)
URGENT_ONLY = Reason(
    "intelligence.urgent_only",
    T("只有竞争对手或价格变动可以标为紧急。", "Only a competitor's or a price move can be urgent."),
)
ALREADY_DECLARED = Reason(
    "intelligence.already_declared", T("来源已经声明。", "The source is declared.")
)  # fmt: skip
NOT_SENDER = Reason(
    "intelligence.not_sender", T("只能由提交人声明来源。", "Only who sent it in can declare the source.")
)

Place = Annotated[Code, Field(max_length=40)]
Topic = Annotated[ShortText, Field(max_length=120)]
Words = Annotated[Text, Field(min_length=4)]
MOVES = (ItemKind.PRICE, ItemKind.COMPETITOR)
PRICES = (ItemKind.PRICE, ItemKind.COMPETITOR, ItemKind.SALES_DATA)


class Submit(Input):
    """What was learned. Three fields are asked for; everything else may be said."""

    kind: ItemKind = field(T("类别", "Kind"))
    text: Words = field(T("看到或听到什么", "What was seen or heard"))
    lawful: Lawful = field(
        T("来源声明", "How it was come by"),
        help=T("不收花钱买来的、违反保密得来的信息。", "Nothing bought, nothing in breach of confidence."),
    )
    channel: Channel = field(T("来源渠道", "Source"), Channel.VISIT)
    happened_on: date | None = field(T("发生日期", "When"), None, help=T("不填为今天。", "Empty: today."))
    customer: Ref("customers.customer") | None = field(T("客户", "Customer"), None)
    competitor: Ref("intelligence.competitor") | None = field(T("竞争对手", "Competitor"), None)
    product: Ref("catalog.product") | None = field(T("产品", "Product"), None)
    area: Place = field(T("地区", "Region"), "")
    topic: Topic = field(T("主题", "Topic"), "", help=T("不填取正文第一句。", "Empty: the first sentence."))
    is_urgent: bool = field(T("紧急的竞品价格变动", "Urgent price move of a competitor"), False)
    files: list[Ref("kernel.storedfile")] = field(T("附件", "Files"), default_factory=list, max_length=10)


def working_days_since(day: date, ctx: Context) -> int:
    """The working days between something's happening and today; the day itself is none."""
    found = calendar.current().working_days_between(day + timedelta(days=1), ctx.today + timedelta(days=1))
    return int(found.value)


def sending_objections(given: Submit, ctx: Context) -> list[Objection]:
    """What is wrong with an item as it is sent in."""
    found = day_objections(given.happened_on, ctx) + source_objections(given.lawful)
    if given.is_urgent and given.kind not in MOVES:
        found.append(URGENT_ONLY.refuse(path="is_urgent"))
    if given.lawful is Lawful.RIVAL and given.kind in PRICES:
        found.append(CARTEL.warn(path="lawful"))
    if given.competitor is not None:
        retired = Competitor.objects.filter(pk=given.competitor, state="retired").first()
        found += [RETIRED.refuse(path="competitor", name=retired.name)] if retired is not None else []
    return found


def day_objections(day: date | None, ctx: Context) -> list[Objection]:
    """It has happened already, and not in another age: nobody learns that of the market."""
    if day is None:
        return []
    if day > ctx.today:
        return [AHEAD.refuse(path="happened_on")]
    return [LONG_AGO.refuse(path="happened_on")] if day < ctx.today - OLDEST else []


def source_objections(lawful: Lawful) -> list[Objection]:
    """A source that the company takes nothing from, or none declared."""
    if lawful is Lawful.WRONG:
        return [WRONG_SOURCE.refuse(path="lawful")]
    return [DECLARE.refuse(path="lawful")] if lawful is Lawful.UNDECLARED else []


def assess_submit(row: None, given: Submit, ctx: Context) -> Assessment:
    """A lawful source, a day that has come, a competitor that is watched."""
    return Assessment(
        content={"kind": given.kind.value, "lawful": given.lawful.value},
        objections=tuple(sending_objections(given, ctx)),
    )


@operation(
    "intelligence.submit", T("上报情报", "Report something"), Item, input=Submit, creates=True, assess=assess_submit,
    clauses=["2.4.1"],
    help=T(
        "把在市场上看到听到的报上来；必填三项，一分钟内完成，进展可随时查看。",
        "Send in what was seen or heard in the market: three fields, under a minute; what becomes of it can be seen.",
    ),
)  # fmt: skip
def submit(row: None, given: Submit, ctx: Context, assessment: Assessment) -> Effects:
    """The item, with screening as somebody's task."""
    values = {
        "kind": given.kind.value, "channel": given.channel.value, "topic": given.topic, "text": given.text,
        "lawful": given.lawful.value, "competitor_id": given.competitor, "product_id": given.product, "area": given.area,
        "is_urgent": given.is_urgent, "files": list(dict.fromkeys(given.files)),
    }  # fmt: skip
    return taken_in(values, given.happened_on or ctx.today, given.customer, ctx)


def taken_in(values: dict[str, Any], happened_on: date, customer_id: UUID | None, ctx: Context) -> Effects:
    """A new item of the acting person: timely or not by the policy, its answer due from today, screening begun."""
    delay = working_days_since(happened_on, ctx)
    allowed = policies.days_allowed("enter", values["kind"], ctx.company_id, ctx.today)
    customer = customers([customer_id])[customer_id] if customer_id is not None else None
    item = document(
        Item, ctx, "IN", ItemState.SUBMITTED, customer=customer, happened_on=happened_on, delay_days=delay,
        is_timely=rules.is_timely(delay, allowed), **values,
    )  # fmt: skip
    item.topic = item.topic or rules.topic_of(item.text)
    item.answer_due_at = policies.due_at(StepKind.ANSWER, item.kind, item.is_urgent, ctx.now, ctx)
    effects = Effects(result=item)
    item.due_at = policies.due_at(StepKind.SCREEN, item.kind, item.is_urgent, ctx.now, ctx)
    effects.insert(item)
    # Nobody screens what they sent in: where the sender is of marketing, the sales manager does.
    role = "sales_manager" if "marketing" in ctx.actor.roles else "marketing"
    begin(effects, item, StepKind.SCREEN, ctx, role=role, due_at=item.due_at)
    effects.search.append(item)
    return effects


# --- on the customer's record ------------------------------------------------------------------------------------------------


class RecordFeedback(Input):
    """What a customer said, and when."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    text: Words = field(T("客户怎么说", "What the customer said"))
    happened_on: date = field(T("哪天说的", "When"))
    product: Ref("catalog.product") | None = field(T("产品", "Product"), None)
    files: list[Ref("kernel.storedfile")] = field(T("附件", "Files"), default_factory=list, max_length=10)


def assess_feedback(row: None, given: RecordFeedback, ctx: Context) -> Assessment:
    """It was said already."""
    return Assessment(
        content={"kind": ItemKind.FEEDBACK.value, "customer": str(given.customer)},
        objections=tuple(day_objections(given.happened_on, ctx)),
    )


@operation(
    "intelligence.record_feedback", T("记客户意见", "Record feedback"), Item, input=RecordFeedback, creates=True,
    parent="customer", assess=assess_feedback, clauses=["2.4.3"],
    help=T(
        "在客户档案上记下客户的意见；记录与发生相隔几天、事后是否属实都会留下。",
        "What a customer said, on the customer's record; how late it was entered and whether it proved right is kept.",
    ),
)  # fmt: skip
def record_feedback(row: None, given: RecordFeedback, ctx: Context, assessment: Assessment) -> Effects:
    """An item of the customer's own words."""
    values = {
        "kind": ItemKind.FEEDBACK.value, "channel": Channel.CUSTOMER.value, "topic": "", "text": given.text,
        "lawful": Lawful.OPEN.value, "product_id": given.product, "files": list(dict.fromkeys(given.files)),
    }  # fmt: skip
    return taken_in(values, given.happened_on, given.customer, ctx)


# --- by mail -------------------------------------------------------------------------------------------------------------------


class TakeMail(Input):
    """A mail of an employee, read and made harmless."""

    kind: ItemKind = field(T("类别", "Kind"), ItemKind.UNSORTED)
    topic: Topic = field(T("主题", "Topic"), "")
    text: Words = field(T("正文", "Text"))
    message_key: Code = field(T("邮件指纹", "Fingerprint of the mail"), pattern=r"^[0-9a-f]{40}$")
    files: list[Ref("kernel.storedfile")] = field(T("附件", "Files"), default_factory=list, max_length=10)


MAIL_ONCE = Reason(
    "intelligence.mail_once", T("这封邮件已经收过。", "This mail was taken in already.")
)  # fmt: skip


def assess_mail(row: None, given: TakeMail, ctx: Context) -> Assessment:
    """Each mail once."""
    is_known = Item.objects.filter(company_id=ctx.company_id, message_key=given.message_key).exists()
    return Assessment(objections=(MAIL_ONCE.refuse(),) if is_known else ())


@operation(
    "intelligence.take_mail", T("邮件收入情报", "Take in a mail"), Item, input=TakeMail, creates=True, assess=assess_mail,
    channels=["job", "cli"], clauses=["2.4.1"],
    help=T(
        "员工从登记邮箱发来的邮件成为情报；来源由本人补充声明后才能采纳。",
        "A mail from an employee's known address becomes an item; its source is declared by the sender before it is taken up.",
    ),
)  # fmt: skip
def take_mail(row: None, given: TakeMail, ctx: Context, assessment: Assessment) -> Effects:
    """The item, with the declaration of its source as the sender's task."""
    values = {
        "kind": given.kind.value, "channel": Channel.MAIL.value, "topic": given.topic, "text": given.text,
        "lawful": Lawful.UNDECLARED.value, "files": list(dict.fromkeys(given.files)), "message_key": given.message_key,
    }  # fmt: skip
    effects = taken_in(values, ctx.today, None, ctx)
    item = effects.result
    effects.tasks.append(
        NewTask("intelligence.declare_source", item, owner_id=ctx.user_id, due_at=item.due_at)
    )
    return effects


class DeclareSource(Input):
    """How it was come by."""

    lawful: Lawful = field(T("来源声明", "How it was come by"))


def assess_declaring(item: Item, given: DeclareSource | None, ctx: Context) -> Assessment:
    """By the sender, once."""
    found: list[Objection] = []
    if item.lawful != Lawful.UNDECLARED.value:
        found.append(ALREADY_DECLARED.refuse())
    if item.created_by_id != ctx.user_id:
        found.append(NOT_SENDER.refuse())
    if given is not None:
        # What was got wrongly is here already: it is declared, and legal has it before anybody takes it up.
        found += [DECLARE.refuse(path="lawful")] if given.lawful is Lawful.UNDECLARED else []
    return Assessment(objections=tuple(found))


@operation(
    "intelligence.declare_source", T("声明来源", "Declare the source"), Item, input=DeclareSource,
    from_states=[ItemState.SUBMITTED], assess=assess_declaring, clauses=["2.4.1"],
    help=T("邮件发来的情报由提交人说明是怎样得来的。", "Who sent an item by mail says how it was come by."),
)  # fmt: skip
def declare_source(item: Item, given: DeclareSource, ctx: Context, assessment: Assessment) -> Effects:
    """The declaration stands with the item."""
    effects = Effects(result=item)
    effects.update(item, lawful=given.lawful.value)
    return effects
