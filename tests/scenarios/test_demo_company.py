"""The demo company on its day: everybody can sign in, has a menu and work; five roles have a full workbench (1.1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import global_settings
from django.test import Client

from sellwell.foundation.company.evidence import documents_in_nobodys_list
from sellwell.foundation.company.models import Company
from sellwell.kernel import access, checks, clock, directory, door, generations
from sellwell.kernel.access import ROLES, Actor
from sellwell.kernel.models import ApprovalRequest, User
from sellwell.kernel.values import Period
from sellwell.simulation.demo import FULL_WORKBENCHES
from sellwell.testing.marks import clause
from sellwell.web import tasks

pytestmark = [pytest.mark.django_db, pytest.mark.company]
MORNING = datetime(2026, 11, 2, 9, 30, tzinfo=clock.BUSINESS_ZONE)


@pytest.fixture(autouse=True)
def this_morning() -> Iterator[None]:
    generations.forget()
    with clock.at(MORNING):
        door.see_companies(directory.current().companies())
        yield


def actor_of(role: str) -> Actor:
    return access.actor_for(User.objects.get(username=role), clock.business_day(MORNING))


@clause("1.1.2")
@pytest.mark.parametrize("role", FULL_WORKBENCHES)
def test_a_full_workbench_has_work_something_late_and_something_held(role: str) -> None:
    actor = actor_of(role)
    open_now = list(tasks.open_tasks(actor))
    assert len(open_now) >= 5
    assert any(task.due_at < MORNING for task in open_now)
    asked_by_me = ApprovalRequest.objects.filter(state="open", owner_id=actor.user_id)
    waits_for_me = [t for t in open_now if t.operation == "approvals.approve"]
    assert asked_by_me.exists() or waits_for_me


@clause("1.1.2")
@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_of_the_14_roles_signs_in_and_has_menu_and_workbench(role: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = (
        global_settings.PASSWORD_HASHERS
    )  # the demo's passwords are hashed as in service
    client = Client()
    given = {"username": role, "password": settings.DEMO_PASSWORD}
    assert client.post("/sign-in", given).status_code == 302
    page = client.get("/")
    text = page.content.decode()
    assert page.status_code == 200
    menu = set(re.findall(r'<a[^>]+href="(/[a-z-]+/[a-z-]*/?)"', text.partition("<main")[0]))
    assert len(menu) >= 3, menu
    assert any(client.get(path).status_code == 200 for path in sorted(menu))
    figures = page.context["figures"]
    assert len(figures) == 3, [str(one.block.title) for one in figures]
    for one in figures:  # and each leads to where it comes from
        assert not one.number.url or client.get(one.number.url).status_code == 200, one.number.url


@clause("1.3.3")
def test_nothing_in_progress_is_in_nobodys_list() -> None:
    found = documents_in_nobodys_list(Company.objects.get().pk, Period(clock.business_day(MORNING)))
    assert found.concerned > 50
    assert [(b.row_type, b.name) for b in found.broken] == []


def test_every_invariant_holds_and_the_ledger_rebuilds_every_row() -> None:
    assert checks.run_all() == []
