"""Feishu's server interface: interactive cards, sign-in by code, departments and people page by page.

People are known by their open id, which belongs to the application: another application knows other ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sellwell.integrations.feishu.cards import draw
from sellwell.integrations.messaging import Card, http, register_vendor
from sellwell.integrations.messaging.rolls import Member, Roll, Unit, roll_of
from sellwell.integrations.messaging.vendor import Ask, Vendor, day_of, short
from sellwell.kernel.values import T

ROOT = "0"  # Feishu's department of the whole company
KIND = {"department_id_type": "open_department_id", "page_size": "50"}


@register_vendor
class Feishu(Vendor):
    """A company's own application at Feishu."""

    name, title = "feishu", T("飞书", "Feishu")
    hosts = {"api": "https://open.feishu.cn", "login": "https://accounts.feishu.cn"}
    passing = frozenset({"99991400", "230020"})
    expired = frozenset({"99991661", "99991663", "99991664", "99991665"})
    meanings = {
        "10003": T("App ID 不正确。", "The app id is wrong."),
        "10014": T("App Secret 不正确。", "The app secret is wrong."),
        "20003": T("登录凭证无效或已使用，请重新登录。", "The sign-in code is not valid or was used. Sign in again."),
        "99991400": T("调用次数超过飞书的限制，稍后自动重试。", "Over Feishu's limit of calls; tried again later."),
        "99991672": T("应用没有权限，请在飞书开放平台申请权限并发布版本。", "The app lacks the right; ask for it on Feishu's open platform and publish."),
        "230001": T("接收人不正确，或卡片内容不被接受。", "The receiver is wrong, or the card's content is not accepted."),
        "230013": T("接收人不在应用的可用范围内。", "The receiver is outside the app's range."),
    }  # fmt: skip

    def fetch_token(self) -> tuple[str, int]:
        """The token by which the application acts in the company."""
        found = self.ask(
            Ask("/open-apis/auth/v3/tenant_access_token/internal", body=self._app(), signed=False)
        )
        return str(found["tenant_access_token"]), int(found["expire"])

    def _app(self) -> dict[str, str]:
        return {"app_id": self.keys.app_id, "app_secret": self.keys.secret}

    def sign(self, ask: Ask, token: str) -> tuple[dict[str, str], dict[str, str]]:
        """Feishu takes the token in a header."""
        return {}, {"Authorization": f"Bearer {token}"}

    def code_of(self, answer: http.Answer) -> str:
        """`code`, 0 where all went well."""
        code = answer.body.get("code", 0)
        return str(code) if code else ""

    def send(self, address: str, card: Card, key: str) -> str:
        """An interactive card; Feishu drops a repetition under the same `uuid`."""
        body = {
            "receive_id": address, "msg_type": "interactive", "content": _text(draw(card)), "uuid": short(key),
        }  # fmt: skip
        found = self.ask(Ask("/open-apis/im/v1/messages", query={"receive_id_type": "open_id"}, body=body))
        return str(found["data"]["message_id"])

    def update(self, card_id: str, card: Card, key: str) -> None:
        """Draw the whole card anew."""
        self.ask(Ask(f"/open-apis/im/v1/messages/{card_id}", "PATCH", body={"content": _text(draw(card))}))

    def sign_in_url(self, redirect: str, state: str, browser: str) -> str:
        """Feishu's page, with its code to scan."""
        query = urlencode({
            "client_id": self.keys.app_id, "redirect_uri": redirect, "response_type": "code", "state": state,
        })  # fmt: skip
        return f"{self.public('login')}/open-apis/authen/v1/authorize?{query}"

    def account_of(self, code: str) -> str:
        """Code to the person's own token, token to the open id. The code is asked about by the application itself."""
        app = self.ask(Ask("/open-apis/auth/v3/app_access_token/internal", body=self._app(), signed=False))
        by_app = {"Authorization": f"Bearer {app['app_access_token']}"}
        body = {"grant_type": "authorization_code", "code": code}
        own = self.ask(Ask("/open-apis/authen/v1/oidc/access_token", body=body, headers=by_app, signed=False))
        by_person = {"Authorization": f"Bearer {own['data']['access_token']}"}
        me = self.ask(Ask("/open-apis/authen/v1/user_info", "GET", headers=by_person, signed=False))
        return str(me["data"]["open_id"])

    def roll(self) -> Roll:
        """All departments page by page, the people of each page by page."""
        path = f"/open-apis/contact/v3/departments/{ROOT}/children"
        units = [
            Unit(
                str(one["open_department_id"]), str(one["name"]),
                "" if str(one["parent_department_id"]) == ROOT else str(one["parent_department_id"]),
            )
            for one in self._pages(path, {**KIND, "fetch_child": "true"})
        ]  # fmt: skip
        everywhere = [ROOT, *(unit.id for unit in units)]
        return roll_of(units, (_member(one) for unit in everywhere for one in self._people(unit)))

    def _people(self, unit: str) -> Iterator[dict[str, Any]]:
        query = {**KIND, "department_id": unit, "user_id_type": "open_id"}
        for one in self._pages("/open-apis/contact/v3/users/find_by_department", query):
            status = one.get("status", {})
            if not status.get("is_resigned") and not status.get("is_frozen"):
                yield one

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        page_token = ""
        while True:
            more = {"page_token": page_token} if page_token else {}
            found = self.ask(Ask(path, "GET", {**query, **more}))["data"]
            yield from found.get("items") or []
            page_token = str(found.get("page_token") or "")
            if not found.get("has_more") or not page_token:
                return


def _text(card: dict[str, Any]) -> str:
    return json.dumps(card, ensure_ascii=False)


def _member(one: dict[str, Any]) -> Member:
    mail = str(one.get("enterprise_email") or one.get("email") or "")
    return Member(
        id=str(one["open_id"]), name=str(one["name"]),
        units=tuple(str(d) for d in one.get("department_ids", []) if str(d) != ROOT),
        login=mail.partition("@")[0], number=str(one.get("employee_no", "")),
        title=str(one.get("job_title", "")), joined_on=day_of(one.get("join_time")),
    )  # fmt: skip
