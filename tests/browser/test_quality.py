"""Every main page as each of the five roles: it answers, fits, can be read, speaks one language, and says no kindly."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, picture
from tests.browser.desk import Desk
from tests.browser.test_order_entry import a_customer, begin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import House

ROLES = ("rep", "regional_manager", "finance", "warehouse", "administrator")
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
# What a page is judged by; runs in the page.
LOOK = """() => {
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".sr, svg, script, style, template");
  const small = new Set(), han = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim(), parent = node.parentElement;
    if (!text || !parent || !shown(parent)) continue;
    if (parseFloat(getComputedStyle(parent).fontSize) < 12) small.add(text.slice(0, 30));
    const frame = parent.closest("nav, .page-actions, th, dt, label, button, h2, legend, .chip, .hint, .empty, .figure-title, .task-title, .record-type, .stages, .badge, .tabs");
    const data = parent.closest("[lang=zh], .avatar, .approval, .tag, .crumbs, .person");
    if (/\\p{Script=Han}/u.test(text) && frame && !data) han.add(text.slice(0, 30));
  }
  return { over: document.scrollingElement.scrollWidth - innerWidth, small: [...small], han: [...han] };
}"""


def addresses(page: Page) -> list[str]:
    """Every entry of the menu, and the pages beside it."""
    menu = page.eval_on_selector_all("#rail a[href]", "links => links.map(a => a.getAttribute('href'))")
    new = page.eval_on_selector_all(".top-new a[href]", "links => links.map(a => a.getAttribute('href'))")
    return list(dict.fromkeys([*menu, "/search?q=SO-2026", "/me", "/rights/who", *new]))


def beside(page: Page) -> list[str]:
    """The pages that share the menu's line of this one."""
    urls: list[str] = page.eval_on_selector_all(
        "main .family a", "links => links.map(a => a.getAttribute('href'))"
    )
    return urls


def name_of(path: str) -> str:
    """A file name for the picture of a page."""
    return re.sub(r"\W+", "-", re.sub(ID, "record", path.split("?")[0])).strip("-") or "workbench"


def judge(page: Page, path: str, language: str, found: list[str]) -> None:
    """Open a page and note what is wrong with it."""
    answer = page.goto(path, wait_until="load")
    status = answer.status if answer else 0
    if status != 200:
        found.append(f"{path} {language}: status {status}")
    look_at(page, path, language, found)


def look_at(page: Page, path: str, language: str, found: list[str]) -> None:
    """Note what is wrong with the page at hand, at its width."""
    look: dict[str, Any] = page.evaluate(LOOK)
    where = f"{path} {language} {(page.viewport_size or {})['width']}"
    if look["over"] > 0:
        found.append(f"{where}: {look['over']} px too wide")
    if look["small"]:
        found.append(f"{where}: under 12 px: {look['small'][:4]}")
    if language == "en" and look["han"]:
        found.append(f"{where}: not translated: {look['han'][:4]}")


@contextmanager
def as_on_a_phone(page: Page) -> Iterator[None]:
    """The page at hand at phone width: laid out again, not loaded again."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    yield
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_answers_fits_and_can_be_read(house: House, role: str, judged: set[str]) -> None:
    wide, english = house.as_role(role), house.as_role(role, language="en")
    found: list[str] = []
    queue = addresses(wide)
    for path in queue:
        judge(wide, path, "zh", found)
        queue += [url for url in beside(wide) if url not in queue]
        record = first_record(wide, path)
        if record and record not in queue:
            queue.append(record)
        kind = re.sub(ID, "record", path)
        if kind in judged and kind != "/":
            continue
        judged.add(kind)
        picture(wide, f"{role}-{name_of(path)}")
        with as_on_a_phone(wide):
            look_at(wide, path, "zh", found)
            picture(wide, f"{role}-{name_of(path)}")
        judge(english, path, "en", found)
        if kind in ("/", "/orders/", "/orders/new", "/orders/record/"):
            with as_on_a_phone(english):
                look_at(english, path, "en", found)
    assert len(queue) > 12
    assert not found, "\n".join(found)
    assert not house.errors, house.errors


@pytest.fixture(scope="package")
def judged() -> set[str]:
    """Kinds of pages that were looked at on a phone and in English: once is enough."""
    return set()


def first_record(page: Page, path: str) -> str:
    """The first record that a list shows."""
    links = page.eval_on_selector_all("main tbody a[href]", "links => links.map(a => a.getAttribute('href'))")
    return next((link for link in links if re.fullmatch(re.escape(path) + ID + "/", link)), "")


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (
            "rep",
            [
                "/",
                "/orders/",
                "/orders/new",
                "/opportunities/board",
                "/visits/now",
                "/tasks",
                "/search?q=SO-2026",
                "record",
            ],
        ),
        ("finance", ["/", "/invoices/", "/receivables/ageing"]),
        ("administrator", ["/", "/rights/", "/rights/who"]),
    ],
)
def test_axe_finds_nothing_serious(house: House, role: str, paths: list[str]) -> None:
    found: list[str] = []
    page = house.as_role(role)
    for path in paths:
        if path == "record":
            page.goto("/orders/")
            page.goto(first_record(page, "/orders/"))
            page.wait_for_load_state("networkidle")
        else:
            page.goto(path)
        found += violations(page)
        with as_on_a_phone(page):
            found += violations(page)
    assert not found, "\n".join(found)


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page at hand; what passes is not even gathered."""
    answer = Axe().run(page, options={"resultTypes": ["violations"]}).response
    width = (page.viewport_size or {})["width"]
    return [
        f"{page.url} {width} {one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in answer["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def test_an_empty_list_says_one_sentence(house: House) -> None:
    page = house.as_role("rep")
    page.goto("/orders/?q=nothing-is-called-this")
    expect(page.locator("main .empty")).to_be_visible()
    assert len(page.locator("main .empty p").first.inner_text()) > 4
    picture(page, "empty-list")


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("warehouse", "/orders/new", 403),
        ("rep", "/rights/", 403),
        ("rep", "/orders/00000000-0000-7000-8000-000000000000/", 404),
        ("rep", "/nowhere-at-all/", 404),
        ("rep", "/do/no.such_verb/", 404),
    ],
)
def test_forbidden_and_unknown_addresses_are_told_in_the_house_s_words(
    house: House, role: str, path: str, status: int
) -> None:
    page = house.as_role(role)
    answer = page.goto(path)
    assert answer is not None and answer.status == status
    expect(page.locator("main h1, main h2").first).to_be_visible()
    expect(page.locator("#rail")).to_be_visible()
    assert re.search("[一-鿿]", page.locator("main").inner_text())
    picture(page, f"error-{status}")


