"""Departments and people kept in step with another directory: upsert by external id, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from pydantic import BaseModel, ConfigDict

from sellwell.foundation.company import directory, queries
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Company, Department, Person
from sellwell.foundation.company.operations.departments import Kind, change_from
from sellwell.foundation.company.operations.duties import waived_pairs
from sellwell.foundation.company.operations.posts import BOTH_DUTIES, CLOSED
from sellwell.kernel import generations, personal
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, ShortText, field
from sellwell.kernel.models import User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

TWICE = Reason(
    "company.sync_twice",
    T(
        "{what}“{key}”在这次提交中出现多次。请只保留一行。",
        "{what} “{key}” is sent more than once. Keep one row.",
    ),
)
TAKEN = Reason(
    "company.sync_taken",
    T("{what}“{key}”已属于另一条记录。请换一个，或填写那条记录的外部编号。",
      "{what} “{key}” belongs to another record. Choose another one, or give that record's external id."),
)  # fmt: skip
UNKNOWN = Reason(
    "company.sync_unknown",
    T(
        "没有外部编号或代码为“{key}”的部门。请先提交该部门。",
        "No department has the external id or code “{key}”. Send it first.",
    ),
)
NO_MOVES = Reason(
    "company.sync_moved",
    T(
        "部门“{name}”的上级有变。请用组织调整来移动部门。",
        "{name} has another department above it. Move it by a reorganisation.",
    ),
)
LEFT = Reason(
    "company.sync_left",
    T("{number} 已离职，不能再更新。", "{number} has left and is not updated any more."),
)
CODE_STAYS = Reason(
    "company.sync_code",
    T(
        "部门“{name}”的代码是 {code}，代码不能更改。请按原代码提交。",
        "{name} has the code {code}, and codes never change. Send it with that code.",
    ),
)
OTHER_COMPANY = Reason(
    "company.sync_company",
    T(
        "您现在在另一家公司。请先切换到“{name}”，再同步它的通讯录。",
        "You are in another company now. Change over to {name} to sync its directory.",
    ),
)
HALF = Reason("company.sync_half", T("部门和角色请一起填写。", "Give department and role together."))


class DirectoryDepartment(BaseModel):
    """A department as the other directory knows it. `above` is an external id or a code."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    external_id: Code = field(T("外部编号", "External id"), min_length=1)
    code: Code = field(T("代码", "Code"), pattern=r"^[A-Z][A-Z0-9_-]{1,18}$")
    name: Name = field(T("名称", "Name"), max_length=80)
    name_en: Code = field(T("英文名称", "Name in English"), "")
    kind: Kind = field(T("类别", "Kind"), "function")
    above: Code = field(T("上级部门", "Above"), "")
    region: Code = field(T("区域", "Region"), "", max_length=40)


class DirectoryPerson(BaseModel):
    """A person as the other directory knows it. `department` is an external id or a code."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    external_id: Code = field(T("外部编号", "External id"), min_length=1)
    name: Name = field(T("姓名", "Name"))
    username: Code = field(T("用户名", "User name"), pattern=r"^[a-z][a-z0-9._-]{1,58}$")
    number: Code = field(T("工号", "Number"), min_length=1, max_length=20)
    employment: Literal["full_time", "part_time"] = field(T("用工方式", "Employment"), "full_time")
    hired_on: date = field(T("入职日期", "Hired on"))
    phone: ShortText = field(T("电话", "Phone"), "")
    speciality: Code = field(T("专长", "Speciality"), "", max_length=40)
    department: Code = field(T("部门", "Department"), "")
    role: RoleCode | None = field(T("角色", "Role"), None)


class SyncDirectory(Input):
    """Departments and people; what is not named stays as it is."""

    departments: list[DirectoryDepartment] = field(T("部门", "Departments"), [], max_length=1000)
    people: list[DirectoryPerson] = field(T("人员", "People"), [], max_length=5000)


@dataclass
class _Known:
    """What is here already, by every key that the other side may name."""

    departments: dict[str, Department]
    codes: dict[str, Department]
    people: dict[str, Person]
    usernames: dict[str, str]
    numbers: dict[str, str]
    posts: dict[Any, list[Assignment]]  # by account, the longest held first: that one is the directory's

    def department(self, key: str) -> Department | None:
        """The department that an external id or a code names."""
        return self.departments.get(key) or self.codes.get(key)


def _known(given: SyncDirectory, ctx: Context) -> _Known:
    departments = list(Department.objects.filter(company_id=ctx.company_id).select_related("parent"))
    asked = Q(external_id__in=[p.external_id for p in given.people])
    people = Person.objects.filter(asked).select_related("user")
    usernames = User.objects.filter(username__in=[p.username for p in given.people]).values_list(
        "username", "person__external_id"
    )
    numbers = Person.objects.filter(number__in=[p.number for p in given.people]).values_list(
        "number", "external_id"
    )
    posts: dict[Any, list[Assignment]] = {}
    held = Assignment.objects.filter(
        queries.in_force_on(ctx.today), user__person__in=people, company_id=ctx.company_id
    )
    for post in held.order_by("since", "id"):
        posts.setdefault(post.user_id, []).append(post)
    return _Known(
        {d.external_id: d for d in departments if d.external_id},
        {d.code: d for d in departments},
        {p.external_id: p for p in people},
        {name: external or "" for name, external in usernames},
        dict(numbers),
        posts,
    )


def assess_sync(row: Company, given: SyncDirectory | None, ctx: Context) -> Assessment:
    """Every row can be: keys are free or the same record's, departments named are here or in the same batch."""
    if given is None:
        return Assessment()
    if row.pk != ctx.company_id:
        return Assessment(objections=(OTHER_COMPANY.refuse(name=row.name),))
    known = _known(given, ctx)
    objections = [*_twice("departments", given.departments), *_twice("people", given.people)]
    objections += _department_objections(given.departments, known, ctx.today)
    named = {
        *known.departments,
        *known.codes,
        *(d.external_id for d in given.departments),
        *(d.code for d in given.departments),
    }
    for index, person in enumerate(given.people):
        objections += _person_objections(index, person, known, named, ctx)
    objections += _conflicts(given.people, known, ctx)
    content = {"departments": len(given.departments), "people": len(given.people)}
    return Assessment(content=content, carry=known, objections=tuple(objections[:200]))


