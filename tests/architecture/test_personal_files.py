"""A planted name in files that are sent in and in what comes of them: nowhere in clear on the disk, in jobs or in logs."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.imports import jobs
from sellwell.imports.tests.excel import CUSTOMERS, a_workbook, bring
from sellwell.kernel import files
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Event, ImportBatch, ImportedDocument, RefusedRow, StoredFile
from sellwell.selling.delivery.pages import imports
from sellwell.selling.delivery.tests.test_import_pages import MATCHED
from sellwell.testing.builders import load
from sellwell.testing.world import World
from sellwell.web import records
from sellwell.web.lists import bring_in
from tests.architecture.planting import HomeSince, forms, holds, home_since
from tests.architecture.test_personal import PLANTED, where, work

__all__ = ["home_since"]
load()
pytestmark = pytest.mark.django_db
NAME = f"{PLANTED}轴承厂"


def nowhere(home_since: HomeSince, caplog: pytest.LogCaptureFixture) -> None:
    assert where(PLANTED) == []
    assert home_since.holding(PLANTED) == []
    assert PLANTED not in caplog.text


def test_the_search_of_files_finds_what_is_there(tmp_path: Path, home_since: HomeSince) -> None:
    """In every encoding, and packed: else the other tests could not fail."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", NAME)
    packed = b"%PDF-1.7\nstream\n" + zlib.compress(PLANTED.encode("utf-16-be")) + b"\nendstream"
    for content in (*forms(PLANTED), buffer.getvalue(), packed):
        assert holds(content, PLANTED)
    assert not holds("别人".encode(), PLANTED)
    path = home_since.root / "logs" / f"planted-{new_id()}.log"
    path.parent.mkdir(exist_ok=True)
    path.write_text(NAME)
    try:
        assert home_since.holding(PLANTED) == [str(path.relative_to(home_since.root))]
    finally:
        path.unlink()


@pytest.mark.parametrize("large", [False, True])
def test_rows_of_a_list(
    large: bool,
    world: World,
    home_since: HomeSince,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One row comes in, one is refused and comes back: the upload, the job, its reasons and its error file."""
    monkeypatch.setattr(bring_in, "MOST_ROWS_HERE", 1 if large else 100)
    client = signed_in(world, "sales_manager")
    rows = [
        ["客户名称", "负责人", "备注"],
        [NAME, "", f"{PLANTED}备注"],
        [f"{PLANTED}二厂", f"{PLANTED}某人", ""],
    ]
    bring(world, client, CUSTOMERS, a_workbook(rows), f"{PLANTED}.xlsx")
    assert Event.objects.filter(name="imports.due").exists()
    work(world)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.imported, batch.rejected) == ("done", 1, 1)
    assert RefusedRow.objects.filter(batch=batch).exists() and ImportedDocument.objects.exists()
    kept = StoredFile.objects.get(pk=batch.errors_id)
    assert holds(files.read(kept) or b"", PLANTED)  # its reader gets it in clear
    nowhere(home_since, caplog)


@pytest.mark.parametrize("large", [False, True])
def test_past_sales(
    large: bool,
    world: World,
    home_since: HomeSince,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS_HERE", 1 if large else 100)
    jobs.forget()
    content = (
        "单号,产品编码,数量,日期,单价,客户编号,客户名称\n"
        f"S1,P-1,2,2024-03-01,9.90,K1,{NAME}\nS2,P-1,x,2024-03-01,9.90,K1,{NAME}\n"
    )
    client = signed_in(world, "sales_manager")
    sent = client.post("/imports/new", {"file": SimpleUploadedFile("销售.csv", content.encode("gb18030"))})
    given = MATCHED | {
        "file": sent["Location"].split("=")[1],
        "field.name": "",
        "field.customer_name": "客户名称",
    }
    client.post("/imports/new", given | {"step": "look"})
    client.post("/imports/new", given | {"step": "start"})
    world.see()
    work(world)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.imported, batch.rejected) == ("done", 1, 1)
    nowhere(home_since, caplog)


def test_a_list_that_is_taken_out_leaves_nothing_behind(
    world: World, home_since: HomeSince, caplog: pytest.LogCaptureFixture
) -> None:
    world.run("sales_manager", "customers.add", data={"name": NAME})
    answer = signed_in(world, "sales_manager").get(f"/customers/export?q={PLANTED}")
    assert answer.status_code == 200 and holds(answer.content, PLANTED)
    world.see()
    nowhere(home_since, caplog)


def test_an_error_that_quotes_a_person_is_logged_without_its_text(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the served processes log: by the formatter of the settings."""

    def broken(*args: Any, **options: Any) -> None:
        try:
            raise ValueError(f"cannot read {PLANTED}")
        except ValueError as error:
            raise IntegrityError(f"Key (name)=({PLANTED}) already exists.") from error

    import logging.config

    stream = io.StringIO()
    logging.config.dictConfig(
        settings.LOGGING
        | {"handlers": {"console": settings.LOGGING["handlers"]["console"] | {"stream": stream}}}
    )
    try:
        monkeypatch.setattr(records, "row_or_404", broken)
        client = signed_in(world, "sales_manager")
        client.raise_request_exception = False
        answer = client.get(f"/customers/{new_id()}/")
    finally:
        logging.config.dictConfig(settings.LOGGING)
    assert answer.status_code == 500 and PLANTED not in answer.content.decode()
    said = stream.getvalue()
    assert "IntegrityError" in said and "caused by builtins.ValueError" in said and "row_or_404" in said
    assert PLANTED not in said
    world.see()
