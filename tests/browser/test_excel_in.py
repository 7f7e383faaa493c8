"""A manager fills a list from Excel: takes the template, sends it with two wrong rows, corrects the error file, sends it
again; in the end every row is there once. Then a document with lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import python_calamine
import xlsxwriter

from tests.browser.conftest import House, picture

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

NAMES = [f"浏览器客户{word}有限公司" for word in ("甲", "乙", "丙", "丁")]


def taken(page: Page, text: str, path: Path) -> list[list[Any]]:
    """Press a download and read the workbook that comes."""
    with page.expect_download() as download:
        page.click(f"a:has-text('{text}')")
    download.value.save_as(path)
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def write(path: Path, rows: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def send(page: Page, path: Path) -> None:
    page.set_input_files("#bi-file", path)
    page.click("text=上传并预览")
    page.wait_for_selector("#bi-rows")


def begin(page: Page) -> None:
    page.click("button[value=start]")
    page.wait_for_url("**/imports/**")
    page.wait_for_selector("#import-job :text('导入完成')")


def row(head: list[str], **cells: str) -> list[str]:
    return [cells.get(label.rstrip("*"), "") for label in head]


def count(page: Page, url: str) -> int:
    page.goto(url)
    page.wait_for_selector("#list-body")
    return page.locator("#list-body tr[data-row]").count()


def test_two_wrong_rows_come_back_and_in_the_end_every_customer_is_there_once(
    house: House, tmp_path: Path
) -> None:
    page = house.as_role("sales_manager")
    page.goto("/customers/")
    picture(page, "excel-list")
    page.click("a:has-text('Excel 导入')")
    page.wait_for_selector("#bi-template")
    picture(page, "excel-start")
    head = taken(page, "下载模板", tmp_path / "模板.xlsx")[0]
    rows = [row(head, 客户名称=name, 渠道="直销", 市="苏州") for name in NAMES]
    rows[1][head.index("渠道")] = "信鸽"
    rows[2][head.index("客户名称*")] = ""
    send(page, write(tmp_path / "客户.xlsx", [head, *rows]))
    picture(page, "excel-preview", full=True)
    assert "没有“信鸽”这个选项" in page.inner_text("#main") and "此项必填" in page.inner_text("#main")
    begin(page)
    picture(page, "excel-done")
    back = taken(page, "下载错误文件", tmp_path / "错误.xlsx")
    assert len(back) == 3 and back[0][-1] == "未导入原因"
    phone = house.as_role("sales_manager", phone=True)
    phone.goto(page.url)
    picture(phone, "excel-done")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    back[1][head.index("渠道")] = "直销"
    back[2][head.index("客户名称*")] = NAMES[2]
    page.click("text=再导入一个文件")
    send(page, write(tmp_path / "改正.xlsx", back))
    begin(page)
    for name in NAMES:
        assert count(page, f"/customers/?q={name}") == 1
    assert not house.errors


def test_a_quotation_with_two_lines_comes_in_as_one(house: House, tmp_path: Path) -> None:
    page = house.as_role("sales_manager")
    page.goto("/customers/")
    customer = page.locator("#list-body tr[data-row] .row-link").first.inner_text().strip()
    page.goto("/products/?columns=code,name")
    products = [page.locator("#list-body tr[data-row] .row-link").nth(n).inner_text().strip() for n in (0, 1)]
    page.goto("/quotations/")
    page.click("a:has-text('Excel 导入')")
    head = taken(page, "下载模板", tmp_path / "模板.xlsx")[0]
    rows = [
        row(head, 单据序号="1", 客户=customer, 备注="表格报价", 产品=p, 数量="2", 单价="88.50")
        for p in products
    ]
    wrong = [
        row(head, 单据序号="2", 客户=customer, 产品=products[0], 数量=n, 单价="5") for n in ("两个", "1")
    ]
    send(page, write(tmp_path / "报价.xlsx", [head, *rows, *wrong]))
    picture(page, "excel-lines", full=True)
    phone = house.as_role("sales_manager", phone=True)
    phone.goto("/quotations/import/pipeline.add_quotation")
    phone.set_input_files("#bi-file", tmp_path / "报价.xlsx")
    phone.click("text=上传并预览")
    phone.wait_for_selector("#bi-rows")
    picture(phone, "excel-lines", full=True)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    begin(page)
    back = taken(page, "下载错误文件", tmp_path / "错误.xlsx")
    assert len(back) == 3 and "同一单据的第 4 行" in back[2][-1]
    first = page.locator("a[href^='/quotations/']:has-text('QT-')")
    assert first.count() == 1 and "4 行" not in first.inner_text()
    back[1][head.index("数量*")] = "2"
    page.click("text=再导入一个文件")
    send(page, write(tmp_path / "改正.xlsx", back))
    begin(page)
    made = page.locator("a[href^='/quotations/']:has-text('QT-')")
    assert made.count() == 1
    made.first.click()
    page.wait_for_selector("#main")
    page.wait_for_selector("text=¥15.00")  # two and one, at 5 each
    assert not house.errors
