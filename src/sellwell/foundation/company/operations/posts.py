"""Departments, and the roles that people hold in them from day to day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Q

from sellwell.foundation.company import directory, queries
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Department, Person, PersonState
from sellwell.kernel import generations
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, field
from sellwell.kernel.models import User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

CODE_TAKEN = Reason(
    "company.code_taken",
    T("部门代码“{code}”已被使用，请换一个。", "The code “{code}” is taken. Choose another one."),
)
HEAD_LEFT = Reason(
    "company.head_left",
    T("部门负责人必须在职。请另选一人。", "The head must work here. Choose somebody else."),
)
HAS_LEFT = Reason(
    "company.has_left", T("此人已离职，不能任职。", "This person has left and can hold no post.")
)
DATES = Reason("company.dates", T("截止日期必须晚于开始日期。", "The end must be after the start."))
TWICE = Reason(
    "company.post_twice",
    T(
        "此人在该部门已担任这一角色。请先结束原任职。",
        "This person holds the role there already. End that post first.",
    ),
)
BOTH_DUTIES = Reason(
    "company.both_duties",
    T(
        "不相容职务“{pair}”：同一人不能同时担任这些角色。",
        "Incompatible duties, “{pair}”: one person cannot hold these roles together.",
    ),
)
ENDED = Reason("company.post_ended", T("该任职已经结束。", "This post has ended already."))


# --- departments ------------------------------------------------------------------------------------------------------


class AddDepartment(Input):
    """A department and its place."""

    code: Code = field(T("代码", "Code"), pattern=r"^[A-Z][A-Z0-9_-]{1,18}$")
    name: Name = field(T("名称", "Name"), max_length=80)
    name_en: Code = field(T("英文名称", "Name in English"), "")
    kind: Literal["regional", "product", "customer", "function"] = field(T("类别", "Kind"), "regional")
    parent: Ref("company.department") | None = field(T("上级部门", "Above"), None)  # type: ignore[valid-type]
    region: Code = field(T("区域", "Region"), "", max_length=40)
    head: Ref("kernel.user") | None = field(T("负责人", "Head"), None)  # type: ignore[valid-type]


def assess_department(row: Any, given: AddDepartment, ctx: Context) -> Assessment:
    """The code is free in the company; the head works here."""
    objections: list[Objection] = []
    if Department.objects.filter(company_id=ctx.company_id, code=given.code).exists():
        objections.append(CODE_TAKEN.refuse(path="code", code=given.code))
    if given.head is not None and not User.objects.filter(pk=given.head, is_active=True).exists():
        objections.append(HEAD_LEFT.refuse(path="head"))
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
    clauses=["1.3.2"],
)
def add_department(row: Any, given: AddDepartment, ctx: Context, assessment: Assessment) -> Effects:
    """Make a department; its path carries the codes from the top."""
    above = Department.objects.get(pk=given.parent) if given.parent else None
    department = Department(
        id=new_id(), company_id=ctx.company_id, code=given.code, name=given.name, name_en=given.name_en,
        kind=given.kind, parent=above, path=f"{above.path if above else ''}{given.code}.",
        region=given.region or (above.region if above else ""), head_id=given.head,
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


def assess_department_change(
    department: Department, given: ChangeDepartment | None, ctx: Context
) -> Assessment:
    """The head works here."""
    head = given.head if given is not None else None
    if head is not None and not User.objects.filter(pk=head, is_active=True).exists():
        return Assessment(objections=(HEAD_LEFT.refuse(path="head"),))
    return Assessment()


@operation(
    "company.change_department",
    T("修改部门", "Change department"),
    Department,
    help=T("修改部门名称或负责人。", "Change a department's name or head."),
    input=ChangeDepartment,
    assess=assess_department_change,
    clauses=["1.3.2"],
)
def change_department(
    department: Department, given: ChangeDepartment, ctx: Context, assessment: Assessment
) -> Effects:
    """Change what was given. Code and path stay, since documents carry them."""
    effects = Effects(result=department)
    columns = {"name": given.name, "name_en": given.name_en, "head_id": given.head}
    effects.update(department, **{name: value for name, value in columns.items() if value is not None})
    effects.search.append(department)
    generations.bump(directory.GENERATION)
    return effects


# --- posts ------------------------------------------------------------------------------------------------------------


class Assign(Input):
    """Who holds which role where, from when until when."""

    person: Ref("company.person") = field(T("人员", "Person"))  # type: ignore[valid-type]
    role: RoleCode = field(T("角色", "Role"))
    department: Ref("company.department") = field(T("部门", "Department"))  # type: ignore[valid-type]
    since: date = field(T("开始日期", "From"))
    until: date | None = field(T("截止日期（不含）", "Until (not included)"), None)
    region: Code = field(
        T("区域", "Region"), "", max_length=40, help=T("留空则同部门", "Empty: the department's")
    )
    product_line: Code = field(T("产品线", "Product line"), "", max_length=40)


def assess_assignment(row: Any, given: Assign, ctx: Context) -> Assessment:
    """The person works here, does not hold the post already, and gets no two incompatible duties by it."""
    person = Person.objects.get(pk=given.person)
    objections: list[Objection] = []
    if person.state != PersonState.ACTIVE.value:
        objections.append(HAS_LEFT.refuse(path="person"))
    if given.until is not None and given.until <= given.since:
        objections.append(DATES.refuse(path="until"))
    overlapping = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gt=given.since),
        user_id=person.user_id, role=given.role.value, department_id=given.department,
    )  # fmt: skip
    if given.until is not None:
        overlapping = overlapping.filter(since__lt=given.until)
    if overlapping.exists():
        objections.append(TWICE.refuse(path="role"))
    held = queries.roles_by_user(max(given.since, ctx.today)).get(person.user_id, set())
    pair = queries.conflict_of(queries.verbs_of({*held, given.role.value}, max(given.since, ctx.today)))
    if pair is not None:
        objections.append(BOTH_DUTIES.refuse(path="role", pair=T(pair.name_zh, pair.name_en)))
    content = {"person": str(given.person), "role": given.role.value, "department": str(given.department)}
    return Assessment(content=content, carry=person, objections=tuple(objections))


@operation(
    "company.assign",
    T("任职", "Assign"),
    Assignment,
    help=T("安排某人从某日起在某部门担任某个角色。", "Give somebody a role in a department from a day on."),
    input=Assign,
    creates=True,
    parent="person",
    assess=assess_assignment,
    clauses=["1.1.2", "1.3.1"],
)
def assign(row: Any, given: Assign, ctx: Context, assessment: Assessment) -> Effects:
    """Give somebody a role in a department, and with it the rights of that role."""
    department = Department.objects.get(pk=given.department)
    post = Assignment(
        id=new_id(), company_id=department.company_id, user_id=assessment.carry.user_id, role=given.role.value,
        department=department, region=given.region or department.region, product_line=given.product_line,
        since=given.since, until=given.until,
    )  # fmt: skip
    effects = Effects(result=post)
    effects.insert(post)
    generations.bump(directory.GENERATION)
    return effects


class EndAssignment(Input):
    """The first day on which the post is no longer held."""

    until: date = field(T("截止日期（不含）", "Until (not included)"))


def assess_end(post: Assignment, given: EndAssignment | None, ctx: Context) -> Assessment:
    """The end lies after the start, and the post has not ended yet."""
    objections: list[Objection] = []
    if post.until is not None and post.until <= ctx.today:
        objections.append(ENDED.refuse())
    if given is not None and given.until <= post.since:
        objections.append(DATES.refuse(path="until"))
    return Assessment(objections=tuple(objections))


@operation(
    "company.end_assignment",
    T("结束任职", "End post"),
    Assignment,
    help=T(
        "从某日起不再担任这一角色，权限随之收回。",
        "The role is no longer held from a day on; its rights end with it.",
    ),
    input=EndAssignment,
    assess=assess_end,
    clauses=["1.1.2"],
)
def end_assignment(post: Assignment, given: EndAssignment, ctx: Context, assessment: Assessment) -> Effects:
    """End a post on a day. Documents stay with their owner: hand them over, or give another post."""
    effects = Effects(result=post)
    effects.update(post, until=given.until)
    generations.bump(directory.GENERATION)
    return effects


def first_day_after(post: Assignment, day: date) -> date:
    """The end of a post that is given up on a day: at the earliest the day after it began."""
    return max(day, post.since + timedelta(days=1))
