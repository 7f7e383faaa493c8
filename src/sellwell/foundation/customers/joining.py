"""The rows of two customers that become one or part again: what every table said in `merging`, done in sets.

Which rows a merge moved stands in its ledger entry, so they find back. What was made since and hangs on a document that goes
back goes with it, as long as it hangs on none that stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from sellwell.foundation.customers.merging import LINKED, Linked
from sellwell.foundation.customers.models import Merge
from sellwell.kernel.effects import Effects
from sellwell.kernel.models import Document

MERGE, BRING_ALONG = "customers.merge", "customers.bring_along"


@dataclass(frozen=True, slots=True)
class Ends:
    """From whom to whom rows go."""

    company_id: UUID
    source: Mapping[str, UUID]  # "customer", "party"
    target: Mapping[str, UUID]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _update(linked: Linked, column: str, where: str) -> str:
    """Set a column of the rows that fit; gives what `Effects.execute` records."""
    raise_version = ", version = version + 1" if _has(linked.model, "version") else ""
    name = _quoted(column)
    return (
        f"UPDATE {_quoted(linked.model._meta.db_table)} t SET {name} = %(value)s{raise_version} WHERE {where}"
        f" RETURNING new.id, jsonb_build_object('{column}', to_jsonb(old.{name})),"
        f" jsonb_build_object('{column}', to_jsonb(new.{name}))"
    )


def _has(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.concrete_fields)


def _another(linked: Linked, extra: str = "") -> str:
    """Whether the target has a row that stands for this one."""
    column = _quoted(linked.column)
    equal = "".join(f" AND o.{_quoted(name)} = t.{_quoted(name)}" for name in linked.by)
    return (
        f"EXISTS (SELECT 1 FROM {_quoted(linked.model._meta.db_table)} o"
        f" WHERE o.{column} = %(target)s{equal}{extra})"
    )


def _moving(shares_party: bool) -> list[Linked]:
    """The columns whose rows go along. What hangs on a party that another company deals with too stays where it is."""
    return [
        linked
        for linked in LINKED.values()
        if linked.how != "stays" and not (shares_party and linked.of == "party")
    ]


def move(effects: Effects, ends: Ends, shares_party: bool) -> int:
    """All rows of the loser that go to the survivor; gives how many."""
    before = len(effects.changes)
    for linked in _moving(shares_party):
        params: dict[str, Any] = {
            "source": ends.source[linked.of], "target": ends.target[linked.of], "company": ends.company_id,
        }  # fmt: skip
        of_source = f"t.{_quoted(linked.column)} = %(source)s" + (
            " AND t.company_id = %(company)s" if _has(linked.model, "company_id") else ""
        )
        if linked.mark:
            mark = _quoted(linked.mark)
            where = f"{of_source} AND t.{mark} AND {_another(linked, f' AND o.{mark}')}"
            effects.execute(linked.model, _update(linked, linked.mark, where), {**params, "value": False})
        where = f"{of_source} AND NOT {_another(linked)}" if linked.how == "one" else of_source
        sql = _update(linked, linked.column, where)
        effects.execute(linked.model, sql, {**params, "value": ends.target[linked.of]})
    _search_follows(effects, before, ends)
    return len(effects.changes) - before


# --- and back ----------------------------------------------------------------------------------------------------------

_ENTRIES = """
SELECT entry_id FROM kernel_ledgerchange WHERE "table" = %s AND row_id = %s AND before IS NULL
UNION SELECT seq FROM kernel_ledgerentry WHERE row_id = %s AND operation = %s
"""
_TOLD = """
SELECT row_id FROM kernel_ledgerchange
WHERE entry_id = ANY(%s) AND "table" = %s AND before ->> %s = %s AND after ->> %s = %s
"""


def _entries(merge: Merge) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [merge._meta.label_lower, merge.pk, merge.pk, BRING_ALONG])
        return [row[0] for row in cursor.fetchall()]


def _told(entries: list[int], linked: Linked, column: str, before: str, after: str) -> set[UUID]:
    """The rows whose column these entries changed from one value to the other."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [entries, linked.label, column, before, column, after])
        return {row[0] for row in cursor.fetchall()}


