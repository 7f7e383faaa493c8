"""Separation of duties along a chain of documents (clause 1.3.1)."""

from __future__ import annotations

import pytest

from sellwell.kernel import duties
from sellwell.kernel.models import ApprovalStep
from sellwell.kernel.tests.sample import CHECK, SEND, Sample
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def a_pair(world: World, a: str, b: str, per: str = "document") -> None:
    """Two verbs that one person must not both do."""
    data = {
        "code": "test_pair",
        "name_zh": "测试",
        "name_en": "Test",
        "duty_a": [a],
        "duty_b": [b],
        "per": per,
    }
    world.run("administrator", "company.set_duty_pair", data=data)


@clause("1.3.1")
def test_nobody_acts_on_both_sides_of_one_chain(world: World, sample: Sample) -> None:
    a_pair(world, SEND, CHECK)
    first, middle, last = (sample.paper("rep", "10.00") for _ in range(3))
    sample.link(first, middle)
    sample.link(middle, last)
    world.run("rep", SEND, first)
    for paper in (first, middle, last):
        with pytest.raises(Refusal) as refusal:
            world.run("rep", CHECK, paper)
        assert refusal.value.code == "sod.same_person"
    world.run("sales_manager", CHECK, last)
    with pytest.raises(Refusal) as refusal:
        world.run("sales_manager", SEND, first)  # and the other way round, upstream
    assert refusal.value.code == "sod.same_person"


def test_another_sale_is_no_matter(world: World, sample: Sample) -> None:
    a_pair(world, SEND, CHECK)
    world.run("rep", SEND, sample.paper("rep", "10.00"))
    world.run("rep", CHECK, sample.paper("rep", "10.00"))


def test_whoever_is_barred_is_not_asked_to_approve(world: World, sample: Sample) -> None:
    world.add("second_manager", "regional_manager")
    a_pair(world, CHECK, "approvals.approve")
    paper = sample.paper("rep", "150.00")
    world.run("regional_manager", CHECK, paper)
    assert duties.barred("approvals.approve", [paper.pk]) == [world.user("regional_manager").pk]
    hold = world.run("rep", SEND, paper).hold
    assert ApprovalStep.objects.get(request=hold).candidates == [world.user("second_manager").pk]


def test_a_pair_that_is_switched_off_binds_nobody(world: World, sample: Sample) -> None:
    a_pair(world, SEND, CHECK)
    data = {
        "code": "test_pair",
        "name_zh": "测试",
        "name_en": "Test",
        "duty_a": [SEND],
        "duty_b": [CHECK],
        "is_active": False,
    }
    world.run("administrator", "company.set_duty_pair", data=data)
    paper = sample.paper("rep", "10.00")
    world.run("rep", SEND, paper)
    world.run("rep", CHECK, paper)


def test_a_system_actor_never_clears_a_separation(world: World, sample: Sample) -> None:
    from sellwell.kernel import door, system

    a_pair(world, SEND, CHECK)
    paper = sample.paper("rep", "10.00")
    ctx = system.context(world.company.pk)
    door.run(SEND, ctx, paper.pk, {})
    with pytest.raises(Refusal):
        door.run(CHECK, ctx, paper.pk, {})
