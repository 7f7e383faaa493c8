"""A small world for tests: the installed company with one person for each role.

def test_x(world: World) -> None:
    order = an_order(world)
    world.run("rep", "orders.confirm", order)
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from sellwell.foundation.company.install import Installed, install
from sellwell.foundation.company.models import Assignment, Company, Department, Person
from sellwell.foundation.profiles.install import install as install_profiles
from sellwell.foundation.relations.install import install as install_relations
from sellwell.kernel import access, clock, door, generations
from sellwell.kernel.door import Outcome, see_companies
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import User
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.testing import channel_of

# The people have been here for a while, so that yesterday's documents are possible.
INSTALLED_BEFORE = timedelta(days=400)


class World:
    """The company, its people by role, and a way to act as each of them."""

    def __init__(self) -> None:
        generations.forget()
        self.installed: Installed = install(self.today - INSTALLED_BEFORE)
        self.see()
        install_profiles(self.company.pk, self.today - INSTALLED_BEFORE)
        install_relations(self.company.pk, self.today - INSTALLED_BEFORE)

    @property
    def today(self) -> date:
        """The business day of the test."""
        return clock.business_day(clock.now())

    @property
    def company(self) -> Company:
        """The company."""
        return self.installed.company

    def department(self, code: str) -> Department:
        """A department by its code: HQ, EAST, SOUTH …"""
        return self.installed.departments[code]

    def user(self, role: str) -> User:
        """The account of a role's person (or of somebody added under that user name)."""
        return self.installed.users[role]

    def person(self, role: str) -> Person:
        """The employment of a role's person."""
        return Person.objects.select_related("user").get(user=self.user(role))

    def add(self, username: str, role: str, department: str = "EAST", name: str = "") -> User:
        """Somebody more, with a post since long ago; afterwards `world.user(username)` and `world.ctx(username)`."""
        user = User.objects.create(
            id=new_id(), username=username, name=name or f"同事{len(self.installed.users)}"
        )
        since = self.today - INSTALLED_BEFORE
        Person.objects.create(user=user, number=f"E{len(self.installed.users) + 1:04d}", hired_on=since)
        self.post(user, role, department)
        self.installed.users[username] = user
        return user

    def post(self, user: User, role: str, department: str = "EAST", since: date | None = None) -> Assignment:
        """One more post for somebody."""
        where = self.department(department)
        made = Assignment.objects.create(
            company_id=self.company.pk, user=user, role=role, department=where, region=where.region,
            since=since or self.today - INSTALLED_BEFORE,
        )  # fmt: skip
        generations.bump("organisation")
        return made

    def ctx(self, role: str, channel: str = "web") -> Context:
        """A context of that person, now."""
        generations.forget()
        user = User.objects.get(pk=self.user(role).pk)
        return context_for(access.actor_for(user, self.today), channel, self.company.pk)

    def run(
        self,
        role: str,
        operation: str,
        row: Any = None,
        data: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Outcome:
        """Do an operation as that person, on the web or on its own way in; `row` is a row or its identifier."""
        row_id = row if row is None or isinstance(row, UUID) else row.pk
        return door.run(operation, self.ctx(role, channel_of(operation)), row_id, data, **options)

    def see(self) -> None:
        """Let the test's own queries see the company's rows."""
        see_companies([self.company.pk])

    @cached_property
    def made(self) -> dict[str, Any]:
        """What builders keep for the tests of one world (a product, a customer), by name."""
        return {}


@pytest.fixture
def world(db: None) -> World:
    """A fresh world for each test."""
    return World()


@pytest.fixture(scope="module")
def installed_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for a module, in a transaction that is rolled back at its end; tests take `shared_world`."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def shared_world(installed_world: World, django_db_blocker: Any) -> Iterator[World]:
    """A world as fresh as `world`, for suites with a test per operation: the module's, back to a savepoint afterwards.

    It never commits, so it is not for tests of what happens after one.
    """
    with django_db_blocker.unblock(), in_copy_of(installed_world) as fresh:
        yield fresh


@contextmanager
def in_copy_of(installed: World) -> Iterator[World]:
    """A world to do as one likes in: what happens there is undone at the end."""
    with transaction.atomic():
        fresh = copy.copy(installed)
        fresh.installed = copy.deepcopy(installed.installed)  # tests change rows and add people
        generations.forget()
        fresh.see()
        yield fresh
        transaction.set_rollback(True)
