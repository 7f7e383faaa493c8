"""Stories that break clauses 4.2.1, 4.2.3, 4.3.2 and 4.3.3 and see the evidence name the record, then mend it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.relations import chores
from sellwell.foundation.relations.models import GradeChange, Standing
from sellwell.foundation.relations.tests.builders import (
    a_contact_made,
    a_good_customer,
    a_tag,
    aged,
    an_override,
    bought,
    judged,
    override_data,
    standing,
)
from sellwell.kernel import clock
from sellwell.kernel.values import Refusal
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("4.2.1", breaks=True)
def test_a_customer_that_nobody_contacts_is_named_until_somebody_does(world: World) -> None:
    customer = aged(a_customer(world), 60)
    assert naming(world, "4.2.1", customer) == set()  # grade C: every 180 days
    Customer.objects.filter(pk=customer.pk).update(grade="A")
    assert naming(world, "4.2.1", customer) == {"customers_not_contacted_in_time"}
    a_contact_made(world, customer)
    assert naming(world, "4.2.1", customer) == set()


@clause("4.2.1")
def test_a_visit_counts_as_a_contact(world: World) -> None:
    from sellwell.selling.pipeline.tests.builders import a_visit

    customer = aged(a_customer(world), 60)
    Customer.objects.filter(pk=customer.pk).update(grade="A")
    assert naming(world, "4.2.1", customer) == {"customers_not_contacted_in_time"}
    a_visit(world, state="done", customer=customer)
    assert naming(world, "4.2.1", customer) == set()


@clause("4.2.3", breaks=True)
def test_terms_beyond_the_grade_need_approval_and_are_named_when_planted(world: World) -> None:
    customer = a_customer(world)
    assert (
        world.run("finance", "customers.set_terms", customer, {"grade": "C", "payment_days": 60}).hold
        is not None
    )
    other = a_customer(world)
    assert naming(world, "4.2.3", other) == set()
    Customer.objects.filter(pk=other.pk).update(payment_days=120)  # past the door
    assert naming(world, "4.2.3", other) == {"customers_beyond_their_terms"}
    world.run("finance", "customers.set_terms", other, {"grade": "C", "payment_days": 30})
    assert naming(world, "4.2.3", other) == set()


@clause("4.2.3", breaks=True)
def test_a_grade_without_reasons_or_without_an_end_is_named(world: World) -> None:
    with pytest.raises(Refusal):
        world.run(
            "regional_manager", "relations.override_grade", a_customer(world), override_data(world, 300)
        )
    override = an_override(world, "regional_manager")
    assert naming(world, "4.2.3", override) == set()
    GradeChange.objects.filter(pk=override.pk).update(until=world.today + timedelta(days=300))
    assert naming(world, "4.2.3", override) == {"grades_without_reasons"}
    GradeChange.objects.filter(pk=override.pk).update(until=override.until)
    assert naming(world, "4.2.3", override) == set()
    a_good_customer(world)
    chores.judge(world.company.pk)
    world.see()
    computed = GradeChange.objects.get(kind="computed", grade="A")
    kept = computed.explanation
    GradeChange.objects.filter(pk=computed.pk).update(explanation={})
    assert naming(world, "4.2.3", computed) == {"grades_without_reasons"}
    GradeChange.objects.filter(pk=computed.pk).update(explanation=kept)
    assert naming(world, "4.2.3", computed) == set()


@clause("4.3.2", breaks=True)
def test_a_customer_without_a_tag_is_named_until_it_has_one(world: World) -> None:
    customer, tag = a_customer(world), a_tag(world)
    judged(world)
    assert naming(world, "4.3.2", customer) == {"customers_without_a_tag"}
    world.run("rep", "relations.mark", customer, {"tags": [str(tag.pk)]})
    assert naming(world, "4.3.2", customer) == set()


@clause("4.3.3", breaks=True)
def test_a_customer_in_a_stage_without_its_plan_is_named(world: World) -> None:
    customer = a_customer(world)
    bought(world, customer, 20)
    judged(world)
    assert standing(world, customer).stage == "new" and naming(world, "4.3.3", customer) == set()
    Standing.objects.filter(pk=customer.pk).update(plan=None)  # past the door
    assert naming(world, "4.3.3", customer) == {"customers_without_their_plan"}
    judged(world)
    assert naming(world, "4.3.3", customer) == set()


@clause("4.3.3")
def test_a_stage_lasts_two_periods_before_it_changes(world: World) -> None:
    customer = a_customer(world)
    for days in (200, 170, 140, 110, 80):
        bought(world, customer, days, "1000")
    judged(world)
    start = standing(world, customer)
    assert start.stage == "dormant"  # 80 days of silence, gaps of 30
    for days, stage, following in (
        (12, "dormant", "churned"),
        (15, "dormant", "churned"),
        (19, "churned", ""),
    ):
        with clock.at(clock.now() + timedelta(days=days)):
            judged(world)
            found = standing(world, customer)
            assert (found.stage, found.next_stage) == (stage, following), days
