"""Connecting a company to WeCom, DingTalk or Feishu, trying the connection, and linking people with their accounts there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from sellwell.foundation.company import connections, queries
from sellwell.foundation.company.models import (
    Assignment,
    Connection,
    ConnectionState,
    Person,
    PersonState,
    VendorName,
)
from sellwell.foundation.company.rules.vendor_directory import EXTERNAL_ID_LENGTH
from sellwell.integrations.messaging import Card, Failure, adapter, http
from sellwell.kernel import generations, personal
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Secret, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

NEEDS_SECRET = Reason(
    "company.connection_secret",
    T("首次接入请填写应用密钥。", "Give the app's secret when you connect for the first time."),
)
MOVED = Reason(
    "company.connection_moved",
    T("接口地址变了，请重新填写应用密钥。", "The address changes: give the secret again."),
)
NOTHING_MOVED = Reason(
    "company.connection_not_moved",
    T("此接入没有待确认的变更。", "Nothing about this connection waits to be confirmed."),
)
OWN_MOVE = Reason(
    "company.connection_own_move",
    T("变更是您自己做的，请由他人确认。", "You made this change yourself: somebody else must confirm it."),
)
OTHER_DIRECTORY = Reason(
    "company.account_other_directory",
    T(
        "此人的外部编号 {number} 属于另一个目录，绑定会使那边失去对应。请先停用那个平台，或由那边的同步更改。",
        "The external id {number} belongs to another directory, which would lose this person. Disconnect that vendor first, or change it there.",
    ),
)
NO_POST_HERE = Reason(
    "company.account_no_post",
    T(
        "此人在本公司没有任职，不能绑定本公司的账号。",
        "This person holds no post in this company: no account of it can be theirs.",
    ),
)
NEEDS_AGENT = Reason(
    "company.connection_agent", T("企业微信和钉钉需要 AgentId。", "WeCom and DingTalk need the agent id.")
)
NOT_SAFE = Reason(
    "company.connection_address",
    T("接口地址须为外部的 https:// 地址，不得含账号、参数或内网主机（本机模拟器须先设置 SELLWELL_SIMULATORS=1）。",
      "The address must be an outside one that begins with https://, without a name, a query or a host of an inner network (a simulator on this machine needs SELLWELL_SIMULATORS=1)."),
)  # fmt: skip
TOO_LONG = Reason(
    "company.account_too_long",
    T(
        "账号过长，无法绑定：连同前缀最多 60 个字符。",
        "The account is too long: 60 characters with its prefix.",
    ),
)
ACCOUNT_TAKEN = Reason(
    "company.account_taken",
    T(
        "此账号已绑定给 {number}。请先核对。",
        "This account is linked to {number} already. Check which is right.",
    ),
)
NOT_CONNECTED = Reason(
    "company.not_connected", T("尚未接入{vendor}。请先接入。", "{vendor} is not connected. Connect it first.")
)
# Vendors take several receivers in one text, apart by | or a comma, and @all for everybody: an account is one of none of these.
ACCOUNT = r"^[A-Za-z0-9$][^\s|,]*$"
PLAIN = re.compile(r"^[!-~]+$")


class Connect(Input):
    """The application's keys, and what the connection is used for beside messages.

    Never held for approval: what is held is sealed as it was given, with the secret in it. So no guard and no route here.
    """

    system: VendorName = field(T("平台", "Vendor"))
    app_id: Code = field(
        T("应用标识", "App id"), min_length=1,
        help=T("企业微信填企业 ID，钉钉填 Client ID，飞书填 App ID。", "WeCom: corp id. DingTalk: client id. Feishu: app id."),
    )  # fmt: skip
    agent_id: Code = field(
        T("AgentId", "Agent id"),
        "",
        help=T("企业微信和钉钉必填；飞书没有。", "For WeCom and DingTalk; Feishu has none."),
    )
    secret: Secret = field(
        T("应用密钥", "Secret"), "", help=T("加密保存，不再显示；留空则沿用原密钥。", "Kept encrypted and never shown; empty: the former one stays."),
    )  # fmt: skip
    base_url: ShortText = field(
        T("接口地址", "Address"), "", help=T("留空则用平台官方地址；经代理或模拟器时填写。", "Empty: the vendor's own; else a proxy or a simulator."),
    )  # fmt: skip
    signs_in: bool = field(T("允许用它登录", "People sign in through it"), False)
    pulls: bool = field(T("每天同步通讯录", "Bring in its directory every day"), False)

    def kept(self) -> Input:
        """The secret is kept in no ledger, sealed or not."""
        return self.model_copy(update={"secret": ""})


def _present(given: Connect, ctx: Context) -> Connection | None:
    return Connection.objects.filter(company_id=ctx.company_id, system=given.system.value).first()


def is_safe(address: str) -> bool:
    """Whether secrets may be sent to an address: over TLS, to a host outside; to this machine where simulators are allowed."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port or brackets that are none
        return False
    is_plain = PLAIN.match(address) and host and port != 0 and "@" not in parts.netloc
    if not is_plain or parts.query or parts.fragment:
        return False
    if host in http.LOOPBACK:
        return bool(settings.SIMULATORS)
    return parts.scheme == "https" and not http.is_inside(host)


