"""How standings, grades, stages, pools, tags, segments and clusters are read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.queries import Grade
from sellwell.foundation.relations import (
    groups,
    seed,  # noqa: F401 - companies from before there were stages get their plans with every migration
)
from sellwell.foundation.relations.models import (
    Abc,
    ClusterRun,
    ClusterState,
    GradeChange,
    GradeChangeKind,
    GradeChangeState,
    Pool,
    PoolMove,
    PoolMoveKind,
    RfmClass,
    Run,
    Segment,
    SegmentMode,
    Stage,
    StageMove,
    StagePlan,
    Standing,
    Tag,
    TagKind,
)
from sellwell.foundation.relations.rules.conditions import read
from sellwell.kernel import clock
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view


def words(stored: Any) -> str:
    """A stored sentence in the reader's language."""
    return str(T(stored.get("zh", ""), stored.get("en", ""))) if stored else ""


def _customer(**options: Any) -> Column:
    return Column(
        "customer", T("客户", "Customer"), "ref", path="customer__party__name", ref="customers.customer",
        ref_path="customer_id", filterable=True, **options,
    )  # fmt: skip


def _owner() -> Column:
    return Column("owner", T("负责人", "Owner"), "person", path="customer__owner", filterable=True)


def _with_tag(ids: list[UUID]) -> Q:
    return Q(tag_ids__overlap=ids)


def _in_segment(ids: list[UUID]) -> Q:
    today = clock.business_day(clock.now())
    found = groups.NOBODY
    for segment in Segment.objects.filter(pk__in=ids, is_active=True):
        found |= Q(company_id=segment.company_id) & groups.segment_q(segment, today)
    return found


STANDINGS = view(
    "relations.view",
    T("客户分层", "Customers by standing"),
    Standing,
    [
        _customer(),
        Column("grade", T("等级", "Grade"), "state", path="customer__grade", states=Grade, filterable=True),
        Column("stage", T("阶段", "Stage"), "state", path="stage", states=Stage, filterable=True),
        Column("rfm_class", T("RFM 分类", "RFM class"), "state", path="rfm_class", states=RfmClass, filterable=True),
        Column("rfm", T("RFM 得分", "RFM scores"), path="rfm"),
        Column("abc", T("ABC 分类", "ABC class"), "state", path="abc", states=Abc, filterable=True),
        Column("value", T("近 12 个月成交额", "Value of 12 months"), "amount", path="value", sortable=True, filterable=True),
        Column("purchases", T("近 12 个月次数", "Purchases in 12 months"), "quantity", path="purchases", filterable=True),
        Column("last_on", T("最近购买", "Last purchase"), "date", path="last_on", filterable=True),
        Column("last_contact_on", T("最近联系", "Last contact"), "date", path="last_contact_on", filterable=True),
        Column("visit_due_on", T("应联系日", "Contact due"), "date", path="visit_due_on", sortable=True, filterable=True),
        Column("recycle_on", T("将进公海", "To the pool on"), "date", path="recycle_on", filterable=True),
        Column("score", T("综合得分", "Score"), "quantity", path="score", filterable=True),
        Column("stage_since", T("进入阶段", "In the stage since"), "date", path="stage_since", filterable=True),
        Column("pool", T("公海", "Pool"), "ref", path="pool__name", ref="relations.pool", filterable=True),
        Column("cluster", T("类群", "Cluster"), "quantity", path="cluster", filterable=True),
        Column("tag", T("标签", "Tag"), "ref", ref="relations.tag", condition=_with_tag, filterable=True, in_list=False,
               value=lambda row: None),
        Column("segment", T("客群", "Segment"), "ref", ref="relations.segment", condition=_in_segment, filterable=True,
               in_list=False, value=lambda row: None),
        _owner(),
        Column("region", T("区域", "Region"), path="customer__region", filterable=True),
        Column("as_of", T("评定日", "Judged on"), "date", path="as_of", in_list=False),
    ],
    url="standings",
    help=T("每个客户的等级、阶段、价值和联系情况，每天重算。", "Grade, stage, value and contacts of each customer, computed every day."),
    related=("customer__party", "customer__owner"),
    related_if_shown=("pool",),
    prepare=lambda rows: rows.filter(customer__merged_into__isnull=True),
    order=("-value", "-id"),
    search=lambda row: (),
    found_by=("customer",),
    label=lambda row: row.customer.party.name or row.customer.number,
    clauses=("4.2.1", "4.2.3", "4.3.3"),
)  # fmt: skip

