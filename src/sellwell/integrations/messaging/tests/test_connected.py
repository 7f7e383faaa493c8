"""Approvals of a company that is connected to a vendor: cards over HTTP, one tap, and what happens when the vendor says no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from sellwell.foundation.company.models import Connection
from sellwell.foundation.company.tests.connecting import connected, link
from sellwell.integrations import messaging, wecom
from sellwell.integrations.messaging.serving import DOWN, LOST, serve
from sellwell.integrations.wecom.server import WeComOffice
from sellwell.kernel import clock, deadlines, outbox
from sellwell.kernel.models import ApprovalRequest, Message, ReactionDone
from sellwell.kernel.tests.sample import SEND, Sample, registered
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
    (card,) = house.office.to("gu")
    assert card.times == 2 and Message.objects.get().state == "sent"


def test_a_vendor_that_is_down_is_tried_again_later(house: Connected) -> None:
    messaging.messenger("wecom", house.world.company.pk).token()  # type: ignore[union-attr]
    house.office.fail(DOWN, DOWN, DOWN)
    house.held()
    house.drain()
    assert not house.office.sent
    assert ReactionDone.objects.get(reaction="messages.decide").error == "Unreachable"
    with clock.at(clock.now() + timedelta(minutes=5)):
        house.drain()
    assert len(house.office.to("gu")) == 1


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
    assert (message.state, message.card, message.reason) == ("sent", "stale", "72024")
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
