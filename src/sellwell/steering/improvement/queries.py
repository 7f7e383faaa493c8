"""Reads of training and assessment: rules in memory, passes of people, what is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sellwell.foundation.company import queries as company
from sellwell.kernel import generations
from sellwell.kernel.values import months_later
from sellwell.steering.improvement import policies
from sellwell.steering.improvement.models import (
    Assessment,
    Course,
    CourseRule,
    CourseState,
    RecordState,
    Training,
)
from sellwell.steering.improvement.rules import Due, Pass, Rule, dues

GENERATION = "courses"
_cached: dict[UUID, tuple[int, tuple[Rule, ...]]] = {}


def rules_of(company_id: UUID) -> tuple[Rule, ...]:
    """Every course rule of a company, of courses in use; cached until one changes."""
    generation = generations.current(GENERATION)
    known = _cached.get(company_id)
    if known is None or known[0] != generation:
        rows = CourseRule.objects.filter(
            company_id=company_id, course__state=CourseState.ACTIVE.value
        ).order_by("since", "id")
        found = tuple(Rule(r.course_id, r.role, tuple(r.operations), r.days, r.since, r.until) for r in rows)
        known = _cached[company_id] = (generation, found)
    return known[1]


def passes_of(user_ids: Iterable[UUID], company_id: UUID) -> dict[UUID, list[Pass]]:
    """The passed courses of people."""
    rows = Training.objects.filter(
        company_id=company_id, user_id__in=list(user_ids), state=RecordState.VALID.value, passed=True
    )
    found: dict[UUID, list[Pass]] = {}
    for user_id, course_id, held_on, until in rows.values_list(
        "user_id", "course_id", "held_on", "valid_until"
    ):
        found.setdefault(user_id, []).append(Pass(course_id, held_on, until))
    return found


def course_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of courses."""
    return dict(Course.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class PersonDue:
    """What is asked of a person: a course, or (without one) an assessment."""

    user_id: UUID
    due: Due | None
    due_on: date

    def is_overdue(self, day: date) -> bool:
        """Whether its day has passed."""
        return self.due_on < day


def due_list(company_id: UUID, day: date, user_id: UUID | None = None) -> list[PersonDue]:
    """Every course and assessment that people of a company still owe on a day, earliest first. Four queries."""
    posts = company.posts_since(day, company_id, user_id)
    rules, passes = rules_of(company_id), passes_of(posts, company_id)
    found = [
        PersonDue(user, one, one.due_on)
        for user, held in posts.items()
        for one in dues(rules, held, passes.get(user, ()), day)
    ]
    last = last_assessments(posts, company_id, day)
    for user, held in posts.items():
        due_on = assessment_due(held, last.get(user), company_id, day)
        if due_on is not None:
            found.append(PersonDue(user, None, due_on))
    return sorted(found, key=lambda one: (one.due_on, str(one.user_id)))


def last_assessments(user_ids: Iterable[UUID], company_id: UUID, day: date) -> dict[UUID, Assessment]:
    """The latest valid assessment of each person on a day."""
    rows: Any = Assessment.objects.filter(
        company_id=company_id, user_id__in=list(user_ids), state=RecordState.VALID.value, held_on__lte=day
    )
    return {row.user_id: row for row in rows.order_by("user_id", "-held_on", "-id").distinct("user_id")}


def assessment_due(
    posts: dict[str, date], last: Assessment | None, company_id: UUID, day: date
) -> date | None:
    """When the next assessment of somebody is due; None: no role of this person is assessed, and nobody set a day."""
    if last is not None and last.next_due_on is not None:
        return last.next_due_on
    spans = [(since, policies.interval(role, company_id, day)) for role, since in posts.items()]
    days = [
        months_later(max(since, last.held_on) if last else since, months) for since, months in spans if months
    ]
    return min(days, default=None)
