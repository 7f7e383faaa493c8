"""The public pool: warned, recycled, claimed within limits, assigned; what is hidden until then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_contact, a_customer
from sellwell.foundation.relations import chores
from sellwell.foundation.relations.models import PoolMove
from sellwell.foundation.relations.tests.builders import (
    a_contact_made,
    a_pool,
    a_pooled_customer,
    aged,
    bought,
    standing,
)
from sellwell.kernel import clock
from sellwell.kernel.models import Task
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def refused(world: World, who: str, verb: str, row: object, data: dict[str, object]) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        world.run(who, verb, row, data)
    return [o.code for o in refusal.value.objections]


def test_the_owner_is_warned_then_the_customer_goes_and_its_history_stays(world: World) -> None:
    pool = a_pool(world)
    customer = aged(a_customer(world), 110)  # a potential customer may go 120 days without a contact
    chores.judge(world.company.pk)
    world.see()
    found = standing(world, customer)
    assert found.pool is None and found.warned_on == world.today
    # Ten days are left by the rule, but nobody is recycled without fourteen days of notice.
    assert found.recycle_on == world.today + timedelta(days=14)
    task = Task.objects.get(row_id=customer.pk, operation="activities.log", state="open")
    assert task.owner_id == world.user("rep").pk
    with clock.at(clock.now() + timedelta(days=13)):
        chores.judge(world.company.pk)
        world.see()
        assert standing(world, customer).pool is None
    with clock.at(clock.now() + timedelta(days=14)):
        chores.judge(world.company.pk)
        world.see()
        found = standing(world, customer)
        assert found.pool == pool and found.customer.owner_id == pool.owner_id
    move = PoolMove.objects.get(customer=customer)
    assert (move.kind, move.owner_before_id) == ("recycled", world.user("rep").pk)
    assert not Task.objects.filter(row_id=customer.pk, state="open").exists()


def test_a_contact_keeps_a_customer_and_closes_the_task(world: World) -> None:
    a_pool(world)
    customer = aged(a_customer(world), 110)
    chores.judge(world.company.pk)
    world.see()
    a_contact_made(world, customer)
    assert not Task.objects.filter(row_id=customer.pk, state="open").exists()
    with clock.at(clock.now() + timedelta(days=20)):
        chores.judge(world.company.pk)
        world.see()
        assert standing(world, customer).pool is None


def test_key_customers_and_those_with_open_business_are_not_recycled(world: World) -> None:
    from sellwell.selling.pipeline.tests.builders import an_opportunity

    a_pool(world)
    key, busy = aged(a_customer(world), 300), aged(a_customer(world), 300)
    Customer.objects.filter(pk=key.pk).update(grade="A")
    an_opportunity(world, customer=busy)
    chores.judge(world.company.pk)
    with clock.at(clock.now() + timedelta(days=20)):
        chores.judge(world.company.pk)
        world.see()
    assert standing(world, key).pool is None and standing(world, key).recycle_on is None
    assert standing(world, busy).pool is None and standing(world, busy).recycle_on is not None
    assert refused(world, "rep", "relations.release", busy, {"reason": "不想跟了"}) == ["relations.pool_busy"]


def test_what_is_in_the_pool_is_out_of_reach_until_it_is_claimed(world: World) -> None:
    customer = a_customer(world, "account_manager")
    a_contact(world, customer, "account_manager")
    pool = a_pool(world)
    world.run("account_manager", "relations.release", customer, {"reason": "无需求"})
    for who in ("rep", "account_manager"):
        with pytest.raises(Refusal) as refusal:
            world.run(who, "customers.reveal", customer, {"purpose": "collection", "reason": "想看看号码"})
        assert refusal.value.code == "not_found"
    world.run("rep", "relations.claim", pool, {"customer": str(customer.pk)})
    customer.refresh_from_db()
    assert customer.owner_id == world.user("rep").pk
    task = Task.objects.get(row_id=customer.pk, operation="activities.log", state="open")
    assert task.owner_id == world.user("rep").pk and task.due_at > clock.now()


def test_claims_have_their_limits(world: World) -> None:
    pool = a_pool(world, per_day=1, capacity=3)
    own = a_pooled_customer(world)
    assert refused(world, "rep", "relations.claim", pool, {"customer": str(own.pk)}) == [
        "relations.pool_own_again"
    ]
    first, second = (a_pooled_customer(world, "account_manager") for _ in range(2))
    world.run("rep", "relations.claim", pool, {"customer": str(first.pk)})
    assert refused(world, "rep", "relations.claim", pool, {"customer": str(second.pk)}) == [
        "relations.pool_per_day"
    ]
    assert refused(world, "rep", "relations.claim", pool, {"customer": str(first.pk)}) == [
        "relations.not_pooled", "relations.pool_per_day",
    ]  # fmt: skip
    a_customer(world), a_customer(world)
    with clock.at(clock.now() + timedelta(days=1)):
        assert refused(world, "rep", "relations.claim", pool, {"customer": str(second.pk)}) == [
            "relations.pool_capacity"
        ]
    with clock.at(clock.now() + timedelta(days=31)):
        world.run("sales_manager", "relations.change_pool", pool,
                  {"name": "华东公海", "capacity": 9, "per_day": 9, "rest_days": 30})  # fmt: skip
        world.run("rep", "relations.claim", pool, {"customer": str(own.pk)})


def test_a_manager_assigns_several_within_capacity(world: World) -> None:
    pool = a_pool(world, capacity=2)
    names = [str(a_pooled_customer(world).pk) for _ in range(3)]
    to = str(world.user("account_manager").pk)
    assert refused(world, "sales_manager", "relations.assign", pool, {"customers": names, "to": to}) == [
        "relations.pool_capacity"
    ]
    world.run("sales_manager", "relations.assign", pool, {"customers": names[:2], "to": to})
    assert Customer.objects.filter(pk__in=names, owner_id=to).count() == 2
    assert refused(world, "sales_manager", "relations.close_pool", pool, {}) == ["relations.pool_not_empty"]


def test_one_pool_a_region(world: World) -> None:
    pool = a_pool(world)
    data = {"name": "又一个", "region": pool.region}
    with pytest.raises(Refusal) as refusal:
        world.run("sales_manager", "relations.add_pool", data=data)
    assert refusal.value.code == "relations.pool_exists"


def test_a_purchase_does_not_save_who_is_never_contacted(world: World) -> None:
    a_pool(world)
    customer = aged(a_customer(world), 400)
    for days in (90, 50, 20):
        bought(world, customer, days, "70000")
    chores.judge(world.company.pk)
    with clock.at(clock.now() + timedelta(days=14)):
        chores.judge(world.company.pk)
        world.see()
    assert standing(world, customer).pool is not None  # grade C, no contact for 150 days
