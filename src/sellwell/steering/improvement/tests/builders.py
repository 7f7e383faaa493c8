"""Courses, rules and results for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.kernel.testing import Case, builder
from sellwell.steering.improvement.models import Assessment, Course, CourseRule, Training

if TYPE_CHECKING:
    from sellwell.testing.world import World


def a_course(world: World, code: str = "K-01", state: str = "active", **values: Any) -> Course:
    """A course that 80 points pass, for a year."""
    data = {"code": code, "name": f"合同签署要点 {code}", "pass_mark": 80, "valid_months": 12, **values}
    course: Course = world.run("hr", "improvement.add_course", data=data).result
    if state == "retired":
        world.run("hr", "improvement.retire_course", course)
        course.refresh_from_db()
    return course


def a_rule(world: World, course: Course, role: str = "rep", *verbs: str, **values: Any) -> CourseRule:
    """From today, people of a role must pass the course before they may do the verbs."""
    data = {
        "course": str(course.pk),
        "role": role,
        "operations": list(verbs),
        "since": str(world.today),
        **values,
    }
    rule: CourseRule = world.run("hr", "improvement.require_course", data=data).result
    return rule


def trained(
    world: World, course: Course, who: str = "rep", score: int = 90, days_ago: int = 0, state: str = "valid"
) -> Training:
    """Somebody's result in a course."""
    held_on = world.today - timedelta(days=days_ago)
    data = {
        "course": str(course.pk),
        "person": str(world.user(who).pk),
        "held_on": str(held_on),
        "score": score,
    }
    made: Training = world.run("hr", "improvement.record_training", data=data).result
    if state == "void":
        world.run("hr", "improvement.void_training", made, {"reason": "成绩录错"})
        made.refresh_from_db()
    return made


def assessed(
    world: World, who: str = "rep", days_ago: int = 0, state: str = "valid", **values: Any
) -> Assessment:
    """Somebody's result in a review."""
    held_on = world.today - timedelta(days=days_ago)
    data = {"person": str(world.user(who).pk), "held_on": str(held_on), "score": 85, **values}
    made: Assessment = world.run("hr", "improvement.record_assessment", data=data).result
    if state == "void":
        world.run("hr", "improvement.void_assessment", made, {"reason": "对象有误"})
        made.refresh_from_db()
    return made


@builder("improvement.add_course")
def _add_course(world: World) -> Case:
    return Case("hr", data={"code": "K-02", "name": "信用与回款", "hours": "6"})


@builder("improvement.change_course")
def _change_course(world: World) -> Case:
    return Case(
        "hr",
        a_course(world),
        {"name": "合同签署", "pass_mark": 70},
        lambda state: a_course(world, state, state),
    )


@builder("improvement.retire_course")
def _retire_course(world: World) -> Case:
    return Case("hr", a_course(world), {}, lambda state: a_course(world, state, state))


@builder("improvement.require_course")
def _require_course(world: World) -> Case:
    data = {
        "course": str(a_course(world).pk),
        "role": "rep",
        "operations": ["contracts.sign"],
        "since": str(world.today),
    }
    return Case("hr", data=data)


@builder("improvement.end_rule")
def _end_rule(world: World) -> Case:
    rule = a_rule(world, a_course(world))
    return Case("hr", rule, {"until": str(world.today + timedelta(days=1))})


@builder("improvement.record_training")
def _record_training(world: World) -> Case:
    data = {
        "course": str(a_course(world).pk),
        "person": str(world.user("rep").pk),
        "held_on": str(world.today),
        "score": 90,
    }
    return Case("hr", data=data)


@builder("improvement.void_training")
def _void_training(world: World) -> Case:
    course = a_course(world)
    return Case(
        "hr",
        trained(world, course),
        {"reason": "成绩录错"},
        lambda state: trained(world, course, days_ago=1, state=state),
    )


@builder("improvement.record_assessment")
def _record_assessment(world: World) -> Case:
    return Case("hr", data={"person": str(world.user("rep").pk), "held_on": str(world.today), "score": 85})


@builder("improvement.void_assessment")
def _void_assessment(world: World) -> Case:
    return Case(
        "hr", assessed(world), {"reason": "对象有误"}, lambda state: assessed(world, days_ago=1, state=state)
    )
