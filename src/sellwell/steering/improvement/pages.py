"""What people see of training and assessment: courses, rules, results, and who owes what by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from sellwell.foundation.company import queries as company
from sellwell.kernel import directory
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.improvement import queries
from sellwell.steering.improvement.models import CourseState, RecordState
from sellwell.steering.improvement.queries import PersonDue
from sellwell.steering.improvement.views import ASSESSMENTS, COURSES, RULES, TRAININGS
from sellwell.web.registry import (
    Number,
    Warning_,
    family,
    figure,
    form,
    list_page,
    page,
    panel,
    record_page,
    related,
    section,
    warnings,
)
from sellwell.web.shortcuts import render, require

section("manual", T("手册与培训", "Manual and training"), order=85)
family("/training-due", "/trainings/", "/assessments/", "/courses/", "/course-rules/")

# --- lists and records -------------------------------------------------------------------------------------------------

list_page(
    COURSES, section="manual", icon="book", order=60, new=["improvement.add_course"], card=["name", "state"],
    saved=[("active", T("在用", "In use"), {"state": "active"})],
    empty=T("还没有课程。先新建课程，再设定谁须通过。", "No courses yet. Add one, then say who must pass it."),
)  # fmt: skip
record_page(
    COURSES, path=[CourseState.ACTIVE], facts=["code", "purpose", "hours", "pass_mark", "valid_months"]
)
related("improvement.course", RULES, by="course_id", place="main", order=10,
        columns=["role", "operations", "days", "since", "until"])  # fmt: skip
related("improvement.course", TRAININGS, by="course_id", place="main", order=20)

list_page(
    RULES, section="manual", icon="flag", order=65, new=["improvement.require_course"], bulk=["improvement.end_rule"],
    card=["course", "role"],
    empty=T("还没有培训要求。设定后，到期与未通过会自动提示。", "No course rules yet. With one, what is due shows by itself."),
)  # fmt: skip
record_page(RULES)

list_page(
    TRAININGS, section="manual", icon="check", order=70, new=["improvement.record_training"],
    columns=["person", "course", "held_on", "score", "passed", "valid_until", "state"], card=["person", "course", "passed"],
    saved=[("valid", T("有效", "Valid"), {"state": "valid"}), ("failed", T("未通过", "Not passed"), {"passed": "false", "state": "valid"})],
    empty=T("还没有培训记录。", "No trainings yet."),
)  # fmt: skip
record_page(TRAININGS, path=[RecordState.VALID])

list_page(
    ASSESSMENTS, section="manual", icon="star", order=75, new=["improvement.record_assessment"],
    columns=["person", "kind", "held_on", "score", "passed", "next_due_on", "state"], card=["person", "kind", "passed"],
    saved=[("valid", T("有效", "Valid"), {"state": "valid"})],
    empty=T("还没有考核记录。", "No assessments yet."),
)  # fmt: skip
record_page(ASSESSMENTS, path=[RecordState.VALID])

form("improvement.require_course", wide=True, initial=lambda row, ctx: {"since": ctx.today})
form("improvement.end_rule", initial=lambda row, ctx: {"until": ctx.today})
form("improvement.record_training", initial=lambda row, ctx: {"held_on": ctx.today})
form("improvement.record_assessment", initial=lambda row, ctx: {"held_on": ctx.today})

# --- what is due ---------------------------------------------------------------------------------------------------------

ASSESSMENT = T("定期考核", "Regular assessment")


@dataclass(frozen=True)
class DueLine:
    """A line of the page: whom, what, by when, and the button that records the result."""

    person: str
    what: T | str
    due_on: Any
    is_overdue: bool
    ran_out_on: Any
    url: str


def _lines(found: list[PersonDue], ctx: Context) -> list[DueLine]:
    names = directory.current().names({one.user_id for one in found})
    courses = queries.course_names({one.due.course_id for one in found if one.due})
    return [
        DueLine(
            names.get(one.user_id, ""), courses[one.due.course_id] if one.due else ASSESSMENT, one.due_on,
            one.is_overdue(ctx.today), one.due.ran_out_on if one.due else None, _record_url(one, ctx),
        )
        for one in found
    ]  # fmt: skip


def _record_url(one: PersonDue, ctx: Context) -> str:
    """Where the result is recorded, for those who may."""
    verb = "improvement.record_training" if one.due else "improvement.record_assessment"
    if not ctx.actor.may(verb) or one.user_id == ctx.user_id:
        return ""
    course = f"&course={one.due.course_id}" if one.due else ""
    return f"/do/{verb}/?person={one.user_id}{course}"


def _seen(ctx: Context) -> list[PersonDue]:
    """What the reader may see: one's own, one's department's people, or all."""
    scopes = {cell.scope for cell in ctx.actor.cells("improvement.due")}
    if scopes & {"company", "group"}:
        return queries.due_list(ctx.company_id, ctx.today)
    if "department" not in scopes:
        return queries.due_list(ctx.company_id, ctx.today, ctx.user_id)
    paths = tuple(
        c.post.department_path for c in ctx.actor.cells("improvement.due") if c.scope == "department"
    )
    mine = company.people_below(paths, ctx.company_id, ctx.today) | {ctx.user_id}
    return [one for one in queries.due_list(ctx.company_id, ctx.today) if one.user_id in mine]


