"""DingTalk's simulator over HTTP: both of its hosts at one address, with DingTalk's codes."""

from __future__ import annotations

import json
import secrets
from typing import Any

from sellwell.integrations.messaging.serving import Call, Office, Route, Wrong

OPEN = ("/v1.0/oauth2/accessToken", "/v1.0/oauth2/userAccessToken", "/v1.0/contact/users/me", "/oauth2/auth")


def _wrong(code: int, sub_code: str = "") -> Wrong:
    return Wrong(
        200, {"errcode": code, "errmsg": "simulated", **({"sub_code": sub_code} if sub_code else {})}
    )


def _wrong_named(status: int, code: str) -> Wrong:
    return Wrong(status, {"code": code, "message": "simulated"})


class DingTalkOffice(Office):
    """People: userid, unionid, name, dept_id_list, job_number, title. Units: dept_id, name, parent_id."""

    open_paths = OPEN

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self.own_tokens: dict[str, str] = {}  # of people who signed in: whose they are

    def routes(self) -> dict[tuple[str, str], Route]:
        """DingTalk's addresses."""
        return {
            ("POST", "/v1.0/oauth2/accessToken"): self._token,
            ("POST", "/v1.0/oauth2/userAccessToken"): self._own_token,
            ("GET", "/v1.0/contact/users/me"): self._me,
            ("POST", "/topapi/user/getbyunionid"): self._by_union,
            ("POST", "/topapi/message/corpconversation/asyncsend_v2"): self._send,
            ("POST", "/topapi/message/corpconversation/status_bar/update"): self._update,
            ("POST", "/topapi/v2/department/listsub"): self._below,
            ("POST", "/topapi/v2/user/list"): self._people,
            ("GET", "/oauth2/auth"): lambda call: self.sign_in_page(call, "authCode"),
        }

    def token_of(self, call: Call) -> str:
        """In the query at the older host."""
        return call.query.get("access_token", "")

    def too_many(self) -> Wrong:
        """Code 88 with sub code 90018."""
        return _wrong(88, "90018")

    def token_ended(self) -> Wrong:
        """Code 42001."""
        return _wrong(42001)

    def _token(self, call: Call) -> dict[str, Any]:
        if (call.body["appKey"], call.body["appSecret"]) != (self.app_id, self.secret):
            raise _wrong_named(400, "invalidClientIdOrSecret")
        return {"accessToken": self.new_token(), "expireIn": self.lifetime}

    def _own_token(self, call: Call) -> dict[str, Any]:
        if (call.body["clientId"], call.body["clientSecret"]) != (self.app_id, self.secret):
            raise _wrong_named(400, "invalidClientIdOrSecret")
        account = self.codes.pop(call.body["code"], None)
        if account is None:
            raise _wrong_named(400, "invalidParameter.authCode.notFound")
        token = secrets.token_urlsafe(12)
        self.own_tokens[token] = account
        return {"accessToken": token, "expireIn": self.lifetime}

    def _me(self, call: Call) -> dict[str, Any]:
        account = self.own_tokens.get(call.headers.get("x-acs-dingtalk-access-token", ""))
        if account is None:
            raise _wrong_named(401, "InvalidAuthentication")
        return {"nick": "simulated", "unionId": f"union-{account}"}

    def _by_union(self, call: Call) -> dict[str, Any]:
        account = str(call.body["unionid"]).removeprefix("union-")
        if not self.knows(account):
            raise _wrong(60121)
        return {"errcode": 0, "result": {"userid": account, "contact_type": 0}}

    def _send(self, call: Call) -> dict[str, Any]:
        address, message = call.body["userid_list"], call.body["msg"]
        if not self.knows(address):
            raise _wrong(33012)
        # DingTalk shows the same content to the same person once a day.
        same = f"{address} {json.dumps(message, sort_keys=True)}"
        return {"errcode": 0, "task_id": self.keep(same, address, message).id}

    def _update(self, call: Call) -> dict[str, Any]:
        sent = next((one for one in self.sent.values() if one.id == str(call.body["task_id"])), None)
        if sent is None:
            raise _wrong(40035)
        bar = {key: call.body[key] for key in ("status_value", "status_bg")}
        self.change(sent, {**sent.body, "oa": {**sent.body["oa"], "status_bar": bar}})
        return {"errcode": 0}

    def _below(self, call: Call) -> dict[str, Any]:
        return {"errcode": 0, "result": [u for u in self.units if u["parent_id"] == call.body["dept_id"]]}

    def _people(self, call: Call) -> dict[str, Any]:
        size = min(int(call.body["size"]), 2)  # small pages, so that there are several
        found = [p for p in self.people if call.body["dept_id"] in p["dept_id_list"]]
        begin = int(call.body["cursor"])
        end = begin + size
        more = {"has_more": True, "next_cursor": end} if end < len(found) else {"has_more": False}
        return {"errcode": 0, "result": {"list": found[begin:end], **more}}
