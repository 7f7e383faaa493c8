"""OpenAPI 3.1 from the registries, with texts in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from sellwell import __version__
from sellwell.api import schemas
from sellwell.api.reading import LIMIT, MOST, SUFFIXES
from sellwell.api.schemas import Schema
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.values import T, language, set_language, speaking
from sellwell.kernel.views import VIEWS, Column, View

ERRORS = {
    400: T("参数或请求内容不合格式", "A parameter or the body is malformed"),
    401: T("没有有效的令牌", "No valid token"),
    403: T("没有权限", "Not permitted"),
    404: T("没有这条记录，或不在可见范围内", "No such record, or out of your scope"),
    409: T("与当前状态或规则冲突", "Conflicts with the state or a rule"),
    412: T("记录已被他人修改", "Somebody changed the record in between"),
    413: T("请求内容过大", "The body is too large"),
    415: T("请求内容不是 JSON", "The body is not JSON"),
    422: T("输入不符合要求", "The input is not right"),
    429: T("请求过于频繁", "Too many requests"),
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[A-Za-z0-9_.:-]*$"},
}
MATCH = {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": '^"?[0-9]{1,9}"?$'}}
ROW = {"name": "row_id", "in": "path", "required": True, "schema": schemas.UUID_TEXT}
WORDS = T(
    "读取来自视图，办理来自操作，与页面走同一道门：同样的权限、校验、审批与台账。金额、数量、单价以文本传递。",
    "Reading comes from views, doing from operations, through the same door as the pages: the same rights, checks, "
    "approvals and ledger. Amounts, quantities and prices are texts.",
)


@login_not_required
def document(request: HttpRequest) -> HttpResponse:
    """The description of the whole API. Public: it names verbs, no data."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    choose_language(request)
    response = JsonResponse(build(language()), json_dumps_params={"ensure_ascii": False})
    response["Vary"] = "Accept-Language"
    return response


def choose_language(request: HttpRequest) -> None:
    """`?lang=en`, else what the reader's program asks for."""
    set_language(request.GET.get("lang") or request.headers.get("Accept-Language", "zh"))


@cache
def build(code: str) -> dict[str, Any]:
    """The document in one language; made once per process."""
    with speaking(code):
        return {
            "openapi": "3.1.0",
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "info": {
                "title": str(T("畅销接口", "Sellwell API")),
                "version": __version__,
                "description": str(WORDS),
            },
            "servers": [{"url": "/"}],
            "security": [{"token": []}],
            "tags": [{"name": room, "description": str(title)} for room, title in rooms().items()],
            "paths": _paths(),
            "components": {
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
                "headers": _headers(),
                "schemas": {"Error": _error_schema(), "Objection": _objection_schema()},
            },
        }


def rooms() -> dict[str, T]:
    """Every room that the API shows, with the name of what it keeps."""
    found: dict[str, T] = {}
    for view in VIEWS.values():
        found.setdefault(view.name.split(".", 1)[0], view.title)
    for room in found:
        if f"{room}.view" in VIEWS:
            found[room] = VIEWS[f"{room}.view"].title
    for operation in offered():
        found.setdefault(operation.room, operation.title)
    return found


def offered() -> list[Operation]:
    """The operations that programs may do."""
    return [operation for operation in REGISTRY.values() if "api" in operation.channels]


def address(operation: Operation) -> str:
    """Where an operation is done."""
    return f"/api/v1/{operation.room}/{operation.verb}" + ("" if operation.creates else "/{row_id}")


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for view in VIEWS.values():
        paths.setdefault(f"/api/v1/{view.url}", {})["get"] = _list(view)
        paths.setdefault(f"/api/v1/{view.url}/{{row_id}}", {})["get"] = _record(view)
    for operation in offered():
        paths.setdefault(address(operation), {})["post"] = _act(operation)
    return paths


# --- parts ------------------------------------------------------------------------------------------------------------


def _error_schema() -> Schema:
    text = {"type": "string"}
    inner = {
        "type": "object",
        "required": ["code", "message", "objections", "request_id"],
        "properties": {
            "code": text,
            "message": text,
            "request_id": schemas.UUID_TEXT,
            "objections": {"type": "array", "items": {"$ref": "#/components/schemas/Objection"}},
        },
    }
    return {"type": "object", "required": ["error"], "properties": {"error": inner}}


def _objection_schema() -> Schema:
    text = {"type": "string"}
    properties = {
        "code": text,
        "kind": {"enum": ["refuse", "hold", "warn"]},
        "path": {"type": "string", "examples": ["lines.0.quantity"]},
        "message": text,
        "measure": {"type": ["string", "null"]},
        "route": text,
        "args": {"type": "object"},
    }
    return {"type": "object", "required": ["code", "kind", "path"], "properties": properties}


