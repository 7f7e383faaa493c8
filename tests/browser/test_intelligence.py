"""A representative reports on a phone; marketing screens and analyses; an action is done; the answer and the points come back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits, picture
from tests.browser.desk import Desk

if TYPE_CHECKING:
    from tests.browser.conftest import House

TOLD = "同规格滚筒线对手今天降价八个点，客户把价目表拿来了。"
TOPIC = "同规格滚筒线对手今天降价八个点"


def clean(page: Page) -> None:
    """Nothing that a screen reader stumbles over."""
    assert [v["id"] for v in Axe().run(page).response["violations"]] == [], page.url


def act(page: Page, url: str, verb: str) -> Desk:
    """The form of a verb on a record, as a page."""
    page.goto(f"/do/{verb}/{url.rstrip('/').rpartition('/')[2]}/")
    return Desk(page)


def test_a_report_comes_back_with_an_answer_and_points(house: House) -> None:
    phone = house.as_role("rep", phone=True)
    phone.locator("summary[aria-label='新建']:visible").first.click()
    phone.locator("details[open] .menu-item", has_text="上报情报").click()
    expect(phone.locator("h1")).to_contain_text("上报情报")
    fits(phone)
    clean(phone)
    phone.locator(".pick-chip", has_text="价格变动").click()
    phone.fill("textarea[name=text]", TOLD)
    phone.locator(".pick-chip", has_text="公开信息").click()
    picture(phone, "intelligence-capture")
    phone.get_by_role("button", name="上报", exact=True).click()
    mine = phone.locator(".mine-card").filter(has_text=TOPIC)
    expect(mine).to_contain_text("等待筛选")
    fits(phone)
    url = mine.locator("header a").get_attribute("href") or ""

    desk = act(house.as_role("marketing"), url, "intelligence.screen")
    desk.fill({"结论": "采纳", "来源可靠性": "B 通常可靠"})
    desk.send("筛选")
    desk = act(desk.page, url, "intelligence.analyse")
    desk.fill({"分析结论": "对手清库存，影响华东约两个月。"})
    desk.send("分析")
    desk.page.goto(url)
    expect(desk.page.locator("#block-steps")).to_contain_text("定对策")
    fits(desk.page)
    clean(desk.page)
    picture(desk.page, "intelligence-item", full=True)

    boss = act(house.as_role("sales_manager"), url, "intelligence.decide")
    boss.fill({"对策": "不跟价，加送备件。"})
    boss.page.locator("[data-line-add]").first.click()
    line = boss.page.locator(".lines tbody tr").last
    line.locator("input[name='actions.0.text']").fill("走访三家重点客户")
    line.locator("[data-pick-text]").first.fill("林晓舟")
    boss.page.locator(".pick-list:visible .pick-option").first.click()
    line.locator("input[name='actions.0.due_on']").fill((house.today).isoformat())
    boss.send("定对策")

    rep = house.as_role("rep")
    done = act(rep, action_of(rep, url), "intelligence.complete_action")
    done.fill({"结果": "三家均续约"})
    done.send("完成行动项")

    desk = act(desk.page, url, "intelligence.answer")
    desk.fill({"给提交人的反馈": "已加送备件，三家续约。"})
    desk.send("反馈提交人")
    boss = act(boss.page, url, "intelligence.confirm")
    boss.fill({"核实结论": "属实", "依据": "见到价目表"})
    boss.send("核实")
    desk = act(desk.page, url, "intelligence.award")
    desk.fill({"质量（1-5）": "4", "新颖（1-3）": "2", "影响（1-3）": "3"})
    desk.send("计积分")

    phone.goto("/intelligence/mine")
    mine = phone.locator(".mine-card").filter(has_text=TOPIC)
    expect(mine).to_contain_text("已加送备件，三家续约。")
    expect(mine).to_contain_text("您得到 36 分")
    fits(phone)
    clean(phone)
    picture(phone, "intelligence-mine")
    phone.goto("/intelligence/ranking")
    expect(phone.locator(".ranking-line.is-me")).to_be_visible()
    fits(phone)


def action_of(page: Page, url: str) -> str:
    """The address of the action of an item."""
    page.goto(url)
    link = page.locator("a[href^='/action-items/0']").first
    expect(link).to_be_visible()
    return link.get_attribute("href") or ""


def test_a_meeting_is_led_on_the_wall_and_read_on_a_phone(house: House) -> None:
    desk = Desk(house.as_role("regional_manager"))
    page = desk.page
    page.goto("/meetings/?state=planned")
    url = page.locator("main a[href^='/meetings/0']").first.get_attribute("href") or ""
    page.goto(f"{url}live?wall=1")
    expect(page.locator(".live.is-wall")).to_be_visible()
    fits(page)
    clean(page)
    picture(page, "intelligence-wall")
    phone = house.as_role("rep", phone=True)
    phone.goto(f"{url}live")
    expect(phone.locator("h2").filter(has_text="议程")).to_be_visible()
    fits(phone)
    clean(phone)
    picture(phone, "intelligence-meeting")
    phone.get_by_role("link", name=re.compile("提出议题")).click()
    Desk(phone).fill({"议题": "样机不够用"})
    Desk(phone).form.get_by_role("button", name="提出议题").click()
    expect(phone.locator(".points").first).to_contain_text("样机不够用")


def test_a_battle_card_stands_at_the_opportunity(house: House) -> None:
    page = house.as_role("sales_manager")
    for path in (
        "/competitors/",
        "/battle-cards/",
        "/competitor-prices/",
        "/intelligence/",
        "/meetings/",
        "/meeting-series/",
    ):
        page.goto(path)
        expect(page.locator("main")).to_be_visible()
        fits(page)
    page.goto("/rivals/")
    url = page.locator("main a[href^='/opportunities/0']").first.get_attribute("href") or ""
    page.goto(url)
    expect(page.locator("#block-rivals")).to_contain_text("竞品卡")
    fits(page)
