"""How goals are read."""

from __future__ import annotations

from sellwell.foundation.company.models import Goal
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

GOALS = view(
    "company.goals",
    T("战略目标", "Strategic goals"),
    Goal,
    [
        Column("code", T("代码", "Code"), "code", path="code", sortable=True, filterable=True),
        Column("name", T("目标", "Goal"), value=str),
        Column("since", T("开始", "From"), "date", path="since", sortable=True),
        Column("until", T("截止（不含）", "Until (not included)"), "date", path="until", sortable=True),
    ],
    url="goals",
    help=T(
        "企业的战略目标与承接部门。", "The company's strategic goals, and the departments that serve them."
    ),
    order=("code", "id"),
    label=str,
    clauses=("2.1.2",),
)
