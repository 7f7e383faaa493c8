"""Every main page as each of the five roles: it answers, fits, can be read, speaks one language, and says no kindly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.browser.desk import Desk
from tests.browser.test_order_entry import a_customer, begin

if TYPE_CHECKING:
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


def name_of(path: str) -> str:
    """A file name for the picture of a page."""
    return re.sub(r"\W+", "-", re.sub(ID, "record", path.split("?")[0])).strip("-") or "workbench"


def judge(page: Page, path: str, language: str, found: list[str]) -> None:
    """Open a page and note what is wrong with it."""
    answer = page.goto(path, wait_until="load")
    status = answer.status if answer else 0
    look: dict[str, Any] = page.evaluate(LOOK)
    where = f"{path} {language} {(page.viewport_size or {})['width']}"
    if status != 200:
        found.append(f"{where}: status {status}")
    if look["over"] > 0:
        found.append(f"{where}: {look['over']} px too wide")
    if look["small"]:
        found.append(f"{where}: under 12 px: {look['small'][:4]}")
    if language == "en" and look["han"]:
        found.append(f"{where}: not translated: {look['han'][:4]}")


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_answers_fits_and_can_be_read(house: House, role: str, judged: set[str]) -> None:
    wide, narrow = house.as_role(role), house.as_role(role, phone=True)
    english, small = house.as_role(role, language="en"), house.as_role(role, language="en", phone=True)
    found: list[str] = []
    queue = addresses(wide)
    for path in queue:
        judge(wide, path, "zh", found)
        picture(wide, f"{role}-{name_of(path)}")
        record = first_record(wide, path)
        if record and record not in queue:
            queue.append(record)
        kind = re.sub(ID, "record", path)
        if kind in judged and kind != "/":
            continue
        judged.add(kind)
        judge(narrow, path, "zh", found)
        picture(narrow, f"{role}-{name_of(path)}")
        judge(english, path, "en", found)
        if kind in ("/", "/orders/", "/orders/new", "/orders/record/"):
            judge(small, path, "en", found)
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
    axe, found = Axe(), []
    for page in (house.as_role(role), house.as_role(role, phone=True)):
        for path in paths:
            if path == "record":
                page.goto("/orders/")
                page.goto(first_record(page, "/orders/"))
                page.wait_for_load_state("networkidle")
            else:
                page.goto(path)
            for violation in axe.run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                    found.append(f"{page.url} {violation['id']}: {violation['help']} {nodes}")
    assert not found, "\n".join(found)


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
