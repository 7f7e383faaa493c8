"""Files: known by their content, kept whole or not at all, named safely, never run by a browser."""

from __future__ import annotations

import errno
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel import files, zips
from sellwell.kernel.tests.shared import shared_path
from sellwell.kernel.values import Refusal

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.7\n%\xe2\xe3\n"


def office(*names: str, content: bytes = b"<x/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SELLWELL_HOME", str(tmp_path))
    return tmp_path / "files"


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def receive(chunks: list[bytes] | Iterator[bytes], name: str = "a.pdf"):  # type: ignore[no-untyped-def]
    return files.receive(chunks, name, company_id=uuid4(), uploaded_by=uuid4())


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "x.exe", "application/pdf"),
        (PNG, "photo.pdf", "image/png"),
        (b"\xff\xd8\xff\xe0abc", "", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "x", "image/webp"),
        (office("xl/workbook.xml"), "x.docx", files.XLSX),
        (office("word/document.xml"), "x.docx", files.DOCX),
        ("客户,金额\n".encode("gb18030"), "x.CSV", "text/csv"),
        ("备注".encode(), "x.txt", "text/plain"),
    ],
)
def test_the_content_says_what_it_is(content: bytes, name: str, kind: str) -> None:
    assert files.kind_of(io.BytesIO(content), name) == kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "files.empty"),
        (b"<html><script>", "a.html", "files.not_allowed"),
        (b"<svg onload=x>", "a.png", "files.not_allowed"),
        (b"MZ\x90\x00", "a.txt", "files.not_allowed"),
        (b"\xff\xff\xff\x80", "a.csv", "files.not_allowed"),
        (b"PK\x03\x04 broken", "a.xlsx", "zip.damaged"),
        (office("other.xml"), "a.xlsx", "files.not_allowed"),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx", "zip.unsafe"),
        (office("xl/workbook.xml", content=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"), "a.xlsx", "zip.unsafe"),
        (office("xl/workbook.xml", "../../evil"), "a.xlsx", "zip.unsafe"),
        (office("xl/workbook.xml", "xl/a.bin", content=b"\0" * 20_000_000), "a.xlsx", "zip.bomb"),
    ],
)
def test_what_is_not_taken(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        files.kind_of(io.BytesIO(content), name)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("name", "code"),
    [("xxe_sheet.xlsx", "zip.unsafe"), ("zip_slip.xlsx", "zip.unsafe"), ("zip_bomb_100MB.xlsx", "zip.bomb")],
)
def test_shared_hostile_files(name: str, code: str) -> None:
    with shared_path(f"data/hostile_inputs/files/{name}").open("rb") as source:
        objection = zips.objection_to(source)
    assert objection is not None
    assert objection.code == code
    assert not Path("/tmp/zip_slip_test.txt").exists()


def test_a_file_is_kept_once_by_its_hash(store: Path) -> None:
    one, other = receive([PDF[:4], PDF[4:]], "../合同 2026.pdf"), receive([PDF])
    assert (one.name, one.size, one.media_type) == ("合同 2026.pdf", len(PDF), "application/pdf")
    assert one.sha256 == other.sha256
    assert [path.parent.name + path.name for path in stored(store)] == [one.sha256]
    assert files.read(one) == PDF
    assert files.is_whole(one)
    files.path_of(one.sha256).write_bytes(b"other")
    assert not files.is_whole(one)


def test_nothing_remains_of_a_broken_upload(store: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield PDF
        raise ConnectionResetError("the sender is gone")

    with pytest.raises(ConnectionResetError):
        receive(broken())
    assert stored(store) == []


def test_nothing_remains_when_the_disk_is_full(store: Path) -> None:
    def full() -> Iterator[bytes]:
        yield PDF
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(Refusal) as refusal:
        receive(full())
    assert refusal.value.code == "files.disk_full"
    assert stored(store) == []


def test_too_large(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "most_bytes", lambda: 1024 * 1024)
    with pytest.raises(Refusal) as refusal:
        receive(iter([b"%PDF-", *[b"x" * 65536] * 20]))
    assert refusal.value.code == "files.too_large"
    assert stored(store) == []


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"), ("C:\\Users\\a\\合同.PDF", "合同.PDF"), ("a\x00b\u202efdp.exe", "abfdp.exe.pdf"),
        ("", "file.pdf"), ("...", "file.pdf"), ("con.pdf", "_con.pdf"), ('a<b>:"c.pdf', "a_b___c.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_names_are_safe(name: str, clean: str) -> None:
    assert files.clean_name(name, "application/pdf") == clean


@given(st.text(max_size=300))
def test_any_name_becomes_one(name: str) -> None:
    clean = files.clean_name(name, "image/jpeg")
    assert 0 < len(clean) <= 121
    assert not set(clean) & set('/\\<>:"|?*\0\n')


def test_a_browser_saves_and_never_runs_it(store: Path) -> None:
    row = receive([PNG], '合"同\r\n.png')
    sent = files.headers(row, inline=True)
    assert sent["Content-Disposition"].startswith("inline; filename=")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sent["Content-Security-Policy"]
    assert all("\n" not in value and "\r" not in value and value.isascii() for value in sent.values())
    row.media_type = "text/plain"
    assert files.headers(row, inline=True)["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db
def test_a_file_of_a_subject_is_sealed_and_forgotten(store: Path, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    from sellwell.kernel import personal

    subject = uuid4()
    row = files.receive(
        [PDF, "王伟".encode()], "王伟.pdf", company_id=uuid4(), uploaded_by=uuid4(), subject_id=subject
    )
    (path,) = stored(store)
    assert "王伟".encode() not in path.read_bytes()
    assert files.is_whole(row)
    assert files.read(row) == PDF + "王伟".encode()
    with django_capture_on_commit_callbacks(execute=True):
        personal.erase(subject)
    assert files.read(row) is None


@pytest.mark.django_db
def test_bytes_without_a_row_are_swept(store: Path) -> None:
    from datetime import timedelta

    receive([PDF])
    assert files.sweep() == 0
    assert files.sweep(timedelta(seconds=-5)) == 1
    assert stored(store) == []
