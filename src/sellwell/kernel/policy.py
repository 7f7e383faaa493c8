"""Policies: rules that people set, as decision tables in versions, each in force from day to day.

A room declares its default with `default(name, table, title)`; `seed_defaults()` puts it in force after migrate.
`in_force` finds the version of a day, `decide` judges by it; publishing is an operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel.policy_table import (
    Decision,
    Table,
    check_examples,
    decide,
    read,
    table,
    validate,
)
from sellwell.kernel.values import Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.models.policy import PolicyVersion

__all__ = [
    "DEFAULTS", "Decision", "Default", "InForce", "Table", "changed", "check_examples", "decide", "default", "in_force",
    "read", "seed_defaults", "table", "validate", "versions",
]  # fmt: skip

NONE_IN_FORCE = Reason(
    "policy.none_in_force",
    T(
        "{day} 没有生效的“{title}”。请在“制度”中发布一个版本。",
        "No version of “{title}” is in force on {day}. Publish one under Policies.",
    ),
)
# Shipped defaults hold for historic documents too.
SINCE_EVER = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Default:
    """The table that a policy starts with, declared by the room that asks it."""

    name: str
    title: T
    table: Mapping[str, Any]


DEFAULTS: dict[str, Default] = {}


def default(name: str, table: Mapping[str, Any], title: T) -> None:
    """Declare a policy and the table it starts with. ValueError if the table is wrong or the name is taken."""
    if name in DEFAULTS:
        raise ValueError(f"the policy {name} is declared twice")
    refused = [o.text.en for o in validate(table) if o.kind == "refuse"]
    if refused:
        raise ValueError(f"the default table of {name}: {refused[0]}")
    DEFAULTS[name] = Default(name, title, table)


def title_of(name: str) -> T:
    """What people call a policy."""
    return DEFAULTS[name].title if name in DEFAULTS else T(name, name)


@dataclass(frozen=True, slots=True)
class InForce:
    """A version as it judges: `version` is what the ledger cites."""

    name: str
    company_id: UUID | None
    version: int
    since: date
    until: date | None
    table: Table


# By company too: row security shows a session the versions of its own companies only.
_cached: dict[tuple[str, UUID | None], tuple[int, tuple[InForce, ...]]] = {}


def versions(name: str, company_id: UUID | None) -> tuple[InForce, ...]:
    """Every version of a policy that is or was in force for a company, its own before those for every company, newest
    first; cached until `changed()`."""
    from sellwell.kernel import generations

    generation = generations.current("policies")
    cached = _cached.get((name, company_id))
    if cached is None or cached[0] != generation:
        cached = _cached[name, company_id] = (generation, tuple(_load(name, company_id)))
    return cached[1]


def _load(name: str, company_id: UUID | None) -> Iterator[InForce]:
    from django.db.models import Q

    from sellwell.kernel.models.policy import PolicyStatus, PolicyVersion

    published = PolicyVersion.objects.filter(name=name).exclude(status=PolicyStatus.DRAFT.value)
    title = title_of(name)
    ours = published.filter(Q(company_id=company_id) | Q(company_id=None))
    for row in sorted(ours, key=lambda row: (row.company_id is None, -row.number)):
        if row.since is not None:
            shown = read(row.table, T(f"{title.zh} v{row.number}", f"{title.en} v{row.number}"))
            yield InForce(name, row.company_id, row.number, row.since, row.until, shown)


def in_force(name: str, company_id: UUID | None, on_day: date) -> InForce:
    """The version that holds on a day: the company's own, else the one for every company.

    Refused (`policy.none_in_force`) where there is none: nothing is judged by a rule that nobody set.
    """
    for version in versions(name, company_id):
        if version.since <= on_day and (version.until is None or on_day < version.until):
            return version
    raise Refusal(NONE_IN_FORCE.refuse(title=title_of(name), day=on_day))


def changed() -> None:
    """Policies were published or retired: every process reads them again once this transaction is there."""
    from sellwell.kernel import generations

    generations.bump("policies")


def seed_defaults(today: date | None = None) -> int:
    """Put shipped defaults in force where nobody set the policy yet; gives how many were written.

    A policy that only ever had shipped versions follows a changed default from `today` on (the business day); one
    that people published stays as it is. Safe to repeat. Called after migrate.
    """
    from sellwell.kernel import clock
    from sellwell.kernel.models.policy import PolicyVersion

    day = today or clock.business_day(clock.now())
    latest: dict[str, PolicyVersion] = {}
    for row in PolicyVersion.objects.filter(name__in=DEFAULTS, company_id=None).order_by("number"):
        latest[row.name] = row
    written = [
        name
        for name, shipped in sorted(DEFAULTS.items())
        if name not in latest or (latest[name].created_by_id is None and latest[name].table != shipped.table)
    ]
    for name in written:
        _ship(DEFAULTS[name], latest.get(name), day)
    if written:
        changed()
    return len(written)


def _ship(shipped: Default, before: PolicyVersion | None, day: date) -> None:
    from sellwell.kernel import clock
    from sellwell.kernel.models.policy import PolicyStatus, PolicyVersion

    if before is not None:
        PolicyVersion.objects.filter(pk=before.pk).update(
            until=max(day, before.since or day), status=PolicyStatus.RETIRED.value, version=before.version + 1
        )
    PolicyVersion.objects.create(
        name=shipped.name,
        number=1 if before is None else before.number + 1,
        table=shipped.table,
        status=PolicyStatus.IN_FORCE.value,
        since=SINCE_EVER if before is None else max(day, before.since or day),
        note="随产品提供 / shipped with the product",
        created_at=clock.now(),
    )
