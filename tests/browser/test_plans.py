"""Heads account for the steps of their cycle, budgets wait for finance, departments have a home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits, picture

if TYPE_CHECKING:
    from tests.browser.conftest import House


def both(house: House, role: str, name: str, path: str) -> Page:
    """The page on the desktop and on the phone, with a picture of each."""
    wide, narrow = house.as_role(role), house.as_role(role, phone=True)
    for page in (wide, narrow):
        page.goto(path)
        expect(page.locator("h1").first).to_be_visible()
        fits(page)
        picture(page, name)
    assert [v["id"] for v in Axe().run(wide).response["violations"]] == []
    return wide


def test_the_board_shows_the_steps_of_a_month_and_of_the_month_before(house: House) -> None:
    page = both(house, "sales_manager", "plans-board", "/cycle-board?month=2026-10")
    expect(page.locator(".cycle-dept")).to_have_count(7)
    expect(page.locator(".cycle-cell.is-done").first).to_be_visible()
    page.get_by_role("link", name="上一期").click()
    expect(page.locator(".cycle-row:not(.is-head)").first).to_be_visible()


def test_a_head_accounts_for_a_step_with_a_record(house: House) -> None:
    narrow = house.as_role("regional_manager", phone=True)
    page = house.as_role("regional_manager")
    page.goto("/cycles/?state=open&owner=me")
    url = page.locator("a[href^='/cycles/0']").first.get_attribute("href")
    assert url
    for one in (narrow, page):
        one.goto(url)
        expect(one.locator(".cycle-steps")).to_contain_text("定目标")
        fits(one)
        picture(one, "plans-cycle")
    page.locator(".cycle-steps .btn", has_text="登记完成").first.click()
    field = page.locator("[data-pick-name=documents] [data-pick-text]")
    field.fill("华东")
    page.locator("[role=option]").first.click()
    expect(page.locator("[data-pick-name=documents] .tag")).to_have_count(1)
    picture(page, "plans-form")
    page.locator("#panel-body button[type=submit], #panel-body form .btn-primary").last.click()
    expect(page.locator(".cycle-line.is-done").first).to_be_visible()


def test_a_budget_that_waits_for_finance(house: House) -> None:
    page = both(house, "finance", "plans-signoffs", "/sign-offs/")
    page.goto("/sign-offs/?kind=budget")
    url = page.locator("a[href^='/sign-offs/0']").first.get_attribute("href")
    assert url
    page = both(house, "finance", "plans-signoff", url)
    expect(page.locator(".sides").first).to_contain_text("待签署")


def test_a_departments_home(house: House) -> None:
    page = both(house, "regional_manager", "plans-home", "/my-department")
    expect(page.locator("body")).to_contain_text("人员与空缺")
    page.locator("#block-cycle").scroll_into_view_if_needed()
    page.locator("#block-conformance").scroll_into_view_if_needed()
    picture(page, "plans-home-cycle")
    expect(page.locator(".cycle-cell")).to_have_count(5)
