"""Departments: set up, changed from a day on, and how they were before (clauses 2.2.1 and 2.1.2)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from sellwell.foundation.company import directory
from sellwell.foundation.company.models import Department, DepartmentPast
from sellwell.kernel import generations
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, field
from sellwell.kernel.models import User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T, named

CODE_TAKEN = Reason(
    "company.code_taken",
    T("部门代码“{code}”已被使用，请换一个。", "The code “{code}” is taken. Choose another one."),
)
HEAD_LEFT = Reason(
    "company.head_left",
    T("部门负责人必须在职。请另选一人。", "The head must work here. Choose somebody else."),
)
PARENT_CLOSED = Reason(
    "company.parent_closed",
    T("上级部门已撤销。请另选上级。", "The department above is closed. Choose another one."),
)
OWN_SUPERIOR = Reason(
    "company.own_superior",
    T(
        "此人是上级部门“{name}”的负责人，不能向自己汇报。请另选负责人。",
        "This person heads {name} above and would report to himself or herself. Choose somebody else.",
    ),
)

Kind = Literal["regional", "product", "customer", "division", "function"]


class AddDepartment(Input):
    """A department and its place."""

    code: Code = field(T("代码", "Code"), pattern=r"^[A-Z][A-Z0-9_-]{1,18}$")
    name: Name = field(T("名称", "Name"), max_length=80)
    name_en: Code = field(T("英文名称", "Name in English"), "")
    kind: Kind = field(T("类别", "Kind"), "regional")
    parent: Ref("company.department") | None = field(T("上级部门", "Above"), None)  # type: ignore[valid-type]
    region: Code = field(T("区域", "Region"), "", max_length=40)
    product_line: Code = field(T("产品线", "Product line"), "", max_length=40)
    head: Ref("kernel.user") | None = field(T("负责人", "Head"), None)  # type: ignore[valid-type]


def assess_department(row: Any, given: AddDepartment, ctx: Context) -> Assessment:
    """The code is free in the company; the head works here."""
    objections: list[Objection] = []
    if Department.objects.filter(company_id=ctx.company_id, code=given.code).exists():
        objections.append(CODE_TAKEN.refuse(path="code", code=given.code))
    if given.head is not None and not User.objects.filter(pk=given.head, is_active=True).exists():
        objections.append(HEAD_LEFT.refuse(path="head"))
    above = Department.objects.get(pk=given.parent) if given.parent else None
    if above is not None and above.until is not None and above.until <= ctx.today:
        objections.append(PARENT_CLOSED.refuse(path="parent"))
    objections += own_superior(given.head, above)
    return Assessment(content={"code": given.code}, objections=tuple(objections))


@operation(
    "company.add_department",
    T("新建部门", "Add department"),
    Department,
    help=T("在上级部门之下新建一个部门。", "Make a department under another one."),
    input=AddDepartment,
    creates=True,
    parent="parent",
    assess=assess_department,
    clauses=["1.3.2", "2.1.2", "2.2.1"],
)
def add_department(row: Any, given: AddDepartment, ctx: Context, assessment: Assessment) -> Effects:
    """Make a department; its path carries the codes from the top."""
    above = Department.objects.get(pk=given.parent) if given.parent else None
    department = Department(
        id=new_id(), company_id=ctx.company_id, code=given.code, name=given.name, name_en=given.name_en,
        kind=given.kind, parent=above, path=f"{above.path if above else ''}{given.code}.",
        region=given.region or (above.region if above else ""), head_id=given.head, since=ctx.today,
        product_line=given.product_line or (above.product_line if above else ""),
    )  # fmt: skip
    effects = Effects(result=department, search=[department])
    effects.insert(department)
    generations.bump(directory.GENERATION)
    return effects


class ChangeDepartment(Input):
    """What may change about a department; what is left out stays."""

    name: Name | None = field(T("名称", "Name"), None, max_length=80)
    name_en: Code | None = field(T("英文名称", "Name in English"), None)
    head: Ref("kernel.user") | None = field(T("负责人", "Head"), None)  # type: ignore[valid-type]
    kind: Kind | None = field(T("类别", "Kind"), None)
    region: Code | None = field(T("区域", "Region"), None, max_length=40)
    product_line: Code | None = field(T("产品线", "Product line"), None, max_length=40)
    review_months: int | None = field(T("检视周期（月）", "Review every so many months"), None, ge=1, le=60)


def assess_department_change(
    department: Department, given: ChangeDepartment | None, ctx: Context
) -> Assessment:
    """The head works here and does not head the department above, too."""
    head = given.head if given is not None else None
    objections: list[Objection] = []
    if head is not None and not User.objects.filter(pk=head, is_active=True).exists():
        objections.append(HEAD_LEFT.refuse(path="head"))
    objections += own_superior(head, department.parent)
    return Assessment(objections=tuple(objections))


def own_superior(head: Any, above: Department | None) -> list[Objection]:
    """Nobody heads a department and the one directly above it: that person would report to himself or herself."""
    if head is None or above is None or above.head_id != head:
        return []
    return [OWN_SUPERIOR.refuse(path="head", name=named(above))]


@operation(
    "company.change_department",
    T("修改部门", "Change department"),
    Department,
    help=T("修改部门名称或负责人。", "Change a department's name or head."),
    input=ChangeDepartment,
    assess=assess_department_change,
    clauses=["1.3.2", "2.1.2", "2.2.1"],
)
def change_department(
    department: Department, given: ChangeDepartment, ctx: Context, assessment: Assessment
) -> Effects:
    """Change what was given. Code and path stay, since documents carry them."""
    effects = Effects(result=department)
    columns = {
        "name": given.name, "name_en": given.name_en, "head_id": given.head, "kind": given.kind,
        "region": given.region, "product_line": given.product_line, "review_months": given.review_months,
    }  # fmt: skip
    changed = {name: value for name, value in columns.items() if value is not None}
    change_from(effects, department, ctx.today, changed)
    effects.search.append(department)
    generations.bump(directory.GENERATION)
    return effects


# What a department was like is kept for these columns; codes never change.
REMEMBERED = ("parent_id", "path", "name", "name_en", "kind", "region", "product_line", "head_id")


def change_from(effects: Effects, department: Department, day: date, changed: dict[str, Any]) -> None:
    """Change a department from a day on, keeping how it was up to that day. Changes of one day count as one."""
    differing = {k: v for k, v in changed.items() if getattr(department, k) != v}
    if not differing:
        return
    begins_today = day in (department.as_of, department.since)
    if differing.keys() & {*REMEMBERED} and not begins_today:
        effects.insert(
            DepartmentPast(
                id=new_id(), company_id=department.company_id, department_id=department.pk,
                since=department.as_of or department.since, until=day,
                **{name: getattr(department, name) for name in REMEMBERED},
            )
        )  # fmt: skip
    if differing.keys() & {*REMEMBERED}:
        differing["as_of"] = day
    effects.update(department, **differing)
