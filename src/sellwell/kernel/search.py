"""One search for everything: tokens of numbers and names in one table of identifiers.

Text search in the rooms' tables would not use its index under row-level security, and a two-character Chinese fragment
has no trigram; so this table holds single characters, pairs, pinyin and initials under a GIN index.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from sellwell.kernel import pinyin
from sellwell.kernel.models import SearchRow
from sellwell.kernel.views import BY_TYPE, VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet

    from sellwell.kernel.access import Actor
    from sellwell.kernel.views import View

# More names than this match a fragment: the list says so instead of sorting all of them.
MATCH_LIMIT = 20_000


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


def matching(row_type: str, q: str) -> QuerySet[Any, Any]:
    """The identifiers of rows of a type that hold every token of the query."""
    return SearchRow.objects.filter(row_type=row_type, tokens__contains=pinyin.query_tokens(q)).values("id")


def filter(queryset: QuerySet[Any], row_type: str, q: str) -> QuerySet[Any]:  # noqa: A001 - reads as search.filter
    """Rows of a queryset that the query finds by their own tokens, or by their customer's."""
    tokens = pinyin.query_tokens(q)
    if not tokens:
        return queryset
    own = queryset.filter(pk__in=matching(row_type, q))
    if not any(f.name == "customer" for f in queryset.model._meta.fields):
        return own
    return queryset.filter(pk__in=matching(row_type, q)) | queryset.filter(
        customer_id__in=matching("customers.customer", q)
    )


def find(actor: Actor, q: str, limit: int = 8) -> list[tuple[View, list[Any]]]:
    """What the actor may see and the query finds, by type, a few of each."""
    tokens = pinyin.query_tokens(q)
    if not tokens:
        return []
    hits: dict[str, list[UUID]] = {}
    candidates = (
        SearchRow.objects.filter(tokens__contains=tokens).order_by("-id").values_list("row_type", "id")
    )
    for row_type, row_id in candidates[:2000]:
        hits.setdefault(row_type, []).append(row_id)
    found = []
    for view in VIEWS.values():
        if view.row_type in hits and BY_TYPE[view.row_type] is view and actor.may(view.name):
            rows = list(view.rows(actor).filter(pk__in=hits[view.row_type][:200])[:limit])
            if rows:
                found.append((view, rows))
    return found
