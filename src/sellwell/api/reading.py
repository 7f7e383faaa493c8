"""Reading rows: lists with filters and keyset paging, one record, both from the view's visible columns."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import UUIDField
from django.http import HttpRequest, HttpResponse

from sellwell.api.answers import answer
from sellwell.api.bodies import bad
from sellwell.kernel import keyset, search
from sellwell.kernel.door import NOT_FOUND, NOT_PERMITTED
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal, T
from sellwell.kernel.views import Column, View, json_value, read_keys

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from sellwell.kernel.access import Actor

LIMIT, MOST = 50, 200
LONGEST = 200  # characters of a parameter
# Filters by kind of column: what follows the column's name in the query string.
_RANGE = ("gte", "lte")
SUFFIXES = dict.fromkeys(("amount", "price", "quantity", "rate", "date", "datetime"), _RANGE)
WRONG = T("参数的值格式不正确。", "The value is not of this column's form.")


def rows(request: HttpRequest, ctx: Context, *, view: View) -> HttpResponse:
    """A page of rows: `?limit=&after=&sort=&q=&<column>=&<column>__gte=`."""
    _permit(view, ctx)
    columns = view.visible(ctx.actor)
    at_hand = view.at_hand(view.rows(ctx.actor), request.GET)
    queryset = filtered(at_hand, view, ctx.actor, columns, request)
    keys = keyset.keys_of(view.model, _order(view, columns, _single(request, "sort")))
    limit = _limit(_single(request, "limit") or str(LIMIT))
    after = _opened(_single(request, "after"), view, keys)
    page = keyset.page(queryset, keys, after, "", limit)
    read_keys(columns, page.rows)
    following = _sealed(page.older, view, keys) if page.older else None
    return answer({"rows": [image(row, columns) for row in page.rows], "next": following}, ctx)


def record(request: HttpRequest, ctx: Context, *, view: View, row_id: Any) -> HttpResponse:
    """One row, with its version as ETag."""
    _permit(view, ctx)
    row = view.rows(ctx.actor).filter(pk=row_id).first()
    if row is None:
        raise Refusal(NOT_FOUND.refuse())
    response = answer(image(row, view.visible(ctx.actor)), ctx)
    if (version := getattr(row, "version", None)) is not None:
        response["ETag"] = f'"{version}"'
    return response


def is_numbered(view: View) -> bool:
    """Whether the rows of a view are named by a number instead of an identifier."""
    return not isinstance(view.model._meta.pk, UUIDField)


def _permit(view: View, ctx: Context) -> None:
    if not ctx.actor.may(view.name):
        raise Refusal(NOT_PERMITTED.refuse(verb=view.title))


def image(row: Any, columns: Sequence[Column]) -> dict[str, Any]:
    """A row as JSON: its identifier, its version and the columns that the reader may see."""
    found: dict[str, Any] = {"id": str(row.pk), "version": getattr(row, "version", None)}
    for column in columns:
        found[column.name] = json_value(column, row)
        if has_id(column):
            target = column.ref_id(row)
            found[f"{column.name}_id"] = str(target) if target else None
    return found


def has_id(column: Column) -> bool:
    """Whether a column names another row, whose identifier is given beside it."""
    return column.kind in ("ref", "person") and bool(column.path)


# --- one page after the other ------------------------------------------------------------------------------------------


def _mac(cursor: str, view: View, keys: Sequence[keyset.Key]) -> str:
    order = ",".join(f"{key.path}{'-' if key.descending else '+'}" for key in keys)
    text = f"api cursor/{view.name}/{order}/{cursor}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()[:16]


def _sealed(cursor: str, view: View, keys: Sequence[keyset.Key]) -> str:
    """A cursor that only this list in this order takes back."""
    return f"{_mac(cursor, view, keys)}.{cursor}"


def _opened(text: str, view: View, keys: Sequence[keyset.Key]) -> str:
    mac, _, cursor = text.partition(".")
    if text and not hmac.compare_digest(mac.encode(), _mac(cursor, view, keys).encode()):
        problem = T("分页标记无效，或属于另一种排序。", "The cursor is none of this list in this order.")
        raise Refusal(bad("after", problem))
    return cursor


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        problem = T(f"limit 应为 1 到 {MOST} 的整数。", f"limit is a whole number from 1 to {MOST}.")
        raise Refusal(bad("limit", problem))
    return int(text)


def _order(view: View, columns: Sequence[Column], sort: str) -> tuple[str, ...]:
    if not sort:
        return view.order
    name, sign = sort.removeprefix("-"), "-" if sort.startswith("-") else ""
    column = next((c for c in columns if c.name == name and c.sortable and c.path), None)
    if column is None:
        raise Refusal(bad("sort", T("不能按此列排序。", "Rows cannot be sorted by this column.")))
    return (f"{sign}{column.path}", f"{sign}id")


# --- filters -----------------------------------------------------------------------------------------------------------


def _single(request: HttpRequest, name: str) -> str:
    """A parameter that stands at most once."""
    values = request.GET.getlist(name)
    if len(values) > 1:
        raise Refusal(bad(name, T("此参数只能出现一次。", "This parameter may stand only once.")))
    return values[0] if values else ""


def filtered(
    queryset: QuerySet[Any], view: View, actor: Actor, columns: Sequence[Column], request: HttpRequest
) -> QuerySet[Any]:
    """Rows narrowed by the query string; an unknown parameter is told, not ignored. Repeated values: any of them."""
    for name, texts in request.GET.lists():
        if name in ("limit", "after", "sort"):
            continue
        if name == "q":
            queryset = search.filter(queryset, view.row_type, _text("q", _single(request, "q")), actor)
            continue
        base, _, suffix = name.partition("__")
        column = next((c for c in columns if c.name == base and c.filterable and c.path), None)
        if column is None or (suffix and suffix not in SUFFIXES.get(column.kind, ())) or name.endswith("__"):
            raise Refusal(bad(name, T("不能按此参数筛选。", "Rows cannot be filtered by this parameter.")))
        target = filter_path(column)
        if suffix:
            queryset = queryset.filter(
                **{f"{target}__{suffix}": _value(column, name, _single(request, name))}
            )
        else:
            queryset = queryset.filter(**{f"{target}__in": [_value(column, name, text) for text in texts]})
    return queryset


def filter_path(column: Column) -> str:
    """The ORM path that a filter compares: the identifier of the row that a column names, else its value."""
    if column.kind not in ("ref", "person"):
        return column.path
    return column.ref_path or f"{column.path.split('__')[0]}_id"


def _value(column: Column, name: str, text: str) -> Any:
    """A parameter's value by the kind of its column."""
    text = _text(name, text)
    try:
        match column.kind:
            case "amount" | "price" | "quantity" | "rate":
                value = Decimal(text)
                if not value.is_finite() or abs(value) > Decimal(10) ** 15 or value.as_tuple().exponent < -12:  # type: ignore[operator]
                    raise ValueError(text)
                return value
            case "date":
                return date.fromisoformat(text)
            case "datetime":
                moment = datetime.fromisoformat(text.replace(" ", "+"))
                if moment.tzinfo is None:
                    raise ValueError(text)
                return moment
            case "ref" | "person":
                return UUID(text)
            case "bool":
                return {"true": True, "false": False}[text]
            case "state" if column.states is not None:
                return str(column.states(text).value)
    except (ValueError, InvalidOperation, KeyError, OverflowError):
        raise Refusal(bad(name, WRONG)) from None
    return text


def _text(name: str, text: str) -> str:
    if "\x00" in text or len(text) > LONGEST:
        raise Refusal(bad(name, WRONG))
    return text
