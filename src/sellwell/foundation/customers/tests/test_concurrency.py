"""Many hands at once: one customer is never entered twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_code
from sellwell.kernel import checks, door
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

HANDS = 5


def enter(ctx: Context, number: int) -> str:
    """Enter the same customer under a name of one's own; gives what came of it."""
    data = {
        "name": f"望海水务 {number}",
        "phone": "13812345678",
        "email": "one@example.com",
        "uscc": a_code(5),
    }
    try:
        door.run("customers.add", ctx, None, data)
    except Refusal as refusal:
        return refusal.code
    finally:
        connection.close()
    return "entered"


@clause("1.4.2")
@pytest.mark.django_db(transaction=True)
def test_the_same_customer_entered_by_many_is_entered_once(world: World) -> None:
    contexts = [world.ctx("rep") for _ in range(HANDS)]
    with ThreadPoolExecutor(HANDS) as pool:
        answers = list(pool.map(enter, contexts, range(HANDS)))
    world.see()
    assert sorted(answers) == ["customers.duplicate"] * (HANDS - 1) + ["entered"]
    assert Customer.objects.count() == 1
    assert not checks.run_all(["customers.keys_once"])
