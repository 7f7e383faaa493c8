"""Doing: `POST /api/v1/<room>/<verb>[/<row>]` runs an operation through the door."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from sellwell.api.answers import NO_ENDPOINT, answer, endpoint
from sellwell.api.reading import bad, image
from sellwell.kernel import access, door
from sellwell.kernel.ledger import objection_images
from sellwell.kernel.operations import REGISTRY, Context
from sellwell.kernel.values import Refusal, T
from sellwell.kernel.views import BY_TYPE


@endpoint("POST")
def act(request: HttpRequest, ctx: Context, room: str, verb: str, row_id: UUID | None = None) -> HttpResponse:
    """Run one operation. 200 with the row, 201 for a new one, 202 while it waits for approval."""
    name = f"{room}.{verb}"
    operation = REGISTRY.get(name)
    if operation is None or "api" not in operation.channels or operation.creates != (row_id is None):
        raise Refusal(NO_ENDPOINT.refuse())
    outcome = door.run(
        name, ctx, row_id, _body(request), expected_version=_version(request), key=_key(request)
    )
    body: dict[str, Any] = {
        "operation": name,
        "replayed": outcome.replayed,
        "warnings": [
            {**i, "message": str(o.text)}
            for o, i in zip(outcome.warnings, objection_images(outcome.warnings), strict=True)
        ],
    }
    if outcome.hold is not None:
        hold = outcome.hold
        body["approval"] = {
            "id": str(hold.pk),
            "number": hold.number,
            "state": hold.state,
            "objections": hold.objections,
        }
        return answer(body, ctx, 202)
    body["row"] = _row(outcome.result, ctx)
    response = answer(body, ctx, 201 if operation.creates and not outcome.replayed else 200)
    if getattr(outcome.result, "version", None):
        response["ETag"] = f'"{outcome.result.version}"'
    return response


def _row(result: Any, ctx: Context) -> dict[str, Any] | None:
    """The result with today's rights: what the actor may not see is not there."""
    meta = getattr(result, "_meta", None)
    view = BY_TYPE.get(meta.label_lower) if meta is not None else None
    if view is None or access.cell_for(ctx.actor, view.name, result) is None:
        return None
    fresh = view.rows(ctx.actor).filter(pk=result.pk).first()
    return {"type": view.row_type, **image(fresh, view.visible(ctx.actor))} if fresh is not None else None


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        raw = request.body
    except (UnreadablePostError, RequestDataTooBig):
        raise Refusal(bad("", T("请求内容过大或不完整。", "The body is too large or incomplete."))) from None
    if not raw:
        return {}
    try:
        data = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal(bad("", T("请求内容不是有效的 JSON。", "The body is not valid JSON."))) from None
    if not isinstance(data, dict):
        raise Refusal(bad("", T("请求内容应为 JSON 对象。", "The body must be a JSON object.")))
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _version(request: HttpRequest) -> int | None:
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not text or text == "*":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refusal(
            bad("If-Match", T("If-Match 应为记录的版本号。", "If-Match must be the record's version."))
        )
    return int(text)


def _key(request: HttpRequest) -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > 200 or any(ord(c) < 32 for c in key):
        raise Refusal(bad("Idempotency-Key", T("请求标识最长 200 个字符。", "At most 200 characters.")))
    return key or None
