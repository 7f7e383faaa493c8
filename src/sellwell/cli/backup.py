"""`backup` and `restore`: the whole database and all files in one archive that proves itself.

The archive is a tar with `manifest.json` (row count and content hash per table, SHA-256 per file), `database.dump`
(pg_dump's own format) and `files/`. Keys are never in it: the master key lies elsewhere, and without it what was
personal stays unreadable. Erasures that happened after the backup are applied again by the restore.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer
from psycopg import sql

from sellwell import __version__
from sellwell.cli.environment import BAD_INPUT, PROBLEMS, choose_home, run_command, server, stop
from sellwell.kernel.postgres import OWNER, Address, binary, database_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sellwell.kernel.home import Home

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")]
FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
# Two independent hashes of each row's text, added up: no order needed, no row kept in memory.
CONTENT = """
SELECT count(*), COALESCE(sum(hashtextextended(t::text, 0)::numeric), 0)::text || '/' ||
                 COALESCE(sum(hashtextextended(t::text, 1)::numeric), 0)::text FROM {} AS t
"""


class Damaged(Exception):
    """An archive that is not what its manifest says, or a restore that is not what the archive was."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write.")], home: HomeOption = None
) -> None:
    """Write database and files into one archive, while people go on working."""
    here = choose_home(home)
    if file.exists():
        stop(BAD_INPUT, f"{file} exists already.")
    if not file.absolute().parent.is_dir():
        stop(BAD_INPUT, f"{file.absolute().parent} is no folder.")
    with server():
        manifest = write_archive(file, owner_address(here), here.files)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    typer.echo(f"{file}: {len(manifest['tables'])} tables, {rows} rows, {len(manifest['files'])} files")


def restore(
    file: Annotated[Path, typer.Argument(help="The archive to read.")],
    home: HomeOption = None,
    key_file: Annotated[Path | None, typer.Option(help="The master key that belongs to it.")] = None,
) -> None:
    """Bring an archive back into an empty home, prove it whole, and erase again what was erased since."""
    here = choose_home(home)
    if not file.is_file():
        stop(BAD_INPUT, f"{file} is no file.")
    if key_file is not None and not key_file.is_file():
        stop(BAD_INPUT, f"{key_file} is no file.")
    if any(here.files.iterdir()):
        stop(BAD_INPUT, f"{here.files} is not empty: restore into another home.")
    with server():
        try:
            manifest = read_archive(file, owner_address(here), here.files)
        except Damaged as damage:
            stop(PROBLEMS, str(damage))
        if key_file is not None:
            take_keys(key_file, here)
        if run_command("migrate", "--force", role="owner"):
            stop(PROBLEMS, "The data is back, but its tables could not be brought up to date.")
        if not here.key_file.is_file():
            typer.echo(
                f"{here.key_file} is missing: personal data cannot be read without --key-file.", err=True
            )
        elif run_command("manage", "replay_erasures", role="owner"):
            stop(PROBLEMS, "The data is back, but what was erased since could not be erased again.")
    typer.echo(
        f"restored {len(manifest['tables'])} tables and {len(manifest['files'])} files; every hash agrees"
    )


def owner_address(home: Home) -> Address:
    """The database as the owner, who sees every row."""
    url = os.environ.get("DATABASE_OWNER_URL")
    return Address.from_url(url) if url else database_address(home, OWNER)


def write_archive(file: Path, address: Address, files: Path) -> dict[str, Any]:
    """Write the archive under a draft name and put it in place when whole; returns its manifest."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    with tempfile.TemporaryDirectory(prefix=".sellwell-", dir=file.absolute().parent) as folder:
        dump = Path(folder) / DUMP
        with closing(psycopg.connect(**address.connection())) as connection:
            tables = _dump_with_hashes(connection, address, dump)
        found = {
            str(path.relative_to(files)): _hash(path) for path in sorted(files.rglob("*")) if path.is_file()
        }
        head = {"format": FORMAT, "version": __version__, "dump": _hash(dump)}
        manifest = {**head, "tables": tables, "files": found}
        (Path(folder) / MANIFEST).write_text(
            json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
                archive.add(Path(folder) / MANIFEST, MANIFEST)
                archive.add(dump, DUMP)
                for name in found:
                    archive.add(files / name, f"{FILES}/{name}")
            draft.rename(file)
        finally:
            draft.unlink(missing_ok=True)
    return manifest


def _dump_with_hashes(
    connection: psycopg.Connection[Any], address: Address, dump: Path
) -> dict[str, dict[str, Any]]:
    """Dump and hash the same snapshot, so that both tell of one moment."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={row[0] if row else ''}"]
    _program("pg_dump", [*arguments, f"--file={dump}"], address)
    return content_of(connection)


