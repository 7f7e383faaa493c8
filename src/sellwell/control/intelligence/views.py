"""How items, actions and points are read."""

from __future__ import annotations

from sellwell.control.intelligence import views_competitors, views_meetings
from sellwell.control.intelligence.models import (
    Action,
    ActionState,
    Award,
    AwardState,
    Channel,
    Confidentiality,
    Credibility,
    Item,
    ItemKind,
    ItemState,
    Lawful,
    Reliability,
    Verdict,
)
from sellwell.kernel import clock
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

__all__ = ["ACTIONS", "ITEMS", "POINTS", "views_competitors", "views_meetings"]

LATE, IN_TIME = T("已逾期", "late"), T("按时", "in time")


def lateness(row: Item | Action) -> str:
    """Whether its day is over while it is open."""
    due = row.due_at if isinstance(row, Item) else None
    if isinstance(row, Item):
        return str(LATE) if due is not None and due < clock.now() else ""
    is_late = row.state == ActionState.OPEN.value and row.due_on < clock.business_day(clock.now())
    return str(LATE) if is_late else ""


NUMBER = Column("number", T("编号", "Number"), "code", "number", sortable=True, filterable=True)
OWNER = Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True)
DATE = Column(
    "business_date", T("提交日期", "Sent in on"), "date", "business_date", sortable=True, filterable=True
)
COMPETITOR = Column(
    "competitor", T("竞争对手", "Competitor"), "ref", "competitor__name", ref="intelligence.competitor",
    ref_path="competitor_id", filterable=True,
)  # fmt: skip
CUSTOMER = Column(
    "customer", T("客户", "Customer"), "ref", "customer__party__name", ref="customers.customer", ref_path="customer_id",
    filterable=True,
)  # fmt: skip
PRODUCT = Column(
    "product", T("产品", "Product"), "ref", "product__name", ref="catalog.product", ref_path="product_id", filterable=True
)  # fmt: skip

ITEMS = view(
    "intelligence.items",
    T("情报", "Intelligence"),
    Item,
    [
        NUMBER,
        Column("topic", T("主题", "Topic"), path="topic", sortable=True),
        Column("kind", T("类别", "Kind"), "state", "kind", states=ItemKind, sortable=True, filterable=True),
        Column("channel", T("来源", "Source"), "state", "channel", states=Channel, sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=ItemState, sortable=True, filterable=True),
        Column("sender", T("提交人", "Sent in by"), "person", "created_by", filterable=True),
        OWNER,
        Column("due_at", T("本步期限", "Step due"), "datetime", "due_at", sortable=True, filterable=True),
        Column("lateness", T("逾期", "Late"), value=lateness),
        CUSTOMER,
        COMPETITOR,
        PRODUCT,
        Column("area", T("地区", "Region"), path="area", filterable=True),
        Column("happened_on", T("发生日期", "Happened on"), "date", "happened_on", sortable=True, filterable=True),
        Column("delay_days", T("上报间隔（工作日）", "Sent in after (working days)"), "quantity", "delay_days", sortable=True),
        Column("is_timely", T("及时", "In time"), "bool", "is_timely", filterable=True),
        Column("is_urgent", T("紧急", "Urgent"), "bool", "is_urgent", filterable=True),
        Column("lawful", T("来源声明", "Declared source"), "state", "lawful", states=Lawful, filterable=True),
        Column("confidentiality", T("密级", "Confidentiality"), "state", "confidentiality", states=Confidentiality, filterable=True),
        Column("reliability", T("来源可靠性", "Reliability"), "state", "reliability", states=Reliability, filterable=True),
        Column("credibility", T("内容可信度", "Credibility"), "state", "credibility", states=Credibility, filterable=True),
        Column("verdict", T("核实", "Confirmed"), "state", "verdict", states=Verdict, filterable=True),
        Column("text", T("内容", "Text"), path="text", in_list=False),
        Column("finding", T("分析结论", "Finding"), path="finding", in_list=False),
        Column("strategy", T("对策", "What we do"), path="strategy", in_list=False),
        Column("answer", T("反馈", "Answer"), path="answer", in_list=False),
        Column("outcome", T("未采纳原因", "Why not taken up"), path="outcome", in_list=False),
        Column("duplicate_of", T("与之重复", "Repeats"), "ref", "duplicate_of__number", ref="intelligence.item",
               ref_path="duplicate_of_id", in_list=False),
        Column("confirm_note", T("核实依据", "Confirmed on"), path="confirm_note", in_list=False),
        Column("confirmed_at", T("核实时间", "Confirmed at"), "datetime", "confirmed_at", sortable=True),
        Column("answer_due_at", T("反馈期限", "Answer due"), "datetime", "answer_due_at", in_list=False),
        Column("closed_at", T("关闭时间", "Closed at"), "datetime", "closed_at", sortable=True),
        DATE,
    ],
    url="intelligence",
    help=T("在市场上看到听到的，从提交到反馈。", "What was seen and heard in the market, from sending in to the answer."),
    related=("owner", "created_by"),
    related_if_shown=("customer__party", "competitor", "product", "duplicate_of"),
    search=lambda r: (r.number, r.topic),
    found_by=("customer",),
    label=lambda r: f"{r.number} {r.topic}".strip(),
    clauses=("2.4.1", "2.4.4"),
    states=ItemState,
)  # fmt: skip

