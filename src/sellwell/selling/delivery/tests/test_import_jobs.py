"""A large file in the browser: the worker brings it in, people watch, leave, stop and go on; a killed worker doubles nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.imports import jobs, order_jobs
from sellwell.kernel import checks, door, files, outbox
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import BatchState, Fact, ImportBatch, ImportedDocument, RefusedRow
from sellwell.kernel.values import Refusal
from sellwell.selling.delivery.importing import HERE_ALREADY
from sellwell.selling.delivery.pages import imports
from sellwell.selling.delivery.tests.test_import_pages import MATCHED, upload
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]

HEAD = "单号,产品编码,数量,日期,单价,客户编号,产品名称\n"
DOCUMENTS = 12


def a_large_file(product: str = "螺栓") -> bytes:
    """Twelve documents of two lines, the first with a line that is wrong; two times the same row is two rows."""
    lines = [f"L{n},P-{n % 3},{n + 1},2024-03-01,9.90,K{n % 4},{product}" for n in range(DOCUMENTS)]
    return (
        HEAD + "\n".join(line for line in lines for _ in range(2)) + "\nL0,P-1,x,2024-03-01,9.90,K1,螺栓\n"
    ).encode("gb18030")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large begins at ten rows, and a chunk is a few."""
    monkeypatch.setattr(imports, "MOST_ROWS_HERE", 10)
    monkeypatch.setattr(order_jobs, "CHUNK_LINES", 6)
    jobs.forget()


def asked(world: World, content: bytes | None = None) -> tuple[Any, ImportBatch]:
    """Upload, match, look, start: the answer leads to the batch's page."""
    client = signed_in(world, "sales_manager")
    sent = MATCHED | {"file": upload(client, content or a_large_file())["Location"].split("=")[1]}
    client.post("/imports/new", sent | {"step": "look"})
    answer = client.post("/imports/new", sent | {"step": "start"})
    world.see()
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{batch.pk}/")
    return client, batch


def work(world: World, rounds: int = 100) -> None:
    """So many rounds of the worker."""
    for _ in range(rounds):
        if not outbox.drain([world.company.pk]):
            return


@pytest.mark.usefixtures("small")
@clause("5.2.5")
def test_the_worker_brings_a_large_file_in_while_one_watches(world: World) -> None:
    client, batch = asked(world)
    assert "正在读取文件" in client.get(f"/imports/{batch.pk}/").content.decode()
    assert not ImportedDocument.objects.exists()
    work(world, rounds=2)
    batch.refresh_from_db()
    assert (batch.state, batch.position, batch.of, batch.imported) == ("running", 6, DOCUMENTS, 12)
    watched = client.get(f"/jobs/import/{batch.pk}").content.decode()
    assert "已处理 6 / 12 张单据，写入 12 行" in watched and "hx-get" in watched
    world.see()
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.rows, batch.imported, batch.rejected) == ("done", 25, 24, 1)
    assert batch.total + batch.known_total + batch.rejected_total == batch.source_total > 0
    done = client.get(f"/jobs/import/{batch.pk}").content.decode()
    assert "导入完成" in done and "hx-get" not in done and f"/imports/{batch.pk}/" in done
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "行数与金额全部对上" in page
    table = client.get(f"/files/{batch.errors_id}?of=kernel.importbatch/{batch.pk}").content.decode(
        "utf-8-sig"
    )
    assert "import.quantity" in table and "L0" in table
    world.see()
    assert checks.run_all() == []


@pytest.mark.usefixtures("small")
def test_only_who_may_see_the_batch_sees_how_far_it_is(world: World) -> None:
    _, batch = asked(world)
    assert signed_in(world, "rep").get(f"/jobs/import/{batch.pk}").status_code == 404


@pytest.mark.usefixtures("small")
def test_a_killed_worker_leaves_whole_chunks_and_another_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, batch = asked(world)
    real = door.run

    def killed(name: str, *args: Any, **options: Any) -> Any:
        if name == "imports.advance" and args[1:] and ImportedDocument.objects.count() > 3:
            raise KeyboardInterrupt  # after the chunk's rows, before its end: all of it is one transaction
        return real(name, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(door, "run", killed)
        with pytest.raises(KeyboardInterrupt):
            work(world)
    world.see()
    batch.refresh_from_db()
    assert (batch.position, ImportedDocument.objects.count()) == (3, 3)
    jobs.forget()  # another process
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.imported, batch.documents) == ("done", 24, DOCUMENTS)
    assert ImportedDocument.objects.count() == DOCUMENTS
    assert Fact.objects.filter(measure="booked").count() == 24
    assert checks.run_all() == []


