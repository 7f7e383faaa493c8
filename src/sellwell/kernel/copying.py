"""Many rows into one table in one statement, for imports and simulated history. Constraints hold as ever.

COPY is not allowed under row-level security, so the columns go over as arrays and come out of `unnest`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

# So many rows per statement: beyond it the arrays only cost memory.
BATCH = 20_000


class RowsFor:
    """Rows of one table, gathered and written together.

    `constants` are the same in every row; columns that neither name get the model's default. What does not vary goes
    over once, not once per row.
    """

    def __init__(self, model: type[models.Model], **constants: Any) -> None:
        fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
        self.model = model
        self._base = {f.attname: f.get_default() if f.has_default() else None for f in fields} | constants
        self._fields = {f.attname: f for f in fields}
        self._columns: dict[str, list[Any]] = {}
        self._count = 0

    def add(self, **values: Any) -> None:
        """One more row. Every row names the same columns."""
        if not self._columns:
            self._columns = {name: [] for name in values}
        elif len(values) != len(self._columns):
            raise ValueError(f"rows of {self.model.__name__} name different columns")
        for name, value in values.items():
            self._columns[name].append(value)
        self._count += 1

    def write(self) -> int:
        """Write all gathered rows; gives how many."""
        for start in range(0, self._count, BATCH):
            self._insert(slice(start, start + BATCH))
        return self._count

    def _insert(self, part: slice) -> None:
        quote = connection.ops.quote_name
        names: list[str] = []
        targets: list[str] = []
        sources: list[str] = []
        once: list[Any] = []
        arrays: list[Any] = []
        for attname, field in self._fields.items():
            kind = field.db_type(connection)
            names.append(quote(str(field.column)))
            if attname not in self._columns:
                targets.append(f"%s::{kind}")
                once.append(self._base[attname])
                continue
            place = f"c{len(sources)}"
            targets.append(f"{place}::{kind}" if isinstance(field, ArrayField) else place)
            sources.append("%s::text[]" if isinstance(field, ArrayField) else f"%s::{kind}[]")
            arrays.append(literal(self._columns[attname][part]))
        places = ", ".join(f"c{index}" for index in range(len(sources)))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {quote(self.model._meta.db_table)} ({', '.join(names)}) SELECT {', '.join(targets)}"
                f" FROM unnest({', '.join(sources)}) AS u({places})",
                [*once, *arrays],
            )


def literal(values: Sequence[Any]) -> str:
    """Values as PostgreSQL writes an array. Texts are quoted; an array within is a text of its own."""
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, Decimal | UUID | int):
        return str(value)
    text = literal(value) if isinstance(value, list | tuple) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
