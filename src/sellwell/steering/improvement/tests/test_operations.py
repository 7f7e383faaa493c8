"""Stories of training: what nobody was taught is not done, and who is behind is named (clause 1.4.5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sellwell.kernel import asking, clock
from sellwell.kernel.evidence import for_clause
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Period, Refusal
from sellwell.selling.contracts.tests.builders import a_contract, signing
from sellwell.steering.improvement import queries
from sellwell.steering.improvement.rules import GatedVerb
from sellwell.steering.improvement.tests.builders import a_course, a_rule, assessed, trained
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]


def refused(
    world: World, role: str, operation: str, row: Any = None, data: Any = None
) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as found:
        world.run(role, operation, row, data)
    return [(o.code, o.path) for o in found.value.objections]


def overdue_people(world: World) -> list[str]:
    (collector,) = for_clause("1.4.5")
    return [one.name for one in collector.collect(world.company.pk, Period(world.today)).broken]


@clause("1.4.5")
def test_who_has_not_passed_the_course_cannot_sign_and_is_told_before_pressing(world: World) -> None:
    contract = a_contract(world, state="approved")
    course = a_course(world)
    a_rule(world, course, "rep", "contracts.sign")
    told = asking.preview("contracts.sign", world.ctx("rep"), contract, signing(world))
    assert [o.code for o in told] == ["improvement.course_missing"]
    assert refused(world, "rep", "contracts.sign", contract, signing(world)) == [
        ("improvement.course_missing", "")
    ]
    trained(world, course, score=79)
    assert refused(world, "rep", "contracts.sign", contract, signing(world)) == [
        ("improvement.course_missing", "")
    ]
    passed = trained(world, course, score=80, days_ago=1)
    assert passed.passed
    world.run("rep", "contracts.sign", contract, signing(world))
    contract.refresh_from_db()
    assert contract.state == "signed"


@clause("1.4.5")
def test_a_pass_that_is_void_or_ran_out_no_longer_lets_one_sign(world: World) -> None:
    contract = a_contract(world, state="approved")
    course = a_course(world, valid_months=1)
    a_rule(world, course, "rep", "contracts.sign")
    trained(world, course, days_ago=40)
    assert refused(world, "rep", "contracts.sign", contract, signing(world)) == [
        ("improvement.course_missing", "")
    ]
    record = trained(world, course)
    world.run("hr", "improvement.void_training", record, {"reason": "试卷作废"})
    assert refused(world, "rep", "contracts.sign", contract, signing(world)) == [
        ("improvement.course_missing", "")
    ]


@clause("1.4.5")
def test_a_course_that_is_no_longer_required_or_given_stops_nobody(world: World) -> None:
    contract = a_contract(world, state="approved")
    course = a_course(world)
    a_rule(world, course, "rep", "contracts.sign")
    world.run("hr", "improvement.retire_course", course)
    world.run("rep", "contracts.sign", contract, signing(world))


@clause("1.4.5", breaks=True)
def test_the_evidence_names_who_is_behind_and_forgets_the_name_once_trained_and_assessed(
    world: World,
) -> None:
    course = a_course(world)
    name = world.user("warehouse").name
    with clock.at(clock.now() - timedelta(days=20)):
        a_rule(world, course, "warehouse", days=10)
    # The world's people have been here for 400 days: those of selling were to be assessed after 12 months.
    assert name in overdue_people(world)
    trained(world, course, "warehouse")
    assert name not in overdue_people(world)
    assert world.user("rep").name in overdue_people(world)
    assessed(world, "rep")
    assert world.user("rep").name not in overdue_people(world)


@clause("1.4.5")
def test_an_assessment_speaks_for_no_day_before_it_was_held(world: World) -> None:
    """What was owed last month stays owed of last month, whatever was made up for since."""

    def owes_assessment(day: date) -> bool:
        due = queries.due_list(world.company.pk, day, world.user("rep").pk)
        return any(one.due is None and one.is_overdue(day) for one in due)

    yesterday = world.today - timedelta(days=1)
    assert owes_assessment(yesterday)
    assessed(world, "rep")
    assert owes_assessment(yesterday) and not owes_assessment(world.today)


def test_what_is_due_is_listed_with_its_day(world: World) -> None:
    course = a_course(world)
    a_rule(world, course, "quality", days=7)
    (one,) = queries.due_list(world.company.pk, world.today, world.user("quality").pk)
    assert one.due is not None
    assert (one.due.course_id, one.due_on) == (course.pk, world.today + timedelta(days=7))


def test_nobody_records_or_takes_back_an_own_result(world: World) -> None:
    course = a_course(world)
    own = {
        "course": str(course.pk),
        "person": str(world.user("hr").pk),
        "held_on": str(world.today),
        "score": 100,
    }
    assert refused(world, "hr", "improvement.record_training", data=own) == [
        ("improvement.own_result", "person")
    ]
    world.add("second_hr", "hr", "HQ")
    record = world.run("second_hr", "improvement.record_training", data=own).result
    reason = {"reason": "重新考试"}
    assert refused(world, "hr", "improvement.void_training", record, reason) == [
        ("improvement.own_result", "")
    ]
    world.run("second_hr", "improvement.void_training", record, reason)


def test_a_result_is_of_a_day_that_has_been_and_once_a_day(world: World) -> None:
    course = a_course(world)
    trained(world, course)
    data = {"course": str(course.pk), "person": str(world.user("rep").pk), "score": 90}
    assert refused(
        world, "hr", "improvement.record_training", data={**data, "held_on": str(world.today)}
    ) == [("improvement.twice", "held_on")]
    tomorrow = str(world.today + timedelta(days=1))
    assert refused(world, "hr", "improvement.record_training", data={**data, "held_on": tomorrow}) == [
        ("improvement.future", "held_on")
    ]


def test_a_rule_names_a_known_role_and_verbs_that_can_wait(world: World) -> None:
    course = a_course(world)
    data = {
        "course": str(course.pk),
        "role": "wizard",
        "operations": ["company.hire"],
        "since": str(world.today),
    }
    assert refused(world, "hr", "improvement.require_course", data=data) == [
        ("invalid", "role"),
        ("invalid", "operations.0"),
    ]


def test_a_manager_sees_the_team_and_a_colleague_sees_only_himself(world: World) -> None:
    course = a_course(world)
    record = trained(world, course)
    world.add("neighbour", "rep", "SOUTH")
    from sellwell.steering.improvement.views import TRAININGS

    assert list(TRAININGS.rows(world.ctx("regional_manager").actor)) == [record]
    assert list(TRAININGS.rows(world.ctx("rep").actor)) == [record]
    assert list(TRAININGS.rows(world.ctx("neighbour").actor)) == []


def test_verbs_that_wait_are_called_as_their_operations_are(world: World) -> None:
    assert {verb.value: verb.label for verb in GatedVerb} == {
        verb.value: REGISTRY[verb.value].title for verb in GatedVerb
    }
