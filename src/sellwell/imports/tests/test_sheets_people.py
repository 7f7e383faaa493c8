"""A file is one person's: its refused rows, and the rights by which its rows are entered."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.foundation.customers.models import Customer
from sellwell.imports import jobs
from sellwell.imports.reasons import BAD_TEXT
from sellwell.imports.sheets import rows as profile
from sellwell.imports.sheets.documents import Problem
from sellwell.imports.tests.excel import (
    CUSTOMERS,
    QUOTATIONS,
    a_workbook,
    bring,
    errors_of,
    quotation_rows,
    work,
)
from sellwell.kernel import import_memory
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import ImportBatch
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World, world
from sellwell.web.lists import bring_in

__all__ = ["world"]


def test_refused_rows_are_read_by_their_sender_only(world: World) -> None:
    client = signed_in(world, "rep")
    content = a_workbook([["客户名称", "渠道"], ["留底的客户有限公司", "飞鸽"]])
    batch = bring(world, client, CUSTOMERS, content)
    assert errors_of(client, batch)[1][0] == "留底的客户有限公司"
    assert f"/files/{batch.errors_id}" in client.get(f"/imports/{batch.pk}/").content.decode()
    for role in ("auditor", "sales_manager"):
        other = signed_in(world, role)
        page = other.get(f"/imports/{batch.pk}/")
        assert page.status_code == 200 and f"/files/{batch.errors_id}" not in page.content.decode()
        assert "只有导入人可以下载" in page.content.decode()
        assert other.get(f"/files/{batch.errors_id}?of=kernel.importbatch/{batch.pk}").status_code == 404


def test_nobody_goes_on_with_anothers_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_in, "MOST_ROWS_HERE", 1)
    monkeypatch.setattr(profile, "AT_ONCE", 1)
    client = signed_in(world, "rep")
    content = a_workbook([["客户名称"], ["续传客户1有限公司"], ["续传客户2有限公司"]])
    batch = bring(world, client, CUSTOMERS, content)
    world.run("sales_manager", "imports.stop", batch, {"reason": "先停"})
    with pytest.raises(Refusal) as refusal:
        world.run("sales_manager", "imports.resume", batch)
    assert refusal.value.code == "import.not_your_rows"
    world.run("rep", "imports.resume", batch)
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.imported) == ("done", 2)


def test_an_import_of_somebody_who_left_stops_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bring_in, "MOST_ROWS_HERE", 0)
    client = signed_in(world, "rep")
    content = a_workbook([["客户名称"], ["离职前导入有限公司"]])
    batch = bring(world, client, CUSTOMERS, content)
    person = world.user("rep")
    person.is_active = False
    person.save()
    work(world)
    batch.refresh_from_db()
    assert batch.state == "stopped" and batch.problem["code"] == "not_permitted", batch.problem
    assert not Customer.objects.filter(party__name="离职前导入有限公司").exists()
    page = signed_in(world, "sales_manager").get(f"/imports/{batch.pk}/").content.decode()
    assert batch.problem["zh"] in page


@pytest.mark.parametrize("wrong", ["控制\x07字符", "同一张\x01单据"])
def test_a_reason_that_quotes_what_cannot_be_shown_is_kept(world: World, wrong: str) -> None:
    """The head says two things (quoted), and a row is wider than the head (quoted)."""
    rows, _ = quotation_rows(world)
    rows[2][2] = wrong
    csv = "\n".join(",".join(f'"{c}"' for c in row) for row in rows[:3]) + f',"{wrong}"\n'
    client = signed_in(world, "sales_manager")
    batch = bring(world, client, QUOTATIONS, csv.encode(), "报价.csv")
    assert (batch.state, batch.rejected) == ("done", 2)
    assert "\ufffd" in errors_of(client, batch)[2][-1]


def test_more_reasons_than_anybody_reads_are_cut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "MOST_TOLD", 7)
    problems = [Problem(row, None, BAD_TEXT.refuse()) for row in (1, 2, 3) for _ in range(9)]
    assert [one.row for one in profile.told(problems)] == [1, 1, 1, 1, 1, 2, 2]


def test_what_is_refused_while_writing_stops_the_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk that cannot be kept leaves nothing of itself and no import that runs for ever."""

    def too_many(*args: Any) -> None:
        raise Refusal(BAD_TEXT.refuse())

    monkeypatch.setattr(import_memory, "keep_made", too_many)
    client = signed_in(world, "rep")
    content = a_workbook([["客户名称"], ["写不进去有限公司"]])
    batch = bring(world, client, CUSTOMERS, content)
    assert (batch.state, batch.problem["code"]) == ("stopped", BAD_TEXT.code)
    assert not Customer.objects.filter(party__name="写不进去有限公司").exists()


def test_an_ordinary_attachment_is_no_file_to_import(world: World) -> None:
    """It lies unsealed and is not forgotten: only what was sent to be imported is."""
    client = signed_in(world, "rep")
    sent = client.post(
        "/files/", {"file": SimpleUploadedFile("客户.csv", "客户名称\n附件客户\n".encode())}
    ).json()
    assert client.get(f"{CUSTOMERS}?file={sent['id']}").status_code == 404
    given = {
        "operation": "customers.add",
        "file": sent["id"],
        "mapping": {"options": {}, "fields": {"name": "x"}},
    }
    with pytest.raises(Refusal) as refusal:
        world.run("rep", "imports.begin_rows", data=given)
    assert refusal.value.code == "import.no_file"


def test_a_busy_database_leaves_the_rows_to_the_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = jobs.door.run, []

    def busy(name: str, *args: Any, **more: Any) -> Any:
        if name == "customers.add" and not calls:
            calls.append(name)
            raise OperationalError("deadlock detected")
        return real(name, *args, **more)

    monkeypatch.setattr(jobs.door, "run", busy)
    client = signed_in(world, "rep")
    content = a_workbook([["客户名称"], ["稍后导入有限公司"]])
    batch = bring(world, client, CUSTOMERS, content)
    assert (batch.state, batch.position) == ("running", 0)
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.imported) == ("done", 1)


def test_two_threads_have_each_their_own_file_at_hand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lets go of its file does not take it out of the other's hand."""
    monkeypatch.setattr(jobs.staging, "content_of", lambda file: b"")
    read = jobs.Profile(
        lambda batch, content, ctx: batch.pk, lambda said: 0, profile.bring_in, profile.reckon
    )
    batches, ctx = [ImportBatch(id=new_id()) for _ in range(2)], world.ctx("rep")
    jobs.forget()
    assert jobs._said(batches[0], read, ctx) == batches[0].pk
    kept: list[Any] = []
    other = Thread(target=lambda: kept.extend([jobs._said(batches[1], read, ctx), jobs.forget()]))
    other.start()
    other.join()
    assert kept == [batches[1].pk, None] and jobs._here.said == (batches[0].pk, batches[0].pk)
    jobs.forget()
