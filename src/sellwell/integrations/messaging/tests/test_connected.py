"""Approvals of a company that is connected to a vendor: cards over HTTP, one tap, and what happens when the vendor says no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest
from django.test import Client

from sellwell.foundation.company.models import Connection
from sellwell.foundation.company.tests.connecting import connected, link
from sellwell.integrations import feishu, messaging, wecom
from sellwell.integrations.messaging import Unreachable, approvals, notices
from sellwell.integrations.messaging.serving import DOWN, LOST, serve
from sellwell.integrations.wecom.server import WeComOffice
from sellwell.kernel import clock, deadlines, outbox, system
from sellwell.kernel.models import ApprovalRequest, Deadline, Message, ReactionDone
from sellwell.kernel.tests.builders import a_delegation
from sellwell.kernel.tests.sample import SEND, Sample, registered
from sellwell.kernel.values import T
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@dataclass
class Connected:
    """A world whose company is connected to a simulated WeCom that knows its regional manager and its rep."""

    world: World
    sample: Sample
    office: WeComOffice
    connection: Connection

    def held(self) -> ApprovalRequest:
        """An act that waits for the regional manager."""
        hold = self.world.run("rep", SEND, self.sample.paper("rep", "150.00")).hold
        assert hold is not None
        return hold

    def drain(self) -> None:
        """The worker's turn."""
        while outbox.drain([self.world.company.pk]):
            pass
        while deadlines.act([self.world.company.pk]):
            pass
        self.world.see()


@pytest.fixture
def house(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connected]:
    """No pause between attempts, no card in the simulator of the unconnected."""
    monkeypatch.setattr("sellwell.integrations.messaging.vendor.FIRST_PAUSE", 0)
    wecom.SIMULATOR.cards.clear()
    office = WeComOffice()
    office.people = [{"userid": name, "name": name, "department": [1]} for name in ("gu", "lin")]
    with serve(office) as url, registered(world) as sample:
        connection = connected(world, "wecom", office, url)
        link(world, "regional_manager", "wecom", "gu")
        link(world, "rep", "wecom", "lin")
        yield Connected(world, sample, office, connection)


def test_the_card_reaches_the_linked_account_is_decided_by_one_tap_and_changes(house: Connected) -> None:
    request = house.held()
    house.drain()
    (card,) = house.office.to("gu")
    assert not wecom.SIMULATOR.cards  # the simulator of the unconnected is out of it
    tap = next(b["url"] for b in card.body["button_list"] if b["text"] == "批准")
    path = "/tap/" + tap.partition("/tap/")[2]
    assert Client().post(path).status_code == 200
    house.world.see()
    request.refresh_from_db()
    assert request.state == "approved"
    house.drain()
    assert card.body["sub_title_text"] == "已批准并办理" and "button_list" not in card.body
    assert Message.objects.get(kind="asked_to_decide").card == "approved"
    assert "已批准并办理" in str(house.office.to("lin")[0].body)


def test_a_lost_answer_brings_one_card(house: Connected) -> None:
    messaging.messenger("wecom", house.world.company.pk).token()  # type: ignore[union-attr]
    house.office.fail(LOST)
    house.held()
    house.drain()
    with clock.at(clock.now() + timedelta(minutes=2)):
        house.drain()
    (card,) = house.office.to("gu")
    assert card.times == 2 and Message.objects.get().state == "sent"


def down(house: Connected, calls: int = 1) -> None:
    """WeCom takes none of the next calls; the worker makes one for each message and goes on."""
    messaging.messenger("wecom", house.world.company.pk).token()  # type: ignore[union-attr]
    house.office.fail(*[DOWN] * calls)


def test_a_vendor_that_is_down_is_tried_again_later(house: Connected) -> None:
    down(house)
    house.held()
    house.drain()
    message = Message.objects.get()
    assert not house.office.sent and (message.state, message.reason) == ("due", "http_503")
    with clock.at(clock.now() + timedelta(minutes=2)):
        house.drain()
    message.refresh_from_db()
    assert (message.state, message.reason, message.tries) == ("sent", "", 0)
    assert len(house.office.to("gu")) == 1


