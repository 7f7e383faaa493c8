"""What is known to have come in: what a row says and which rows it names, not the file it stood in."""

from __future__ import annotations

import pytest

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_code, a_customer
from sellwell.imports.sheets import documents, rows
from sellwell.imports.sheets.columns import form_of
from sellwell.imports.tests.excel import (
    CUSTOMERS,
    QUOTATIONS,
    a_workbook,
    bring,
    errors_of,
    held,
    look,
    send,
    start,
)
from sellwell.kernel.models import ApprovalRequest, ImportedDocument
from sellwell.selling.pipeline.models import Quotation
from sellwell.testing.world import World, world

__all__ = ["held", "world"]


def test_one_name_of_two_peoples_customers_is_two_rows(world: World) -> None:
    product = a_product(world)
    mine = a_customer(world, "rep", name="王总")
    world.add("rep2", "rep", "SOUTH")
    theirs = a_customer(world, "rep2", name="王总")
    assert mine.pk != theirs.pk
    content = a_workbook(
        [["单据序号", "客户", "产品", "数量", "单价"], ["1", "王总", product.code, "2", "100"]]
    )
    first = signed_in(world, "rep")
    assert bring(world, first, QUOTATIONS, content).imported == 1
    second = signed_in(world, "rep2")
    text, hidden = look(second, QUOTATIONS, content)
    assert "此前已导入" not in text
    batch = start(world, second, QUOTATIONS, hidden)
    assert (batch.imported, batch.known) == (1, 0)
    assert set(Quotation.objects.values_list("customer_id", flat=True)) >= {mine.pk, theirs.pk}


def test_what_came_in_before_leads_only_those_there_who_may_see_it(world: World) -> None:
    content = a_workbook([["客户名称"], ["两人都有的有限公司"]])
    first = signed_in(world, "rep")
    bring(world, first, CUSTOMERS, content)
    made = Customer.objects.get(party__name="两人都有的有限公司")
    assert f"/customers/{made.pk}/" in look(first, CUSTOMERS, content)[0]
    text, _ = look(signed_in(world, "account_manager"), CUSTOMERS, content)
    assert "此前已导入" in text and str(made.pk) not in text


@pytest.mark.usefixtures("held")
def test_a_row_whose_approval_was_declined_is_not_here(world: World) -> None:
    client = signed_in(world, "sales_manager")
    content = a_workbook([["客户名称", "市"], ["被驳回有限公司", "上海"]])
    batch = bring(world, client, CUSTOMERS, content, submit_held="1")
    assert batch.waiting == 1
    assert "此前已导入" in look(client, CUSTOMERS, content)[0]
    world.see()
    world.run("sales_manager", "approvals.withdraw", ApprovalRequest.objects.get())
    text, hidden = look(client, CUSTOMERS, content)
    assert "此前已导入" not in text
    again = start(world, client, CUSTOMERS, hidden, submit_held="1")
    assert (again.waiting, again.known, again.rejected) == (1, 0, 0)
    assert ImportedDocument.objects.filter(undone_at__isnull=True).count() == 1


def test_the_same_file_with_other_columns_comes_in(world: World) -> None:
    """The door's key is what a document says: as a file's place it stood for what the first mapping made of it."""
    client = signed_in(world, "sales_manager")
    content = a_workbook([["甲", "乙"], ["甲列名称有限公司", "乙列名称有限公司"]])
    address = send(client, CUSTOMERS, content)["Location"]
    sent = {"file": address.split("=")[1]}
    assert start(world, client, CUSTOMERS, {**sent, "head.0": "name"}).imported == 1
    batch = start(world, client, CUSTOMERS, {**sent, "head.1": "name"})
    assert (batch.imported, batch.rejected) == (1, 0)


def test_what_comes_in_again_leaves_the_rest_of_its_file_known(world: World) -> None:
    client = signed_in(world, "sales_manager")
    old, new = ["先来的有限公司", "13800001111"], ["后来的有限公司", "13800002222"]
    head = ["客户名称", "电话"]
    bring(world, client, CUSTOMERS, a_workbook([head, old]))
    content = a_workbook([head, old, new])
    first = bring(world, client, CUSTOMERS, content, again="1")
    assert first.known == 0 and first.imported + first.rejected == 2
    third = bring(world, client, CUSTOMERS, content)
    assert (third.imported, third.known) == (0, 2)
    assert Customer.objects.filter(party__name="后来的有限公司").count() == 1


def test_another_process_counts_what_the_first_brought_in(world: World) -> None:
    """The end of a batch reads the file anew: references are looked up before its documents are known."""
    customer, product = a_customer(world), a_product(world)
    content = a_workbook(
        [["单据序号", "客户", "产品", "数量", "单价"], ["1", customer.number, product.code, "2", "9"]]
    )
    client = signed_in(world, "rep")
    batch = bring(world, client, QUOTATIONS, content)
    form = form_of(batch.source)
    assert form is not None
    ctx = world.ctx("rep")
    sheet = documents.read(documents.open_sheet(content), form, batch.mapping["fields"])
    counts = rows.reckon(batch, rows.Said(form, sheet), ctx)
    assert (counts["rejected"], counts["known"]) == (0, 0)
    documents.look_up(sheet.documents, form, ctx)
    assert ImportedDocument.objects.get(batch=batch).number == sheet.documents[0].digest


def test_a_refused_row_whose_equal_is_in_says_so_before_it_is_sent_alone(world: World) -> None:
    """Alone in the error file it would be taken for the one that came in, and pass as here already."""
    client = signed_in(world, "sales_manager")
    row = ["成对的有限公司", a_code(777)]
    content = a_workbook([["客户名称", "统一社会信用代码"], row, row, ["没有代码有限公司", "x"]])
    batch = bring(world, client, CUSTOMERS, content)
    assert (batch.imported, batch.rejected) == (1, 2)
    back = errors_of(client, batch)
    assert "完全相同的一行已导入" in back[1][-1] and "完全相同" not in back[2][-1]
    again = bring(world, client, CUSTOMERS, a_workbook(back[:2]), again="1")
    assert (again.known, again.rejected) == (0, 1)  # asked about anew, and refused as it was
