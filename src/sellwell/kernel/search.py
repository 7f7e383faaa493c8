"""One search for everything: tokens of numbers and names in one table of identifiers.

Text search in the rooms' tables would not use its index under row-level security, and a two-character Chinese fragment
has no trigram; so this table holds single characters, pairs, pinyin and initials under a GIN index.
"""

from __future__ import annotations

import json
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from sellwell.kernel import pinyin
from sellwell.kernel.copying import RowsFor
from sellwell.kernel.models import SearchRow
from sellwell.kernel.views import BY_TYPE, VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet

    from sellwell.kernel.access import Actor
    from sellwell.kernel.views import View

# Up to so many matches a list looks up one by one; beyond, walking it newest first finds a page sooner.
FEW = 150


def write(rows: Iterable[Model]) -> None:
    """Write the search entries of rows again, all in one statement."""
    entries = []
    for row in rows:
        view: View = BY_TYPE[row._meta.label_lower]  # type: ignore[index]
        texts = [str(text) for text in (view.search(row) if view.search else ()) if text]
        subject = getattr(row, "subject", lambda: None)()
        entries.append(
            {
                "id": str(row.pk),
                "company_id": str(company) if (company := getattr(row, "company_id", None)) else None,
                "row_type": view.row_type,
                "title": " · ".join(texts)[:200],
                "tokens": sorted({token for text in texts for token in pinyin.tokens(text)}),
                "subject_id": str(subject) if subject else None,
            }
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_searchrow (id, company_id, row_type, title, tokens, subject_id)"
            " SELECT s.id, s.company_id, s.row_type, s.title, s.tokens, s.subject_id FROM jsonb_to_recordset(%s)"
            " AS s(id uuid, company_id uuid, row_type text, title text, tokens text[], subject_id uuid)"
            " ON CONFLICT (id) DO UPDATE SET title = excluded.title, tokens = excluded.tokens,"
            " subject_id = excluded.subject_id",
            [json.dumps(entries)],
        )


def write_new(company_id: UUID, row_type: str, rows: Iterable[tuple[UUID, tuple[str, ...]]]) -> None:
    """Search entries of many new rows (identifier, the texts that find it), all of one type and company."""
    entries = RowsFor(SearchRow, company_id=company_id, row_type=row_type)
    for row_id, texts in rows:
        found = {token for text in texts if text for token in pinyin.tokens(text)}
        entries.add(id=row_id, title=" · ".join(text for text in texts if text)[:200], tokens=sorted(found))
    entries.write()


def matching(tokens: list[str], row_type: str = "", most: int | None = None) -> list[tuple[UUID, str]]:
    """Rows that hold every token, as (identifier, type): of one type or of all, at most so many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, row_type FROM sellwell_found(%s::text[], %s, %s)", [tokens, row_type, most]
        )
        found: list[tuple[UUID, str]] = cursor.fetchall()
    return found


def filter(  # noqa: A001 - reads as search.filter
    queryset: QuerySet[Any], row_type: str, q: str, actor: Actor
) -> QuerySet[Any]:
    """Rows of a queryset that the query finds by their own tokens, or by those of the rows that `found_by` of their view
    names, for instance an order by its customer's name; never by what is hidden from the actor."""
    tokens = pinyin.query_tokens(q)
    if not tokens:
        return queryset
    conditions = [_among(queryset.model, "pk", row_type, tokens)]
    for name in BY_TYPE[row_type].found_along(actor):
        other = queryset.model._meta.get_field(name).related_model
        conditions.append(_among(queryset.model, name, other._meta.label_lower, tokens))
    wanted = [condition for condition in conditions if condition is not None]
    if not wanted:
        return queryset.none()
    return queryset.filter(reduce(or_, wanted))


def _among(model: type[Model], name: str, row_type: str, tokens: list[str]) -> Q | None:
    """The condition that the field `name` (or "pk") leads to a row that holds the tokens; None where there is no such row.

    Few are named one by one, so that their index serves. Many stay a subquery, so that the list is walked in its own
    order until a page is full; IS TRUE keeps the planner from joining all of them first and sorting afterwards.
    """
    few = matching(tokens, row_type, FEW + 1)
    if not few:
        return None
    if len(few) <= FEW:
        return Q(**{f"{name}__in": [row_id for row_id, _ in few]})
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    quote = connection.ops.quote_name
    column = f"{quote(model._meta.db_table)}.{quote(str(field.column))}"  # type: ignore[union-attr]
    found = "SELECT id FROM sellwell_found(%s::text[], %s, NULL)"
    return Q(RawSQL(f"({column} IN ({found})) IS TRUE", [tokens, row_type], output_field=BooleanField()))  # noqa: S611


def find(actor: Actor, q: str, limit: int = 8) -> list[tuple[View, list[Any]]]:
    """What the actor may see and the query finds, by type, a few of each."""
    tokens = pinyin.query_tokens(q)
    if not tokens:
        return []
    hits: dict[str, list[UUID]] = {}
    for row_id, row_type in sorted(matching(tokens, most=2000), reverse=True):
        hits.setdefault(row_type, []).append(row_id)
    found = []
    for view in VIEWS.values():
        if view.row_type in hits and BY_TYPE[view.row_type] is view and actor.may(view.name):
            rows = list(view.rows(actor).filter(pk__in=hits[view.row_type][:200])[:limit])
            if rows:
                found.append((view, rows))
    return found