@pytest.mark.usefixtures("small")
def test_it_can_be_stopped_between_chunks_gone_on_with_and_undone(world: World) -> None:
    client, batch = asked(world)
    work(world, rounds=2)
    client.post(f"/do/imports.stop/{batch.pk}/", {"reason": "文件有误"})
    world.see()
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.position) == ("stopped", 6)
    assert "已停在 6 / 12 张单据" in client.get(f"/imports/{batch.pk}/").content.decode()
    for _ in range(2):  # told twice, it goes on once
        world.run("sales_manager", "imports.resume", batch)
        world.run("sales_manager", "imports.stop", batch)
    world.run("sales_manager", "imports.resume", batch)
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.imported, batch.documents) == ("done", 24, DOCUMENTS)
    world.run("sales_manager", "imports.undo", batch)
    assert not ImportedDocument.objects.filter(undone_at__isnull=True).exists()
    assert checks.run_all() == []


@pytest.mark.usefixtures("small")
def test_what_the_worker_cannot_read_stops_the_import_with_the_reason(world: World) -> None:
    # A file of its own: the same bytes are one file for all tests that run at this moment, and this one takes it away.
    client, batch = asked(world, a_large_file(f"螺栓 {new_id()}"))
    files.path_of(batch.file.sha256).unlink()
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.problem["code"]) == (BatchState.STOPPED, "import.file_lost")
    assert "上传的文件已不在" in client.get(f"/imports/{batch.pk}/").content.decode()


@pytest.mark.usefixtures("small")
def test_documents_that_are_here_already_are_told_apart(world: World) -> None:
    _, batch = asked(world)
    work(world)
    jobs.forget()
    asked_again = order_jobs.ask(
        batch.file, imports.mappings.from_values(batch.mapping | {"rate": "1"}), world.ctx("sales_manager")
    )
    work(world)
    asked_again.refresh_from_db()
    assert (asked_again.imported, asked_again.known, asked_again.rejected) == (0, 24, 1)
    assert asked_again.known_total + asked_again.rejected_total == asked_again.source_total
    with pytest.raises(Refusal):
        world.run("sales_manager", "imports.advance", asked_again, {"position": 1, "of": 1, "rows": 1})


def test_imported_documents_are_found_by_number_and_by_the_customers_name(world: World) -> None:
    from sellwell.kernel import search
    from sellwell.selling.delivery.tests.builders import a_parcel

    batch = world.run(
        "sales_manager", "imports.begin", data={"profile": "orders", "source": "old", "currency": "CNY"}
    ).result
    parcel = a_parcel("S-777") | {"customer_name": "欧阳轴承"}
    data = {"rate": "1", "tax_rate": "0", "parcels": [parcel]}
    world.run("sales_manager", "delivery.import_orders", batch, data)
    order = apps.get_model("orders.Order").objects.get(source_number="S-777")
    actor = world.ctx("sales_manager").actor

    def found(q: str) -> set[str]:
        return {view.row_type for view, _ in search.find(actor, q)}

    assert {"orders.order", "delivery.shipment"} <= found(order.number)
    assert "orders.order" in found("777")
    for q in ("欧阳", "ouyang", "oyzc"):
        assert "customers.customer" in found(q)
        view = {view.row_type: rows for view, rows in search.find(actor, q)}
        assert [customer.party.name for customer in view["customers.customer"]] == ["欧阳轴承"]
    entry = apps.get_model("kernel.SearchRow").objects.get(pk=order.pk)
    search.write([order])
    again = apps.get_model("kernel.SearchRow").objects.get(pk=order.pk)
    assert (entry.title, sorted(entry.tokens)) == (again.title, sorted(again.tokens))


@pytest.mark.usefixtures("small")
def test_the_error_file_tells_why_a_document_was_not_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason that the door gave is kept, sealed, until the end; not one word for all of them."""
    client, batch = asked(world)
    real = door.run

    def strict(name: str, ctx: Any, row_id: Any = None, data: Any = None, **options: Any) -> Any:
        if name == "delivery.import_orders" and any(p["number"] == "L3" for p in data["parcels"]):
            raise Refusal(HERE_ALREADY.refuse(number="L3", count=1))
        return real(name, ctx, row_id, data, **options)

    monkeypatch.setattr(door, "run", strict)
    work(world)
    batch.refresh_from_db()
    assert (batch.state, batch.imported, batch.rejected) == ("done", 22, 3)
    kept = RefusedRow.objects.get(batch=batch)
    assert kept.number == "L3" and "已导入" not in str(kept.words)
    answer = client.get(f"/files/{batch.errors_id}?of=kernel.importbatch/{batch.pk}")
    table = answer.content.decode("utf-8-sig")
    assert "未能写入：单据 L3 已导入" in table and "数据库不接受" not in table
    assert table.count("L3") >= 2