def read_archive(file: Path, address: Address, files: Path) -> dict[str, Any]:
    """Prove the archive, restore it in one transaction, prove the result; returns the manifest."""
    with closing(psycopg.connect(**address.connection(), autocommit=True)) as connection:
        if _tables(connection):
            raise Damaged("The database is not empty: restore into another home.")
    with tempfile.TemporaryDirectory(prefix=".sellwell-", dir=files.parent) as name:
        folder = Path(name)
        manifest = _unpack(file, folder)
        once = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        _program("pg_restore", [*once, f"--dbname={address.database}", str(folder / DUMP)], address)
        with closing(psycopg.connect(**address.connection())) as connection:
            _compare(manifest["tables"], content_of(connection))
        for entry in sorted((folder / FILES).iterdir()) if (folder / FILES).is_dir() else ():
            shutil.move(str(entry), str(files / entry.name))
    return manifest


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Files and folders below `folder`, readable by us only, and nothing else. (The library's own filter is missing in
    Python before 3.11.4, which Debian 12 ships.)"""
    for member in archive:
        target = folder / member.name
        if ".." in target.parts or folder not in target.parents or not (member.isfile() or member.isdir()):
            raise ValueError(f"{member.name} does not belong into it")
        if member.isdir():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = archive.extractfile(member)
        if content is None:
            raise ValueError(f"{member.name} has no content")
        with content, target.open("wb") as file:
            target.chmod(0o600)
            shutil.copyfileobj(content, file)


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack into `folder`; refuse whatever is not as the manifest says."""
    try:
        with tarfile.open(file) as archive:
            _extract(archive, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError) as error:
        raise Damaged(f"{file} is no archive of ours: {error}") from error
    if manifest.get("format") != FORMAT:
        raise Damaged(f"{file} has format {manifest.get('format')}, and this version reads {FORMAT}.")
    wrong = [name for name, wanted in manifest["files"].items() if _hash(folder / FILES / name) != wanted]
    if _hash(folder / DUMP) != manifest["dump"]:
        wrong.append(DUMP)
    if wrong:
        raise Damaged(f"{file} is damaged: {', '.join(wrong[:10])}")
    return manifest


def _compare(wanted: dict[str, Any], found: dict[str, Any]) -> None:
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong:
        raise Damaged(f"The restored tables differ from the archive's: {', '.join(wrong[:10])}")


def content_of(connection: psycopg.Connection[Any]) -> dict[str, dict[str, Any]]:
    """Row count and content hash of every table."""
    for setting, value in (("TimeZone", "UTC"), ("DateStyle", "ISO"), ("bytea_output", "hex")):
        connection.execute(sql.SQL("SET LOCAL {} TO {}").format(sql.Identifier(setting), sql.Literal(value)))
    content = {}
    for table in _tables(connection):
        row = connection.execute(sql.SQL(CONTENT).format(sql.Identifier(table))).fetchone()
        if row is not None:
            content[table] = {"rows": row[0], "hash": row[1]}
    return content


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [row[0] for row in found.fetchall()]


def take_keys(key_file: Path, home: Home) -> None:
    """Put the master key, and the record of erasures beside it, where this home looks for them."""
    for source, target in (
        (key_file, home.key_file),
        (key_file.with_name(home.erasures_file.name), home.erasures_file),
    ):
        if not source.is_file() or source.absolute() == target.absolute():
            continue
        if target.is_file() and target.read_bytes() != source.read_bytes():
            stop(BAD_INPUT, f"{target} is there already and is another one.")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(source.read_bytes())


def _program(name: str, arguments: list[str], address: Address) -> None:
    """Run one of PostgreSQL's programs; its words are shown only when it fails."""
    command = [str(binary(name)), *arguments]
    done = subprocess.run(command, check=False, env=address.environment(), capture_output=True, text=True)
    if done.returncode:
        raise Damaged(f"{name} failed: {done.stderr.strip()[-2000:]}")


def _hash(path: Path) -> str:
    """SHA-256 of a file; empty for a missing one."""
    if not path.is_file():
        return ""
    digest = sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            yield chunk
