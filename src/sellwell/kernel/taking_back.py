"""Rows that an import made beside its documents (customers, products): which they are, who builds on them, back again.

The ledger knows what a batch made. A row is taken back by its state, never deleted; an import that names it again
brings it to life.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from sellwell.kernel.effects import Effects

UNDO = "imports.undo"

_MADE = """
SELECT DISTINCT c.row_id FROM kernel_ledgerentry e JOIN kernel_ledgerchange c ON c.entry_id = e.seq
WHERE e.row_id = %s AND c."table" = %s AND (c.before IS NULL OR c.after ->> 'state' = 'active')
"""
_LAST = """
SELECT row_id FROM (
  SELECT DISTINCT ON (c.row_id) c.row_id, e.operation
  FROM kernel_ledgerchange c JOIN kernel_ledgerentry e ON e.seq = c.entry_id
  WHERE c.row_id = ANY(%s) ORDER BY c.row_id, c.id DESC
) found WHERE operation = %s
"""
_SET = """
UPDATE {table} SET state = %s, version = version + 1 WHERE id = ANY(%s) AND state = %s
RETURNING new.id, jsonb_build_object('state', old.state), jsonb_build_object('state', new.state)
"""


def made_by(batch_id: UUID, model: type[models.Model]) -> list[UUID]:
    """The rows of a table that a batch made, or brought back to life."""
    return _ids(_MADE, [batch_id, model._meta.label_lower])


def taken_back(row_ids: Iterable[UUID]) -> list[UUID]:
    """Of these rows those whose last change was the undoing of an import."""
    return _ids(_LAST, [list(row_ids), UNDO])


def set_state(effects: Effects, model: type[models.Model], row_ids: list[UUID], old: str, new: str) -> None:
    """Rows from one state to another, recorded."""
    if row_ids:
        table = connection.ops.quote_name(model._meta.db_table)
        effects.execute(model, _SET.format(table=table), [new, row_ids, old])


def building_on(model: type[models.Model], row_ids: list[UUID], own: Collection[UUID]) -> int:
    """How many rows of other documents refer to these rows. `own`: the documents that are taken back themselves."""
    if not row_ids:
        return 0
    return sum(
        _references(other, field, row_ids, list(own))
        for other in apps.get_models()
        for field in other._meta.concrete_fields
        if field.is_relation and field.related_model is model
    )


def _references(other: type[models.Model], field: Any, row_ids: list[UUID], own: list[UUID]) -> int:
    """A row belongs to a document if it is the document, or if any of its columns names it."""
    quote = connection.ops.quote_name
    columns = [
        quote(str(f.column))
        for f in other._meta.concrete_fields
        if f is not field and f.db_type(connection) == "uuid" and f.name != "company_id"
    ]
    belongs = " OR ".join(f"coalesce({column} = ANY(%s), false)" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {quote(other._meta.db_table)} WHERE {quote(str(field.column))} = ANY(%s)"
            f" AND NOT ({belongs})",
            [row_ids, *([own] * len(columns))],
        )
        return int(cursor.fetchone()[0])


def _ids(sql: str, params: list[Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
