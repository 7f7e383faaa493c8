"""The directory: who holds what, who answers for whom, whatever the session may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from sellwell.foundation.company.models import Company, Department
from sellwell.foundation.company.tests.builders import a_task
from sellwell.kernel import directory
from sellwell.kernel.access import actor_for
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import Task, User
from sellwell.kernel.views import VIEWS
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def test_the_directory_climbs_to_an_active_head(world: World) -> None:
    found = directory.current()
    manager = world.user("regional_manager")
    assert found.manager(world.user("rep").pk, world.company.pk, world.today) == manager.pk
    assert found.manager(manager.pk, world.company.pk, world.today) == world.user("executive").pk
    assert found.manager(world.user("executive").pk, world.company.pk, world.today) is None


def test_holders_are_those_of_exactly_one_department(world: World) -> None:
    found, company = directory.current(), world.company.pk
    assert found.holders("rep", company, "HQ.", world.today) == []
    assert found.holders("rep", company, "HQ.EAST.", world.today) == [world.user("rep").pk]
    assert found.holders("rep", company, "", world.today) == [world.user("rep").pk]
    assert found.holders("rep", company, "", world.today - timedelta(days=800)) == []


def test_posts_are_found_before_the_session_may_see_a_company(world: World) -> None:
    see_companies([])
    assert actor_for(world.user("rep"), world.today).companies == (world.company.pk,)
    assert not Department.objects.exists()  # and afterwards the session sees no more than before


def test_posts_of_two_companies_stay_apart(world: World) -> None:
    other = Company.objects.create(code="OTHER", name="另一家")
    see_companies([world.company.pk, other.pk])
    away = Department.objects.create(company_id=other.pk, code="HQ", name="总部", path="HQ.")
    user = world.user("rep")
    world.post(user, "finance")
    user.assignments.create(company_id=other.pk, role="auditor", department=away, since=world.today)
    from sellwell.kernel import generations

    generations.bump("organisation")
    posts = [(p.role, p.company_id) for p in directory.current().posts(user.pk, world.today)]
    assert posts == [("rep", world.company.pk), ("finance", world.company.pk), ("auditor", other.pk)]


def test_what_was_rolled_back_is_not_remembered(world: World) -> None:
    with transaction.atomic():
        world.post(world.user("rep"), "finance")
        assert directory.current().holders("finance", world.company.pk, "HQ.EAST.", world.today)
        transaction.set_rollback(True)
    assert "finance" not in world.ctx("rep").actor.roles
    with transaction.atomic():
        world.post(world.user("rep"), "legal")
        assert directory.current().holders("finance", world.company.pk, "HQ.EAST.", world.today) == []


def test_names_go_with_the_person(world: World) -> None:
    user = world.user("rep")
    assert directory.current().names({user.pk}) == {user.pk: "林晓舟"}
    world.run("hr", "company.change_person", world.person("rep"), {"name": "林晓洲"})
    assert directory.current().names({user.pk}) == {user.pk: "林晓洲"}
    assert User.objects.get(pk=user.pk).name == "林晓洲"


def test_the_tasks_of_a_pool_are_everybodys_who_holds_the_role(world: World) -> None:
    task = a_task(world, "rep")
    Task.objects.filter(pk=task.pk).update(role="warehouse")
    view = VIEWS["tasks.view"]
    assert view.rows(world.ctx("warehouse").actor).filter(pk=task.pk).exists()
    assert not view.rows(world.ctx("rep").actor).filter(pk=task.pk).exists()
    assert not view.rows(world.ctx("service").actor).filter(pk=task.pk).exists()
