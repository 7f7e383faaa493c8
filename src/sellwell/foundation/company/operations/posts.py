"""The roles that people hold in departments, from day to day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from sellwell.foundation.company import directory, queries
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Department, Person, PersonState, Position
from sellwell.foundation.company.operations.duties import waived_pairs
from sellwell.kernel import generations
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

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
        "不相容职务“{pair}”：同一人不能同时担任这些角色。请另安排人，或先登记豁免。",
        "Incompatible duties, “{pair}”: one person cannot hold these roles together. Choose somebody else, or record a"
        " waiver first.",
    ),
)
OTHER_ROLE = Reason(
    "company.position_role",
    T(
        "岗位“{position}”对应的角色不同。请选择与角色一致的岗位。",
        "{position} stands for another role. Choose a position of the role.",
    ),
)
CLOSED = Reason(
    "company.department_closed",
    T(
        "该部门自 {until} 起撤销。请选择其他部门。",
        "This department is closed from {until}. Choose another one.",
    ),
)
ENDED = Reason("company.post_ended", T("该任职已经结束。", "This post has ended already."))


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
    position: Ref("company.position") | None = field(  # type: ignore[valid-type]
        T("岗位", "Position"), None, help=T("留空则为该角色的岗位", "Empty: the role's own")
    )


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
    verbs = queries.verbs_of({*held, given.role.value}, max(given.since, ctx.today))
    pair = queries.conflict_of(verbs, waived_pairs(person.user_id, max(given.since, ctx.today)))
    if pair is not None:
        objections.append(BOTH_DUTIES.refuse(path="role", pair=T(pair.name_zh, pair.name_en)))
    position = Position.objects.get(pk=given.position) if given.position else None
    if position is not None and position.role != given.role.value:
        objections.append(OTHER_ROLE.refuse(path="position", position=T(position.name_zh, position.name_en)))
    department = Department.objects.get(pk=given.department)
    if department.until is not None and (given.until is None or given.until > department.until):
        objections.append(CLOSED.refuse(path="department", until=department.until))
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
    clauses=["1.1.2", "1.3.1", "2.1.1", "2.2.2"],
)
def assign(row: Any, given: Assign, ctx: Context, assessment: Assessment) -> Effects:
    """Give somebody a role in a department, and with it the rights of that role."""
    department = Department.objects.get(pk=given.department)
    post = Assignment(
        id=new_id(), company_id=department.company_id, user_id=assessment.carry.user_id, role=given.role.value,
        department=department, region=given.region or department.region, product_line=given.product_line,
        since=given.since, until=given.until, position_id=given.position,
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
    clauses=["1.1.2", "2.1.1", "2.2.2"],
)
def end_assignment(post: Assignment, given: EndAssignment, ctx: Context, assessment: Assessment) -> Effects:
    """End a post on a day. Documents stay with their owner: hand them over, or give another post."""
    effects = Effects(result=post)
    effects.update(post, until=given.until)
    generations.bump(directory.GENERATION)
    return effects
