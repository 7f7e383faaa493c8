"""Stories that break the clauses, see the evidence name the record, mend it, and see it vanish."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.control.intelligence.models import Action, Award, Channel, Item, Meeting, Step
from sellwell.control.intelligence.tests.builders import (
    SEEN,
    a_meeting,
    again,
    an_action,
    an_award,
    an_item,
    confirmed,
    days_on,
    later,
    sent,
)
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import clock, evidence
from sellwell.kernel.values import Period, Refusal, months_later
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def silent(world: World, month: Period) -> set[str]:
    """The sources that the evidence names as silent in a month."""
    found = next(e for e in evidence.for_clause("2.4.1") if e.name == "intelligence.sources_heard")
    return {broken.name for broken in found.collect(world.company.pk, month).broken}


@clause("2.4.1", breaks=True)
def test_a_source_that_is_silent_for_a_month_and_an_undeclared_item_are_named(world: World) -> None:
    month = Period(world.today.replace(day=1), months_later(world.today.replace(day=1), 1))
    for channel in ("visit", "customer", "research"):
        sent(world, channel=channel)
    assert silent(world, month) == set()  # the month still runs
    with clock.at(clock.day_begins(month.until + timedelta(days=1))):
        assert silent(world, month) == {Channel.SALES_DATA.label.zh}
    sent(world, channel="sales_data", kind="sales_data")
    with clock.at(clock.day_begins(month.until + timedelta(days=1))):
        assert silent(world, month) == set()
    with pytest.raises(Refusal):
        world.run("rep", "intelligence.submit", data={"kind": "price", "text": SEEN, "lawful": "undeclared"})
    item = an_item(world, "screened")
    assert naming(world, "2.4.1", item) == set()
    Item.objects.filter(pk=item.pk).update(lawful="wrong")  # past the door
    assert naming(world, "2.4.1", item) == {"lawful_sources"}
    Item.objects.filter(pk=item.pk).update(lawful="open")
    assert naming(world, "2.4.1", item) == set()


@clause("2.4.3", breaks=True)
def test_a_meeting_that_did_not_take_place_is_named(world: World) -> None:
    meeting = a_meeting(world)
    with later(world, days=2):
        assert naming(world, "2.4.3", meeting) == {"meetings_held"}
    called_off = a_meeting(world, "cancelled")
    held = a_meeting(world, "held")
    world.run("regional_manager", "intelligence.start_meeting", meeting)
    with later(world, days=2):
        assert naming(world, "2.4.3", meeting) == set() and naming(world, "2.4.3", held) == set()
        assert naming(world, "2.4.3", called_off) == {"meetings_held"}
    Meeting.objects.filter(pk=held.pk).update(started_at=held.started_at + timedelta(days=1))
    with later(world, days=3):
        assert naming(world, "2.4.3", held) == {"meetings_held"}


@clause("2.4.3", breaks=True)
def test_an_overdue_action_is_named_until_it_is_done(world: World) -> None:
    action = an_action(world)
    assert naming(world, "2.4.3", action) == set()
    with later(world, days=7):
        assert naming(world, "2.4.3", action) == {"actions_in_time"}
        world.run("account_manager", "intelligence.complete_action", action, {"result": "三家均续约"})
        assert naming(world, "2.4.3", action) == set()


@clause("2.4.3", breaks=True)
def test_feedback_that_came_late_or_proved_false_is_named(world: World) -> None:
    data = {"customer": str(a_customer(world).pk), "text": "交期说变就变"}
    late = world.run(
        "rep", "intelligence.record_feedback", data={**data, "happened_on": days_on(world, -12)}
    ).result
    in_time = world.run(
        "rep", "intelligence.record_feedback", data={**data, "happened_on": days_on(world, 0)}
    ).result
    assert naming(world, "2.4.3", late) == {"feedback_in_time"}
    assert naming(world, "2.4.3", in_time) == set()
    world.run("marketing", "intelligence.screen", in_time, {"decision": "accept"})
    world.run("sales_manager", "intelligence.confirm", in_time, {"verdict": "false", "note": "客户说是误会"})
    with later(world, minutes=1):
        assert naming(world, "2.4.3", in_time) == {"feedback_true"}
    world.run("sales_manager", "intelligence.confirm", in_time, {"verdict": "true", "note": "另一位确认属实"})
    with later(world, minutes=1):
        assert naming(world, "2.4.3", in_time) == set()


@clause("2.4.4", breaks=True)
def test_an_item_whose_step_is_late_is_named_until_it_is_done(world: World) -> None:
    item = sent(world)
    assert naming(world, "2.4.4", item) == set()
    with later(world, days=6):
        assert naming(world, "2.4.4", item) == {"loops_in_time"}
        world.run("marketing", "intelligence.screen", item, {"decision": "accept"})
        assert naming(world, "2.4.4", item) == set()
    assert Step.objects.get(item=item, kind="screen").done_at is not None


@clause("2.4.4")
def test_the_figures_tell_share_closed_and_days_to_close(world: World) -> None:
    an_item(world, "closed")
    sent(world)
    an_item(world, "rejected")
    found = next(e for e in evidence.for_clause("2.4.4") if e.name == "intelligence.loops_in_time")
    period = Period(world.today, world.today + timedelta(days=1))
    with later(world, minutes=1):
        told = {m.title.en: (m.count, m.value) for m in found.collect(world.company.pk, period).measured}
    assert told["Share closed"] == (2, 50) and told["From sending in to closing, median"][0] == 1


@clause("2.4.5", breaks=True)
def test_a_true_and_timely_item_without_points_is_named(world: World) -> None:
    item = confirmed(world)
    assert naming(world, "2.4.5", item) == set()  # its days are not over
    with later(world, days=12):
        assert naming(world, "2.4.5", item) == {"rewarded"}
        world.run("marketing", "intelligence.award", item, {"quality": 3, "novelty": 2, "impact": 2})
        assert naming(world, "2.4.5", item) == set()


@clause("2.4.5", breaks=True)
def test_points_that_stand_for_something_false_are_named(world: World) -> None:
    award = an_award(world)
    assert naming(world, "2.4.5", award) == set()
    Item.objects.filter(pk=award.item_id).update(verdict="false")  # past the door
    assert naming(world, "2.4.5", award) == {"nothing_for_the_false"}
    world.run("sales_manager", "intelligence.reverse_award", award, {"reason": "证实不实"})
    assert again(award).state == "reversed" and naming(world, "2.4.5", award) == set()


def test_cancelled_actions_are_nobodys_delay(world: World) -> None:
    action = an_action(world, "cancelled")
    with later(world, days=9):
        assert naming(world, "2.4.3", action) == set()
    assert Action.objects.count() == 1 and Award.objects.count() == 0
