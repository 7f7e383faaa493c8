"""How the kernel's own rows are read: approvals, tasks, rights, duties, policies, ledger, security log, accounts.

The kernel registers none of them itself, since it knows no roles and no directory.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Func, OuterRef, QuerySet, Subquery, Value

from sellwell.foundation.company.access import RoleCode
from sellwell.kernel import directory, history, policy
from sellwell.kernel.access import SCOPE_NAMES
from sellwell.kernel.history import noun_of, title_of, way_in
from sellwell.kernel.models import (
    ApprovalRequest,
    Delegation,
    DelegationState,
    DutyPair,
    Grant,
    LedgerEntry,
    MessageChoice,
    PolicyVersion,
    RequestState,
    SearchRow,
    SecurityLog,
    Task,
    TaskState,
    User,
)
from sellwell.kernel.models.policy import PolicyStatus
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.kernel.views import VIEWS, Column, view

PER = {"document": T("同一笔业务", "One sale"), "person": T("同一人", "One person")}


def verb_title(verb: str) -> str:
    """A verb of the matrix in words: an operation's title, or what a view shows."""
    if verb in REGISTRY:
        return str(REGISTRY[verb].title)
    base, colon, group = verb.partition(":")
    if base in VIEWS:
        return (
            f"{VIEWS[base].title} · {VIEWS[base].groups.get(group, group)}"
            if colon
            else str(VIEWS[base].title)
        )
    return verb


def role_name(code: str) -> str:
    """A role in words."""
    return str(RoleCode(code).label) if code in RoleCode.values() else code


def person_name(user_id: UUID | None) -> str:
    """Somebody's name; empty for nobody."""
    return directory.current().names({user_id}).get(user_id, "") if user_id else ""


def reason_text(row: SecurityLog) -> str:
    """Why something was refused or held, in words."""
    stored = row.objections[0] if row.objections else {"code": row.code}
    return str(history.objection_text(stored))


def _pair_name(pair: DutyPair) -> str:
    return str(T(pair.name_zh, pair.name_en))


def _verbs(verbs: list[str]) -> str:
    return "、".join(verb_title(verb) for verb in verbs)


# What a document's number looks like. Only that much of a title is shown: whose it is has rights of its own.
NUMBER = r"^[A-Z]{2,4}-[0-9]{4}-[0-9]+"


