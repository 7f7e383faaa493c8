"""WeCom's simulator over HTTP: the addresses that the adapter calls, with WeCom's codes."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging.serving import Call, Office, Route, Wrong

OPEN = ("/cgi-bin/gettoken", "/wwlogin/sso/login", "/connect/oauth2/authorize")


def _wrong(code: int) -> Wrong:
    return Wrong(200, {"errcode": code, "errmsg": "simulated"})


class WeComOffice(Office):
    """People: userid, name, department (list), main_department, position, status. Units: id, name, parentid."""

    open_paths = OPEN

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self.units = [{"id": 1, "name": "公司", "parentid": 0}]
        self.response_codes: dict[str, str] = {}  # each good for one change of a message

    def routes(self) -> dict[tuple[str, str], Route]:
        """WeCom's addresses."""
        return {
            ("GET", "/cgi-bin/gettoken"): self._token,
            ("POST", "/cgi-bin/message/send"): self._send,
            ("POST", "/cgi-bin/message/update_template_card"): self._update,
            ("GET", "/cgi-bin/auth/getuserinfo"): self._whose,
            ("GET", "/cgi-bin/department/list"): lambda call: {"errcode": 0, "department": self.units},
            ("GET", "/cgi-bin/user/list"): self._people,
            ("GET", "/wwlogin/sso/login"): lambda call: self.sign_in_page(call, "code"),
            ("GET", "/connect/oauth2/authorize"): lambda call: self.sign_in_page(call, "code"),
        }

    def token_of(self, call: Call) -> str:
        """In the query."""
        return call.query.get("access_token", "")

    def too_many(self) -> Wrong:
        """Code 45009."""
        return _wrong(45009)

    def token_ended(self) -> Wrong:
        """Code 42001."""
        return _wrong(42001)

    def _token(self, call: Call) -> dict[str, Any]:
        if call.query.get("corpid") != self.app_id:
            raise _wrong(40013)
        if call.query.get("corpsecret") != self.secret:
            raise _wrong(40001)
        return {"errcode": 0, "access_token": self.new_token(), "expires_in": self.lifetime}

    def _send(self, call: Call) -> dict[str, Any]:
        address, card = call.body["touser"], call.body["template_card"]
        if str(call.body["agentid"]) != self.agent_id:
            raise _wrong(40056)
        if not self.knows(address):
            raise _wrong(81013)
        sent = self.keep(card["task_id"], address, card)
        code = f"rc-{sent.id}"
        if sent.times == 1 and card["card_type"] == "button_interaction":
            self.response_codes[code] = card["task_id"]
        given = {"response_code": code} if code in self.response_codes else {}
        return {"errcode": 0, "msgid": sent.id, **given}

    def _update(self, call: Call) -> dict[str, Any]:
        same = self.response_codes.pop(call.body["response_code"], None)
        if same is None:
            raise _wrong(40058)
        self.change(self.sent[same], call.body["template_card"])
        return {"errcode": 0}

    def _whose(self, call: Call) -> dict[str, Any]:
        account = self.codes.pop(call.query["code"], None)
        if account is None:
            raise _wrong(40029)
        return {"errcode": 0, ("userid" if self.knows(account) else "openid"): account}

    def _people(self, call: Call) -> dict[str, Any]:
        unit = int(call.query["department_id"])
        return {"errcode": 0, "userlist": [p for p in self.people if unit in p["department"]]}
