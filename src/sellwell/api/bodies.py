"""What a caller sent: a JSON object and two headers, or a refusal that says what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from sellwell.api.answers import BAD_REQUEST, MEDIA_TYPE, TOO_LARGE
from sellwell.kernel.values import Objection, Refusal, T

MOST_BYTES = 2 * 1024 * 1024  # an order of a thousand lines has a tenth of it
DEEPEST = 20


def bad(path: str, problem: T) -> Objection:
    """An objection to a parameter, a header or the body."""
    return BAD_REQUEST.refuse(path=path, problem=problem)


def body(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object."""
    size = request.headers.get("Content-Length") or "0"
    if size.isdigit() and int(size[:18]) > MOST_BYTES:
        raise Refusal(TOO_LARGE.refuse(megabytes=MOST_BYTES // 1024**2))
    try:
        raw = request.body
    except RequestDataTooBig:
        raise Refusal(TOO_LARGE.refuse(megabytes=MOST_BYTES // 1024**2)) from None
    except UnreadablePostError:
        raise Refusal(bad("", T("请求内容不完整。", "The body is incomplete."))) from None
    if len(raw) > MOST_BYTES:
        raise Refusal(TOO_LARGE.refuse(megabytes=MOST_BYTES // 1024**2))
    if not raw.strip():
        return {}
    if request.content_type != "application/json":
        raise Refusal(MEDIA_TYPE.refuse())
    return parse(raw)


def parse(raw: bytes) -> dict[str, Any]:
    """JSON as RFC 8259 has it: no NaN, no key twice, no lone surrogates, and not too deep."""
    try:
        text = raw.decode("utf-8")
        data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Refusal(bad("", T("请求内容不是有效的 JSON。", "The body is not valid JSON."))) from None
    if not isinstance(data, dict):
        raise Refusal(bad("", T("请求内容应为 JSON 对象。", "The body must be a JSON object.")))
    _check(data, 1)
    return data


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Refusal(bad("", T("请求内容嵌套过深。", "The body is nested too deeply.")))
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    """What cannot be stored as text is refused wherever it stands."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        problem = T("请求内容含有无法保存的字符。", "The body holds characters that cannot be stored.")
        raise Refusal(bad("", problem))


def expected_version(request: HttpRequest) -> int | None:
    """The record's version that `If-Match` asks for; none where it is missing or `*`."""
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not text or text == "*":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        problem = T("If-Match 应为记录的版本号。", "If-Match must be the record's version.")
        raise Refusal(bad("If-Match", problem))
    return int(text)


def idempotency_key(request: HttpRequest) -> str | None:
    """The caller's `Idempotency-Key`."""
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > 200 or any(ord(c) < 32 for c in key):
        problem = T("请求标识最长 200 个字符。", "At most 200 characters.")
        raise Refusal(bad("Idempotency-Key", problem))
    return key or None
