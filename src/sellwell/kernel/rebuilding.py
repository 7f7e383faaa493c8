"""Every row rebuilt from the ledger and compared with the table: nothing was changed past the door.

The comparison is made by the database, value by value as text; only what differs in writing (a moment in another zone,
1 and 1.00, a sealed text) is read as its column reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models

from sellwell.kernel import personal
from sellwell.kernel.checks import Finding, check
from sellwell.kernel.models import Document
from sellwell.kernel.values import T

NAME = "ledger.rows"
# The version only counts changes; credentials never stand in a ledger that does not forget.
NOT_COMPARED = {"version"}

_DIFFERING = """
WITH latest AS (
  SELECT DISTINCT ON (c.row_id, said.key) c.row_id, said.key, said.value
  FROM kernel_ledgerchange c CROSS JOIN LATERAL jsonb_each(c.after) said
  WHERE c."table" = %s AND jsonb_typeof(c.after) = 'object' ORDER BY c.row_id, said.key, c.id DESC
)
SELECT l.row_id, l.key, l.value, now.image -> l.key, now.image IS NULL
FROM latest l LEFT JOIN LATERAL (SELECT to_jsonb(t) AS image FROM {table} t WHERE t.id = l.row_id) now ON true
WHERE now.image IS NULL OR l.value #>> '{{}}' IS DISTINCT FROM now.image ->> l.key
"""

_UNTOLD = """
SELECT t.number FROM {table} t
WHERE t.origin = 'entry' AND NOT EXISTS (
  SELECT 1 FROM kernel_ledgerchange c WHERE c.row_id = t.id AND c."table" = %s AND c.before IS NULL)
"""


@check(
    NAME,
    T("台账还原的每一行与现状一致", "Every row is as the ledger rebuilds it"),
    clauses=["1.3.1"],
)
def rows_are_as_the_ledger_says() -> Iterable[Finding]:
    """Rows that differ from their ledger, that the ledger made and the table lacks, and documents that nobody made."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT "table" FROM kernel_ledgerchange ORDER BY 1')
        told = [str(label) for (label,) in cursor.fetchall()]
    for label in told:
        yield from _differences(apps.get_model(label))
    for model in apps.get_models():
        if issubclass(model, Document):
            yield from _untold(model)


def _differences(model: type[models.Model]) -> Iterator[Finding]:
    fields = {field.column: field for field in model._meta.concrete_fields}
    skipped = NOT_COMPARED | set(getattr(model, "credentials", ()))
    label = model._meta.label_lower
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING.format(table=table), [label])
        for row_id, column, said, now, is_gone in cursor.fetchall():
            if is_gone:
                yield Finding(NAME, f"{label} {row_id}", "the ledger made it, but the row is not there")
            elif (
                column in fields
                and column not in skipped
                and _differs(fields[column], _read(said), _read(now))
            ):
                yield Finding(NAME, f"{label} {row_id}", f"{column} is not what the ledger says")


def _read(text: str | None) -> Any:
    """A JSON value as Django's cursor gives it (a text)."""
    return None if text is None else json.loads(text, parse_float=Decimal)


def _differs(field: models.Field[Any, Any], said: Any, now: Any) -> bool:
    """Whether two JSON values mean different values of a column. A sealed text whose key is gone was erased."""
    if personal.is_envelope(said) and not personal.is_envelope(now):
        return (personal.open_(said) or "") != (now or "")
    if isinstance(field, models.JSONField | models.BinaryField):
        return bool(said != now) and isinstance(field, models.JSONField)
    return bool(field.to_python(said) != field.to_python(now))


def _untold(model: type[models.Model]) -> Iterator[Finding]:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_UNTOLD.format(table=table), [model._meta.label_lower])
        for (number,) in cursor.fetchall():
            yield Finding(NAME, f"{model._meta.label_lower} {number}", "no ledger entry made it")
