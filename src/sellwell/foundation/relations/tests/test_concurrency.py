"""Two reps claim one customer at once: one has it, the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.relations.models import PoolMove, Standing
from sellwell.foundation.relations.tests.builders import a_pool, a_pooled_customer
from sellwell.kernel import door
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World


def claim(ctx: Context, pool_id: object, customer_id: object) -> str:
    """Claim; gives what came of it."""
    try:
        door.run("relations.claim", ctx, pool_id, {"customer": str(customer_id)})  # type: ignore[arg-type]
    except Refusal as refusal:
        return refusal.code
    finally:
        connection.close()
    return "claimed"


@clause("4.2.3")
@pytest.mark.django_db(transaction=True)
def test_one_customer_is_claimed_once(world: World) -> None:
    pool = a_pool(world)
    customer = a_pooled_customer(world, "account_manager")
    hands = [world.add(f"rep{n}", "rep") for n in range(4)]
    contexts = [world.ctx(user.username) for user in hands]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda ctx: claim(ctx, pool.pk, customer.pk), contexts))
    world.see()
    assert sorted(answers) == ["claimed", *["relations.not_pooled"] * 3]
    winner = hands[answers.index("claimed")]
    assert Customer.objects.get(pk=customer.pk).owner_id == winner.pk
    assert Standing.objects.get(pk=customer.pk).pool_id is None
    assert PoolMove.objects.filter(customer=customer, kind="claimed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_number_of_a_day_holds_for_one_with_many_hands(world: World) -> None:
    pool = a_pool(world, per_day=2)
    found = [a_pooled_customer(world, "account_manager") for _ in range(4)]
    a_customer(world)
    contexts = [world.ctx("rep") for _ in found]
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda pair: claim(pair[0], pool.pk, pair[1].pk), zip(contexts, found, strict=True))
        )
    world.see()
    assert sorted(answers) == ["claimed"] * 2 + ["relations.pool_per_day"] * 2
