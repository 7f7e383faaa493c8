"""Surveys ask privacy's register: who consented, who withdrew and when, and where an opt-out stands (clauses 4.2.4, 4.3.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.control.voice.models import Invitation
from sellwell.control.voice.tests.builders import a_questionnaire, an_invitation, by_calendar
from sellwell.control.voice.tests.test_surveys import codes, later, sent_to, work
from sellwell.foundation.customers.tests.builders import a_contact
from sellwell.foundation.privacy.models import Consent
from sellwell.foundation.privacy.tests.builders import a_consent
from sellwell.kernel import clock
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("4.3.1")
def test_who_did_not_consent_is_not_asked(world: World) -> None:
    contact = a_contact(world, email="buyer@example.com")
    form = a_questionnaire(world, "published")
    asked = {"questionnaire": str(form.pk), "customer": str(contact.customer_id), "way": "mail"}
    assert codes(world, "service", "voice.invite", None, asked) == {"voice.not_to_be_asked"}
    a_consent(world, contact, "survey")
    row = world.run("service", "voice.invite", data=asked).result
    assert (row.contact_id, row.state) == (contact.pk, "planned")
    # A round leaves the others out, and says why.
    other = a_contact(world, email="other@example.com")
    held = by_calendar(world, form=form)
    world.run("marketing", "voice.hold_round", held)
    left = dict(Invitation.objects.filter(round=held).values_list("contact_id", "left"))
    assert left == {contact.pk: "person_cap", other.pk: "no_consent"}


@clause("4.3.1")
def test_a_withdrawal_between_planning_and_sending_counts_at_once(world: World) -> None:
    contact = a_contact(world, email="planned@example.com")
    consent = a_consent(world, contact, "survey")
    form = a_questionnaire(world, "published")
    row = an_invitation(world, "planned", contact.customer, form=form)
    world.run("rep", "privacy.withdraw_consent", consent, {"way": "phone"})
    work(world)
    row.refresh_from_db()
    assert (row.state, row.left, row.sent_at) == ("left_out", "opted_out", None)
    assert not sent_to("planned@example.com")


@clause("4.3.1")
def test_a_withdrawal_between_sending_and_delivery_stops_the_mail(world: World) -> None:
    contact = a_contact(world, email="late@example.com")
    consent = a_consent(world, contact, "survey")
    row = an_invitation(world, "planned", contact.customer, form=a_questionnaire(world, "published"))
    world.run("service", "voice.send", row)
    world.run("rep", "privacy.withdraw_consent", consent, {"way": "phone"})
    work(world)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "no_consent")
    assert not sent_to("late@example.com")


@clause("4.3.1", breaks=True)
def test_an_invitation_without_consent_is_named_and_one_before_the_withdrawal_is_not(world: World) -> None:
    contact = a_contact(world, email="buyer@example.com")
    consent = a_consent(world, contact, "survey")
    row = an_invitation(world, "sent", contact.customer)
    assert naming(world, "4.3.1", row) == set()
    with later(hours=1):
        world.run("service", "voice.opt_out", row, {})
    consent.refresh_from_db()
    assert consent.state == "withdrawn"  # one truth: the opt-out stands there
    assert naming(world, "4.3.1", row) == set()  # what was done before stays lawful
    Invitation.objects.filter(pk=row.pk).update(sent_at=clock.now() + timedelta(hours=2))  # past the door
    assert naming(world, "4.3.1", row) == {"uses_with_a_basis"}
    Invitation.objects.filter(pk=row.pk).update(sent_at=row.sent_at)
    assert naming(world, "4.3.1", row) == set()


def test_a_new_consent_takes_an_opt_out_back(world: World) -> None:
    contact = a_contact(world)
    a_consent(world, contact, "survey")
    row = an_invitation(world, "opted_out", contact.customer)
    assert Consent.objects.get(subject_id=contact.pk, state="withdrawn").withdrawn_way == "phone"
    asked = {"questionnaire": str(row.questionnaire_id), "customer": str(contact.customer_id), "way": "link"}
    with later(days=100):
        assert codes(world, "service", "voice.invite", None, asked) == {"voice.not_to_be_asked"}
        a_consent(world, contact, "survey", granted_on=str(clock.business_day(clock.now())))
        assert world.run("service", "voice.invite", data=asked).result.state == "sent"
