"""What a person does at the screen: take a task, fill a form, press its button, read what the house says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCAN = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass
class Desk:
    """A person at a window."""

    page: Page

    @property
    def form(self) -> Locator:
        """The form at hand: in the side panel when it is open, else on the page."""
        return self.page.locator("#panel[open] form.panel-form, main form.panel-form").first

    def task(self, title: str, about: str) -> None:
        """Go to the workbench and press the button of a task."""
        self.page.goto("/")
        item = self.page.locator("li.task").filter(has_text=about).filter(has_text=title).first
        expect(item).to_be_visible()
        item.get_by_role("link", name=re.compile("^办理")).click()

    def open_task_row(self, title: str, about: str) -> str:
        """Go to the record that a task is about; gives its number."""
        self.page.goto("/")
        item = self.page.locator("li.task").filter(has_text=about).filter(has_text=title).first
        number = item.locator(".task-row a").inner_text()
        self.page.goto(item.locator(".task-row a").get_attribute("href") or "/")
        return number

    def find(self, number: str) -> None:
        """Open a record by its number, through the search."""
        self.page.goto(f"/search?q={number}")
        self.page.locator("main a").filter(has_text=number).first.click()
        expect(self.page.locator("main h1#panel-title")).to_contain_text(number)

    def new(self, title: str) -> None:
        """Choose from the menu of new things."""
        self.page.locator("summary[aria-label='新建']:visible").first.click()
        self.page.locator("details[open] .menu-item", has_text=title).first.click()

    def fill(self, values: Mapping[str, str]) -> None:
        """Fill fields of the form by their labels."""
        for label, value in values.items():
            self.set(self.field(label), value)

    def field(self, label: str) -> Locator:
        """A field by the beginning of its label."""
        scope = self.page.locator("#panel[open] form.panel-form, main form.panel-form, main form.entry").first
        return scope.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s|$)")).first

    def set(self, field: Locator, value: str) -> None:
        """Type into a field, choose in a list, or pick what the type-ahead finds first."""
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
        elif field.get_attribute("role") == "combobox":
            field.fill(value)
            self.page.locator(".pick-list:visible .pick-option").first.click()
        else:
            field.fill(value)

    def upload(self, label: str, name: str = "签署件.png") -> None:
        """Choose a scanned page; it is kept before the form is sent."""
        box = self.form.locator(".file-field").first
        box.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": SCAN}
        )
        expect(box.locator("input[type=hidden]")).to_have_count(1)

    def send(self, button: str, says: str = "") -> str:
        """Press the form's button; gives what the house says afterwards."""
        self.hush()
        self.form.get_by_role("button", name=button, exact=True).click()
        return self.hear(says)

    def send_lines(self, says: str = "") -> str:
        """Send the page with the line grid; gives what the house says afterwards."""
        self.hush()
        self.page.locator("[data-send]").click()
        return self.hear(says)

    def hush(self) -> None:
        """Take the words of earlier acts away, so that the next one heard is the answer to the next press."""
        self.page.evaluate("document.querySelectorAll('.toast').forEach((toast) => toast.remove())")

    def hear(self, says: str = "") -> str:
        """The word that something happened, once the page that says it is whole."""
        toast = self.page.locator(".toast").last
        expect(toast).to_contain_text(says or "已办理")
        self.page.wait_for_load_state("load")
        return toast.inner_text()

    def press(self, button: str) -> None:
        """Press a button or link of a record's head, or of what is to do now."""
        self.page.locator(".record-actions, .now").get_by_text(button, exact=True).and_(
            self.page.locator("a, button, summary")
        ).first.click()

    def follow(self) -> str:
        """From the word of what happened to its record; gives the record's name."""
        link = self.page.locator(".toast a")
        if link.count():
            link.last.click()
        expect(self.page.locator("main h1#panel-title")).to_be_visible()
        return self.title()

    def title(self) -> str:
        """The name of the record that is open."""
        return self.page.locator("main h1").first.inner_text().strip()

    def state(self, words: str) -> None:
        """The record's badge says so."""
        expect(self.page.locator(".record-name .badge, .record-name .state").first).to_contain_text(words)

    # --- the line grid ---

    def cell(self, line: int, column: str) -> Locator:
        """A cell of the grid; lines count from 1."""
        return self.page.locator(f".grid tbody tr:nth-child({line}) td[data-column={column}]")

    def type_line(self, line: int, product: str, quantity: str, price: str = "") -> None:
        """Enter a line by keyboard as people do: code, Enter, quantity."""
        self.cell(line, "product").locator("input").click()
        self.page.keyboard.type(product)
        expect(self.page.locator(".pick-list:visible .pick-option").first).to_contain_text(product)
        self.page.keyboard.press("Enter")
        expect(self.cell(line, "quantity").locator("input")).to_be_focused()
        self.page.keyboard.type(quantity)
        if price:
            self.page.keyboard.press("ArrowRight")
            self.page.keyboard.type(price)

    def paste(self, line: int, rows: Sequence[Sequence[str]]) -> None:
        """Paste cells as a spreadsheet puts them on the clipboard."""
        text = "\r\n".join("\t".join(row) for row in rows)
        field = self.cell(line, "product").locator("input")
        field.focus()
        field.evaluate(
            """(input, text) => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
            }""",
            text,
        )
        self.page.locator(".toast").filter(has_text="Ctrl+Z").last.wait_for()

    def total(self, label: str = "价税合计") -> str:
        """A figure of the bar below the grid."""
        return self.page.locator("[data-totals] > div").filter(has_text=label).locator("dd").inner_text()


def amount(text: str) -> str:
    """The digits of an amount: `¥1,234.50` is `1234.50`."""
    return re.sub(r"[^0-9.\-]", "", text)


def stocked(page: Page, least: int, count: int) -> list[dict[str, Any]]:
    """Products of which much is available, as the stock list shows them."""
    page.goto("/stock/")
    found = []
    for row in page.locator("main tbody tr").all():
        cells = [cell.strip() for cell in row.inner_text().split("\t")]
        code = next((c for c in cells if re.fullmatch(r"[A-Z]{2}-\d{4}", c)), "")
        if code and float(cells[-1].replace(",", "")) >= least:
            found.append({"code": code, "free": cells[-1]})
    assert len(found) >= count
    return found[:count]
