"""Separation of duties at run time: nobody acts on both sides of one sale (domain.md 1.3).

Most pairs lie on different documents of one sale (who takes the order does not ship it), so the ledger of the document
and of every document linked to it, up and down, is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from sellwell.kernel import generations
from sellwell.kernel.models import DutyPair
from sellwell.kernel.values import Objection, Reason, T

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sellwell.kernel.operations import Context

SAME_PERSON = Reason(
    "sod.same_person",
    T(
        "职务不相容：您已在这笔业务中办理“{done}”，不能再办理“{wanted}”。请由其他同事办理。",
        "Incompatible duties: you did “{done}” in this sale and cannot also do “{wanted}”. Ask a colleague.",
    ),
)

# A chain of documents is a sale, not a company: the walk stops at this many documents.
CHAIN_LIMIT = 2000

CHAIN = """
WITH RECURSIVE chain(id) AS (
    SELECT unnest(%s::uuid[])
  UNION
    SELECT CASE WHEN l.from_id = c.id THEN l.to_id ELSE l.from_id END
    FROM chain c JOIN kernel_link l ON l.from_id = c.id OR l.to_id = c.id
)
"""

_DONE = (
    CHAIN
    + """
SELECT e.operation FROM (SELECT id FROM chain LIMIT %s) c
JOIN kernel_ledgerentry e ON e.row_id = c.id
WHERE e.actor_id = ANY(%s::uuid[]) AND e.operation = ANY(%s) AND e.within = '' LIMIT 1
"""
)

_cache: dict[str, Any] = {"generation": None, "pairs": [], "opposite": {}}


def pairs() -> list[DutyPair]:
    """The pairs in force, read once per process and generation."""
    generation = generations.current("duties")
    if _cache["generation"] != generation:
        _cache.update(
            generation=generation,
            pairs=list(DutyPair.objects.filter(is_active=True).order_by("code")),
            opposite={},
        )
    found: list[DutyPair] = _cache["pairs"]
    return found


def opposite(operation_name: str) -> list[str]:
    """The operations that whoever does this one must not have done on the same sale."""
    in_force = pairs()
    known: dict[str, list[str]] = _cache["opposite"]
    if operation_name not in known:
        found: set[str] = set()
        for pair in in_force:
            if pair.per == "document":
                if operation_name in pair.duty_a:
                    found.update(pair.duty_b)
                if operation_name in pair.duty_b:
                    found.update(pair.duty_a)
        known[operation_name] = sorted(found - {operation_name})
    return known[operation_name]


def objection(operation_name: str, title: T, ctx: Context, documents: Sequence[UUID]) -> Objection | None:
    """Why this actor must not do this on these documents, from what the same person did on their chain."""
    against = opposite(operation_name)
    if not against or not documents:
        return None
    people = [ctx.user_id, *([ctx.on_behalf_of] if ctx.on_behalf_of else [])]
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [list(documents), CHAIN_LIMIT, people, against])
        found = cursor.fetchone()
    if found is None:
        return None
    from sellwell.kernel.operations import REGISTRY

    done = REGISTRY[found[0]].title if found[0] in REGISTRY else T(found[0], found[0])
    return SAME_PERSON.refuse(done=done, wanted=title)


_DOERS = (
    CHAIN
    + """
SELECT DISTINCT e.actor_id FROM (SELECT id FROM chain LIMIT %s) c
JOIN kernel_ledgerentry e ON e.row_id = c.id
WHERE e.operation = ANY(%s) AND e.within = ''
"""
)


def barred(operation_name: str, documents: Sequence[UUID]) -> list[UUID]:
    """Everybody who must not do this on these documents, from what was done on their chain."""
    against = opposite(operation_name)
    if not against or not documents:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DOERS, [list(documents), CHAIN_LIMIT, against])
        return [actor_id for (actor_id,) in cursor.fetchall()]


def conflicts_per_person(duties: dict[UUID, set[str]]) -> list[tuple[UUID, DutyPair]]:
    """People whose rights hold both sides of a pair that is incompatible per person."""
    return [
        (user_id, pair)
        for user_id, verbs in duties.items()
        for pair in pairs()
        if pair.per == "person" and verbs & set(pair.duty_a) and verbs & set(pair.duty_b)
    ]