def _headers() -> Schema:
    whole = {"type": "integer", "minimum": 0}
    return {
        "RateLimit-Limit": {"schema": whole, "description": str(T("每分钟上限", "Requests per minute"))},
        "RateLimit-Remaining": {"schema": whole, "description": str(T("本分钟剩余", "Left in this minute"))},
        "RateLimit-Reset": {"schema": whole, "description": str(T("几秒后重置", "Seconds until it resets"))},
        "ETag": {
            "schema": {"type": "string"},
            "description": str(T("记录的版本", "The record's version")),
        },
    }


def _good(words: T, schema: Schema, etag: bool = False) -> Schema:
    names = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", *(["ETag"] if etag else [])]
    return {
        "description": str(words),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {"application/json": {"schema": schema}},
    }


def _errors(*statuses: int) -> Schema:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {str(s): {"description": str(ERRORS[s]), "content": content} for s in statuses}


# --- endpoints ----------------------------------------------------------------------------------------------------------


def _list(view: View) -> Schema:
    parameters: list[Schema] = [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, T("每页行数", "Rows per page")),
        _query("after", {"type": "string"}, T("上一页的 next", "`next` of the page before")),
        _query("q", {"type": "string", "maxLength": 200}, T("编号、名称、拼音或首字母", "Number, name, pinyin or initials")),
    ]  # fmt: skip
    sortable = [c.name for c in view.columns if c.sortable and c.path]
    if sortable:
        values = [name for column in sortable for name in (column, f"-{column}")]
        parameters.append(_query("sort", {"type": "string", "enum": values}, T("排序", "Order")))
    for column in view.columns:
        if column.filterable and column.path:
            parameters += _filters(column)
    page = {
        "type": "object",
        "required": ["rows", "next"],
        "properties": {
            "rows": {"type": "array", "items": schemas.row_schema(view)},
            "next": {"type": ["string", "null"]},
        },
    }
    return {
        "operationId": f"list-{view.name}",
        "summary": str(view.title),
        "description": str(view.help),
        "tags": [view.name.split(".")[0]],
        "parameters": parameters,
        "responses": {"200": _good(T("一页", "A page"), page), **_errors(400, 401, 403, 429)},
    }


def _query(name: str, schema: Schema, words: T) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": str(words)}


def _filters(column: Column) -> list[Schema]:
    schema = schemas.filter_schema(column)
    equal = _query(column.name, {"type": "array", "items": schema, "maxItems": 20}, column.label)
    equal |= {"style": "form", "explode": True}
    suffixes = SUFFIXES.get(column.kind, ())
    return [equal, *(_query(f"{column.name}__{suffix}", schema, column.label) for suffix in suffixes)]


def _record(view: View) -> Schema:
    return {
        "operationId": f"read-{view.name}",
        "summary": str(view.title),
        "tags": [view.name.split(".")[0]],
        "parameters": [{**ROW, "schema": schemas.id_schema(view)}],
        "responses": {
            "200": _good(T("记录", "The record"), schemas.row_schema(view), etag=True),
            **_errors(401, 403, 404, 429),
        },
    }


def _act(operation: Operation) -> Schema:
    schema = schemas.input_schema(operation)
    done = "201" if operation.creates else "200"
    return {
        "operationId": operation.name,
        "summary": str(operation.title),
        "description": str(operation.help),
        "tags": [operation.room],
        "parameters": [KEY] if operation.creates else [ROW, KEY, MATCH],
        "requestBody": {
            "required": bool(schema.get("required")),
            "content": {"application/json": {"schema": schema}},
        },
        "responses": {
            done: _good(T("已办理", "Done"), _done_schema(), etag=True),
            "202": _good(T("等待审批", "Waits for approval"), _held_schema()),
            **_errors(400, 401, 403, 404, 409, 412, 413, 415, 422, 429),
        },
    }


def _outcome_schema() -> Schema:
    return {
        "operation": {"type": "string"},
        "replayed": {"type": "boolean"},
        "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/Objection"}},
    }


def _done_schema() -> Schema:
    row = {"type": ["object", "null"], "properties": {"id": schemas.UUID_TEXT, "type": {"type": "string"}}}
    properties = {**_outcome_schema(), "row": row}
    return {"type": "object", "required": list(properties), "properties": properties}


def _held_schema() -> Schema:
    approval = {
        "type": "object",
        "required": ["id", "number", "state"],
        "properties": {
            "id": schemas.UUID_TEXT,
            "number": {"type": "string"},
            "state": {"type": "string"},
            "objections": {"type": "array", "items": {"$ref": "#/components/schemas/Objection"}},
        },
    }
    properties = {**_outcome_schema(), "approval": approval}
    return {"type": "object", "required": list(properties), "properties": properties}
