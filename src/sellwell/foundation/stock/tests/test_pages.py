"""Pages of stock: lists, records, goods in, counting, and what the warehouse is warned of."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.foundation.stock.models import Supply
from sellwell.foundation.stock.pages import count_coming, count_low, warn
from sellwell.foundation.stock.tests.builders import a_supply, a_warehouse, stock_of
from sellwell.testing.world import World


@pytest.mark.parametrize("path", ["/stock/", "/movements/", "/reservations/", "/warehouses/", "/supply/"])
def test_lists(world: World, path: str) -> None:
    product = a_product(world)
    stock_of(world, product)
    a_supply(world, product)
    assert signed_in(world, "warehouse").get(path).status_code == 200


def test_records_and_entry_pages(world: World) -> None:
    product = a_product(world)
    level, supply, place = stock_of(world, product), a_supply(world, product), a_warehouse(world)
    client = signed_in(world, "warehouse")
    for path in (
        f"/stock/{level.pk}/",
        f"/supply/{supply.pk}/",
        f"/warehouses/{place.pk}/",
        f"/warehouses/{place.pk}/receive?supply={supply.pk}",
        f"/warehouses/{place.pk}/count",
    ):
        assert client.get(path).status_code == 200, path


def test_the_grid_shows_what_is_available(world: World) -> None:
    product = a_product(world)
    stock_of(world, product, 42)
    lines = [{"product": str(product.pk)}, {"product": "half typed"}, {}]
    body = json.dumps({"head": {}, "lines": lines})
    quoted = signed_in(world, "warehouse").post("/quote/stock", body, content_type="application/json").json()
    assert set(quoted["lines"]) == {"0"}
    assert quoted["lines"]["0"]["values"]["available"].startswith("42")


def test_the_warehouse_is_warned_of_low_stock_and_overdue_supply(world: World) -> None:
    product = a_product(world)
    level = stock_of(world, product, 5)
    world.run("warehouse", "stock.set_safety", level, {"safety": "6"})
    supply = a_supply(world, product)
    Supply.objects.filter(pk=supply.pk).update(due_on=world.today - timedelta(days=2))
    ctx = world.ctx("warehouse")
    assert [warning.level for warning in warn(ctx)] == ["late", "near"]
    assert (count_low(ctx).value, count_coming(ctx).value) == (1, 1)
