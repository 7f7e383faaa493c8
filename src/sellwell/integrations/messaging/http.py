"""One call over HTTP with JSON both ways; what the answer means is the vendor's adapter to say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_BYTES = 20_000_000
LONGEST_WAIT = 10.0  # seconds; who is asked to wait longer is tried again by the outbox


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Status 0 means that nothing did."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    wait: float = 0.0  # seconds that the other side asks to wait


def call(
    method: str, url: str, *, query: dict[str, str] | None = None, body: Any = None,
    headers: dict[str, str] | None = None, timeout: float = 5.0,
) -> Answer:  # fmt: skip
    """Send one request. A body that is no JSON object counts as an empty one."""
    whole = f"{url}?{urlencode(query)}" if query else url
    content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
    sent = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        **(headers or {}),
    }
    request = Request(whole, data=content, headers=sent, method=method)  # noqa: S310 - the address is a setting, checked there
    try:
        with _opener(url).open(request, timeout=timeout) as response:
            return Answer(response.status, _parsed(response.read(MOST_BYTES)))
    except HTTPError as error:
        with error:
            return Answer(
                error.code, _parsed(error.read(MOST_BYTES)), _wait(error.headers.get("Retry-After"))
            )
    except (OSError, HTTPException):
        return Answer(0)


def _opener(url: str) -> OpenerDirector:
    """A simulator on this machine is never looked for behind a proxy."""
    return build_opener(ProxyHandler({})) if urlsplit(url).hostname in LOOPBACK else build_opener()


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _wait(text: str | None) -> float:
    return min(float(text), LONGEST_WAIT) if text is not None and text.isdigit() else 0.0
