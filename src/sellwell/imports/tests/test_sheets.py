"""Lists filled from a spreadsheet: the template, the look at each row, the rows done once, the error file."""

from __future__ import annotations

import io
import zipfile

import pytest

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.imports.tests.excel import (
    CUSTOMERS,
    QUOTATIONS,
    a_workbook,
    bring,
    errors_of,
    look,
    quotation_rows,
    rows_of,
    start,
    work,
)
from sellwell.kernel import outbox
from sellwell.kernel.models import ImportedDocument, LedgerEntry
from sellwell.selling.pipeline.models import Quotation
from sellwell.testing.world import World, world
from sellwell.web.lists import bring_in

__all__ = ["world"]


def test_customers_come_in_by_the_template_and_two_wrong_rows_come_back(world: World) -> None:
    client = signed_in(world, "sales_manager")
    head = rows_of(client.get(f"{CUSTOMERS}/template").content)[0]
    assert head[0] == "客户名称*" and "渠道" in head
    at = {label: index for index, label in enumerate(head)}

    def row(**cells: str) -> list[str]:
        return [cells.get(label.rstrip("*"), "") for label in at]

    before = Customer.objects.count()
    rows = [row(客户名称=f"表格客户{n}有限公司", 渠道="直销", 联系人电话=f"1380000000{n}") for n in range(5)]
    rows[1][at["渠道"]] = "飞鸽"
    rows[3][at["客户名称*"]] = ""
    text, hidden = look(client, CUSTOMERS, a_workbook([head, *rows]))
    assert "没有“飞鸽”这个选项" in text and "此项必填" in text and "尚未写入" in text
    world.see()
    assert Customer.objects.count() == before
    batch = start(world, client, CUSTOMERS, hidden)
    assert (batch.state, batch.rows, batch.imported, batch.rejected, batch.known) == ("done", 5, 3, 2, 0)
    assert Customer.objects.count() == before + 3
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "2 行没有导入" in page and "表格客户0有限公司" in page
    back = errors_of(client, batch)
    assert back[0] == [*head, "未导入原因"] and len(back) == 3
    assert "飞鸽" in back[1][-1] and back[1][0] == "表格客户1有限公司" and "客户名称" in back[2][-1]
    # Corrected, and only this file sent again.
    back[1][at["渠道"]] = "直销"
    back[2][at["客户名称*"]] = "表格客户3有限公司"
    text, hidden = look(client, CUSTOMERS, a_workbook(back))
    assert "对应列" not in text
    second = start(world, client, CUSTOMERS, hidden)
    assert (second.imported, second.rejected) == (2, 0) and second.errors_id is None
    assert Customer.objects.count() == before + 5
    # The first file as it was, whole: nothing is doubled.
    text, hidden = look(client, CUSTOMERS, a_workbook([head, *rows]))
    assert "此前已导入" in text
    third = start(world, client, CUSTOMERS, hidden)
    assert (third.imported, third.known, third.rejected) == (0, 3, 2)
    assert Customer.objects.count() == before + 5
    assert LedgerEntry.objects.filter(operation="customers.add", channel="import").count() == 5
    again = bring(world, client, CUSTOMERS, a_workbook([head, rows[0]]), again="1")
    assert again.known == 0 and again.imported + again.rejected == 1


def test_a_list_taken_out_can_be_sent_back_as_it_is(world: World) -> None:
    client = signed_in(world, "sales_manager")
    bring(world, client, CUSTOMERS, a_workbook([["客户名称", "渠道"], ["往返客户有限公司", "直销"]]))
    taken = client.get("/customers/export").content
    assert "仅供内部使用" in rows_of(taken)[0][0]
    text, _ = look(client, CUSTOMERS, taken)
    # Its note is no head, its columns are known by what the list calls them; those no field takes are asked about.
    assert "已识别的列" in text and "还缺必填列" not in text and "往返客户有限公司" in text


