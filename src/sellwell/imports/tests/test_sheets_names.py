"""Texts that name rows: a name that two rows bear is refused, and many are asked about in few questions."""

from __future__ import annotations

from typing import Any

import pytest

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.foundation.customers.pages import record
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.imports.sheets import references
from sellwell.imports.tests.excel import QUOTATIONS, a_workbook, look
from sellwell.testing.world import World, world
from sellwell.web.parts import Picker

__all__ = ["world"]


def test_a_name_that_two_products_bear_is_not_chosen_between(world: World) -> None:
    customer = a_customer(world)
    for _ in range(2):
        a_product(world, name="同名离心泵")
    content = a_workbook([["单据序号", "客户", "产品", "数量"], ["1", customer.number, "同名离心泵", "2"]])
    text, _ = look(signed_in(world, "rep"), QUOTATIONS, content)
    assert "有多条记录叫“同名离心泵”" in text


def test_many_names_of_customers_are_three_questions(world: World, django_assert_num_queries: Any) -> None:
    found = [a_customer(world) for _ in range(3)]
    twice = [a_customer(world, name="同名客户") for _ in range(2)]
    ctx = world.ctx("rep")
    with django_assert_num_queries(3):  # on whose teams one is, whole names, the numbers of the rest
        chosen = record.resolve([*(c.party.name for c in found), "同名客户", "没有"], ctx, {})
    assert {c.id for c in chosen.values()} == {c.pk for c in found} and twice[0].party.name not in chosen


def test_names_are_found_beyond_the_first_two_thousand_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "MOST_LOOKED_THROUGH", 1)
    monkeypatch.setattr(references, "AT_ONCE", 2)
    found = [a_product(world) for _ in range(5)]
    monkeypatch.setitem(references.PICKERS, "catalog.product", Picker("catalog.product", lambda *_: []))
    codes = [product.code for product in found]
    assert references.resolve("catalog.product", codes, world.ctx("rep")) == {
        product.code: product.pk for product in found
    }
