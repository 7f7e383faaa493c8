"""Many at once: nothing is oversold, and the counters still equal their movements."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from uuid import uuid4

import pytest
from django.db import connection, transaction

from sellwell.foundation.catalog.models import Product
from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.stock import moves
from sellwell.foundation.stock.queries import Want, available, level_locks, promise
from sellwell.foundation.stock.tests.builders import stock_of
from sellwell.kernel import checks
from sellwell.kernel.door import see_companies
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

D = Decimal
CLIENTS = 6
ROUNDS = 8


def lock_all(ctx: Context, products: list[Product]) -> None:
    """What the door does with `level_locks`."""
    for found in level_locks(ctx.company_id, [product.pk for product in products]):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {found.model._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                [list(found.ids)],
            )


def promise_and_reserve(ctx: Context, products: list[Product], seed: int) -> int:
    """As an order does: lock, promise, reserve what is promised; gives how many pieces it got."""
    random, got = Random(seed), 0
    try:
        see_companies([ctx.company_id])
        for _ in range(ROUNDS):
            chosen = random.sample(products, 2)  # in any order: the locks bring one order
            with transaction.atomic():
                lock_all(ctx, chosen)
                wants = [Want(product.pk, product.pk, D(random.randint(1, 4)), 5) for product in chosen]
                promises = promise(ctx.company_id, wants, ctx.today)
                lines = [
                    (uuid4(), warehouse, want.product_id, quantity)
                    for want in wants
                    for warehouse, quantity in promises[want.key].reserve
                ]
                moves.reserve(Effects(), ctx, lines)
            got += int(sum(quantity for *_, quantity in lines))
    finally:
        connection.close()
    return got


def reserve_blindly(ctx: Context, warehouse: object, product: Product) -> int:
    """Without locks and without looking first: the statement itself refuses what is not there."""
    got = 0
    try:
        see_companies([ctx.company_id])
        for _ in range(ROUNDS):
            try:
                with transaction.atomic():
                    moves.reserve(Effects(), ctx, [(uuid4(), warehouse, product.pk, D(1))])
            except Refusal:
                continue
            got += 1
    finally:
        connection.close()
    return got


@clause("5.2.2")
@pytest.mark.django_db(transaction=True)
def test_promises_under_locks_never_oversell_and_never_fail() -> None:
    world = World()
    products = [a_product(world) for _ in range(3)]
    for product in products:
        stock_of(world, product, 30)
    ctx = world.ctx("rep")
    with ThreadPoolExecutor(CLIENTS) as pool:
        got = list(pool.map(lambda seed: promise_and_reserve(ctx, products, seed), range(CLIENTS)))
    left = sum(available(world.company.pk, [product.pk for product in products]).values())
    assert sum(got) + left == 90
    assert not checks.run_all(["stock.on_hand", "stock.reserved", "stock.no_oversell"])


@clause("5.2.2")
@pytest.mark.django_db(transaction=True)
def test_without_locks_the_statement_itself_refuses() -> None:
    world = World()
    product = a_product(world)
    level = stock_of(world, product, 20)
    ctx = world.ctx("rep")
    with ThreadPoolExecutor(CLIENTS) as pool:
        got = list(pool.map(lambda _: reserve_blindly(ctx, level.warehouse_id, product), range(CLIENTS)))
    assert sum(got) == 20
    assert available(world.company.pk, [product.pk]) == {product.pk: 0}
    assert not checks.run_all(["stock.on_hand", "stock.reserved", "stock.no_oversell"])
