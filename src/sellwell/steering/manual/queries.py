"""Reads of the manual that more than one place needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max

from sellwell.foundation.company.queries import in_force_on
from sellwell.kernel import directory
from sellwell.kernel.access import ROLES
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T, named
from sellwell.kernel.views import BY_TYPE
from sellwell.steering.manual import rules
from sellwell.steering.manual.models import Basis, Edition, EditionState, Passage
from sellwell.steering.manual.rules import Wording

GENERATION = "manual"  # counts up when another edition is published


def edition_on(day: date) -> Edition | None:
    """The edition in force on a day."""
    return Edition.objects.filter(in_force_on(day), state=EditionState.PUBLISHED.value).first()


def latest_published() -> Edition | None:
    """The published edition that begins last, be it in force already or not."""
    return Edition.objects.filter(state=EditionState.PUBLISHED.value).order_by("-since").first()


def next_number() -> int:
    """The number of the next edition."""
    return int(Edition.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def wordings(edition_id: UUID) -> dict[str, Wording]:
    """Every passage of an edition by its number."""
    rows = Passage.objects.filter(edition_id=edition_id)
    return {row.number: Wording(row.zh, row.en, tuple(row.bases)) for row in rows}


def bases_by_code(codes: Iterable[str] | None = None) -> dict[str, Basis]:
    """The register of bases, or those of the codes."""
    rows = Basis.objects.select_related("successor")
    return {basis.code: basis for basis in (rows if codes is None else rows.filter(code__in=set(codes)))}


def clauses_by_verb() -> dict[str, tuple[str, ...]]:
    """Which clauses each verb carries out. Looking at something carries nothing out."""
    return {name: operation.clauses for name, operation in REGISTRY.items() if operation.clauses}


# --- the organisation, as the registry shows it ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DepartmentName:
    """A department as figures name it."""

    path: str
    name: T
    id: UUID


def departments(company_id: UUID) -> list[DepartmentName]:
    """The departments of a company in the order of the tree."""
    model: Any = BY_TYPE["company.department"].model
    rows = model._default_manager.filter(company_id=company_id).order_by("path")
    return [DepartmentName(row.path, named(row), row.pk) for row in rows]


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds a role in a department."""

    user_id: UUID
    role: str
    department_path: str


def holders(company_id: UUID, day: date) -> list[Holder]:
    """Every active person of a company with the roles held on a day, each role once."""
    current = directory.current()
    found: dict[tuple[UUID, str], Holder] = {}
    for role in ROLES:
        for user_id in current.holders(role, company_id, "", day):
            for post in current.posts(user_id, day):
                if post.role == role and post.company_id == company_id:
                    found.setdefault((user_id, role), Holder(user_id, role, post.department_path))
    return list(found.values())


def processes() -> dict[str, T]:
    """The kinds of documents whose process is defined: those with operations that start from states."""
    kinds = {op.model for op in REGISTRY.values() if op.from_states}
    return {
        model._meta.label_lower: BY_TYPE[model._meta.label_lower].title
        for model in sorted(kinds, key=lambda m: m._meta.label_lower)
        if model._meta.label_lower in BY_TYPE
    }


def sorted_numbers(numbers: Iterable[str]) -> list[str]:
    """Clause numbers in the order of the book."""
    return sorted(numbers, key=rules.order_of)
