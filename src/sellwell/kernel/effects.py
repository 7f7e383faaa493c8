"""What a handler returns: the result, and all that must be written with it in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models


@dataclass(frozen=True, slots=True)
class Change:
    """One row, before and after: whole rows for an insert, the differing columns for an update."""

    model: type[models.Model]
    row_id: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """A fact to post: see `kernel.models.Fact`. Amounts in company currency unless `document_amount` says otherwise."""

    measure: str
    amount: Decimal
    source: UUID
    happened_on: date
    document: models.Model
    quantity: Decimal | None = None
    customer_id: UUID | None = None
    product_id: UUID | None = None
    product_line: str = ""
    channel: str = ""
    document_amount: Decimal | None = None
    currency: str = "CNY"
    seq: int = 1
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task for the next owner: the verb to do on a row, for a person or a role, due after working hours."""

    operation: str
    row: models.Model
    owner_id: UUID | None = None
    role: str = ""
    working_hours: Decimal = Decimal(8)
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewDeadline:
    """At `due_at` the verb `what` is done to the row, or the function registered as `what` looks at it (`kernel.deadlines`).

    A later one for the same `what` and row replaces it.
    """

    what: str
    row_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A frozen fact for reactions. Identifiers only."""

    name: str
    payload: Mapping[str, str]


@dataclass
class Effects:
    """Everything that an operation does. The door writes all of it, each kind in one statement."""

    result: Any = None
    changes: list[Change] = field(default_factory=list)
    facts: list[Posting] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    tasks: list[NewTask] = field(default_factory=list)
    links: list[tuple[models.Model, models.Model]] = field(default_factory=list)
    drop_tasks: list[UUID] = field(default_factory=list)  # rows whose open tasks no longer apply
    deadlines: list[NewDeadline] = field(default_factory=list)
    drop_deadlines: list[UUID] = field(default_factory=list)  # rows whose deadlines no longer apply
    search: list[models.Model] = field(default_factory=list)  # rows whose search entry must be written again
    on_behalf_of: UUID | None = None  # for whom a deputy acted: the ledger names both

    # -- writing rows ------------------------------------------------------------------------------------------------

    def insert(self, *rows: models.Model) -> None:
        """Write new rows, all of one table in one statement, and record them."""
        by_model: dict[type[models.Model], list[models.Model]] = {}
        for row in rows:
            by_model.setdefault(type(row), []).append(row)
        for model, group in by_model.items():
            model._default_manager.bulk_create(group)
            self.changes += [inserted(row) for row in group]

    def update(self, row: models.Model, **values: Any) -> None:
        """Set columns of a row, raise its version, and record before and after. Nothing differs: nothing is written."""
        before = {name: getattr(row, name) for name in values}
        differing = {name: value for name, value in values.items() if before[name] != value}
        if not differing:
            return
        for name, value in differing.items():
            setattr(row, name, value)
        fields = list(differing)
        if hasattr(row, "version"):
            row.version += 1
            fields.append("version")
        row.save(update_fields=fields)
        names = {row._meta.get_field(name).attname: name for name in differing}  # type: ignore[union-attr]
        self.changes.append(
            Change(
                type(row),
                row.pk,
                {attname: column_value(before[name]) for attname, name in names.items()},
                {attname: column_value(differing[name]) for attname, name in names.items()},
                subject_of(row),
            )
        )

    def execute(
        self,
        model: type[models.Model],
        sql: str,
        params: Sequence[Any] | Mapping[str, Any],
        subject: UUID | None = None,
    ) -> int:
        """Run one INSERT or UPDATE that returns (id, before jsonb, after jsonb) per row, and record each.

        For hot paths: `UPDATE ... RETURNING new.id, to_jsonb(old), to_jsonb(new)`. Gives the number of rows.
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        for row_id, before, after in found:
            self.changes.append(difference(model, row_id, image(before), image(after) or {}, subject))
        return len(found)

    def absorb(self, other: Effects) -> None:
        """Take over what another function of the same room prepared."""
        for name in (
            "changes",
            "facts",
            "events",
            "tasks",
            "links",
            "drop_tasks",
            "deadlines",
            "drop_deadlines",
            "search",
        ):
            getattr(self, name).extend(getattr(other, name))


def column_value(value: Any) -> Any:
    """A value as its column holds it: a related row is its identifier."""
    return value.pk if isinstance(value, models.Model) else value


def subject_of(row: models.Model) -> UUID | None:
    """Whose personal data a row holds."""
    subject = getattr(row, "subject", None)
    return subject() if callable(subject) else None


def columns(row: models.Model) -> dict[str, Any]:
    """A row as its columns."""
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def inserted(row: models.Model) -> Change:
    """The change that a new row is."""
    return Change(type(row), row.pk, None, columns(row), subject_of(row))


def difference(
    model: type[models.Model],
    row_id: UUID,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    subject: UUID | None,
) -> Change:
    """The change between two JSON images of a row, as PostgreSQL returned them."""
    if before is None:
        return Change(model, row_id, None, after, subject)
    names = [name for name in after if before.get(name) != after[name] and name != "version"]
    return Change(model, row_id, {n: before[n] for n in names}, {n: after[n] for n in names}, subject)


def image(value: Any) -> Mapping[str, Any] | None:
    """A row's JSON as Django's cursor gives it (a text), with every number Decimal."""
    found: Mapping[str, Any] | None = (
        json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
    )
    return found
