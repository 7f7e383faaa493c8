"""Reminders reach whoever has not confirmed, where they want messages and when they want them (clause 1.2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from sellwell.integrations import mail, wecom
from sellwell.kernel import chores, clock, deadlines, outbox
from sellwell.steering.manual.tests.builders import a_reading
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    """Simulators without cards."""
    for simulator in (wecom.SIMULATOR, mail.SIMULATOR):
        simulator.cards.clear()
        simulator.is_down = False
    yield
    wecom.SIMULATOR.is_down = False


def near_due(world: World, hour: int) -> datetime:
    """An hour of the day on which the first reminder of a reading comes."""
    return clock.day_begins(world.today) + timedelta(days=27, hours=hour)


def work(world: World, moment: datetime) -> None:
    """What the worker does at a moment."""
    with clock.at(moment):
        chores.do_due([world.company.pk])
        while outbox.drain([world.company.pk]) or deadlines.act([world.company.pk]):
            pass
    world.see()


def titles(cards: list[Any]) -> list[str]:
    return [kept.body["main_title"]["title"] for kept in cards]


@clause("1.2.2")
def test_who_has_not_confirmed_gets_a_message_and_who_has_gets_none(world: World) -> None:
    reading = a_reading(world)
    world.run("finance", "manual.acknowledge", a_reading(world, "finance"))
    work(world, near_due(world, 12) - timedelta(days=1))
    assert wecom.SIMULATOR.to("rep") == []
    work(world, near_due(world, 12))
    work(world, near_due(world, 13))
    (card,) = wecom.SIMULATOR.to("rep")
    assert titles([card]) == ["请确认已阅读手册 V1"] and str(reading.due_on) in str(card.body)
    assert f"/manual-readings/{reading.pk}/" in str(card.body)
    assert wecom.SIMULATOR.to("finance") == []
    work(world, near_due(world, 12) + timedelta(days=7))
    assert len(wecom.SIMULATOR.to("rep")) == 2


def test_a_reminder_keeps_the_quiet_hours_and_is_left_out_once_confirmed(world: World) -> None:
    reading = a_reading(world)
    for role in ("rep", "finance"):
        world.run(
            role,
            "messages.choose",
            data={"systems": ["wecom"], "quiet_from": "21:00", "quiet_until": "08:00"},
        )
    finance = a_reading(world, "finance")
    work(world, near_due(world, 2))
    assert wecom.SIMULATOR.to("rep") == wecom.SIMULATOR.to("finance") == []
    with clock.at(near_due(world, 7)):
        world.run("finance", "manual.acknowledge", finance)
    work(world, near_due(world, 9))
    assert len(wecom.SIMULATOR.to("rep")) == 1 and wecom.SIMULATOR.to("finance") == []
    assert reading.pk != finance.pk


def test_a_reminder_is_tried_again_and_comes_once(world: World) -> None:
    a_reading(world)
    wecom.SIMULATOR.is_down = True
    work(world, near_due(world, 12))
    assert wecom.SIMULATOR.to("rep") == []
    wecom.SIMULATOR.is_down = False
    work(world, near_due(world, 13))
    work(world, near_due(world, 14))
    (card,) = wecom.SIMULATOR.to("rep")
    assert card.sent == 1


def test_a_reminder_comes_by_what_its_reader_chose(world: World) -> None:
    a_reading(world)
    world.run("rep", "messages.choose", data={"systems": ["mail"], "mail": "rep@example.com"})
    work(world, near_due(world, 12))
    assert wecom.SIMULATOR.to("rep") == []
    assert len(mail.SIMULATOR.to("rep@example.com")) == 1
