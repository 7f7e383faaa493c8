"""Answers that are none: pages of proxies, redirects, fields that lack. Each is a vendor's failure, and sends nothing on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from sellwell.integrations import dingtalk, feishu, wecom  # noqa: F401 - they register their adapters
from sellwell.integrations.messaging import VENDORS, Card, Declined, Failure, Keys, Unreachable, http
from sellwell.integrations.messaging.vendor import Vendor

CARD = Card("标题", ("一行",), "https://x/")
TOKENS = {
    "access_token": "t", "expires_in": 7200, "accessToken": "t", "expireIn": 7200, "tenant_access_token": "t", "expire": 7200,
    "app_access_token": "t",
}  # fmt: skip


@contextmanager
def answering(content: bytes, status: int = 200, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """A server with one answer, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = handle_one  # noqa: N815 - named so by http.server

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def vendor(name: str, url: str) -> Vendor:
    keys = Keys(uuid4(), uuid4(), name, "corp-1", "1", "s", base_url=url)
    return VENDORS[name](keys, pause=lambda seconds: None)


def acts(line: Vendor) -> list[Any]:
    """Everything that reads an answer."""
    return [
        lambda: line.send("lin", CARD, "k"), lambda: line.account_of("code"), line.roll,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
@pytest.mark.parametrize("content", [b"<html>sign in to the network</html>", b"", b"[1]", b"\xff\xfe"])
def test_a_page_is_no_answer(name: str, content: bytes) -> None:
    with answering(content) as (url, _):
        line = vendor(name, url)
        for act in acts(line):
            with pytest.raises(Unreachable) as failure:
                act()
            assert failure.value.code == "not_json" and "接口地址" in line.meaning_of("not_json").zh


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
@pytest.mark.parametrize(
    "more",
    [{}, {"data": None, "result": None, "department": None}, {"data": [], "result": "x", "department": [{}]}],
)
def test_an_answer_that_lacks_something_is_a_failure(name: str, more: dict[str, Any]) -> None:
    with answering(json.dumps({**TOKENS, **more}).encode()) as (url, _):
        for act in acts(vendor(name, url)):
            with pytest.raises(Failure):
                act()


def test_a_token_that_is_none_is_a_failure() -> None:
    with answering(b'{"errcode": 0, "access_token": "t", "expires_in": "soon"}') as (url, _):
        with pytest.raises(Unreachable) as failure:
            vendor("wecom", url).send("lin", CARD, "k")
        assert failure.value.code == "odd_answer"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_with_our_secrets(status: int) -> None:
    with (
        answering(b'{"errcode": 0}') as (elsewhere, asked),
        answering(b"{}", status, Location=f"{elsewhere}/cgi-bin/gettoken?corpsecret=s") as (url, _),
    ):
        with pytest.raises(Declined) as failure:
            vendor("wecom", url).send("lin", CARD, "k")
        assert failure.value.code == f"http_{status}" and not asked


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://127.0.0.1:99999/", {}), ("nothing://x/", {}), ("https://" + "a" * 70 + ".example/", {}),
        ("http://127.0.0.1:9/", {"X": "密钥"}),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_no_answer(url: str, headers: dict[str, str]) -> None:
    assert http.call("GET", url, headers=headers).status == 0


def test_a_token_that_another_thread_drops_is_given_all_the_same() -> None:
    line = vendor("wecom", "http://127.0.0.1:9")

    class Forgetful:
        def __bool__(self) -> bool:
            line._token = ""  # another thread's call came back with "expired" just now
            return True

    line._token, line._ends = Forgetful(), float("inf")  # type: ignore[assignment]
    assert line.token() != ""
