"""The manual on the screen: an executive goes from the overview to a record, an auditor reads a clause, legal revises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sellwell.testing.marks import clause
from tests.browser.conftest import picture

if TYPE_CHECKING:
    from tests.browser.conftest import House


def readable(page: Page) -> None:
    """Nothing that axe finds, nothing wider than the window."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


@clause("1.1.1")
def test_an_executive_goes_from_the_overview_to_a_record(house: House) -> None:
    page = house.as_role("executive")
    page.goto("/")
    page.locator("#rail a", has_text="销售管理手册").click()
    page.locator("main .family a", has_text="合规总览").click()
    expect(page.locator("h1")).to_contain_text("合规总览")
    expect(page.locator("main details", has_text="从未办理的操作")).to_be_visible()
    readable(page)
    picture(page, "manual-overview", full=True)
    page.locator("select[name=month]").select_option(index=1)
    expect(page).to_have_url(re.compile(r"month=2026-10"))
    assert page.locator(".heat tbody tr td a:not(.heat-5)").first.inner_text().endswith("%")
    visits = page.locator(".heat tbody tr", has=page.locator("a", has_text=re.compile(r"^2\.2\.4 ")))
    visits.locator("td a").first.click()
    expect(page.locator("h1")).to_contain_text("未遵守的记录")
    readable(page)
    record = page.locator("main td a.ref").first
    number = record.inner_text().split(" · ")[-1]  # a request is named with the document that it is about
    record.click()
    expect(page.locator("main h1").first).to_contain_text(number)


@clause("1.1.1")
def test_an_auditor_reads_a_clause_with_all_that_stands_behind_it(house: House) -> None:
    page = house.as_role("auditor")
    page.goto("/manual/")
    page.fill("main input[name=q]", "5.2.2")
    page.keyboard.press("Enter")
    page.locator("main a.leaf-number", has_text="5.2.2").click()
    expect(page).to_have_url(re.compile(r"/manual/5\.2\.2/$"))
    for words in ("合规情况", "确认订单", "信用额度与逾期", "民法典合同编", "验证"):
        expect(page.locator("main")).to_contain_text(words)
    page.locator(".told, .empty-line").first.wait_for()
    readable(page)
    picture(page, "manual-clause", full=True)
    page.get_by_role("link", name="5.2.3").click()
    expect(page.locator("h1")).to_contain_text("5.2.3")
    page.goto("/manual/7.3.1/")
    expect(page.locator("main")).to_contain_text("还没有控制")


@clause("1.2.2")
def test_somebody_reads_the_clauses_of_the_role_on_a_phone(house: House) -> None:
    page = house.as_role("warehouse", phone=True)
    page.goto("/manual/?mine=1")
    expect(page.locator("main")).to_contain_text("与我岗位相关")
    expect(page.locator("#c5\\.2\\.4")).to_be_visible()
    readable(page)
    picture(page, "manual-role")
    page.locator(".book-fold summary").click()
    page.locator(".book-fold a", has_text="销售合同与订单管理").click()
    expect(page.locator("#c5\\.1\\.1")).to_be_visible()
    readable(page)


@clause("1.1.3")
def test_what_a_revision_changes_is_marked(house: House) -> None:
    page = house.as_role("legal", language="en")
    page.goto("/manual-editions/")
    page.locator("main tbody a").first.click()
    expect(page.locator("ins.fresh").first).to_be_visible()
    picture(page, "manual-revision")
    page.goto("/bases/")
    readable(page)
