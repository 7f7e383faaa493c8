"""How reorganisations and department reviews are read."""

from __future__ import annotations

from sellwell.foundation.company.models import (
    DepartmentReview,
    Reorganisation,
    ReorganisationState,
    ReviewOutcome,
)
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

REORGANISATIONS = view(
    "company.reorganisations",
    T("组织调整", "Reorganisations"),
    Reorganisation,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column("title", T("名称", "Title"), path="title"),
        Column("effective_on", T("生效日期", "Takes effect"), "date", path="effective_on", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=ReorganisationState, filterable=True),
        Column("owner", T("负责人", "Accountable"), "person", path="owner", filterable=True),
        Column("applied_on", T("实际生效", "Applied"), "date", path="applied_on", sortable=True),
        Column("note", T("说明", "Note"), path="note", in_list=False),
    ],
    url="reorganisations",
    help=T("组织调整的草稿、预览和生效。", "Changes to the organisation: drafted, looked through, in effect on a day."),
    related=("owner",),
    order=("-effective_on", "-id"),
    label=lambda row: f"{row.number} {row.title}",
    search=lambda row: (row.number, row.title),
    states=ReorganisationState,
    clauses=("2.1.5",),
)  # fmt: skip

REVIEWS = view(
    "company.reviews",
    T("部门检视", "Department reviews"),
    DepartmentReview,
    [
        Column("department", T("部门", "Department"), "ref", path="department__name", ref="company.department"),
        Column("held_on", T("检视日期", "Held"), "date", path="held_on", sortable=True, filterable=True),
        Column("reviewed_by", T("检视人", "By"), "person", path="reviewed_by"),
        Column("outcome", T("结论", "Outcome"), "state", path="outcome", states=ReviewOutcome, filterable=True),
        Column("next_due", T("下次到期", "Next due"), "date", path="next_due", sortable=True),
        Column("reorganisation", T("组织调整", "Change"), "ref", path="reorganisation__number", ref="company.reorganisation"),
        Column("strategy", T("对照战略", "Against strategy"), path="strategy", in_list=False),
        Column("market", T("对照市场", "Against the market"), path="market", in_list=False),
        Column("findings", T("发现", "Findings"), path="findings", in_list=False),
    ],
    url="department-reviews",
    help=T("对照战略和市场检视部门的职责与设置。", "Duties and structure held against strategy and market."),
    related=("department", "reviewed_by", "reorganisation"),
    order=("-held_on", "-id"),
    label=lambda row: f"{row.department.name} {row.held_on.isoformat()}",
    clauses=("2.1.5",),
)  # fmt: skip
