"""A regional manager works through four approvals: one in bulk, one with a question, one returned, one with a signer."""

from __future__ import annotations

import re
import secrets
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, picture
from tests.browser.desk import Desk

ASK = """async ([path, data]) => {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json",
    "X-CSRFToken": document.querySelector('meta[name="csrf"]').content }, body: JSON.stringify({ data }) });
  return [answer.status, await answer.json()];
}"""


def held(rep: Page, count: int) -> list[str]:
    """The rep asks for long payment terms of new customers; gives the addresses of the requests."""
    rep.goto("/customers/")
    found = []
    for place in ("宁波", "嘉兴", "绍兴", "湖州")[:count]:
        name = f"{place}{secrets.token_hex(4)}阀门制造有限公司"
        status, answer = rep.evaluate(ASK, ["/do/customers.add/", {"name": name}])
        assert status == 200, answer
        customer = answer["url"].rstrip("/").rpartition("/")[2]
        terms = {"grade": "B", "payment_days": 45}
        status, answer = rep.evaluate(ASK, [f"/do/customers.set_terms/{customer}/", terms])
        assert status == 202, answer
        found.append(answer["url"])
    return found


def number_of(page: Page, url: str) -> str:
    """A request's number, from its page."""
    page.goto(url)
    return page.locator("main h1#panel-title").inner_text().strip().split()[0]


def fits(page: Page) -> None:
    """Nothing runs over the edge, and axe finds nothing."""
    over = page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth")
    assert over <= 0, f"{page.url}: {over} px too wide"
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    assert not [(v["id"], v["nodes"][0]["html"][:120]) for v in violations], page.url


def test_a_regional_manager_works_through_four_approvals(house: House) -> None:
    rep, manager = house.as_role("rep"), Desk(house.as_role("regional_manager"))
    in_bulk, asked, returned, signed = held(rep, 4)
    page = manager.page

    # one from the list, in bulk
    number = number_of(page, in_bulk)
    page.goto("/approvals/")
    expect(page.get_by_role("link", name=re.compile("待我审批"))).to_have_attribute("aria-current", "page")
    picture(page, "approvals-waiting")
    fits(page)
    expect(page.get_by_role("button", name="批量批准")).to_be_disabled()
    page.get_by_label(f"选择 {number}").check()
    page.get_by_label("共同意见").fill("同意")
    page.get_by_role("button", name="批量批准").click()
    expect(page.locator(".results")).to_contain_text(number)
    picture(page, "approvals-results")
    expect(page.locator(".results")).to_contain_text("已批准并办理")

    # a question on one, answered by who asked for it
    page.goto(asked)
    page.locator(".more-acts").get_by_text("提问").click()
    manager.fill({"内容": "账期为何要四十五天？"})
    manager.send("提问")
    desk = Desk(rep)
    rep.goto(asked)
    rep.locator(".more-acts").get_by_text("答复").click()
    desk.fill({"内容": "客户按季结算"})
    desk.send("答复")
    page.goto(asked)
    expect(page.locator(".thread")).to_contain_text("客户按季结算")
    picture(page, "approvals-question", full=True)
    fits(page)

    # a signer on one
    add_signer(manager, signed)
    expect(page.locator(".course")).to_contain_text("加签")
    picture(page, "approvals-signer", full=True)

    # one goes back to an earlier step: legal signed before, and is asked once more
    add_signer(manager, returned)
    legal = Desk(house.as_role("legal", phone=True))
    decide_on_the_phone(legal.page, returned)
    page.goto(returned)
    page.locator(".more-acts summary", has_text="退回").click()
    page.get_by_label("原因").fill("请核对合同中的付款条款")
    page.get_by_role("button", name="退回这一步").click()
    page.goto(returned)
    expect(page.locator(".course")).to_contain_text("第 2 轮")
    expect(page.locator(".thread")).to_contain_text("请核对合同中的付款条款")
    legal.page.goto("/approvals/")
    expect(legal.page.locator("main")).to_contain_text(number_of(page, returned))

    # all of it on a phone
    phone = house.as_role("regional_manager", phone=True)
    for path in (
        "/approvals/",
        "/approvals/?list=decided",
        "/approvals/?list=mine",
        returned,
        "/delegations/",
    ):
        phone.goto(path)
        picture(
            phone,
            f"approvals-{re.sub(r'[^a-z]+', '-', path.split('approvals')[-1])[:20].strip('-') or 'list'}",
            full=True,
        )
        fits(phone)
    english = house.as_role("regional_manager", language="en")
    english.goto("/approvals/")
    expect(english.locator(".tabs")).to_contain_text("Waiting for me")
    assert not house.errors, house.errors


def add_signer(manager: Desk, url: str) -> None:
    """Legal is to sign before the manager."""
    manager.page.goto(url)
    manager.page.locator(".more-acts").get_by_text("加签", exact=True).click()
    manager.set(manager.field("加签人"), "legal")
    manager.send("加签")
    manager.page.goto(url)


def decide_on_the_phone(page: Page, url: str) -> None:
    """Approve from a phone, with a word."""
    page.goto(url)
    picture(page, "approvals-record")
    fits(page)
    page.get_by_label("意见", exact=True).fill("条款可以")
    page.locator(".decide").get_by_role("button", name="批准").click()
    page.goto(url)
    expect(page.locator(".course")).to_contain_text("条款可以")
