"""Who owned a record, from when until when: read from the ledger, so that nobody can alter it (clause 1.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.kernel import directory, history
from sellwell.kernel.models import LedgerChange, Owned
from sellwell.kernel.values import T


@dataclass(frozen=True)
class Tenure:
    """Some time in which one person answered for a record, in one department."""

    owner: str
    department_path: str
    region: str
    since: datetime
    until: datetime | None
    how: T  # the act by which it came to this person
    by: str
    note: str = ""


def tenures(row: Owned) -> list[Tenure]:
    """Every owner and department of a record in their order, the present one last."""
    changes = (
        LedgerChange.objects.filter(
            Q(after__has_key="owner_id") | Q(after__has_key="department_path"),
            row_id=row.pk,
        )
        .select_related("entry")
        .order_by("id")
    )
    places: list[tuple[Any, dict[str, Any]]] = []
    now: dict[str, Any] = {}
    for change in changes:
        now = {
            **now,
            **{
                k: v
                for k, v in (change.after or {}).items()
                if k in ("owner_id", "department_path", "region")
            },
        }
        places.append((change.entry, dict(now)))
    people = {UUID(str(p["owner_id"])) for _, p in places if p.get("owner_id")}
    people |= {entry.actor_id for entry, _ in places if entry.actor_id}
    names = directory.current().names(people)
    found = []
    for index, (entry, place) in enumerate(places):
        until = places[index + 1][0].at if index + 1 < len(places) else None
        owner = place.get("owner_id")
        found.append(
            Tenure(
                names.get(UUID(str(owner)), "") if owner else "", str(place.get("department_path", "")),
                str(place.get("region", "")), entry.at, until, history.title_of(entry.operation),
                names.get(entry.actor_id, ""), note_of(entry.given),
            )
        )  # fmt: skip
    return found


def note_of(given: Mapping[str, Any] | None) -> str:
    """The note that somebody gave with a hand-over or transfer; empty where there is none, or it was erased."""
    value = history.opened((given or {}).get("note"))
    return value if isinstance(value, str) else ""
