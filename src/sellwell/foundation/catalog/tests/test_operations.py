"""Stories of products, costs and tax rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.catalog.models import Product, TaxRate
from sellwell.foundation.catalog.queries import ids_by_code, products
from sellwell.foundation.catalog.tests.builders import a_product, tax_classes
from sellwell.kernel import checks
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World


@clause("5.2.1")
def test_a_code_is_used_once(world: World) -> None:
    product = a_product(world)
    data = {"code": product.code, "name": "另一台泵", "tax_class": str(tax_classes(world)["goods"].pk)}
    with pytest.raises(Refusal) as refused:
        world.run("marketing", "catalog.add_product", data=data)
    assert [(o.code, o.path) for o in refused.value.objections] == [("catalog.code_taken", "code")]


def test_the_rate_of_the_day(world: World) -> None:
    product = a_product(world)
    rates = {day: products([product.pk], world.company.pk, day)[product.pk].tax_rate for day in (
        date(2018, 4, 30), date(2018, 5, 1), date(2019, 3, 31), date(2019, 4, 1)
    )}  # fmt: skip
    assert list(rates.values()) == [Decimal("0.17"), Decimal("0.16"), Decimal("0.16"), Decimal("0.13")]


def test_a_new_rate_ends_the_old_one(world: World) -> None:
    goods = tax_classes(world)["goods"]
    start = world.today + timedelta(days=30)
    world.run("finance", "catalog.set_tax_rate", goods, {"rate": "0.12", "since": start.isoformat()})
    assert list(TaxRate.objects.filter(tax_class=goods).order_by("since").values_list("until", flat=True))[
        -2:
    ] == [start, None]
    assert not checks.run_all(["catalog.tax_rates", "catalog.taxed"])
    with pytest.raises(Refusal, match="catalog.rate_earlier"):
        world.run(
            "finance", "catalog.set_tax_rate", goods, {"rate": "0.11", "since": world.today.isoformat()}
        )


def test_costs_are_dated_and_the_past_stays(world: World) -> None:
    product = a_product(world, cost="10")
    world.run("finance", "catalog.set_cost", product, {"cost": "12", "since": world.today.isoformat()})
    world.run("finance", "catalog.set_cost", product, {"cost": "12.5", "since": world.today.isoformat()})
    yesterday = world.today - timedelta(days=1)
    costs = [
        products([product.pk], world.company.pk, day)[product.pk].cost for day in (yesterday, world.today)
    ]
    assert costs == [Decimal(10), Decimal("12.5")]
    assert Product.objects.get(pk=product.pk).current_cost == Decimal("12.5")
    with pytest.raises(Refusal, match="catalog.cost_earlier"):
        world.run("finance", "catalog.set_cost", product, {"cost": "9", "since": yesterday.isoformat()})


def test_costs_are_hidden_from_sellers(world: World) -> None:
    from sellwell.foundation.catalog.views import PRODUCTS

    assert PRODUCTS.column("cost", world.ctx("rep").actor) is None
    assert PRODUCTS.column("cost", world.ctx("finance").actor) is not None


def test_unknown_products_are_absent(world: World) -> None:
    product = a_product(world, "Q-9")
    assert ids_by_code(["Q-9", "none"]) == {"Q-9": product.pk}
    assert products([world.company.pk], world.company.pk, world.today) == {}
