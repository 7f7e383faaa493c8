"""Feishu's simulator over HTTP: the addresses that the adapter calls, with Feishu's codes."""

from __future__ import annotations

import json
import secrets
from typing import Any

from sellwell.integrations.messaging.serving import Call, Office, Route, Wrong

AUTH = "/open-apis/auth/v3"
AUTHEN = "/open-apis/authen/v1"
CONTACT = "/open-apis/contact/v3"
OPEN = (
    f"{AUTH}/tenant_access_token/internal", f"{AUTH}/app_access_token/internal", f"{AUTHEN}/oidc/access_token",
    f"{AUTHEN}/user_info", f"{AUTHEN}/authorize",
)  # fmt: skip
PAGE = 2  # small pages, so that there are several


def _wrong(code: int, status: int = 400) -> Wrong:
    return Wrong(status, {"code": code, "msg": "simulated"})


def _bearer(call: Call) -> str:
    return str(call.headers.get("Authorization", "")).removeprefix("Bearer ")


class FeishuOffice(Office):
    """People: open_id, name, department_ids, employee_no, job_title, status. Units: open_department_id, name,
    parent_department_id."""

    account_name = "open_id"
    open_paths = OPEN

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self.own_tokens: dict[str, str] = {}  # of people who signed in: whose they are
        self.app_tokens: set[str] = set()

    def routes(self) -> dict[tuple[str, str], Route]:
        """Feishu's addresses."""
        return {
            ("POST", f"{AUTH}/tenant_access_token/internal"): self._token,
            ("POST", f"{AUTH}/app_access_token/internal"): self._app_token,
            ("POST", f"{AUTHEN}/oidc/access_token"): self._own_token,
            ("GET", f"{AUTHEN}/user_info"): self._me,
            ("GET", f"{AUTHEN}/authorize"): lambda call: self.sign_in_page(call, "code"),
            ("POST", "/open-apis/im/v1/messages"): self._send,
            ("PATCH", "/open-apis/im/v1/messages/*"): self._update,
            ("GET", f"{CONTACT}/departments/*"): self._units,
            ("GET", f"{CONTACT}/users/find_by_department"): self._people,
        }

    def token_of(self, call: Call) -> str:
        """In a header."""
        return _bearer(call)

    def too_many(self) -> Wrong:
        """Code 99991400 with status 429."""
        return _wrong(99991400, 429)

    def token_ended(self) -> Wrong:
        """Code 99991663."""
        return _wrong(99991663)

    def _check(self, call: Call) -> None:
        if call.body["app_id"] != self.app_id:
            raise _wrong(10003)
        if call.body["app_secret"] != self.secret:
            raise _wrong(10014)

    def _token(self, call: Call) -> dict[str, Any]:
        self._check(call)
        return {"code": 0, "tenant_access_token": self.new_token(), "expire": self.lifetime}

    def _app_token(self, call: Call) -> dict[str, Any]:
        self._check(call)
        token = secrets.token_urlsafe(12)
        self.app_tokens.add(token)
        return {"code": 0, "app_access_token": token, "expire": self.lifetime}

    def _own_token(self, call: Call) -> dict[str, Any]:
        if _bearer(call) not in self.app_tokens:
            raise _wrong(99991664)
        account = self.codes.pop(call.body["code"], None)
        if account is None:
            raise _wrong(20003)
        token = secrets.token_urlsafe(12)
        self.own_tokens[token] = account
        return {"code": 0, "data": {"access_token": token, "expires_in": self.lifetime}}

    def _me(self, call: Call) -> dict[str, Any]:
        account = self.own_tokens.get(_bearer(call))
        if account is None:
            raise _wrong(99991668, 401)
        return {"code": 0, "data": {"open_id": account, "name": "simulated"}}

    def _send(self, call: Call) -> dict[str, Any]:
        address = call.body["receive_id"]
        if call.query.get("receive_id_type") != "open_id" or not self.knows(address):
            raise _wrong(230001)
        sent = self.keep(call.body["uuid"], address, json.loads(call.body["content"]))
        return {"code": 0, "data": {"message_id": sent.id}}

    def _update(self, call: Call) -> dict[str, Any]:
        wanted = call.path.rpartition("/")[2]
        sent = next((one for one in self.sent.values() if one.id == wanted), None)
        if sent is None:
            raise _wrong(230002)
        self.change(sent, json.loads(call.body["content"]))
        return {"code": 0}

    def _page(self, call: Call, found: list[dict[str, Any]]) -> dict[str, Any]:
        begin = int(call.query.get("page_token", "0"))
        end = begin + PAGE
        has_more = end < len(found)
        more = {"page_token": str(end)} if has_more else {}
        return {"code": 0, "data": {"has_more": has_more, "items": found[begin:end], **more}}

    def _units(self, call: Call) -> dict[str, Any]:
        return self._page(call, self.units)

    def _people(self, call: Call) -> dict[str, Any]:
        unit = call.query["department_id"]
        return self._page(call, [p for p in self.people if unit in p["department_ids"]])
