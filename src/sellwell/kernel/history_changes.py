"""What one ledger entry changed, row by row, as far as a reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel.history import noun_of, opened
from sellwell.kernel.models import LedgerChange, LedgerEntry
from sellwell.kernel.views import BY_TYPE, Column

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that an entry made or changed. `name` is empty and there are no `lines` for those who may not see the row."""

    row_type: str
    row_id: UUID
    noun: str
    name: str
    is_new: bool
    lines: list[tuple[Column, Any, Any]] = field(default_factory=list)  # column, before, after


def changes_of(entry: LedgerEntry, actor: Actor) -> list[ChangedRow]:
    """The rows of an entry in the order they were written; names and values only of what the reader may see."""
    found = list(LedgerChange.objects.filter(entry=entry.seq).order_by("id"))
    names = names_of(((change.table, change.row_id) for change in found), actor)
    return [_changed(change, names.get((change.table, change.row_id)), actor) for change in found]


def names_of(rows: Iterable[tuple[str, UUID]], actor: Actor) -> dict[tuple[str, UUID], str]:
    """How rows are called, of those that the reader may see: one query for each kind of row."""
    wanted: dict[str, set[UUID]] = {}
    for table, row_id in rows:
        if table in BY_TYPE:
            wanted.setdefault(table, set()).add(row_id)
    return {
        (table, row.pk): str(BY_TYPE[table].label(row))
        for table, ids in wanted.items()
        if actor.may(BY_TYPE[table].name)
        for row in BY_TYPE[table].rows(actor).filter(pk__in=ids)
    }


def _changed(change: LedgerChange, name: str | None, actor: Actor) -> ChangedRow:
    noun, is_new = noun_of(change.table), change.before is None
    if name is None:
        return ChangedRow(change.table, change.row_id, noun, "", is_new)
    before, after = change.before or {}, change.after or {}
    columns = {c.path: c for c in BY_TYPE[change.table].visible(actor) if c.path and "__" not in c.path}
    lines = [
        (column, opened(before.get(path)), opened(after.get(path)))
        for path, column in columns.items()
        if path in before or after.get(path) not in (None, "")  # of a new row only what was filled in
    ]
    return ChangedRow(change.table, change.row_id, noun, name, is_new, lines)
