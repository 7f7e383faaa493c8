"""Two persons become one: what both together allow is what may be done, whatever is merged, said, parted or brought along."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.customers.tests.test_merging import merged, parted
from sellwell.foundation.privacy import queries
from sellwell.foundation.privacy.models import Consent
from sellwell.foundation.privacy.rules.words import Purpose
from sellwell.foundation.privacy.tests.builders import a_text
from sellwell.kernel import clock, door, system
from sellwell.testing.marks import clause

if TYPE_CHECKING:
    from sellwell.foundation.customers.models import Customer
    from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
PHONE = "13955556666"


def persons(world: World, count: int) -> list[Customer]:
    """So many records of one person, alike by their e-mail."""
    a_text(world)
    made = [a_customer(world, kind="person", uscc="", name=f"闻人景行{n}") for n in range(count)]
    for one in made[1:]:
        pair = world.run(
            "marketing", "customers.propose_pair", None, {"first": str(made[0].pk), "second": str(one.pk)}
        ).result
        world.run("sales_manager", "customers.decide_pair", pair, {"verdict": "same", "reason": "本人确认"})
    return made


def says_yes(world: World, customer: Customer, **values: str) -> Consent:
    data = {
        "purpose": "marketing_email",
        "way": "web",
        "granted_on": str(world.today),
        "proof_reference": "F-1",
        **values,
    }
    made: Consent = world.run(
        "rep", "privacy.record_consent", None, {**data, "customer": str(customer.pk)}
    ).result
    return made


def says_no(world: World, customer: Customer) -> None:
    data = {"customer": str(customer.pk), "purposes": ["marketing_email"], "way": "web"}
    world.run("rep", "privacy.record_refusal", None, data)


def may(world: World, party: UUID, days: int = 0) -> bool:
    on = world.today + timedelta(days=days)
    return queries.may_use(world.company.pk, [party], Purpose.MARKETING_EMAIL, on)[party].allowed


@clause("4.3.1", "4.3.4")
def test_the_stricter_consent_wins_when_two_persons_become_one(world: World) -> None:
    one, two = persons(world, 2)
    says_yes(world, one)
    says_no(world, two)
    assert may(world, one.party_id)
    made = merged(world, one, two)
    assert not may(world, one.party_id)
    parted(world, made)
    assert may(world, one.party_id) and not may(world, two.party_id)


@clause("4.3.4")
def test_a_no_of_one_merged_customer_stays_when_another_is_given_back(world: World) -> None:
    one, two, three = persons(world, 3)
    says_yes(world, one)
    says_no(world, two)
    says_no(world, three)
    first = merged(world, one, two)
    merged(world, one, three)
    parted(world, first)
    assert not may(world, one.party_id)


@clause("4.3.4")
def test_what_came_with_one_merge_goes_with_it_though_another_came_after(world: World) -> None:
    one, two, three = persons(world, 3)
    for person in (one, three):
        says_yes(world, person)
    says_no(world, two)
    first = merged(world, one, two)
    merged(world, one, three)
    assert not may(world, one.party_id)
    parted(world, first)
    assert may(world, one.party_id)


@clause("4.3.4")
def test_a_withdrawal_after_the_merge_outlives_it(world: World) -> None:
    one, two = persons(world, 2)
    says_yes(world, one)
    wording = a_text(
        world, months=1
    )  # a shorter consent of the other: the row of the merge says when it ends
    says_yes(world, two)
    made = merged(world, one, two)
    assert wording.months == 1
    written = Consent.objects.get(customer=one, merged_from=two.pk)
    assert written.state == "granted" and may(world, one.party_id)
    world.run("service", "privacy.withdraw_consent", written, {"way": "phone"})
    parted(world, made)
    assert not may(world, one.party_id)


@clause("4.3.1")
def test_a_yes_said_after_the_merge_counts_and_stragglers_do_not_take_it_back(world: World) -> None:
    one, two = persons(world, 2)
    says_no(world, two)
    made = merged(world, one, two)
    assert not may(world, one.party_id)
    says_yes(world, one)
    assert may(world, one.party_id)
    door.run("customers.bring_along", system.context(world.company.pk), made.pk)
    world.see()
    assert may(world, one.party_id)


@clause("4.3.4")
def test_a_restriction_or_a_childs_age_of_either_counts_for_the_one(world: World) -> None:
    one, two, three = persons(world, 3)
    says_yes(world, one)
    noted = world.run("rep", "privacy.describe", None, {"customer": str(two.pk)}).result
    world.run("legal", "privacy.restrict", noted, {})
    world.run("rep", "privacy.describe", None, {"customer": str(three.pk), "age": "under_14"})
    made = merged(world, one, two)
    assert not may(world, one.party_id)
    world.run("legal", "privacy.lift", noted)
    assert may(world, one.party_id)
    parted(world, made)
    young = merged(world, one, three)
    assert not may(world, one.party_id)
    parted(world, young)
    assert may(world, one.party_id)


# --- words and their days ----------------------------------------------------------------------------------------------


@clause("4.3.1")
def test_a_paper_that_is_entered_late_takes_back_no_withdrawal(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        [one] = persons(world, 1)
        signed_on = str(world.today)
    with clock.at(clock.now() - timedelta(days=10)):
        says_no(world, one)
    says_yes(world, one, granted_on=signed_on)
    assert not may(world, one.party_id)
    says_yes(world, one)
    assert may(world, one.party_id)


@clause("4.3.1")
def test_a_use_is_judged_by_what_held_on_its_day(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        [one] = persons(world, 1)
        consent = says_yes(world, one)
    assert may(world, one.party_id, -30)
    data = {"way": "web", "granted_on": str(world.today), "proof_reference": "F-2"}
    world.run("rep", "privacy.renew_consent", consent, data)
    assert may(world, one.party_id, -30) and may(world, one.party_id)
    changed = a_text(world, state="draft")
    world.run("legal", "privacy.publish_text", changed, {"substance": True})
    assert not may(world, one.party_id) and may(world, one.party_id, -30)
    says_no(world, one)
    assert may(world, one.party_id, -30) and not may(world, one.party_id)
