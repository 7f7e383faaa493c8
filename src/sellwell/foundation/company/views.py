"""How people, departments and posts are read; the kernel's own rows stand in `kernel_views`."""

from __future__ import annotations

from sellwell.foundation.company import (  # noqa: F401 - these register what they declare
    change_views,
    connection_views,
    directory,
    divisions,
    duty_views,
    kernel_views,
    scorecard_views,
    seed,
    structure_views,
)
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Company, Department, Person, PersonState
from sellwell.kernel.values import T, named
from sellwell.kernel.views import Column, view

EMPLOYMENT = {"full_time": T("全职", "Full time"), "part_time": T("兼职", "Part time")}
KINDS = {
    "regional": T("区域部门", "Regional"),
    "product": T("产品部门", "Product"),
    "customer": T("客户部门", "Customer"),
    "division": T("事业部", "Division"),
    "function": T("职能部门", "Function"),
}

PEOPLE = view(
    "company.people",
    T("人员", "People"),
    Person,
    [
        Column("number", T("工号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column("name", T("姓名", "Name"), path="user__name", sortable=True, filterable=True),
        Column("username", T("用户名", "User name"), "code", path="user__username", sortable=True),
        Column("employment", T("用工", "Employment"), value=lambda row: str(EMPLOYMENT[row.employment])),
        Column("speciality", T("专长", "Speciality"), path="speciality", filterable=True, in_list=False),
        Column("external_id", T("外部编号", "External id"), "code", path="external_id", in_list=False),
        Column("state", T("状态", "State"), "state", path="state", states=PersonState, filterable=True),
        Column("hired_on", T("入职", "Hired"), "date", path="hired_on", sortable=True, filterable=True),
        Column("left_on", T("离职", "Left"), "date", path="left_on", sortable=True),
        Column(
            "phone",
            T("电话", "Phone"),
            envelope=lambda row: row.phone,
            group="personal",
            in_list=False,
        ),
    ],
    url="people",
    help=T("在公司工作的人，以及他们担任的职务。", "Who works here, and which posts they hold."),
    groups={
        "personal": T("个人信息", "Personal data"),
        "scorecard": T("记分卡数字", "Figures of the scorecard"),
    },
    related=("user",),
    order=("number", "id"),
    search=lambda row: (row.number, row.user.name, row.user.username),
    label=lambda row: row.user.name,
    clauses=("1.1.2", "1.3.2"),
    states=PersonState,
)

DEPARTMENTS = view(
    "company.departments",
    T("部门", "Departments"),
    Department,
    [
        Column("path", T("路径", "Path"), "code", path="path", sortable=True),
        Column("code", T("代码", "Code"), "code", path="code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), value=lambda row: str(named(row))),
        Column("kind", T("类别", "Kind"), value=lambda row: str(KINDS[row.kind])),
        Column("parent", T("上级部门", "Above"), "ref", path="parent__name", ref="company.department"),
        Column("region", T("区域", "Region"), path="region", filterable=True),
        Column("product_line", T("产品线", "Product line"), path="product_line", filterable=True),
        Column("head", T("负责人", "Head"), "person", path="head"),
        Column("since", T("设立", "Set up"), "date", path="since", sortable=True),
        Column("until", T("撤销", "Closed"), "date", path="until", sortable=True, filterable=True),
        Column("external_id", T("外部编号", "External id"), "code", path="external_id", in_list=False),
    ],
    url="departments",
    help=T("公司的部门、上下级和负责人。", "The departments, who is above whom, and who heads them."),
    related=("parent", "head"),
    order=("path", "id"),
    search=lambda row: (row.code, row.name, row.name_en),
    label=lambda row: str(named(row)),
    clauses=("1.3.2",),
)

ASSIGNMENTS = view(
    "company.assignments",
    T("任职", "Posts"),
    Assignment,
    [
        Column("person", T("姓名", "Person"), "person", path="user", filterable=True),
        Column("role", T("角色", "Role"), "state", path="role", states=RoleCode, filterable=True),
        Column("position", T("岗位", "Position"), value=lambda row: str(row.position or "")),
        Column(
            "department", T("部门", "Department"), "ref", path="department__name", ref="company.department"
        ),
        Column("region", T("区域", "Region"), path="region", filterable=True),
        Column("product_line", T("产品线", "Product line"), path="product_line", filterable=True),
        Column("since", T("开始", "From"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("截止（不含）", "Until (not included)"), "date", path="until", sortable=True),
    ],
    url="assignments",
    help=T(
        "谁在哪个部门担任什么角色、起止日期。",
        "Who holds which role in which department, from when until when.",
    ),
    related=("user", "department", "position"),
    order=("-since", "-id"),
    label=lambda row: f"{row.user.name} · {RoleCode(row.role).label}",
    clauses=("1.1.2",),
)

COMPANIES = view(
    "company.companies",
    T("公司", "Companies"),
    Company,
    [
        Column("code", T("代码", "Code"), "code", path="code", sortable=True),
        Column("name", T("名称", "Name"), path="name"),
        Column("name_en", T("英文名称", "Name in English"), path="name_en"),
        Column("uscc", T("统一社会信用代码", "Social credit code"), "code", path="uscc"),
        Column("currency", T("本位币", "Currency"), "code", path="currency"),
    ],
    url="companies",
    help=T("集团内的公司。", "The companies of the group."),
    order=("code", "id"),
    label=lambda row: str(named(row)),
)
