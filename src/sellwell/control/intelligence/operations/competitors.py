"""Competitors: kept, reviewed, no longer watched; prices seen at them; named against an opportunity (clause 2.4.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sellwell.control.intelligence.models import Channel, Competitor, CompetitorState, PriceSeen, Rival
from sellwell.control.intelligence.operations.sending import AHEAD, RETIRED
from sellwell.foundation.pricing.queries import prices
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Price, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

ACTIVE, GONE = CompetitorState.ACTIVE, CompetitorState.RETIRED

CODE_TAKEN = Reason(
    "intelligence.code_taken", T("编码 {code} 已被使用，请换一个。", "The code {code} is taken. Choose another one.")
)  # fmt: skip
NAME_TAKEN = Reason(
    "intelligence.name_taken",
    T("“{name}”已在竞争对手名册中。", "“{name}” is in the register of competitors already."),
)
NAMED_ALREADY = Reason(
    "intelligence.named_already",
    T("“{name}”已在这个商机中。", "“{name}” is named in this opportunity already."),
)
NO_OWN_PRICE = Reason(
    "intelligence.no_own_price",
    T(
        "这个产品当日没有我方价格，只记对手价格。",
        "We had no price for this product on that day; only theirs is kept.",
    ),
)
IS_VOID = Reason("intelligence.is_void", T("这一条已作废。", "It is void already."))


class Profile(Input):
    """Who they are and how they stand."""

    name: Name = field(T("名称", "Name"))
    profile: Text = field(T("概况", "Profile"), "")
    offers: Text = field(T("主要产品", "What they sell"), "")
    regions: ShortText = field(T("活跃地区", "Where they are active"), "")
    strengths: Text = field(T("强项", "Strengths"), "")
    weaknesses: Text = field(T("弱项", "Weaknesses"), "")
    source_note: ShortText = field(
        T("资料来源", "On what it rests"), "", help=T("公开资料、展会、客户。", "Public data, fairs, customers.")
    )  # fmt: skip


class AddCompetitor(Profile):
    """A competitor for the register."""

    code: Code = field(T("编码", "Code"), min_length=1, max_length=20)


def name_objections(name: str, ctx: Context, but: UUID | None = None) -> list[Objection]:
    """A name stands once in the register."""
    others = Competitor.objects.filter(company_id=ctx.company_id, name=name)
    taken = (others if but is None else others.exclude(pk=but)).exists()
    return [NAME_TAKEN.refuse(path="name", name=name)] if taken else []


def assess_adding(row: None, given: AddCompetitor, ctx: Context) -> Assessment:
    """Code and name are its own."""
    found = name_objections(given.name, ctx)
    if Competitor.objects.filter(company_id=ctx.company_id, code=given.code).exists():
        found.append(CODE_TAKEN.refuse(path="code", code=given.code))
    return Assessment(objections=tuple(found))


@operation(
    "intelligence.add_competitor", T("登记竞争对手", "Add competitor"), Competitor, input=AddCompetitor, creates=True,
    assess=assess_adding, clauses=["2.4.1"],
    help=T("把竞争对手登记入册：概况、产品、强弱项。", "Enters a competitor: profile, products, strengths and weaknesses."),
)  # fmt: skip
def add_competitor(row: None, given: AddCompetitor, ctx: Context, assessment: Assessment) -> Effects:
    """A watched competitor."""
    made = Competitor(id=new_id(), company_id=ctx.company_id, reviewed_on=ctx.today, **given.model_dump())
    effects = Effects(result=made)
    effects.insert(made)
    effects.search.append(made)
    return effects


def assess_changing(row: Competitor, given: Profile | None, ctx: Context) -> Assessment:
    """Its name stands once."""
    if given is None:
        return Assessment()
    return Assessment(objections=tuple(name_objections(given.name, ctx, row.pk)))


@operation(
    "intelligence.change_competitor", T("更新竞争对手", "Review competitor"), Competitor, input=Profile,
    from_states=[ACTIVE], assess=assess_changing, clauses=["2.4.1"],
    help=T("更新概况和强弱项，并记下复核日期。", "New profile, strengths and weaknesses; the day of the review is kept."),
)  # fmt: skip
def change_competitor(row: Competitor, given: Profile, ctx: Context, assessment: Assessment) -> Effects:
    """As it is known today."""
    effects = Effects(result=row)
    effects.update(row, reviewed_on=ctx.today, **given.model_dump())
    effects.search.append(row)
    return effects


@operation(
    "intelligence.retire_competitor", T("不再关注", "No longer watch"), Competitor, from_states=[ACTIVE], danger=True,
    clauses=["2.4.1"],
    help=T("退出市场或不再相遇的对手。记录保留。", "For one who left the market; what is known stays."),
)  # fmt: skip
def retire_competitor(row: Competitor, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Nobody names it from now on."""
    effects = Effects(result=row)
    effects.update(row, state=GONE.value)
    return effects


