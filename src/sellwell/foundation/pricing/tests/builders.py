"""Prices for tests, and how each operation of the room succeeds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sellwell.foundation.catalog.models import Product
from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.pricing.install import install
from sellwell.foundation.pricing.models import FloorPrice, PriceList, PriceRule
from sellwell.kernel import system
from sellwell.kernel.door import run
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World


def the_list(world: World) -> PriceList:
    """The installed default list: CNY, tax inside."""
    if "price_list" not in world.made:
        world.made["price_list"] = install(world.company.pk, world.today)
    found: PriceList = world.made["price_list"]
    return found


def a_price(
    world: World,
    product: Product | None,
    price: str | Decimal | None = "113.00",
    kind: str = "list",
    **values: Any,
) -> PriceRule:
    """A price rule since last week: a list price unless said otherwise; pass `discount=` for a discount."""
    the_list(world)
    data = {
        "kind": kind,
        "product": str(product.pk) if product is not None else None,
        "price": str(price) if price is not None and "discount" not in values else None,
        "since": (world.today - timedelta(days=7)).isoformat(),
        **values,
    }
    rule: PriceRule = run("pricing.set_rule", system.context(world.company.pk), data=data).result
    return rule


def a_floor(world: World, product: Product, price: str | Decimal, since: date | None = None) -> FloorPrice:
    """A floor price since last week."""
    the_list(world)
    day = since or world.today - timedelta(days=7)
    data = {"product": str(product.pk), "price": str(price), "since": day.isoformat()}
    floor: FloorPrice = run("pricing.set_floor", system.context(world.company.pk), data=data).result
    return floor


@builder("pricing.add_list")
def _add_list(world: World) -> Case:
    return Case(
        "marketing", data={"code": "EXP", "name": "出口价目表", "currency": "USD", "tax_inside": False}
    )


@builder("pricing.set_rule")
def _set_rule(world: World) -> Case:
    the_list(world)
    data = {
        "kind": "list",
        "product": str(a_product(world).pk),
        "price": "99.00",
        "since": world.today.isoformat(),
    }
    return Case("marketing", data=data)


@builder("pricing.end_rule")
def _end_rule(world: World) -> Case:
    return Case("marketing", a_price(world, a_product(world)), {"until": world.today.isoformat()})


@builder("pricing.set_floor")
def _set_floor(world: World) -> Case:
    the_list(world)
    data = {"product": str(a_product(world).pk), "price": "80.00", "since": world.today.isoformat()}
    return Case("finance", data=data)