# What no two rows of one submission may share.
KEYS = {
    "departments": {"external_id": T("外部编号", "The external id"), "code": T("部门代码", "The code")},
    "people": {
        "external_id": T("外部编号", "The external id"),
        "username": T("用户名", "The user name"),
        "number": T("工号", "The number"),
    },
}


def _twice(what: str, rows: Iterable[Any]) -> list[Objection]:
    found = []
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(rows):
        for name, noun in KEYS[what].items():
            key = getattr(row, name)
            if (name, key) in seen:
                found.append(TWICE.refuse(path=f"{what}.{index}.{name}", what=noun, key=key))
            seen.add((name, key))
    return found


def _closed(key: str, known: _Known, today: date, path: str) -> list[Objection]:
    """Nothing goes under or into a department that is closed."""
    named = known.department(key)
    if named is None or named.until is None or named.until > today:
        return []
    return [CLOSED.refuse(path=path, until=named.until)]


def _department_objections(rows: list[DirectoryDepartment], known: _Known, today: date) -> list[Objection]:
    found: list[Objection] = []
    # A department may only name one that stands before it, so that no circle can be sent.
    there = {*known.departments, *known.codes}
    for index, row in enumerate(rows):
        path = f"departments.{index}"
        mine, holder = known.departments.get(row.external_id), known.codes.get(row.code)
        if holder is not None and holder.external_id not in ("", row.external_id):
            found.append(TAKEN.refuse(path=f"{path}.code", what=T("部门代码", "The code"), key=row.code))
        if mine is not None and mine.code != row.code:
            found.append(CODE_STAYS.refuse(path=f"{path}.code", name=mine.name, code=mine.code))
        if row.above and row.above not in there:
            found.append(UNKNOWN.refuse(path=f"{path}.above", key=row.above))
        found += _closed(row.above, known, today, f"{path}.above")
        current = mine or holder
        if current is not None and row.above:
            above = known.department(row.above)
            if above is None or current.parent_id != above.pk:
                found.append(NO_MOVES.refuse(path=f"{path}.above", name=row.name))
        there |= {row.external_id, row.code}
    return found


def _person_objections(
    index: int, row: DirectoryPerson, known: _Known, named: set[str], ctx: Context
) -> list[Objection]:
    path, found = f"people.{index}", []
    for name, holders, what in (
        ("username", known.usernames, T("用户名", "The user name")),
        ("number", known.numbers, T("工号", "The number")),
    ):
        key = getattr(row, name)
        if key in holders and holders[key] != row.external_id:
            found.append(TAKEN.refuse(path=f"{path}.{name}", what=what, key=key))
    if bool(row.department) != (row.role is not None):
        found.append(HALF.refuse(path=f"{path}.department"))
    if row.department and row.department not in named:
        found.append(UNKNOWN.refuse(path=f"{path}.department", key=row.department))
    found += _closed(row.department, known, ctx.today, f"{path}.department")
    person = known.people.get(row.external_id)
    if person is not None and person.state == "left":
        found.append(LEFT.refuse(path=f"{path}.external_id", number=row.number))
    return found


