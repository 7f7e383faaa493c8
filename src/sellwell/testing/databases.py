"""Databases for tests: a template made once for each state of the code, and copies of it that take a moment.

Tests run as the app role, so grants, row security and triggers hold in them as they do in service. A template is
rebuilt only when the code that shapes it changed. Kinds: `empty` (migrated, with the rows that ship with the product)
and `company` (the simulated company of 60 days).
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from sellwell.kernel import database as tables
from sellwell.kernel import home as homes
from sellwell.kernel.postgres import APP, OWNER, READER, Address, Cluster, cluster, database_address

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = homes.CHECKOUT / "src" / "sellwell"
COMPANY = ("demo", "--no-serve", "--days", "60", "--size", "test", "--seed", "1", "--today", "2026-11-02")
KEPT = 8  # templates of earlier states of the code, so that going back and forth costs nothing


def test_server() -> Cluster:
    """The server of test runs: quick, and worth nothing after a power cut."""
    return cluster(homes.current(), durable=False)


@contextmanager
def copy_in_use(kind: str = "empty") -> Iterator[str]:
    """A fresh copy of a template, dropped at the end; gives its name."""
    name = f"test_{kind}_{os.getpid()}"
    renew(name, kind)
    try:
        yield name
    finally:
        with _owner() as connection:
            _drop(connection, name)


def renew(name: str, kind: str = "empty") -> None:
    """Make `name` a fresh copy again; sessions on it are ended."""
    source = template(kind)
    with _owner() as connection:
        _drop(connection, name)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(source)))


@cache
def template(kind: str = "empty") -> str:
    """The name of the template of a kind, made now if this state of the code has none yet."""
    name = f"template_{kind}_{_state_of_code(kind)}"
    base = template("empty") if kind != "empty" else "template0"
    with (homes.current().root / "templates.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with _owner() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                _build(connection, kind, name, base)
            _forget_old(connection, kind)
    return name


def _build(connection: psycopg.Connection[tuple[object, ...]], kind: str, name: str, base: str) -> None:
    """Make a template under another name first, so that a broken one is never taken for a whole one."""
    draft = f"draft_{kind}"
    _drop(connection, draft)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    connection.execute(create.format(sql.Identifier(draft), sql.Identifier(base)))
    arguments = ("migrate",) if kind == "empty" else COMPANY
    command = [sys.executable, "-m", "sellwell", *arguments]
    done = subprocess.run(command, check=False, env=_environment(draft), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the template database '{kind}' could not be made:\n{done.stdout}{done.stderr}")
    draft_name, final = sql.Identifier(draft), sql.Identifier(name)
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(draft_name, final))
    connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(final))


def _environment(database: str) -> dict[str, str]:
    """The environment of a command that works on another database of the test server."""
    roles = {"DATABASE_URL": APP, "DATABASE_OWNER_URL": OWNER, "DATABASE_REPLICA_URL": READER}
    urls = {name: database_address(homes.current(), role, database).url() for name, role in roles.items()}
    return {**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "sellwell.settings"}


def _state_of_code(kind: str) -> str:
    if kind == "empty":
        return tables.fingerprint()[:16]
    digest = sha256()
    for path in sorted(SOURCE.glob("**/*.py")):
        if "tests" not in path.parts and "testing" not in path.parts and "web" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old(connection: psycopg.Connection[tuple[object, ...]], kind: str) -> None:
    """Drop templates of former states of the code, and copies whose test run is gone."""
    pattern = f"template\\_{kind}\\_%"
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [pattern]
    )
    for (name,) in rows.fetchall()[KEPT:]:
        _drop(connection, str(name))
    for (name,) in connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'"
    ).fetchall():
        if not os.path.exists(f"/proc/{str(name).rsplit('_', 1)[1]}"):
            _drop(connection, str(name))


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _owner() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    address: Address = database_address(homes.current(), OWNER, "postgres")
    with psycopg.connect(**address.connection(), autocommit=True) as connection:
        yield connection
