"""What people read of procedures."""

from __future__ import annotations

from sellwell.foundation.procedures.models import Procedure, ProcedureReview, ProcedureState, ReviewOutcome
from sellwell.kernel.access import ROLES
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view


def verb(row: Procedure) -> str:
    """What the verb is called."""
    return str(REGISTRY[row.operation].title) if row.operation in REGISTRY else row.operation


def who(row: Procedure) -> str:
    """Who does it."""
    return str(ROLES[row.role].name) if row.role in ROLES else str(T("有权限者", "Whoever may"))


def said(zh: str, en: str) -> str:
    """A text in the reader's language; without an English side as in Chinese."""
    return str(T(zh, en or zh))


PROCEDURES = view(
    "procedures.view",
    T("操作规程", "Procedures"),
    Procedure,
    [
        Column("title", T("步骤", "Step"), value=verb),
        Column("operation", T("操作代码", "Verb"), "code", path="operation", sortable=True, filterable=True),
        Column("number", T("版本", "Version"), "quantity", path="number", sortable=True),
        Column("state", T("状态", "State"), "state", path="state", states=ProcedureState, filterable=True),
        Column("who", T("执行岗位", "Who does it"), value=who),
        Column(
            "hours", T("时限（工作小时）", "Limit (working hours)"), "quantity", path="hours", sortable=True
        ),
        Column("purpose", T("目的", "Purpose"), value=lambda row: said(row.purpose, row.purpose_en)),
        Column("since", T("自", "Since"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("至", "Until"), "date", path="until", sortable=True),
        Column(
            "next_review_on",
            T("下次评审", "Next review"),
            "date",
            path="next_review_on",
            sortable=True,
            filterable=True,
        ),
        Column("written_by", T("起草人", "Written by"), "person", path="written_by"),
        Column("published_by", T("发布人", "Published by"), "person", path="published_by"),
    ],
    url="procedures",
    help=T(
        "每一步怎么做：目的、步骤、检查、时限，按版本管理。",
        "How each step is done: purpose, steps, checks, limit, in versions.",
    ),
    related=("written_by", "published_by"),
    order=("operation", "-number", "-id"),
    search=lambda row: (row.operation, verb(row), row.purpose),
    label=lambda row: f"{verb(row)} v{row.number}",
    clauses=("1.3.4",),
    states=ProcedureState,
)

REVIEWS = view(
    "procedures.reviews",
    T("规程评审", "Procedure reviews"),
    ProcedureReview,
    [
        Column(
            "procedure",
            T("规程", "Procedure"),
            value=lambda row: f"{verb(row.procedure)} v{row.procedure.number}",
        ),
        Column("held_on", T("评审日", "Held on"), "date", path="held_on", sortable=True, filterable=True),
        Column("since", T("数据自", "Figures since"), "date", path="since"),
        Column("cases", T("办理数", "Cases"), "quantity", path="cases", sortable=True),
        Column(
            "median_hours",
            T("时长中位数（小时）", "Median hours"),
            "quantity",
            path="median_hours",
            sortable=True,
        ),
        Column("late", T("超时数", "Late"), "quantity", path="late", sortable=True),
        Column("outcome", T("结论", "Outcome"), value=lambda row: str(ReviewOutcome(row.outcome).label)),
        Column("reviewed_by", T("评审人", "Reviewed by"), "person", path="reviewed_by"),
        Column("findings", T("发现", "Findings"), path="findings"),
    ],
    url="procedure-reviews",
    help=T(
        "规程的定期评审：上次以来的办理数与时长、发现和结论。",
        "Reviews of procedures: cases and times since the last one, findings, outcome.",
    ),
    related=("procedure", "reviewed_by"),
    order=("-held_on", "-id"),
    label=lambda row: f"{verb(row.procedure)} {row.held_on:%Y-%m-%d}",
    clauses=("1.3.5",),
)
