"""The door's own ways of saying no."""

from __future__ import annotations

from django.db import DataError

from sellwell.kernel.values import Reason, Refusal, T

NOT_FOUND = Reason("not_found", T("没有找到这条记录。", "There is no such record."))
NOT_PERMITTED = Reason(
    "not_permitted",
    T(
        "您没有“{verb}”的权限。可在“权限”页查看谁有此权限。",
        "You may not do “{verb}”. The rights page says who may.",
    ),
)
WRONG_STATE = Reason(
    "wrong_state",
    T("当前状态是“{state}”，不能“{verb}”。", "“{verb}” is not possible while the state is “{state}”."),
)
STALE = Reason(
    "stale",
    T(
        "这条记录在您打开之后已被修改。请刷新后核对，再提交您的修改。",
        "Somebody changed this record after you opened it. Reload, compare, and send your change again.",
    ),
)
IS_HELD = Reason(
    "held",
    T(
        "正在等待审批，批准或撤回之前不能“{verb}”。",
        "It waits for approval; “{verb}” is possible after the decision or a withdrawal.",
    ),
)
INVALID = Reason("invalid", T("{problem}", "{problem}"))
NOT_STORABLE = Reason(
    "not_storable",
    T(
        "有一项文本过长，或数字过大，没有保存。请缩短后再试。",
        "A text is too long or a number too large; nothing was saved. Shorten it and try again.",
    ),
)
CHANNEL = Reason("channel", T("“{verb}”不能通过此方式办理。", "“{verb}” is not offered on this way in."))
OVER_LIMIT = Reason(
    "over_limit",
    T(
        "金额 {amount} 超过您的限额 {limit}，需要上级审批。",
        "The amount {amount} is over your limit of {limit} and needs approval.",
    ),
)
OVER_LIMIT_OF = Reason(  # the same, as those read it who are asked to agree
    "over_limit.of",
    T(
        "金额 {amount} 超过申请人{who}的限额 {limit}，需要上级审批。",
        "The amount {amount} is over the limit of {who}, {limit}, and needs approval.",
    ),
)
NO_ROUTE = Reason(
    "over_limit.no_route",
    T(
        "金额 {amount} 超过您的限额 {limit}。请由有权限的同事办理。",
        "The amount {amount} is over your limit of {limit}. Ask a colleague with a higher limit.",
    ),
)
OUT_OF_SCOPE = Reason(
    "not_permitted.scope",
    T("您不能为这个范围新建记录。请选择您负责的范围。", "You may not create records outside your scope."),
)

# What PostgreSQL says of a value that its column cannot hold.
_UNFIT = ("22001", "22003", "22021", "22P05")


def unfit(error: DataError) -> Refusal:
    """The refusal that stands behind an input's own limits, where a value fits no column; other errors go on."""
    if getattr(error.__cause__, "sqlstate", None) not in _UNFIT:
        raise error
    return Refusal(NOT_STORABLE.refuse())
