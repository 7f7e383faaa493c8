"""WeCom's server interface: application messages as template cards, sign-in by code, departments and members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sellwell.integrations.messaging import Card, http, register_vendor
from sellwell.integrations.messaging.rolls import Member, Roll, Unit, roll_of
from sellwell.integrations.messaging.vendor import STRANGER, Ask, Vendor, number, short
from sellwell.integrations.wecom.cards import draw
from sellwell.kernel.values import T

ROOT = "1"  # WeCom's department of the whole company
ACTIVE, NOT_YET = 1, 4  # of the states of a member: activated, and invited but not activated
SAME_WITHIN = 4 * 3600  # seconds in which WeCom drops a message that was sent before; its most


@register_vendor
class WeCom(Vendor):
    """A company's own application at WeCom."""

    name, title = "wecom", T("企业微信", "WeCom")
    changes_once = True
    hosts = {
        "api": "https://qyapi.weixin.qq.com",
        "login": "https://login.work.weixin.qq.com",
        "inside": "https://open.weixin.qq.com",
    }
    passing = frozenset({"-1", "45009", "45033", "45047"})
    expired = frozenset({"40014", "42001"})
    meanings = {
        "40001": T("应用密钥不正确。", "The secret of the app is wrong."),
        "40013": T("企业 ID 不正确。", "The corp id is wrong."),
        "40029": T("登录凭证无效或已使用，请重新登录。", "The sign-in code is not valid or was used. Sign in again."),
        "40056": T("应用 AgentId 不正确。", "The agent id is wrong."),
        "45009": T("调用次数超过企业微信的限制，稍后自动重试。", "Over WeCom's limit of calls; tried again later."),
        "60011": T("应用没有权限，请在企业微信后台扩大可见范围。", "The app lacks the right; widen its visible range in WeCom."),
        "60020": T("本机 IP 不在企业微信的可信 IP 名单中。", "This server's address is not on WeCom's list of trusted ones."),
        "40058": T("参数不被接受：卡片的更新凭证可能已用过或超过 72 小时。", "Not accepted: the card's code for changes may be used up, or older than 72 hours."),
        "81013": T("企业微信中没有这个成员，或不在应用可见范围内。", "WeCom knows no such member, or the app may not see them."),
    }  # fmt: skip

    def fetch_token(self) -> tuple[str, int]:
        """The application's token."""
        query = {"corpid": self.keys.app_id, "corpsecret": self.keys.secret}
        body = self.ask(Ask("/cgi-bin/gettoken", "GET", query, signed=False))
        return str(body["access_token"]), int(body["expires_in"])

    def sign(self, ask: Ask, token: str) -> tuple[dict[str, str], dict[str, str]]:
        """WeCom takes the token in the query."""
        return {"access_token": token}, {}

    def code_of(self, answer: http.Answer) -> str:
        """`errcode`, 0 where all went well."""
        code = answer.body.get("errcode", 0)
        return str(code) if code else ""

    def send(self, address: str, card: Card, key: str) -> str:
        """A template card; WeCom drops a repetition. Gives message and response code, which a change uses up."""
        message = {
            "touser": address, "msgtype": "template_card", "agentid": number(self.keys.agent_id),
            "template_card": {**draw(card), "task_id": short(key)},
            "enable_duplicate_check": 1, "duplicate_check_interval": SAME_WITHIN,
        }  # fmt: skip
        body = self.ask(Ask("/cgi-bin/message/send", body=message))
        if body.get("invaliduser"):
            raise self.declined("/cgi-bin/message/send", "81013")
        return f"{body['msgid']}:{body.get('response_code', '')}"

    def update(self, card_id: str, card: Card, key: str) -> None:
        """Draw the whole card anew; a notice without a response code cannot be changed."""
        response_code = card_id.partition(":")[2]
        if not response_code:
            return
        body = {
            "atall": 1, "agentid": number(self.keys.agent_id), "response_code": response_code, "template_card": draw(card),
        }  # fmt: skip
        self.ask(Ask("/cgi-bin/message/update_template_card", body=body, once=True))

    def sign_in_url(self, redirect: str, state: str, browser: str) -> str:
        """Inside WeCom without a page of its own; elsewhere the page with the code to scan."""
        if "wxwork" in browser:
            query = urlencode({
                "appid": self.keys.app_id, "redirect_uri": redirect, "response_type": "code",
                "scope": "snsapi_base", "state": state, "agentid": self.keys.agent_id,
            })  # fmt: skip
            return f"{self.public('inside')}/connect/oauth2/authorize?{query}#wechat_redirect"
        query = urlencode({
            "login_type": "CorpApp", "appid": self.keys.app_id, "agentid": self.keys.agent_id,
            "redirect_uri": redirect, "state": state,
        })  # fmt: skip
        return f"{self.public('login')}/wwlogin/sso/login?{query}"

    def account_of(self, code: str) -> str:
        """The member's id; people outside the company have none."""
        body = self.ask(Ask("/cgi-bin/auth/getuserinfo", "GET", {"code": code}))
        account = body.get("userid") or body.get("UserId")
        if not account:
            raise self.declined("/cgi-bin/auth/getuserinfo", STRANGER)
        return str(account)

    def roll(self) -> Roll:
        """Departments in one call, members department by department: WeCom has no pages here."""
        shown = self.ask(Ask("/cgi-bin/department/list", "GET"))["department"]
        units = [
            Unit(str(d["id"]), str(d["name"]), "" if str(d["parentid"]) == ROOT else str(d["parentid"]))
            for d in shown
            if str(d["id"]) != ROOT
        ]
        everywhere = [str(d["id"]) for d in shown]
        return roll_of(units, (_member(one) for unit in everywhere for one in self._people(unit)))

    def _people(self, unit: str) -> Iterator[dict[str, Any]]:
        found = self.ask(Ask("/cgi-bin/user/list", "GET", {"department_id": unit}))["userlist"]
        return (one for one in found if one.get("status", ACTIVE) in (ACTIVE, NOT_YET))


def _member(one: dict[str, Any]) -> Member:
    main = str(one.get("main_department", ""))
    places = [str(d) for d in one.get("department", [])]
    places.sort(key=lambda place: place != main)  # the main one first; the others keep their order
    return Member(
        id=str(one["userid"]), name=str(one["name"]), units=tuple(p for p in places if p != ROOT),
        login=str(one["userid"]), title=str(one.get("position", "")),
    )  # fmt: skip