def test_two_people_edit_one_order_and_the_second_loses_nothing(house: House) -> None:
    first, second = Desk(house.as_role("rep")), Desk(house.as_role("rep"))
    code, *_ = begin(first)
    first.type_line(1, code, "3")
    expect(first.cell(1, "amount")).to_contain_text(".")
    first.send_lines()
    address = first.page.url
    first.page.goto(f"{address}edit")
    second.page.goto(f"{address}edit")

    first.cell(1, "quantity").locator("input").fill("5")
    first.send_lines()
    second.cell(1, "quantity").locator("input").fill("8")
    second.fill({"备注": "客户要求上午送货"})
    second.page.locator("[data-send]").click()
    notice = second.page.locator("[data-notice]")
    expect(notice).to_contain_text("修改订单")
    expect(second.cell(1, "quantity").locator("input")).to_have_value("8")
    expect(second.field("备注")).to_have_value("客户要求上午送货")
    picture(second.page, "order-stale")
    second.send_lines()
    expect(second.page.locator("main .table").first).to_contain_text("8")


def test_the_search_finds_by_name_and_initials(house: House) -> None:
    page = house.as_role("rep")
    name = a_customer(page)
    page.goto("/search?q=" + name[:4])
    expect(page.locator("main")).to_contain_text(name)
    page.keyboard.press("Control+k")
    page.locator("#command input").fill(name[:4])
    expect(page.locator("#command-list [role=option]").filter(has_text=name[:4]).first).to_be_visible()
    picture(page, "command-menu")


def test_a_list_is_grouped_kept_and_pinned_to_the_menu(house: House) -> None:
    page = house.as_role("rep")
    page.goto("/orders/")
    page.locator("summary[aria-label='分组']").click()
    page.locator("details[open] .menu-item", has_text="客户").click()
    groups = page.locator(".group-table tbody tr")
    expect(groups.first).to_contain_text("¥")
    page.locator("summary[aria-label='保存视图']").click()
    page.locator("details[open] input[name=name]").fill("按客户看")
    page.get_by_role("button", name="保存视图").click()
    pin = page.locator("#rail .rail-section a", has_text="按客户看")
    expect(pin).to_be_visible()
    page.goto("/customers/")
    pin.click()
    expect(groups.first).to_be_visible()
    picture(page, "list-groups")
    page.get_by_role("button", name="从菜单移除").click()
    expect(pin).to_have_count(0)
    page.locator(".group-table a").first.click()
    expect(page.locator("a.row-link").first).to_be_visible()


def test_a_form_says_what_would_come_of_it_before_it_is_sent(house: House) -> None:
    page = house.as_role("rep")
    page.goto("/customers/")
    page.goto(first_record(page, "/customers/"))
    page.get_by_role("link", name="修改客户").first.click()
    outlook = page.locator("#panel[open] .outlook")
    expect(outlook).to_contain_text("可以直接办理")
    picture(page, "form-outlook")
    page.get_by_label("客户名称").fill("")
    page.get_by_label("客户名称").press("Tab")
    expect(outlook).to_be_empty()


def test_on_a_phone_an_order_begins_with_the_customer_and_the_lines(house: House) -> None:
    page = house.as_role("rep", phone=True)
    page.goto("/orders/new")
    desk = Desk(page)
    expect(desk.field("客户")).to_be_visible()
    expect(desk.field("备注")).to_be_hidden()
    first_line = desk.cell(1, "product").bounding_box()
    assert first_line is not None and first_line["y"] < PHONE[1] * 0.6
    page.locator("[data-fold]").click()
    expect(desk.field("备注")).to_be_visible()
