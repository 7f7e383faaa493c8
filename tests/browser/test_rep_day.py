"""A rep's day on a phone: my day, check-in with consent, minutes and next step, a note of a call, a deal registered."""

from __future__ import annotations

import secrets
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import House, picture
from tests.browser.desk import Desk

SITE = {"latitude": 31.298312, "longitude": 120.585289}


def narrow_enough(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_reps_day_on_the_phone(house: House) -> None:
    phone = Desk(house.as_role("rep", phone=True))
    page = phone.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(SITE)  # type: ignore[arg-type]
    customer = a_planned_visit(phone, house)
    check_in(phone, customer)
    write_minutes(phone, customer)
    call(phone)
    register(phone)
    for path in ("/day", "/day/week", "/day/overdue", "/activities/", "/deals/"):
        page.goto(path)
        narrow_enough(page)
    assert not house.errors


def a_planned_visit(phone: Desk, house: House) -> str:
    """Take the first customer of one's own and plan a visit for today; gives the customer's name."""
    page = phone.page
    page.goto("/customers/?owner=me")
    name = page.locator("main a[href^='/customers/']").filter(has_text="公司").first.inner_text().strip()
    page.goto("/do/pipeline.plan_visit/")
    phone.fill({"客户": name, "计划时间": f"{house.today.isoformat()}T23:30", "目的": "现场测量"})
    phone.send("计划拜访")
    return name


def check_in(phone: Desk, customer: str) -> None:
    """Agree to positions, then check in from the day's page with one."""
    page = phone.page
    page.goto("/day")
    narrow_enough(page)
    page.get_by_role("link", name="同意记录定位").click()
    phone.send("同意记录定位")
    page.goto("/day")
    stop = page.locator("[data-visit]").filter(has_text=customer).filter(has_text="现场测量").first
    expect(stop).to_be_visible()
    stop.locator("summary", has_text="签到").click()
    stop.get_by_label("地点").fill("客户一号车间")
    stop.get_by_role("button", name="加上定位").click()
    expect(stop.locator("[data-located]")).to_have_text("已定位")
    picture(page, "rep-day-check-in")
    stop.get_by_role("button", name="确认签到").click()
    expect(page.locator("main")).to_contain_text("31.298")


def write_minutes(phone: Desk, customer: str) -> None:
    """The minutes from the day's page, with a next step that becomes a task."""
    page = phone.page
    page.goto("/day")
    stop = page.locator("[data-visit]").filter(has_text=customer).filter(has_text="已签到").first
    stop.get_by_role("link", name="写纪要").click()
    phone.fill({"纪要": "客户确认测量数据，月底前定型号。", "下一步": "发送型号对比表"})
    phone.send("写纪要")
    page.goto("/day")
    expect(page.locator("[data-visit]").filter(has_text="发送型号对比表").first).to_be_visible()


def call(phone: Desk) -> None:
    """A line about a call on the customer's page stands on its timeline."""
    page = phone.page
    page.goto("/customers/?owner=me")
    page.locator("main a[href^='/customers/']").filter(has_text="公司").first.click()
    page.goto(page.url.split("?")[0])
    said = f"电话确认参数 {secrets.token_hex(3)}"
    page.locator("#quick-text").fill(said)
    narrow_enough(page)
    picture(page, "rep-day-quick")
    page.get_by_role("button", name="记录互动").click()
    expect(page.locator(".moment-text").filter(has_text=said).first).to_be_visible()


def register(phone: Desk) -> None:
    """A deal that nobody else is on is protected at once."""
    page = phone.page
    page.goto("/do/deals.register/")
    name = f"听涛{secrets.token_hex(3)}造纸有限公司"
    phone.fill({"客户名称": name, "预计金额": "300000", "依据": "已拜访两次，客户确认了改造需求。"})
    phone.send("报备商机")
    phone.state("保护中")
    narrow_enough(page)
    picture(page, "rep-day-deal")


def test_my_day_on_the_desk(house: House) -> None:
    """The week holds what is planned, and another day is one press away."""
    page = house.as_role("rep")
    page.goto("/day")
    page.get_by_role("link", name="后一天").click()
    expect(page).to_have_url(f"{page.url.split('/day')[0]}/day?on={house.today + timedelta(days=1)}")
    page.goto("/day/week")
    expect(page.locator(".week-day")).to_have_count(7)
    picture(page, "rep-day-week")
