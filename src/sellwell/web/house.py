"""The pages that the house itself brings, where the organisation's room has declared their views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sellwell.kernel import personal
from sellwell.kernel.models import MessageChoice, RequestState
from sellwell.kernel.values import T
from sellwell.kernel.views import VIEWS, View
from sellwell.web import approval_desk, approvals, files, imports, ledger_entry, registry, rights, workbench

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

# (view, icon, order, creations, what an empty list says): simple lists of the kernel's own rows
LISTS = (
    ("policies.view", "scale", 40, (), T("还没有制度。", "No policies yet.")),
    ("ledger.view", "log", 70, (), T("还没有办理记录。每办理一次，这里就多一条。", "Nothing was done yet. Every act leaves a line here.")),
    ("security.view", "lock", 80, (), T("没有被拒绝或拦下的尝试。", "No attempt was refused or held.")),
    ("duties.view", "shield", 60, ("company.set_duty_pair",),
     T("还没有不相容职务。", "No pairs of duties are kept apart yet.")),
)  # fmt: skip
# What a phone's card shows of them, where the first columns say too little.
CARDS = {"ledger.view": ("title", "record", "actor", "at")}


def tokens(view: View) -> None:
    """Everybody's own tokens for programs: reached from the reader's own menu, not from the rooms'."""
    registry.list_page(
        view, icon="lock", new=("tokens.create",),
        columns=("label", "prefix", "scopes", "expires_at", "last_used_at", "revoked_at"),
        empty=T("还没有令牌。新建一个，程序就能以您的权限调用接口。", "No tokens yet. Make one, and a program can act with your rights."),
    )  # fmt: skip
    registry.record_page(
        view, facts=("prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    )
    registry.form("tokens.create", shown="web/form/_token.html")


def of_approvals(view: View) -> None:
    """The approvals page with its four lists, the record of a request, and who stands in for whom."""
    registry.list_page(view, section="work", icon="hold", order=10, empty=T("没有审批。", "No approvals."))
    registry.page("approvals/", approval_desk.show, "approvals", right=view.name)
    registry.page("approvals/decide", approval_desk.decide, "approvals-decide", right=view.name)
    files.ATTACHED[view.row_type] = approvals.attached
    path = (RequestState.OPEN, RequestState.APPROVED)
    facts = ("title", "row_number", "owner", "business_date", "note")
    registry.record_page(view, amount="amount", path=path, facts=facts)
    registry.panel(
        view.row_type, "request", T("申请内容", "What is asked"), "web/work/_approval_panel.html",
        context=approvals.panel_context, place="main", order=0,
    )  # fmt: skip
    registry.form("approvals.delegate", initial=lambda row, ctx: {"since": ctx.today.isoformat()})
    registry.panel(
        view.row_type, "thread", T("沟通与经过", "What was said and done"), "web/work/_thread.html",
        context=approvals.thread_context, place="main", order=10,
    )  # fmt: skip


def my_messages(row: Any, ctx: Context) -> dict[str, Any]:
    """The reader's present choice of messages."""
    mine = MessageChoice.objects.filter(user_id=ctx.user_id).first()
    if mine is None:
        return {}
    values = {name: getattr(mine, name) for name in ("systems", "quiet_from", "quiet_until", "digest_at")}
    return {**values, "mail": (personal.open_(mine.mail) or "") if mine.mail else ""}


def of_delegations(view: View) -> None:
    """Who stands in for me, and for whom I stand in: both see the same rule."""
    registry.list_page(
        view, section="house", icon="users", order=30, new=("approvals.delegate",),
        saved=[("lent", T("谁代我", "Who stands in for me"), {"owner": "me"}), ("deputy", T("我代谁", "For whom I stand in"), {"deputy": "me"})],
        empty=T("没有审批委托。外出前可请同事代为审批。", "No delegations. Before you are away, a colleague can stand in."),
    )  # fmt: skip
    registry.record_page(view)


def register() -> None:
    """Called once, after the rooms have registered theirs; what a room registered stays."""
    registry.section("work", T("工作", "Work"), 0)
    registry.section("house", T("制度与权限", "Rules and rights"), 90)
    registry.family("/approvals/", "/delegations/")
    registry.family("/rights/", "/rights/cells/", "/duties/")
    registry.family("/ledger/", "/security-log/")
    registry.menu(T("工作台", "Workbench"), "/", section="work", icon="home", order=0)
    registry.page(
        "tasks", workbench.task_page, "tasks", title=T("待办", "Tasks"), section="work", icon="tasks", order=5
    )
    if "approvals.view" in VIEWS and "approvals.view" not in registry.LISTS:
        of_approvals(VIEWS["approvals.view"])
    if "approvals.delegations" in VIEWS and "approvals.delegations" not in registry.LISTS:
        of_delegations(VIEWS["approvals.delegations"])
    imports.register()
    registry.form("messages.choose", initial=my_messages, after=lambda outcome, ctx: "/me")
    if "tokens.view" in VIEWS and "tokens.view" not in registry.LISTS:
        tokens(VIEWS["tokens.view"])
    for name, icon, order, new, empty in LISTS:
        if name in VIEWS and name not in registry.LISTS:
            card = CARDS.get(name, ())
            registry.list_page(
                VIEWS[name], section="house", icon=icon, order=order, new=new, empty=empty, card=card
            )
    if ledger_entry.VIEW in VIEWS:
        registry.own_record_page(VIEWS[ledger_entry.VIEW], ledger_entry.show, key="int")
    registry.page(
        "rights/",
        rights.matrix,
        "rights",
        title=T("权限矩阵", "Rights matrix"),
        right=rights.VIEW,
        section="house",
        icon="shield",
        order=50,
    )
