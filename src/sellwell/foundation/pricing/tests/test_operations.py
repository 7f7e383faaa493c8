"""Stories of prices, from the rule to the line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.pricing.guards import floor
from sellwell.foundation.pricing.models import PriceRule
from sellwell.foundation.pricing.moves import agree, end_agreed
from sellwell.foundation.pricing.queries import prices
from sellwell.foundation.pricing.tests.builders import a_floor, a_price
from sellwell.kernel import checks
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Assessment
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

D = Decimal


def somebody(grade: str = "C") -> SimpleNamespace:
    """A customer as far as prices look at one."""
    return SimpleNamespace(pk=uuid4(), grade=grade)


@clause("5.2.1")
def test_the_stronger_rule_gives_the_price_and_says_why(
    world: World, django_assert_max_num_queries: object
) -> None:
    pump, valve = a_product(world, product_line="泵"), a_product(world, product_line="阀")
    a_price(world, pump, "100")
    a_price(world, pump, "90", min_quantity="10")
    a_price(world, valve, "50")
    a_price(world, None, kind="grade", grade="A", discount="0.05")
    until = (world.today + timedelta(days=9)).isoformat()
    a_price(world, None, kind="promotion", name="泵节", product_line="泵", discount="0.2", until=until)
    wants = [(pump.pk, D(1)), (pump.pk, D(10)), (valve.pk, D(1)), (uuid4(), D(1))]
    with django_assert_max_num_queries(2):
        found = prices(world.company.pk, somebody("A"), None, wants, world.today)
    assert [p.unit_price for p in found] == [D(80), D(72), D("47.5"), None]
    assert [p.source for p in found] == ["promotion", "promotion", "grade", ""]
    assert "泵节" in found[0].why.zh
    assert found[3].missing("lines.3.unit_price").code == "pricing.no_price"
    after = prices(world.company.pk, somebody("C"), None, wants, world.today + timedelta(days=9))
    assert [p.unit_price for p in after] == [D(100), D(90), D(50), None]


@clause("5.2.1")
def test_contract_prices_come_first_and_end_with_the_contract(world: World) -> None:
    product = a_product(world)
    a_price(world, product, "100")
    contract, ctx, effects = uuid4(), world.ctx("marketing"), Effects()
    agree(effects, ctx, contract, [(product.pk, D(95)), (product.pk, D(94))], world.today, None)
    assert len(effects.changes) == 1
    price = prices(world.company.pk, somebody(), contract, [(product.pk, D(1))], world.today)[0]
    assert (price.unit_price, price.list_price, price.source) == (D(94), D(100), "contract")
    assert prices(world.company.pk, somebody(), None, [(product.pk, D(1))], world.today)[0].unit_price == D(
        100
    )
    end_agreed(effects, ctx, contract)
    tomorrow = world.today + timedelta(days=1)
    assert prices(world.company.pk, somebody(), contract, [(product.pk, D(1))], tomorrow)[0].unit_price == D(
        100
    )


def test_a_new_price_ends_the_former_one(world: World) -> None:
    product = a_product(world)
    old = a_price(world, product, "100")
    start = (world.today + timedelta(days=3)).isoformat()
    world.run(
        "marketing",
        "pricing.set_rule",
        data={"kind": "list", "product": str(product.pk), "price": "110", "since": start},
    )
    assert PriceRule.objects.get(pk=old.pk).until.isoformat() == start
    by_day = [
        prices(world.company.pk, None, None, [(product.pk, D(1))], world.today + timedelta(days=n))[
            0
        ].unit_price
        for n in (2, 3)
    ]
    assert by_day == [D(100), D(110)]
    assert not checks.run_all(["pricing.rules", "pricing.floors"])


@clause("5.2.1")
def test_everything_wrong_with_a_rule_is_said_at_once(world: World) -> None:
    yesterday = (world.today - timedelta(days=1)).isoformat()
    with pytest.raises(Refusal) as refused:
        world.run(
            "marketing", "pricing.set_rule", data={"kind": "promotion", "grade": "A", "since": yesterday}
        )
    assert {(o.code, o.path) for o in refused.value.objections} >= {
        ("pricing.price_or_discount", "price"),
        ("pricing.not_for", "grade"),
        ("pricing.promotion_ends", "until"),
        ("pricing.past", "since"),
    }


@clause("5.2.1")
def test_below_the_floor_is_held_line_by_line(world: World) -> None:
    dear, cheap = a_product(world), a_product(world)
    a_floor(world, dear, "113")
    lines = [
        {"product": str(dear.pk), "unit_price": D("113")},
        {"product": str(cheap.pk), "unit_price": D("1")},
        {"product": str(dear.pk), "unit_price": D("101.70")},
    ]
    ctx = world.ctx("rep")
    held = floor([Assessment(content={"tax_inside": True, "lines": lines}), Assessment(content={})], ctx)
    assert [(o.path, o.measure, o.kind) for o in held[0]] == [("lines.2.unit_price", D("0.1"), "hold")]
    assert held[1] == []


@clause("5.2.1")
def test_the_floor_is_compared_on_the_same_tax_basis(world: World) -> None:
    product = a_product(world)
    a_floor(world, product, "113")
    line = {"product": str(product.pk), "unit_price": D("100")}
    assert floor([Assessment(content={"tax_inside": False, "lines": [line]})], world.ctx("rep"))[0] == []
    line["unit_price"] = D("99.99")
    assert floor([Assessment(content={"tax_inside": False, "lines": [line]})], world.ctx("rep"))[0]


def test_sellers_do_not_see_whom_a_special_price_is_for(world: World) -> None:
    from sellwell.foundation.pricing.views import RULES

    assert RULES.column("customer", world.ctx("rep").actor) is None
    assert RULES.column("customer", world.ctx("sales_manager").actor) is not None
