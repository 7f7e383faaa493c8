"""What people read of cycles and sign-offs."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from sellwell.kernel import clock
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.steering.plans import queries, rules
from sellwell.steering.plans.models import Cycle, CycleState, CycleStep, SignOff, SignOffKind, SignOffState
from sellwell.steering.plans.rules import CycleLength

NONE_LEFT = T("五步都已完成", "All five done")


def with_steps(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The step whose turn it is, and those that were or are late, in the same query."""
    day = clock.business_day(clock.now())
    steps = CycleStep.objects.filter(cycle=OuterRef("pk")).order_by("position").values("kind")
    late = Q(done_on__gt=F("due_on")) | Q(done_on=None, due_on__lt=day)
    return rows.annotate(
        next_kind=Subquery(steps.filter(done_on=None)[:1]), late_kinds=ArraySubquery(steps.filter(late))
    )


def next_words(cycle: Any) -> str:
    """The step whose turn it is."""
    return str(queries.step_label(cycle.next_kind) if cycle.next_kind else NONE_LEFT)


def late_words(cycle: Any) -> str:
    """The steps that were or are late, by name."""
    return str(T("、", ", ")).join(str(queries.step_label(kind)) for kind in cycle.late_kinds)


def cycle_name(cycle: Any) -> str:
    """华东大区 2026-11."""
    return f"{queries.name_of(cycle.department)} {rules.period_name(cycle.since, cycle.length)}"


CYCLES = view(
    "plans.cycles",
    T("管理循环", "Management cycles"),
    Cycle,
    [
        Column("number", T("编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("department", T("部门", "Department"), "ref", "department__name", ref="company.department",
               ref_path="department_id", filterable=True),
        Column("since", T("期初", "From"), "date", "since", sortable=True, filterable=True),
        Column("until", T("截止（不含）", "Until (not included)"), "date", "until", sortable=True),
        Column("length", T("周期", "Period"), "state", "length", states=CycleLength, filterable=True),
        Column("next", T("下一步", "Next step"), value=next_words),
        Column("late", T("逾期步骤", "Late steps"), value=late_words),
        Column("state", T("状态", "State"), "state", "state", states=CycleState, filterable=True),
        Column("owner", T("负责人", "Accountable"), "person", "owner", filterable=True),
        Column("stop_reason", T("中止原因", "Why stopped"), path="stop_reason", in_list=False),
    ],
    url="cycles",
    help=T(
        "每个部门每期的五步：定目标、编计划、盯执行、析数据、解问题。",
        "The five steps of each department and period: target, plan, monitoring, analysis, problem solving.",
    ),
    related=("department", "owner"),
    prepare=with_steps,
    order=("-since", "number", "id"),
    search=lambda cycle: (cycle.number,),
    label=cycle_name,
    states=CycleState,
    clauses=("2.2.3",),
)  # fmt: skip

SIGN_OFFS = view(
    "plans.sign_offs",
    T("会签", "Sign-offs"),
    SignOff,
    [
        Column("number", T("编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("title", T("名称", "Title"), path="title", filterable=True),
        Column("kind", T("类别", "Kind"), "state", "kind", states=SignOffKind, filterable=True),
        Column("department", T("部门", "Department"), "ref", "department__name", ref="company.department",
               ref_path="department_id", filterable=True),
        Column("since", T("开始日期", "From"), "date", "since", sortable=True, filterable=True),
        Column("until", T("截止日期（不含）", "Until (not included)"), "date", "until", sortable=True, filterable=True),
        Column("amount", T("金额", "Amount"), "amount", "amount", sortable=True, filterable=True),
        Column("revision", T("版次", "Revision"), "quantity", "revision"),
        Column("state", T("状态", "State"), "state", "state", states=SignOffState, filterable=True),
        Column("effective_on", T("生效日期", "In force since"), "date", "effective_on", sortable=True, filterable=True),
        Column("replaced_on", T("取代日期", "Replaced on"), "date", "replaced_on", in_list=False),
        Column("previous", T("上一版", "Version before"), "ref", "previous__number", ref="plans.signoff",
               ref_path="previous_id", in_list=False),
        Column("business_date", T("起草日期", "Drafted on"), "date", "business_date", sortable=True, filterable=True),
        Column("owner", T("负责人", "Accountable"), "person", "owner", filterable=True),
        Column("text", T("正文", "Text"), path="text", in_list=False),
        Column("fingerprint", T("内容指纹", "Fingerprint"), "code", value=lambda row: row.content_hash[:12], in_list=False),
    ],
    url="sign-offs",
    help=T(
        "须各方签署才生效的销售预算、营销策略等。",
        "Sales budgets, marketing strategies and the like, in force once every side has signed.",
    ),
    related=("department", "owner"),
    related_if_shown=("previous",),
    search=lambda row: (row.number, row.title),
    label=lambda row: f"{row.number} {row.title}",
    states=SignOffState,
    clauses=("2.2.5",),
)  # fmt: skip
