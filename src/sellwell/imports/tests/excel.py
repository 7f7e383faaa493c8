"""Spreadsheets as people fill them in, send them and get them back: what the tests of lists filled by file share."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.imports.sheets.rows import NEEDS_APPROVAL
from sellwell.kernel import outbox
from sellwell.kernel.models import ImportBatch
from sellwell.kernel.operations import GUARDS, Assessment, Context, Guard, guards_of
from sellwell.kernel.values import Objection, T
from sellwell.selling.pipeline.policies import AMOUNT_APPROVAL
from sellwell.testing.world import World

CUSTOMERS = "/customers/import/customers.add"
QUOTATIONS = "/quotations/import/pipeline.add_quotation"


def a_workbook(rows: list[list[Any]]) -> bytes:
    """A sheet as a person would save it: texts as texts."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for index, value in enumerate(row):
                sheet.write(number, index, value)
    return buffer.getvalue()


def rows_of(content: bytes, sheet: int = 0) -> list[list[Any]]:
    """A workbook's sheet, cell by cell."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(sheet).to_python()


def send(client: Any, address: str, content: bytes, name: str = "客户.xlsx") -> Any:
    """Upload a file; the answer leads to its preview, or says why it is none."""
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def look(client: Any, address: str, content: bytes, name: str = "客户.xlsx") -> tuple[str, dict[str, str]]:
    """Upload a file; gives the preview and what its form sends."""
    answer = send(client, address, content, name)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    text = client.get(answer["Location"]).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
    hidden.pop("csrfmiddlewaretoken", None)
    return text, hidden


def start(world: World, client: Any, address: str, hidden: dict[str, str], **more: str) -> ImportBatch:
    """Press the preview's button."""
    answer = client.post(address, {**hidden, **more, "step": "start"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    world.see()
    return ImportBatch.objects.get(pk=answer["Location"].split("/")[2])


def bring(
    world: World, client: Any, address: str, content: bytes, name: str = "客户.xlsx", **more: str
) -> ImportBatch:
    """Upload a file, look, and start at once."""
    return start(world, client, address, look(client, address, content, name)[1], **more)


def work(world: World) -> None:
    """The worker, until it has nothing left to do."""
    while outbox.drain([world.company.pk]):
        pass


def errors_of(client: Any, batch: ImportBatch) -> list[list[Any]]:
    """The error file, as its sender gets it."""
    answer = client.get(f"/files/{batch.errors_id}?of=kernel.importbatch/{batch.pk}")
    assert answer.status_code == 200
    return rows_of(answer.content)


def quotation_rows(world: World) -> tuple[list[list[str]], Any]:
    """A head and five rows: one quotation that is right, one with a wrong line, one of nobody; and their product."""
    customer, product = a_customer(world), a_product(world)
    head = ["单据序号", "客户", "备注", "产品", "数量", "单价"]
    return [
        head,
        ["1", customer.party.name, "第一张", product.code, "2", "100"],
        ["1", customer.party.name, "", product.name, "3", "1,234.50"],
        ["2", customer.number, "第二张", product.code, "x", "5"],
        ["2", customer.number, "第二张", product.code, "1", "5"],
        ["3", "没有这个客户", "", product.code, "1", "5"],
    ], product


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """New customers of 上海 have to be agreed to."""

    def check(assessments: list[Assessment], ctx: Context) -> dict[int, Objection]:
        return {
            index: NEEDS_APPROVAL.hold(AMOUNT_APPROVAL, Decimal(2_000_000))
            for index, one in enumerate(assessments)
            if one.given.city == "上海"
        }

    guard = Guard("imports.test", T("测试", "Test"), ("customers.add",), check)
    monkeypatch.setitem(GUARDS, guard.name, guard)
    guards_of.cache_clear()
    yield
    guards_of.cache_clear()
