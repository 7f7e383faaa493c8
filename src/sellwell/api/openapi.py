"""OpenAPI 3.1 from the registries, with texts in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from sellwell import __version__
from sellwell.api.answers import STATUS
from sellwell.api.reading import LIMIT, MOST, SUFFIXES
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.values import T, language, set_language, speaking
from sellwell.kernel.views import VIEWS, Column, View

JSON_TYPES: dict[str, dict[str, Any]] = {
    "amount": {"type": "string", "format": "decimal"},
    "price": {"type": "string", "format": "decimal"},
    "quantity": {"type": "string", "format": "decimal"},
    "rate": {"type": "string", "format": "decimal"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "bool": {"type": "boolean"},
}
ERRORS = {400: "bad_request", 401: "unauthenticated", 403: "not_permitted", 404: "not_found", 409: "wrong_state",
          412: "stale", 422: "invalid", 429: "too_many_requests"}  # fmt: skip
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}}
MATCH = {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": '^"?[0-9]{1,9}"?$'}}
ROW = {"name": "row_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


def document(request: HttpRequest) -> HttpResponse:
    """The description of the whole API. Public: it names verbs, no data."""
    set_language(request.GET.get("lang") or request.headers.get("Accept-Language", "zh"))
    return JsonResponse(build(language()), json_dumps_params={"ensure_ascii": False})


def docs(request: HttpRequest) -> HttpResponse:
    """A page to read the API by."""
    set_language(request.GET.get("lang") or request.headers.get("Accept-Language", "zh"))
    rooms: dict[str, list[Operation]] = {}
    for operation in REGISTRY.values():
        if "api" in operation.channels:
            rooms.setdefault(operation.room, []).append(operation)
    return render(
        request,
        "api/docs.html",
        {"rooms": rooms, "views": list(VIEWS.values()), "version": __version__, "limit": MOST},
    )


@cache
def build(code: str) -> dict[str, Any]:
    """The document in one language; made once per process."""
    with speaking(code):
        paths: dict[str, Any] = {}
        for view in VIEWS.values():
            paths[f"/api/v1/{view.url}"] = {"get": _list(view)}
            paths[f"/api/v1/{view.url}/{{row_id}}"] = {"get": _record(view)}
        for operation in REGISTRY.values():
            if "api" in operation.channels:
                tail = "" if operation.creates else "/{row_id}"
                paths.setdefault(f"/api/v1/{operation.room}/{operation.verb}{tail}", {})["post"] = _act(
                    operation
                )
        return {
            "openapi": "3.1.0",
            "info": {
                "title": str(T("畅销接口", "Sellwell API")),
                "version": __version__,
                "description": str(
                    T(
                        "每个写操作与页面走同一道门。金额以文本传递；写操作可带 Idempotency-Key 与 If-Match。",
                        "Every write takes the same door as the pages. Amounts are texts; writes take Idempotency-Key and If-Match.",
                    )
                ),
            },
            "security": [{"token": []}],
            "paths": paths,
            "components": {
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
                "schemas": {"Error": _error_schema()},
            },
        }


def _error_schema() -> dict[str, Any]:
    text = {"type": "string"}
    objection = {"type": "object", "properties": {"code": text, "kind": text, "path": text, "message": text}}
    inner = {
        "type": "object",
        "required": ["code", "message", "objections", "request_id"],
        "properties": {
            "code": text,
            "message": text,
            "request_id": text,
            "objections": {"type": "array", "items": objection},
        },
    }
    return {"type": "object", "required": ["error"], "properties": {"error": inner}}


def _errors(*statuses: int) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {str(status): {"description": ERRORS[status], "content": content} for status in statuses}


def _row_schema(view: View) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": {"type": "string", "format": "uuid"},
        "version": {"type": ["integer", "null"]},
    }
    for column in view.columns:
        kind = JSON_TYPES.get(column.kind, {})
        properties[column.name] = {
            **({"type": [kind["type"], "null"]} if kind else {}),
            "description": str(column.label),
        }
    return {"type": "object", "properties": properties}


def _list(view: View) -> dict[str, Any]:
    parameters = [
        {
            "name": "limit",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
        },
        {"name": "after", "in": "query", "schema": {"type": "string"}},
        {"name": "q", "in": "query", "schema": {"type": "string", "maxLength": 100}},
        {"name": "sort", "in": "query", "schema": {"type": "string"}},
    ]
    for column in view.columns:
        if column.filterable and column.path:
            parameters += _filters(column)
    page = {"type": "object", "required": ["rows", "next"], "properties": {
        "rows": {"type": "array", "items": _row_schema(view)}, "next": {"type": ["string", "null"]}}}  # fmt: skip
    return {
        "operationId": f"list {view.name}", "summary": str(view.title), "description": str(view.help), "tags": [view.name.split(".")[0]],
        "parameters": parameters,
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": page}}}, **_errors(400, 401, 403, 429)},
    }  # fmt: skip


def _filters(column: Column) -> list[dict[str, Any]]:
    schema = JSON_TYPES.get(column.kind, {"type": "string"})
    names = [column.name, *(f"{column.name}__{suffix}" for suffix in SUFFIXES.get(column.kind, ()))]
    return [
        {"name": name, "in": "query", "schema": schema, "description": str(column.label)} for name in names
    ]


def _record(view: View) -> dict[str, Any]:
    content = {"application/json": {"schema": _row_schema(view)}}
    return {
        "operationId": f"read {view.name}", "summary": str(view.title), "tags": [view.name.split(".")[0]], "parameters": [ROW],
        "responses": {"200": {"description": "OK", "content": content}, **_errors(401, 403, 404, 429)},
    }  # fmt: skip


def _input_schema(operation: Operation) -> dict[str, Any]:
    schema = operation.input.model_json_schema(mode="validation")
    definitions = schema.pop("$defs", {})
    return _texts(_inlined(schema, definitions))


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """References inside the schema replaced by what they name: each endpoint stands for itself."""
    if isinstance(node, dict):
        if "$ref" in node:
            return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions)
        return {key: _inlined(value, definitions) for key, value in node.items()}
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    return node


def _texts(node: Any) -> Any:
    """Labels in the reader's language; numbers are sent as text."""
    if isinstance(node, dict):
        node = {key: _texts(value) for key, value in node.items() if key != "help"}
        if isinstance(node.get("label"), dict):
            node["description"] = node.pop("label")[language()]
        if isinstance(node.get("anyOf"), list) and {"number", "string"} <= {
            i.get("type") for i in node["anyOf"]
        }:
            rest = [item for item in node["anyOf"] if item.get("type") not in ("number",)]
            node = {**node, "anyOf": rest}
        return node
    return [_texts(item) for item in node] if isinstance(node, list) else node


def _act(operation: Operation) -> dict[str, Any]:
    content = {"application/json": {"schema": _input_schema(operation)}}
    good = {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": operation.name, "summary": str(operation.title), "description": str(operation.help), "tags": [operation.room],
        "parameters": [*([] if operation.creates else [ROW]), KEY, MATCH],
        "requestBody": {"content": content},
        "responses": {"201" if operation.creates else "200": good, "202": good, **_errors(*sorted({*ERRORS} & {*STATUS.values(), 409}))},
    }  # fmt: skip