GRADES = view(
    "relations.grades",
    T("等级变动", "Changes of grade"),
    GradeChange,
    [
        _customer(),
        Column("state", T("状态", "State"), "state", path="state", states=GradeChangeState, filterable=True),
        Column("kind", T("依据", "By"), "state", path="kind", states=GradeChangeKind, filterable=True),
        Column("grade_before", T("原等级", "Before"), "state", path="grade_before", states=Grade),
        Column("grade", T("新等级", "Grade"), "state", path="grade", states=Grade, filterable=True),
        Column("score", T("综合得分", "Score"), "quantity", path="score"),
        Column("proposed_on", T("提出日", "Proposed"), "date", path="proposed_on", sortable=True, filterable=True),
        Column("takes_effect_on", T("生效日", "Takes effect"), "date", path="takes_effect_on", filterable=True),
        Column("until", T("有效至（不含）", "Until (excluded)"), "date", path="until"),
        Column("ended_on", T("结束日", "Ended"), "date", path="ended_on"),
        Column("why", T("评定依据", "Why"), value=lambda row: words(row.explanation), in_list=False),
        Column("reason", T("理由", "Reason"), path="reason", in_list=False),
        _owner(),
        Column("region", T("区域", "Region"), path="customer__region", filterable=True),
    ],
    url="grade-changes",
    help=T("等级的评定、指定和历史，每项都有依据。", "Grades proposed, set by hand and past, each with its reasons."),
    related=("customer__party", "customer__owner"),
    order=("-proposed_on", "-id"),
    search=lambda row: (),
    found_by=("customer",),
    label=lambda row: f"{row.customer.party.name or row.customer.number} {row}",
    clauses=("4.2.3",),
    states=GradeChangeState,
)  # fmt: skip

MOVES = view(
    "relations.moves",
    T("阶段变动", "Moves between stages"),
    StageMove,
    [
        _customer(),
        Column("stage_before", T("原阶段", "From"), "state", path="stage_before", states=Stage, filterable=True),
        Column("stage", T("新阶段", "To"), "state", path="stage", states=Stage, filterable=True),
        Column("moved_on", T("日期", "Day"), "date", path="moved_on", sortable=True, filterable=True),
        Column("why", T("依据", "Why"), value=lambda row: words(row.why)),
        _owner(),
    ],
    url="stage-moves",
    help=T("客户在生命周期阶段之间的变动。", "How customers went from stage to stage."),
    related=("customer__party", "customer__owner"),
    order=("-moved_on", "-id"),
    search=lambda row: (),
    found_by=("customer",),
    label=lambda row: f"{row.customer.party.name or row.customer.number} {row}",
    clauses=("4.3.3",),
)  # fmt: skip

PLANS = view(
    "relations.plans",
    T("阶段策略", "Plans of stages"),
    StagePlan,
    [
        Column("stage", T("阶段", "Stage"), "state", path="stage", states=Stage, filterable=True),
        Column("goal", T("目标", "Goal"), path="goal"),
        Column("strategy", T("策略", "Strategy"), path="strategy"),
        Column("service", T("服务方案", "Service"), path="service", in_list=False),
        Column("contact_days", T("几个工作日内联系", "Contact within working days"), "quantity", path="contact_days"),
        Column("since", T("自", "Since"), "date", path="since", filterable=True),
        Column("until", T("至（不含）", "Until (excluded)"), "date", path="until"),
    ],
    url="stage-plans",
    help=T("每个阶段的客户怎样经营。", "What is done with customers in each stage."),
    order=("until", "-since", "-id"),
    clauses=("4.3.3",),
)  # fmt: skip

RUNS = view(
    "relations.runs",
    T("客户评定", "Runs over customers"),
    Run,
    [
        Column("as_of", T("评定日", "Day"), "date", path="as_of", filterable=True),
        Column("at", T("时间", "Time"), "datetime", path="at"),
        Column("customers", T("客户数", "Customers"), "quantity", path="customers"),
        Column("proposed", T("等级建议", "Proposed grades"), "quantity", path="proposed"),
        Column("moved", T("阶段变动", "Moves"), "quantity", path="moved"),
    ],
    url="customer-runs",
    help=T("每天对全部客户的评定。", "The daily judging of all customers."),
    order=("-as_of", "-id"),
    clauses=("4.2.3",),
)  # fmt: skip

