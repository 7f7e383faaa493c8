"""Clauses 4.3.1 and 4.3.4 broken, named by their evidence, and mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_contact, a_customer, a_title
from sellwell.foundation.privacy import evidence
from sellwell.foundation.privacy.extensions import Use, all_holdings, holdings, uses
from sellwell.foundation.privacy.holding.copies import of_request
from sellwell.foundation.privacy.holding.fields import personal_models, register
from sellwell.foundation.privacy.models import Consent, Request
from sellwell.foundation.privacy.rules.words import Purpose
from sellwell.foundation.privacy.tests.builders import (
    GIVEN,
    a_consent,
    a_person,
    a_request,
    a_text,
    an_alarm,
    whom,
)
from sellwell.foundation.relations.models import GradeChange
from sellwell.foundation.retention.tests.builders import a_case
from sellwell.kernel import clock
from sellwell.kernel.values import Period, Refusal
from sellwell.selling.activities.tests.builders import an_activity
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("4.3.1")
def test_every_personal_field_of_the_house_has_a_basis(world: World) -> None:
    found = evidence.fields_with_a_basis(world.company.pk, Period(world.today))
    assert found.concerned > 60
    assert [(one.name, one.why.en) for one in found.broken] == []


@clause("4.3.1", breaks=True)
def test_a_table_that_nobody_registered_is_named_field_by_field(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = Period(world.today)
    without = {label: f for label, f in holdings.functions.items() if label != "pipeline.lead"}
    with monkeypatch.context() as patch:
        patch.setattr(holdings, "functions", without)
        broken = evidence.fields_with_a_basis(world.company.pk, period).broken
        assert len(broken) == 8 and all("pipeline.lead." in one.name for one in broken)
    assert not evidence.fields_with_a_basis(world.company.pk, period).broken


@clause("4.3.1", breaks=True)
def test_a_consent_without_proof_is_refused_and_named_when_planted(world: World) -> None:
    contact = a_contact(world)
    a_text(world)
    data = {**whom(contact), "purpose": "marketing_email", "way": "web", "granted_on": str(world.today)}
    with pytest.raises(Refusal) as caught:
        world.run("rep", "privacy.record_consent", None, data)
    assert caught.value.code == "privacy.no_proof"
    consent = a_consent(world, contact)
    assert naming(world, "4.3.1", consent) == set()
    Consent.objects.filter(pk=consent.pk).update(proof_reference="")  # past the door
    assert naming(world, "4.3.1", consent) == {"consents_with_proof"}
    renewed = world.run(
        "rep", "privacy.renew_consent", consent, GIVEN | {"granted_on": str(world.today)}
    ).result
    Consent.objects.filter(pk=consent.pk).update(proof_reference="F-0001")
    assert naming(world, "4.3.1", consent) == naming(world, "4.3.1", renewed) == set()


@clause("4.3.1", breaks=True)
def test_somebody_whose_card_was_imported_is_named_until_they_were_asked(world: World) -> None:
    contact = a_contact(world)
    person = a_person(world, contact, source="card")
    assert naming(world, "4.3.1", person) == {"uses_with_a_basis"}
    a_consent(world, contact, "contract")
    assert naming(world, "4.3.1", person) == set()


@clause("4.3.1", breaks=True)
def test_a_use_after_the_withdrawal_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = a_contact(world)
    consent = a_consent(world, contact)
    sent = Use(contact.pk, Purpose.MARKETING_EMAIL, world.today, "customers.contact", contact.pk, "一封邮件")
    monkeypatch.setitem(uses.functions, "test", lambda company_id, period: [sent])
    assert naming(world, "4.3.1", contact) == set()
    world.run("rep", "privacy.withdraw_consent", consent, {"way": "email"})
    assert naming(world, "4.3.1", contact) == {"uses_with_a_basis"}
    monkeypatch.setitem(uses.functions, "test", lambda company_id, period: [])
    assert naming(world, "4.3.1", contact) == set()


@clause("4.3.4", breaks=True)
def test_a_request_past_its_term_is_named_and_no_extension_comes_too_late(world: World) -> None:
    contact, other = a_contact(world), a_contact(world, name="万俟清和")
    for one in (contact, other):
        a_person(world, one, country="DE")
    with clock.at(clock.now() - timedelta(days=32)):
        row = a_request(world, state="in_progress", contact=contact, received_on=str(world.today))
        longer = a_request(world, state="in_progress", contact=other, received_on=str(world.today))
        world.run("legal", "privacy.extend_request", longer, {"reason": "涉及多个系统，已告知本人"})
    row.refresh_from_db()
    assert naming(world, "4.3.4", longer) == set()
    assert naming(world, "4.3.4", row) == {"requests_in_time"}
    with pytest.raises(Refusal) as caught:
        world.run("legal", "privacy.extend_request", row, {"reason": "涉及多个系统，已告知本人"})
    assert caught.value.code == "privacy.extension_late"
    assert naming(world, "4.3.4", row) == {"requests_in_time"}
    Request.objects.filter(pk=row.pk).update(due_at=clock.now() + timedelta(days=1))  # had it been in time
    assert naming(world, "4.3.4", row) == set()


@clause("4.3.4", breaks=True)
def test_what_was_answered_late_stays_named_and_what_was_in_time_is_not(world: World) -> None:
    row = a_request(world, state="refused")
    Request.objects.filter(pk=row.pk).update(due_at=clock.now() - timedelta(days=1))
    assert naming(world, "4.3.4", row) == {"requests_in_time"}
    Request.objects.filter(pk=row.pk).update(answered_at=clock.now() - timedelta(days=2))
    assert naming(world, "4.3.4", row) == set()


@clause("4.3.4", breaks=True)
def test_an_alarm_is_named_until_somebody_looked_into_it(world: World) -> None:
    alarm = an_alarm(world)
    assert naming(world, "4.3.4", alarm) == {"unusual_looks"}
    world.run("legal", "privacy.settle_alarm", alarm, {"finding": "warned", "words": "已提醒"})
    assert naming(world, "4.3.4", alarm) == set()


@clause("4.3.4", breaks=True)
def test_a_seller_who_works_on_a_request_is_refused_and_named_when_planted(world: World) -> None:
    row = a_request(world, state="in_progress")
    assert naming(world, "4.3.4", row) == set()
    owner = Customer.objects.get(pk=row.customer_id).owner_id
    Request.objects.filter(pk=row.pk).update(owner=owner)  # past the door
    assert naming(world, "4.3.4", row) == {"worked_on_outside_sales"}
    Request.objects.filter(pk=row.pk).update(owner=world.user("legal"))
    assert naming(world, "4.3.4", row) == set()


def test_every_table_with_personal_columns_is_held_and_whose_rows_they_are_is_said() -> None:
    held = all_holdings()
    assert {model._meta.label_lower for model in personal_models()} <= set(held)
    for label, holding in held.items():
        names = {field.name for field in apps.get_model(label)._meta.fields}
        assert ("customer" not in names) or holding.of is not None, label


def test_the_copy_holds_the_rooms_around_the_customer_and_what_was_merged_into_it(world: World) -> None:
    survivor, loser = a_case(world).customer, a_customer(world)
    a_title(world, survivor)
    an_activity(world, survivor, text="电话：询问保养")
    for one in (survivor, loser):
        GradeChange.objects.create(
            company_id=world.company.pk, customer=one, kind="computed", state="proposed", grade_before="C",
            grade="B", proposed_on=world.today, takes_effect_on=world.today, explanation={"zh": "", "en": ""},
        )  # fmt: skip
    request = a_request(world, state="in_progress")
    request.customer, request.contact = survivor, None
    assert _copied(request).items() >= {
        "customers.taxtitle": 1, "activities.activity": 1, "retention.intervention": 1, "relations.gradechange": 1,
    }.items()  # fmt: skip
    Customer.objects.filter(pk=loser.pk).update(state="merged", merged_into=survivor)  # past the door
    assert _copied(request)["relations.gradechange"] == 2


def _copied(request: Request) -> dict[str, int]:
    return {part.holding.table: len(part.rows) for part in of_request(request)}


def test_where_data_goes_out_is_in_the_register(world: World) -> None:
    told = {one.holding.table for one in register(world.company.pk, world.today) if one.holding.recipients}
    assert {"kernel.user", "kernel.approvalrequest", "receivables.invoice", "delivery.shipment"} <= told
