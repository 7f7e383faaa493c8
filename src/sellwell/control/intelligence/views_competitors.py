"""How competitors, prices seen, battle cards and rivals are read."""

from __future__ import annotations

from decimal import Decimal

from sellwell.control.intelligence.models import (
    BattleCard,
    CardState,
    Channel,
    Competitor,
    CompetitorState,
    PriceSeen,
    Rival,
)
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.selling.pipeline.views import Stage

COMPETITOR = Column(
    "competitor", T("竞争对手", "Competitor"), "ref", "competitor__name", ref="intelligence.competitor",
    ref_path="competitor_id", filterable=True,
)  # fmt: skip


def gap(row: PriceSeen) -> Decimal | None:
    """By which share our price lies above theirs; None where we had none on the same tax basis."""
    if row.our_price is None:
        return None
    return ((row.our_price - row.price) / row.price).quantize(Decimal("0.001"))


COMPETITORS = view(
    "intelligence.competitors",
    T("竞争对手", "Competitors"),
    Competitor,
    [
        Column("code", T("编码", "Code"), "code", "code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), path="name", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=CompetitorState, filterable=True),
        Column("regions", T("活跃地区", "Regions"), path="regions"),
        Column("offers", T("主要产品", "What they sell"), path="offers", in_list=False),
        Column("profile", T("概况", "Profile"), path="profile", in_list=False),
        Column("strengths", T("强项", "Strengths"), path="strengths", in_list=False),
        Column("weaknesses", T("弱项", "Weaknesses"), path="weaknesses", in_list=False),
        Column("source_note", T("资料来源", "On what it rests"), path="source_note", in_list=False),
        Column("reviewed_on", T("复核日期", "Reviewed on"), "date", "reviewed_on", sortable=True, filterable=True),
    ],
    url="competitors",
    help=T("谁在和我们竞争，强在哪里、弱在哪里。", "Who sells against us, and where they are strong and weak."),
    order=("code", "id"),
    search=lambda r: (r.code, r.name),
    label=lambda r: r.name,
    clauses=("2.4.1",),
    states=CompetitorState,
)  # fmt: skip

PRICES = view(
    "intelligence.prices",
    T("竞品价格", "Competitors' prices"),
    PriceSeen,
    [
        COMPETITOR,
        Column("their_product", T("对方产品", "Their product"), path="their_product", sortable=True),
        Column("product", T("我方产品", "Our product"), "ref", "product__name", ref="catalog.product", ref_path="product_id", filterable=True),
        Column("price", T("对方单价", "Their price"), "price", "price", sortable=True),
        Column("our_price", T("我方当日价", "Ours that day"), "price", "our_price"),
        Column("gap", T("我方高出", "Ours above theirs"), "rate", value=gap),
        Column("tax_inside", T("含税", "Tax inside"), "bool", "tax_inside", filterable=True),
        Column("seen_on", T("看到的日期", "Seen on"), "date", "seen_on", sortable=True, filterable=True),
        Column("channel", T("来源", "Source"), "state", "channel", states=Channel, filterable=True),
        Column("item", T("所据情报", "From the item"), "ref", "item__number", ref="intelligence.item", ref_path="item_id", in_list=False),
        Column("note", T("说明", "Note"), path="note", in_list=False),
        Column("entered_by", T("记录人", "Entered by"), "person", "entered_by"),
        Column("is_void", T("已作废", "Void"), "bool", "is_void", filterable=True),
        Column("void_reason", T("作废原因", "Why void"), path="void_reason", in_list=False),
    ],
    url="competitor-prices",
    help=T("在对手处看到的价格，旁边是我方当日价格。", "Prices seen at competitors, beside our own of that day."),
    related=("competitor", "product", "entered_by"),
    related_if_shown=("item",),
    order=("-seen_on", "-id"),
    label=lambda r: f"{r.competitor.name} {r.their_product}",
    clauses=("2.4.1",),
)  # fmt: skip

CARDS = view(
    "intelligence.cards",
    T("竞品卡", "Battle cards"),
    BattleCard,
    [
        Column("number", T("编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("title", T("标题", "Title"), path="title", sortable=True),
        COMPETITOR,
        Column("line", T("产品线", "Product line"), path="line", filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=CardState, sortable=True, filterable=True),
        Column("revision", T("版本", "Version"), "quantity", "revision"),
        Column("in_force_on", T("生效日期", "In force on"), "date", "in_force_on", sortable=True, filterable=True),
        Column("valid_until", T("有效至（不含）", "Valid until (excluded)"), "date", "valid_until", sortable=True, filterable=True),
        Column("they_say", T("对方怎么说", "What they say"), path="they_say", in_list=False),
        Column("we_say", T("我们怎么答", "What we answer"), path="we_say", in_list=False),
        Column("ask", T("该问客户的问题", "Questions to ask"), path="ask", in_list=False),
        Column("proof", T("依据与案例", "Proof and cases"), path="proof", in_list=False),
        Column("avoid", T("不说什么", "What is not said"), path="avoid", in_list=False),
        Column("previous", T("上一版", "Version before"), "ref", "previous__number", ref="intelligence.battlecard",
               ref_path="previous_id", in_list=False),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
    ],
    url="battle-cards",
    help=T("遇到对手时怎么谈：经审批，有有效期。", "How to talk where a competitor is met: approved, good until a day."),
    related=("competitor", "owner"),
    related_if_shown=("previous",),
    search=lambda r: (r.number, r.title),
    label=lambda r: f"{r.title} v{r.revision}",
    clauses=("2.4.1",),
    states=CardState,
)  # fmt: skip

RIVALS = view(
    "intelligence.rivals",
    T("商机中的竞争对手", "Competitors in opportunities"),
    Rival,
    [
        COMPETITOR,
        Column("opportunity", T("商机", "Opportunity"), "ref", "opportunity__title", ref="pipeline.opportunity",
               ref_path="opportunity_id", filterable=True),
        Column("stage", T("阶段", "Stage"), "state", "opportunity__state", states=Stage, filterable=True),
        Column("amount", T("预计金额", "Expected amount"), "amount", "opportunity__expected_amount", sortable=True),
        Column("owner", T("负责人", "Owner"), "person", "opportunity__owner"),
        Column("note", T("说明", "Note"), path="note", in_list=False),
        Column("is_void", T("已移除", "Removed"), "bool", "is_void", filterable=True),
    ],
    url="rivals",
    help=T("哪个商机里遇到了谁。", "Who stands against us in which opportunity."),
    related=("competitor", "opportunity__owner"),
    order=("-id",),
    label=lambda r: r.competitor.name,
    clauses=("2.4.1",),
)  # fmt: skip
