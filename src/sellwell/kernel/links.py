"""The trace of a sale: from any document the whole chain, up and down (clause 1.1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from sellwell.kernel import access
from sellwell.kernel.duties import CHAIN, CHAIN_LIMIT
from sellwell.kernel.views import BY_TYPE

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Node:
    """A document in the chain. A node that the reader may not see has no number and no amount."""

    row_type: str
    id: UUID
    number: str
    title: str
    day: date | None
    at: datetime | None
    amount: Decimal | None
    state: str
    waited: timedelta | None  # since the document it came from
    sources: tuple[UUID, ...]
    visible: bool


def ids(row_ids: list[UUID]) -> list[tuple[str, UUID]]:
    """Every document linked to the given ones, both ways, with its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            CHAIN + "SELECT DISTINCT t.type, t.id FROM (SELECT id FROM chain LIMIT %s) c JOIN LATERAL ("
            " SELECT from_type AS type, from_id AS id FROM kernel_link WHERE from_id = c.id"
            " UNION SELECT to_type, to_id FROM kernel_link WHERE to_id = c.id) t ON true",
            [row_ids, CHAIN_LIMIT],
        )
        return list(cursor.fetchall())


def chain(row: Any, actor: Actor) -> list[Node]:
    """The chain of a document in order of time, two queries per type of document: its rows, and which of them are seen."""
    found = ids([row.pk]) or [(row._meta.label_lower, row.pk)]
    by_type: dict[str, list[UUID]] = {}
    for row_type, row_id in found:
        by_type.setdefault(row_type, []).append(row_id)
    sources = _sources([row_id for _, row_id in found])
    rows: dict[UUID, Any] = {}
    seen: set[UUID] = set()
    for row_type, row_ids in by_type.items():
        view = BY_TYPE.get(row_type)
        if view is None:
            continue
        queryset = view.model._default_manager.select_related(*view.related).filter(pk__in=row_ids)
        rows |= {r.pk: r for r in queryset}
        seen.update(access.rows(actor, view.name, queryset).values_list("pk", flat=True))
    made = {pk: getattr(r, "created_at", None) for pk, r in rows.items()}
    nodes = [_node(r, actor, pk in seen, sources.get(pk, ()), made) for pk, r in rows.items()]
    return sorted(nodes, key=lambda n: (n.day is None, n.day or date.min, n.id))


def _sources(row_ids: list[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_id, array_agg(from_id) FROM kernel_link WHERE to_id = ANY(%s) GROUP BY 1", [row_ids]
        )
        return {to_id: tuple(from_ids) for to_id, from_ids in cursor.fetchall()}


def _node(
    row: Any, actor: Actor, visible: bool, sources: tuple[UUID, ...], made: dict[UUID, datetime | None]
) -> Node:
    view = BY_TYPE[row._meta.label_lower]
    created = getattr(row, "created_at", None)
    before = [moment for s in sources if (moment := made.get(s)) is not None]
    waited = created - max(before) if created is not None and before else None
    amount = next((c for c in view.visible(actor) if c.kind == "amount"), None)
    return Node(
        view.row_type, row.pk, view.label(row) if visible else "", str(view.title),
        getattr(row, "business_date", None), created, amount.read(row) if visible and amount else None,
        str(view.states(row.state).label) if visible and view.states else "", waited, sources, visible,
    )  # fmt: skip
