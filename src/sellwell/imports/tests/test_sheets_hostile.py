"""What can go wrong with a sheet: encodings, odd heads, formulas, huge numbers, bombs, approvals, other people's files."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.foundation.customers.models import Customer
from sellwell.imports import staging
from sellwell.imports.sheets import documents
from sellwell.imports.tests.excel import (
    CUSTOMERS,
    QUOTATIONS,
    a_workbook,
    bring,
    errors_of,
    held,
    look,
    quotation_rows,
    send,
    start,
)
from sellwell.kernel import clock, files, import_memory
from sellwell.kernel.models import ApprovalRequest, ImportBatch, StoredFile
from sellwell.kernel.tests.shared import shared_path, shared_rows
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World, world

__all__ = ["held", "world"]

CSV = "客户名称,简称,备注\n司空琉璃轴承厂,琉璃,=1+1\n"
ENCODED = {
    "gb18030": CSV.encode("gb18030"), "utf-8": CSV.encode(), "utf-8 with mark": CSV.encode("utf-8-sig"),
    "utf-16": CSV.encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_csv_of_every_encoding_comes_in(world: World, encoding: str) -> None:
    client = signed_in(world, "sales_manager")
    batch = bring(world, client, CUSTOMERS, ENCODED[encoding], "客户.csv")
    assert batch.imported == 1
    assert Customer.objects.get(party__name="司空琉璃轴承厂").note == "=1+1"  # a text that does nothing


@pytest.mark.parametrize(
    "name",
    [
        "gbk.csv",
        "utf8_bom.csv",
        "amount_texts.xlsx",
        "xxe_sheet.xlsx",
        "zip_slip.xlsx",
        "zip_bomb_100MB.xlsx",
    ],
)
def test_shared_hostile_files_are_refused_or_shown_and_write_nothing(world: World, name: str) -> None:
    client = signed_in(world, "sales_manager")
    before = Customer.objects.count()
    answer = send(client, CUSTOMERS, shared_path(f"data/hostile_inputs/files/{name}").read_bytes(), name)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        page = client.get(answer["Location"])
        assert page.status_code in (200, 422) and "root:" not in page.content.decode()
    world.see()
    assert (Customer.objects.count(), ImportBatch.objects.count()) == (before, 0)


def test_strings_that_break_out_are_texts_or_refused_with_a_sentence(world: World) -> None:
    client = signed_in(world, "sales_manager")
    naughty = json.loads(shared_path("data/hostile_inputs/naughty_strings.json").read_text("utf-8"))
    formulas = [row["text"] for row in shared_rows("data/hostile_inputs/formula_injection.csv")]
    ours = ["9" * 4000, "1e999", "NaN", "<script>alert(1)</script>", "#REF!", "长" * 5000, "a\x00b", "\x07"]
    texts = [t for t in (*ours, *formulas, *naughty) if t.strip()][:90]
    head = ["客户名称", "简称", "渠道", "负责人", "备注"]
    rows = [
        [f"奇客{n}", text, text if n % 3 == 0 else "", text if n % 5 == 0 else "", text]
        for n, text in enumerate(texts)
    ]
    text, hidden = look(client, CUSTOMERS, a_workbook([head, *rows]))
    assert "<script>alert(1)" not in text
    batch = start(world, client, CUSTOMERS, hidden)
    assert batch.state == "done" and batch.imported + batch.rejected == batch.rows
    for address in (f"/imports/{batch.pk}/", "/imports/", "/customers/"):
        page = client.get(address)
        assert page.status_code == 200 and "<script>alert(1)" not in page.content.decode()
    assert len(errors_of(client, batch)) == batch.rejected + 1


def test_numbers_beyond_measure_and_days_that_are_none_are_told_at_their_cells(world: World) -> None:
    rows, _ = quotation_rows(world)
    head = [*rows[0], "有效期至"]
    ask = rows[1][:4]
    wrong = [
        [*ask, "9" * 30, "5", ""],
        [*ask, "1.1234567", "5", ""],
        [*ask, "-3", "5", ""],
        [*ask, "1", "5", "2026-13-45"],
    ]
    for number, row in enumerate(wrong):
        row[0] = f"D{number}"
    client = signed_in(world, "sales_manager")
    text, hidden = look(client, QUOTATIONS, a_workbook([head, *wrong]))
    for words in ("过大", "小数", "必须大于 0", "不是日期"):
        assert words in text, words
    assert start(world, client, QUOTATIONS, hidden).rejected == 4


def test_a_column_that_nobody_knows_is_asked_about_and_only_then(world: World) -> None:
    client = signed_in(world, "sales_manager")
    content = a_workbook([["公司", "渠道"], ["改名客户有限公司", "直销"]])
    address = send(client, CUSTOMERS, content)["Location"]
    page = client.get(address).content.decode()
    assert "没有认出下面的列" in page and '<label for="h-0">公司</label>' in page
    sent = {"file": address.split("=")[1], "head.1": "channel", "step": "look"}
    missing = client.post(CUSTOMERS, sent)
    assert missing.status_code == 422 and "请指明哪一列是“客户名称”" in missing.content.decode()
    twice = client.post(CUSTOMERS, sent | {"head.0": "channel"})
    assert twice.status_code == 422 and "有两列都指定为“渠道”" in twice.content.decode()
    looked = client.post(CUSTOMERS, sent | {"head.0": "name"})
    assert looked.status_code == 200 and "改名客户有限公司" in looked.content.decode()
    assert 'name="column.name" value="公司"' in looked.content.decode()
    batch = start(world, client, CUSTOMERS, sent | {"head.0": "name"})
    assert batch.imported == 1


def test_english_heads_and_choices_are_known_too(world: World) -> None:
    client = signed_in(world, "sales_manager")
    content = a_workbook([["Name *", "CHANNEL"], ["英文表头有限公司", "Direct"]])
    batch = bring(world, client, CUSTOMERS, content)
    assert batch.imported == 1


def test_too_many_rows_are_told_before_anything_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_ROWS", 2)
    answer = send(
        signed_in(world, "sales_manager"), CUSTOMERS, a_workbook([["客户名称"], ["a"], ["b"], ["c"]])
    )
    assert answer.status_code == 422 and "一次最多导入 2 行" in answer.content.decode()
    world.see()
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("content", [a_workbook([["客户名称"]]), "客户名称\n".encode(), b"PK\x03\x04broken"])
def test_a_file_without_rows_is_no_error(world: World, content: bytes) -> None:
    client = signed_in(world, "sales_manager")
    answer = send(client, CUSTOMERS, content, "空.csv" if content[:2] != b"PK" else "空.xlsx")
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
    assert answer.status_code == 422 and "is-late" in answer.content.decode()


@pytest.mark.usefixtures("held")
def test_rows_that_need_approval_are_asked_for_only_if_wanted(world: World) -> None:
    client = signed_in(world, "sales_manager")
    content = a_workbook([["客户名称", "市"], ["要审批有限公司", "上海"], ["不要审批有限公司", "苏州"]])
    text, hidden = look(client, CUSTOMERS, content)
    assert "需要审批的行也提交审批" in text
    batch = start(world, client, CUSTOMERS, hidden)
    assert (batch.imported, batch.waiting, batch.rejected) == (1, 0, 1)
    assert not ApprovalRequest.objects.exists()
    back = errors_of(client, batch)
    assert "需要审批" in back[1][-1], back
    world.see()
    batch = bring(world, client, CUSTOMERS, content, submit_held="1")
    assert (batch.known, batch.waiting, batch.rejected) == (1, 1, 0)
    request = ApprovalRequest.objects.get()
    assert (request.operation, request.state, request.channel) == ("customers.add", "open", "import")
    assert "待审批" in client.get(f"/imports/{batch.pk}/").content.decode()


def test_nobody_reads_anothers_file_or_batch(world: World) -> None:
    content = a_workbook([["客户名称"], ["别人的客户有限公司"]])
    client = signed_in(world, "rep")
    address = send(client, CUSTOMERS, content)["Location"]
    stranger = signed_in(world, "account_manager")
    assert stranger.get(address).status_code == 404
    assert stranger.post(CUSTOMERS, {"file": address.split("=")[1], "step": "start"}).status_code == 404
    batch = bring(world, client, CUSTOMERS, content)
    assert batch.imported == 1
    assert client.get(f"/imports/{batch.pk}/").status_code == 200
    assert stranger.get(f"/imports/{batch.pk}/").status_code == 404
    world.see()
    with pytest.raises(Refusal) as refusal:
        world.run("sales_manager", "imports.undo", batch)
    assert refusal.value.code == "import.one_by_one"


def test_what_was_sent_lies_sealed_and_is_forgotten_after_a_month(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world, "sales_manager")
    content = "客户名称,渠道\n司空琉璃轴承厂,飞鸽\n".encode()
    batch = bring(world, client, CUSTOMERS, content, "司空.csv")
    kept = list(StoredFile.objects.filter(pk__in=[batch.file_id, batch.errors_id]))
    assert len(kept) == 2 and all(row.subject_id == row.pk for row in kept)
    for row in kept:
        assert "司空琉璃".encode() not in files.path_of(row.sha256).read_bytes()
    assert not staging.forget_old_files(world.company.pk)
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert staging.forget_old_files(world.company.pk)
    for row in kept:
        row.refresh_from_db()
        assert (files.read(row), row.name) == (None, "")
    assert client.get(f"/imports/{batch.pk}/").status_code == 200
    assert not staging.forget_old_files(world.company.pk)


def test_a_file_sent_again_in_another_way_is_the_same_file(world: World) -> None:
    """Twice pressed, or from two windows: the door knows each row."""
    client = signed_in(world, "sales_manager")
    content = a_workbook([["客户名称"], ["两次按下有限公司"], ["两次按下有限公司"]])
    _, hidden = look(client, CUSTOMERS, content)
    first: Any = start(world, client, CUSTOMERS, hidden)
    second: Any = start(world, client, CUSTOMERS, hidden)
    assert first.pk == second.pk  # the form's own key
    third = bring(world, client, CUSTOMERS, content)
    assert third.imported == 0 and third.known == first.imported


def test_two_people_who_send_the_same_file_at_once_bring_it_in_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second finds the rows in the memory only when it writes its own: what it did is rolled back and done again."""
    content = a_workbook([["客户名称"], ["同时导入有限公司"]])
    first, second = signed_in(world, "sales_manager"), signed_in(world, "rep")
    _, hidden = look(second, CUSTOMERS, content)
    bring(world, first, CUSTOMERS, content)
    real, blind = import_memory.here, [True]

    def here(*args: Any) -> Any:
        return {} if blind and blind.pop() else real(*args)

    monkeypatch.setattr(import_memory, "here", here)
    batch = start(world, second, CUSTOMERS, hidden)
    assert (batch.imported, batch.known) == (0, 1)
    assert Customer.objects.filter(party__name="同时导入有限公司").count() == 1


def test_the_pages_speak_english(world: World) -> None:
    client = signed_in(world, "sales_manager")
    client.cookies["sw_language"] = "en"
    assert "Take the template and fill it in" in client.get(CUSTOMERS).content.decode()
    content = a_workbook([["Name", "Channel"], ["An English customer", "Direct"], ["", "Pigeon"]])
    text, hidden = look(client, CUSTOMERS, content)
    assert "Preview: nothing is written yet" in text and "“Pigeon” is no choice" in text
    batch = start(world, client, CUSTOMERS, hidden)
    back = errors_of(client, batch)
    assert back[0][-1] == "Why it did not come in" and "Write one of: Direct" in back[1][-1]