def give_back(effects: Effects, merge: Merge, ends: Ends) -> int:
    """What the merge moved, and what was made out of it since; gives how many rows. `ends` lead back to the loser."""
    entries = _entries(merge)
    found = {
        linked: _told(
            entries, linked, linked.column, str(ends.target[linked.of]), str(ends.source[linked.of])
        )
        for linked in _moving(merge.shares_party)
    }
    _add_what_hangs_on(found, ends)
    before = len(effects.changes)
    for linked, ids in found.items():
        if not ids:
            continue
        params: dict[str, Any] = {
            "source": ends.source[linked.of], "target": ends.target[linked.of], "ids": list(ids),
        }  # fmt: skip
        column = _quoted(linked.column)
        where = f"t.id = ANY(%(ids)s) AND t.{column} = %(source)s"
        sql = _update(linked, linked.column, where)
        effects.execute(linked.model, sql, {**params, "value": ends.target[linked.of]})
        if linked.mark:
            mark = _quoted(linked.mark)
            params["ids"] = list(_told(entries, linked, linked.mark, "true", "false"))
            where = f"t.id = ANY(%(ids)s) AND t.{column} = %(target)s AND NOT {_another(linked, f' AND o.{mark}')}"
            effects.execute(linked.model, _update(linked, linked.mark, where), {**params, "value": True})
    _search_follows(effects, before, ends)
    return len(effects.changes) - before


def _add_what_hangs_on(found: dict[Linked, set[UUID]], ends: Ends) -> None:
    """Rows of the survivor that name a document that goes back, or that its trace leads to; and so on from those."""
    tables = [linked for linked in found if linked.of == "customer" and linked.how == "moves"]
    labels = [linked.label for linked in tables if issubclass(linked.model, Document)]
    while True:
        documents = [pk for linked in tables if linked.label in labels for pk in found[linked]]
        if not documents:
            return
        more = {
            linked: _hanging(linked, ends.source["customer"], documents, labels) - found[linked]
            for linked in tables
        }
        if not any(more.values()):
            return
        for linked, ids in more.items():
            found[linked] |= ids


def _hanging(linked: Linked, customer: UUID, documents: list[UUID], labels: list[str]) -> set[UUID]:
    names = [
        f"t.{_quoted(str(f.column))} = ANY(%(documents)s)"
        for f in linked.model._meta.concrete_fields
        if f.db_type(connection) == "uuid" and f.column not in ("id", "company_id", linked.column)
    ]
    linked_only_there = (
        "(EXISTS (SELECT 1 FROM kernel_link l WHERE l.to_id = t.id AND l.from_id = ANY(%(documents)s))"
        " AND NOT EXISTS (SELECT 1 FROM kernel_link l WHERE l.to_id = t.id AND l.from_type = ANY(%(labels)s)"
        " AND l.from_id <> ALL(%(documents)s)))"
    )
    sql = (
        f"SELECT t.id FROM {_quoted(linked.model._meta.db_table)} t WHERE t.{_quoted(linked.column)} = %(customer)s"
        f" AND ({' OR '.join([*names, linked_only_there])})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"customer": customer, "documents": documents, "labels": labels})
        return {row[0] for row in cursor.fetchall()}


# --- beside the tables -------------------------------------------------------------------------------------------------


def _search_follows(effects: Effects, since: int, ends: Ends) -> None:
    """The search rows of moved rows are forgotten with the party that they belong to now."""
    moved = [change.row_id for change in effects.changes[since:]]
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_searchrow SET subject_id = %s WHERE subject_id = %s AND id = ANY(%s)",
                [ends.target["party"], ends.source["party"], moved],
            )


def take_tasks(source: UUID, target: UUID, number: str, only: Iterable[UUID] | None = None) -> list[UUID]:
    """The open tasks on one customer become tasks on the other; `only` these, where some are named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_task SET row_id = %s, row_number = %s, version = version + 1"
            " WHERE row_id = %s AND state = 'open' AND (%s OR id = ANY(%s)) RETURNING id",
            [target, number, source, only is None, list(only or ())],
        )
        return [row[0] for row in cursor.fetchall()]
