"""What people see of the organisation: people, departments, posts, the hand-over page, rights, policies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import Http404, HttpResponse
from django.utils.cache import add_never_cache_headers

from sellwell.foundation.company import ownership, queries
from sellwell.foundation.company.kernel_views import DUTIES, POLICIES, RIGHTS, USERS, role_name
from sellwell.foundation.company.models import Department, PersonState
from sellwell.foundation.company.views import ASSIGNMENTS, DEPARTMENTS, PEOPLE
from sellwell.kernel import directory, door, search
from sellwell.kernel.access import ROLES
from sellwell.kernel.models import ApprovalStep, Owned, PolicyVersion
from sellwell.kernel.models.policy import PolicyStatus
from sellwell.kernel.operations import Context
from sellwell.kernel.policy_table import read
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE
from sellwell.web.registry import (
    Choice,
    family,
    form,
    list_page,
    new_button,
    page,
    panel,
    picker,
    record_page,
    related,
    section,
)
from sellwell.web.shortcuts import render, require, row_or_404

section("people", T("组织与人员", "People"), order=80)
section("house", T("制度与权限", "Rules and rights"), order=90)

family("/people/", "/assignments/", "/absences/")

# --- lists and records ------------------------------------------------------------------------------------------------

list_page(
    PEOPLE,
    section="people",
    icon="users",
    order=10,
    new=["company.hire"],
    links=[(T("导入", "Import"), "/directory/import", "company.sync_directory")],
    columns=["number", "name", "username", "state", "hired_on"],
    card=["name", "state"],
    saved=[
        ("active", T("在职", "Active"), {"state": "active"}),
        ("left", T("已离职", "Left"), {"state": "left"}),
    ],
    empty=T("还没有人员。请先录用。", "Nobody works here yet. Hire somebody."),
)
record_page(
    PEOPLE,
    path=[PersonState.ACTIVE],
    facts=["number", "username", "employment", "speciality", "hired_on", "left_on", "phone"],
)
related("company.person", ASSIGNMENTS, by="user__person", title=T("任职", "Posts"), place="main", order=10)

list_page(
    DEPARTMENTS,
    section="people",
    icon="building",
    order=20,
    new=["company.add_department"],
    columns=["path", "name", "kind", "region", "head"],
    card=["name", "head"],
    empty=T("还没有部门。", "No departments yet."),
)
record_page(DEPARTMENTS, facts=["code", "kind", "parent", "region", "head"])
related(
    "company.department", ASSIGNMENTS, by="department_id", title=T("人员", "People"), place="main", order=10
)
related(
    "company.department",
    DEPARTMENTS,
    by="parent_id",
    title=T("下级部门", "Below"),
    place="main",
    order=20,
    columns=["name", "kind", "region", "head"],
)

list_page(
    ASSIGNMENTS,
    section="people",
    icon="user",
    order=30,
    new=["company.assign"],
    columns=["person", "role", "department", "since", "until"],
    card=["person", "role", "department"],
    empty=T("还没有任职记录。", "No posts yet."),
)
record_page(ASSIGNMENTS, facts=["person", "role", "department", "region", "product_line", "since", "until"])

list_page(
    RIGHTS,
    section="house",
    icon="shield",
    order=55,
    new=["company.set_grant"],
    columns=["role_name", "title", "scope_name", "amount_limit", "since", "until", "is_default"],
    card=["title", "scope_name"],
    empty=T("没有权限设定。", "No rights are set."),
)
record_page(RIGHTS)
list_page(
    POLICIES,
    section="house",
    icon="scale",
    order=40,
    new=["company.draft_policy"],
    columns=["title", "number", "status", "since", "until", "created_by"],
    card=["title", "status"],
    saved=[
        ("in_force", T("生效", "In force"), {"status": "in_force"}),
        ("draft", T("草稿", "Drafts"), {"status": "draft"}),
    ],
    empty=T("没有这样的制度。可以起草一个新版本。", "No such policy. A new version can be drafted."),
)
record_page(POLICIES, path=[PolicyStatus.DRAFT, PolicyStatus.IN_FORCE, PolicyStatus.RETIRED])
record_page(DUTIES)

new_button("company.hire")


def _cell_words(cell: Any) -> str:
    """A cell of a decision table for people: roles by their names, amounts with separators, yes and no in words."""
    words = {"-": T("不限", "any"), "yes": T("是", "yes"), "no": T("否", "no")}
    text = str(cell).strip()
    if text in words:
        return str(words[text])
    text = re.sub(r"[a-z_]+", lambda m: str(ROLES[m[0]].name) if m[0] in ROLES else m[0], text)
    return re.sub(r"\d{4,}", lambda m: f"{int(m[0]):,}", text)


def _policy_table(row: PolicyVersion, ctx: Context) -> dict[str, Any]:
    """The rows of a version, as people read them."""
    columns = read(row.table)
    return {
        "inputs": [c.label for c in columns.inputs],
        "outputs": [c.label for c in columns.outputs],
        "cells": [[(i, _cell_words(cell)) for i, cell in enumerate(cells)] for cells in row.table["rows"]],
        "first_output": len(columns.inputs),
    }


panel(
    "kernel.policyversion",
    "table",
    T("规则表", "Table"),
    "company/_policy_table.html",
    context=_policy_table,
    place="main",
    order=0,
)


# --- pickers and forms ------------------------------------------------------------------------------------------------


def find_people(q: str, ctx: Context, params: Mapping[str, str]) -> Sequence[Choice]:
    """Active people by name, pinyin or user name, with the roles they hold today."""
    rows = USERS.rows(ctx.actor).filter(is_active=True, is_system=False)
    if q:
        rows = search.filter(rows, USERS.row_type, q, ctx.actor)
    return [
        Choice(
            user.pk, user.name, "、".join(dict.fromkeys(role_name(p.role) for p in posts_today(user.pk, ctx)))
        )
        for user in rows.order_by("name")[:20]
    ]


def posts_today(user_id: UUID, ctx: Context) -> list[Any]:
    """The posts that somebody holds today."""
    return directory.current().posts(user_id, ctx.today)


picker("kernel.user", search=find_people)


def _today(row: Any, ctx: Context) -> dict[str, Any]:
    return {"since": ctx.today.isoformat()}


form("company.assign", initial=_today)
form("company.set_grant", initial=_today)
form("company.publish_policy", initial=_today)
form("company.hire", initial=lambda row, ctx: {"hired_on": ctx.today.isoformat()})
form("company.end_assignment", initial=lambda row, ctx: {"until": ctx.today.isoformat()})
form("company.end_grant", initial=lambda row, ctx: {"until": ctx.today.isoformat()})
form("company.issue_password", url="/people/{row}/password")
form(
    "company.change_person",
    initial=lambda row, ctx: {
        "name": row.user.name,
        "number": row.number,
        "employment": row.employment,
        "speciality": row.speciality,
    },
)
form(
    "company.change_department",
    initial=lambda row, ctx: {"name": row.name, "name_en": row.name_en, "head": str(row.head_id or "")},
)


# --- hand-over and password ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """What somebody owns of one table: its name, how many, and the first of them if a view shows them."""

    noun: T | str
    count: int
    view: Any
    rows: list[Any]


def hand_over_page(request: Any, row_id: UUID) -> HttpResponse:
    """Everything that a person answers for, and the two verbs that follow: hand over, leave."""
    person = row_or_404(request, PEOPLE, row_id)
    shares = [
        share
        for model, ids in queries.work_of(person.user_id)
        if (share := _share(model, ids, request.actor))
    ]
    deciding = ApprovalStep.objects.filter(
        candidates__contains=[person.user_id],
        opened_at__isnull=False,
        decided_at__isnull=True,
        request__state="open",
    )
    context = {
        "person": person,
        "shares": shares,
        "heads": list(Department.objects.filter(queries.open_on(request.ctx.today), head_id=person.user_id)),
        "deciding": deciding.count(),
    }
    crumbs = [(PEOPLE.title, "/people/"), (person.user.name, f"/people/{person.pk}/")]
    return render(request, "company/hand_over.html", context, title=T("交接", "Hand-over"), crumbs=crumbs)


def _share(model: Any, ids: list[UUID], actor: Any) -> Share:
    view = BY_TYPE.get(model._meta.label_lower)
    rows = list(view.rows(actor).filter(pk__in=ids)[:5]) if view is not None and actor.may(view.name) else []
    return Share(getattr(model, "noun", model.__name__), len(ids), view, rows)


page("people/<uuid:row_id>/hand-over", hand_over_page, "company.hand_over_page", right="company.hand_over")


def password_page(request: Any, row_id: UUID) -> HttpResponse:
    """Asks once more, then shows the new password: once, and in no store."""
    require(request, "company.issue_password")
    person = row_or_404(request, PEOPLE, row_id)
    secret = ""
    if request.method == "POST":
        outcome = door.run("company.issue_password", request.ctx, person.pk, {})
        secret = outcome.result.secret
    crumbs = [(PEOPLE.title, "/people/"), (person.user.name, f"/people/{person.pk}/")]
    response = render(
        request, "company/password.html", {"person": person, "secret": secret},
        title=T("发放密码", "Issue password"), crumbs=crumbs,
    )  # fmt: skip
    add_never_cache_headers(response)
    return response


page("people/<uuid:row_id>/password", password_page, "company.password", right="company.issue_password")


def _owes(row: Any, ctx: Context) -> dict[str, Any] | None:
    """What the person still answers for, on the record; nothing where nothing is open."""
    counts = [(getattr(m, "noun", m.__name__), len(ids)) for m, ids in queries.work_of(row.user_id)]
    return {"counts": counts} if counts else None


panel(
    "company.person",
    "work",
    T("未了结事项", "Open work"),
    "company/_work.html",
    context=_owes,
    place="side",
    right="company.hand_over",
)


def _transfer(row: Any, ctx: Context) -> dict[str, Any]:
    return {"row_type": row._meta.label_lower}


def offer_transfers() -> None:
    """A 'transfer' block on the record page of everything that has an owner."""
    for model in apps.get_models():
        if issubclass(model, Owned) and model._meta.label_lower in BY_TYPE:
            panel(
                model._meta.label_lower, "owner", T("负责人", "Accountable"), "company/_owner.html",
                context=_transfer, place="side", right="company.transfer", order=90,
            )  # fmt: skip


offer_transfers()
form("company.transfer", hidden=("row_type", "row"))


def owners_page(request: Any, row_type: str, row_id: UUID) -> HttpResponse:
    """Who answered for a record, from when until when, and by whose act."""
    view = BY_TYPE.get(row_type)
    if view is None or queries.owned_model(row_type) is None:
        raise Http404(row_type)
    row = row_or_404(request, view, row_id)
    context = {"tenures": ownership.tenures(row), "label": view.label(row)}
    crumbs: list[tuple[T | str, str]] = [
        (view.title, f"/{view.url}/"),
        (view.label(row), f"/{view.url}/{row.pk}/"),
    ]
    return render(
        request, "company/ownership.html", context, title=T("历任负责人", "Owners over time"), crumbs=crumbs
    )


page("owners/<str:row_type>/<uuid:row_id>", owners_page, "company.owners", right="company.transfer")
