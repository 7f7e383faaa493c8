"""How editions, passages, bases, acknowledgements, variations and figures are read."""

from __future__ import annotations

from typing import Any

from sellwell.kernel import clock
from sellwell.kernel.access import ROLES
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE, Column, view
from sellwell.steering.manual import policies, rules, seed  # noqa: F401 - these register what they declare
from sellwell.steering.manual.models import (
    Basis,
    BasisKind,
    BasisState,
    Conformance,
    Edition,
    EditionState,
    Passage,
    Reading,
    ReadingState,
    Run,
    Variation,
    VariationState,
)


def _is_in_force(row: Any) -> bool:
    today = clock.business_day(clock.now())
    if row.state != EditionState.PUBLISHED.value or row.since is None:
        return False
    return bool(row.since <= today and (row.until is None or today < row.until))


EDITIONS = view(
    "manual.editions",
    T("手册版本", "Editions of the manual"),
    Edition,
    [
        Column("number", T("版本", "Version"), "quantity", "number", sortable=True),
        Column("title", T("名称", "Title"), path="title"),
        Column("state", T("状态", "State"), "state", "state", states=EditionState, filterable=True),
        Column("in_force", T("今天生效", "In force today"), "bool", value=_is_in_force),
        Column("since", T("生效", "From"), "date", "since", sortable=True),
        Column("until", T("至（不含）", "Until (excluded)"), "date", "until"),
        Column("note", T("修订说明", "What is revised"), path="note"),
        Column("created_by", T("起草人", "Drafted by"), "person", "created_by__name"),
        Column("created_at", T("起草时间", "Drafted"), "datetime", "created_at", in_list=False),
    ],
    url="manual-editions",
    help=T("手册的各个版本，包括草稿。", "The editions of the manual, drafts included."),
    related=("created_by",),
    order=("-number",),
    states=EditionState,
    clauses=("1.1.3", "1.2.1"),
)

