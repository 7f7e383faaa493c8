"""An archive is whole or refused; what comes back is what was there."""

from __future__ import annotations

import tarfile
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from sellwell.cli import backup
from sellwell.kernel import clock
from sellwell.kernel import home as homes
from sellwell.kernel.models import Event
from sellwell.kernel.postgres import OWNER, Address, database_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source() -> Address:
    """The test's own database, with something in it, as the owner."""
    Event.objects.create(
        company_id=None,
        name="x.y",
        request_id=uuid4(),
        actor_id=uuid4(),
        at=clock.now(),
        payload={"名": "值"},
    )
    return database_address(homes.current(), OWNER, connection.settings_dict["NAME"])


@pytest.fixture
def target(source: Address) -> Iterator[Address]:
    """An empty database."""
    name = f"{source.database.rsplit('_', 1)[0]}_back_{source.database.rsplit('_', 1)[1]}"
    with closing(
        psycopg.connect(**replace(source, database="postgres").connection(), autocommit=True)
    ) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield replace(source, database=name)
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "合同.pdf").write_bytes(b"%PDF-1.7 one")
    (folder / "plain.bin").write_bytes(bytes(range(256)))
    return folder


@pytest.fixture
def archive(source: Address, files: Path, tmp_path: Path) -> Path:
    file = tmp_path / "one.sellwell"
    backup.write_archive(file, source, files)
    return file


def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "back" / "files"
    folder.mkdir(parents=True)
    return folder


def content(address: Address) -> dict[str, dict[str, Any]]:
    with closing(psycopg.connect(**address.connection())) as one:
        return backup.content_of(one)


def test_what_comes_back_is_what_was_there(
    archive: Path, source: Address, target: Address, files: Path, tmp_path: Path
) -> None:
    back = empty(tmp_path)
    manifest = backup.read_archive(archive, target, back)
    assert manifest["tables"] == content(source) == content(target)
    assert manifest["tables"]["kernel_event"]["rows"] == 1
    for path in files.rglob("*.*"):
        assert (back / path.relative_to(files)).read_bytes() == path.read_bytes()
    assert archive.stat().st_mode & 0o077 == 0
    assert not [path for path in archive.parent.iterdir() if path.name.startswith(".")]


def test_a_database_with_tables_is_not_overwritten(archive: Path, source: Address, tmp_path: Path) -> None:
    with pytest.raises(backup.Damaged, match="not empty"):
        backup.read_archive(archive, source, empty(tmp_path))


def test_a_changed_file_is_noticed_before_anything_is_written(
    archive: Path, target: Address, files: Path, tmp_path: Path
) -> None:
    unpacked = tmp_path / "unpacked"
    with tarfile.open(archive) as tar:
        backup._extract(tar, unpacked)
    (unpacked / "files" / "plain.bin").write_bytes(b"other")
    with tarfile.open(archive, "w") as tar:
        for entry in unpacked.iterdir():
            tar.add(entry, entry.name)
    with pytest.raises(backup.Damaged, match="plain.bin"):
        backup.read_archive(archive, target, empty(tmp_path))
    assert content(target) == {}


@pytest.mark.parametrize("garbage", [b"", b"nothing of ours", b"\x00" * 2048])
def test_garbage_is_no_archive(garbage: bytes, target: Address, tmp_path: Path) -> None:
    file = tmp_path / "garbage"
    file.write_bytes(garbage)
    with pytest.raises(backup.Damaged):
        backup.read_archive(file, target, empty(tmp_path))


def test_an_archive_writes_nowhere_else(target: Address, tmp_path: Path) -> None:
    link = tarfile.TarInfo("files/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    for number, member in enumerate((tarfile.TarInfo("../outside"), tarfile.TarInfo("/tmp/outside"), link)):
        file = tmp_path / f"{number}.tar"
        with tarfile.open(file, "w") as tar:
            tar.addfile(member)
        with pytest.raises(backup.Damaged, match="does not belong"):
            backup.read_archive(file, target, empty(tmp_path / str(number)))
    assert not (tmp_path / "outside").exists()
