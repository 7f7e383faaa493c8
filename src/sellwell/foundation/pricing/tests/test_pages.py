"""Pages of prices."""

from __future__ import annotations

import pytest

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.foundation.pricing.tests.builders import a_floor, a_price, the_list
from sellwell.testing.world import World


@pytest.mark.parametrize("path", ["/prices/", "/floors/", "/price-lists/", "/do/pricing.set_rule/"])
def test_lists_and_form(world: World, path: str) -> None:
    product = a_product(world)
    a_price(world, product)
    a_price(world, None, kind="grade", grade="A", discount="0.1")
    a_floor(world, product, "90")
    assert signed_in(world, "marketing").get(path).status_code == 200


def test_records(world: World) -> None:
    rule = a_price(world, a_product(world))
    client = signed_in(world, "marketing")
    for path in (f"/prices/{rule.pk}/", f"/price-lists/{the_list(world).pk}/"):
        assert client.get(path).status_code == 200, path


def test_sellers_do_not_see_floors(world: World) -> None:
    product = a_product(world)
    a_price(world, product, "113")
    floor = a_floor(world, product, "98.76")
    client = signed_in(world, "rep")
    assert client.get(f"/floors/{floor.pk}/").status_code == 403
    assert "98.76" not in client.get(f"/products/{product.pk}/").content.decode()
