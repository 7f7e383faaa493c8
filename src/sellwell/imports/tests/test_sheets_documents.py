"""Which rows of a file are one document."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.imports.tests.excel import (
    CUSTOMERS,
    QUOTATIONS,
    a_workbook,
    bring,
    errors_of,
    look,
    quotation_rows,
    send,
    start,
)
from sellwell.selling.pipeline.models import Quotation
from sellwell.testing.world import World, world

__all__ = ["world"]


def test_a_row_without_a_key_among_rows_with_one_is_no_document(world: World) -> None:
    """Merged cells keep their text in the first row only: the second line would become a quotation of its own."""
    rows, _ = quotation_rows(world)
    rows[2][0] = ""
    client = signed_in(world, "sales_manager")
    text, hidden = look(client, QUOTATIONS, a_workbook(rows[:3]))
    assert "请填写单据序号" in text
    batch = start(world, client, QUOTATIONS, hidden)
    assert (batch.imported, batch.rejected) == (1, 1)
    assert "单据序号" in errors_of(client, batch)[1][-1]


def test_rows_none_of_which_has_a_key_are_documents(world: World) -> None:
    rows, _ = quotation_rows(world)
    rows[1][0] = rows[2][0] = ""
    client = signed_in(world, "sales_manager")
    assert bring(world, client, QUOTATIONS, a_workbook(rows[:3])).documents == 2


def test_a_file_without_a_key_column_is_asked_about(world: World) -> None:
    rows, _ = quotation_rows(world)
    client = signed_in(world, "sales_manager")
    before = Quotation.objects.count()
    address = send(client, QUOTATIONS, a_workbook([row[1:] for row in rows[:3]]))["Location"]
    page = client.get(address).content.decode()
    assert "没有“单据序号”列" in page and "对应列" in page and "逐行检查" not in page
    heads = {"head.0": "customer", "head.1": "note", "head.2": "lines.#.product"}
    sent = {
        "file": address.split("=")[1],
        **heads,
        "head.3": "lines.#.quantity",
        "head.4": "lines.#.unit_price",
    }
    assert "逐行检查" in client.post(QUOTATIONS, {**sent, "step": "look"}).content.decode()
    assert Quotation.objects.count() == before


def test_digits_that_the_spreadsheet_lost_are_refused_where_each_counts(world: World) -> None:
    client = signed_in(world, "sales_manager")
    text, hidden = look(
        client,
        CUSTOMERS,
        a_workbook(
            [["客户名称", "备注"], ["数字账号有限公司", 622202020011223344], ["x", "622202020011223344"]]
        ),
    )
    assert "超过 15 位" in text
    batch = start(world, client, CUSTOMERS, hidden)
    assert (batch.imported, batch.rejected) == (1, 1)
    saved = "客户名称,备注\n另存账号有限公司,6.22202E+17\n"
    assert "超过 15 位" in look(client, CUSTOMERS, saved.encode(), "客户.csv")[0]


def test_documents_are_not_joined_by_a_key_whose_digits_are_lost(world: World) -> None:
    rows, _ = quotation_rows(world)
    long: list[list[Any]] = [[*row] for row in rows[:3]]
    long[1][0], long[2][0] = 110101199001011234, 110101199001011235
    text, _ = look(signed_in(world, "sales_manager"), QUOTATIONS, a_workbook(long))
    assert "超过 15 位" in text
