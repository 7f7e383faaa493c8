"""Evidence and checks: what they count, and that they find what is broken on purpose."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.company import checks, evidence, proving, staffing
from sellwell.foundation.company.install import install
from sellwell.foundation.company.models import Assignment, Department
from sellwell.foundation.company.tests.builders import a_person
from sellwell.kernel import checks as kernel_checks
from sellwell.kernel import clock
from sellwell.kernel.models import DutyPair, LedgerEntry, User
from sellwell.kernel.tests.builders import a_delegation
from sellwell.kernel.values import Period, Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db

OURS = ["departments.paths", "documents.owners", "duties.people", "people.left", "rights.keys"]


def this_week(world: World) -> Period:
    return Period(world.today - timedelta(days=7), world.today + timedelta(days=1))


@clause("1.1.2")
def test_people_without_a_role_and_roles_without_a_person(world: World) -> None:
    people = evidence.people_without_a_role(world.company.pk, this_week(world))
    roles = evidence.roles_without_a_person(world.company.pk, this_week(world))
    assert (people.concerned, people.kept, roles.concerned, roles.kept) == (14, 14, 14, 14)
    Assignment.objects.filter(user=world.user("quality")).update(until=world.today)
    people = evidence.people_without_a_role(world.company.pk, this_week(world))
    roles = evidence.roles_without_a_person(world.company.pk, this_week(world))
    assert [b.row_id for b in people.broken] == [a_person(world, "quality").pk]
    assert [b.name for b in roles.broken] == ["质量"]


@clause("1.3.1")
def test_what_the_matrix_refuses_is_counted(world: World) -> None:
    before = evidence.refused_by_the_matrix(world.company.pk, this_week(world))
    with pytest.raises(Refusal):
        world.run("rep", "company.hire", data={})
    found = evidence.refused_by_the_matrix(world.company.pk, this_week(world))
    assert len(found.broken) == len(before.broken) + 1
    assert found.broken[0].name == "company.hire"


@clause("1.3.2")
def test_an_open_document_of_somebody_who_left_is_found(world: World) -> None:
    a_delegation(world)
    assert not evidence.documents_without_an_active_person(world.company.pk, this_week(world)).broken
    User.objects.filter(username="regional_manager").update(is_active=False)
    found = evidence.documents_without_an_active_person(world.company.pk, this_week(world))
    assert [b.row_type for b in found.broken] == ["kernel.delegation"]


@clause("2.1.1", "2.1.4")
def test_a_past_day_is_judged_by_who_held_the_posts_then(world: World) -> None:
    then = Period(world.today, world.today + timedelta(days=1))
    judged = (
        evidence.positions_vacant,
        evidence.people_without_a_statement,
        evidence.people_without_a_role,
        evidence.roles_without_a_person,
        evidence.duty_conflicts,
        evidence.headcount_gap,
    )
    with clock.at(clock.now() + timedelta(days=30)):
        before = [look(world.company.pk, then) for look in judged]
        sold = staffing.actual(world.company.pk, then.since)
        for role in ("marketing", "account_manager"):
            world.run("hr", "company.leave", a_person(world, role))
        assert [look(world.company.pk, then) for look in judged] == before
        assert staffing.actual(world.company.pk, then.since) == sold
        found = evidence.positions_vacant(world.company.pk, this_week(world))
        assert {b.name for b in found.broken} == {"市场专员", "客户经理"}


@clause("2.1.4")
def test_what_breaks_is_counted_by_the_things_that_are_judged(world: World) -> None:
    world.add("n", "regional_manager", "NORTH")
    world.add("w", "regional_manager", "WEST")
    coming = Period(world.today, world.today + timedelta(days=30))
    found = evidence.duty_conflicts(world.company.pk, coming)
    proof = proving.proof(world.company.pk, coming.since, coming.until)
    lines = len({place.line for place in proof.organisation.places})
    (gap,) = [s for s in proof.sentences() if s.kind == "nobody"]
    world.add("s", "regional_manager", "SOUTH")
    again = evidence.duty_conflicts(world.company.pk, coming)
    # One sentence names several duties without anybody in the south, on every line; the new manager is judged, too.
    assert gap.count > 1 and again.kept - found.kept == gap.count * lines + 1
    assert again.concerned - found.concerned == 1


def test_a_fresh_company_keeps_every_invariant(world: World) -> None:
    assert kernel_checks.run_all(OURS) == []


def test_the_checks_find_what_is_broken_on_purpose(world: World) -> None:
    Department.objects.filter(code="EAST").update(path="HQ.WRONG.")
    User.objects.filter(username="quality").update(is_active=True)
    a_person(world, "quality").__class__.objects.filter(user__username="quality").update(state="left")
    DutyPair.objects.create(
        code="x", name_zh="x", name_en="x", duty_a=["company.hire"], duty_b=["company.leave"], per="person"
    )
    from sellwell.kernel import generations

    generations.bump("duties")
    found = {f.check for f in kernel_checks.run_all(OURS)}
    assert found == {"departments.paths", "people.left", "duties.people"}
    assert checks.KEYS


def test_a_database_is_installed_once(world: World) -> None:
    assert LedgerEntry.objects.filter(operation="company.install", row_id=world.company.pk).count() == 1
    with pytest.raises(Refusal):
        install(world.today)


@clause("1.3.2")
def test_a_leaver_is_stopped_and_a_planted_breach_is_named_until_the_work_is_handed_over(
    world: World,
) -> None:
    from sellwell.foundation.company.tests.builders import a_draft_change

    draft, hr = a_draft_change(world), a_person(world, "hr")
    with pytest.raises(Refusal) as refusal:
        world.run("administrator", "company.leave", hr)
    assert refusal.value.code == "company.still_owns"
    # Past every door, as only the owner of the database could.
    User.objects.filter(pk=hr.user_id).update(is_active=False)
    found = evidence.documents_without_an_active_person(world.company.pk, this_week(world))
    assert [b.row_id for b in found.broken] == [draft.pk]
    world.run(
        "administrator", "company.hand_over", hr, {"to": str(world.user("executive").pk), "note": "离任"}
    )
    again = evidence.documents_without_an_active_person(world.company.pk, this_week(world))
    assert not again.broken and again.concerned == found.concerned
