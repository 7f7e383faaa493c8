"""The duty matrix at work: set, proved, broken on purpose, waived; absences and their deputies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sellwell.foundation.company import evidence, proving
from sellwell.foundation.company.models import Assignment, Department, DutyEntry, Position
from sellwell.foundation.company.tests.builders import (
    a_person,
    absence_data,
    an_absence,
    an_entry,
    duty,
    position,
    waiver_data,
)
from sellwell.kernel import generations
from sellwell.kernel.models import ApprovalRequest, Delegation, Task
from sellwell.kernel.tests.builders import a_request
from sellwell.kernel.values import Period, Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def staffed(world: World) -> World:
    """Every region has its manager, so that the shipped matrix proves whole."""
    for code in ("SOUTH", "NORTH", "WEST"):
        world.add(f"manager-{code.lower()}", "regional_manager", code)
    return world


def coming(world: World) -> Period:
    return Period(world.today, world.today + timedelta(days=30))


def kinds(world: World) -> set[str]:
    return {s.kind for s in proving.proof(world.company.pk, world.today).sentences()}


def words(world: World) -> list[str]:
    return [s.text.en for s in proving.proof(world.company.pk, world.today).sentences()]


@clause("2.1.4")
def test_the_shipped_matrix_has_one_accountable_everywhere_once_each_region_has_its_manager(
    staffed: World,
) -> None:
    found = evidence.duty_conflicts(staffed.company.pk, coming(staffed))
    assert [str(b.why.en) for b in found.broken if b.name not in ("pair_alone",)] == []


@clause("2.1.4", breaks=True)
def test_a_region_without_a_manager_is_named_and_vanishes_when_one_is_assigned(world: World) -> None:
    world.add("n", "regional_manager", "NORTH")
    world.add("w", "regional_manager", "WEST")
    found = evidence.duty_conflicts(world.company.pk, coming(world))
    gaps = [b.why for b in found.broken if b.name == "nobody"]
    assert (
        len(gaps) == 1
        and "华南" in gaps[0].zh
        and "无人负责" in gaps[0].zh
        and "in 华南 have nobody" in gaps[0].en
    )
    data = {
        "person": str(a_person(world, "account_manager").pk), "role": "regional_manager",
        "department": str(world.department("SOUTH").pk), "since": str(world.today),
    }  # fmt: skip
    world.run("hr", "company.assign", data=data)
    again = evidence.duty_conflicts(world.company.pk, coming(world))
    assert not [b for b in again.broken if b.name == "nobody"]
    assert again.concerned == found.concerned


@clause("2.1.4")
def test_large_credits_have_nobody_while_the_executive_is_away_without_a_deputy(staffed: World) -> None:
    since = staffed.today + timedelta(days=5)
    data = absence_data(staffed, "executive", "", 5)
    absence = staffed.run("hr", "company.plan_absence", data=data).result
    large = [s for s in words(staffed) if "over 500,000" in s]
    assert large and "Credit limits" in large[0] and "have nobody from" in large[0]
    assert str(since.day) in large[0]
    staffed.run("hr", "company.cancel_absence", absence)
    staffed.run("hr", "company.plan_absence", data=absence_data(staffed, "executive", "sales_manager", 5))
    assert not [s for s in words(staffed) if "over 500,000" in s]


@clause("2.1.4")
def test_a_second_accountable_is_refused_for_what_meets_and_allowed_for_what_does_not(world: World) -> None:
    data = {"duty": str(duty("credit_limits").pk), "position": str(position("sales_manager").pk), "letter": "A",
            "since": str(world.today)}  # fmt: skip
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.set_duty", data=data | {"amount_from": "100000", "amount_until": "200000"})
    assert refusal.value.code == "company.two_accountable"
    finance = an_entry("credit_limits")
    finance = DutyEntry.objects.get(duty__code="credit_limits", position__code="finance", letter="A")
    narrowed = data | {"position": str(position("finance").pk), "amount_until": "100000"}
    world.run("hr", "company.set_duty", data=narrowed)
    assert DutyEntry.objects.get(pk=finance.pk).until == world.today
    assert "no_position" in kinds(world)
    world.run("hr", "company.set_duty", data=data | {"amount_from": "100000", "amount_until": "500000"})
    assert "no_position" not in kinds(world) and "two_positions" not in kinds(world)


@clause("2.1.4")
def test_two_accountable_put_in_past_the_door_are_found(staffed: World) -> None:
    planted = DutyEntry.objects.create(
        duty=duty("shipping"), position=position("marketing"), letter="A", since=staffed.today
    )
    found = evidence.duty_conflicts(staffed.company.pk, coming(staffed))
    assert [b.name for b in found.broken if b.name == "two_positions"] == ["two_positions"]
    staffed.run("hr", "company.end_duty", planted, {"until": str(staffed.today)})
    tomorrow = Period(staffed.today + timedelta(days=1), staffed.today + timedelta(days=9))
    again = evidence.duty_conflicts(staffed.company.pk, tomorrow)
    assert not [b for b in again.broken if b.name == "two_positions"]


@clause("2.1.4")
def test_a_conflict_blocks_until_somebody_else_records_a_waiver(world: World) -> None:
    data = {
        "person": str(a_person(world, "administrator").pk), "role": "warehouse",
        "department": str(world.department("WH").pk), "since": str(world.today),
    }  # fmt: skip
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.assign", data=data)
    assert refusal.value.code == "company.both_duties"
    world.run(
        "executive", "company.waive_conflict", data=waiver_data(world, "administrator", "rights_business")
    )
    world.run("hr", "company.assign", data=data)
    found = {
        s.kind
        for s in proving.proof(world.company.pk, world.today, world.today + timedelta(days=60)).sentences()
    }
    assert "conflict" not in found
    later = proving.proof(world.company.pk, world.today, world.today + timedelta(days=120)).sentences()
    after = [s for s in later if s.kind == "conflict"]
    assert [s.found.since for s in after] == [world.today + timedelta(days=90)]


@clause("2.1.4")
def test_nobody_waives_for_themselves_or_for_more_than_a_year(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        world.run("executive", "company.waive_conflict", data=waiver_data(world, "executive"))
    assert refusal.value.code == "company.waiver_self"
    long = waiver_data(world) | {"until": str(world.today + timedelta(days=400))}
    with pytest.raises(Refusal) as refusal:
        world.run("executive", "company.waive_conflict", data=long)
    assert refusal.value.code == "company.waiver_long"


@clause("2.1.4")
def test_a_deputy_decides_approvals_while_the_absence_lasts(world: World) -> None:
    absence = an_absence(world, "regional_manager", "sales_manager")
    lent = Delegation.objects.get(pk=absence.delegation_id)
    assert (lent.owner_id, lent.deputy_id) == (
        world.user("regional_manager").pk,
        world.user("sales_manager").pk,
    )
    assert (lent.since, lent.until, lent.state) == (absence.since, absence.until, "active")
    world.run("hr", "company.cancel_absence", absence)
    lent.refresh_from_db()
    assert lent.state == "revoked"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until": "2020-01-01"}, "company.absence_dates"),
        ({"deputy": "rep"}, "company.own_deputy"),
        ({"deputy": "away"}, "company.deputy_away"),
    ],
)
def test_absences_that_cannot_be_are_refused(world: World, change: dict[str, str], code: str) -> None:
    an_absence(world, "account_manager", "", start=5)
    data = absence_data(world)
    if "deputy" in change:
        change = {"deputy": str(world.user("account_manager" if change["deputy"] == "away" else "rep").pk)}
    with pytest.raises(Refusal) as refusal:
        world.run(
            "hr", "company.plan_absence", data=data | {"deputy": str(world.user("service").pk)} | change
        )
    assert refusal.value.code == code


def test_an_absence_is_planned_once_and_only_for_people_in_ones_charge(world: World) -> None:
    an_absence(world)
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.plan_absence", data=absence_data(world))
    assert refusal.value.code == "company.absent_twice"
    with pytest.raises(Refusal):
        world.run("rep", "company.plan_absence", data=absence_data(world, "warehouse", "", 60))


@clause("2.1.4")
def test_customers_of_somebody_away_and_regions_that_nobody_works_are_found(staffed: World) -> None:
    from sellwell.foundation.customers.tests.builders import a_customer

    a_customer(staffed)
    assert not kinds(staffed) & {"owner_away", "region_none"}
    staffed.run("hr", "company.plan_absence", data=absence_data(staffed, "rep", "", 2))
    away = [s for s in words(staffed) if "without a deputy" in s]
    assert len(away) == 1 and "1 customers have nobody" in away[0]
    Department.objects.filter(code="EAST").update(until=staffed.today)
    assert "region_none" in kinds(staffed)


@clause("2.1.4")
def test_two_departments_of_one_region_are_found_unless_one_is_above_the_other(staffed: World) -> None:
    data = {"code": "EAST2", "name": "华东二部", "parent": str(staffed.department("EAST").pk)}
    staffed.run("hr", "company.add_department", data=data)
    assert "region_twice" not in kinds(staffed)
    data = {"code": "EAST3", "name": "华东三部", "parent": str(staffed.department("HQ").pk), "region": "华东"}
    staffed.run("hr", "company.add_department", data=data)
    twice = [s for s in words(staffed) if "More than one department works 华东" in s]
    assert len(twice) == 1 and "HQ.EAST3." in twice[0] and "HQ.EAST2." not in twice[0]


@clause("2.1.1")
def test_the_four_positions_come_with_their_duties(world: World) -> None:
    said = dict(Position.objects.values_list("code", "duties_zh"))
    assert "战略" in said["sales_manager"] and "区域目标" in said["regional_manager"]
    assert "客户关系" in said["account_manager"] and "跟进订单" in said["rep"]
    assert not evidence.people_without_a_statement(world.company.pk, coming(world)).broken


@clause("2.1.1", breaks=True)
def test_a_position_whose_statement_ran_out_names_its_holders_until_it_is_written_again(world: World) -> None:
    data = {
        "code": "rep", "role": "rep", "layer": "3", "name_zh": "销售代表", "name_en": "Sales representative",
        "duties_zh": "成交并跟进。", "statement_since": "2020-01-01", "statement_until": str(world.today),
    }  # fmt: skip
    world.run("hr", "company.define_position", data=data)
    found = evidence.people_without_a_statement(world.company.pk, coming(world))
    assert [b.row_id for b in found.broken] == [Assignment.objects.get(user=world.user("rep")).pk]
    world.run("hr", "company.define_position", data={**data, "statement_until": None})
    assert not evidence.people_without_a_statement(world.company.pk, coming(world)).broken


@clause("2.1.1", breaks=True)
def test_a_position_that_nobody_holds_is_named_until_somebody_does(world: World) -> None:
    assert not evidence.positions_vacant(world.company.pk, coming(world)).broken
    post = Assignment.objects.get(user=world.user("marketing"))
    world.run("hr", "company.end_assignment", post, {"until": str(world.today)})
    found = evidence.positions_vacant(world.company.pk, coming(world))
    assert [b.row_id for b in found.broken] == [position("marketing").pk]
    data = {
        "person": str(a_person(world, "service").pk), "role": "marketing", "position": str(position("marketing").pk),
        "department": str(world.department("MKT").pk), "since": str(world.today),
    }  # fmt: skip
    world.run("hr", "company.assign", data=data)
    generations.forget()
    assert not evidence.positions_vacant(world.company.pk, coming(world)).broken


def test_a_position_goes_with_its_role(world: World) -> None:
    data = {
        "person": str(a_person(world, "service").pk), "role": "marketing", "position": str(position("finance").pk),
        "department": str(world.department("MKT").pk), "since": str(world.today),
    }  # fmt: skip
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.assign", data=data)
    assert refusal.value.code == "company.position_role"


def test_days_are_told_as_people_say_them() -> None:
    from sellwell.foundation.company.rules.days import in_words

    assert in_words(date(2026, 5, 3), date(2026, 5, 10)).en == "from 3 to 9 May 2026"
    assert in_words(date(2026, 5, 3), date(2026, 5, 10)).zh == "2026年5月3日至5月9日"
    assert in_words(date(2026, 5, 30), date(2026, 6, 3)).en == "from 30 May to 2 Jun 2026"
    assert in_words(date(2026, 5, 3), date(2026, 5, 4)).en == "on 3 May 2026"


@clause("1.3.1")
def test_nobody_lends_somebody_elses_approvals_to_themselves(world: World) -> None:
    for who, actor in (("executive", "hr"), ("rep", "regional_manager")):
        with pytest.raises(Refusal) as refusal:
            world.run(actor, "company.plan_absence", data=absence_data(world, who, actor))
        assert [(o.code, o.path) for o in refusal.value.objections] == [("company.self_deputy", "deputy")]
    assert not Delegation.objects.exists()


@clause("2.1.4")
def test_what_waits_already_is_in_the_deputys_list_when_the_absence_begins(world: World) -> None:
    request = a_request(world)
    absence = an_absence(world, "regional_manager", "sales_manager", start=0)
    task = Task.objects.get(row_id=request.pk, owner=world.user("sales_manager"), state="open")
    assert task.operation == "approvals.approve"
    assert Delegation.objects.get(pk=absence.delegation_id).department_path == "HQ.EAST."


@clause("2.1.4")
def test_a_lent_duty_belongs_to_the_post_held_now(world: World) -> None:
    old = Assignment.objects.get(user=world.user("regional_manager"))
    Assignment.objects.filter(pk=old.pk).update(until=world.today)
    world.post(world.user("regional_manager"), "regional_manager", "SOUTH", since=world.today)
    generations.forget()
    absence = an_absence(world, "regional_manager", "sales_manager")
    lent = Delegation.objects.get(pk=absence.delegation_id)
    assert (lent.department_path, lent.region) == ("HQ.SOUTH.", "华南")


@clause("2.1.4")
def test_an_absence_whose_delegation_was_taken_back_lends_nothing(world: World) -> None:
    absence = an_absence(world, "regional_manager", "sales_manager")

    def lends() -> list[bool]:
        found = proving.organisation(world.company.pk, absence.since, absence.until)
        return [a.lends for a in found.away]

    assert lends() == [True]
    lent = Delegation.objects.get(pk=absence.delegation_id)
    world.run("regional_manager", "approvals.revoke", lent)
    assert lends() == [False]


@clause("1.3.1")
def test_nobodys_own_request_is_handed_on_to_a_deputy(world: World) -> None:
    request = a_request(world)
    ApprovalRequest.objects.filter(pk=request.pk).update(owner=world.user("regional_manager"))
    an_absence(world, "regional_manager", "sales_manager", start=0)
    assert not Task.objects.filter(row_id=request.pk, owner=world.user("sales_manager")).exists()
