"""Stories of stock, and that its counters equal their movements after any sequence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.stock import moves
from sellwell.foundation.stock.extensions import waiting
from sellwell.foundation.stock.models import StockLevel, Supply
from sellwell.foundation.stock.queries import Want, available, level_locks, promise, reservations
from sellwell.foundation.stock.tests.builders import a_supply, a_warehouse, stock_of
from sellwell.kernel import checks
from sellwell.kernel.effects import Effects
from sellwell.kernel.models import Event, SearchRow
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

D = Decimal
INVARIANTS = ["stock.on_hand", "stock.reserved", "stock.no_oversell", "stock.lines", "stock.supply"]


@clause("5.2.2")
def test_goods_come_in_against_what_was_expected(world: World) -> None:
    product = a_product(world)
    supply = a_supply(world, product, 10)
    line = {"product": str(product.pk), "quantity": "4", "supply": str(supply.pk)}
    world.run("warehouse", "stock.receive", a_warehouse(world), {"lines": [line, {**line, "supply": None}]})
    supply.refresh_from_db()
    assert supply.received == 4
    assert available(world.company.pk, [product.pk]) == {product.pk: D(8)}
    assert Event.objects.filter(name="stock.received").latest("seq").payload == {"products": str(product.pk)}
    level = StockLevel.objects.get(product=product)
    assert SearchRow.objects.filter(pk=level.pk).exists()
    lines = [{**line, "quantity": "4"}, {**line, "quantity": "3"}]
    with pytest.raises(Refusal) as refused:
        world.run("warehouse", "stock.receive", a_warehouse(world), {"lines": lines})
    assert [(o.code, o.path) for o in refused.value.objections] == [
        ("stock.more_than_expected", "lines.1.quantity")
    ]
    assert not checks.run_all(INVARIANTS)


@clause("5.2.2")
def test_services_have_no_stock(world: World) -> None:
    service = a_product(world, tax="services")
    lines = [{"product": str(service.pk), "quantity": "1"}]
    with pytest.raises(Refusal, match="stock.not_stocked"):
        world.run("warehouse", "stock.receive", a_warehouse(world), {"lines": lines})


@clause("5.2.2")
def test_counting_takes_off_only_what_is_free(world: World) -> None:
    product = a_product(world, cost="10")
    level = stock_of(world, product, 10)
    moves.reserve(Effects(), world.ctx("rep"), [(uuid4(), level.warehouse_id, product.pk, D(7))])
    line = {"product": str(product.pk), "direction": "loss", "quantity": "4"}
    with pytest.raises(Refusal, match="stock.adjust_free_only"):
        world.run("warehouse", "stock.adjust", a_warehouse(world), {"lines": [line], "reason": "盘点"})
    world.run(
        "warehouse",
        "stock.adjust",
        a_warehouse(world),
        {"lines": [{**line, "quantity": "3"}], "reason": "盘点"},
    )
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (D(7), D(7))
    assert not checks.run_all(INVARIANTS)


@clause("5.2.2")
def test_a_large_correction_waits_for_finance(world: World) -> None:
    product = a_product(world, cost="1000")
    stock_of(world, product, 10)
    line = {"product": str(product.pk), "direction": "gain", "quantity": "6"}
    data = {"lines": [line], "reason": "盘点"}
    outcome = world.run("warehouse", "stock.adjust", a_warehouse(world), data)
    assert outcome.hold is not None
    assert available(world.company.pk, [product.pk]) == {product.pk: D(10)}


@clause("5.2.2")
def test_a_promise_spreads_over_warehouses_and_time(world: World) -> None:
    product = a_product(world)
    stock_of(world, product, 3)
    stock_of(world, product, 8, a_warehouse(world, "EAST"))
    due = world.today + timedelta(days=3)
    a_supply(world, product, 5, due)
    wants = [Want("a", product.pk, D(10), 30), Want("b", product.pk, D(4), 30)]
    found = promise(world.company.pk, wants, world.today)
    assert [quantity for _, quantity in found["a"].reserve] == [D(8), D(2)]
    assert (found["b"].reserved, found["b"].short, found["b"].promised_on) == (D(1), D(3), due)


@pytest.fixture
def back_orders() -> Iterator[dict[UUID, Decimal]]:
    """What a higher room says that back-orders wait for."""
    quantities: dict[UUID, Decimal] = {}
    waiting.functions["test"] = lambda company_id, product_ids: quantities
    yield quantities
    del waiting.functions["test"]


@clause("5.2.2")
def test_supply_is_not_promised_twice(world: World, back_orders: dict[UUID, Decimal]) -> None:
    product = a_product(world)
    a_supply(world, product, 5, world.today + timedelta(days=3))
    back_orders[product.pk] = D(4)
    found = promise(world.company.pk, [Want("a", product.pk, D(2), 60)], world.today)["a"]
    assert found.promised_on > world.today + timedelta(days=3)


@clause("5.2.2")
def test_nothing_is_reserved_that_is_not_there(world: World) -> None:
    product, other = a_product(world), a_product(world)
    level = stock_of(world, product, 5)
    stock_of(world, other, 5)
    line, ctx = uuid4(), world.ctx("rep")
    lines = [(line, level.warehouse_id, other.pk, D(5)), (line, level.warehouse_id, product.pk, D(6))]
    with pytest.raises(Refusal, match="stock.not_enough"), transaction.atomic():
        moves.reserve(Effects(), ctx, lines)
    assert available(world.company.pk, [product.pk, other.pk]) == {product.pk: D(5), other.pk: D(5)}
    assert reservations([line]) == {}


@clause("5.2.2")
def test_moves_are_one_statement_per_table_and_complete_in_the_ledger(
    world: World, django_assert_num_queries: object
) -> None:
    products = [a_product(world) for _ in range(5)]
    levels = [stock_of(world, product, 10) for product in products]
    line, ctx, effects = uuid4(), world.ctx("rep"), Effects()
    lines = [(line, level.warehouse_id, level.product_id, D(2)) for level in levels]
    with django_assert_num_queries(2):
        moves.reserve(effects, ctx, lines)
    with django_assert_num_queries(3):
        moves.ship(effects, ctx, uuid4(), [(*each, True) for each in lines])
    changed = [change for change in effects.changes if change.model is StockLevel]
    assert [change.before for change in changed[:5]] == [{"reserved": D(0)}] * 5
    assert [change.after for change in changed[5:]] == [{"on_hand": D(8), "reserved": D(0)}] * 5
    assert len(effects.changes) == 5 * 5


def test_locks_name_levels_and_open_supplies(world: World) -> None:
    product = a_product(world)
    level, supply = stock_of(world, product, 1), a_supply(world, product)
    assert [(found.model, found.ids) for found in level_locks(world.company.pk, [product.pk])] == [
        (StockLevel, (level.pk,)),
        (Supply, (supply.pk,)),
    ]


steps = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "release", "ship", "ship_free", "take_in", "write_off"]),
        st.integers(0, 1),
        st.decimals(min_value="0.5", max_value=9, places=1),
    ),
    min_size=1,
    max_size=15,
)


@clause("5.2.2")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_counters_equal_their_movements_after_any_sequence(world: World, drawn: list) -> None:
    if "levels" not in world.made:
        made = [a_product(world), a_product(world)]
        world.made["levels"] = [stock_of(world, product, 10) for product in made]
    ctx, line, document = world.ctx("warehouse"), uuid4(), uuid4()
    for verb, which, quantity in drawn:
        level = world.made["levels"][which]
        given_ = (line, level.warehouse_id, level.product_id, quantity)
        with suppress(Refusal), transaction.atomic():  # what is not there is refused, and nothing changes
            act(verb, Effects(), ctx, document, given_)
    assert not checks.run_all([name for name in INVARIANTS if name != "stock.lines"])


def act(verb: str, effects: Effects, ctx: object, document: UUID, line: tuple) -> None:
    """One drawn step."""
    match verb:
        case "ship":
            moves.ship(effects, ctx, document, [(*line, True)])
        case "ship_free":
            moves.ship(effects, ctx, document, [(*line, False)])
        case "take_in":
            moves.take_in(effects, ctx, document, "return", [line])
        case "write_off":
            moves.write_off(effects, ctx, document, [line])
        case _:
            getattr(moves, verb)(effects, ctx, [line])
