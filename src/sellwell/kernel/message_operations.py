"""Each person's choice of where messages come, when they keep quiet, and what waits for one digest a day."""

from __future__ import annotations

from typing import Any

from sellwell.kernel import personal
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, ShortText, field
from sellwell.kernel.models import MessageChoice
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.personal_values import read_email
from sellwell.kernel.values import Objection, Reason, State, T

CLOCK = r"^$|^([01][0-9]|2[0-3]):[0-5][0-9]$"
NEEDS_ADDRESS = Reason(
    "messages.needs_address", T("选择邮件时请填写邮箱地址。", "Give an address to get messages by mail.")
)
BOTH_ENDS = Reason(
    "messages.both_ends", T("免打扰时段请填写起止两个时间。", "Quiet hours need a beginning and an end.")
)


class System(State):
    """Where messages can go."""

    WECOM = "wecom", T("企业微信", "WeCom")
    DINGTALK = "dingtalk", T("钉钉", "DingTalk")
    FEISHU = "feishu", T("飞书", "Feishu")
    MAIL = "mail", T("邮件", "Mail")
    SMS = "sms", T("短信", "SMS")


class Choose(Input):
    """Where, when not, and what waits."""

    systems: list[System] = field(T("接收方式", "By"), default_factory=list, max_length=5)
    mail: ShortText = field(T("邮箱", "Mail address"), "")
    quiet_from: Code = field(
        T("免打扰开始", "Quiet from"), "", pattern=CLOCK, help=T("例如 21:00", "For instance 21:00")
    )
    quiet_until: Code = field(
        T("免打扰结束", "Quiet until"), "", pattern=CLOCK, help=T("例如 08:00", "For instance 08:00")
    )
    digest_at: Code = field(
        T("每日汇总时间", "Daily digest at"), "", pattern=CLOCK,
        help=T("抄送、评论等不急的消息汇总为一条；不填则随时发送。", "What can wait comes in one message; empty: at once."),
    )  # fmt: skip


def assess_choice(row: Any, given: Choose, ctx: Context) -> Assessment:
    """A mail address where mail is chosen, both ends of the quiet hours."""
    found: list[Objection] = []
    if "mail" in given.systems and not given.mail:
        found.append(NEEDS_ADDRESS.refuse(path="mail"))
    if given.mail and isinstance(problem := read_email(given.mail), Objection):
        found.append(problem.at("mail"))
    if bool(given.quiet_from) != bool(given.quiet_until):
        found.append(BOTH_ENDS.refuse(path="quiet_until"))
    return Assessment(content={"systems": [one.value for one in given.systems]}, objections=tuple(found))


@operation(
    "messages.choose",
    T("消息设置", "Message settings"),
    MessageChoice,
    help=T(
        "选择在哪里接收审批消息和提醒、何时免打扰、哪些每日汇总。",
        "Where messages about approvals and reminders come, when they keep quiet, and what comes once a day.",
    ),
    input=Choose,
    creates=True,
    assess=assess_choice,
)
def choose(row: Any, given: Choose, ctx: Context, assessment: Assessment) -> Effects:
    """Set one's own choice; the former one is replaced."""
    effects = Effects()
    values: dict[str, Any] = {
        "systems": [one.value for one in given.systems], "quiet_from": given.quiet_from, "quiet_until": given.quiet_until,
        "digest_at": given.digest_at, "mail": personal.seal(ctx.user_id, given.mail) if given.mail else None,
    }  # fmt: skip
    mine = MessageChoice.objects.select_for_update().filter(user_id=ctx.user_id).first()
    if mine is None:
        mine = MessageChoice(id=new_id(), user_id=ctx.user_id, **values)
        effects.insert(mine)
    else:
        effects.update(mine, **values)
    effects.result = mine
    return effects
