"""What people read of retention: scores, cases, playbooks, runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from sellwell.foundation.retention import queries, rules
from sellwell.foundation.retention.models import (
    Arm,
    Intervention,
    InterventionState,
    Method,
    Playbook,
    PlaybookState,
    RiskLevel,
    Run,
    Score,
)
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view


def joined(words: Iterable[T]) -> str:
    """Reasons as one line."""
    return str(T("；", "; ")).join(str(one) for one in words)


def why(score: Score) -> str:
    """The reasons of a score."""
    return joined(rules.drivers(queries.facts_of(score)))


def why_then(case: Intervention) -> str:
    """The reasons as they were when the case was opened."""
    return joined(T(zh, en) for zh, en in case.reason)


def _latest(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(run__is_latest=True, customer__merged_into__isnull=True)


CUSTOMER = Column(
    "customer", T("客户", "Customer"), "ref", "customer__party__name", ref="customers.customer", ref_path="customer_id",
    filterable=True,
)  # fmt: skip
OWNER = Column("owner", T("负责人", "Owner"), "person", "customer__owner", filterable=True)
LEVEL = Column("level", T("风险", "Risk"), "state", "level", states=RiskLevel, filterable=True)
RISK = Column("risk", T("流失概率", "Probability to leave"), "rate", "risk", sortable=True, filterable=True)

SCORES = view(
    "retention.scores",
    T("流失风险", "Churn risk"),
    Score,
    [
        CUSTOMER,
        LEVEL,
        RISK,
        Column("why", T("原因", "Why"), value=why),
        Column(
            "value",
            T("90 天预期价值", "Value expected in 90 days"),
            "amount",
            "value",
            sortable=True,
            filterable=True,
        ),
        Column("grade", T("等级", "Grade"), "code", "customer__grade", filterable=True),
        OWNER,
        Column("idle", T("未购买天数", "Days idle"), "quantity", "idle", sortable=True, filterable=True),
        Column("purchases", T("购买次数", "Purchases"), "quantity", "purchases", sortable=True),
        Column("alive", T("活跃概率", "Probability alive"), "rate", "alive", sortable=True),
        Column("expected", T("预期购买次数", "Expected purchases"), "quantity", "expected"),
        Column("spending", T("预期单次金额", "Expected amount of one purchase"), "amount", "spending"),
        Column("on", T("评分日", "As of"), "date", "run__on"),
    ],
    url="churn-risk",
    help=T(
        "最近一次评分：每个客户未来 90 天不再购买的概率、原因和预期价值。",
        "The latest scores: how likely each customer buys nothing in the next 90 days, why, and what is expected of them.",
    ),
    related=("customer__party", "customer__owner", "run"),
    prepare=_latest,
    order=("-urgency", "-id"),
    label=lambda row: f"{row.customer} {row.run.on:%Y-%m-%d}",
    clauses=("4.2.5",),
)

CASES = view(
    "retention.cases",
    T("挽留任务", "Retention cases"),
    Intervention,
    [
        CUSTOMER,
        Column("state", T("状态", "State"), "state", "state", states=InterventionState, filterable=True),
        LEVEL,
        Column("why", T("原因", "Why"), value=why_then),
        Column("due_on", T("最迟联系", "Contact by"), "date", "due_on", sortable=True, filterable=True),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
        Column("playbook", T("方案", "Playbook"), "ref", "playbook__name", ref="retention.playbook", filterable=True),
        Column("arm", T("组别", "Group"), "state", "arm", states=Arm, filterable=True),
        Column("opened_on", T("建立日", "Opened"), "date", "opened_on", sortable=True, filterable=True),
        Column("contacted_on", T("联系日", "Contacted"), "date", "contacted_on", sortable=True),
        Column("judged_from", T("评估日", "Judged on"), "date", "judged_from", sortable=True),
        Column("came_back", T("已回购", "Came back"), "bool", "came_back", filterable=True),
        Column("advice", T("做什么", "What to do"), path="playbook__advice", in_list=False),
        Column("note", T("沟通情况", "What was said"), path="note", in_list=False),
        Column("offer", T("提出的方案", "What was offered"), path="offer", in_list=False),
        Column("lost_reason", T("流失原因", "Why they left"), path="lost_reason", in_list=False),
    ],
    url="retention-cases",
    help=T(
        "为有流失风险的客户建立的任务，及只作观察的对照组。", "What is done for customers at risk, and the hold-out group that is only watched."
    ),
    related=("customer__party", "owner", "playbook"),
    order=("-opened_on", "-id"),
    label=lambda row: f"{row.customer} {row.opened_on:%Y-%m-%d}",
    clauses=("4.2.5",),
    states=InterventionState,
)  # fmt: skip

PLAYBOOKS = view(
    "retention.playbooks",
    T("挽留方案", "Retention playbooks"),
    Playbook,
    [
        Column("name", T("名称", "Name"), path="name", sortable=True),
        Column("code", T("代码", "Code"), "code", "code", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=PlaybookState, filterable=True),
        Column("level", T("风险达到", "Risk from"), "state", "level", states=RiskLevel),
        Column("grades", T("客户等级", "Grades"), value=lambda row: str(T("、", ", ")).join(row.grades) or str(T("全部", "All"))),
        Column("least_value", T("预期价值不低于", "Expected value from"), "amount", "least_value"),
        Column("days", T("首次联系（工作日）", "First contact (working days)"), "quantity", "days"),
        Column("holdout", T("对照组（%）", "Hold-out (%)"), "quantity", "holdout"),
        Column("started_on", T("开始日", "Started"), "date", "started_on", sortable=True),
        Column("advice", T("做什么", "What to do"), path="advice", in_list=False),
    ],
    url="retention-playbooks",
    help=T(
        "对哪些有风险的客户、多久内、做什么，以及实际多挽回了多少。", "Which customers at risk are contacted, by when, with what, and what it gained."
    ),
    order=("code", "id"),
    search=lambda row: (row.code, row.name),
    label=lambda row: row.name,
    clauses=("4.2.5",),
    states=PlaybookState,
)  # fmt: skip

RUNS = view(
    "retention.runs",
    T("流失评分批次", "Churn scoring runs"),
    Run,
    [
        Column("on", T("评分日", "As of"), "date", "on", sortable=True, filterable=True),
        Column("method", T("采用的方法", "Method in use"), "state", "method", states=Method, filterable=True),
        Column("auc", T("区分度（AUC）", "Discrimination (AUC)"), "quantity", "auc", sortable=True),
        Column("calibration", T("校准误差", "Calibration error"), "rate", "calibration"),
        Column("base_rate", T("实际流失率", "Share who left"), "rate", "base_rate"),
        Column("judged", T("检验客户数", "Judged on"), "quantity", "judged"),
        Column("customers", T("评分客户数", "Customers scored"), "quantity", "customers"),
        Column("horizon", T("预测天数", "Days ahead"), "quantity", "horizon"),
        Column("learnt_on", T("训练截至", "Learnt until"), "date", "learnt_on", in_list=False),
        Column("judged_on", T("检验起于", "Judged from"), "date", "judged_on", in_list=False),
        Column("model_version", T("模型版本", "Model version"), "code", "model_version", in_list=False),
    ],
    url="churn-models",
    help=T(
        "每次评分用了哪种方法，在留出时段上有多准。",
        "Which method each run used, and how good it was on time held back.",
    ),
    order=("-on", "-id"),
    label=lambda row: f"{row.on:%Y-%m-%d}",
    clauses=("4.2.5",),
)
