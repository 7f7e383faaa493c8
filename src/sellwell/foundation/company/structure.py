"""The organisation as of a day: departments, posts, the chart, and how both lines add up (2.1.2, 2.2.1, 2.2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.company import composition, queries
from sellwell.foundation.company.models import (
    Assignment,
    Department,
    DepartmentPast,
    Duty,
    DutyEntry,
    DutyLetter,
    Goal,
    GoalLink,
    Reorganisation,
    ReorganisationState,
    ReorganisationStep,
)
from sellwell.foundation.company.policies import DEFAULT_DUTIES, STRUCTURE
from sellwell.foundation.company.rules import reorganising
from sellwell.foundation.company.rules.chart import Beyond, Chart, Limits, beyond, chart
from sellwell.foundation.company.rules.reorganising import Node, Post, Step
from sellwell.kernel import clock, policy
from sellwell.kernel.values import T, named


@dataclass(frozen=True)
class AsOf:
    """Departments and posts of a day. `planned` are the reorganisations that will have taken effect by then."""

    day: date
    nodes: tuple[Node, ...]
    posts: tuple[Post, ...]
    planned: tuple[Reorganisation, ...] = ()


def node_of(row: Any, department: Department, codes: dict[UUID, str]) -> Node:
    """A department (or its past) as the rules read it."""
    return Node(
        department.code, row.name, row.name_en, row.kind, row.region, row.product_line,
        codes.get(row.parent_id, ""), str(row.head_id or ""), str(department.pk),
    )  # fmt: skip


def as_of(company_id: UUID, day: date, without: UUID | None = None, ahead: bool = False) -> AsOf:
    """The organisation as it was, is, or is planned to be on a day; `without` leaves a planned change out.

    `ahead` takes the posts along that begin later.
    """
    nodes, posts = _nodes(company_id, day), _posts(company_id, day, ahead)
    planned: list[Reorganisation] = []
    if day > clock.business_day(clock.now()):
        due = Reorganisation.objects.filter(
            company_id=company_id, state=ReorganisationState.SCHEDULED.value, effective_on__lte=day
        )
        if without is not None:
            due = due.exclude(pk=without)
        for reorganisation in due.order_by("effective_on", "id").prefetch_related("steps"):
            after = reorganising.apply(nodes, posts, steps_of(reorganisation))
            nodes, posts = tuple(after.nodes.values()), after.posts
            planned.append(reorganisation)
    return AsOf(day, nodes, posts, tuple(planned))


def _nodes(company_id: UUID, day: date) -> tuple[Node, ...]:
    departments = list(
        Department.objects.filter(queries.open_on(day), company_id=company_id).order_by("path")
    )
    codes = dict(Department.objects.filter(company_id=company_id).values_list("pk", "code"))
    past = {
        p.department_id: p
        for p in DepartmentPast.objects.filter(
            Q(since__isnull=True) | Q(since__lte=day), company_id=company_id, until__gt=day
        )
    }
    return tuple(node_of(past.get(d.pk, d), d, codes) for d in departments)


def _posts(company_id: UUID, day: date, ahead: bool) -> tuple[Post, ...]:
    known, by_role = composition.positions()
    asked = queries.held_on(day)
    if ahead:
        asked |= Q(since__gt=day, user__is_active=True)
    rows = Assignment.objects.filter(asked, company_id=company_id).order_by("id")
    found = []
    columns = rows.values_list("pk", "user_id", "role", "position_id", "department__code", "since", "until")
    for pk, user, role, own, code, since, until in columns:
        position = composition.position_of(role, own, known, by_role)
        layer = position.layer if position is not None else 3
        found.append(Post(str(user), role, code, str(pk), layer, since if since > day else None, until))
    return tuple(found)


def steps_of(reorganisation: Reorganisation) -> list[Step]:
    """The changes of a reorganisation in their order."""
    kept = sorted((s for s in reorganisation.steps.all() if not s.is_dropped), key=lambda s: s.position)
    return [step_of(s) for s in kept]


def step_of(row: ReorganisationStep) -> Step:
    """One change as the rules read it."""
    return Step(
        row.action, row.code, row.into, row.name, row.name_en, row.kind, row.region, row.product_line,
        str(row.user_id or ""),
    )  # fmt: skip


def limits(company_id: UUID, day: date) -> dict[str, Limits]:
    """Spans and layers that the policy in force allows, by kind of department."""
    table = policy.in_force(STRUCTURE, company_id, day).table
    found = {}
    for kind in ("regional", "product", "customer", "division", "function"):
        said = policy.decide(table, {"kind": kind}).outputs
        found[kind] = Limits(int(said["span_from"]), int(said["span_to"]), int(said["layers"]))
    return found


def chart_of(company_id: UUID, day: date) -> tuple[AsOf, Chart, list[Beyond]]:
    """The chart of a day and what is outside the limits."""
    shown = as_of(company_id, day)
    drawn = chart(shown.nodes, shown.posts)
    layer_of: dict[str, int] = {}
    for post in shown.posts:
        layer_of[post.person] = min(post.layer, layer_of.get(post.person, post.layer))
    return shown, drawn, beyond(drawn, limits(company_id, day), layer_of)


def goals(company_id: UUID, day: date) -> tuple[list[Goal], list[Goal], list[Department]]:
    """The goals of a day, those that no open department serves, and the open departments that serve none."""
    known = list(Goal.objects.filter(queries.in_force_on(day), company_id=company_id).order_by("code"))
    links = set(
        GoalLink.objects.filter(queries.in_force_on(day), company_id=company_id, goal__in=known).values_list(
            "goal_id", "department_id"
        )
    )
    open_ = list(Department.objects.filter(queries.open_on(day), company_id=company_id).order_by("path"))
    serving = {department for _, department in links} & {d.pk for d in open_}
    served = {goal for goal, department in links if department in serving}
    return known, [g for g in known if g.pk not in served], [d for d in open_ if d.pk not in serving]


def duties_here(code: str, posts: Iterable[Post]) -> list[tuple[DutyLetter, list[Duty]]]:
    """What the positions held in a department answer for and carry out today, by letter."""
    roles = {p.role for p in posts if p.code == code}
    today = clock.business_day(clock.now())
    entries = DutyEntry.objects.filter(
        queries.in_force_on(today), position__role__in=roles, letter__in=["A", "R"]
    )
    found: dict[str, dict[str, Duty]] = {"A": {}, "R": {}}
    for entry in entries.select_related("duty").order_by("duty__order"):
        found[entry.letter][entry.duty.code] = entry.duty
    return [(DutyLetter(letter), list(known.values())) for letter, known in found.items() if known]


def default_duties(kind: str, company_id: UUID, day: date) -> list[Duty]:
    """What departments of a kind answer for by default, in the order of the policy. Codes of no duty are left out."""
    said = policy.decide(policy.in_force(DEFAULT_DUTIES, company_id, day).table, {"kind": kind}).outputs or {}
    codes = [code.strip() for code in str(said.get("duties") or "").split(",") if code.strip()]
    known = {duty.code: duty for duty in Duty.objects.filter(code__in=codes)}
    return [known[code] for code in codes if code in known]


BEYOND_WORDS = {
    "no_head": T("没有负责人（{count} 人）", "has no head ({count} people)"),
    "span_large": T("管理幅度 {count}，超过 {limit}", "span of {count}, over {limit}"),
    "span_small": T("管理幅度 {count}，不足 {limit}", "span of {count}, under {limit}"),
    "layers": T("管理层级 {count}，超过 {limit}", "{count} layers, over {limit}"),
    "front_heads": T("一线岗位管理下级部门", "a front-line position heads departments"),
}


def in_words(found: Beyond) -> T:
    """What is outside the limits, in words."""
    return BEYOND_WORDS[found.kind].format(count=found.count, limit=found.limit)


def names_of(nodes: Iterable[Node]) -> dict[str, T]:
    """Departments' names by code."""
    return {n.code: named(n) for n in nodes}
