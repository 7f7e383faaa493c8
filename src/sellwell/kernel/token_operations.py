"""Personal tokens for programs: made and revoked by their owner, shown once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time
from typing import Any

from sellwell.kernel import access, clock
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, ShortText, field
from sellwell.kernel.models import ApiToken
from sellwell.kernel.operations import REGISTRY, Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import VIEWS, Column, view

UNKNOWN_SCOPE = Reason(
    "tokens.unknown_scope", T("没有这个权限名：{scope}。", "There is no such verb: {scope}.")
)
NOT_OWNER = Reason("tokens.not_owner", T("只能撤销自己的令牌。", "You can revoke your own tokens only."))
EXPIRED = Reason("tokens.expires", T("到期日必须在今天之后。", "The end must be after today."))

TOKENS = view(
    "tokens.view",
    T("接口令牌", "API tokens"),
    ApiToken,
    [
        Column("label", T("名称", "Name"), path="label", sortable=True),
        Column("prefix", T("前缀", "Prefix"), "code", path="prefix"),
        Column("user", T("所属", "Owner"), "person", path="user", filterable=True),
        Column("scopes", T("权限范围", "Scopes"), value=lambda token: "、".join(token.scopes)),
        Column("created_at", T("创建", "Created"), "datetime", path="created_at", sortable=True),
        Column("expires_at", T("到期", "Expires"), "datetime", path="expires_at", sortable=True),
        Column("last_used_at", T("最近使用", "Last used"), "datetime", path="last_used_at"),
        Column("revoked_at", T("撤销", "Revoked"), "datetime", path="revoked_at"),
    ],
    url="tokens",
    help=T("供程序调用接口的个人令牌。", "Personal tokens for programs that call the API."),
    related=("user",),
    order=("-created_at", "-id"),
    label=lambda token: f"{token.label} ({token.prefix})",
)


def new_secret() -> tuple[str, str, bytes]:
    """A new token: its public prefix, the whole token (shown once), and the hash that is kept."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    whole = f"sw_{prefix}_{secret}"
    return prefix, whole, hashlib.sha256(whole.encode()).digest()


class CreateToken(Input):
    """A name, until when, and what it may do."""

    label: ShortText = field(T("名称", "Name"), min_length=1, max_length=80)
    expires_on: date | None = field(
        T("到期日", "Expires on"),
        None,
        T("当天零点失效；留空则不到期。", "Ends as that day begins; empty: no end."),
    )
    scopes: list[Code] = field(
        T("权限范围", "Scopes"),
        default_factory=list,
        max_length=100,
        help=T(
            "每行一个权限名，如 orders.view、orders.confirm，或整类 orders.*；读取也要列出。留空则与本人权限相同。",
            "One verb a line: orders.view, orders.confirm, or all of a room: orders.*. Reading counts too. Empty: all that you may.",
        ),
    )


def assess_token(row: Any, given: CreateToken, ctx: Context) -> Assessment:
    """Every scope is a verb or `room.*`; the end lies ahead."""
    known = {*REGISTRY, *(verb for shown in VIEWS.values() for verb in shown.verbs())}
    rooms = {name.split(".", 1)[0] for name in known}
    objections = [
        UNKNOWN_SCOPE.refuse(path=f"scopes.{i}", scope=scope)
        for i, scope in enumerate(given.scopes)
        if scope not in known and not (scope.endswith(".*") and scope[:-2] in rooms)
    ]
    if given.expires_on is not None and given.expires_on <= ctx.today:
        objections.append(EXPIRED.refuse(path="expires_on"))
    return Assessment(objections=tuple(objections))


@operation(
    "tokens.create",
    T("新建令牌", "Create token"),
    ApiToken,
    help=T(
        "为程序调用接口新建令牌，完整令牌只显示一次。",
        "Make a token for a program; the whole token is shown once.",
    ),
    input=CreateToken,
    creates=True,
    assess=assess_token,
    channels=["web", "cli"],
)
def create(row: Any, given: CreateToken, ctx: Context, assessment: Assessment) -> Effects:
    """Make a token for the actor. The whole token stands on the result as `secret`, once, and is kept nowhere."""
    prefix, whole, kept = new_secret()
    end = given.expires_on
    token = ApiToken(
        id=new_id(), user_id=ctx.user_id, label=given.label, prefix=prefix,
        secret_hash=kept, scopes=list(given.scopes), created_at=ctx.now,
        expires_at=datetime.combine(end, time(), clock.BUSINESS_ZONE) if end else None,
    )  # fmt: skip
    effects = Effects(result=token)
    effects.insert(token)
    token.secret = whole  # type: ignore[attr-defined]
    return effects


def assess_revocation(token: ApiToken, given: Any, ctx: Context) -> Assessment:
    """One's own tokens only, unless one administrates."""
    if token.user_id != ctx.user_id and "administrator" not in ctx.actor.roles:
        return Assessment(objections=(NOT_OWNER.refuse(),))
    return Assessment()


@operation(
    "tokens.revoke",
    T("撤销令牌", "Revoke token"),
    ApiToken,
    help=T("令牌立即失效。", "The token stops working at once."),
    assess=assess_revocation,
    danger=True,
)
def revoke(token: ApiToken, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """End a token now."""
    effects = Effects(result=token)
    effects.update(token, revoked_at=ctx.now)
    return effects


access.grant(["tokens.view", "tokens.create", "tokens.revoke"], **dict.fromkeys(access.ALL_ROLES, "own"))
