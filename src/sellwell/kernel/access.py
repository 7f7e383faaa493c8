"""Who may do what to which rows, up to which amount: the rights matrix is the only source (clause 1.3.1).

A cell of the matrix is (role, verb, scope, amount limit, dates). A verb is the name of an operation or a view, or
`view:group` for fields that only some may see. Deny by default; a row out of the view's scope is not there at all.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db.models import Q

from sellwell.kernel import directory, generations
from sellwell.kernel.models import Grant
from sellwell.kernel.values import T, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import Model, QuerySet

    from sellwell.kernel.models import Row

SCOPES = ("own", "team", "department", "region", "product_line", "company", "group")
SCOPE_NAMES = {
    "own": T("本人", "Own"),
    "team": T("本组", "Team"),
    "department": T("本部门及下级", "Department and below"),
    "region": T("本区域", "Region"),
    "product_line": T("本产品线", "Product line"),
    "company": T("本公司", "Company"),
    "group": T("集团", "Group"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the company, with its name for people."""

    code: str
    name: T


ROLES: dict[str, Role] = {}

# The 14 roles that ship with the product (clause 1.1.2); the organisation's room names them for people.
ALL_ROLES = (
    "rep", "account_manager", "regional_manager", "sales_manager", "marketing", "service", "legal", "finance",
    "warehouse", "quality", "hr", "executive", "auditor", "administrator",
)  # fmt: skip


def role(code: str, name: T) -> Role:
    """Declare a role that grants may name."""
    ROLES[code] = Role(code, name)
    return ROLES[code]


def role_words(codes: Iterable[str]) -> T:
    """Roles by their names, in a row; a code that nobody declared keeps itself."""
    return listed(ROLES[code].name if code in ROLES else T(code, code) for code in codes)


