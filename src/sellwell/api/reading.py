"""Reading rows: lists with filters and keyset paging, one record, both from the view's visible columns."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from sellwell.api.answers import BAD_REQUEST, NO_ENDPOINT, answer, endpoint
from sellwell.kernel import keyset, search
from sellwell.kernel.door import NOT_FOUND, NOT_PERMITTED
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal, T
from sellwell.kernel.views import VIEWS, Column, View, json_value

if TYPE_CHECKING:
    from django.db.models import QuerySet

LIMIT, MOST = 50, 200
# Filters by kind of column: what follows the column's name in the query string.
SUFFIXES = {
    "amount": ("gte", "lte"), "price": ("gte", "lte"), "quantity": ("gte", "lte"), "rate": ("gte", "lte"),
    "date": ("gte", "lte"), "datetime": ("gte", "lte"),
}  # fmt: skip


def view_at(url: str, ctx: Context) -> View:
    """The view behind an address, if the actor may see any of its rows."""
    found = next((v for v in VIEWS.values() if v.url == url), None)
    if found is None:
        raise Refusal(NO_ENDPOINT.refuse())
    if not ctx.actor.may(found.name):
        raise Refusal(NOT_PERMITTED.refuse(verb=found.title))
    return found


@endpoint("GET")
def rows(request: HttpRequest, ctx: Context, url: str) -> HttpResponse:
    """A page of rows: `?limit=&after=&sort=&q=&<column>=&<column>__gte=`."""
    view = view_at(url, ctx)
    columns = view.visible(ctx.actor)
    queryset = filtered(view.rows(ctx.actor), view, columns, request)
    keys = keyset.keys_of(view.model, _order(view, columns, request.GET.get("sort", "")))
    limit = _limit(request.GET.get("limit", str(LIMIT)))
    after = request.GET.get("after", "")
    if after and keyset.read_cursor(after, keys) is None:
        raise Refusal(bad("after", T("分页标记无效。", "The cursor is none of ours.")))
    page = keyset.page(queryset, keys, after, "", limit)
    return answer({"rows": [image(row, columns) for row in page.rows], "next": page.older or None}, ctx)


@endpoint("GET")
def record(request: HttpRequest, ctx: Context, url: str, row_id: UUID) -> HttpResponse:
    """One row, with its version as ETag."""
    view = view_at(url, ctx)
    row = view.rows(ctx.actor).filter(pk=row_id).first()
    if row is None:
        raise Refusal(NOT_FOUND.refuse())
    response = answer(image(row, view.visible(ctx.actor)), ctx)
    response["ETag"] = f'"{row.version}"'
    return response


def image(row: Any, columns: list[Column]) -> dict[str, Any]:
    """A row as JSON: its identifier, its version and the columns that the reader may see."""
    found: dict[str, Any] = {"id": str(row.pk), "version": getattr(row, "version", None)}
    for column in columns:
        found[column.name] = json_value(column, row)
        if column.kind in ("ref", "person") and column.path:
            target = column.ref_id(row)
            found[f"{column.name}_id"] = str(target) if target else None
    return found


def bad(path: str, problem: T) -> Any:
    """An objection to a parameter."""
    return BAD_REQUEST.refuse(path=path, problem=problem)


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MOST:
        raise Refusal(
            bad("limit", T(f"limit 应为 1 到 {MOST} 的整数。", f"limit is a whole number from 1 to {MOST}."))
        )
    return int(text)


def _order(view: View, columns: list[Column], sort: str) -> tuple[str, ...]:
    if not sort:
        return view.order
    column = next((c for c in columns if c.name == sort.lstrip("-") and c.sortable and c.path), None)
    if column is None:
        raise Refusal(bad("sort", T("不能按此列排序。", "Rows cannot be sorted by this column.")))
    sign = "-" if sort.startswith("-") else ""
    return (f"{sign}{column.path}", f"{sign}id")


def filtered(
    queryset: QuerySet[Any], view: View, columns: list[Column], request: HttpRequest
) -> QuerySet[Any]:
    """Rows narrowed by the query string; an unknown parameter is told, not ignored."""
    for name, text in request.GET.items():
        if name in ("limit", "after", "sort"):
            continue
        if name == "q":
            queryset = search.filter(queryset, view.row_type, text[:100])
            continue
        base, _, suffix = name.partition("__")
        column = next((c for c in columns if c.name == base and c.filterable and c.path), None)
        if column is None or (suffix and suffix not in SUFFIXES.get(column.kind, ())):
            raise Refusal(bad(name, T("不能按此参数筛选。", "Rows cannot be filtered by this parameter.")))
        target = f"{column.path.split('__')[0]}_id" if column.kind in ("ref", "person") else column.path
        target = column.ref_path if column.kind == "ref" and column.ref_path else target
        queryset = queryset.filter(
            **{f"{target}__{suffix}" if suffix else target: _value(column, name, text)}
        )
    return queryset


def _value(column: Column, name: str, text: str) -> Any:
    try:
        match column.kind:
            case "amount" | "price" | "quantity" | "rate":
                value = Decimal(text)
                if not value.is_finite() or abs(value) > Decimal(10) ** 15:
                    raise ValueError(text)
                return value
            case "date":
                return date.fromisoformat(text)
            case "datetime":
                moment = datetime.fromisoformat(text)
                if moment.tzinfo is None:
                    raise ValueError(text)
                return moment
            case "ref" | "person":
                return UUID(text)
            case "bool":
                return {"true": True, "false": False}[text]
    except (ValueError, InvalidOperation, KeyError):
        raise Refusal(
            bad(name, T("参数的值格式不正确。", "The value is not of this column's form."))
        ) from None
    if "\x00" in text or len(text) > 200:
        raise Refusal(bad(name, T("参数的值格式不正确。", "The value is not of this column's form.")))
    return text
