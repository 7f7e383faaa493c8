"""Invitations, programmes, caps, opt-outs, follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sellwell.control.voice import chores, tokens
from sellwell.control.voice.models import Answer, FollowUp, Invitation, Programme, Round
from sellwell.control.voice.rules import sampling
from sellwell.control.voice.tests.builders import (
    a_follow_up,
    a_programme,
    a_questionnaire,
    a_response,
    an_invitation,
    by_calendar,
    reply,
)
from sellwell.foundation.customers.tests.builders import a_contact, a_customer
from sellwell.foundation.privacy.tests.builders import a_consent
from sellwell.integrations import mail
from sellwell.kernel import clock, deadlines, outbox, personal
from sellwell.kernel.models import Event, Fact, Task
from sellwell.kernel.values import Refusal
from sellwell.selling.delivery.tests.builders import an_accepted_shipment
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@contextmanager
def later(days: float = 0, hours: float = 0) -> Iterator[None]:
    with clock.at(clock.now() + timedelta(days=days, hours=hours)):
        yield


def work(world: World) -> None:
    """What the worker does now."""
    for _ in range(5):
        if not outbox.drain([world.company.pk]) + deadlines.act([world.company.pk]):
            break
    world.see()


def codes(world: World, who: str, verb: str, row: Any, data: dict[str, Any]) -> set[str]:
    with pytest.raises(Refusal) as refusal:
        world.run(who, verb, row, data)
    return {o.code for o in refusal.value.objections}


def sent_to(address: str) -> list[Any]:
    """What the simulated mail server holds for an address."""
    return mail.SIMULATOR.to(address)


# --- by event ---------------------------------------------------------------------------------------------------------------


@clause("4.2.4")
def test_an_accepted_delivery_is_asked_about_within_48_hours(world: World) -> None:
    programme = a_programme(world)
    shipment = an_accepted_shipment(world)
    contact = a_contact(world, shipment.customer, email="buyer@example.com")
    a_consent(world, contact, "survey")
    work(world)
    row = Invitation.objects.get(programme=programme)
    assert row.contact_id == contact.pk
    assert (row.customer_id, row.source_id, row.state, row.left) == (
        shipment.customer_id,
        shipment.pk,
        "planned",
        "",
    )
    assert row.send_at is not None and row.happened_at is not None
    assert row.send_at - row.happened_at == timedelta(hours=24)
    with later(hours=25):
        work(world)
        row.refresh_from_db()
        assert row.state == "sent" and row.sent_at is not None
        assert row.sent_at - row.happened_at <= timedelta(hours=48)
    with later(days=7):
        work(world)
        row.refresh_from_db()
        assert row.reminded_at is not None
        first = row.reminded_at
    with later(days=12):
        work(world)
        row.refresh_from_db()
        assert row.reminded_at == first  # once
    with later(days=16):
        work(world)
        row.refresh_from_db()
        assert row.state == "expired"


def test_the_same_event_told_twice_asks_once(world: World) -> None:
    a_programme(world)
    an_accepted_shipment(world)
    work(world)
    told = Event.objects.filter(name="delivery.accepted").latest("seq")
    Event.objects.create(
        company_id=told.company_id, name=told.name, payload=told.payload, request_id=told.request_id, actor_id=told.actor_id,
        at=told.at,
    )  # fmt: skip
    work(world)
    assert Invitation.objects.count() == 1


def test_a_programme_for_other_regions_or_grades_is_not_concerned(world: World) -> None:
    a_programme(world, regions=["西北"])
    a_programme(world, grades=["A"], title="A 级客户")
    assert an_accepted_shipment(world).customer.grade != "A"
    work(world)
    assert not Invitation.objects.exists()


def test_what_was_not_drawn_is_recorded_and_can_be_drawn_again(world: World) -> None:
    programme = a_programme(world, share="0.0001")
    shipment = an_accepted_shipment(world)
    work(world)
    row = Invitation.objects.get(programme=programme)
    assert (row.state, row.left) == ("left_out", "not_drawn")
    assert not sampling.is_drawn(programme.seed, shipment.pk, Decimal("0.0001"))


def test_an_event_that_is_told_too_late_asks_nobody(world: World) -> None:
    programme, customer = a_programme(world), a_customer(world)
    data = {
        "programme": str(programme.pk), "customer": str(customer.pk), "source_type": "delivery.shipment",
        "source_id": str(customer.pk), "happened_at": (clock.now() - timedelta(hours=49)).isoformat(),
    }  # fmt: skip
    row = world.run("marketing", "voice.invite_after", data=data).result
    assert (row.state, row.left) == ("left_out", "too_late")


def test_a_send_that_comes_too_late_is_left_out(world: World) -> None:
    a_programme(world)
    contact = a_contact(world, an_accepted_shipment(world).customer, email="buyer@example.com")
    a_consent(world, contact, "survey")
    work(world)
    with later(hours=60):
        work(world)
    row = Invitation.objects.get()
    assert (row.state, row.left) == ("left_out", "too_late")


# --- caps, consent, opt-out ----------------------------------------------------------------------------------------------------


@clause("4.2.4")
def test_a_person_is_asked_once_in_90_days_and_a_customer_three_times(world: World) -> None:
    customer = a_customer(world)
    form = a_questionnaire(world, "published")
    asked = {"questionnaire": str(form.pk), "customer": str(customer.pk), "way": "link"}
    world.run("service", "voice.invite", data=asked)
    assert codes(world, "service", "voice.invite", None, asked) == {"voice.not_to_be_asked"}
    for number in range(2):
        contact = a_contact(world, customer, phone=f"1390000222{number}")
        a_consent(world, contact, "survey")
        world.run("service", "voice.invite", data={**asked, "contact": str(contact.pk)})
    fourth = a_contact(world, customer, phone="13900003333")
    a_consent(world, fourth, "survey")
    with pytest.raises(Refusal) as refusal:
        world.run("service", "voice.invite", data={**asked, "contact": str(fourth.pk)})
    assert "上限" in refusal.value.objections[0].text.zh
    with later(days=91):
        world.run("service", "voice.invite", data={**asked, "contact": str(fourth.pk)})


def test_two_plans_for_one_person_send_one(world: World) -> None:
    """Whatever was planned meanwhile: at the moment of sending the cap is asked again."""
    customer = a_customer(world)
    first = an_invitation(world, "planned", customer)
    second = an_invitation(world, "planned", a_customer(world))
    Invitation.objects.filter(pk=second.pk).update(customer=customer)
    work(world)
    first.refresh_from_db()
    second.refresh_from_db()
    assert sorted([first.state, second.state]) == ["left_out", "left_out"] or {first.state, second.state} == {
        "sent",
        "left_out",
    }


@clause("4.2.4")
def test_an_opt_out_counts_at_once_for_everything_that_is_open(world: World) -> None:
    customer = a_customer(world)
    planned = an_invitation(world, "planned", customer)
    with later(days=91):
        second = an_invitation(world, "sent", customer)
    world.run("service", "voice.opt_out", second, {"note": "不想再收"})
    planned.refresh_from_db()
    second.refresh_from_db()
    assert (planned.state, second.state) == ("opted_out", "opted_out")
    work(world)
    planned.refresh_from_db()
    assert planned.sent_at is None
    form = second.questionnaire
    asked = {"questionnaire": str(form.pk), "customer": str(customer.pk), "way": "link"}
    with later(days=400):
        assert codes(world, "service", "voice.invite", None, asked) == {"voice.not_to_be_asked"}
        # Whoever speaks for a customer that wants no surveys is left in peace too.
        assert a_consent(world, a_contact(world, customer), "survey").state == "granted"
        assert codes(world, "service", "voice.invite", None, asked) == {"voice.not_to_be_asked"}


def test_sellers_do_not_choose_whom_to_ask(world: World) -> None:
    form, customer = a_questionnaire(world, "published"), a_customer(world)
    asked = {"questionnaire": str(form.pk), "customer": str(customer.pk), "way": "link"}
    for role in ("rep", "account_manager", "regional_manager", "sales_manager"):
        assert codes(world, role, "voice.invite", None, asked) == {"not_permitted"}


# --- by calendar ---------------------------------------------------------------------------------------------------------------


@clause("2.4.3")
def test_a_round_is_drawn_by_its_seed_and_plans_the_next(world: World) -> None:
    customers = [a_customer(world) for _ in range(8)]
    row = by_calendar(world, share="0.5", months=6, way="link")
    assert chores.hold_rounds(world.company.pk)
    world.see()
    row.refresh_from_db()
    assert (row.state, row.population, row.drawn, row.invited) == ("held", 8, 4, 4)
    again = sampling.draw(row.seed, [c.pk for c in customers], 4)
    assert set(Invitation.objects.filter(round=row).values_list("customer_id", flat=True)) == set(again)
    following = Round.objects.get(state="planned")
    assert following.planned_on == sampling.next_round(row.planned_on, 6)
    assert not chores.hold_rounds(world.company.pk)


def test_a_paused_programme_holds_nothing_and_an_ended_one_leaves_its_rounds_out(world: World) -> None:
    row = by_calendar(world)
    world.run("marketing", "voice.pause_programme", row.programme)
    assert not chores.hold_rounds(world.company.pk)
    world.see()
    assert codes(world, "marketing", "voice.hold_round", row, {}) == {"voice.not_running"}
    world.run("marketing", "voice.end_programme", row.programme, {"reason": "不再需要"})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("left_out", "不再需要")


def test_a_programme_by_the_calendar_needs_a_day_and_a_published_questionnaire(world: World) -> None:
    form = a_questionnaire(world)
    data = {"title": "年度", "questionnaire": str(form.pk), "trigger": "calendar"}
    assert codes(world, "marketing", "voice.add_programme", None, data) == {
        "voice.not_published",
        "voice.first_day",
    }
    assert not Programme.objects.exists()


# --- mail -------------------------------------------------------------------------------------------------------------------


def test_the_mail_brings_the_link_and_the_way_out_once(world: World) -> None:
    row = an_invitation(world, "planned")
    work(world)
    row.refresh_from_db()
    assert row.state == "sent"
    address = str(personal.open_(row.customer.party.email))
    link = tokens.address(tokens.INVITATION, row.pk)

    def told() -> list[str]:
        return [card.body["body"] for card in sent_to(address) if link in card.body["body"]]

    [body] = told()
    assert f"{link}stop" in body
    work(world)
    assert len(told()) == 1
    with later(days=6):
        work(world)
    assert len(told()) == 2


# --- answers and follow-ups ----------------------------------------------------------------------------------------------------


@clause("4.2.4")
def test_a_low_score_opens_a_follow_up_with_owner_and_day_in_working_time(world: World) -> None:
    response = a_response(world, "submitted", nps=6, csat=4)
    row = FollowUp.objects.get(response=response)
    assert (row.metric, row.score, row.state) == ("nps", 6, "open")
    assert row.owner_id == world.user("service").pk != response.owner_id
    task = Task.objects.get(row_id=row.pk, state="open")
    assert (task.operation, task.owner_id, task.due_at) == ("voice.contact", row.owner_id, row.due_at)
    facts = Fact.objects.filter(document_id=response.pk).order_by("measure")
    assert [(f.measure, f.amount, f.quantity) for f in facts] == [("csat_score", 4, 1), ("nps_score", 6, 1)]
    world.run("service", "voice.contact", row, {"cause": "quality", "said": "外观有划痕"})
    assert Task.objects.get(row_id=row.pk, state="open").operation == "voice.resolve"
    world.run("service", "voice.resolve", row, {"done": "更换"})
    assert not Task.objects.filter(row_id=row.pk, state="open").exists()


def test_a_good_score_opens_none(world: World) -> None:
    a_response(world, "submitted", nps=9, csat=5)
    assert not FollowUp.objects.exists()


def test_a_follow_up_is_not_passed_to_the_seller(world: World) -> None:
    row = a_follow_up(world)
    seller = {"owner": str(row.response.owner_id)}
    assert codes(world, "service", "voice.pass_follow_up", row, seller) == {"voice.own_seller"}
    world.run("service", "voice.pass_follow_up", row, {"owner": str(world.user("marketing").pk)})
    task = Task.objects.get(row_id=row.pk, state="open")
    assert (task.owner_id, task.due_at) == (world.user("marketing").pk, row.due_at)


def test_answers_to_questions_that_are_no_longer_asked_do_not_count(world: World) -> None:
    response = a_response(world, nps=3, csat=4)
    reply(world, response, {"q3": {"choices": ["1"]}})
    reply(world, response, {"q1": {"number": 10}})
    assert codes(world, "service", "voice.answer", response, {"key": "q3", "choices": ["1"]}) == {
        "voice.not_asked"
    }
    world.run("service", "voice.submit", response)
    assert Answer.objects.get(response=response, key="q3").is_void
    response.refresh_from_db()
    assert (response.nps, response.csat, response.ces) == (10, 4, None)


def test_what_is_required_must_be_answered_before_sending(world: World) -> None:
    invitation = an_invitation(world)
    row = world.run("service", "voice.begin", data={"invitation": str(invitation.pk)}).result
    with pytest.raises(Refusal) as refusal:
        world.run("service", "voice.submit", row)
    assert [(o.code, o.path) for o in refusal.value.objections] == [
        ("voice.answer_missing", "q1"),
        ("voice.answer_missing", "q2"),
    ]
    assert codes(world, "service", "voice.begin", None, {"invitation": str(invitation.pk)}) == {
        "voice.begun_before"
    }


def test_erasure_takes_the_words_and_leaves_the_numbers(world: World) -> None:
    response = a_response(world, nps=3, q7={"text": "王先生反映交期问题"})
    world.run("service", "voice.submit", response)
    follow_up = FollowUp.objects.get()
    world.run("service", "voice.contact", follow_up, {"cause": "delivery", "said": "王先生说拖了一周"})
    assert response.customer is not None
    personal.erase(response.customer.party_id)
    follow_up.refresh_from_db()
    assert follow_up.said == "" and Answer.objects.get(response=response, key="q7").text == ""
    assert Answer.objects.get(response=response, key="q1").number == 3