@dataclass(frozen=True, slots=True)
class Post:
    """A role held somewhere: in which company, department, region and product line."""

    role: str
    company_id: UUID
    department_path: str = ""
    region: str = ""
    product_line: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the matrix that applies to an actor, with the post that brings it."""

    scope: str
    limit: Decimal | None
    post: Post


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: an account and the posts it holds today. `only` narrows it to a token's scopes."""

    user_id: UUID
    name: str
    posts: tuple[Post, ...]
    is_system: bool = False
    only: tuple[str, ...] = ()
    day: date | None = None
    _cells: dict[str, tuple[Cell, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles held, each once, in the order of the posts."""
        return tuple(dict.fromkeys(post.role for post in self.posts))

    @property
    def companies(self) -> tuple[UUID, ...]:
        """The companies where a post is held."""
        return tuple(dict.fromkeys(post.company_id for post in self.posts))

    def cells(self, verb: str) -> tuple[Cell, ...]:
        """The cells that let this actor do `verb`; none means no."""
        if verb not in self._cells:
            self._cells[verb] = self._find(verb)
        return self._cells[verb]

    def _find(self, verb: str) -> tuple[Cell, ...]:
        if self.is_system:
            return tuple(Cell("company", None, post) for post in self.posts) + tuple(
                Cell("group", None, post) for post in self.posts[:1]
            )
        if self.only and not any(_covers(name, verb) for name in self.only):
            return ()
        matrix = _matrix()
        return tuple(
            Cell(grant.scope, grant.amount_limit, post)
            for post in self.posts
            for grant in matrix.get((post.role, verb), ())
            if _holds(grant, post.company_id, self.day)
        )

    def may(self, verb: str) -> bool:
        """Whether there is any row this actor could do `verb` to."""
        return bool(self.cells(verb))


def _holds(grant: Grant, company_id: UUID, day: date | None) -> bool:
    """Whether a cell is in force in a company on a day; on any day where none is named."""
    in_force = day is None or (grant.since <= day and (grant.until is None or day < grant.until))
    return in_force and grant.company_id in (None, company_id)


def _covers(name: str, verb: str) -> bool:
    return name == verb or (name.endswith(".*") and verb.startswith(name[:-1]))


_cache: dict[str, Any] = {"generation": None, "matrix": {}}


def _matrix() -> Mapping[tuple[str, str], tuple[Grant, ...]]:
    """The whole matrix, read once per process and generation: it is a few hundred rows."""
    generation = generations.current("rights")
    if _cache["generation"] != generation:
        matrix: dict[tuple[str, str], tuple[Grant, ...]] = {}
        for grant in Grant.objects.all():
            matrix[grant.role, grant.verb] = (*matrix.get((grant.role, grant.verb), ()), grant)
        _cache.update(generation=generation, matrix=matrix)
    found: Mapping[tuple[str, str], tuple[Grant, ...]] = _cache["matrix"]
    return found


def roles_with(verb: str, company_id: UUID, on: date) -> list[str]:
    """The roles that hold a verb in a company on a day."""
    return sorted(
        role
        for (role, held), grants in _matrix().items()
        if held == verb and any(_holds(grant, company_id, on) for grant in grants)
    )


def actor_for(user: Any, on: date, only: Iterable[str] = ()) -> Actor:
    """The actor that an account is on a day, with its posts from the organisation's directory."""
    posts = tuple(directory.current().posts(user.id, on)) if user.is_active else ()
    return Actor(user.id, user.name, posts, user.is_system, tuple(only), on)


def rows(actor: Actor, verb: str, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """`queryset` narrowed to the rows that the actor may do `verb` to."""
    model = queryset.model
    through = model.scope_through
    scoped = _related(model, through)
    allowed: Q | None = None
    for cell in actor.cells(verb):
        q = scoped.scope_q(cell.scope, actor.user_id, cell.post)
        if q is None:
            continue
        q = _prefixed(q, f"{through}__") if through else q
        allowed = q if allowed is None else allowed | q
        if not q:
            return queryset
    return queryset.none() if allowed is None else queryset.filter(allowed)


# What was asked of rows inside `asking_once`.
_asked: ContextVar[dict[tuple[Any, ...], bool] | None] = ContextVar("asked", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """For pages, which only read: whether a row lies within a scope is found out once, however many verbs ask."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def _is_within(target: Any, cell: Cell, user_id: UUID) -> bool:
    asked = _asked.get()
    if asked is None:
        return bool(target.in_scope(cell.scope, user_id, cell.post))
    key = (type(target), target.pk, cell.scope, user_id, cell.post)
    if key not in asked:
        asked[key] = bool(target.in_scope(cell.scope, user_id, cell.post))
    return asked[key]


def cell_for(actor: Actor, verb: str, row: Row) -> Cell | None:
    """The widest cell that lets the actor do `verb` to this row, or None. No limit beats any limit."""
    target: Any = row
    for step in filter(None, type(row).scope_through.split("__")):
        target = getattr(target, step)
    found = [cell for cell in actor.cells(verb) if _is_within(target, cell, actor.user_id)]
    if not found:
        return None
    return max(found, key=lambda cell: (cell.limit is None, cell.limit or Decimal(0)))


def _related(model: type[Model], through: str) -> Any:
    for step in filter(None, through.split("__")):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model


def _prefixed(q: Q, prefix: str) -> Q:
    """The same condition, seen from a row whose foreign key path is `prefix`."""
    moved = Q()
    moved.connector, moved.negated = q.connector, q.negated
    for child in q.children:
        if isinstance(child, Q):
            moved.children.append(_prefixed(child, prefix))
        else:
            name, value = cast("tuple[str, Any]", child)
            moved.children.append((f"{prefix}{name}", value))
    return moved


# --- default rights, declared by rooms in their access.py ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DefaultGrant:
    """A cell that ships with the product."""

    role: str
    verb: str
    scope: str
    limit: Decimal | None = None


DEFAULTS: list[DefaultGrant] = []


def grant(verbs: str | Iterable[str], limits: Mapping[str, str] | None = None, /, **scopes: str) -> None:
    """Declare default cells: `grant("orders.confirm", rep="own", manager="department")`.

    `limits` gives amount limits by role: `grant("orders.confirm", {"rep": "100000.00"}, rep="own")`.
    """
    for verb in [verbs] if isinstance(verbs, str) else verbs:
        for code, scope in scopes.items():
            if scope not in SCOPES:
                raise ValueError(f"{verb}: no scope {scope}")
            limit = (limits or {}).get(code)
            DEFAULTS.append(DefaultGrant(code, verb, scope, Decimal(limit) if limit else None))


def seed_defaults(since: date) -> None:
    """Put the declared cells into the matrix where it lacks them; cells that people set stay as they are."""
    from sellwell.kernel.ids import new_id

    known = set(Grant.objects.values_list("role", "verb", "scope"))
    Grant.objects.bulk_create(
        Grant(
            id=new_id(),
            role=d.role,
            verb=d.verb,
            scope=d.scope,
            amount_limit=d.limit,
            since=since,
            is_default=True,
        )
        for d in dict.fromkeys(DEFAULTS)
        if (d.role, d.verb, d.scope) not in known
    )
    generations.bump("rights")
