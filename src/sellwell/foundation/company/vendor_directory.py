"""A vendor's directory brought in: asked for, compared with what is here, done through the same operation as a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from sellwell.foundation.company import connections, queries
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import (
    Assignment,
    Connection,
    ConnectionState,
    Department,
    Person,
    PersonState,
)
from sellwell.foundation.company.rules import vendor_directory as rules
from sellwell.integrations.messaging import Failure, adapter
from sellwell.integrations.messaging.rolls import Roll
from sellwell.integrations.messaging.vendor import ATTEMPTS
from sellwell.kernel import access
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import Reason, Refusal, T

SWITCHED_OFF = Reason(
    "company.connection_off",
    T("此接入已停用，请先重新接入。", "This connection is switched off. Connect it again first."),
)
NOT_CONFIRMED = Reason(
    "company.connection_not_confirmed",
    T(
        "此接入已改为另一应用或地址，须由他人确认后才能使用。",
        "It was led to another app or address: somebody else must confirm that first.",
    ),
)


def assess_pull(row: Connection, given: Any, ctx: Context) -> Assessment:
    """Nobody else's directory: who led the connection elsewhere does not say who works here."""
    return Assessment(objections=(NOT_CONFIRMED.refuse(),) if row.moved_by is not None else ())


_read: ContextVar[dict[UUID, Roll | Failure]] = ContextVar("rolls", default={})  # noqa: B039 - never changed


def _roll(row: Connection, channel: str) -> Roll | Failure:
    """The directory over there, or why it could not be read. A page makes one attempt: a person and a thread wait for it."""
    try:
        return adapter(connections.keys_of(row), attempts=1 if channel == "web" else ATTEMPTS).roll()
    except Failure as failure:
        return failure


@contextmanager
def read_first(row: Connection, channel: str) -> Iterator[None]:
    """Read the directory now; plans within take it from here, so that no row is locked while the vendor is asked."""
    is_usable = row.state == ConnectionState.ON.value and row.moved_by is None
    token = _read.set({row.pk: _roll(row, channel)} if is_usable else {})
    try:
        yield
    finally:
        _read.reset(token)


def plan_for(row: Connection, ctx: Context) -> rules.Plan:
    """What the vendor's directory, read now, would change here. Raises the vendor's failure."""
    if row.state != ConnectionState.ON.value:
        raise Refusal(SWITCHED_OFF.refuse())
    if row.moved_by is not None:
        raise Refusal(NOT_CONFIRMED.refuse())
    roll = _read.get().get(row.pk) or _roll(row, ctx.channel)
    if isinstance(roll, Failure):
        raise roll
    code = queries.company(row.company_id).code
    return rules.plan(
        roll, here(row, ctx), lambda account: connections.external_id(row.system, code, account)
    )


# Roles that decide over money, people or what others may do; whoever may change a title over there gives none of them.
GUARDED = frozenset(
    {RoleCode.ADMINISTRATOR, RoleCode.EXECUTIVE, RoleCode.FINANCE, RoleCode.HR, RoleCode.AUDITOR}
)
OVER_RIGHTS = (
    "company.set_grant", "company.end_grant", "company.set_duty_pair", "company.assign", "company.publish_policy",
    "company.issue_password", "company.link_account", "company.connect", "company.confirm_connection",
)  # fmt: skip


def guarded(ctx: Context) -> frozenset[str]:
    """The roles that no title brings: the named ones, and every other that holds rights over rights today."""
    held = {role for verb in OVER_RIGHTS for role in access.roles_with(verb, ctx.company_id, ctx.today)}
    return frozenset(role.value for role in GUARDED) | held


def here(row: Connection, ctx: Context) -> rules.Here:
    """Departments and people as they are today: four queries, however many there are."""
    departments = list(Department.objects.filter(company_id=row.company_id).select_related("parent"))
    posts: dict[Any, Assignment] = {}
    held = Assignment.objects.filter(queries.in_force_on(ctx.today), company_id=row.company_id)
    for post in held.select_related("department").order_by("since", "id"):
        posts.setdefault(post.user_id, post)  # the longest held one is the directory's
    people = Person.objects.select_related("user").order_by("number")
    return rules.Here(
        units=tuple(_unit(d, ctx) for d in departments),
        people=tuple(_person(p, posts.get(p.user_id)) for p in people),
        roles={text: role.value for role in RoleCode for text in (role.label.zh, role.label.en)},
        today=ctx.today,
        guarded=guarded(ctx),
    )


def _unit(row: Department, ctx: Context) -> rules.OwnUnit:
    return rules.OwnUnit(
        row.code, row.name, row.name_en, row.kind, row.external_id, row.parent.code if row.parent else "",
        row.until is not None and row.until <= ctx.today,
    )  # fmt: skip


def _person(row: Person, post: Assignment | None) -> rules.OwnPerson:
    return rules.OwnPerson(
        str(row.pk), row.user.name, row.user.username, row.number, row.employment, row.hired_on, row.speciality,
        row.external_id, row.state == PersonState.ACTIVE.value,
        *((post.department.code, post.department.name, post.role) if post is not None else ()),
    )  # fmt: skip
