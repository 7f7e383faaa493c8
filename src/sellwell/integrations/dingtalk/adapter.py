"""DingTalk's server interface: work notifications, sign-in by code, departments and people page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sellwell.integrations.dingtalk.cards import draw
from sellwell.integrations.messaging import Card, http, register_vendor
from sellwell.integrations.messaging.rolls import Member, Roll, Unit, roll_of
from sellwell.integrations.messaging.vendor import STRANGER, Ask, Vendor, day_of, number
from sellwell.kernel.values import T

ROOT = 1  # DingTalk's department of the whole company
PAGE = 100
NEW = "new"  # the host of the newer interface, which takes the token in a header


@register_vendor
class DingTalk(Vendor):
    """A company's own application at DingTalk."""

    name, title = "dingtalk", T("钉钉", "DingTalk")
    hosts = {
        "api": "https://oapi.dingtalk.com", NEW: "https://api.dingtalk.com", "login": "https://login.dingtalk.com",
    }  # fmt: skip
    code_in_callback = "authCode"
    passing = frozenset({"-1", "88", "90018", "90002"})
    expired = frozenset({"40014", "42001", "InvalidAuthentication"})
    meanings = {
        "40078": T("登录凭证无效或已使用，请重新登录。", "The sign-in code is not valid or was used. Sign in again."),
        "40089": T("AppKey 或 AppSecret 不正确。", "The app key or its secret is wrong."),
        "invalidClientIdOrSecret": T("Client ID 或 Client Secret 不正确。", "The client id or its secret is wrong."),
        "60011": T("应用没有权限，请在钉钉开放平台申请接口权限。", "The app lacks the right; ask for it on DingTalk's open platform."),
        "60121": T("钉钉中没有这个用户。", "DingTalk knows no such user."),
        "33012": T("钉钉中没有这个用户。", "DingTalk knows no such user."),
        "90018": T("调用次数超过钉钉的限制，稍后自动重试。", "Over DingTalk's limit of calls; tried again later."),
    }  # fmt: skip

    def fetch_token(self) -> tuple[str, int]:
        """The application's token, good at both hosts."""
        body = {"appKey": self.keys.app_id, "appSecret": self.keys.secret}
        found = self.ask(Ask("/v1.0/oauth2/accessToken", body=body, host=NEW, signed=False))
        return str(found["accessToken"]), int(found["expireIn"])

    def sign(self, ask: Ask, token: str) -> tuple[dict[str, str], dict[str, str]]:
        """The older host takes the token in the query, the newer one in a header."""
        return (
            ({}, {"x-acs-dingtalk-access-token": token}) if ask.host == NEW else ({"access_token": token}, {})
        )

    def code_of(self, answer: http.Answer) -> str:
        """`errcode` with `sub_code` where there is one; the newer host names its codes."""
        if code := answer.body.get("errcode", 0):
            return str(answer.body.get("sub_code") or code)
        return str(answer.body.get("code", "")) if answer.status >= 400 else ""

    def send(self, address: str, card: Card, key: str) -> str:
        """A work notification. DingTalk itself drops the same content to the same person on the same day."""
        body = {"agent_id": number(self.keys.agent_id), "userid_list": address, "msg": draw(card)}
        found = self.ask(Ask("/topapi/message/corpconversation/asyncsend_v2", body=body))
        return str(found["task_id"])

    def update(self, card_id: str, card: Card, key: str) -> None:
        """Change the status bar."""
        bar = draw(card)["oa"]["status_bar"]
        body = {"agent_id": number(self.keys.agent_id), "task_id": number(card_id), **bar}
        self.ask(Ask("/topapi/message/corpconversation/status_bar/update", body=body))

    def sign_in_url(self, redirect: str, state: str, browser: str) -> str:
        """DingTalk's page, with its code to scan."""
        query = urlencode({
            "client_id": self.keys.app_id, "redirect_uri": redirect, "response_type": "code", "scope": "openid",
            "state": state, "prompt": "consent",
        })  # fmt: skip
        return f"{self.public('login')}/oauth2/auth?{query}"

    def account_of(self, code: str) -> str:
        """Code to the person's own token, token to the union id, union id to the user id of this company."""
        body = {
            "clientId": self.keys.app_id, "clientSecret": self.keys.secret, "code": code,
            "grantType": "authorization_code",
        }  # fmt: skip
        own = self.ask(Ask("/v1.0/oauth2/userAccessToken", body=body, host=NEW, signed=False))
        headers = {"x-acs-dingtalk-access-token": str(own["accessToken"])}
        me = self.ask(Ask("/v1.0/contact/users/me", "GET", host=NEW, headers=headers, signed=False))
        found = self.ask(Ask("/topapi/user/getbyunionid", body={"unionid": me["unionId"]}))["result"]
        if found.get("contact_type", 0) != 0:  # an outside contact of the company
            raise self.declined("/topapi/user/getbyunionid", STRANGER)
        return str(found["userid"])

    def roll(self) -> Roll:
        """The departments level by level, the people of each page by page."""
        units: list[Unit] = []
        waiting, seen = [ROOT], dict.fromkeys([ROOT])  # in the order in which they are told
        while waiting:
            above = waiting.pop(0)
            below = self.ask(Ask("/topapi/v2/department/listsub", body={"dept_id": above}))["result"]
            for one in below:
                units.append(Unit(str(one["dept_id"]), str(one["name"]), "" if above == ROOT else str(above)))
                if int(one["dept_id"]) not in seen:  # a circle over there would never end
                    seen[int(one["dept_id"])] = None
                    waiting.append(int(one["dept_id"]))
        everywhere = [str(place) for place in seen]
        return roll_of(units, (_member(one) for unit in everywhere for one in self._people(unit)))

    def _people(self, unit: str) -> Iterator[dict[str, Any]]:
        cursor = 0
        while True:
            body = {"dept_id": int(unit), "cursor": cursor, "size": PAGE}
            page = self.ask(Ask("/topapi/v2/user/list", body=body))["result"]
            yield from page["list"]
            if not page.get("has_more"):
                return
            cursor = int(page["next_cursor"])


def _member(one: dict[str, Any]) -> Member:
    hired = one.get("hired_date")
    return Member(
        id=str(one["userid"]), name=str(one["name"]),
        units=tuple(str(d) for d in one.get("dept_id_list", []) if d != ROOT),
        login=str(one.get("org_email") or one.get("email") or one["userid"]).partition("@")[0],
        number=str(one.get("job_number", "")), title=str(one.get("title", "")),
        joined_on=day_of(hired // 1000) if isinstance(hired, int) else None,
    )  # fmt: skip
