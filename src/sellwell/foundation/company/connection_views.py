"""How connections are read: everything but the secret."""

from __future__ import annotations

from sellwell.foundation.company.models import Connection, ConnectionState, VendorName
from sellwell.integrations.messaging import meaning
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import Column, view

REFUSED = T(
    "有冲突，未写入：请打开预览逐条处理。", "There are conflicts and nothing was written: open the preview."
)
FAULT = T(
    "本系统出错，未写入；详情见运行日志。", "An error of this system; nothing was written. See its log."
)


def answered(system: str, code: str) -> str:
    """The last answer in words; empty where all went well or nothing was asked."""
    if not code:
        return ""
    if code == "fault":
        return str(FAULT)
    reason = Reason.known.get(code)  # our own refusal, or the vendor's code
    return str(REFUSED) if reason is not None else f"{code} · {meaning(system, code)}"


CONNECTIONS = view(
    "company.connections",
    T("消息接入", "Connections"),
    Connection,
    [
        Column("system", T("平台", "Vendor"), "state", path="system", states=VendorName, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=ConnectionState, filterable=True),
        Column("app_id", T("应用标识", "App id"), "code", path="app_id"),
        Column("agent_id", T("AgentId", "Agent id"), "code", path="agent_id"),
        Column("base_url", T("接口地址", "Address"), path="base_url", in_list=False),
        Column("signs_in", T("用于登录", "Signs in"), "bool", path="signs_in"),
        Column("pulls", T("每天同步通讯录", "Daily directory"), "bool", path="pulls"),
        Column("tested_at", T("上次测试", "Last test"), "datetime", path="tested_at"),
        Column("test_answer", T("测试应答", "Its answer"), value=lambda row: answered(row.system, row.test_answer)),
        Column("pulled_on", T("上次同步", "Last directory"), "date", path="pulled_on"),
        Column("pull_answer", T("同步结果", "Its outcome"), value=lambda row: answered(row.system, row.pull_answer)),
    ],
    url="connections",
    help=T(
        "公司接入了哪些消息平台，用于消息、登录和通讯录。",
        "Which vendors the company is connected to, for messages, sign-in and the directory.",
    ),
    order=("system", "id"),
    label=lambda row: str(VendorName(row.system).label),
    states=ConnectionState,
)  # fmt: skip
