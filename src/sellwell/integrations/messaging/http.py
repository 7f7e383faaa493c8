"""One call over HTTP with JSON both ways; what the answer means is the vendor's adapter to say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_BYTES = 20_000_000
LONGEST_WAIT = 10.0  # seconds; who is asked to wait longer is tried again by the outbox


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Status 0 means that nothing did."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    wait: float = 0.0  # seconds that the other side asks to wait
    is_object: bool = True  # whether the body was a JSON object


def call(
    method: str, url: str, *, query: dict[str, str] | None = None, body: Any = None,
    headers: dict[str, str] | None = None, timeout: float = 5.0,
) -> Answer:  # fmt: skip
    """Send one request. A body that is no JSON object counts as an empty one; whatever goes wrong on the way is no answer."""
    try:
        return _called(method, url, query, body, headers, timeout)
    except (OSError, HTTPException, ValueError):  # ValueError: an address or a header that cannot be sent
        return Answer(0)


def _called(
    method: str,
    url: str,
    query: dict[str, str] | None,
    body: Any,
    headers: dict[str, str] | None,
    timeout: float,
) -> Answer:
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
            return _answer(response.status, response.read(MOST_BYTES))
    except HTTPError as error:
        with error:
            return _answer(error.code, error.read(MOST_BYTES), _wait(error.headers.get("Retry-After")))


class NoRedirect(HTTPRedirectHandler):
    """A redirect is an answer like any other: secrets and tokens go to no address but the one that was asked."""

    def redirect_request(self, *args: Any) -> None:
        """Not followed."""


def _opener(url: str) -> OpenerDirector:
    """A simulator on this machine is never looked for behind a proxy."""
    if urlsplit(url).hostname in LOOPBACK:
        return build_opener(NoRedirect, ProxyHandler({}))
    return build_opener(NoRedirect)


def is_inside(host: str) -> bool:
    """Whether a host is this machine or one of its own network, as far as its name says so. A public name that leads inside
    fails at the certificate."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.rpartition(".")[2].isdigit() or host.startswith(
            "0x"
        )  # short forms of an address, like 127.1


def _answer(status: int, content: bytes, wait: float = 0.0) -> Answer:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    is_object = isinstance(found, dict)
    return Answer(status, found if is_object else {}, wait, is_object)


def _wait(text: str | None) -> float:
    return min(float(text), LONGEST_WAIT) if text is not None and text.isdigit() else 0.0
