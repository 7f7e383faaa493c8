"""Messages about approvals: who gets them, that none comes twice, that cards change, that they can wait; one tap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from sellwell.integrations import dingtalk, feishu, mail, messaging, sms, wecom
from sellwell.integrations.messaging import Card
from sellwell.integrations.messaging.quiet import send_at
from sellwell.integrations.messaging.simulating import Kept
from sellwell.kernel import clock, deadlines, door, outbox
from sellwell.kernel.models import (
    ApprovalRequest,
    Deadline,
    Message,
    MessageChoice,
    ReactionDone,
    SecurityLog,
    TapLink,
)
from sellwell.kernel.tests.builders import a_delegation, a_second_step
from sellwell.kernel.tests.sample import SEND, Sample, registered
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
SIMULATORS = (wecom.SIMULATOR, dingtalk.SIMULATOR, feishu.SIMULATOR, mail.SIMULATOR, sms.SIMULATOR)


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    """Every system without cards, before and after."""
    for one in SIMULATORS:
        one.cards.clear()
        one.is_down = False
    yield
    for one in SIMULATORS:
        one.is_down = False


@pytest.fixture
def sample(world: World) -> Iterator[Sample]:
    with registered(world) as made:
        yield made


def held(sample: Sample, amount: str = "150.00") -> ApprovalRequest:
    hold = sample.world.run("rep", SEND, sample.paper("rep", amount)).hold
    assert hold is not None
    return hold


def drain(world: World) -> None:
    while outbox.drain([world.company.pk]):
        pass
    while deadlines.act([world.company.pk]):
        pass
    world.see()


def texts(cards: list[Kept]) -> str:
    return str([kept.body for kept in cards])


def choose(world: World, role: str, **data: object) -> None:
    world.run(role, "messages.choose", data=data)


def noon(world: World) -> datetime:
    return datetime.combine(world.today, datetime.min.time(), clock.BUSINESS_ZONE) + timedelta(hours=12)


def test_who_is_asked_gets_a_card_and_it_changes_after_the_decision(world: World, sample: Sample) -> None:
    request = held(sample)
    drain(world)
    (card,) = wecom.SIMULATOR.to("regional_manager")
    assert request.number in texts([card])
    assert [b["text"] for b in card.body["button_list"]] == ["批准", "查看"]
    world.run("regional_manager", "approvals.approve", request)
    drain(world)
    assert card.body["sub_title_text"] == "已批准并办理"
    assert "button_list" not in card.body
    assert "已批准并办理" in texts(wecom.SIMULATOR.to("rep"))  # the requester is told


def test_a_deputy_is_told_too(world: World, sample: Sample) -> None:
    a_delegation(world, "regional_manager", "account_manager")
    held(sample)
    drain(world)
    assert len(wecom.SIMULATOR.to("account_manager")) == 1


def test_the_same_event_brings_one_card_however_often_it_is_sent(world: World, sample: Sample) -> None:
    held(sample)
    drain(world)
    (card,) = wecom.SIMULATOR.to("regional_manager")
    Message.objects.filter(kind="asked_to_decide").update(
        state="due"
    )  # as if the answer of the system was lost
    ReactionDone.objects.filter(reaction="messages.decide").update(state="due", next_try_at=clock.now())
    drain(world)
    assert wecom.SIMULATOR.to("regional_manager") == [card]
    assert card.sent == 2
    assert TapLink.objects.count() == 1


def test_a_system_that_is_down_is_tried_again(world: World, sample: Sample) -> None:
    held(sample)
    wecom.SIMULATOR.is_down = True
    drain(world)
    assert not wecom.SIMULATOR.cards
    assert ReactionDone.objects.get(reaction="messages.decide").error == "ConnectionError"
    wecom.SIMULATOR.is_down = False
    with clock.at(clock.now() + timedelta(minutes=5)):
        drain(world)
    assert len(wecom.SIMULATOR.to("regional_manager")) == 1


def test_each_person_chooses_where(world: World, sample: Sample) -> None:
    choose(world, "regional_manager", systems=["feishu", "mail"], mail="manager@example.com")
    held(sample)
    drain(world)
    assert not wecom.SIMULATOR.to("regional_manager")
    assert len(feishu.SIMULATOR.to("regional_manager")) == 1
    assert len(mail.SIMULATOR.to("manager@example.com")) == 1
    assert "manager@example.com" not in str(MessageChoice.objects.get().mail)  # sealed where it is kept


@pytest.mark.parametrize(
    "hour, goes", [(12, 12), (22, 32), (3, 8), (8, 8)], ids=["by day", "late", "before dawn", "at its end"]
)
def test_quiet_hours_are_kept(world: World, hour: int, goes: int) -> None:
    choice = MessageChoice(systems=["wecom"], quiet_from="21:00", quiet_until="08:00")
    midnight = noon(world) - timedelta(hours=12)
    assert send_at(choice, "asked_to_decide", midnight + timedelta(hours=hour)) == midnight + timedelta(
        hours=goes
    )


def test_what_comes_in_quiet_hours_waits_and_goes_once(world: World, sample: Sample) -> None:
    choose(world, "regional_manager", systems=["wecom"], quiet_from="21:00", quiet_until="08:00")
    night = noon(world) + timedelta(hours=10)
    with clock.at(night):
        held(sample)
        drain(world)
        assert not wecom.SIMULATOR.cards
    with clock.at(night + timedelta(hours=10)):
        drain(world)
        drain(world)
    assert len(wecom.SIMULATOR.to("regional_manager")) == 1


def test_a_decision_made_meanwhile_is_not_asked_for_any_more(world: World, sample: Sample) -> None:
    choose(world, "regional_manager", systems=["wecom"], quiet_from="21:00", quiet_until="08:00")
    night = noon(world) + timedelta(hours=10)
    with clock.at(night):
        request = held(sample)
        drain(world)
        world.run("regional_manager", "approvals.approve", request)
    with clock.at(night + timedelta(hours=10)):
        drain(world)
    assert not wecom.SIMULATOR.to("regional_manager")


def test_what_can_wait_comes_in_one_digest(world: World, sample: Sample) -> None:
    choose(world, "finance", systems=["wecom"], digest_at="17:30")
    with clock.at(noon(world)):
        for _ in range(3):
            world.run("rep", "approvals.copy", held(sample), {"people": [str(world.user("finance").pk)]})
        drain(world)
        assert not wecom.SIMULATOR.to("finance")
    with clock.at(noon(world) + timedelta(hours=6)):
        drain(world)
    (digest,) = wecom.SIMULATOR.to("finance")
    assert "（3 条）" in texts([digest])


def test_an_address_that_is_given_up_does_not_stop_the_other_systems(world: World, sample: Sample) -> None:
    quiet = {"quiet_from": "21:00", "quiet_until": "08:00"}
    choose(world, "regional_manager", systems=["mail", "wecom"], mail="manager@example.com", **quiet)
    night = noon(world) + timedelta(hours=10)
    with clock.at(night):
        held(sample)
        drain(world)
        choose(world, "regional_manager", systems=["wecom"], **quiet)
    with clock.at(night + timedelta(hours=10)):
        drain(world)
    assert len(wecom.SIMULATOR.to("regional_manager")) == 1
    assert not mail.SIMULATOR.cards
    assert not Deadline.objects.filter(state="failed").exists() and not Message.objects.filter(state="due")


def test_who_has_agreed_is_not_reminded_and_who_is_added_is_told(world: World, sample: Sample) -> None:
    request = held(sample)
    drain(world)
    signer = {"person": str(world.user("legal").pk), "where": "beside"}
    world.run("regional_manager", "approvals.add_signer", request, signer)
    drain(world)
    assert len(wecom.SIMULATOR.to("legal")) == 1
    world.run("regional_manager", "approvals.approve", request)
    world.run("rep", "approvals.remind", request)
    drain(world)
    assert len(wecom.SIMULATOR.to("legal")) == 2
    assert len(wecom.SIMULATOR.to("regional_manager")) == 1


def test_an_answer_goes_to_who_asked_and_to_nobody_else(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance")
    request = held(sample)
    world.run("regional_manager", "approvals.question", request, {"text": "为何超出限额？"})
    world.run("rep", "approvals.answer", request, {"text": "客户年度框架"})
    world.run("regional_manager", "approvals.approve", request)
    drain(world)
    before = len(wecom.SIMULATOR.to("regional_manager"))
    world.run("finance", "approvals.question", request, {"text": "何时回款？"})
    world.run("rep", "approvals.answer", request, {"text": "月底"})
    drain(world)
    assert len(wecom.SIMULATOR.to("regional_manager")) == before
    assert "审批答复" in texts(wecom.SIMULATOR.to("finance"))


def test_messages_hold_no_names_and_the_language_is_the_readers(world: World, sample: Sample) -> None:
    world.user("regional_manager").__class__.objects.filter(username="regional_manager").update(language="en")
    held(sample)
    drain(world)
    (card,) = wecom.SIMULATOR.to("regional_manager")
    assert "To approve: Send" in texts([card])
    assert world.user("rep").name not in texts([card])


# --- one tap -----------------------------------------------------------------------------------------------------------------


def tap_url(world: World) -> str:
    (card,) = wecom.SIMULATOR.to("regional_manager")
    return str(next(b["url"] for b in card.body["button_list"] if b["text"] == "批准")).split("8000")[1]


def test_one_tap_decides_once_as_that_person(world: World, sample: Sample) -> None:
    request = held(sample)
    drain(world)
    url, client = tap_url(world), Client()
    shown = client.get(url)
    assert shown.status_code == 200
    assert shown["Referrer-Policy"] == "same-origin"  # with none at all a browser's post would be refused
    world.see()
    request.refresh_from_db()
    assert request.state == "open"  # looking decides nothing
    assert client.post(url).status_code == 200
    world.see()
    request.refresh_from_db()
    assert request.state == "approved"
    assert request.steps.get().decisions.get().user == world.user("regional_manager")
    assert client.post(url).status_code == 410
    world.see()
    assert client.get(url[:-2] + "xx").status_code == 410


@pytest.mark.parametrize("what", ["late", "withdrawn", "other terms", "left"])
def test_a_tap_ends_with_time_and_with_what_it_was_about(world: World, sample: Sample, what: str) -> None:
    request = held(sample)
    drain(world)
    url, later = tap_url(world), clock.now()
    if what == "late":
        later += timedelta(days=4)
    elif what == "withdrawn":
        world.run("rep", "approvals.withdraw", request)
    elif what == "other terms":
        ApprovalRequest.objects.filter(pk=request.pk).update(content_hash="1" * 64)
    else:
        world.user("regional_manager").__class__.objects.filter(username="regional_manager").update(
            is_active=False
        )
    with clock.at(later):
        assert Client().post(url).status_code == 410
    world.see()
    request.refresh_from_db()
    assert request.state != "approved"


def test_a_refused_tap_stays_in_the_security_log_and_is_not_used_up(
    world: World, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = held(sample)
    drain(world)
    monkeypatch.setattr(
        door, "standing", lambda operation, row, ctx: door.IS_HELD.refuse(verb=operation.title)
    )
    assert Client().post(tap_url(world)).status_code == 410
    world.see()
    assert SecurityLog.objects.filter(operation="approvals.approve", row_id=request.pk).count() == 1
    assert TapLink.objects.get().used_at is None


def test_no_tap_over_the_policys_amount(world: World, sample: Sample) -> None:
    sample.limit = Decimal(1000)
    held(sample, "50000.01")
    drain(world)
    (card,) = wecom.SIMULATOR.to("regional_manager")
    assert [b["text"] for b in card.body["button_list"]] == ["查看"]
    assert not TapLink.objects.exists()


# --- the systems' own forms ------------------------------------------------------------------------------------------------------


def test_every_system_draws_the_same_card_in_its_own_form() -> None:
    card = Card("待审批：寄出", ("AP-1",), "https://x/approvals/1/", (("批准", "https://x/tap/1"),))
    assert set(messaging.MESSENGERS) == {"wecom", "dingtalk", "feishu", "mail", "sms"}
    for name, messenger in messaging.MESSENGERS.items():
        card_id = messenger.send("someone", card, "k")
        assert card_id == messenger.send("someone", card, "k")
        assert "待审批：寄出" in str(next(s for s in SIMULATORS if s.name == name).cards[card_id].body)
    long = Card("待" * 200, (), "https://x/1")
    assert len(sms.SIMULATOR.draw(long)["text"].split(" ")[0]) == 70


def test_the_second_step_is_told_and_the_first_card_closed(world: World) -> None:
    request = a_second_step(world)
    drain(world)
    assert len(wecom.SIMULATOR.to("finance")) == 1
    assert request.steps.count() == 2