def due(request: Any) -> HttpResponse:
    """Who owes which course or assessment, the overdue first."""
    require(request, "improvement.due")
    lines = _lines(_seen(request.ctx), request.ctx)
    shown = request.GET.get("show", "all")
    late = [line for line in lines if line.is_overdue]
    context = {
        "lines": late if shown == "late" else lines,
        "late": len(late),
        "all": len(lines),
        "shown": shown,
    }
    return render(request, "improvement/due.html", context, title=T("应训应考", "Due"))


page("training-due", due, "training_due", title=T("应训应考", "Training due"), right="improvement.due", section="manual",
     icon="clock", order=55)  # fmt: skip


def of_person(person: Any, ctx: Context) -> dict[str, Any] | None:
    """What one person still owes, for the page of that person."""
    return {"lines": _lines(queries.due_list(ctx.company_id, ctx.today, person.user_id), ctx)}


panel("company.person", "training", T("应训应考", "Training due"), "improvement/_due.html", context=of_person,
      place="side", right="company.people:personal", order=40)  # fmt: skip
related("company.person", TRAININGS, by="user__person", place="main", order=40,
        columns=["course", "held_on", "score", "passed", "valid_until", "state"])  # fmt: skip
related("company.person", ASSESSMENTS, by="user__person", place="main", order=50,
        columns=["kind", "held_on", "score", "passed", "next_due_on", "state"])  # fmt: skip

SOON = timedelta(days=14)
OWE = T("{what}：请在 {day} 前完成", "{what}: due by {day}")
LATE_PEOPLE = T("{count} 项培训或考核已逾期", "{count} trainings or assessments are overdue")


def own_dues(ctx: Context) -> list[Warning_]:
    """What the reader must pass soon."""
    found = [
        one
        for one in queries.due_list(ctx.company_id, ctx.today, ctx.user_id)
        if one.due_on <= ctx.today + SOON
    ]
    lines = _lines([one for one in found if one.due], ctx)
    return [
        Warning_(OWE.format(what=line.what, day=line.due_on), "/training-due", "late" if line.is_overdue else "near", T("", ""))
        for line in lines[:3]
    ]  # fmt: skip


def late_people(ctx: Context) -> list[Warning_]:
    """How much is overdue, for human resources."""
    late = sum(1 for one in queries.due_list(ctx.company_id, ctx.today) if one.is_overdue(ctx.today))
    if not late:
        return []
    return [
        Warning_(
            LATE_PEOPLE.format(count=late), "/training-due?show=late", "late", T("应训应考", "Training due")
        )
    ]


def overdue(ctx: Context) -> Number:
    """Courses and assessments that are overdue, for human resources."""
    late = sum(1 for one in queries.due_list(ctx.company_id, ctx.today) if one.is_overdue(ctx.today))
    return Number(late, unit=str(T("项", "items")), url="/training-due?show=late")


figure("hr", T("逾期的培训与考核", "Training overdue"), overdue, order=30)
warnings("*", own_dues)
warnings("hr", late_people)
