"""Past sales in the browser: upload, match, look, start, undo."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.kernel.models import ImportBatch, ImportedDocument
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