def test_a_further_attempt_keeps_the_quiet_hours(house: Connected) -> None:
    quiet = {"systems": ["wecom"], "quiet_from": "12:00", "quiet_until": "14:00"}
    house.world.run("regional_manager", "messages.choose", data=quiet)
    noon = datetime.combine(house.world.today, time(12), clock.BUSINESS_ZONE)
    down(house)
    with clock.at(noon - timedelta(seconds=30)):
        house.held()
        house.drain()
    for minutes, cards in ((2, 0), (119, 0), (121, 1)):
        with clock.at(noon + timedelta(minutes=minutes)):
            house.drain()
        assert len(house.office.to("gu")) == cards


def test_in_the_end_it_stands_as_failed(house: Connected) -> None:
    down(house, 100)
    house.held()
    now = clock.now()
    for minutes in (0, 2, 10, 30, 100, 400):
        with clock.at(now + timedelta(minutes=minutes)):
            house.drain()
    message = Message.objects.get()
    assert (message.state, message.reason, message.tries) == ("failed", "http_503", 5)
    assert not Deadline.objects.filter(state__in=("due", "failed"), what="messages.again").exists()


def test_who_was_told_is_not_told_again_because_the_next_one_could_not_be(house: Connected) -> None:
    a_delegation(house.world, "regional_manager", "account_manager")
    house.office.people.append({"userid": "shen", "name": "沈", "department": [1]})
    link(house.world, "account_manager", "wecom", "shen")
    messaging.messenger("wecom", house.world.company.pk).token()  # type: ignore[union-attr]
    house.held()
    house.office.fail("", DOWN)
    house.drain()
    assert sorted(Message.objects.values_list("state", flat=True)) == ["due", "sent"]
    with clock.at(clock.now() + timedelta(minutes=2)):
        house.drain()
    assert [len(house.office.to(who)) for who in ("gu", "shen")] == [1, 1]
    assert {sent.times for sent in house.office.sent.values()} == {1}


def test_a_change_that_could_not_be_made_is_made_later(house: Connected) -> None:
    request = house.held()
    house.drain()
    house.world.run("regional_manager", "approvals.approve", request)
    house.office.people = [p for p in house.office.people if p["userid"] != "lin"]
    house.office.fail(*[DOWN] * 2)
    house.drain()
    (card,) = house.office.to("gu")
    assert not card.former and Message.objects.get(kind="asked_to_decide").card == "open"
    with clock.at(clock.now() + timedelta(minutes=2)):
        house.drain()
    assert card.body["sub_title_text"] == "已批准并办理"
    message = Message.objects.get(kind="asked_to_decide")
    assert (message.card, message.reason) == ("approved", "")


def test_a_card_of_an_open_decision_keeps_its_buttons(house: Connected) -> None:
    """A further attempt comes due although the message went another way meanwhile."""
    down(house)
    house.held()
    house.drain()
    again = Deadline.objects.get(what="messages.again")
    with clock.at(clock.now() + timedelta(minutes=2)):
        house.drain()
        (card,) = house.office.to("gu")
        ctx = system.context(house.world.company.pk)
        approvals.try_again(again, ctx)
    message = Message.objects.get()
    assert (message.card, message.reason) == ("open", "")
    assert "button_list" in card.body and not card.former


def test_a_change_whose_answer_got_lost_is_done(house: Connected) -> None:
    request = house.held()
    house.drain()
    house.world.run("regional_manager", "approvals.approve", request)
    house.office.people = [p for p in house.office.people if p["userid"] != "lin"]
    house.office.fail(LOST, LOST)
    house.drain()
    with clock.at(clock.now() + timedelta(minutes=2)):
        house.drain()
    message = Message.objects.get(kind="asked_to_decide")
    assert (message.card, message.reason) == ("approved", "")


def test_a_card_that_is_sent_again_is_the_same_card(house: Connected) -> None:
    request = house.held()
    house.drain()
    message, company_id = Message.objects.select_related("user").get(), house.world.company.pk
    first = approvals.card_of(message, request, system.context(company_id))
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert approvals.card_of(message, request, system.context(company_id)) == first
    assert "/tap/" in first.buttons[0][1]


def test_a_digest_goes_again_as_one(house: Connected) -> None:
    house.world.run("rep", "messages.choose", data={"systems": ["wecom"], "digest_at": "17:30"})
    at = datetime.combine(house.world.today, time(9), clock.BUSINESS_ZONE)
    with clock.at(at):
        for _ in range(3):
            house.world.run("regional_manager", "approvals.reject", house.held(), {"note": "不合适，请重做"})
        house.drain()
    with clock.at(at.replace(hour=17, minute=31)):
        messaging.messenger("wecom", house.world.company.pk).token()  # type: ignore[union-attr]
        house.office.fail(LOST)
        house.drain()
        assert set(Message.objects.filter(kind="result").values_list("state", "reason")) == {
            ("due", "http_500")
        }
    with clock.at(at.replace(hour=17, minute=33)):
        house.drain()
    (digest,) = house.office.to("lin")
    assert digest.times == 2 and "（3 条）" in str(digest.body)
    assert set(Message.objects.filter(kind="result").values_list("state", flat=True)) == {"sent"}


