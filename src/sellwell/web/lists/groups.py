"""A list in groups: per value of a column how many rows and how much, each leading to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, F, Sum

from sellwell.kernel import directory
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE, Column
from sellwell.web.lists import filters

if TYPE_CHECKING:
    from sellwell.web.lists.query import ListQuery

KINDS = ("state", "person", "ref", "bool")  # kinds of columns with few values
MOST = 100  # groups shown, the largest first


@dataclass(frozen=True)
class Group:
    """One value of the column: its rows, their sum, its share of the largest group, and the address of its rows."""

    words: str
    url: str
    count: int
    total: Decimal | None
    share: int


@dataclass(frozen=True)
class Grouping:
    """A list in groups."""

    column: Column
    amount: Column | None
    groups: list[Group]
    without: str


def columns(asked: ListQuery) -> list[Column]:
    """The columns that this reader may group by: those that can be filtered by a value."""
    return [c for c in filters.filterable(asked.view, asked.actor) if c.kind in KINDS and c.condition is None]


def read(asked: ListQuery) -> Grouping | None:
    """The groups that the address asks for, in one query; None where it asks for none."""
    wanted = asked.params.get("group", "")
    column = next((c for c in columns(asked) if c.name == wanted), None)
    if column is None:
        return None
    visible = asked.view.visible(asked.actor)
    amount = next((c for c in visible if c.kind == "amount" and c.path and c.value is None), None)
    key = column.path
    if column.kind in ("person", "ref"):
        key = column.ref_path or f"{column.path.split('__')[0]}_id"
    measures: dict[str, Any] = {"group_count": Count("pk", distinct=True)}
    if amount is not None:
        measures["group_sum"] = Sum(F(amount.path))
    found = list(
        asked.rows().order_by().values(group_key=F(key), group_words=F(column.path)).annotate(**measures)
    )
    found.sort(key=lambda one: (one.get("group_sum") or 0, one["group_count"]), reverse=True)
    return Grouping(column, amount, _groups(asked, column, found[:MOST]), asked.without("group"))


def _groups(asked: ListQuery, column: Column, found: list[dict[str, Any]]) -> list[Group]:
    names = _names(asked, column, {one["group_words"] for one in found})
    measured = [one.get("group_sum") or one["group_count"] for one in found]
    largest = max((value for value in measured if value > 0), default=1)
    groups = []
    for one, value in zip(found, measured, strict=True):
        key = one["group_key"]
        url = ""
        if key not in (None, ""):
            text = ("1" if key else "0") if column.kind == "bool" else str(key)
            url = asked.without("group", column.name, **{column.name: text})
        share = max(0, min(100, int(value * 100 / largest)))
        groups.append(
            Group(
                _words(column, one["group_words"], names),
                url,
                one["group_count"],
                one.get("group_sum"),
                share,
            )
        )
    return groups


def _names(asked: ListQuery, column: Column, values: set[Any]) -> dict[Any, str]:
    """The names of people and rows that the column keeps as references."""
    ids = {value for value in values if isinstance(value, UUID)}
    if not ids:
        return {}
    if column.kind == "person":
        return dict(directory.current().names(ids))
    view = BY_TYPE.get(column.ref)
    return view.names(asked.actor, ids) if view is not None else {}


def _words(column: Column, value: Any, names: dict[Any, str]) -> str:
    if value in (None, ""):
        return str(T("未填", "Not set"))
    if column.states is not None:
        known = value in column.states.values()
        return str(column.states(value).label) if known else str(value)
    if column.kind == "bool":
        return str(T("是", "Yes") if value else T("否", "No"))
    return names.get(value, "…") if isinstance(value, UUID) else str(value)
