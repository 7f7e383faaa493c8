"""The page that people read the API by: everything from the registries, nothing from elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from sellwell import __version__
from sellwell.api import schemas, tokens
from sellwell.api.openapi import ERRORS, address, choose_language, offered, rooms
from sellwell.api.reading import LIMIT, MOST, SUFFIXES
from sellwell.api.schemas import Schema
from sellwell.kernel.operations import Operation
from sellwell.kernel.values import T, language, speaking
from sellwell.kernel.views import BY_TYPE, VIEWS, Column, View

KINDS = {
    "uuid": T("标识", "identifier"),
    "date": T("日期", "date"),
    "date-time": T("时间", "time"),
    "decimal": T("数字（文本）", "number as text"),
    "string": T("文本", "text"),
    "boolean": T("是/否", "true/false"),
    "integer": T("整数", "whole number"),
    "array": T("列表", "list"),
    "object": T("对象", "object"),
}


@dataclass(frozen=True)
class Field:
    """A line of an input's table. `depth` is how far inside lists and objects it stands."""

    name: str
    label: str
    kind: str
    required: bool
    help: str = ""
    values: tuple[str, ...] = ()
    link: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Endpoint:
    """One address as the page shows it."""

    anchor: str
    method: str
    path: str
    title: str
    help: str
    curl: str
    fields: list[Field] = field(default_factory=list)
    columns: list[tuple[Column, str, str]] = field(
        default_factory=list
    )  # with kind and what one may do by it
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    """A room with its addresses."""

    name: str
    title: str
    reading: list[Endpoint]
    doing: list[Endpoint]


@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """A page to read the API by, in Chinese or English. Public: it names verbs, no data."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    choose_language(request)
    context = {
        "rooms": contents(language()),
        "version": __version__,
        "limit": LIMIT,
        "most": MOST,
        "per_minute": tokens.PER_MINUTE,
        "errors": ERRORS.items(),
        "lang": language(),
        "host": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "api/docs.html", context)


@cache
def contents(code: str) -> list[Room]:
    """Every room with its endpoints, in one language; made once per process."""
    with speaking(code):
        found = []
        for name, title in rooms().items():
            views = [v for v in VIEWS.values() if v.name.split(".", 1)[0] == name]
            operations = [o for o in offered() if o.room == name]
            reading, doing = [_reading(v) for v in views], [_doing(o) for o in operations]
            found.append(Room(name, str(title), reading, doing))
        return found


def _reading(view: View) -> Endpoint:
    columns = []
    for column in view.columns:
        uses = []
        if column.filterable and column.path:
            uses.append(str(T("筛选", "filter")) + "".join(f" __{s}" for s in SUFFIXES.get(column.kind, ())))
        if column.sortable and column.path:
            uses.append(str(T("排序", "sort")))
        if column.group:
            uses.append(str(T(f"需要 {view.name}:{column.group}", f"needs {view.name}:{column.group}")))
        columns.append((column, _kind(schemas.filter_schema(column)), " · ".join(uses)))
    curl = f'curl "$HOST/api/v1/{view.url}?limit=20" -H "Authorization: Bearer $TOKEN"'
    return Endpoint(
        f"list-{view.name}", "GET", f"/api/v1/{view.url}", str(view.title), str(view.help), curl, [], columns, view.clauses
    )  # fmt: skip


def _doing(operation: Operation) -> Endpoint:
    schema = schemas.input_schema(operation)
    sent = json.dumps(schemas.example(schema), ensure_ascii=False, indent=2)
    path = address(operation)
    lines = [
        f'curl -X POST "$HOST{path.replace("{row_id}", schemas.EXAMPLE_ID)}"',
        '-H "Authorization: Bearer $TOKEN"',
        f'-H "Idempotency-Key: {operation.verb}-1"',
    ]
    if sent != "{}":
        lines += ['-H "Content-Type: application/json"', f"-d '{sent}'"]
    return Endpoint(
        operation.name, "POST", path, str(operation.title), str(operation.help), " \\\n  ".join(lines),
        _fields(schema), [], operation.clauses,
    )  # fmt: skip


def _fields(schema: Schema, depth: int = 0) -> list[Field]:
    """The fields of an object, those of its lines and groups after it."""
    found: list[Field] = []
    for name, item in schema.get("properties", {}).items():
        inner = _inner(item)
        row_type = inner.get("x-row-type", "") or inner.get("items", {}).get("x-row-type", "")
        values = tuple(str(v) for v in inner.get("enum", inner.get("items", {}).get("enum", ())))
        link = f"list-{BY_TYPE[row_type].name}" if row_type in BY_TYPE else ""
        found.append(
            Field(
                name, item.get("title", ""), _kind(inner), name in schema.get("required", ()),
                item.get("description", ""), values, link, depth,
            )
        )  # fmt: skip
        nested = inner.get("items", inner)
        found += _fields(_inner(nested), depth + 1) if nested.get("properties") else []
    return found


def _inner(schema: Schema) -> Schema:
    """`X | null` without its null."""
    some: Any = next((s for s in schema.get("anyOf", ()) if s.get("type") != "null"), None)
    return {**some, **{k: v for k, v in schema.items() if k.startswith("x-")}} if some else schema


def _kind(schema: Schema) -> str:
    name = schema.get("format") or schema.get("type", "string")
    text = str(KINDS.get(str(name), KINDS["string"]))
    if name == "array":
        return f"{text} · {_kind(_inner(schema.get('items', {})))}"
    longest = schema.get("maxLength")
    return f"{text} ≤ {longest}" if longest else text