def _with_numbers(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Entries with the numbers of the documents that they are about."""
    number = Func(F("title"), Value(NUMBER), function="substring", output_field=CharField())
    found = SearchRow.objects.filter(pk=OuterRef("row_id")).values_list(number)
    return rows.annotate(about_number=Subquery(found[:1]))


def _about(row: LedgerEntry) -> str:
    number = getattr(row, "about_number", None)
    return f"{noun_of(row.row_type)} {number or ''}".strip()


APPROVALS = view(
    "approvals.view",
    T("审批", "Approvals"),
    ApprovalRequest,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column("title", T("事项", "What"), value=lambda row: str(title_of(row.operation))),
        Column("row_number", T("单据", "Record"), "code", path="row_number", filterable=True),
        Column("amount", T("金额", "Amount"), "amount", path="amount", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=RequestState, filterable=True),
        Column("owner", T("申请人", "Asked by"), "person", path="owner", filterable=True),
        Column(
            "business_date", T("日期", "Date"), "date", path="business_date", sortable=True, filterable=True
        ),
        Column("decided_at", T("决定时间", "Decided"), "datetime", path="decided_at", sortable=True),
        Column("operation", T("操作", "Verb"), "code", path="operation", filterable=True, in_list=False),
        Column("note", T("意见", "Note"), path="note", in_list=False),
    ],
    url="approvals",
    help=T("被拦下、等待有权人同意的事项。", "Acts that were held until somebody with the right agrees."),
    related=("owner",),
    label=lambda row: row.number,
    search=lambda row: (row.number, row.row_number),
    states=RequestState,
    clauses=("1.3.1",),
)

DELEGATIONS = view(
    "approvals.delegations",
    T("审批委托", "Delegations"),
    Delegation,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column("owner", T("委托人", "Lends"), "person", path="owner", filterable=True),
        Column("deputy", T("代理人", "Deputy"), "person", path="deputy", filterable=True),
        Column("since", T("开始", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("截止（不含）", "Until (not included)"), "date", path="until", sortable=True),
        Column("amount_limit", T("金额上限", "Amount limit"), "amount", path="amount_limit"),
        Column(
            "rooms",
            T("适用业务", "For which work"),
            value=lambda row: "、".join(row.rooms) or str(T("全部", "All")),
        ),
        Column("state", T("状态", "State"), "state", path="state", states=DelegationState, filterable=True),
        Column("note", T("说明", "Note"), path="note", in_list=False),
    ],
    url="delegations",
    help=T("外出期间由谁代为审批。", "Who approves for whom while somebody is away."),
    related=("owner", "deputy"),
    label=lambda row: row.number,
    states=DelegationState,
    clauses=("1.3.1",),
)

MESSAGES = view(
    "messages.choice",
    T("消息设置", "Message settings"),
    MessageChoice,
    [
        Column("user", T("人员", "Person"), "person", path="user"),
        Column("systems", T("接收方式", "By"), value=lambda row: "、".join(row.systems)),
        Column("quiet_from", T("免打扰开始", "Quiet from"), path="quiet_from"),
        Column("quiet_until", T("免打扰结束", "Quiet until"), path="quiet_until"),
        Column("digest_at", T("每日汇总时间", "Daily digest at"), path="digest_at"),
    ],
    url="message-settings",
    help=T("每个人在哪里接收消息、何时免打扰。", "Where each person gets messages, and when not."),
    related=("user",),
    order=("id",),
    label=lambda row: row.user.name,
)

TASKS = view(
    "tasks.view",
    T("待办", "Tasks"),
    Task,
    [
        Column("title", T("要做的事", "To do"), value=lambda row: str(title_of(row.operation))),
        Column("row_number", T("单据", "Record"), "code", path="row_number", filterable=True),
        Column("amount", T("金额", "Amount"), "amount", path="amount", sortable=True),
        Column("owner", T("负责人", "Accountable"), "person", path="owner", filterable=True),
        Column("role_name", T("岗位", "Pool"), value=lambda row: role_name(row.role)),
        Column("due_at", T("时限", "Due"), "datetime", path="due_at", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=TaskState, filterable=True),
        Column(
            "created_at",
            T("交接时间", "Handed over"),
            "datetime",
            path="created_at",
            sortable=True,
            in_list=False,
        ),
        Column("done_at", T("办结时间", "Done"), "datetime", path="done_at", sortable=True, in_list=False),
        Column("operation", T("操作", "Verb"), "code", path="operation", filterable=True, in_list=False),
        Column("role", T("岗位代码", "Role"), "code", path="role", filterable=True, in_list=False),
    ],
    url="tasks/all",
    help=T("每一环节交给下一位的事项与时限。", "What each step hands to the next person, and by when."),
    related=("owner",),
    order=("-due_at", "-id"),
    label=lambda row: f"{title_of(row.operation)} {row.row_number}".strip(),
    states=TaskState,
    clauses=("1.3.3",),
)

RIGHTS = view(
    "rights.view",
    T("权限", "Rights"),
    Grant,
    [
        Column("role_name", T("角色", "Role"), value=lambda row: role_name(row.role)),
        Column("title", T("权限项", "Right"), value=lambda row: verb_title(row.verb)),
        Column("scope_name", T("范围", "Scope"), value=lambda row: str(SCOPE_NAMES[row.scope])),
        Column("amount_limit", T("金额上限", "Amount limit"), "amount", path="amount_limit", sortable=True),
        Column("since", T("生效", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("失效（不含）", "Until (not included)"), "date", path="until", sortable=True),
        Column("is_default", T("出厂设置", "Shipped"), "bool", path="is_default", filterable=True),
        Column(
            "role",
            T("角色代码", "Role code"),
            "code",
            path="role",
            filterable=True,
            sortable=True,
            in_list=False,
        ),
        Column(
            "verb", T("权限代码", "Verb"), "code", path="verb", filterable=True, sortable=True, in_list=False
        ),
        Column("scope", T("范围代码", "Scope code"), "code", path="scope", filterable=True, in_list=False),
    ],
    url="rights/cells",
    help=T("谁可以在什么范围、多大金额内做什么。", "Who may do what, how far, and up to which amount."),
    order=("verb", "role", "id"),
    label=lambda row: f"{role_name(row.role)} · {verb_title(row.verb)}",
    clauses=("1.3.1",),
)

DUTIES = view(
    "duties.view",
    T("不相容职务", "Incompatible duties"),
    DutyPair,
    [
        Column("code", T("代码", "Code"), "code", path="code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), value=_pair_name),
        Column("duty_a", T("职务甲", "Duty A"), value=lambda row: _verbs(row.duty_a)),
        Column("duty_b", T("职务乙", "Duty B"), value=lambda row: _verbs(row.duty_b)),
        Column("per", T("判断范围", "Judged per"), value=lambda row: str(PER[row.per])),
        Column("basis", T("依据", "Basis"), path="basis"),
        Column("is_active", T("启用", "In use"), "bool", path="is_active", filterable=True),
    ],
    url="duties",
    help=T("同一人不得兼办的两类事项。", "Pairs of duties that one person must not hold together."),
    order=("code", "id"),
    label=_pair_name,
    clauses=("1.3.1",),
)

POLICIES = view(
    "policies.view",
    T("制度", "Policies"),
    PolicyVersion,
    [
        Column("title", T("制度", "Policy"), value=lambda row: str(policy.title_of(row.name))),
        Column("number", T("版本", "Version"), "code", path="number", sortable=True),
        Column("status", T("状态", "State"), "state", path="status", states=PolicyStatus, filterable=True),
        Column("since", T("生效", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("失效（不含）", "Until (not included)"), "date", path="until", sortable=True),
        Column("created_by", T("起草人", "Drafted by"), "person", path="created_by"),
        Column("note", T("说明", "Note"), path="note"),
        Column("name", T("代码", "Code"), "code", path="name", sortable=True, filterable=True, in_list=False),
    ],
    url="policies",
    help=T("由人制定、按版本生效的规则表。", "Rules that people set, as tables in versions."),
    related=("created_by",),
    order=("name", "number", "id"),
    label=lambda row: f"{policy.title_of(row.name)} v{row.number}",
    clauses=("1.2.4",),
    states=PolicyStatus,
)

LEDGER = view(
    "ledger.view",
    T("台账", "Ledger"),
    LedgerEntry,  # type: ignore[arg-type]  # scoped like a Row, without a version of its own
    [
        Column("seq", T("序号", "No."), "code", path="seq", sortable=True),
        Column("at", T("时间", "When"), "datetime", path="at", filterable=True),
        Column("actor", T("办理人", "Who"), "person", value=lambda row: person_name(row.actor_id)),
        Column("behalf", T("代表", "For"), "person", value=lambda row: person_name(row.on_behalf_of_id)),
        Column("title", T("事项", "What"), value=lambda row: str(title_of(row.operation))),
        Column("record", T("记录", "Record"), value=_about),
        Column("way", T("渠道", "Way in"), value=lambda row: way_in(row.channel)),
        Column("operation", T("操作", "Verb"), "code", path="operation", filterable=True, in_list=False),
        Column(
            "row_type", T("记录类型", "Record type"), "code", path="row_type", filterable=True, in_list=False
        ),
        Column(
            "channel", T("渠道代码", "Way in, code"), "code", path="channel", filterable=True, in_list=False
        ),
    ],
    url="ledger",
    prepare=_with_numbers,
    help=T("每一次办理的不可更改的记录。", "Every act, recorded so that nobody can alter it."),
    order=("-seq",),
    label=lambda row: f"{row.seq} {row.operation}",
    clauses=("1.3.1",),
)

SECURITY = view(
    "security.view",
    T("安全日志", "Security log"),
    SecurityLog,  # type: ignore[arg-type]  # scoped like a Row, without a version of its own
    [
        Column("at", T("时间", "When"), "datetime", path="at", sortable=True, filterable=True),
        Column("actor", T("办理人", "Who"), "person", value=lambda row: person_name(row.actor_id)),
        Column("title", T("事项", "What"), value=lambda row: str(title_of(row.operation))),
        Column("why", T("原因", "Why"), value=reason_text),
        Column("code", T("原因代码", "Code"), "code", path="code", filterable=True),
        Column("way", T("渠道", "Way in"), value=lambda row: way_in(row.channel)),
        Column(
            "channel", T("渠道代码", "Way in, code"), "code", path="channel", filterable=True, in_list=False
        ),
        Column("operation", T("操作代码", "Verb"), "code", path="operation", filterable=True, in_list=False),
    ],
    url="security-log",
    help=T(
        "被拒绝或被拦下的每一次尝试，以及每一次导出和打印。",
        "Every attempt that was refused or held, and every export and print.",
    ),
    order=("-at", "-id"),
    label=lambda row: f"{row.operation} {row.code}",
    clauses=("1.3.1",),
)


def _texts(user: Any) -> tuple[str, ...]:
    return () if user.is_system else (user.name, user.username)


USERS = view(
    "users.view",
    T("用户", "Users"),
    User,  # type: ignore[arg-type]  # scoped like a Row, on Django's account
    [
        Column("name", T("姓名", "Name"), path="name", sortable=True, filterable=True),
        Column("username", T("用户名", "User name"), "code", path="username", sortable=True, filterable=True),
        Column("is_active", T("在用", "In use"), "bool", path="is_active", filterable=True),
    ],
    url="users",
    help=T("可以登录系统的人。", "People who can sign in."),
    order=("username", "id"),
    label=lambda row: row.name,
    search=_texts,
)
