"""Reading the ledger back: the timeline of a record, what one entry changed, and how a record stood at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from string import Formatter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps

from sellwell.kernel import directory, personal, takings
from sellwell.kernel.extensions import Extension
from sellwell.kernel.models import LedgerChange, LedgerEntry
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import BY_TYPE, Column, View

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline: when, who (and for whom), what, and the changes that the reader may see."""

    at: datetime
    actor: str
    on_behalf_of: str
    title: T
    operation: str
    channel: str
    changes: list[tuple[T, Any, Any]]
    text: str = ""  # what was said or written, in short
    url: str = ""  # the record that the moment is of, where it is another one


# Moments of other records that stand on a record's own timeline, under "<row type>:<what they are of>":
# (row, actor, limit) -> the latest, as far as the reader may see them.
timelines: Extension[Callable[[Any, Any, int], list[Moment]]] = Extension(
    "timelines", "what else stands on the timeline of a record"
)


def whole_timeline(row: Any, actor: Actor, limit: int = 50) -> list[Moment]:
    """The timeline of a row with what other rooms have to say about it, newest first."""
    found = timeline(row, actor, limit)
    for key, function in timelines:
        if key.partition(":")[0] == row._meta.label_lower:
            found += function(row, actor, limit)
    return sorted(found, key=lambda moment: moment.at, reverse=True)[:limit]


def timeline(row: Any, actor: Actor, limit: int = 50) -> list[Moment]:
    """The latest entries about a row, newest first; only columns that the actor may see.

    Acts on other documents that changed this row stand here too, where the actor may see what they changed.
    """
    changes: dict[int, list[tuple[T, Any, Any]]] = {}
    made: set[int] = set()
    for change in reversed(LedgerChange.objects.filter(row_id=row.pk).order_by("-id")[: limit * 2]):
        changes.setdefault(change.entry_id, []).extend(_differences(change, actor))
        if change.before is None:
            made.add(change.entry_id)
    shown = {seq for seq, found in changes.items() if found} | made
    of_row = LedgerEntry.objects.filter(row_id=row.pk).order_by("-seq")[:limit]
    by_others = LedgerEntry.objects.filter(seq__in=shown).exclude(row_id=row.pk)
    entries = sorted([*of_row, *by_others], key=lambda e: e.seq, reverse=True)[:limit]
    people = {e.actor_id for e in entries} | {e.on_behalf_of_id for e in entries if e.on_behalf_of_id}
    names = directory.current().names(people)
    return [
        Moment(
            entry.at, names.get(entry.actor_id, ""),
            names.get(entry.on_behalf_of_id, "") if entry.on_behalf_of_id else "",
            title_of(entry.operation), entry.operation, entry.channel,
            changes.get(entry.seq, []),
        )
        for entry in entries
    ]  # fmt: skip


def title_of(operation: str) -> T:
    """The name of an operation, also of one that no longer exists."""
    if operation in REGISTRY:
        return REGISTRY[operation].title
    if operation in takings.TITLES:
        return takings.TITLES[operation]
    return T("提交审批", "Asked for approval") if operation == "approvals.ask" else T(operation, operation)


WAYS_IN = {
    "web": T("网页", "Web"),
    "api": T("接口", "API"),
    "cli": T("命令行", "Command line"),
    "job": T("自动", "Automatic"),
    "import": T("导入", "Import"),
}


def way_in(channel: str) -> str:
    """By which way an act came in, in words."""
    return str(WAYS_IN.get(channel, channel))


def noun_of(row_type: str) -> str:
    """What rows of a type are called; the type itself where no such rows exist any more."""
    try:
        return str(getattr(apps.get_model(row_type), "noun", row_type))
    except (LookupError, ValueError):
        return row_type


def _differences(change: LedgerChange, actor: Actor) -> list[tuple[T, Any, Any]]:
    """The columns of one change that the view names and the actor may see, with values opened."""
    # A table may keep what it says of a row under the row's own identifier: its view then names the columns.
    view = BY_TYPE.get(change.table)
    if view is None or change.before is None or not actor.may(view.name):
        return []
    columns = _stored(view, actor)
    return [
        (columns[name].label, opened(change.before[name]), opened((change.after or {}).get(name)))
        for name in change.before
        if name in columns
    ]


def _stored(view: View, actor: Actor) -> dict[str, Column]:
    """The columns of the table itself that a reader sees, by the name under which the ledger keeps them."""
    return {column.path: column for column in view.visible(actor) if column.path and "__" not in column.path}


def opened(value: Any) -> Any:
    """A stored value, its envelope opened; None once its subject was erased."""
    return personal.open_(value) if isinstance(value, dict) and personal.is_envelope(value) else value


# --- one entry --------------------------------------------------------------------------------------------------------


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
    """How rows of several kinds are called, as far as the reader may see them: one query for each kind."""
    wanted: dict[str, set[UUID]] = {}
    for table, row_id in rows:
        if table in BY_TYPE:
            wanted.setdefault(table, set()).add(row_id)
    return {
        (table, row_id): name
        for table, ids in wanted.items()
        for row_id, name in BY_TYPE[table].names(actor, ids).items()
    }


def _changed(change: LedgerChange, name: str | None, actor: Actor) -> ChangedRow:
    noun, is_new = noun_of(change.table), change.before is None
    if name is None:
        return ChangedRow(change.table, change.row_id, noun, "", is_new)
    before, after = change.before or {}, change.after or {}
    lines = [
        (column, opened(before.get(path)), opened(after.get(path)))
        for path, column in _stored(BY_TYPE[change.table], actor).items()
        if path in before or after.get(path) not in (None, "")  # of a new row only what was filled in
    ]
    return ChangedRow(change.table, change.row_id, noun, name, is_new, lines)


# --- as it was ---------------------------------------------------------------------------------------------------------


def as_of(table: str, row_id: UUID, moment: datetime) -> dict[str, Any] | None:
    """A row's columns as they stood at a moment, rebuilt from the ledger; None if it did not exist yet."""
    image: dict[str, Any] | None = None
    changes = (
        LedgerChange.objects.filter(table=table, row_id=row_id, entry__at__lte=moment)
        .order_by("id")
        .values("before", "after")
    )
    for change in changes:
        if change["before"] is None:
            image = dict(change["after"] or {})
        else:
            image = {**(image or {}), **(change["after"] or {})}
    return image


def completed(image: dict[str, Any], row: Any, moment: datetime) -> dict[str, Any]:
    """An image with the columns that the ledger did not hold by then: a row that was there before its first entry.

    They stood as the first later change found them, or as they stand now.
    """
    found = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    later = LedgerChange.objects.filter(
        table=row._meta.label_lower, row_id=row.pk, entry__at__gt=moment, before__isnull=False
    )
    for before in later.order_by("-id").values_list("before", flat=True):
        found |= before or {}
    return {**found, **image}


def objection_text(stored: dict[str, Any]) -> T:
    """The sentence of a stored objection; arguments that were names are not stored and show as '…'."""
    reason = Reason.known.get(stored.get("code", ""))
    if reason is None:
        return T(stored.get("code", ""), stored.get("code", ""))
    given = {name: _argument(value) for name, value in (stored.get("args") or {}).items()}
    names = {name for _, name, _, _ in Formatter().parse(reason.text.zh + reason.text.en) if name}
    return reason.text.format(**{name: given.get(name, "…") for name in names})


def _argument(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return T(value["zh"], value["en"])
    try:
        return Decimal(value) if isinstance(value, str) else value
    except InvalidOperation:
        return value