def assess_connect(row: Any, given: Connect, ctx: Context) -> Assessment:
    """A secret at the first time, an agent id where the vendor wants one, an address that nobody can listen to."""
    found: list[Objection] = []
    present = _present(given, ctx)
    if not given.secret and present is None:
        found.append(NEEDS_SECRET.refuse(path="secret"))
    # Else whoever may change the address could have the stored secret sent to an address of their own.
    if not given.secret and present is not None and present.base_url != given.base_url:
        found.append(MOVED.refuse(path="secret"))
    if not given.agent_id and given.system is not VendorName.FEISHU:
        found.append(NEEDS_AGENT.refuse(path="agent_id"))
    if given.base_url and not is_safe(given.base_url):
        found.append(NOT_SAFE.refuse(path="base_url"))
    return Assessment(content={"system": given.system.value}, objections=tuple(found))


@operation(
    "company.connect",
    T("接入消息平台", "Connect a vendor"),
    Connection,
    help=T(
        "填写企业自建应用的密钥；密钥加密保存，不再显示。",
        "Give the keys of the company's own app; the secret is kept encrypted and not shown again.",
    ),
    input=Connect,
    creates=True,
    assess=assess_connect,
    channels=["web", "cli"],
)
def connect(row: Any, given: Connect, ctx: Context, assessment: Assessment) -> Effects:
    """Keep the keys; those of the same vendor take their place and the connection is in use again."""
    effects = Effects()
    values: dict[str, Any] = {
        "state": ConnectionState.ON.value, "app_id": given.app_id, "agent_id": given.agent_id,
        "base_url": given.base_url, "signs_in": given.signs_in, "pulls": given.pulls, "test_answer": "",
        "tested_at": None,
    }  # fmt: skip
    present = _present(given, ctx)
    if present is not None and _leads_elsewhere(present, given):
        # Whoever answers there says which account comes in: the links were made with somebody else.
        values["moved_by"] = ctx.actor.user_id
        effects.tasks.append(NewTask("company.confirm_connection", present, role="hr"))
    if present is None:
        made = new_id()
        values["secret"] = personal.seal(made, given.secret)
        present = Connection(id=made, company_id=ctx.company_id, system=given.system.value, **values)
        effects.insert(present)
    else:
        if given.secret:
            values["secret"] = personal.seal(present.pk, given.secret)
        effects.update(present, **values)
    effects.result = present
    generations.bump(connections.GENERATION)
    return effects


def _leads_elsewhere(present: Connection, given: Connect) -> bool:
    """Whether another app or another address would speak for accounts that people are linked with already."""
    if (present.app_id, present.base_url) == (given.app_id, given.base_url):
        return False
    begin = connections.external_id(present.system, queries.company(present.company_id).code, "")
    return Person.objects.filter(external_id__startswith=begin).exists()


def assess_confirm(row: Connection, given: Any, ctx: Context) -> Assessment:
    """Something waits to be confirmed, and somebody else than who changed it confirms."""
    content = {"app_id": row.app_id, "base_url": row.base_url}
    if row.moved_by is None:
        return Assessment(content=content, objections=(NOTHING_MOVED.refuse(),))
    found = (OWN_MOVE.refuse(),) if row.moved_by == ctx.actor.user_id else ()
    return Assessment(content=content, objections=found)