def _conflicts(rows: list[DirectoryPerson], known: _Known, ctx: Context) -> list[Objection]:
    """Nobody gets two incompatible duties by the new post and those held beside the directory's."""
    found: list[Objection] = []
    pairs: dict[frozenset[str], Any] = {}
    for index, row in enumerate(rows):
        person = known.people.get(row.external_id)
        others = known.posts.get(person.user_id, [])[1:] if person is not None else []
        if row.role is None or not others or person is None:
            continue
        roles = frozenset({row.role.value, *(post.role for post in others)})
        if roles not in pairs:
            pairs[roles] = queries.conflict_of(queries.verbs_of(roles, ctx.today))
        pair = pairs[roles]
        if pair is not None and pair.pk not in waived_pairs(person.user_id, ctx.today):
            found.append(BOTH_DUTIES.refuse(path=f"people.{index}.role", pair=T(pair.name_zh, pair.name_en)))
    return found


@operation(
    "company.sync_directory",
    T("同步通讯录", "Sync directory"),
    Company,
    help=T(
        "按外部编号新增或更新部门和人员；一行有误则全部不写入。",
        "Add or update departments and people by external id; one wrong row and nothing is written.",
    ),
    input=SyncDirectory,
    assess=assess_sync,
    clauses=["1.1.2"],
    menu=False,
)
def sync_directory(row: Company, given: SyncDirectory, ctx: Context, assessment: Assessment) -> Effects:
    """Write what differs. A new role or department ends the person's main post; posts beside it stay."""
    known: _Known = assessment.carry
    effects = Effects(result=row)
    for department in given.departments:
        _department(effects, department, known, ctx)
    posts: list[tuple[Person, DirectoryPerson]] = []
    users: list[User] = []
    people: list[Person] = []
    # One unusable password for all: hashing is slow on purpose, and nobody can sign in with it.
    locked = make_password(None)
    personal.read_keys(person.phone for person in known.people.values())
    for sent in given.people:
        person = known.people.get(sent.external_id)
        if person is None:
            user = User(id=new_id(), username=sent.username, name=sent.name, password=locked)
            person = Person(
                id=new_id(), user=user, number=sent.number, employment=sent.employment, hired_on=sent.hired_on,
                speciality=sent.speciality, external_id=sent.external_id,
                phone=personal.seal(user.id, sent.phone) if sent.phone else None,
            )  # fmt: skip
            users.append(user)
            people.append(person)
        else:
            effects.update(person.user, name=sent.name, username=sent.username)
            _change_person(effects, person, sent)
        effects.search += [person.user, person]
        if sent.role is not None:
            posts.append((person, sent))
    effects.insert(*users)
    effects.insert(*people)
    _posts(effects, posts, known, ctx)
    generations.bump(directory.GENERATION)
    return effects


def _change_person(effects: Effects, person: Person, sent: DirectoryPerson) -> None:
    """What the other directory says of somebody known. A phone that it does not name stays."""
    values: dict[str, Any] = {
        "number": sent.number, "employment": sent.employment, "speciality": sent.speciality, "hired_on": sent.hired_on,
    }  # fmt: skip
    # Sealed anew, the same phone would look like a change each time.
    if sent.phone and sent.phone != personal.open_(person.phone):
        values["phone"] = personal.seal(person.user_id, sent.phone)
    effects.update(person, **values)


def _department(effects: Effects, sent: DirectoryDepartment, known: _Known, ctx: Context) -> None:
    department = known.departments.get(sent.external_id) or known.codes.get(sent.code)
    if department is None:
        above = known.department(sent.above)
        department = Department(
            id=new_id(), company_id=ctx.company_id, code=sent.code, name=sent.name, name_en=sent.name_en, kind=sent.kind,
            parent=above, path=f"{above.path if above else ''}{sent.code}.", external_id=sent.external_id,
            region=sent.region or (above.region if above else ""), since=ctx.today,
        )  # fmt: skip
        effects.insert(department)
    else:
        values = {"name": sent.name, "name_en": sent.name_en, "kind": sent.kind}
        change_from(effects, department, ctx.today, values | ({"region": sent.region} if sent.region else {}))
        effects.update(department, external_id=sent.external_id)
    effects.search.append(department)
    known.departments[sent.external_id] = known.codes[department.code] = department


def _posts(
    effects: Effects, posts: list[tuple[Person, DirectoryPerson]], known: _Known, ctx: Context
) -> None:
    """The post that the directory says: held already, or begun today while the longest held one ends."""
    begun: list[Assignment] = []
    for person, sent in posts:
        department = known.departments.get(sent.department) or known.codes[sent.department]
        role = sent.role.value if sent.role is not None else ""
        mine = known.posts.get(person.user_id, [])
        if any(p.role == role and p.department_id == department.pk for p in mine):
            continue
        if mine and mine[0].since < ctx.today:
            effects.update(mine[0], until=ctx.today)
        elif mine:
            # Begun today: it is put right instead of ended on the day it began.
            effects.update(mine[0], role=role, department_id=department.pk, region=department.region)
            continue
        begun.append(
            Assignment(
                id=new_id(), company_id=ctx.company_id, user_id=person.user_id, role=role, department=department,
                region=department.region, since=max(sent.hired_on, ctx.today) if mine else sent.hired_on,
            )
        )  # fmt: skip
    effects.insert(*begun)