def test_a_list_with_a_watermark_can_be_sent_back_too(world: World) -> None:
    client = signed_in(world, "sales_manager")
    a_customer(world, name="往返客户有限公司", note="=HYPERLINK(1)")
    taken = client.get("/customers/export?columns=name,channel,note,region").content
    first, _, *lines = rows_of(taken)
    assert (
        "含个人信息" in first[0]
        and "不得外传" in first[0]
        and ["往返客户有限公司", "直销", "=HYPERLINK(1)"] in [line[:3] for line in lines]
    )
    text, _ = look(client, CUSTOMERS, taken)
    assert "已识别的列" in text and "还缺必填列" not in text and "往返客户有限公司" in text
    assert "不得外传" not in text


def test_a_document_with_lines_is_one_per_key_and_whole_or_absent(world: World) -> None:
    rows, product = quotation_rows(world)
    client = signed_in(world, "sales_manager")
    text, hidden = look(client, QUOTATIONS, a_workbook(rows))
    assert "没有找到“没有这个客户”" in text and "不是数字" in text
    batch = start(world, client, QUOTATIONS, hidden)
    assert (batch.rows, batch.imported, batch.rejected, batch.documents) == (5, 2, 3, 1)
    made = ImportedDocument.objects.get(batch=batch)
    quotation = Quotation.objects.get(pk=made.row_id)
    lines = [
        (line.product_id, str(line.quantity.normalize())) for line in quotation.lines.order_by("position")
    ]
    assert lines == [(product.pk, "2"), (product.pk, "3")] and quotation.note == "第一张"
    back = errors_of(client, batch)
    assert len(back) == 4
    assert "数量" in back[1][-1] and back[2][-1] == "同一单据的第 4 行有问题。" and "没有找到" in back[3][-1]
    assert not Quotation.objects.filter(note="第二张").exists()


def test_the_head_says_one_thing_per_document(world: World) -> None:
    rows, _ = quotation_rows(world)
    rows[2][2] = "另一种说法"
    text, _ = look(signed_in(world, "sales_manager"), QUOTATIONS, a_workbook(rows[:3]))
    assert "前后不一致" in text


def test_many_rows_are_the_workers_and_can_be_stopped_and_gone_on_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sellwell.imports.sheets import rows as profile

    monkeypatch.setattr(bring_in, "MOST_ROWS_HERE", 3)
    monkeypatch.setattr(profile, "AT_ONCE", 2)
    client = signed_in(world, "sales_manager")
    content = a_workbook([["客户名称"], *([f"后台客户{n}有限公司"] for n in range(7))])
    text, hidden = look(client, CUSTOMERS, content)
    assert "在后台导入" in text
    batch = start(world, client, CUSTOMERS, hidden)
    assert (batch.state, batch.position) == ("running", 0)
    for _ in range(2):  # rounds of the worker
        outbox.drain([world.company.pk])
    batch.refresh_from_db()
    assert (batch.position, batch.of, batch.imported) == (4, 7, 4)
    assert "已处理 4 / 7" in client.get(f"/jobs/import/{batch.pk}").content.decode()
    world.see()
    world.run("sales_manager", "imports.stop", batch, {"reason": "先停"})
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.position) == ("stopped", 4)
    world.run("sales_manager", "imports.resume", batch)
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.imported, batch.rejected) == ("done", 7, 0)
    assert Customer.objects.filter(party__name__startswith="后台客户").count() == 7


@pytest.mark.parametrize("address", [CUSTOMERS, QUOTATIONS])
def test_the_template_says_how_it_is_filled_and_holds_no_formula(world: World, address: str) -> None:
    content = signed_in(world, "sales_manager").get(f"{address}/template").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}
    assert not any("<f>" in part for part in parts.values())
    first = parts["xl/worksheets/sheet1.xml"]
    assert ("dataValidation" in first) == (address == CUSTOMERS)  # a quotation has nothing to choose from
    assert any("comments" in name for name in parts)
    notes = rows_of(content, 1)
    told = {row[0]: row for row in notes[2:]}
    assert notes[1][:5] == ["列", "英文", "必填", "填写方式", "例"]
    assert len(told) == len(rows_of(content)[0])
    if address == CUSTOMERS:
        assert told["渠道"][3] == "直销 / 线上 / 经销" and told["客户名称"][2] == "是"
    else:
        assert told["单据序号"][4] == "1" and "产品: " in told["产品"][3] and told["数量"][4] == "12.50"
