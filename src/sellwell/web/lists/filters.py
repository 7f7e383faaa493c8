"""Filters of a list, one kind per kind of column. Parameters are the column's name, or `name.min`, `name.from` and so on.

Only columns that the reader may see are filters, so a hidden field cannot be found out by asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import T, months_later
from sellwell.kernel.views import BY_TYPE, Column, View
from sellwell.web import formats

if TYPE_CHECKING:
    from django.http import QueryDict

    from sellwell.kernel.access import Actor

NUMBERS = ("amount", "price", "quantity", "rate")
DAYS = ("date", "datetime")
# Kinds whose filters hold numbers, days, states and identifiers, never a typed text.
IMPERSONAL = (*NUMBERS, *DAYS, "state", "bool", "person", "ref")

# Named periods of date filters: the first day and the day after the last, from today.
PERIODS: dict[str, T] = {
    "today": T("今天", "Today"),
    "this_week": T("本周", "This week"),
    "this_month": T("本月", "This month"),
    "last_month": T("上月", "Last month"),
    "this_quarter": T("本季", "This quarter"),
    "this_year": T("今年", "This year"),
    "past": T("今天以前", "Before today"),
    "next_week": T("未来 7 天", "Next 7 days"),
}


def period(name: str, today: date) -> tuple[date | None, date | None]:
    """The days that a named period means on `today`: from, until (exclusive)."""
    month = today.replace(day=1)
    match name:
        case "today":
            return today, today + timedelta(1)
        case "this_week":
            monday = today - timedelta(today.weekday())
            return monday, monday + timedelta(7)
        case "this_month":
            return month, months_later(month, 1)
        case "last_month":
            return months_later(month, -1), month
        case "this_quarter":
            first = month.replace(month=(month.month - 1) // 3 * 3 + 1)
            return first, months_later(first, 3)
        case "this_year":
            return today.replace(month=1, day=1), date(today.year + 1, 1, 1)
        case "past":
            return None, today
        case "next_week":
            return today, today + timedelta(7)
    raise KeyError(name)


@dataclass(frozen=True)
class Filter:
    """A filter in force: its condition, the words of its chip, and the parameters that removing it drops."""

    column: Column
    condition: Q
    words: str
    params: tuple[str, ...]


def filterable(view: View, actor: Actor) -> list[Column]:
    """The columns that this reader may filter by."""
    return [c for c in view.visible(actor) if c.filterable and (c.path or c.condition is not None)]


def in_force(view: View, actor: Actor, params: QueryDict, today: date) -> list[Filter]:
    """The filters that the parameters name. What cannot be read is passed over, never an error."""
    found = []
    for column in filterable(view, actor):
        try:
            one = _filter(column, actor, params, today)
        except (ValueError, InvalidOperation, KeyError, OverflowError):
            continue
        if one is not None:
            found.append(one)
    return found


def _filter(column: Column, actor: Actor, params: QueryDict, today: date) -> Filter | None:
    if column.kind in NUMBERS:
        return _number(column, params)
    if column.kind in DAYS:
        return _days(column, params, today)
    values = [value for value in params.getlist(column.name) if value][:50]
    if not values:
        return None
    if column.kind == "state":
        return _states(column, values)
    if column.kind in ("person", "ref"):
        return _related(column, actor, values)
    if column.kind == "bool":
        truth = values[0] == "1"
        return _one(column, Q(**{column.path: truth}), str(T("是", "Yes") if truth else T("否", "No")))
    lookup = "istartswith" if column.kind == "code" else "icontains"
    text = values[0][:80].replace("\x00", "")
    return _one(column, Q(**{f"{column.path}__{lookup}": text}), text)


def _one(column: Column, condition: Q, words: str) -> Filter:
    return Filter(column, condition, words, (column.name,))


def _states(column: Column, values: list[str]) -> Filter | None:
    known = column.states.values() if column.states else values
    wanted = [value for value in values if value in known]
    if not wanted:
        return None
    words = "、".join(str(column.states(value).label) if column.states else value for value in wanted)
    return _one(column, Q(**{f"{column.path}__in": wanted}), words)


def _related(column: Column, actor: Actor, values: list[str]) -> Filter:
    path = column.ref_path or f"{column.path.split('__')[0]}_id"
    ids = [actor.user_id if value == "me" else UUID(value) for value in values]
    words = str(T("我", "me")) if values == ["me"] else _names(column, actor, ids)
    if column.condition is not None:
        return _one(column, column.condition(ids), words)
    return _one(column, Q(**{f"{path}__in": ids}), words)


def _names(column: Column, actor: Actor, ids: list[UUID]) -> str:
    """The names of the rows that a filter asks for, as far as they may be seen."""
    if column.kind == "person":
        from sellwell.kernel import directory

        return "、".join(directory.current().names(set(ids)).values()) or "…"
    view = BY_TYPE.get(column.ref)
    if view is None:
        return "…"
    return "、".join(str(view.label(row)) for row in view.rows(actor).filter(pk__in=ids)[:3]) or "…"


def _number(column: Column, params: Mapping[str, Any]) -> Filter | None:
    low, high = (_decimal(params.get(f"{column.name}.{end}", "")) for end in ("min", "max"))
    if low is None and high is None:
        return None
    condition = Q()
    if low is not None:
        condition &= Q(**{f"{column.path}__gte": low})
    if high is not None:
        condition &= Q(**{f"{column.path}__lte": high})
    show = formats.amount if column.kind == "amount" else formats.quantity
    words = f"{show(low)} – {show(high)}" if low is not None and high is not None else (
        f"≥ {show(low)}" if low is not None else f"≤ {show(high)}")  # fmt: skip
    return Filter(column, condition, words, (f"{column.name}.min", f"{column.name}.max"))


def _decimal(text: str) -> Decimal | None:
    text = text.replace(",", "").replace("¥", "").strip()
    number = Decimal(text) if text else None
    if number is not None and (not number.is_finite() or abs(number) > Decimal(10) ** 15):
        raise ValueError("out of range")
    return number


def _days(column: Column, params: Mapping[str, Any], today: date) -> Filter | None:
    names = (column.name, f"{column.name}.from", f"{column.name}.until")
    if named := params.get(column.name):
        first, after = period(named, today)
        words = str(PERIODS[named])
    else:
        first = date.fromisoformat(params[names[1]]) if params.get(names[1]) else None
        last = date.fromisoformat(params[names[2]]) if params.get(names[2]) else None
        if first is None and last is None:
            return None
        after = last + timedelta(1) if last else None
        words = f"{first or ''} – {last or ''}"
    condition = Q()
    if first is not None:
        condition &= Q(**{f"{column.path}__gte": _bound(column, first)})
    if after is not None:
        condition &= Q(**{f"{column.path}__lt": _bound(column, after)})
    return Filter(column, condition, words, names)


def _bound(column: Column, day: date) -> date | datetime:
    return day if column.kind == "date" else datetime.combine(day, time(), BUSINESS_ZONE)
