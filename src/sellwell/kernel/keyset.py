"""Pages by key: the next page starts after the last row's sort values, so page 1,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Field, Func, Q, Value

from sellwell.kernel.inputs import plain

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: an ORM path, its direction, its field, and whether it may be empty."""

    path: str
    descending: bool
    field: Field[Any, Any]
    nullable: bool

    def ordering(self, backwards: bool) -> Any:
        """The order by this key; empty values stand last, first when going backwards."""
        descending = self.descending != backwards
        expression = F(self.path)
        if not self.nullable:
            return expression.desc() if descending else expression.asc()
        places: dict[str, Any] = {"nulls_first": True} if backwards else {"nulls_last": True}
        return expression.desc(**places) if descending else expression.asc(**places)


class _RowBeyond(Func):
    """`(a, b) < (x, y)`: one range of the index."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, names: Sequence[str], values: Sequence[Any], sign: str) -> None:
        super().__init__(*names, *values)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts, params = [], []
        for expression in self.get_source_expressions():
            sql, given = compiler.compile(expression)
            parts.append(sql)
            params += list(given)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.sign} ({', '.join(parts[half:])})", params


def keys_of(model: type[Model], order: Sequence[str]) -> list[Key]:
    """The sort keys of an order like `("-business_date", "-id")`; `id` is added where it is missing."""
    names = list(order)
    if not any(name.lstrip("-") == "id" for name in names):
        names.append("-id" if names and names[0].startswith("-") else "id")
    return [_key(model, name) for name in names]


def _key(model: type[Model], name: str) -> Key:
    path, nullable, current, field = name.lstrip("-"), False, model, None
    for step in path.split("__"):
        field = current._meta.get_field(step)
        nullable = nullable or bool(getattr(field, "null", False))
        current = field.related_model or current  # type: ignore[assignment]
    if field is None:
        raise ValueError("a sort key names a field")
    target = getattr(field, "target_field", field) if field.is_relation else field
    return Key(path, name.startswith("-"), target, nullable)  # type: ignore[arg-type]


def cursor_of(row: Any, keys: Sequence[Key]) -> str:
    """Where a page ends: the row's sort values, as text for an address."""
    values = []
    for key in keys:
        value: Any = row
        for step in key.path.split("__"):
            value = None if value is None else getattr(value, step)
        values.append(plain(getattr(value, "pk", value)))
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_cursor(text: str, keys: Sequence[Key]) -> list[Any] | None:
    """The sort values of a cursor; None if it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(keys):
            return None
        return [None if v is None else key.field.to_python(v) for key, v in zip(keys, values, strict=True)]
    except (ValueError, binascii.Error, ValidationError, TypeError):
        return None


def beyond(
    queryset: QuerySet[Any], keys: Sequence[Key], values: Sequence[Any], backwards: bool
) -> QuerySet[Any]:
    """The rows after (or before) the given sort values."""
    directions = {key.descending for key in keys}
    if len(directions) == 1 and not any(key.nullable for key in keys):
        sign = "<" if keys[0].descending != backwards else ">"
        wrapped = [Value(v, output_field=key.field) for key, v in zip(keys, values, strict=True)]
        return queryset.filter(_RowBeyond([key.path for key in keys], wrapped, sign))
    condition, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        condition |= same & _past(key, value, backwards)
        same &= Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    return queryset.filter(condition)


def _past(key: Key, value: Any, backwards: bool) -> Q:
    """The rows whose value of this key lies strictly beyond; empty values stand last."""
    if value is None:
        return Q(**{f"{key.path}__isnull": False}) if backwards else Q(pk__in=[])
    sign = "lt" if key.descending != backwards else "gt"
    past = Q(**{f"{key.path}__{sign}": value})
    return past | Q(**{f"{key.path}__isnull": True}) if key.nullable and not backwards else past


@dataclass(frozen=True)
class Slice:
    """One page of rows with the cursors of its neighbours ('' where there is none)."""

    rows: list[Any]
    newer: str
    older: str


def page(queryset: QuerySet[Any], keys: Sequence[Key], after: str, before: str, size: int) -> Slice:
    """One page; one row more is read to know whether there is a further one."""
    backwards = bool(before) and not after
    values = read_cursor(after or before, keys) if (after or before) else None
    if values is not None:
        queryset = beyond(queryset, keys, values, backwards)
    found = list(
        queryset.order_by(*[key.ordering(backwards and values is not None) for key in keys])[: size + 1]
    )
    more = len(found) > size
    found = found[:size]
    if values is None:
        return Slice(found, "", cursor_of(found[-1], keys) if more else "")
    if backwards:
        found.reverse()
    first, last = (cursor_of(found[0], keys), cursor_of(found[-1], keys)) if found else ("", "")
    return Slice(found, first if (more or not backwards) else "", last if (more or backwards) else "")