def test_a_vendor_that_is_down_holds_the_worker_once(house: Connected) -> None:
    down(house, 10)
    house.office.calls.clear()
    house.held()
    house.drain()
    assert len(house.office.calls) == 1


def test_what_was_decided_meanwhile_is_not_asked_for_any_more(house: Connected) -> None:
    down(house)
    request = house.held()
    house.drain()
    house.world.run("regional_manager", "approvals.approve", request)
    with clock.at(clock.now() + timedelta(minutes=2)):
        house.drain()
    assert not house.office.to("gu")


def test_what_the_vendor_declines_stands_as_failed_and_stops_nobody_else(house: Connected) -> None:
    house.office.people = [p for p in house.office.people if p["userid"] != "gu"]
    request = house.held()
    house.drain()
    failed = Message.objects.get(kind="asked_to_decide")
    assert (failed.state, failed.reason) == ("failed", "81013")
    assert not ReactionDone.objects.exclude(error="").exists()  # asking again would change nothing
    house.world.run("regional_manager", "approvals.approve", request)
    house.drain()
    assert len(house.office.to("lin")) == 1


def test_a_card_that_cannot_be_changed_any_more_says_so(house: Connected) -> None:
    request = house.held()
    house.drain()
    house.office.response_codes.clear()
    house.world.run("regional_manager", "approvals.approve", request)
    house.drain()
    message = Message.objects.get(kind="asked_to_decide")
    assert (message.state, message.card, message.reason) == ("sent", "stale", "40058")
    assert not ReactionDone.objects.exclude(error="").exists()


def test_who_is_not_linked_gets_nothing_there(house: Connected) -> None:
    world = house.world
    assert messaging.addresses(world.user("finance").pk, world.company.pk).get("wecom") is None
    assert (
        messaging.addresses(world.user("finance").pk, world.company.pk)["dingtalk"] == "finance"
    )  # simulated
    assert messaging.addresses(world.user("rep").pk, world.company.pk)["wecom"] == "lin"


def test_a_connection_that_is_switched_off_leaves_the_simulator(house: Connected) -> None:
    house.world.run("administrator", "company.disconnect", house.connection)
    house.held()
    house.drain()
    assert not house.office.sent
    assert len(wecom.SIMULATOR.to("regional_manager")) == 1


def test_a_notice_reaches_the_linked_account_and_a_refusal_stops_no_other_system(house: Connected) -> None:
    world, mine = house.world, {"key": "k-1", "company_id": house.world.company.pk}
    notices.send(world.user("rep"), T("请阅读", "Read"), [T("截止", "due")], "/x/", **mine)
    assert "请阅读" in str(house.office.to("lin")[0].body)
    world.run("rep", "messages.choose", data={"systems": ["wecom", "feishu"]})
    house.office.people = []
    feishu.SIMULATOR.cards.clear()
    notices.send(world.user("rep"), T("请阅读", "Read"), [T("截止", "due")], "/x/", **mine | {"key": "k-2"})
    assert len(feishu.SIMULATOR.to("rep")) == 1


def test_a_notice_that_one_system_took_is_not_brought_again_because_another_is_down(house: Connected) -> None:
    world, mine = house.world, {"key": "k-3", "company_id": house.world.company.pk}
    world.run("rep", "messages.choose", data={"systems": ["feishu", "wecom"]})
    feishu.SIMULATOR.cards.clear()
    down(house)
    notices.send(world.user("rep"), T("请阅读", "Read"), [T("截止", "due")], "/x/", **mine)
    assert [card.sent for card in feishu.SIMULATOR.to("rep")] == [1]
    world.run("rep", "messages.choose", data={"systems": ["wecom"]})
    house.office.fail(DOWN)
    with pytest.raises(Unreachable):  # nobody has it yet: the outbox tries again
        notices.send(world.user("rep"), T("请阅读", "Read"), [T("截止", "due")], "/x/", **mine)