@operation(
    "intelligence.watch_again", T("重新关注", "Watch again"), Competitor, from_states=[GONE], clauses=["2.4.1"],
    help=T("重新遇到的对手。", "For one who is met again."),
)  # fmt: skip
def watch_again(row: Competitor, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Watched as before."""
    effects = Effects(result=row)
    effects.update(row, state=ACTIVE.value)
    return effects


# --- prices seen ---------------------------------------------------------------------------------------------------------------


class SeePrice(Input):
    """A price of theirs, and the product of ours that it is held against."""

    competitor: Ref("intelligence.competitor") = field(T("竞争对手", "Competitor"))
    their_product: Annotated[Name, Field(max_length=120)] = field(T("对方产品", "Their product"))
    product: Ref("catalog.product") = field(T("对应我方产品", "Our product"))
    price: Annotated[Price, Field(gt=0)] = field(T("单价", "Unit price"))
    tax_inside: bool = field(T("含税", "Tax inside"), True)
    seen_on: date | None = field(T("看到的日期", "Seen on"), None, help=T("不填为今天。", "Empty: today."))
    channel: Channel = field(T("来源渠道", "Source"), Channel.VISIT)
    item: Ref("intelligence.item") | None = field(T("所据情报", "From the item"), None)
    note: ShortText = field(T("说明", "Note"), "")


def assess_seeing(row: None, given: SeePrice, ctx: Context) -> Assessment:
    """A day that has come; our own price of that day, on the same tax basis, beside it."""
    day = given.seen_on or ctx.today
    found = [AHEAD.refuse(path="seen_on")] if day > ctx.today else []
    named = Competitor.objects.get(pk=given.competitor)
    if named.state == GONE:
        found.append(RETIRED.refuse(path="competitor", name=named.name))
    (ours,) = prices(ctx.company_id, None, None, [(given.product, Decimal(1))], day)
    is_comparable = ours.unit_price is not None and ours.tax_inside == given.tax_inside
    if not is_comparable:
        found.append(NO_OWN_PRICE.warn(path="product"))
    return Assessment(
        content={"product": str(given.product), "price": given.price},
        carry=ours.unit_price if is_comparable else None,
        objections=tuple(found),
    )


@operation(
    "intelligence.see_price", T("记竞品价格", "Enter a price seen"), PriceSeen, input=SeePrice, creates=True,
    parent="competitor", assess=assess_seeing, clauses=["2.4.1"],
    help=T("在哪天、从哪里看到对手卖多少钱；自动取我方当日价格对照。", "What they ask, seen when and where, beside our own price of that day."),
)  # fmt: skip
def see_price(row: None, given: SeePrice, ctx: Context, assessment: Assessment) -> Effects:
    """The observation with our price of its day."""
    made = PriceSeen(
        id=new_id(), company_id=ctx.company_id, competitor_id=given.competitor, product_id=given.product,
        their_product=given.their_product, price=given.price, tax_inside=given.tax_inside,
        seen_on=given.seen_on or ctx.today, channel=given.channel.value, item_id=given.item, our_price=assessment.carry,
        note=given.note, entered_by_id=ctx.user_id,
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    return effects


class VoidPrice(Input):
    """Why it is wrong."""

    reason: Annotated[ShortText, Field(min_length=2)] = field(T("原因", "Reason"))


def assess_voiding(row: PriceSeen | Rival, given: Any, ctx: Context) -> Assessment:
    """It counts so far."""
    return Assessment(objections=(IS_VOID.refuse(),) if row.is_void else ())


@operation(
    "intelligence.void_price", T("作废价格", "Void the price"), PriceSeen, input=VoidPrice, assess=assess_voiding,
    danger=True, clauses=["2.4.1"], help=T("记错的价格作废并写明原因。", "For a price entered by mistake, with the reason."),
)  # fmt: skip
def void_price(row: PriceSeen, given: VoidPrice, ctx: Context, assessment: Assessment) -> Effects:
    """It counts no more."""
    effects = Effects(result=row)
    effects.update(row, is_void=True, void_reason=given.reason)
    return effects


# --- named against an opportunity ------------------------------------------------------------------------------------------------


class NameRival(Input):
    """Who stands against us."""

    opportunity: Ref("pipeline.opportunity") = field(T("商机", "Opportunity"))
    competitor: Ref("intelligence.competitor") = field(T("竞争对手", "Competitor"))
    note: ShortText = field(T("说明", "Note"), "")


def assess_naming(row: None, given: NameRival, ctx: Context) -> Assessment:
    """Watched, and not named there yet."""
    named = Competitor.objects.get(pk=given.competitor)
    found = [RETIRED.refuse(path="competitor", name=named.name)] if named.state == GONE else []
    known = Rival.objects.filter(opportunity_id=given.opportunity, competitor=named, is_void=False)
    if known.exists():
        found.append(NAMED_ALREADY.refuse(path="competitor", name=named.name))
    return Assessment(content={"competitor": str(given.competitor)}, objections=tuple(found))


@operation(
    "intelligence.name_rival", T("登记商机对手", "Name a rival"), Rival, input=NameRival, creates=True,
    parent="opportunity", assess=assess_naming, clauses=["2.4.1"],
    help=T("商机中遇到谁；竞品卡随即显示，赢丢单按对手统计。", "Who stands against us here: their card is shown, and wins and losses are counted by it."),
)  # fmt: skip
def name_rival(row: None, given: NameRival, ctx: Context, assessment: Assessment) -> Effects:
    """The competitor stands with the opportunity."""
    made = Rival(
        id=new_id(), company_id=ctx.company_id, opportunity_id=given.opportunity, competitor_id=given.competitor,
        note=given.note,
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    return effects


@operation(
    "intelligence.drop_rival", T("移除对手", "Not a rival here"), Rival, assess=assess_voiding, clauses=["2.4.1"],
    help=T("对手退出或登记有误。", "They withdrew, or were named by mistake."),
)  # fmt: skip
def drop_rival(row: Rival, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It stands no more with the opportunity."""
    effects = Effects(result=row)
    effects.update(row, is_void=True)
    return effects
