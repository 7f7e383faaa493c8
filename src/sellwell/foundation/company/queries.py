"""Reads of the organisation that more than one place needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db.models import Max, Q

from sellwell.foundation.company.models import Absence, AbsenceState, Assignment, Company, Department, Person
from sellwell.kernel import clock, duties
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.models import DutyPair, Grant, Owned

if TYPE_CHECKING:
    from django.db import models


def company(company_id: UUID) -> Company:
    """A company's own data: name, address and bank on papers, currency and rounding in sums."""
    return Company.objects.get(pk=company_id)


def companies() -> list[UUID]:
    """Every company that this session may see."""
    return list(Company.objects.order_by("code").values_list("pk", flat=True))


def department(department_id: UUID) -> Department:
    """A department by its identifier."""
    return Department.objects.get(pk=department_id)


def department_by_code(company_id: UUID, code: str) -> Department:
    """A company's department by its code."""
    return Department.objects.get(company_id=company_id, code=code)


def company_by_code(code: str) -> Company | None:
    """The company with this code; without a code the first one. For pages that strangers open."""
    rows = Company.objects.order_by("id")
    return rows.filter(code=code).first() if code else rows.first()


def in_force_on(day: date) -> Q:
    """Dated rows (`since` inclusive, `until` exclusive) that hold on a day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def open_on(day: date) -> Q:
    """Departments that are there on a day: the oldest ones do not say since when."""
    began = Q(since__isnull=True) | Q(since__lte=day)
    return began & (Q(until__isnull=True) | Q(until__gt=day))


def held_on(day: date) -> Q:
    """Posts held on a day. Whoever has left since held them then: only for today and later the account must be in use."""
    past = day < clock.business_day(clock.now())
    return in_force_on(day) if past else in_force_on(day) & Q(user__is_active=True)


def work_of(user_id: UUID) -> list[tuple[type[models.Model], list[UUID]]]:
    """Everything open that a person answers for, table by table, as far as this session may see."""
    found: dict[type[models.Model], list[UUID]] = {}
    for _, function in owned_work:
        for model, ids in function(user_id):
            if ids:
                found.setdefault(model, []).extend(ids)
    return list(found.items())


def owned_model(row_type: str) -> type[Owned] | None:
    """The table of a row type whose rows have an owner; None for any other name."""
    try:
        model = apps.get_model(row_type)
    except (LookupError, ValueError):
        return None
    return model if issubclass(model, Owned) else None


def scope_columns(user_id: UUID, company_id: UUID, on: date) -> dict[str, Any] | None:
    """Owner and scope columns of rows that pass to somebody: the department and region of the first post held.

    None where the person holds no post in the company. The product line stays the row's own.
    """
    first = (
        Assignment.objects.filter(
            in_force_on(on), user_id=user_id, company_id=company_id, user__is_active=True
        )
        .select_related("department")
        .order_by("since", "id")
        .first()
    )
    if first is None:
        return None
    region = first.region or first.department.region
    return {"owner_id": user_id, "department_path": first.department.path, "region": region}


def verbs_of(roles: Iterable[str], on: date) -> set[str]:
    """Every verb that the rights matrix gives to any of the roles on a day."""
    return set(Grant.objects.filter(in_force_on(on), role__in=list(roles)).values_list("verb", flat=True))


def verbs_by_role(roles: Iterable[str], on: date) -> dict[str, set[str]]:
    """The verbs that the rights matrix gives to each of the roles on a day; one query."""
    found: dict[str, set[str]] = {}
    for role, verb in Grant.objects.filter(in_force_on(on), role__in=list(roles)).values_list("role", "verb"):
        found.setdefault(role, set()).add(verb)
    return found


def roles_by_user(on: date) -> dict[UUID, set[str]]:
    """The roles that active people hold on a day, in the companies that this session may see."""
    found: dict[UUID, set[str]] = {}
    held = Assignment.objects.filter(in_force_on(on), user__is_active=True).values_list("user_id", "role")
    for user_id, role in held:
        found.setdefault(user_id, set()).add(role)
    return found


def standing_in(company_id: UUID, day: date) -> dict[UUID, UUID]:
    """Who stands in on a day for whom: the deputies of planned absences, by who is away."""
    away = Absence.objects.filter(
        in_force_on(day), company_id=company_id, state=AbsenceState.PLANNED.value, deputy__is_active=True
    )
    return dict(away.order_by("since", "id").values_list("user_id", "deputy_id"))


def posts_since(on: date, company_id: UUID, user_id: UUID | None = None) -> dict[UUID, dict[str, date]]:
    """Since when active people of a company hold each role on a day: user -> role -> day. `user_id`: only that person."""
    held = Assignment.objects.filter(in_force_on(on), company_id=company_id, user__is_active=True)
    if user_id is not None:
        held = held.filter(user_id=user_id)
    found: dict[UUID, dict[str, date]] = {}
    for user, role, since in held.order_by("-since").values_list("user_id", "role", "since"):
        found.setdefault(user, {})[role] = since
    return found


def posts_over_time(company_id: UUID) -> dict[UUID, list[Assignment]]:
    """Every post that people of a company hold or held, by person: who held which role on a day gone by; one query."""
    found: dict[UUID, list[Assignment]] = {}
    for post in Assignment.objects.filter(company_id=company_id).order_by("since", "id"):
        found.setdefault(post.user_id, []).append(post)
    return found


def people_below(paths: Iterable[str], company_id: UUID, on: date) -> set[UUID]:
    """Active people with a post in these departments or below them on a day."""
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(department__path__startswith=path)
    held = Assignment.objects.filter(in_force_on(on), below, company_id=company_id, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


def conflict_of(verbs: set[str], waived: Collection[UUID] = ()) -> DutyPair | None:
    """The first pair of duties, incompatible per person and not waived, of which these verbs hold both sides."""
    found = [pair for _, pair in duties.conflicts_per_person({UUID(int=0): verbs}) if pair.pk not in waived]
    return found[0] if found else None


def person_of(user_id: UUID) -> Person | None:
    """The employment beside an account."""
    return Person.objects.select_related("user").filter(user_id=user_id).first()


def leaving(company_id: UUID, on: date, within: timedelta) -> dict[UUID, date]:
    """People whose last post ends, or ended, within that time of a day, with the last day on which they hold one."""
    found = (
        Assignment.objects.filter(company_id=company_id)
        .values("user_id")
        .annotate(last=Max("until"), endless=Max("since", filter=Q(until__isnull=True)))
        .filter(endless__isnull=True, last__gte=on - within, last__lte=on + within)
    )
    return {row["user_id"]: row["last"] for row in found}
