"""The executive switches an industry on; a seller is offered its contracts; the page of a profile shows what uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits, picture
from tests.browser.desk import Desk

if TYPE_CHECKING:
    from tests.browser.conftest import House


def axe(page: Page) -> list[str]:
    """What cannot be read by everybody, with its place."""
    return [f"{v['id']} {v['nodes'][0]['html'][:80]}" for v in Axe().run(page).response["violations"]]


def open_profile(page: Page, name: str) -> None:
    page.goto("/industry-profiles/")
    page.goto(page.locator("main a", has_text=name).first.get_attribute("href") or "/")
    expect(page.locator("main h1").first).to_contain_text(name)


def test_the_pages_are_filled_fit_and_can_be_read(house: House) -> None:
    wide, narrow = house.as_role("executive"), house.as_role("executive", phone=True)
    for page in (wide, narrow):
        page.goto("/industry-profiles/")
        expect(page.locator("main")).to_contain_text("制造业")
        fits(page)
        picture(page, "profiles-list")
        open_profile(page, "服务业")
        expect(page.locator(".profile-content")).to_contain_text("人天")
        fits(page)
        picture(page, "profiles-record", full=True)
    found = axe(wide)
    href = page.locator("a[href*='profiles.change']").first.get_attribute("href") or ""
    for page in (wide, narrow):
        page.goto(href)
        expect(page.locator("input[value='contracts.kind:service']")).to_be_checked()
        fits(page)
        picture(page, "profiles-change", full=True)
    assert found + axe(wide) == []


def test_a_trade_is_switched_on_and_its_contracts_are_offered(house: House) -> None:
    seller, boss = house.as_role("rep"), house.as_role("executive")
    seller.goto("/contracts/new")
    expect(seller.locator("select[name=kind]")).not_to_contain_text("互联网服务订阅")
    open_profile(boss, "互联网业")
    desk = Desk(boss)
    desk.press("启用")
    expect(desk.form.get_by_label("自")).to_have_value(str(house.today))
    picture(boss, "profiles-switch-on")
    desk.send("启用")
    boss.reload()
    expect(boss.locator("main")).to_contain_text("启用中")
    seller.goto("/contracts/new")
    expect(seller.locator("select[name=kind]")).to_contain_text("互联网服务订阅")
    picture(seller, "profiles-contract")


def test_a_profile_that_is_needed_says_by_what(house: House) -> None:
    page = house.as_role("executive")
    open_profile(page, "制造业")
    page.goto(f"/do/profiles.switch_off/{page.url.rstrip('/').rpartition('/')[2]}/")
    desk = Desk(page)
    desk.fill({"自此日起停用": "2031-01-01"})
    desk.form.get_by_role("button", name="停用", exact=True).click()
    expect(page.locator("main")).to_contain_text("未办结的单据或在售产品只靠它")
    picture(page, "profiles-still-used")
