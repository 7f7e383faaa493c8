"""A file with thousands of lines: the page shows how far the worker is, may be left, and tells in the end how it adds up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.conftest import House, picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEAD = "单号,产品编码,数量,日期,单价,客户编号,产品名称"


def a_file(folder: Path, documents: int = 1500) -> Path:
    """Four lines a document, and one line that is wrong."""
    path = folder / "大文件.csv"
    lines = [
        f"W{n:05d},W-{(n + k) % 40},{k + 1},2024-0{n % 9 + 1}-11,9.90,WK{n % 60},螺栓"
        for n in range(documents)
        for k in range(4)
    ]
    path.write_bytes("\n".join([HEAD, *lines, "W99999,W-1,0,2024-03-01,9.90,WK1,螺栓"]).encode("gb18030"))
    return path


def begin(page: Page, path: Path, source: str) -> str:
    """Upload, look, start; gives the address of the batch."""
    page.goto("/imports/new")
    page.set_input_files("#im-file", path)
    page.click("text=上传并继续")
    page.fill("input[name=source]", source)
    page.click("button[value=look]")
    page.click("button[value=start]", timeout=120_000)
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/$"), timeout=120_000)
    return page.url


def test_a_large_file_comes_in_while_one_does_something_else(house: House, tmp_path: Path) -> None:
    page = house.as_role("sales_manager")
    address = begin(page, a_file(tmp_path), "browser-large")
    page.wait_for_selector("#import-job progress")
    page.wait_for_selector("#import-job :text('张单据，写入')", timeout=120_000)
    picture(page, "import-running")
    phone = house.as_role("sales_manager", phone=True)
    phone.goto(address)
    phone.wait_for_selector("#import-job")
    picture(phone, "import-running")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/orders/")  # leave, and come back
    page.goto(address)
    page.wait_for_selector("#import-job :text('导入完成')", timeout=240_000)
    page.goto(address)
    page.wait_for_selector("text=行数与金额全部对上")
    facts = page.inner_text("#import-job")
    assert "6,001" in facts and "6,000" in facts
    picture(page, "import-done")
    phone.goto(address)
    picture(phone, "import-done")
    page.goto("/orders/?q=W01499")
    page.wait_for_selector("table tbody tr, .card")
    assert "SOH-" in page.inner_text("main")
    assert not house.errors
