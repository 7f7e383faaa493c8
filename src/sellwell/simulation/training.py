"""What the company's people are taught: courses and rules before the first day, renewed in the last weeks for most."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.apps import apps

from sellwell.kernel.models import User
from sellwell.simulation.people import Stage

# code, name, purpose, hours, pass mark, months a pass lasts, for which role, verbs that wait for it
COURSES: tuple[tuple[str, str, str, int, int, int, str, list[str]], ...] = (
    ("T-01", "合同签署与授权", "签署前核对授权、文本与用印", 4, 80, 0, "rep", ["contracts.sign"]),
    ("T-02", "仓储安全与发货核对", "拣货、复核、装车三步不出错", 6, 80, 0, "warehouse", ["delivery.pick", "delivery.ship"]),
    ("T-03", "销售手册年度学习", "手册各章要点与当年修订", 3, 60, 12, "", []),
    ("T-04", "客户信息保护", "收集、使用、导出客户信息的规矩", 2, 80, 24, "", []),
)  # fmt: skip
RENEWED = 0.88  # the share of people who are up to date on the last day
ASSESSED = 0.95  # of the others, the share that was assessed in time


def teach(stage: Stage, people: list[User]) -> None:
    """Courses, everybody's first pass of those that verbs wait for, then the rules."""
    keeper = stage.somebody("improvement.add_course")
    rng = random.Random(len(people))  # noqa: S311 - a simulation, no secret
    for code, name, purpose, hours, mark, months, role, verbs in COURSES:
        course = stage.act(
            keeper, "improvement.add_course", None,
            {"code": code, "name": name, "purpose": purpose, "hours": hours, "pass_mark": mark, "valid_months": months},
        )  # fmt: skip
        if course is None:
            continue
        if verbs:
            for person in people:
                _train(stage, _keeper(stage, person), course, person, rng.randint(mark, 100))
        stage.act(
            keeper, "improvement.require_course", None,
            {"course": course.pk, "role": role or None, "operations": verbs, "days": 30, "since": stage.today},
        )  # fmt: skip


def renew(stage: Stage, people: list[User]) -> None:
    """In the last weeks most people renewed the yearly courses and were assessed; some let a year pass."""
    rng = random.Random(len(people) + 1)  # noqa: S311 - a simulation, no secret
    courses = list(apps.get_model("improvement.Course").objects.filter(valid_months__gt=0).order_by("code"))
    for person in people:
        in_time = rng.random() <= RENEWED
        keeper = _keeper(stage, person)
        for course in courses:
            days_ago = rng.randint(5, 60) if in_time else rng.randint(370, 420)
            _train(stage, keeper, course, person, rng.randint(course.pass_mark, 100), days_ago)
        if in_time or rng.random() <= ASSESSED:
            held_on = stage.today - timedelta(days=rng.randint(20, 300))
            data = {"person": person.pk, "held_on": held_on, "kind": "regular", "score": rng.randint(70, 98)}
            stage.act(keeper, "improvement.record_assessment", None, data)


def _keeper(stage: Stage, person: User) -> User:
    """Who keeps this person's results: nobody keeps their own."""
    keeper = stage.somebody("improvement.record_training")
    if person.pk != keeper.pk:
        return keeper
    posts = apps.get_model("company.Assignment").objects.filter(role="hr", user__is_active=True)
    return posts.exclude(user=keeper).order_by("user__username").select_related("user")[0].user


def _train(stage: Stage, keeper: User, course: Any, person: User, score: int, days_ago: int = 0) -> None:
    held_on = stage.today - timedelta(days=days_ago)
    data = {
        "course": course.pk,
        "person": person.pk,
        "held_on": held_on,
        "score": score,
        "trainer": "内部讲师",
    }
    stage.act(keeper, "improvement.record_training", None, data)
