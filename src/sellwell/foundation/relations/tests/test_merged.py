"""Two customers merged: one is judged by both histories, the other is nowhere; parted, each is judged by its own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.customers.models import Customer, Merge
from sellwell.foundation.customers.tests.builders import two_with_one_phone
from sellwell.foundation.relations import groups, queries
from sellwell.foundation.relations.models import GradeChange
from sellwell.foundation.relations.tests.builders import (
    a_pool,
    a_rule_tag,
    a_segment,
    a_tag,
    bought,
    judged,
    standing,
)
from sellwell.foundation.relations.views import STANDINGS
from sellwell.kernel import clock
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def two_buyers(world: World) -> tuple[Customer, Customer]:
    """Both bought: one of them twice."""
    survivor, loser = two_with_one_phone(world)
    bought(world, survivor, 100, "3000")
    bought(world, loser, 40, "5000")
    bought(world, loser, 10, "7000")
    return survivor, loser


def merged(world: World, survivor: Customer, loser: Customer) -> Merge:
    """The one goes into the other."""
    data = {"other": str(loser.pk), "reason": "同一家公司"}
    world.run("sales_manager", "customers.merge", survivor, data)
    return Merge.objects.get(loser=loser)


def tomorrow(world: World, days: int = 1) -> None:
    """A run some days later."""
    with clock.at(clock.now() + timedelta(days=days)):
        judged(world)
        world.see()


@clause("4.2.3")
def test_one_is_judged_by_both_histories_and_parted_each_by_its_own(world: World) -> None:
    survivor, loser = two_buyers(world)
    judged(world)
    assert (standing(world, survivor).value, standing(world, loser).value) == (Decimal(3000), Decimal(12000))
    merge = merged(world, survivor, loser)
    tomorrow(world)
    found = standing(world, survivor)
    assert (found.value, found.purchases_ever, found.last_on) == (
        Decimal(15000), 3, world.today - timedelta(days=10),
    )  # fmt: skip
    rested = standing(world, loser)
    assert rested.as_of == world.today  # untouched since the merge
    assert set(groups.standings(world.company.pk)) == {found}
    assert set(STANDINGS.rows(world.ctx("sales_manager").actor)) == {found}
    assert not GradeChange.objects.filter(customer=loser, state="proposed").exists()
    world.run("sales_manager", "customers.unmerge", merge, {"reason": "两家不同的公司"})
    tomorrow(world, 2)
    assert (standing(world, survivor).value, standing(world, loser).value) == (Decimal(3000), Decimal(12000))
    assert set(groups.standings(world.company.pk)) == {standing(world, survivor), standing(world, loser)}


def test_a_merge_of_a_merge_counts_for_the_last(world: World) -> None:
    survivor, loser = two_buyers(world)
    third, _ = two_with_one_phone(world)
    merged(world, survivor, loser)
    Customer.objects.filter(pk=survivor.pk).update(state="merged", merged_into=third)  # past the door
    judged(world)
    assert standing(world, third).value == Decimal(15000)


def test_what_was_proposed_for_either_ends_at_the_merge_and_after_it(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    for days in range(5, 365, 26):
        bought(world, loser, days, "120000")
    for days in (800, 1200, 1500):
        bought(world, loser, days, "50000")
    judged(world)
    assert GradeChange.objects.get(customer=loser).state == "proposed"
    merge = merged(world, survivor, loser)
    assert GradeChange.objects.get(customer=loser).state == "ended"
    tomorrow(world)
    proposed = GradeChange.objects.get(customer=survivor)
    assert (proposed.state, proposed.grade) == ("proposed", "A")
    world.run("sales_manager", "customers.unmerge", merge, {"reason": "两家不同的公司"})
    proposed.refresh_from_db()
    assert proposed.state == "ended"
    tomorrow(world, 2)
    assert GradeChange.objects.get(customer=loser, state="proposed").grade == "A"


def test_tags_come_along_and_segments_rules_and_capacity_know_nothing_of_the_merged(world: World) -> None:
    survivor, loser = two_buyers(world)
    tag, rule = a_tag(world), a_rule_tag(world, ("purchases", "at_least", "1"))
    world.run("rep", "relations.mark", loser, {"tags": [str(tag.pk)]})
    judged(world)
    segment = a_segment(world, ("purchases", "at_least", "1"))
    owned = queries.owned_count(world.company.pk, world.user("rep").pk)
    groups.refresh_tags(world.company.pk, world.today)
    merge = merged(world, survivor, loser)
    assert set(standing(world, survivor).tag_ids) == {tag.pk, rule.pk}
    assert queries.members(segment.pk, world.today) == [survivor.pk]
    assert queries.owned_count(world.company.pk, world.user("rep").pk) == owned - 1
    groups.refresh_tags(world.company.pk, world.today)
    world.run("sales_manager", "customers.unmerge", merge, {"reason": "两家不同的公司"})
    assert set(standing(world, loser).tag_ids) == {tag.pk, rule.pk}
    assert set(standing(world, survivor).tag_ids) == {rule.pk}


def test_a_merged_customer_is_neither_released_nor_graded_nor_tagged_nor_claimed(world: World) -> None:
    pool = a_pool(world)
    survivor, loser = two_buyers(world)
    world.run("rep", "relations.release", loser, {"reason": "长期无需求"})
    merged(world, survivor, Customer.objects.get(pk=loser.pk))
    loser.refresh_from_db()
    for verb, data in (
        ("relations.release", {"reason": "长期无需求"}),
        ("relations.mark", {"tags": [str(a_tag(world).pk)]}),
        ("relations.override_grade", {"grade": "A", "until": str(world.today), "reason": "战略客户"}),
    ):
        with pytest.raises(Refusal):
            world.run("sales_manager", verb, loser, data)
    with pytest.raises(Refusal):
        world.run("rep", "relations.claim", pool, {"customer": str(loser.pk)})
