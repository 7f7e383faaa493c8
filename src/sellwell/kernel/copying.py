"""Many rows into one table in one statement, for imports and simulated history. Constraints hold as ever.

COPY is not allowed under row-level security, so the columns go over as arrays and come out of `unnest`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

# So many rows per statement: beyond it the arrays only cost memory.
BATCH = 20_000


class RowsFor:
    """Rows of one table, gathered and written together.

    `constants` are the same in every row; columns that neither name get the model's default.
    """

    def __init__(self, model: type[models.Model], **constants: Any) -> None:
        fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
        self.model = model
        self._fields = fields
        self._base = {f.attname: f.get_default() if f.has_default() else None for f in fields} | constants
        self._columns: list[list[Any]] = [[] for _ in fields]

    def add(self, **values: Any) -> None:
        """One more row."""
        row = self._base | values
        for column, field in zip(self._columns, self._fields, strict=True):
            column.append(row[field.attname])

    def write(self) -> int:
        """Write all gathered rows; gives how many."""
        count = len(self._columns[0])
        for start in range(0, count, BATCH):
            insert_columns(
                self.model, self._fields, [column[start : start + BATCH] for column in self._columns]
            )
        return count


def insert_columns(
    model: type[models.Model], fields: Sequence[models.Field[Any, Any]], columns: Sequence[Sequence[Any]]
) -> None:
    """Insert rows given column by column."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    sources, targets, params = [], [], []
    for index, (field, column) in enumerate(zip(fields, columns, strict=True)):
        kind = field.db_type(connection)
        if isinstance(field, ArrayField):
            sources.append("%s::text[]")
            targets.append(f"c{index}::{kind}")
            params.append([_array(value) for value in column])
        else:
            sources.append(f"%s::{kind}[]")
            targets.append(f"c{index}")
            params.append(list(column))
    places = ", ".join(f"c{index}" for index in range(len(fields)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT {', '.join(targets)}"
            f" FROM unnest({', '.join(sources)}) AS u({places})",
            params,
        )


def _array(values: Sequence[Any]) -> str:
    """An array of words or numbers as PostgreSQL writes it."""
    return "{" + ",".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values) + "}"
