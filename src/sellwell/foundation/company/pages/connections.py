"""Channels of messages for administrators: what is connected, what it last answered, what failed; and the directory."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse

from sellwell.foundation.company import vendor_directory
from sellwell.foundation.company.connection_views import CONNECTIONS, answered
from sellwell.foundation.company.models import Connection, ConnectionState, VendorName
from sellwell.foundation.company.operations.vendor_directory import proposed_already
from sellwell.foundation.company.rules.vendor_directory import Line, Plan
from sellwell.integrations import messaging
from sellwell.integrations.messaging import Failure
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel import door
from sellwell.kernel.message_operations import System
from sellwell.kernel.models import Message
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal, T
from sellwell.web.registry import form, list_page, page, record_page
from sellwell.web.shortcuts import render, row_or_404

TITLE = T("消息渠道", "Message channels")
PULL_TITLE = T("平台通讯录", "The vendor's directory")
MOST_FAILURES = 20
ORDER = tuple(system.value for system in System)  # as people choose among them
KINDS = {
    "asked_to_decide": T("待审批", "To approve"),
    "reminder": T("催办", "Reminder"),
    "question": T("提问", "Question"),
    "answer": T("答复", "Answer"),
    "copy": T("抄送", "Copy"),
    "result": T("结果", "Outcome"),
}
PARTS = (
    ("problem", T("需先处理（不会写入）", "To settle first (not brought in)")),
    ("new", T("新人员", "New people")),
    ("new_to_post", T("新人员，任职由人力资源办理", "New people whose post human resources give")),
    ("changed", T("资料变化", "Changed people")),
    ("moved", T("调动部门", "People who moved")),
    ("left", T("已不在通讯录（提议离职）", "Gone from the directory (proposed as leavers)")),
    ("new_unit", T("新部门", "New departments")),
    ("changed_unit", T("部门变化", "Changed departments")),
    ("moved_unit", T("部门上级变化（请办理组织调整）", "Departments that moved (by a reorganisation)")),
)
PROBLEMS = {
    "nobody_seen": T("应用看不到任何人，请检查可见范围；未提议任何离职。", "The app sees nobody: check its range. Nobody is proposed as a leaver."),
    "too_long": T("标识过长，无法保存。", "The id is too long to be kept."),
    "closed": T("本系统中该部门已撤销。", "This department is closed here."),
    "circle": T(
        "对方目录中它的上级又隶属于它自己（成环），请在对方后台改正。",
        "Over there its superiors lead back to itself: correct the circle in the vendor's console.",
    ),
    "no_above": T("上级部门未能同步。", "The department above could not be brought in."),
    "left_here": T("本系统中此人已离职。", "This person has left here."),
    "number_taken": T("工号与他人重复。", "The number is somebody else's."),
    "not_linked": T("用户名或工号与此人相同：如是同一人，请先绑定账号。", "The user name or number is this person's: if they are the same, link the account first."),
    "taken": T("用户名或工号已属于另一个账号。", "The user name or number belongs to another account."),
}  # fmt: skip

NO_POST = T(
    "职务不是本系统的角色，先录入，任职另行安排", "The title is no role here: brought in without a post"
)
TO_POST = T(
    "职务对应的角色权限较大，先录入，任职列入人力资源待办",
    "The title is a role with far-reaching rights: brought in without a post, which goes to the tasks of human resources",
)
BELOW = T("设在“{name}”之下", "Set up below {name}")
MATCHED = T("首次与平台部门对应，名称不变", "Matched with the vendor's department; the name stays")
GONE = T("列入人力资源待办，由人决定是否离职", "Goes to the tasks of human resources, who decide")

list_page(
    CONNECTIONS,
    new=["company.connect"],
    columns=["system", "state", "signs_in", "pulls", "tested_at", "test_answer"],
    card=["system", "state"],
    empty=T(
        "还没有接入任何平台，消息由模拟器接收。", "No vendor is connected; simulators take the messages."
    ),
)
record_page(
    CONNECTIONS,
    path=[ConnectionState.ON],
    facts=["system", "app_id", "agent_id", "base_url", "signs_in", "pulls", "tested_at", "test_answer", "pulled_on", "pull_answer"],
)  # fmt: skip
form("company.connect", after=lambda outcome, ctx: "/message-channels")
form("company.confirm_connection", after=lambda outcome, ctx: "/message-channels")
form("company.disconnect", after=lambda outcome, ctx: "/message-channels")
form("company.test_connection", after=lambda outcome, ctx: "/message-channels")


# --- the page of channels ------------------------------------------------------------------------------------------------


def _channels(ctx: Context) -> list[dict[str, Any]]:
    """Every system of messages with its connection, if the company has one."""
    rows = {row.system: row for row in Connection.objects.filter(company_id=ctx.company_id)}
    found = []
    for name in ORDER:
        messenger = messaging.MESSENGERS[name]
        row = rows.get(name)
        is_on = row is not None and row.state == ConnectionState.ON.value
        found.append({
            "name": name, "title": messenger.title, "row": row, "is_on": is_on, "is_vendor": name in messaging.VENDORS,
                "is_real": name not in messaging.VENDORS and not isinstance(messenger, Simulator),
            "edit": _edit(row) if row is not None else f"/do/company.connect/?system={name}",
            "test_answer": answered(name, row.test_answer) if row is not None else "",
            "pull_answer": answered(name, row.pull_answer) if row is not None else "",
        })  # fmt: skip
    return found


def _edit(row: Connection) -> str:
    """The form with what is there already; the secret is never among it."""
    values = {"system": row.system, "app_id": row.app_id, "agent_id": row.agent_id, "base_url": row.base_url}
    ticks = {name: "true" for name in ("signs_in", "pulls") if getattr(row, name)}
    return f"/do/company.connect/?{urlencode({**values, **ticks})}"


def _failures(ctx: Context) -> list[dict[str, Any]]:
    """The latest messages that a vendor did not take, and those whose card it did not change."""
    rows = Message.objects.filter(company_id=ctx.company_id).exclude(reason="").select_related("user")
    return [
        {
            "message": row,
            "kind": KINDS.get(row.kind, T(row.kind, row.kind)),
            "title": messaging.MESSENGERS[row.system].title,
            "why": answered(row.system, row.reason),
            "state": _state(row),
        }
        for row in rows.order_by("-send_at", "-id")[:MOST_FAILURES]
    ]


def _state(row: Message) -> T:
    """Whether somebody must do something about it."""
    if row.state == "failed":
        return T("未送达", "Not delivered")
    if row.state == "due":
        return T("稍后自动重试", "Tried again by itself")
    if row.card == "open":
        return T("已送达，卡片稍后更新", "Delivered; its card changes later")
    return T("已送达，卡片未更新", "Delivered; its card was not changed")


def channels_page(request: Any) -> HttpResponse:
    """What is connected, what it answered, what failed."""
    ctx = request.ctx
    context = {"channels": _channels(ctx), "failures": _failures(ctx)}
    return render(request, "company/channels.html", context, title=TITLE)


page(
    "message-channels", channels_page, "company.channels", title=TITLE, right="company.connections",
    section="house", icon="bell", order=60,
)  # fmt: skip


# --- the directory -------------------------------------------------------------------------------------------------------


def directory_page(request: Any, connection_id: UUID) -> HttpResponse:
    """Look first: what would change. Then bring in exactly that."""
    row = row_or_404(request, CONNECTIONS, connection_id)
    context: dict[str, Any] = {"row": row, "name": VendorName(row.system).label}
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("step") == "do":
                seen = request.POST.get("seen", "")[:60]
                with vendor_directory.read_first(row, "web"):
                    row = door.run("company.pull_directory", request.ctx, row.pk, {"seen": seen}).result
                context["done"], context["wrong"] = not row.pull_answer, answered(row.system, row.pull_answer)
                context["row"] = row
            else:
                context |= _shown(vendor_directory.plan_for(row, request.ctx))
        except Failure as failure:
            context["wrong"] = f"{failure.code} · {failure.meaning}"
        except Refusal as refusal:
            context["objections"] = refusal.objections
        status = 422 if context.get("wrong") or context.get("objections") else 200
    return render(request, "company/directory.html", context, title=PULL_TITLE, status=status)


def _shown(plan: Plan) -> dict[str, Any]:
    waiting = {str(pk) for pk in proposed_already(plan.leavers)}
    parts = [
        (
            what,
            title,
            [(line, _words(line), line.person in waiting) for line in plan.lines if line.what == what],
        )
        for what, title in PARTS
    ]
    writes = bool(plan.departments or plan.people or set(plan.leavers) - waiting)
    return {"plan": plan, "parts": [part for part in parts if part[2]], "writes": writes}


def _words(line: Line) -> T | str:
    """What a line says beside the name."""
    if line.what == "problem":
        return PROBLEMS[line.after]
    if line.what == "new" and not line.after:
        return NO_POST
    if line.what == "new_to_post":
        return TO_POST
    if line.what == "new_unit":
        return BELOW.format(name=line.after)
    if line.what == "changed_unit" and not line.before:
        return MATCHED
    if line.what == "left":
        return GONE
    return f"{line.before} → {line.after or line.name}" if line.before else line.after


page(
    "connections/<uuid:connection_id>/directory", directory_page, "company.pull", title=PULL_TITLE,
    right="company.pull_directory",
)  # fmt: skip