POOLS = view(
    "relations.pools",
    T("公海", "Public pools"),
    Pool,
    [
        Column("name", T("名称", "Name"), path="name"),
        Column("region", T("区域", "Region"), path="region", filterable=True),
        Column("owner", T("保管人", "Holder"), "person", path="owner", filterable=True),
        Column("capacity", T("每人客户上限", "Most customers a person"), "quantity", path="capacity"),
        Column("per_day", T("每人每日领取上限", "Most claims a day"), "quantity", path="per_day"),
        Column("rest_days", T("原负责人几天内不得领回", "The last owner waits (days)"), "quantity", path="rest_days"),
        Column("is_open", T("启用", "Open"), "bool", path="is_open", filterable=True),
    ],
    url="pools",
    help=T("无人跟进的客户，由本区域的人领取。", "Customers that nobody looks after, to be claimed by the region's people."),
    related=("owner",),
    order=("-is_open", "region", "-id"),
    clauses=("4.2.3",),
)  # fmt: skip

POOL_MOVES = view(
    "relations.pool_moves",
    T("公海流转", "Moves of the pool"),
    PoolMove,
    [
        _customer(),
        Column("kind", T("方式", "How"), "state", path="kind", states=PoolMoveKind, filterable=True),
        Column("moved_on", T("日期", "Day"), "date", path="moved_on", filterable=True),
        Column("pool", T("公海", "Pool"), "ref", path="pool__name", ref="relations.pool", filterable=True),
        Column("owner_before", T("原负责人", "Before"), "person", path="owner_before", filterable=True),
        Column("owner_after", T("现负责人", "After"), "person", path="owner_after", filterable=True),
        Column("reason", T("原因", "Reason"), path="reason"),
    ],
    url="pool-moves",
    help=T("客户进出公海的经过。", "How customers went into the pool and left it."),
    related=("customer__party", "pool", "owner_before", "owner_after"),
    order=("-moved_on", "-id"),
    search=lambda row: (),
    found_by=("customer",),
    label=lambda row: f"{row.customer.party.name or row.customer.number} {row}",
    clauses=("4.2.3",),
)  # fmt: skip


def conditions_in_words(row: Any) -> str:
    """The conditions of a tag or segment in one line."""
    return "；".join(str(one.text) for one in read(row.conditions))


TAGS = view(
    "relations.tags",
    T("标签", "Tags"),
    Tag,
    [
        Column("name", T("名称", "Name"), path="name", filterable=True),
        Column("group", T("分组", "Group"), path="group", filterable=True),
        Column("kind", T("方式", "Given"), "state", path="kind", states=TagKind, filterable=True),
        Column("rule", T("规则", "Rule"), value=conditions_in_words),
        Column("about", T("说明", "About"), path="about"),
        Column("is_active", T("启用", "In use"), "bool", path="is_active", filterable=True),
    ],
    url="tags",
    help=T("给客户打的标签：人工或按规则。", "Words that customers are marked with, by hand or by rule."),
    order=("-is_active", "group", "name", "id"),
    search=lambda row: (row.name, row.group),
    clauses=("4.3.2",),
)  # fmt: skip

SEGMENTS = view(
    "relations.segments",
    T("客群", "Segments"),
    Segment,
    [
        Column("name", T("名称", "Name"), path="name", filterable=True),
        Column("about", T("用途", "What for"), path="about"),
        Column("mode", T("条件关系", "Joined by"), "state", path="mode", states=SegmentMode, filterable=True),
        Column("rule", T("条件", "Conditions"), value=conditions_in_words),
        Column("owner", T("负责人", "Owner"), "person", path="owner", filterable=True),
        Column("made_on", T("建立日", "Made"), "date", path="made_on", filterable=True),
        Column("is_active", T("启用", "In use"), "bool", path="is_active", filterable=True),
    ],
    url="segments",
    help=T("按条件、标签和其他客群组合的客户，可反复使用。", "Customers by conditions, tags and other segments, to be used again."),
    related=("owner",),
    order=("-made_on", "-id"),
    search=lambda row: (row.name,),
    clauses=("4.2.1", "4.3.2"),
)  # fmt: skip

CLUSTERS = view(
    "relations.clusters",
    T("聚类分析", "Clusterings"),
    ClusterRun,
    [
        Column("asked_on", T("日期", "Day"), "date", path="asked_on", filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=ClusterState, filterable=True),
        Column("customers", T("客户数", "Customers"), "quantity", path="customers"),
        Column("count", T("类群数", "Clusters"), "quantity", path="count"),
        Column("silhouette", T("轮廓系数", "Silhouette"), "quantity", path="silhouette"),
        Column("rand_index", T("与上次的一致性", "Agreement with the last"), "quantity", path="rand_index"),
        Column("done_at", T("完成时间", "Done"), "datetime", path="done_at"),
    ],
    url="clusterings",
    help=T("把相似的客户分成类群，附质量指标。", "Like customers found together, with measures of quality."),
    order=("-asked_on", "-id"),
    label=lambda row: f"{row.asked_on:%Y-%m-%d}",
    clauses=("4.3.2",),
    states=ClusterState,
)  # fmt: skip
