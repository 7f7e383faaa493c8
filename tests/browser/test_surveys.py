"""A customer answers a survey on a phone, is interrupted and goes on; the low score turns up as a service person's follow-up."""

from __future__ import annotations

import re
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


def an_open_link(house: House) -> str:
    """Service hangs up a common link; gives where it leads."""
    page = house.as_role("service")
    page.goto("/do/voice.add_link/")
    desk = Desk(page)
    desk.fill({"用途": "浏览器测试"})
    desk.form.get_by_role("button", name="新建公开链接", exact=True).click()
    page.wait_for_url(re.compile("/survey-links/"))
    picture(page, "survey-link")
    return page.locator(".vl-address input").input_value()


def an_invitation(house: House) -> str:
    """Service invites a customer who was not asked of late; gives the link to hand over."""
    page = house.as_role("service")
    customers = [a.get_attribute("href") or "" for a in page_of_customers(page)]
    for href in customers:
        customer = href.rstrip("/").rpartition("/")[2]
        page.goto(f"/do/voice.invite/?customer={customer}&way=link")
        page.locator("main form.panel-form button.btn-primary").click()
        page.wait_for_load_state("load")
        if "/survey-invitations/" in page.url:
            picture(page, "survey-invitation")
            return page.locator(".vl-address input").input_value()
    raise AssertionError("every customer was asked of late")


def page_of_customers(page: Page) -> list[object]:
    page.goto("/customers/")
    return page.locator(
        "main a[href^='/customers/'].row-link, main tbody th a[href^='/customers/'], main tbody td a[href^='/customers/']"
    ).all()  # type: ignore[return-value]


def test_a_customer_answers_on_a_phone_and_a_low_score_is_followed_up(house: House) -> None:
    link = an_invitation(house)
    path = link.split("/s/", 1)[1]
    phone = house.window(phone=True)
    phone.goto(f"/s/{path}")
    expect(phone.get_by_role("button", name="开始")).to_be_visible()
    fits(phone)
    picture(phone, "survey-intro")
    found = axe(phone)
    phone.get_by_role("button", name="开始").click()
    phone.locator(".vs-score", has_text=re.compile("^4$")).click()
    picture(phone, "survey-question")
    found += axe(phone)
    fits(phone)
    phone.get_by_role("button", name="下一题").click()
    expect(phone.locator("legend").first).to_contain_text("最希望我们先改进什么")
    phone.context.close()  # the telephone rings

    later = house.window(phone=True, language="en")
    later.goto(f"/s/{path}")
    expect(later.locator("legend").first).to_contain_text("What should we improve first")
    later.get_by_text("Quality").click()
    later.get_by_role("button", name="Next").click()
    later.locator(".vs-score", has_text=re.compile("^2$")).click()
    later.get_by_role("button", name="Next").click()
    fits(later)
    picture(later, "survey-matrix")
    found += axe(later)
    later.get_by_role("button", name="Next").click()  # passed over
    later.get_by_role("button", name="Next").click()
    later.locator("textarea").fill("<b>Please</b> call before you deliver.")
    later.get_by_role("button", name="Send").click()
    expect(later.locator("main")).to_contain_text("Received, thank you")
    later.reload()
    expect(later.locator("main")).to_contain_text("Received, thank you")
    assert found == []

    desk = house.as_role("service")
    desk.goto("/follow-ups/?state=open")
    desk.goto(desk.locator("main tbody a[href^='/follow-ups/']").first.get_attribute("href") or "/")
    expect(desk.locator("main")).to_contain_text("<b>Please</b> call before you deliver.")
    expect(desk.locator("main")).to_contain_text("质量")
    picture(desk, "survey-follow-up", full=True)
    at = Desk(desk)
    at.press("记录联系")
    at.fill({"原因": "产品质量", "客户怎么说": "机器外壳有划痕，要求更换"})
    at.send("记录联系")
    desk.reload()
    expect(desk.locator("main")).to_contain_text("已联系")


def test_a_common_link_is_answered_without_a_name_once_a_device(house: House) -> None:
    path = an_open_link(house).split("/s/", 1)[1]
    phone = house.window(phone=True)
    phone.goto(f"/s/{path}")
    phone.get_by_role("button", name="开始").click()
    phone.locator(".vs-score", has_text=re.compile("^10$")).click()
    phone.get_by_role("button", name="下一题").click()
    phone.goto(f"/s/{path}")
    expect(phone.locator("legend").first).to_contain_text("总体满意")


def test_the_pages_are_filled_fit_and_can_be_read(house: House) -> None:
    wide, narrow = house.as_role("marketing"), house.as_role("marketing", phone=True)
    found: list[str] = []
    for url, words in (
        ("/survey-results", "逐题"),
        ("/customer-satisfaction", "如何监测"),
        ("/questionnaires/", "交付满意度调查"),
        ("/studies/", "设备客户需求研究"),
    ):
        for page in (wide, narrow):
            page.goto(url)
            expect(page.locator("main")).to_contain_text(words)
            fits(page)
            picture(page, f"voice{url.replace('/', '-').rstrip('-')}", full=True)
        found += axe(wide)
    assert found == []
