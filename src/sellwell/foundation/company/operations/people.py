"""Hiring people, keeping their data right, and giving them a way to sign in."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, Literal

from django.contrib.auth.hashers import make_password

from sellwell.foundation.company import directory
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Department, Person, PersonState
from sellwell.kernel import generations, personal
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, field
from sellwell.kernel.models import User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

USERNAME_TAKEN = Reason(
    "company.username_taken",
    T("用户名“{username}”已被使用，请换一个。", "The user name “{username}” is taken. Choose another one."),
)
NUMBER_TAKEN = Reason(
    "company.number_taken",
    T("工号“{number}”已被使用，请换一个。", "The number “{number}” is taken. Choose another one."),
)
HALF_A_POST = Reason(
    "company.half_a_post",
    T("部门和角色请一起填写。", "Give department and role together."),
)

# A password that nobody chose is long enough to be safe until its owner changes it.
PASSWORD_BYTES = 12


class Hire(Input):
    """Who, from when, and the first post."""

    name: Name = field(T("姓名", "Name"), max_length=80)
    username: Code = field(T("用户名", "User name"), pattern=r"^[a-z][a-z0-9._-]{1,58}$")
    number: Code = field(T("工号", "Number"), min_length=1, max_length=20)
    employment: Literal["full_time", "part_time"] = field(T("用工方式", "Employment"), "full_time")
    hired_on: date = field(T("入职日期", "Hired on"))
    phone: ShortText = field(T("电话", "Phone"), "")
    speciality: Code = field(T("专长", "Speciality"), "", max_length=40)
    department: Ref("company.department") | None = field(T("部门", "Department"), None)  # type: ignore[valid-type]
    role: RoleCode | None = field(T("角色", "Role"), None)


def assess_hire(row: Any, given: Hire, ctx: Context) -> Assessment:
    """User name and number are free; the first post is whole."""
    objections: list[Objection] = []
    if User.objects.filter(username=given.username).exists():
        objections.append(USERNAME_TAKEN.refuse(path="username", username=given.username))
    if Person.objects.filter(number=given.number).exists():
        objections.append(NUMBER_TAKEN.refuse(path="number", number=given.number))
    if (given.department is None) != (given.role is None):
        objections.append(HALF_A_POST.refuse(path="department" if given.department is None else "role"))
    return Assessment(content={"username": given.username}, objections=tuple(objections))


@operation(
    "company.hire",
    T("录用", "Hire"),
    Person,
    help=T(
        "录入新员工并开通账号，可同时安排第一个职务。",
        "Enter a new person with an account and, if known, the first post.",
    ),
    input=Hire,
    creates=True,
    assess=assess_hire,
    clauses=["1.1.2"],
)
def hire(row: Any, given: Hire, ctx: Context, assessment: Assessment) -> Effects:
    """Make the account and the person, and the first post if one is named. Nobody can sign in yet: issue a password."""
    user = User(id=new_id(), username=given.username, name=given.name, password=make_password(None))
    person = Person(
        id=new_id(), user=user, number=given.number, employment=given.employment, hired_on=given.hired_on,
        speciality=given.speciality, phone=personal.seal(user.id, given.phone) if given.phone else None,
    )  # fmt: skip
    effects = Effects(result=person, search=[user, person])
    effects.insert(user)
    effects.insert(person)
    if given.department is not None and given.role is not None:
        department = Department.objects.get(pk=given.department)
        effects.insert(
            Assignment(
                id=new_id(), company_id=ctx.company_id, user=user, role=given.role.value, department=department,
                region=department.region, since=given.hired_on,
            )
        )  # fmt: skip
    generations.bump(directory.GENERATION)
    return effects


class ChangePerson(Input):
    """What may change about a person; what is left out stays."""

    name: Name | None = field(T("姓名", "Name"), None, max_length=80)
    number: Code | None = field(T("工号", "Number"), None, min_length=1, max_length=20)
    employment: Literal["full_time", "part_time"] | None = field(T("用工方式", "Employment"), None)
    phone: ShortText | None = field(T("电话", "Phone"), None)
    speciality: Code | None = field(T("专长", "Speciality"), None, max_length=40)


def assess_change(person: Person, given: ChangePerson | None, ctx: Context) -> Assessment:
    """The number is nobody else's."""
    number = given.number if given is not None else None
    taken = number is not None and Person.objects.filter(number=number).exclude(pk=person.pk).exists()
    return Assessment(objections=(NUMBER_TAKEN.refuse(path="number", number=number),) if taken else ())


@operation(
    "company.change_person",
    T("修改人员", "Change person"),
    Person,
    help=T("修改姓名、工号、用工方式或电话。", "Change the name, number, kind of employment or phone."),
    input=ChangePerson,
    from_states=[PersonState.ACTIVE],
    assess=assess_change,
    clauses=["1.1.2"],
)
def change_person(person: Person, given: ChangePerson, ctx: Context, assessment: Assessment) -> Effects:
    """Change what was given; the account carries the name."""
    user = User.objects.get(pk=person.user_id)
    effects = Effects(result=person)
    if given.name is not None:
        effects.update(user, name=given.name)
    changed: dict[str, Any] = {}
    if given.number is not None:
        changed["number"] = given.number
    if given.employment is not None:
        changed["employment"] = given.employment
    if given.speciality is not None:
        changed["speciality"] = given.speciality
    if given.phone is not None:
        changed["phone"] = personal.seal(user.id, given.phone) if given.phone else None
    effects.update(person, **changed)
    person.user = user
    effects.search += [user, person]
    generations.bump(directory.GENERATION)
    return effects


@operation(
    "company.issue_password",
    T("发放密码", "Issue password"),
    Person,
    help=T(
        "生成一次性显示的新密码，原密码立即失效。",
        "Make a new password, shown once; the old one stops working at once.",
    ),
    from_states=[PersonState.ACTIVE],
    channels=["web", "cli"],
    clauses=["1.1.2"],
)
def issue_password(person: Person, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Make a password for somebody. It stands on the result as `secret`, once, and is kept nowhere."""
    secret = secrets.token_urlsafe(PASSWORD_BYTES)
    # Past the effects on purpose: a password's hash must not stay in a ledger that never forgets.
    User.objects.filter(pk=person.user_id).update(password=make_password(secret))
    person.secret = secret  # type: ignore[attr-defined]
    return Effects(result=person)
