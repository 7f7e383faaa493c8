"""Lists and records: standings, grades, moves, plans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sellwell.foundation.relations.models import GradeChange, GradeChangeState
from sellwell.foundation.relations.views import (
    GRADES,
    MOVES,
    PLANS,
    POOL_MOVES,
    RUNS,
    STANDINGS,
    words,
)
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import form, list_page, panel, record_page, section

section("relations", T("客户经营", "Customer relations"), order=22)

list_page(
    STANDINGS, section="relations", icon="layers", order=10,
    columns=["customer", "grade", "stage", "rfm_class", "value", "purchases", "last_on", "visit_due_on", "owner"],
    card=["customer", "grade", "stage", "value"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("late", T("该联系未联系", "Contact overdue"), {"visit_due_on": "past", "sort": "visit_due_on"}),
        ("key", T("A 级", "Grade A"), {"grade": "A"}),
        ("leaving", T("衰退与沉睡", "Declining and dormant"), {"stage": "declining"}),
    ],
    links=[
        (T("阶段", "Stages"), "/customer-stages", STANDINGS.name), (T("等级变动", "Grades"), "/grade-changes/", GRADES.name),
    ],
    empty=T("还没有评定。登记客户后，系统每天自动评定。", "Nobody was judged yet. Enter customers: they are judged every day."),
)  # fmt: skip

list_page(
    GRADES, section="relations", icon="star", order=30,
    columns=["customer", "state", "grade_before", "grade", "score", "kind", "takes_effect_on", "owner"],
    card=["customer", "state", "grade", "takes_effect_on"],
    saved=[
        ("proposed", T("待生效", "Proposed"), {"state": "proposed"}),
        ("override", T("人工指定", "Set by hand"), {"kind": "override"}),
    ],
    links=[(T("每日评定", "Daily runs"), "/customer-runs/", RUNS.name)],
    empty=T("还没有等级变动。系统每天按制度评定。", "No changes of grade yet. The policy is applied every day."),
)  # fmt: skip
record_page(
    GRADES, path=[GradeChangeState.PROPOSED, GradeChangeState.EFFECTIVE, GradeChangeState.ENDED],
    facts=["customer", "kind", "grade_before", "grade", "score", "proposed_on", "takes_effect_on", "until", "ended_on", "reason"],
)  # fmt: skip

list_page(
    MOVES, columns=["customer", "stage_before", "stage", "moved_on", "why", "owner"], card=["customer", "stage", "moved_on"],
    empty=T("还没有阶段变动。", "No customer has moved between stages yet."),
)  # fmt: skip
list_page(
    PLANS, section="relations", icon="flag", order=40, new=["relations.set_plan"],
    columns=["stage", "goal", "strategy", "contact_days", "since", "until"], card=["stage", "goal"],
    empty=T("还没有阶段策略。为每个阶段写下目标和策略。", "No plans yet. Write a goal and a strategy for each stage."),
)  # fmt: skip
record_page(PLANS, facts=["stage", "goal", "strategy", "service", "contact_days", "since", "until"])
list_page(RUNS, new=["relations.compute"], empty=T("还没有评定过。", "No run yet."))
list_page(
    POOL_MOVES, columns=["customer", "kind", "moved_on", "pool", "owner_before", "owner_after", "reason"],
    card=["customer", "kind", "moved_on"], empty=T("公海还没有流转。", "Nothing came into a pool or left it yet."),
)  # fmt: skip


def reasons(change: GradeChange, ctx: Context) -> dict[str, Any] | None:
    """Why the policy gave the grade."""
    if not change.explanation:
        return None
    return {"why": words(change.explanation), "policies": change.policies}


panel(
    "relations.gradechange",
    "why",
    T("评定依据", "Why"),
    "relations/_why.html",
    context=reasons,
    place="main",
    order=10,
)


def _override_initial(row: Any, ctx: Context) -> Mapping[str, Any]:
    return {"grade": row.grade, "until": ctx.today + timedelta(days=90)}


form("relations.set_plan", wide=True, after=lambda outcome, ctx: "/customer-stages")
form("relations.override_grade", initial=_override_initial)
form("relations.release", after=lambda outcome, ctx: "/customers/")
