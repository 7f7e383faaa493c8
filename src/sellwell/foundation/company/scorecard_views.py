"""How scorecards of positions are read."""

from __future__ import annotations

from sellwell.foundation.company.models import Scorecard, ScorecardState
from sellwell.foundation.company.rules.scorecards import Measure
from sellwell.kernel.values import T, plain_number
from sellwell.kernel.views import Column, view


def in_words(lines: tuple[Measure, ...]) -> str:
    """The measures with their weights, in the reader's language."""
    return " · ".join(f"{one.label} {plain_number(one.weight)}%" for one in lines)


SCORECARDS = view(
    "company.scorecards",
    T("岗位记分卡", "Scorecards"),
    Scorecard,
    [
        Column("position", T("岗位", "Position"), "ref", value=lambda row: str(row.position), ref="company.position", ref_path="position_id"),
        Column("number", T("版本", "Version"), "quantity", path="number", sortable=True),
        Column("measures", T("指标与权重", "Figures and weights"), value=lambda row: in_words(row.lines)),
        Column("state", T("状态", "State"), "state", path="state", states=ScorecardState, filterable=True),
        Column("since", T("生效", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("失效（不含）", "Until (not included)"), "date", path="until", sortable=True),
        Column("written_by", T("起草人", "Written by"), "person", path="written_by"),
        Column("approved_by", T("批准人", "Approved by"), "person", path="approved_by"),
    ],
    url="scorecards",
    help=T("每个岗位用哪些指标衡量、各占多少权重，按版本管理。", "What each position is measured by, with weights, in versions."),
    related=("position", "written_by", "approved_by"),
    order=("position__layer", "position__code", "-number", "-id"),
    label=str,
    states=ScorecardState,
    clauses=("2.1.1",),
)  # fmt: skip
