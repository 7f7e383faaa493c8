"""Past sales in the browser: upload, match, look, start, undo."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.kernel import door, files
from sellwell.kernel.models import ImportBatch, ImportedDocument, StoredFile
from sellwell.kernel.tests.shared import shared_path
from sellwell.testing.world import World, world

__all__ = ["world"]

CSV = (
    "单号,产品编码,数量,日期,单价,客户编号,产品名称\n"
    "S1,P-1,2,2024-03-01,9.90,K1,螺栓\n"
    "S2,P-1,x,2024-03-01,9.90,K1,<b>螺栓</b>\n"
)
MATCHED = {
    "field.invoice": "单号", "field.product": "产品编码", "field.quantity": "数量", "field.day": "日期",
    "field.price": "单价", "field.customer": "客户编号", "field.name": "产品名称", "source": "old",
}  # fmt: skip


def upload(client: object, content: bytes = CSV.encode("gb18030"), name: str = "销售.csv") -> object:
    return client.post("/imports/new", {"file": SimpleUploadedFile(name, content)})  # type: ignore[attr-defined]


def test_a_file_is_matched_looked_at_and_brought_in(world: World) -> None:
    client = signed_in(world, "sales_manager")
    assert "选择 CSV" in client.get("/imports/new").content.decode()
    address = upload(client)["Location"]
    page = client.get(address).content.decode()
    assert re.search(r'<option value="单号" selected>', page) and "&lt;b&gt;" in page
    sent = MATCHED | {"file": address.split("=")[1]}
    looked = client.post("/imports/new", sent | {"step": "look"}).content.decode()
    assert "尚未写入" in looked and "开始导入" in looked
    world.see()
    assert not ImportBatch.objects.exists()
    done = client.post("/imports/new", sent | {"step": "start"}).content.decode()
    world.see()
    batch = ImportBatch.objects.get()
    assert (batch.imported, batch.rejected, batch.state, batch.file_name) == (1, 1, "done", "销售.csv")
    assert batch.number in done and "行数与金额全部对上" in done
    link = re.search(r'href="(/files/[^"]+)"', done)
    assert link is not None
    table = client.get(link[1]).content.decode("utf-8-sig")
    assert "import.quantity" in table and "S2" in table
    assert client.get("/imports/").status_code == 200
    assert client.get(f"/imports/{batch.pk}/").status_code == 200
    client.post(f"/do/imports.undo/{batch.pk}/", {})
    world.see()
    assert ImportedDocument.objects.count() == 1
    assert ImportedDocument.objects.filter(undone_at__isnull=True).count() == 0


def test_what_is_wrong_is_told_and_nothing_is_lost(world: World) -> None:
    client = signed_in(world, "sales_manager")
    bad = upload(client, b"\x00\x01\x02", "x.csv")
    assert bad.status_code == 422
    address = upload(client)["Location"]
    sent = MATCHED | {"file": address.split("=")[1], "source": "Old Shop", "field.day": ""}
    answer = client.post("/imports/new", sent | {"step": "look"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "Old Shop" in text and "对应列" in text
    assert client.get("/imports/new?file=nothing").status_code == 404


def test_only_who_may_import_sees_the_page_and_only_ones_own_file(world: World) -> None:
    address = upload(signed_in(world, "sales_manager"))["Location"]
    assert signed_in(world, "rep").get("/imports/new").status_code in (403, 404)
    assert signed_in(world, "administrator").get(address).status_code == 404


def test_a_full_disk_is_told_and_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(world, "sales_manager")
    rows = StoredFile.objects.count()
    halves: list[Path] = []

    def full(path: Path, chunks: object, most: int) -> int:
        path.write_bytes(b"half")
        halves.append(path)  # other tests write to the same store meanwhile
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_write", full)
    answer = upload(client)
    assert answer.status_code == 422 and "存储空间不足" in answer.content.decode()
    sent = client.post("/files/", {"file": SimpleUploadedFile("a.csv", CSV.encode())})
    assert (sent.status_code, sent.json()["objections"][0]["code"]) == (422, "files.disk_full")
    world.see()
    assert StoredFile.objects.count() == rows
    assert halves and not [path for path in halves if path.exists()]


def test_a_database_that_goes_away_is_told_and_the_import_goes_on_afterwards(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world, "sales_manager")
    sent = MATCHED | {"file": upload(client)["Location"].split("=")[1], "step": "start"}
    real = door.run

    def gone(name: str, *args: Any, **options: Any) -> Any:
        if name == "delivery.import_orders":
            raise OperationalError("server closed the connection unexpectedly")
        return real(name, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(door, "run", gone)
        answer = client.post("/imports/new", sent)
    assert answer.status_code == 422 and "不会重复" in answer.content.decode()
    assert client.post("/imports/new", sent).status_code == 200
    world.see()
    assert (ImportBatch.objects.count(), ImportedDocument.objects.count()) == (1, 1)


def test_a_start_that_is_sent_twice_brings_in_once(world: World) -> None:
    client = signed_in(world, "sales_manager")
    sent = MATCHED | {"file": upload(client)["Location"].split("=")[1], "step": "start"}
    for _ in range(2):
        assert client.post("/imports/new", sent).status_code == 200
    world.see()
    assert ImportedDocument.objects.count() == 1


ENCODED = {
    "gb18030": CSV.encode("gb18030"), "utf-8": CSV.encode(), "utf-8 with mark": CSV.encode("utf-8-sig"),
    "utf-16": CSV.encode("utf-16"), "utf-16 big": b"\xfe\xff" + CSV.encode("utf-16-be"),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODED)
def test_the_columns_are_read_in_every_encoding(world: World, encoding: str) -> None:
    client = signed_in(world, "sales_manager")
    page = client.get(upload(client, ENCODED[encoding])["Location"]).content.decode()
    assert re.search(r'<option value="产品编码" selected>', page)


BROKEN = {
    "cut.csv": CSV.encode()[:-20] + b'"', "ragged.csv": CSV.encode() + b"a,b\n,,,,,,,,,,,,,\n", "nul.csv": b"a,b\n\x00,1\n",
    "half.csv": CSV.encode("gb18030")[:-1] + b"\xff\xfe\x81", "wide.csv": b",".join([b"x"] * 20_000) + b"\n1\n",
    "long.csv": b"a,b\n" + b"x" * 3_000_000 + b",1\n", "header.csv": "单号,产品编码\n".encode(), "zip.xlsx": b"PK\x03\x04broken",
    "pdf.csv": b"%PDF-1.7\n%%EOF", "no.exe": b"MZ\x90\x00",
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_or_shown_but_never_fails(world: World, name: str) -> None:
    client = signed_in(world, "sales_manager")
    take(client, BROKEN[name], name)
    world.see()
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    "path", ["gbk.csv", "utf8_bom.csv", "amount_texts.xlsx", "xxe_sheet.xlsx", "zip_slip.xlsx"]
)
def test_shared_hostile_files_do_no_harm(world: World, path: str) -> None:
    client = signed_in(world, "sales_manager")
    take(client, shared_path(f"data/hostile_inputs/files/{path}").read_bytes(), path)


def take(client: Any, content: bytes, name: str) -> None:
    """Upload a file, and where it is taken look at it; each answer is a page or a refusal."""
    answer = upload(client, content, name)
    assert answer.status_code in (302, 422), answer.status_code
    if answer.status_code == 302:
        assert client.get(answer["Location"]).status_code in (200, 422)
        sent = MATCHED | {"file": answer["Location"].split("=")[1], "step": "look"}
        assert client.post("/imports/new", sent).status_code in (200, 422)
    assert client.post("/files/", {"file": SimpleUploadedFile(name, content)}).status_code in (200, 422)
