"""How positions, duties, the matrix, waivers and absences are read."""

from __future__ import annotations

from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import (
    Absence,
    AbsenceState,
    Duty,
    DutyEntry,
    DutyLetter,
    DutyWaiver,
    Position,
)
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

LAYERS = {1: T("高层", "Direction"), 2: T("中层", "Management"), 3: T("一线", "Front line")}
PER_DUTY = {"unit": T("区域与产品线", "Region and line"), "customer": T("客户负责人", "Customer's owner")}
EVERYWHERE = T("全部", "All")

POSITIONS = view(
    "company.positions",
    T("岗位", "Positions"),
    Position,
    [
        Column("name", T("岗位", "Position"), value=str),
        Column("role", T("角色", "Role"), "state", path="role", states=RoleCode, filterable=True),
        Column("layer", T("层级", "Layer"), value=lambda row: str(LAYERS[row.layer])),
        Column("purpose", T("目的", "Purpose"), value=lambda row: str(T(row.purpose_zh, row.purpose_en or row.purpose_zh))),
        Column("duties", T("职责说明", "Duty statement"), value=lambda row: str(T(row.duties_zh, row.duties_en or row.duties_zh)), in_list=False),
        Column("region", T("区域", "Region"), path="region", filterable=True, in_list=False),
        Column("product_line", T("产品线", "Product line"), path="product_line", filterable=True, in_list=False),
        Column("customer_group", T("客户群", "Customer group"), path="customer_group", in_list=False),
        Column("statement_since", T("说明生效", "Statement from"), "date", path="statement_since", sortable=True),
        Column("statement_until", T("说明失效", "Statement until"), "date", path="statement_until", sortable=True),
        Column("is_active", T("启用", "In use"), "bool", path="is_active", filterable=True, in_list=False),
        Column("code", T("代码", "Code"), "code", path="code", sortable=True, filterable=True, in_list=False),
    ],
    url="positions",
    help=T("岗位的目的、范围、层级与职责说明。", "What each position is for: purpose, scope, layer, duty statement."),
    order=("layer", "code", "id"),
    label=str,
    search=lambda row: (row.code, row.name_zh, row.name_en),
    clauses=("2.1.1",),
)  # fmt: skip

DUTY_LIST = view(
    "company.duties",
    T("职责", "Duties"),
    Duty,
    [
        Column("code", T("代码", "Code"), "code", path="code", sortable=True, filterable=True),
        Column("name", T("职责", "Duty"), value=str),
        Column("per", T("划分方式", "Divided by"), value=lambda row: str(PER_DUTY[row.per])),
        Column("verbs", T("包含的操作", "Verbs"), value=lambda row: "、".join(row.verbs), in_list=False),
        Column("is_active", T("启用", "In use"), "bool", path="is_active", filterable=True),
    ],
    url="company-duties",
    help=T("必须有人负责的事项。", "What somebody must answer for."),
    order=("order", "code", "id"),
    label=str,
    clauses=("2.1.4",),
)

MATRIX = view(
    "company.duty_matrix",
    T("职责分配", "Duty entries"),
    DutyEntry,
    [
        Column("duty", T("职责", "Duty"), "ref", value=lambda row: str(row.duty), path="", ref="company.duty", ref_path="duty_id"),
        Column("position", T("岗位", "Position"), "ref", value=lambda row: str(row.position), ref="company.position", ref_path="position_id"),
        Column("letter", T("分工", "Part"), "state", path="letter", states=DutyLetter, filterable=True),
        Column("region", T("区域", "Region"), value=lambda row: row.region or str(EVERYWHERE)),
        Column("product_line", T("产品线", "Product line"), value=lambda row: row.product_line or str(EVERYWHERE)),
        Column("amount_from", T("金额自", "Amounts from"), "amount", path="amount_from", sortable=True),
        Column("amount_until", T("金额至（不含）", "Up to"), "amount", path="amount_until", sortable=True),
        Column("since", T("生效", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("失效（不含）", "Until (not included)"), "date", path="until", sortable=True),
    ],
    url="duty-entries",
    help=T("谁执行、谁负责、咨询谁、知会谁。", "Who is responsible, accountable, consulted and informed."),
    related=("duty", "position"),
    order=("duty__order", "letter", "id"),
    label=str,
    clauses=("2.1.4",),
)  # fmt: skip

WAIVERS = view(
    "company.waivers",
    T("不相容职务豁免", "Waivers"),
    DutyWaiver,
    [
        Column("person", T("人员", "Person"), "person", path="user", filterable=True),
        Column("pair", T("不相容职务", "Pair"), value=lambda row: str(T(row.pair.name_zh, row.pair.name_en))),
        Column("control", T("补偿性控制", "Compensating control"), path="control"),
        Column("since", T("开始", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("截止（不含）", "Until (not included)"), "date", path="until", sortable=True, filterable=True),
        Column("granted_by", T("批准人", "Granted by"), "person", path="granted_by"),
    ],
    url="waivers",
    help=T("有补偿性控制、有截止日期的豁免。", "Conflicts allowed for a time, under a compensating control."),
    related=("user", "pair", "granted_by"),
    order=("-until", "-id"),
    label=str,
    clauses=("2.1.4",),
)  # fmt: skip

ABSENCES = view(
    "company.absences",
    T("缺勤", "Absences"),
    Absence,
    [
        Column("person", T("人员", "Person"), "person", path="user", filterable=True),
        Column("since", T("开始", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("结束（不含）", "Until (not included)"), "date", path="until", sortable=True, filterable=True),
        Column("deputy", T("代理人", "Deputy"), "person", path="deputy"),
        Column("state", T("状态", "State"), "state", path="state", states=AbsenceState, filterable=True),
        Column("note", T("说明", "Note"), path="note", in_list=False),
    ],
    url="absences",
    help=T("谁在哪些天不在岗，由谁代理。", "Who is away on which days, and who stands in."),
    related=("user", "deputy"),
    order=("-since", "-id"),
    label=str,
    states=AbsenceState,
    clauses=("2.1.4",),
)  # fmt: skip