@operation(
    "company.confirm_connection",
    T("确认接入变更", "Confirm the change"),
    Connection,
    help=T(
        "接入已改为另一应用或地址：确认已绑定的账号在那里仍属于同样的人。确认前不登录、不发送、不同步。",
        "It was led to another app or address: confirm that the linked accounts are the same people's there. Until then nobody signs in by it, nothing is sent or brought in.",
    ),
    from_states=[ConnectionState.ON],
    assess=assess_confirm,
    danger=True,
)
def confirm_connection(row: Connection, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The links count again."""
    effects = Effects(result=row)
    effects.update(row, moved_by=None)
    generations.bump(connections.GENERATION)
    return effects


@operation(
    "company.disconnect",
    T("停用接入", "Disconnect"),
    Connection,
    help=T(
        "停用后不再经它发送、登录和同步；记录保留。",
        "No messages, sign-in or directory through it from now on; the record stays.",
    ),
    from_states=[ConnectionState.ON],
    danger=True,
)
def disconnect(row: Connection, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Switch it off."""
    effects = Effects(result=row)
    effects.update(row, state=ConnectionState.OFF.value)
    generations.bump(connections.GENERATION)
    return effects


class TryConnection(Input):
    """Who gets the message."""

    account: Code = field(
        T("收件账号", "To the account"), pattern=ACCOUNT,
        help=T("平台中的用户 ID（飞书为 open_id）。", "The user's id at the vendor (Feishu: open_id)."),
    )  # fmt: skip


TEST_TITLE = T("测试消息：接入正常", "A test: the connection works")
TEST_LINE = T("由畅销的管理员发送，无需处理。", "Sent by an administrator of Sellwell; nothing to do.")


@operation(
    "company.test_connection",
    T("发送测试消息", "Send a test"),
    Connection,
    help=T(
        "立即发送一条测试消息，并记下平台的真实应答。",
        "Send one message now and keep what the vendor answered.",
    ),
    input=TryConnection,
    from_states=[ConnectionState.ON],
    channels=["web", "cli"],
)
def test_connection(row: Connection, given: TryConnection, ctx: Context, assessment: Assessment) -> Effects:
    """One attempt, while the asker waits. What the vendor answers is a result, not a refusal: it stands on the row."""
    effects = Effects(result=row)
    card = Card(str(TEST_TITLE), (str(TEST_LINE),), settings.SITE_URL)
    try:
        adapter(connections.keys_of(row), attempts=1).send(given.account, card, f"test:{new_id()}")
    except Failure as failure:
        answer = failure.code
    else:
        answer = ""
    effects.update(row, tested_at=ctx.now, test_answer=answer[:80])
    return effects


class LinkAccount(Input):
    """Which account, at which vendor of the company."""

    system: VendorName = field(T("平台", "Vendor"))
    account: Code = field(
        T("账号", "Account"), pattern=ACCOUNT,
        help=T("平台中的用户 ID（飞书为 open_id），不是手机号。", "The user's id at the vendor (Feishu: open_id), not a telephone."),
    )  # fmt: skip


def _linked(given: LinkAccount, ctx: Context) -> str:
    return connections.external_id(given.system.value, queries.company(ctx.company_id).code, given.account)


def _is_of_another_directory(present: str, given: LinkAccount, ctx: Context) -> bool:
    """Whether an external id is in use elsewhere: not this connection's, nor that of a vendor this company has given up."""
    if not present:
        return False
    code = queries.company(ctx.company_id).code
    mine = tuple(
        connections.external_id(system, code, "")
        for system in connections.PREFIXES
        if system == given.system.value or connections.REGISTER.keys(system, ctx.company_id) is None
    )
    return not present.startswith(mine)


def assess_link(person: Person, given: LinkAccount | None, ctx: Context) -> Assessment:
    """The vendor is connected, the person works in this company, and the account is nobody else's."""
    if given is None:
        return Assessment()
    found: list[Objection] = []
    linked = _linked(given, ctx)
    if connections.REGISTER.keys(given.system.value, ctx.company_id) is None:
        found.append(NOT_CONNECTED.refuse(path="system", vendor=given.system.label))
    if _is_of_another_directory(person.external_id, given, ctx):
        found.append(OTHER_DIRECTORY.refuse(path="account", number=person.external_id))
    posts = Assignment.objects.filter(queries.in_force_on(ctx.today), user_id=person.user_id)
    if not posts.filter(company_id=ctx.company_id).exists():
        found.append(NO_POST_HERE.refuse())
    if len(linked) > EXTERNAL_ID_LENGTH:
        found.append(TOO_LONG.refuse(path="account"))
    holder = Person.objects.filter(external_id=linked).exclude(pk=person.pk).first()
    if holder is not None:
        found.append(ACCOUNT_TAKEN.refuse(path="account", number=holder.number))
    return Assessment(content={"system": given.system.value}, objections=tuple(found))


@operation(
    "company.link_account",
    T("绑定平台账号", "Link account"),
    Person,
    help=T(
        "写明此人在企业微信、钉钉或飞书的账号：消息发到那里，也可用它登录。",
        "Say which account at WeCom, DingTalk or Feishu is this person's: messages go there, and it signs in.",
    ),
    input=LinkAccount,
    from_states=[PersonState.ACTIVE],
    assess=assess_link,
    clauses=["1.1.2"],
)
def link_account(person: Person, given: LinkAccount, ctx: Context, assessment: Assessment) -> Effects:
    """The account becomes the person's external id, in place of a former one."""
    effects = Effects(result=person)
    effects.update(person, external_id=_linked(given, ctx))
    return effects
