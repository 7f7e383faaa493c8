"""Strategic goals and the departments that serve them (clause 2.1.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sellwell.foundation.company import queries
from sellwell.foundation.company.models import Department, Goal, GoalLink
from sellwell.foundation.company.rules.days import first_day_after
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

GOAL_TAKEN = Reason(
    "company.goal_taken",
    T("目标代码“{code}”已被使用，请换一个。", "The code “{code}” is taken. Choose another one."),
)
GOAL_DATES = Reason("company.goal_dates", T("截止日期必须晚于开始日期。", "The end must be after the start."))
GOAL_ENDED = Reason("company.goal_ended", T("该目标已经结束。", "This goal has ended already."))


class AddGoal(Input):
    """What the company wants to reach, and by when."""

    code: Code = field(T("代码", "Code"), pattern=r"^[A-Z][A-Z0-9_-]{1,18}$")
    name: Name = field(T("目标", "Goal"))
    name_en: Code = field(T("英文名称", "Name in English"), "")
    since: date = field(T("开始日期", "From"))
    until: date | None = field(T("截止日期（不含）", "Until (not included)"), None)


def assess_goal(row: Any, given: AddGoal, ctx: Context) -> Assessment:
    """The code is free; the dates follow each other."""
    objections: list[Objection] = []
    if Goal.objects.filter(company_id=ctx.company_id, code=given.code).exists():
        objections.append(GOAL_TAKEN.refuse(path="code", code=given.code))
    if given.until is not None and given.until <= given.since:
        objections.append(GOAL_DATES.refuse(path="until"))
    return Assessment(content={"code": given.code}, objections=tuple(objections))


@operation(
    "company.add_goal",
    T("新建战略目标", "Add goal"),
    Goal,
    help=T("登记一个战略目标及其年限。", "Enter a strategic goal and its years."),
    input=AddGoal,
    creates=True,
    assess=assess_goal,
    clauses=["2.1.2"],
)
def add_goal(row: Any, given: AddGoal, ctx: Context, assessment: Assessment) -> Effects:
    """Enter a goal; departments are linked to it next."""
    goal = Goal(id=new_id(), company_id=ctx.company_id, **given.model_dump())
    effects = Effects(result=goal)
    effects.insert(goal)
    return effects


class ServeGoal(Input):
    """The departments that serve it from today on: the whole list."""

    departments: list[Ref("company.department")] = field(T("部门", "Departments"), max_length=300)


def assess_serve(goal: Goal, given: Any, ctx: Context) -> Assessment:
    """The goal has not ended."""
    over = goal.until is not None and goal.until <= ctx.today
    return Assessment(objections=(GOAL_ENDED.refuse(),) if over else ())


@operation(
    "company.serve_goal",
    T("承接目标", "Link departments"),
    Goal,
    help=T(
        "设定从今天起承接该目标的部门（完整清单）。",
        "Set which departments serve the goal from today on: the whole list.",
    ),
    input=ServeGoal,
    assess=assess_serve,
    clauses=["2.1.2"],
)
def serve_goal(goal: Goal, given: ServeGoal, ctx: Context, assessment: Assessment) -> Effects:
    """End links to departments no longer named, begin links to new ones."""
    effects = Effects(result=goal)
    asked = set(given.departments)
    for link in GoalLink.objects.filter(queries.in_force_on(ctx.today), goal=goal):
        if link.department_id in asked:
            asked.discard(link.department_id)
            # Left out earlier today, it would end tomorrow; named again, it goes on.
            effects.update(link, until=None)
        else:
            effects.update(link, until=first_day_after(link.since, ctx.today))
    departments = Department.objects.filter(pk__in=asked, company_id=goal.company_id)
    effects.insert(
        *[
            GoalLink(id=new_id(), company_id=goal.company_id, goal=goal, department=d, since=ctx.today)
            for d in departments.order_by("path")
        ]
    )
    return effects


class EndGoal(Input):
    """The first day on which it is no goal any more."""

    until: date = field(T("截止日期（不含）", "Until (not included)"))


def assess_end_goal(goal: Goal, given: EndGoal | None, ctx: Context) -> Assessment:
    """It has not ended; the end lies after its start."""
    objections: list[Objection] = []
    if goal.until is not None and goal.until <= ctx.today:
        objections.append(GOAL_ENDED.refuse())
    if given is not None and given.until <= goal.since:
        objections.append(GOAL_DATES.refuse(path="until"))
    return Assessment(objections=tuple(objections))


@operation(
    "company.end_goal",
    T("结束目标", "End goal"),
    Goal,
    help=T("从某日起不再是战略目标。", "It is no goal any more from a day on."),
    input=EndGoal,
    assess=assess_end_goal,
    clauses=["2.1.2"],
)
def end_goal(goal: Goal, given: EndGoal, ctx: Context, assessment: Assessment) -> Effects:
    """End a goal on a day."""
    effects = Effects(result=goal)
    effects.update(goal, until=given.until)
    return effects
