"""The order entry grid: the page where most typing happens, and where most can go wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.browser.desk import Desk, amount, stocked

if TYPE_CHECKING:
    from tests.browser.conftest import House


@pytest.fixture
def rep(house: House) -> Desk:
    return Desk(house.as_role("rep"))


def begin(rep: Desk) -> list[str]:
    """An order for one of the seller's customers; gives codes of products that can be sold."""
    codes = [product["code"] for product in stocked(rep.page, 400, 3)]
    customer = a_customer(rep.page)
    rep.page.goto("/orders/new")
    rep.fill({"客户": customer})
    return codes


def a_customer(page: Page) -> str:
    """The number or name of the first customer that the seller sees."""
    page.goto("/customers/")
    return page.locator("main tbody tr").first.locator("a").first.inner_text().strip()


def orders(page: Page) -> int:
    """How many orders the list counts."""
    page.goto("/orders/")
    return int(amount(page.locator("main h1 ~ .count, main .count").first.inner_text()) or 0)


def test_customer_comes_first_and_is_where_one_types(rep: Desk) -> None:
    rep.page.goto("/orders/new")
    first = rep.page.locator(".entry-head label").first
    expect(first).to_contain_text("客户")
    expect(rep.field("客户")).to_be_focused()


def test_a_line_by_keyboard_is_priced_as_one_types(rep: Desk, house: House) -> None:
    code, other, _ = begin(rep)
    rep.type_line(1, code, "4")
    expect(rep.cell(1, "amount")).to_contain_text(".")
    expect(rep.cell(1, "available")).to_contain_text(re.compile(r"\d"))
    expect(rep.cell(1, "promised")).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d"))
    price = Decimal(amount(rep.cell(1, "unit_price").locator("input").input_value()))
    expect(rep.cell(1, "amount")).to_contain_text(f"{price * 4:,.2f}")
    why = rep.cell(1, "unit_price").locator(".why")
    expect(why).to_be_visible()
    assert why.get_attribute("title")

    rep.page.keyboard.press("Enter")  # down, where the next line is
    expect(rep.cell(2, "quantity").locator("input")).to_be_focused()
    rep.type_line(2, other, "2")
    expect(rep.cell(2, "amount")).to_contain_text(".")
    assert Decimal(amount(rep.total("不含税"))) + Decimal(amount(rep.total("税额"))) == Decimal(
        amount(rep.total())
    )
    expect(rep.page.locator("[data-totals]")).to_contain_text("2 行")
    rep.page.keyboard.press("Control+Backspace")
    expect(rep.page.locator("[data-totals]")).to_contain_text("1 行")
    picture(rep.page, "order-entry-typed")
    assert not house.errors


def test_a_paste_from_a_spreadsheet_fills_lines_and_marks_unknown_products(rep: Desk) -> None:
    code, other, third = begin(rep)
    rep.paste(
        1,
        [
            ["产品编码", "数量", "单价"],
            [code, "10", ""],
            [other, "1,000", ""],
            ["XX-9999", "5", ""],
            [third, "3", "88.5"],
        ],
    )
    expect(rep.cell(1, "product").locator("input")).to_have_value(re.compile(code))
    expect(rep.cell(2, "quantity").locator("input")).to_have_value("1000")
    expect(rep.cell(3, "product")).to_contain_text("XX-9999")
    expect(rep.cell(3, "product").locator("input")).to_have_attribute("aria-invalid", "true")
    expect(rep.cell(4, "unit_price").locator("input")).to_have_value("88.5")
    expect(rep.cell(1, "amount")).to_contain_text(".")
    picture(rep.page, "order-entry-pasted")
    rep.page.locator("[data-send]").click()
    expect(rep.page.locator("[data-send]")).to_be_enabled()
    expect(rep.cell(3, "product").locator(".cell-note")).to_be_visible()
    assert rep.page.url.endswith("/orders/new")
    rep.page.keyboard.press("Control+z")


def test_a_double_click_on_send_makes_one_order(rep: Desk) -> None:
    before = orders(rep.page)
    code, *_ = begin(rep)
    rep.type_line(1, code, "2")
    expect(rep.cell(1, "amount")).to_contain_text(".")
    rep.page.locator("[data-send]").dblclick(no_wait_after=True)
    rep.hear()
    rep.state("草稿")
    assert orders(rep.page) == before + 1


def test_a_lost_line_keeps_the_draft_and_sends_it_once(rep: Desk) -> None:
    before = orders(rep.page)
    code, other, _ = begin(rep)
    rep.type_line(1, code, "6")
    rep.type_line(2, other, "7")
    expect(rep.cell(2, "amount")).to_contain_text(".")
    expect(rep.page.locator("[data-draft-mark]")).not_to_be_empty()
    rep.page.context.set_offline(True)
    rep.page.locator("[data-send]").click()
    expect(rep.page.locator("[data-notice]")).to_contain_text("网络")
    expect(rep.cell(2, "quantity").locator("input")).to_have_value("7")
    picture(rep.page, "order-entry-offline")
    rep.page.context.set_offline(False)

    again = rep.page.context.new_page()  # the browser was closed and opened again
    later = Desk(again)
    again.goto("/orders/new")
    expect(again.locator("[data-notice]")).to_contain_text("草稿")
    expect(later.cell(1, "product").locator("input")).to_have_value(re.compile(code))
    expect(later.cell(2, "quantity").locator("input")).to_have_value("7")
    again.locator("[data-send]").click()
    later.hear()
    later.state("草稿")
    rep.page.locator("[data-send]").click()  # the first window sends the same once more
    rep.hear()
    assert rep.page.url == again.url
    assert orders(rep.page) == before + 1


def test_on_a_phone_lines_are_cards(house: House) -> None:
    rep = Desk(house.as_role("rep", phone=True))
    code = stocked_on_desktop(house)
    customer = a_customer_on_desktop(house)
    rep.page.goto("/orders/new")
    rep.fill({"客户": customer})
    rep.type_line(1, code, "2")
    expect(rep.cell(1, "amount")).to_contain_text(".")
    box = rep.page.locator(".grid tbody tr").first.bounding_box()
    assert box is not None and box["width"] <= 390
    label = rep.cell(1, "quantity").bounding_box()
    product = rep.cell(1, "product").bounding_box()
    assert label is not None and product is not None and label["y"] > product["y"]
    assert rep.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    picture(rep.page, "order-entry")
    rep.send_lines()
    rep.state("草稿")


def stocked_on_desktop(house: House) -> str:
    return str(stocked(house.as_role("rep"), 400, 1)[0]["code"])


def a_customer_on_desktop(house: House) -> str:
    return a_customer(house.as_role("rep"))
