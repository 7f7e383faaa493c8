"""Products for tests, and how each operation of the room succeeds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sellwell.foundation.catalog.install import install
from sellwell.foundation.catalog.models import Product, TaxClass
from sellwell.kernel import system
from sellwell.kernel.door import run
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World


def tax_classes(world: World) -> dict[str, TaxClass]:
    """The installed tax classes by code: goods 13 %, transport 9 %, services 6 %, zero."""
    if "tax_classes" not in world.made:
        world.made["tax_classes"] = install(world.company.pk, world.today)
    found: dict[str, TaxClass] = world.made["tax_classes"]
    return found


def a_product(
    world: World, code: str = "", *, tax: str = "goods", cost: str | Decimal | None = None, **values: Any
) -> Product:
    """A product on sale, its code counted up unless given; `cost` is set from yesterday on."""
    count = world.made["products"] = world.made.get("products", 0) + 1
    data = {
        "code": code or f"P-{count:03d}",
        "name": f"离心泵 {count}",
        "tax_class": str(tax_classes(world)[tax].pk),
        "kind": "service" if tax == "services" else "goods",
        **values,
    }
    ctx = system.context(world.company.pk)
    product: Product = run("catalog.add_product", ctx, data=data).result
    if cost is not None:
        since = world.today - timedelta(days=1)
        run("catalog.set_cost", ctx, product.pk, {"cost": str(cost), "since": since.isoformat()})
    return product


@builder("catalog.add_product")
def _add_product(world: World) -> Case:
    tax_class = str(tax_classes(world)["goods"].pk)
    return Case("marketing", data={"code": "NEW-1", "name": "多级泵", "tax_class": tax_class, "unit": "台"})


@builder("catalog.change_product")
def _change_product(world: World) -> Case:
    return Case("marketing", a_product(world), {"name": "改名的泵", "lead_days": 7})


@builder("catalog.retire_product")
def _retire_product(world: World) -> Case:
    return Case("marketing", a_product(world))


@builder("catalog.resume_product")
def _resume_product(world: World) -> Case:
    product = a_product(world)
    run("catalog.retire_product", system.context(world.company.pk), product.pk)
    product.refresh_from_db()
    return Case("marketing", product)


@builder("catalog.set_cost")
def _set_cost(world: World) -> Case:
    return Case("finance", a_product(world), {"cost": "12.50", "since": world.today.isoformat()})


@builder("catalog.add_tax_class")
def _add_tax_class(world: World) -> Case:
    data = {
        "code": "simple",
        "name": "简易计税",
        "name_en": "Simplified",
        "rate": "0.03",
        "since": "2019-04-01",
    }
    return Case("finance", data=data)


@builder("catalog.set_tax_rate")
def _set_tax_rate(world: World) -> Case:
    next_year = world.today.replace(year=world.today.year + 1, month=1, day=1)
    return Case("finance", tax_classes(world)["goods"], {"rate": "0.12", "since": next_year.isoformat()})
