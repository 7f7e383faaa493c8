"""Two customers merged: one is scored by both histories and has one case; parted, each is scored by its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.customers.models import Customer, Merge
from sellwell.foundation.customers.tests.builders import two_with_one_phone
from sellwell.foundation.retention import queries
from sellwell.foundation.retention.models import Intervention, Score
from sellwell.foundation.retention.tests.builders import a_playbook, bought, scored
from sellwell.foundation.retention.views import SCORES
from sellwell.kernel import clock
from sellwell.kernel.models import Task
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def merged(world: World, survivor: Customer, loser: Customer) -> Merge:
    """The one goes into the other."""
    data = {"other": str(loser.pk), "reason": "同一家公司"}
    world.run("sales_manager", "customers.merge", survivor, data)
    return Merge.objects.get(loser=loser)


def anew(world: World, days: int) -> dict[object, int]:
    """Purchases that each score of a run some days later counts."""
    with clock.at(clock.now() + timedelta(days=days)):
        run = world.run("sales_manager", "retention.score").result
        world.see()
    return dict(Score.objects.filter(run=run).values_list("customer_id", "purchases"))


@clause("4.2.5")
def test_one_is_scored_by_both_histories_and_parted_each_by_its_own(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    bought(world, survivor, 290, 260, 230, 200)
    bought(world, loser, 60, 30, 5)
    scored(world)
    assert queries.score_of(survivor.pk).level == "high"
    merge = merged(world, survivor, loser)
    assert [one.customer_id for one in SCORES.rows(world.ctx("sales_manager").actor)] == [survivor.pk]
    assert anew(world, 1) == {survivor.pk: 7}
    assert queries.score_of(survivor.pk).level == "low"
    assert queries.bought_between(world.company.pk, world.today - timedelta(days=90), world.today) == {
        survivor.pk
    }
    world.run("sales_manager", "customers.unmerge", merge, {"reason": "两家不同的公司"})
    assert anew(world, 2) == {survivor.pk: 4, loser.pk: 3}


def cases(world: World, *, only_loser: bool = False) -> tuple[Customer, Customer]:
    """Both at risk, each with a case of the same playbook and day; or the loser only."""
    survivor, loser = two_with_one_phone(world)
    for one in (loser,) if only_loser else (survivor, loser):
        bought(world, one, 290, 260, 230, 200)
    scored(world)
    world.run("sales_manager", "retention.apply", a_playbook(world))
    return survivor, loser


def test_the_survivors_case_goes_on_and_the_losers_ends(world: World) -> None:
    survivor, loser = cases(world)
    merged(world, survivor, loser)
    states = dict(Intervention.objects.values_list("customer_id", "state"))
    assert states == {survivor.pk: "opened", loser.pk: "merged"}
    assert Task.objects.filter(operation="retention.contact", state="open").count() == 1


def test_without_a_case_of_its_own_the_survivor_goes_on_with_the_losers_and_a_purchase_of_either_counts(
    world: World,
) -> None:
    survivor, loser = cases(world, only_loser=True)
    case = Intervention.objects.get(customer=loser)
    merge = merged(world, survivor, loser)
    case.refresh_from_db()
    assert (case.customer_id, case.state) == (survivor.pk, "opened")
    Intervention.objects.filter(pk=case.pk).update(opened_on=world.today - timedelta(days=9))
    case.refresh_from_db()
    assert not queries.bought_since(case, world.today)
    bought(world, loser, 3)  # posted before the merge, for the one that was
    assert queries.bought_since(case, world.today)
    assert queries.came_back([case], world.today) == {case.pk}
    world.run("sales_manager", "customers.unmerge", merge, {"reason": "两家不同的公司"})
    case.refresh_from_db()
    assert (case.customer_id, case.state) == (loser.pk, "opened")
