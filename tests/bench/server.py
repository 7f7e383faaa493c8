"""The benches' own home, database server and databases: templates made once per state of the tables, copied for a run."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]


def use_home() -> Path:
    """Point this process, before Django starts, at the home of the benches; gives its folder."""
    home = os.environ.get("SELLWELL_BENCH_HOME") or str(ROOT / "var" / "bench" / "home")
    os.environ["SELLWELL_HOME"] = home
    for name in (
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "DATABASE_REPLICA_URL",
        "SELLWELL_DB_ROLE",
        "SELLWELL_CLOCK_FILE",
    ):
        os.environ.pop(name, None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sellwell.settings")
    return Path(home)


@contextmanager
def running() -> Iterator[None]:
    """The server is up and Django is ready inside."""
    use_home()
    import django

    from sellwell.kernel import home as homes
    from sellwell.kernel.postgres import cluster

    with cluster(homes.current()).in_use():
        django.setup()
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()


def use(name: str) -> None:
    """Point Django's connections at a database."""
    from django.conf import settings
    from django.db import connections

    from sellwell.kernel import generations

    generations.forget()  # what was read of the other database is not true of this one
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name


def connect(name: str, role: str = "owner", **options: Any) -> psycopg.Connection[Any]:
    """A plain connection to a database as owner, app or (to load bulk) superuser."""
    from sellwell.kernel import home as homes
    from sellwell.kernel.postgres import APP, OWNER, SUPERUSER, database_address

    roles = {"owner": OWNER, "app": APP, "superuser": SUPERUSER}
    address = database_address(homes.current(), roles[role], name)
    return psycopg.connect(**address.connection(), **options)


def copy(name: str, source: str) -> str:
    """A fresh copy of a database under a name."""
    use("postgres")
    with connect("postgres", autocommit=True) as connection:
        drop(connection, name)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(source)))
    return name


def drop(connection: psycopg.Connection[Any], name: str) -> None:
    """Drop a database if it is there; sessions on it are ended."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def template(kind: str, build: Callable[[], None], source: str = "") -> str:
    """The database of a kind, built now by `build` on a copy of `source` (default: the empty one) if this state of the
    tables has none yet."""
    from sellwell.kernel import database as tables
    from sellwell.testing import databases

    empty = databases.template("empty")
    own = sha256(Path(inspect.getfile(build)).read_bytes()).hexdigest()
    name = f"bench_{kind}_{tables.fingerprint()[:12]}_{own[:6]}"
    with connect("postgres", autocommit=True) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"bench\\_{kind}\\_%"]
        )
        known = {row[0] for row in found.fetchall()}
        if name in known:
            return name
        for old in known:
            drop(connection, old)
    draft = copy(f"draft_{kind}", source or empty)
    use(draft)
    build()
    use("postgres")
    with connect(draft, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    with connect("postgres", autocommit=True) as connection:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))
    return name
