"""Warehouses and stock for tests, and how each operation of the room succeeds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sellwell.foundation.catalog.models import Product
from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.stock.install import install
from sellwell.foundation.stock.models import StockLevel, Supply, Warehouse
from sellwell.kernel import system
from sellwell.kernel.door import run
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World


def a_warehouse(world: World, code: str = "MAIN") -> Warehouse:
    """The warehouse with this code: MAIN is installed, others are made."""
    known: dict[str, Warehouse] = world.made.setdefault("warehouses", {})
    if not known:
        known |= install(world.company.pk, world.today)
    if code not in known:
        data = {"code": code, "name": f"仓库 {code}"}
        known[code] = run("stock.add_warehouse", system.context(world.company.pk), data=data).result
    return known[code]


def stock_of(
    world: World, product: Product, quantity: int | str | Decimal = 100, warehouse: Warehouse | None = None
) -> StockLevel:
    """Receive a quantity of a product; gives its level."""
    place = warehouse or a_warehouse(world)
    data = {"lines": [{"product": str(product.pk), "quantity": str(quantity)}]}
    run("stock.receive", system.context(world.company.pk), place.pk, data)
    return StockLevel.objects.get(warehouse=place, product=product)


def a_supply(world: World, product: Product, quantity: int | str = 10, due_on: date | None = None) -> Supply:
    """Goods expected in MAIN, in a week unless said otherwise."""
    data = {
        "warehouse": str(a_warehouse(world).pk),
        "product": str(product.pk),
        "quantity": str(quantity),
        "due_on": (due_on or world.today + timedelta(days=7)).isoformat(),
    }
    supply: Supply = run("stock.expect_supply", system.context(world.company.pk), data=data).result
    return supply


@builder("stock.add_warehouse")
def _add_warehouse(world: World) -> Case:
    return Case("warehouse", data={"code": "EAST", "name": "华东仓"})


@builder("stock.receive")
def _receive(world: World) -> Case:
    lines = [{"product": str(a_product(world).pk), "quantity": "5"}]
    return Case("warehouse", a_warehouse(world), {"lines": lines, "reference": "SD-1"})


@builder("stock.adjust")
def _adjust(world: World) -> Case:
    product = a_product(world, cost="10")
    stock_of(world, product, 20)
    lines = [{"product": str(product.pk), "direction": "loss", "quantity": "2"}]
    return Case("warehouse", a_warehouse(world), {"lines": lines, "reason": "年中盘点"})


@builder("stock.set_safety")
def _set_safety(world: World) -> Case:
    return Case("warehouse", stock_of(world, a_product(world)), {"safety": "10"})


@builder("stock.expect_supply")
def _expect_supply(world: World) -> Case:
    data = {
        "warehouse": str(a_warehouse(world).pk),
        "product": str(a_product(world).pk),
        "quantity": "30",
        "due_on": (world.today + timedelta(days=10)).isoformat(),
    }
    return Case("warehouse", data=data)


@builder("stock.change_supply")
def _change_supply(world: World) -> Case:
    return Case("warehouse", a_supply(world, a_product(world)), {"quantity": "12"})