ACTIONS = view(
    "intelligence.actions",
    T("行动项", "Action items"),
    Action,
    [
        NUMBER,
        Column("text", T("做什么", "What"), path="text"),
        Column("state", T("状态", "State"), "state", "state", states=ActionState, sortable=True, filterable=True),
        OWNER,
        Column("due_on", T("完成期限", "Due"), "date", "due_on", sortable=True, filterable=True),
        Column("lateness", T("逾期", "Late"), value=lateness),
        Column("item", T("所据情报", "From the item"), "ref", "item__number", ref="intelligence.item", ref_path="item_id", filterable=True),
        Column("meeting", T("所据会议", "From the meeting"), "ref", "meeting__number", ref="intelligence.meeting",
               ref_path="meeting_id", filterable=True),
        Column("result", T("结果", "Result"), path="result", in_list=False),
        Column("done_on", T("完成日期", "Done on"), "date", "done_on", sortable=True, filterable=True),
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
    ],
    url="action-items",
    help=T("情报和会议定下来要做的事。", "What is to be done after intelligence and meetings."),
    related=("owner", "item", "meeting"),
    search=lambda r: (r.number, r.text),
    label=lambda r: f"{r.number} {r.text}".strip(),
    clauses=("2.4.3", "2.4.4"),
    states=ActionState,
)  # fmt: skip

POINTS = view(
    "intelligence.points",
    T("情报积分", "Points for intelligence"),
    Award,
    [
        Column("owner", T("提交人", "Sent in by"), "person", "owner", filterable=True),
        Column("item", T("情报", "Item"), "ref", "item__number", ref="intelligence.item", ref_path="item_id", filterable=True),
        Column("points", T("积分", "Points"), "quantity", "points", sortable=True),
        Column("quality", T("质量", "Quality"), "quantity", "quality"),
        Column("novelty", T("新颖", "Novelty"), "quantity", "novelty"),
        Column("impact", T("影响", "Impact"), "quantity", "impact"),
        Column("factor", T("系数", "Factor"), "quantity", "factor"),
        Column("state", T("状态", "State"), "state", "state", states=AwardState, filterable=True),
        Column("awarded_on", T("计分日期", "Given on"), "date", "awarded_on", sortable=True, filterable=True),
        Column("awarded_by", T("计分人", "Given by"), "person", "awarded_by"),
        Column("reversed_on", T("冲回日期", "Taken back on"), "date", "reversed_on"),
        Column("reverse_reason", T("冲回原因", "Why taken back"), path="reverse_reason", in_list=False),
    ],
    url="intelligence-points",
    help=T("属实情报的积分：质量 × 新颖 × 影响 × 系数。", "Points of what proved true: quality x novelty x impact x factor."),
    related=("owner", "item__customer", "awarded_by"),
    order=("-awarded_on", "-id"),
    label=lambda r: f"{r.item.number} · {r.points}",
    clauses=("2.4.5",),
    states=AwardState,
)  # fmt: skip
