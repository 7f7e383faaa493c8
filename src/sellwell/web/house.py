"""The pages that the house itself brings, where the organisation's room has declared their views."""

from __future__ import annotations

from sellwell.kernel.models import RequestState
from sellwell.kernel.values import T
from sellwell.kernel.views import VIEWS, View
from sellwell.web import approvals, registry, rights, workbench

# (view, icon, order, creations, what an empty list says): simple lists of the kernel's own rows
LISTS = (
    ("approvals.delegations", "users", 30, ("approvals.delegate",),
     T("没有委托。外出前可以把审批委托给同事。", "No delegations. Before you are away, lend your approvals to a colleague.")),
    ("policies.view", "scale", 40, (), T("还没有制度。", "No policies yet.")),
    ("ledger.view", "log", 70, (), T("还没有办理记录。每办理一次，这里就多一条。", "Nothing was done yet. Every act leaves a line here.")),
    ("security.view", "lock", 80, (), T("没有被拒绝或拦下的尝试。", "No attempt was refused or held.")),
    ("duties.view", "shield", 60, ("company.set_duty_pair",),
     T("还没有不相容职务。", "No pairs of duties are kept apart yet.")),
)  # fmt: skip


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


def register() -> None:
    """Called once, after the rooms have registered theirs; what a room registered stays."""
    registry.section("work", T("工作", "Work"), 0)
    registry.section("house", T("制度与权限", "Rules and rights"), 90)
    registry.menu(T("工作台", "Workbench"), "/", section="work", icon="home", order=0)
    registry.page(
        "tasks", workbench.task_page, "tasks", title=T("待办", "Tasks"), section="work", icon="tasks", order=5
    )
    if "approvals.view" in VIEWS and "approvals.view" not in registry.LISTS:
        view = VIEWS["approvals.view"]
        registry.list_page(
            view, section="work", icon="hold", order=10,
            saved=[("open", T("待审批", "Waiting"), {"state": "open"}), ("mine", T("我提交的", "Asked by me"), {"owner": "me"})],
            empty=T("没有审批。单据超出限额或标准时，会在这里等待决定。", "No approvals. What goes beyond a limit or a standard waits here for a decision."),
        )  # fmt: skip
        path = (RequestState.OPEN, RequestState.APPROVED)
        facts = ("title", "row_number", "owner", "business_date", "note")
        registry.record_page(view, amount="amount", path=path, facts=facts)
        registry.panel(
            view.row_type, "request", T("申请内容", "What is asked"), "web/work/_approval_panel.html",
            context=approvals.panel_context, place="main", order=0,
        )  # fmt: skip
    if "tokens.view" in VIEWS and "tokens.view" not in registry.LISTS:
        tokens(VIEWS["tokens.view"])
    for name, icon, order, new, empty in LISTS:
        if name in VIEWS and name not in registry.LISTS:
            registry.list_page(VIEWS[name], section="house", icon=icon, order=order, new=new, empty=empty)
            if name == "approvals.delegations":
                registry.record_page(VIEWS[name])
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
