"""Grades: computed from facts, proposed with reasons, put in effect, set by hand for a time; terms that other rooms obey."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.relations import chores, computing, queries
from sellwell.foundation.relations.models import GradeChange, Run, Standing
from sellwell.foundation.relations.tests.builders import (
    a_good_customer,
    a_proposal,
    an_override,
    approve,
    bought,
    judged,
    override_data,
    standing,
)
from sellwell.kernel import clock
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def test_facts_become_figures_net_of_returns_and_of_what_was_cancelled(world: World) -> None:
    customer = a_customer(world)
    for days in (400, 60, 30, 10):
        bought(world, customer, days, "100000")
    bought(world, customer, 5, "-30000", measure="accepted")  # goods that came back
    judged(world)
    found = standing(world, customer)
    assert found.value == Decimal("270000.00")  # three in twelve months, less what came back
    assert (found.purchases, found.purchases_ever) == (3, 4)
    assert (found.last_on, found.median_gap) == (world.today - timedelta(days=10), Decimal("30.0"))
    assert found.rfm == "523" and found.rfm_class == "100"
    assert found.lines == ["水泵"] and found.abc == "A"


def test_an_order_that_was_cancelled_whole_was_no_purchase(world: World) -> None:
    from sellwell.kernel.models import Fact

    customer = a_customer(world)
    bought(world, customer, 10, "5000", measure="booked")
    fact = Fact.objects.get(customer_id=customer.pk)
    fact.pk, fact.seq, fact.amount = None, 2, -fact.amount
    fact.save(force_insert=True)
    judged(world)
    assert standing(world, customer).purchases_ever == 0 and standing(world, customer).stage == "potential"


def test_a_better_grade_takes_effect_at_once_with_its_reasons(world: World) -> None:
    customer = a_good_customer(world)
    chores.judge(world.company.pk)
    world.see()
    customer.refresh_from_db()
    change = GradeChange.objects.get(customer=customer)
    assert customer.grade == "A" and change.state == "effective" and change.effective_on == world.today
    assert change.grade_before == "C" and "分，A 级：" in change.explanation["zh"]
    assert change.policies["relations.scores"] == 1 and change.inputs["value"]["points"] == 5
    assert computing.judge_again(change, world.company.pk) == (change.score, "A")
    entry = LedgerEntry.objects.filter(operation="relations.apply_grades").latest("seq")
    told = entry.changes.get(row_id=customer.pk)
    assert (told.before, told.after) == ({"grade": "C"}, {"grade": "A"})


def test_a_lower_grade_waits_seven_days_and_may_be_declined(world: World) -> None:
    customer = a_customer(world)
    bought(world, customer, 500, "100")
    chores.judge(world.company.pk)
    world.see()
    change = GradeChange.objects.get(customer=customer)
    assert change.state == "proposed" and change.grade == "D"
    assert change.takes_effect_on == world.today + timedelta(days=7)
    world.run("sales_manager", "relations.decline_grade", change, {"reason": "明年有大项目"})
    with clock.at(clock.now() + timedelta(days=8)):
        chores.judge(world.company.pk)
        world.see()
    assert Customer.objects.get(pk=customer.pk).grade == "C"
    assert GradeChange.objects.filter(customer=customer).count() == 1
    with clock.at(clock.now() + timedelta(days=100)):  # a declined grade comes back after ninety days
        chores.judge(world.company.pk)
        world.see()
    assert GradeChange.objects.filter(customer=customer, state="proposed").count() == 1


def test_a_lower_grade_that_nobody_declines_comes_on_its_day(world: World) -> None:
    customer = a_customer(world)
    bought(world, customer, 500, "100")
    chores.judge(world.company.pk)
    with clock.at(clock.now() + timedelta(days=7)):
        chores.judge(world.company.pk)
    world.see()
    assert Customer.objects.get(pk=customer.pk).grade == "D"


def test_a_proposal_that_no_longer_holds_ends(world: World) -> None:
    customer = a_customer(world)
    bought(world, customer, 500, "100")
    judged(world)
    assert GradeChange.objects.get(customer=customer).grade == "D"
    for days in range(5, 300, 26):
        bought(world, customer, days, "20000")
    judged(world)
    states = GradeChange.objects.filter(customer=customer).order_by("id").values_list("grade", "state")
    assert next(iter(states)) == ("D", "ended")


def test_who_never_bought_is_not_graded(world: World) -> None:
    customer = a_customer(world)
    judged(world)
    assert not GradeChange.objects.filter(customer=customer).exists()
    assert standing(world, customer).score is None and standing(world, customer).rfm_class == ""


def test_a_grade_set_by_hand_needs_the_director_and_ends_by_itself(world: World) -> None:
    customer = a_good_customer(world, "account_manager")
    chores.judge(world.company.pk)
    world.see()
    hold = world.run("account_manager", "relations.override_grade", customer, override_data(world, 30)).hold
    assert hold is not None and [step.role for step in hold.steps.all()] == ["sales_manager"]
    assert Customer.objects.get(pk=customer.pk).grade == "A"
    approve(world, hold)
    assert Customer.objects.get(pk=customer.pk).grade == "B"
    chores.judge(world.company.pk)  # the policy leaves it alone meanwhile
    world.see()
    assert Customer.objects.get(pk=customer.pk).grade == "B"
    with clock.at(clock.now() + timedelta(days=31)):
        chores.judge(world.company.pk)  # it ended: the proposal of the next run takes effect
        chores.judge(world.company.pk)
    world.see()
    assert Customer.objects.get(pk=customer.pk).grade == "A"
    override = GradeChange.objects.get(customer=customer, kind="override")
    assert override.state == "ended" and override.reason == "战略客户，正在试用新产品"


@pytest.mark.parametrize(
    ("days", "grade", "code"),
    [
        (200, "B", "relations.override_too_long"),
        (0, "B", "relations.override_past"),
        (30, "C", "relations.override_same"),
    ],
)
def test_what_cannot_be_set_by_hand(world: World, days: int, grade: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        world.run(
            "account_manager", "relations.override_grade", a_customer(world, "account_manager"),
            override_data(world, days, grade),
        )  # fmt: skip
    assert refusal.value.code == code


def test_an_override_can_be_ended_early_and_a_computed_grade_cannot(world: World) -> None:
    change = an_override(world, "regional_manager")
    world.run("sales_manager", "relations.end_override", change)
    assert GradeChange.objects.get(pk=change.pk).state == "ended"
    a_good_customer(world)
    chores.judge(world.company.pk)
    world.see()
    computed = GradeChange.objects.get(kind="computed", state="effective")
    with pytest.raises(Refusal) as refusal:
        world.run("sales_manager", "relations.end_override", computed)
    assert refusal.value.code == "relations.not_an_override"


def test_the_chore_judges_once_a_day_and_newcomers_as_they_come(world: World) -> None:
    a_customer(world)
    assert chores.judge_when_due(world.company.pk) is True
    assert chores.judge_when_due(world.company.pk) is False
    late = a_customer(world)
    assert chores.judge_when_due(world.company.pk) is True
    world.see()
    assert Standing.objects.filter(pk=late.pk).exists() and Run.objects.count() == 2
    with clock.at(clock.now() + timedelta(days=1)):
        assert chores.judge_when_due(world.company.pk) is True


def test_terms_go_by_grade_for_organisations_and_by_the_published_row_for_persons(world: World) -> None:
    firm, person = a_customer(world), a_customer(world, kind="person", uscc="", name="闻人景行")
    Customer.objects.filter(pk__in=[firm.pk, person.pk]).update(grade="A")
    terms = queries.service_terms(world.company.pk, [firm.pk, person.pk], world.today)
    assert (terms[firm.pk].visit_days, terms[firm.pk].discount, terms[firm.pk].payment_days) == (
        30,
        Decimal("0.2"),
        90,
    )
    assert (terms[person.pk].visit_days, terms[person.pk].discount, terms[person.pk].payment_days) == (
        None,
        0,
        30,
    )


def test_payment_days_beyond_the_grade_are_held(world: World) -> None:
    customer = a_customer(world)
    held = world.run("finance", "customers.set_terms", customer, {"grade": "C", "payment_days": 60}).hold
    assert held is not None
    assert any(o["code"] == "relations.payment_days" for o in held.objections)
    assert (
        world.run(
            "finance", "customers.set_terms", a_customer(world), {"grade": "C", "payment_days": 30}
        ).hold
        is None
    )


def test_a_proposal_shows_who_it_is_about_in_the_list(world: World) -> None:
    change = a_proposal(world)
    assert str(change) == "C → A" and change.customer.party.name
