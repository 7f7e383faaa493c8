"""The vendors' simulators as small HTTP servers on this machine: what the adapters are tested against.

An `Office` is one vendor with one company's application: its secret, tokens, people, departments, and every message it was
sent. It checks secrets and tokens, keeps a repeated message once, and fails when it is told to. `serve(office)` gives it an
address. It is a tool of tests and of trying things out; nothing of it runs in a house that is connected to a real vendor.
"""

from __future__ import annotations

import json
import re
import secrets
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

RATE, DOWN, EXPIRED, LOST = "rate", "down", "expired", "lost"  # LOST: the work is done, its answer gets lost

STATE = re.compile(r"[A-Za-z0-9]{1,128}")  # what the narrowest of the vendors, WeCom, hands back


@dataclass(frozen=True, slots=True)
class Call:
    """A request as an office sees it."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    headers: Mapping[str, str]


@dataclass
class Sent:
    """A message as its receiver sees it now."""

    id: str
    address: str
    body: dict[str, Any]
    times: int = 1  # how often it was sent
    former: list[dict[str, Any]] = field(default_factory=list)  # what it said before


class Wrong(Exception):
    """An answer that says what is wrong, with its status."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status, self.body = status, body


Answer = tuple[int, "dict[str, Any] | str"]
Route = Callable[[Call], "dict[str, Any] | str"]


class Office(ABC):
    """One vendor with one company's application. Subclasses answer in the vendor's own words."""

    lifetime = 7200  # seconds that a token holds, as it is told
    account_name: ClassVar[str] = "userid"  # what the vendor calls a person's account
    open_paths: ClassVar[tuple[str, ...]]  # those that need no token of the application

    def __init__(self, app_id: str = "corp-1", agent_id: str = "1000002", secret: str = "") -> None:
        self.app_id, self.agent_id, self.secret = app_id, agent_id, secret or secrets.token_hex(16)
        self.units: list[dict[str, Any]] = []
        self.people: list[dict[str, Any]] = []
        self.tokens: set[str] = set()
        self.given = 0  # how many tokens were asked for
        self.codes: dict[str, str] = {}  # of finished sign-ins: whose they are, each good once
        self.sent: dict[str, Sent] = {}  # by what makes a message the same
        self.faults: deque[str] = deque()  # what the next calls meet
        self.calls: list[str] = []
        self.lock = RLock()

    # --- what a subclass says ------------------------------------------------------------------------------------------

    @abstractmethod
    def routes(self) -> dict[tuple[str, str], Route]:
        """What is done at each address; a path that ends in * takes what follows."""

    @abstractmethod
    def token_of(self, call: Call) -> str:
        """The token that a call carries."""

    @abstractmethod
    def too_many(self) -> Wrong:
        """The answer to too many calls."""

    @abstractmethod
    def token_ended(self) -> Wrong:
        """The answer to a token that has ended."""

    # --- what tests do ---------------------------------------------------------------------------------------------------

    def fail(self, *faults: str) -> None:
        """The next calls meet these faults, one each."""
        self.faults.extend(faults)

    def end_tokens(self) -> None:
        """Every token ends now."""
        self.tokens.clear()

    def code_for(self, account: str) -> str:
        """The code of a finished sign-in, as the vendor hands it to the browser."""
        code = secrets.token_urlsafe(12)
        self.codes[code] = account
        return code

    def to(self, address: str) -> list[Sent]:
        """What an account was sent, in order."""
        return [one for one in self.sent.values() if one.address == address]

    # --- what subclasses share --------------------------------------------------------------------------------------------

    def account(self, person: Mapping[str, Any]) -> str:
        """A person's account."""
        return str(person[self.account_name])

    def knows(self, account: str) -> bool:
        """Whether it is somebody's of the company."""
        return account in {self.account(person) for person in self.people}

    def new_token(self) -> str:
        """A token of the application."""
        self.given += 1
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        return token

    def keep(self, same: str, address: str, body: dict[str, Any]) -> Sent:
        """Keep a message; one that is the same as an earlier one is kept once."""
        if same in self.sent:
            self.sent[same].times += 1
        else:
            self.sent[same] = Sent(secrets.token_hex(8), address, body)
        return self.sent[same]

    def change(self, sent: Sent, body: dict[str, Any]) -> None:
        """Show something else from now on."""
        if sent.body != body:
            sent.former.append(sent.body)
            sent.body = body

    def sign_in_page(self, call: Call, parameter: str) -> str:
        """The vendor's page: everybody of the company, each with the way back."""
        back = call.query["redirect_uri"]
        if not STATE.fullmatch(call.query["state"]):
            raise Wrong(400, {"message": "state"})
        lines = []
        for person in self.people:
            account = self.account(person)
            query = urlencode({parameter: self.code_for(account), "state": call.query["state"]})
            lines.append(
                f'<li><a href="{escape(back)}?{escape(query)}">{escape(str(person["name"]))} {escape(account)}</a></li>'
            )
        return f'<!doctype html><meta charset="utf-8"><title>{type(self).__name__}</title><ul>{"".join(lines)}</ul>'

    def inbox(self) -> str:
        """A page with every message as it is shown now, for people who try things out."""
        shown = []
        with self.lock:
            for sent in reversed(list(self.sent.values())):
                texts = [text for text in _texts(sent.body) if not text.startswith("http")]
                links = [text for text in _texts(sent.body) if text.startswith("http")]
                lines = "".join(f"<br>{escape(text)}" for text in texts)
                ways = "".join(f'<br><a href="{escape(u)}">{escape(u)}</a>' for u in dict.fromkeys(links))
                changed = f" ({len(sent.former)} changed)" if sent.former else ""
                shown.append(f"<li><b>{escape(sent.address)}</b>{changed}{lines}{ways}</li>")
        name = type(self).__name__
        return f'<!doctype html><meta charset="utf-8"><title>{name}</title><h1>{name}</h1><ul>{"".join(shown)}</ul>'

    # --- answering --------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Answer:
        """One call, with the fault that it is to meet."""
        if call.path == "/":
            return 200, self.inbox()
        with self.lock:
            self.calls.append(f"{call.method} {call.path}")
            fault = self.faults.popleft() if self.faults else ""
            try:
                if fault == DOWN:
                    return 503, {}
                if fault == RATE:
                    raise self.too_many()
                if fault == EXPIRED:
                    self.end_tokens()
                if call.path not in self.open_paths and self.token_of(call) not in self.tokens:
                    raise self.token_ended()
                found = self._route(call)(call)
            except Wrong as wrong:
                return wrong.status, wrong.body
            return (500, {}) if fault == LOST else (200, found)

    def _route(self, call: Call) -> Route:
        routes = self.routes()
        if (call.method, call.path) in routes:
            return routes[call.method, call.path]
        for (method, path), route in routes.items():
            if method == call.method and path.endswith("*") and call.path.startswith(path[:-1]):
                return route
        raise Wrong(404, {})


def _texts(value: Any) -> list[str]:
    """Every text of a card, in order."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) and value else []


@contextmanager
def serve(office: Office, port: int = 0) -> Iterator[str]:
    """The office at an address of this machine, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(office))
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(office: Office) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            call = Call(self.command, parts.path, dict(parse_qsl(parts.query)), body, self.headers)  # type: ignore[arg-type]
            status, found = office.answer(call)
            is_page = isinstance(found, str)
            content = found.encode() if isinstance(found, str) else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = handle_one  # noqa: N815 - named so by http.server

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: addresses hold tokens."""

    return Handler
