"""Pages of products: lists, the record with its panels, forms and type-ahead."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from sellwell.foundation.catalog.tests.builders import a_product, tax_classes
from sellwell.foundation.pricing.tests.builders import a_price
from sellwell.foundation.stock.tests.builders import stock_of
from sellwell.testing.world import World


def signed_in(world: World, role: str) -> Client:
    """A browser of somebody in that role."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.mark.parametrize("path", ["/products/", "/tax-classes/", "/tax-rates/", "/product-costs/"])
def test_lists(world: World, path: str) -> None:
    a_product(world, cost="7.77")
    assert signed_in(world, "finance").get(path).status_code == 200


def test_a_product_shows_stock_and_price_and_hides_its_cost_from_sellers(world: World) -> None:
    product = a_product(world, cost="7.77")
    stock_of(world, product, 42)
    a_price(world, product, "113")
    seller, finance = (signed_in(world, role).get(f"/products/{product.pk}/") for role in ("rep", "finance"))
    assert seller.status_code == finance.status_code == 200
    text = seller.content.decode()
    assert product.code in text
    assert "42" in text
    assert "113" in text
    assert "目录价" in text
    assert "7.77" not in text
    assert "7.77" in finance.content.decode()


def test_a_tax_class_lists_its_rates(world: World) -> None:
    page = signed_in(world, "finance").get(f"/tax-classes/{tax_classes(world)['goods'].pk}/")
    assert page.status_code == 200
    assert "13" in page.content.decode()


def test_products_are_found_by_number_and_pinyin_and_pasted_by_code(world: World) -> None:
    product = a_product(world, "ZX-7", name="自吸泵")
    client = signed_in(world, "rep")
    for q in ("ZX-7", "自吸", "zxb", "zixi"):
        choices = client.get("/pick/catalog.product", {"q": q}).json()["choices"]
        assert [choice["id"] for choice in choices] == [str(product.pk)], q
    body = json.dumps({"codes": ["ZX-7", "自吸泵", "none"]})
    found = client.post("/pick/catalog.product/resolve", body, content_type="application/json")
    assert set(found.json()["found"]) == {"ZX-7", "自吸泵"}