PASSAGES = view(
    "manual.passages",
    T("手册条文", "Passages of the manual"),
    Passage,
    [
        Column("edition", T("版本", "Edition"), "ref", "edition__title", ref="manual.edition"),
        Column("number", T("编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("level", T("层级", "Level"), "quantity", "level", filterable=True, in_list=False),
        Column("zh", T("中文", "Chinese"), path="zh"),
        Column("en", T("英文", "English"), path="en"),
        Column("bases", T("依据", "Bases"), "code", value=lambda row: ", ".join(row.bases)),
    ],
    url="manual-passages",
    help=T("每一版的章、节、条。", "Chapters, sections and clauses of each edition."),
    related=("edition",),
    order=("-edition__number", "position", "number"),
    label=lambda row: row.number,
    clauses=("1.1.1",),
)

BASES = view(
    "manual.bases",
    T("依据登记簿", "Register of bases"),
    Basis,
    [
        Column("code", T("代码", "Code"), "code", "code", filterable=True, in_list=False),
        Column("zh", T("名称", "Title"), path="zh", sortable=True, filterable=True),
        Column("en", T("英文名称", "English title"), path="en"),
        Column("kind", T("类别", "Kind"), "state", "kind", states=BasisKind, filterable=True),
        Column("issuer", T("发布机关", "Issuer"), path="issuer", filterable=True),
        Column("edition", T("文号或版本", "Number or version"), path="edition"),
        Column("state", T("核对情况", "Checked"), "state", "state", states=BasisState, filterable=True),
        Column("since", T("施行", "From"), "date", "since", sortable=True),
        Column("until", T("失效", "Repealed"), "date", "until", sortable=True, filterable=True),
        Column(
            "successor", T("替代依据", "Successor"), "ref", "successor__zh", ref="manual.basis",
            ref_path="successor_id",
        ),
    ],
    url="bases",
    help=T("条款所依据的法律、法规、标准、理论和制度。", "The laws, regulations, standards, theories and policies that clauses rest on."),
    related=("successor",),
    order=("kind", "code"),
    search=lambda b: (b.code, b.zh, b.en),
    states=BasisState,
    clauses=("1.1.3", "1.2.1"),
)  # fmt: skip


def _role_name(row: Any) -> str:
    return str(ROLES[row.role].name) if row.role in ROLES else str(row.role)


READINGS = view(
    "manual.readings",
    T("阅读确认", "Acknowledgements"),
    Reading,
    [
        Column("person", T("人员", "Person"), "person", "user__name", sortable=True),
        Column("role", T("岗位角色", "Role"), value=_role_name),
        Column("department", T("部门", "Department"), "code", "department_path", filterable=True),
        Column("edition", T("手册版本", "Edition"), "ref", "edition__title", ref="manual.edition"),
        Column("state", T("状态", "State"), "state", "state", states=ReadingState, filterable=True),
        Column("due_on", T("截止", "Due"), "date", "due_on", sortable=True, filterable=True),
        Column("read_at", T("确认时间", "Confirmed"), "datetime", "read_at"),
        Column("reminders", T("提醒次数", "Reminders"), "quantity", "reminders"),
    ],
    url="manual-readings",
    help=T("谁已确认阅读手册，谁还没有。", "Who has confirmed having read the manual, and who has not."),
    related=("user", "edition"),
    order=("due_on", "id"),
    label=lambda row: f"{row.user.name} · {_role_name(row)} · V{row.edition.number}",
    states=ReadingState,
    clauses=("1.2.2",),
)


def _process(row: Any) -> str:
    found = BY_TYPE.get(row.process)
    return str(found.title) if found is not None else str(row.process)


VARIATIONS = view(
    "manual.variations",
    T("部门变通做法", "Variations of departments"),
    Variation,
    [
        Column("number", T("编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("title", T("名称", "Title"), path="title", filterable=True),
        Column("process", T("流程", "Process"), value=_process),
        Column("for_path", T("部门", "Department"), "code", "for_path", filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=VariationState, filterable=True),
        Column("since", T("自", "From"), "date", "since", sortable=True),
        Column("until", T("至（不含）", "Until (excluded)"), "date", "until", sortable=True),
        Column("text", T("做法", "How it is done"), path="text", in_list=False),
        Column("reason", T("理由", "Why"), path="reason", in_list=False),
        Column("owner", T("负责人", "Accountable"), "person", "owner__name"),
    ],
    url="process-variations",
    help=T(
        "经批准、有期限的部门做法；其余都按统一流程。",
        "Approved, dated practice of a department; all else follows the one process.",
    ),
    related=("owner",),
    label=lambda row: f"{row.number} {row.title}",
    states=VariationState,
    clauses=("1.2.4",),
)


def _months(row: Any) -> str:
    return ", ".join(f"{month:%Y-%m}" for month in row.measured)


RUNS = view(
    "manual.runs",
    T("合规计算记录", "Measurings"),
    Run,
    [
        Column("as_of", T("截至", "As of"), "date", "as_of", sortable=True),
        Column("at", T("时间", "At"), "datetime", "at"),
        Column("months", T("月数", "Months"), "quantity", "months"),
        Column("measured", T("月份", "Which months"), value=_months),
        Column("figures", T("数字", "Figures"), "quantity", "figures"),
        Column("failures", T("未知", "Unknown"), "quantity", "failures"),
    ],
    url="conformance-runs",
    help=T("每次计算合规数字的记录。", "Each measuring of conformance."),
    order=("-as_of", "-at"),
    label=lambda row: f"{row.as_of:%Y-%m-%d}",
    clauses=("1.1.1",),
)

FIGURES = view(
    "manual.figures",
    T("合规数字", "Conformance figures"),
    Conformance,
    [
        Column("clause", T("条款", "Clause"), "code", "clause", filterable=True),
        Column("evidence", T("证据", "Evidence"), "code", "evidence", filterable=True),
        Column("month", T("月份", "Month"), "date", "month", sortable=True, filterable=True),
        Column("department", T("部门", "Department"), "code", "department_path", filterable=True),
        Column("as_of", T("截至", "As of"), "date", "as_of", sortable=True, filterable=True),
        Column("concerned", T("涉及", "Concerned"), "quantity", "concerned"),
        Column("kept", T("遵守", "Kept"), "quantity", "kept"),
        Column("share", T("合规率", "Share"), "rate", value=lambda row: rules.share(row.concerned, row.kept)),
        Column("failed", T("未知原因", "Why unknown"), "code", "failed"),
    ],
    url="conformance",
    help=T(
        "每项证据按月、按部门、按日留存的结果。",
        "What each evidence said of a month and department, as of each day.",
    ),
    order=("-month", "clause", "evidence", "-as_of", "id"),
    label=lambda row: f"{row.clause} {row.evidence} {row.month:%Y-%m}",
    clauses=("1.1.1",),
)
