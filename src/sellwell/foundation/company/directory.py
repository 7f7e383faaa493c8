"""Who is who, for the kernel: the whole organisation in memory, read again when it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection

from sellwell.foundation.company.models import Assignment, Company, Department
from sellwell.kernel import directory, generations
from sellwell.kernel.access import Post
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import User
from sellwell.kernel.values import Period, T

GENERATION = "organisation"


@dataclass(frozen=True, slots=True)
class Held:
    """A post, by whom and when it is held."""

    user_id: UUID
    post: Post
    period: Period


@dataclass(frozen=True, slots=True)
class Unit:
    """A department as approvals climb it: its path, who heads it, the path above ('' at the top)."""

    path: str
    head_id: UUID | None
    above: str


@dataclass
class Snapshot:
    """The organisation as of one generation."""

    generation: tuple[int, int]
    by_user: dict[UUID, list[Held]] = field(default_factory=dict)
    by_role: dict[tuple[UUID, str], list[Held]] = field(default_factory=dict)
    units: dict[tuple[UUID, str], Unit] = field(default_factory=dict)
    active: frozenset[UUID] = frozenset()
    names: dict[UUID, str] = field(default_factory=dict)


class Organisation:
    """The directory that the kernel asks (`kernel.directory.Directory`)."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None

    def companies(self) -> list[UUID]:
        """Every company, for workers that serve them all."""
        return list(Company.objects.order_by("pk").values_list("pk", flat=True))

    def company_names(self, ids: tuple[UUID, ...]) -> dict[UUID, T]:
        """What companies are called: one query, asked only for people who work in several."""
        rows = Company.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
        return {pk: T(name, name_en or name) for pk, name, name_en in rows}

    def posts(self, user_id: UUID, on: date) -> list[Post]:
        """The posts that a person holds on a day, in every company, the longest held first."""
        return [held.post for held in self._now().by_user.get(user_id, ()) if on in held.period]

    def holders(self, role: str, company_id: UUID, department_path: str, on: date) -> list[UUID]:
        """Active people who hold `role` in exactly this department (in the whole company where the path is '')."""
        snapshot = self._now()
        found = [
            held.user_id
            for held in snapshot.by_role.get((company_id, role), ())
            if on in held.period
            and department_path in ("", held.post.department_path)
            and held.user_id in snapshot.active
        ]
        return list(dict.fromkeys(found))

    def names(self, user_ids: set[UUID]) -> dict[UUID, str]:
        """Names to show."""
        known = self._now().names
        if unknown := user_ids - known.keys():
            known.update(User.objects.filter(pk__in=unknown).values_list("pk", "name"))
        return {user_id: known[user_id] for user_id in user_ids if user_id in known}

    def manager(self, user_id: UUID, company_id: UUID, on: date) -> UUID | None:
        """Who answers for a person: the active head of the department, or of the nearest one above."""
        snapshot = self._now()
        path = next((p.department_path for p in self.posts(user_id, on) if p.company_id == company_id), "")
        while path:
            unit = snapshot.units.get((company_id, path))
            if unit is None:
                return None
            if unit.head_id is not None and unit.head_id != user_id and unit.head_id in snapshot.active:
                return unit.head_id
            path = unit.above
        return None

    def _now(self) -> Snapshot:
        # A name goes when its owner's personal data is erased, so that counter makes the snapshot stale, too.
        generation = (generations.current(GENERATION), generations.current("personal"))
        if self._snapshot is None or self._snapshot.generation != generation:
            self._snapshot = read(generation)
        return self._snapshot


def read(generation: tuple[int, int]) -> Snapshot:
    """The whole organisation, of every company: who may see what is decided from it."""
    snapshot = Snapshot(generation)
    with seeing_every_company():
        assignments = Assignment.objects.select_related("department").order_by("since", "id")
        for row in assignments:
            post = Post(
                row.role,
                row.company_id,
                row.department.path,
                row.region or row.department.region,
                row.product_line,
            )
            held = Held(row.user_id, post, Period(row.since, row.until))
            snapshot.by_user.setdefault(row.user_id, []).append(held)
            snapshot.by_role.setdefault((row.company_id, row.role), []).append(held)
        for unit in Department.objects.all():
            above = path_above(unit.path)
            snapshot.units[unit.company_id, unit.path] = Unit(unit.path, unit.head_id, above)
    snapshot.active = frozenset(User.objects.filter(is_active=True).values_list("pk", flat=True))
    return snapshot


def path_above(path: str) -> str:
    """The department above: `HQ.EAST.` -> `HQ.`, `HQ.` -> ''."""
    above = path.rstrip(".").rpartition(".")[0]
    return f"{above}." if above else ""


@contextmanager
def seeing_every_company() -> Iterator[None]:
    """Row-level security lets every company through inside the block: the posts say who may see which."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sellwell.companies', true)")
        before = cursor.fetchone()[0]
    see_companies(Company.objects.values_list("pk", flat=True))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sellwell.companies', %s, false)", [before or "{}"])


directory.register(Organisation())
