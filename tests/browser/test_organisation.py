"""Human resources and the executive look after the organisation: chart, matrix, proof, absences, a reorganisation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import fits, picture

if TYPE_CHECKING:
    from tests.browser.conftest import House

PAGES = (
    "org-chart",
    "duty-matrix",
    "duty-proof",
    "composition",
    "reorganisations/",
    "absences/",
    "reviews-due",
    "staffing",
    "org-lines",
)


@pytest.mark.parametrize("role", ["hr", "executive"])
def test_the_pages_of_the_organisation_are_filled_and_fit(house: House, role: str) -> None:
    wide, narrow = house.as_role(role), house.as_role(role, phone=True)
    for path in PAGES:
        for page, size in ((wide, "desktop"), (narrow, "phone")):
            page.goto(f"/{path}")
            expect(page.locator("h1")).to_be_visible()
            fits(page)
            if role == "hr":
                picture(page, f"org-{re.sub(r'[^a-z]+', '-', path).strip('-')}")
            assert size
    found = []
    for path in PAGES:
        wide.goto(f"/{path}")
        found += [v["id"] for v in Axe().run(wide).response["violations"]]
    assert found == []


def test_hr_opens_a_branch_of_the_chart_and_looks_into_the_future(house: House) -> None:
    page = house.as_role("hr")
    page.goto("/org-chart")
    east = page.locator(".org-node", has_text="华东大区").last
    east.locator("summary").first.click()
    expect(east.locator(".org-people").first).to_contain_text("销售代表")
    page.goto("/org-chart")
    page.get_by_label("日期").fill("2030-01-01")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".notice")).to_contain_text("电商与渠道合并")


def test_hr_plans_an_absence_and_the_proof_names_what_nobody_answers_for(house: House) -> None:
    page = house.as_role("hr")
    page.goto("/duty-proof?days=30")
    expect(page.locator(".findings").first).to_contain_text("无人负责")
    picture(page, "org-proof-30")


def test_the_executive_sees_what_a_change_would_do_before_settling_it(house: House) -> None:
    page = house.as_role("executive")
    page.goto("/reorganisations/?state=draft")
    page.get_by_role("link", name=re.compile("RO-")).first.click()
    expect(page.locator("body")).to_contain_text("生效后的变化")
    expect(page.locator("body")).to_contain_text("新增的职责问题")
    picture(page, "org-reorganisation")
