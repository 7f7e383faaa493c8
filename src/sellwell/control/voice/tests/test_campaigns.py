"""Campaigns: approved by another, only with consent, each once, stopped at once, compared in orders (clauses 4.2.1, 4.3.1)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sellwell.control.voice import campaigning, chores, tokens
from sellwell.control.voice.models import Campaign, Recipient
from sellwell.control.voice.tests.campaign_builders import (
    DONE,
    MESSAGE,
    a_campaign,
    a_group,
    everybody,
    send_all,
    unwilling,
    willing,
)
from sellwell.control.voice.tests.test_pages import get
from sellwell.control.voice.tests.test_surveys import codes, later, sent_to, work
from sellwell.foundation.privacy.models import Consent
from sellwell.foundation.relations.tests.builders import bought
from sellwell.integrations import sms
from sellwell.kernel import personal
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def mails(contact: Any) -> list[Any]:
    return [
        card for card in sent_to(str(personal.open_(contact.email))) if "备件优惠" in card.body["subject"]
    ]


@clause("4.2.1")
def test_nobody_approves_their_own_campaign(world: World) -> None:
    row = a_campaign(world)
    assert codes(world, "marketing", "voice.approve_campaign", row, {}) == {"voice.own_campaign"}
    world.add("colleague", "marketing", "HQ")
    world.run(
        "colleague", "voice.change_campaign", row, {**MESSAGE, "segment": str(row.segment_id), "title": "改"}
    )
    for who in ("colleague", "marketing"):  # neither who wrote it last nor who began it
        assert codes(world, who, "voice.approve_campaign", row, {}) == {"voice.own_campaign"}
    world.run("sales_manager", "voice.approve_campaign", row)
    assert codes(world, "rep", "voice.start_campaign", row, {}) & {"not_permitted", "not_found"}


def test_words_that_cannot_be_sent_are_refused_with_their_fields(world: World) -> None:
    data = {
        "title": "活动",
        "segment": str(everybody(world).pk),
        "channel": "sms",
        "language": "both",
        "text_zh": "长" * 60 + "{price}",
    }
    assert codes(world, "marketing", "voice.add_campaign", None, data) == {
        "voice.campaign_words", "voice.campaign_place", "voice.sms_too_long", "voice.sms_one_language",
    }  # fmt: skip


@clause("4.2.1")
@clause("4.3.1")
def test_only_who_consented_is_written_to_and_each_once(world: World) -> None:
    [first, second], stranger = a_group(world, 2), unwilling(world)
    row = a_campaign(world, "sending", segment=str(everybody(world).pk))
    assert Recipient.objects.get(contact=stranger).left == "no_consent"
    send_all(world)
    work(world)
    row.refresh_from_db()
    assert (row.state, row.members) == ("sent", 3)
    assert [len(mails(one)) for one in (first, second, stranger)] == [1, 1, 0]
    body = mails(first)[0].body["body"]
    link = tokens.address(tokens.CAMPAIGN, Recipient.objects.get(contact=first).pk, "n")
    assert link in body and str(first.customer) in body and first.name in mails(first)[0].body["subject"]
    assert not chores.send_campaigns(world.company.pk)
    work(world)
    assert len(mails(first)) == 1


@clause("4.2.1")
def test_sending_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sellwell.control.voice.operations.campaigns.BATCH", 2)
    people = a_group(world, 5)
    a_campaign(world, "sending", segment=str(everybody(world).pk))
    assert chores.send_campaigns(world.company.pk)
    world.see()
    assert Recipient.objects.filter(state="sent").count() == 2
    # In the middle of it one of the others withdraws: nothing is sent to them.
    waiting = Recipient.objects.filter(state="planned").select_related("contact").order_by("id").last()
    assert waiting is not None
    consent = Consent.objects.get(subject_id=waiting.contact_id)
    world.run("rep", "privacy.withdraw_consent", consent, {"way": "phone"})
    send_all(world)
    work(world)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.left) == ("left_out", "opted_out")
    assert sum(len(mails(one)) for one in people) == 4


@clause("4.3.1")
def test_a_withdrawal_after_the_batch_stops_the_message_itself(world: World) -> None:
    contact = willing(world)
    a_campaign(world, "sent", segment=str(everybody(world).pk))
    world.run("rep", "privacy.withdraw_consent", Consent.objects.get(subject_id=contact.pk), {"way": "phone"})
    work(world)
    row = Recipient.objects.get(contact=contact)
    assert (row.state, row.problem) == ("failed", "no_consent") and not mails(contact)


@clause("4.3.1")
def test_the_link_in_the_message_unsubscribes_with_one_press(world: World) -> None:
    cache.clear()
    contact = willing(world)
    a_campaign(world, "sent", segment=str(everybody(world).pk))
    row = Recipient.objects.get(contact=contact)
    path = f"/n/{tokens.secret(tokens.CAMPAIGN, row.pk)}/"
    phone = Client(enforce_csrf_checks=True)
    assert "退订" in phone.get(path).content.decode()
    world.see()
    row.refresh_from_db()
    assert row.state == "sent"  # looking changes nothing
    assert "已退订" in phone.post(path).content.decode()
    world.see()
    row.refresh_from_db()
    consent = Consent.objects.get(subject_id=contact.pk)
    assert (row.state, consent.state, consent.withdrawn_way) == ("opted_out", "withdrawn", "web")
    assert phone.get("/n/nothing/").status_code == 404
    world.see()
    # What was sent before stays lawful; the next campaign leaves them out.
    assert naming(world, "4.3.1", row) == naming(world, "4.2.1", row) == set()
    other = a_campaign(world, "approved")
    world.run("marketing", "voice.start_campaign", other)
    assert Recipient.objects.get(campaign=other, contact=contact).left == "opted_out"


def test_caps_hold_from_campaign_to_campaign(world: World) -> None:
    contact = willing(world)
    segment = str(everybody(world).pk)
    for _ in range(2):
        a_campaign(world, "sent", segment=segment)
    row = a_campaign(world, "approved", segment=segment)
    assert codes(world, "marketing", "voice.start_campaign", row, {}) == {"voice.campaign_nobody"}
    with later(days=31):
        world.run("marketing", "voice.start_campaign", row)
    assert Recipient.objects.filter(contact=contact, state="planned").count() == 1


def test_an_sms_holds_its_way_out(world: World) -> None:
    contact = willing(world, purpose="marketing_sms")
    row = a_campaign(
        world,
        "sent",
        segment=str(everybody(world).pk),
        channel="sms",
        text_zh="{customer}，备件九折，回复{seller}",
    )
    work(world)
    recipient = Recipient.objects.get(campaign=row, contact=contact)
    texts = [card.body["text"] for card in sms.SIMULATOR.to(str(personal.open_(contact.phone)))]
    assert any("退订 " + tokens.address(tokens.CAMPAIGN, recipient.pk, "n") in text for text in texts)


def test_stopping_leaves_the_rest_in_peace(world: World) -> None:
    contact = willing(world)
    row = a_campaign(world, "sending", segment=str(everybody(world).pk))
    world.run("service", "voice.stop_campaign", row, {"reason": "价格有误"})
    send_all(world)
    work(world)
    assert Recipient.objects.get(contact=contact).left == "stopped" and not mails(contact)


@clause("4.2.1", breaks=True)
def test_a_campaign_is_compared_in_orders_and_named_where_it_cannot_be(world: World) -> None:
    people = a_group(world, 10)
    row = a_campaign(
        world, "sent", segment=str(everybody(world).pk), holdout="0.4", unsegmented=2, result_days=10
    )
    assert naming(world, "4.2.1", row) == set()
    sides = {one.customer_id: one.side for one in Recipient.objects.filter(campaign=row)}
    assert sorted(sides.values()) == ["holdout"] * 3 + ["segment"] * 5 + ["unsegmented"] * 2
    assert sum(len(mails(one)) for one in people) == 0  # not before the worker brings them
    work(world)
    silent = [one for one in people if sides[one.customer_id] == "holdout"]
    assert all(not mails(one) for one in silent)
    reached = [one.customer for one in people if sides[one.customer_id] == "segment"]
    for customer in reached[:2]:
        bought(world, customer, 0, "1000")
    bought(world, silent[0].customer, -20, "1000")  # after the days that count
    found = campaigning.results(row)
    assert (found["segment"].count, found["segment"].ordered, found["segment"].amount) == (
        5,
        2,
        Decimal(2000),
    )
    assert (found["holdout"].count, found["holdout"].ordered) == (3, 0)
    assert found["unsegmented"].count == 2
    assert codes(world, "marketing", "voice.evaluate_campaign", row, DONE) == {"voice.campaign_not_over"}
    # Sent long ago and never evaluated; then without anybody to compare with.
    Campaign.objects.filter(pk=row.pk).update(finished_on=world.today - timedelta(days=30))
    assert naming(world, "4.2.1", row) == {"campaigns_compared"}
    row.refresh_from_db()
    world.run("marketing", "voice.evaluate_campaign", row, DONE)
    assert naming(world, "4.2.1", row) == set()
    others = Recipient.objects.filter(campaign=row).exclude(side="segment")
    before = dict(others.values_list("pk", "counted_from"))
    others.update(counted_from=None)  # past the door
    assert naming(world, "4.2.1", row) == {"campaigns_compared"}
    for pk, day in before.items():
        Recipient.objects.filter(pk=pk).update(counted_from=day)
    assert naming(world, "4.2.1", row) == set()


@clause("4.2.1", breaks=True)
def test_somebody_written_to_without_a_basis_is_named(world: World) -> None:
    contact, stranger = willing(world), unwilling(world)
    a_campaign(world, "sent", segment=str(everybody(world).pk))
    row = Recipient.objects.get(contact=contact)
    assert naming(world, "4.2.1", row) == set()
    Recipient.objects.filter(pk=row.pk).update(contact=stranger)  # past the door
    assert naming(world, "4.2.1", row) == {"written_to_with_a_basis"}
    assert naming(world, "4.3.1", row) == {"uses_with_a_basis"}
    Recipient.objects.filter(pk=row.pk).update(contact=contact)
    assert naming(world, "4.2.1", row) == naming(world, "4.3.1", row) == set()


@clause("4.2.1")
def test_pages_show_reach_progress_and_results_without_a_query_each(world: World) -> None:
    for role in ("marketing", "sales_manager"):
        assert "还没有营销活动" in get(world, role, "/campaigns/")
    a_group(world, 3)
    unwilling(world)
    segment = str(everybody(world).pk)
    draft = a_campaign(world, segment=segment, holdout="0.34")
    page = get(world, "marketing", f"/campaigns/{draft.pk}/")
    assert "若现在开始发送" in page and "没有此渠道的营销同意" in page
    world.run("sales_manager", "voice.approve_campaign", draft)
    world.run("marketing", "voice.start_campaign", draft)
    send_all(world)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = get(world, "marketing", f"/campaigns/{draft.pk}/")
    assert "样本少" in page and "看不出差别" in page and "已处理" in page
    a_group(world, 4)
    row = a_campaign(world, "sent", segment=str(everybody(world).pk), holdout="0.5")
    with CaptureQueriesContext(connection) as many:
        get(world, "marketing", f"/campaigns/{row.pk}/")
    assert len(many) <= len(few) + 2
    assert "秋季备件优惠" in get(world, "marketing", "/campaign-recipients/")
