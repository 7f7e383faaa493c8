"""How to reach a database: role, password, place. The passwords of an embedded server lie under the home's keys."""

from __future__ import annotations

import json
import os
import pwd
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from sellwell.kernel.home import secret_file

if TYPE_CHECKING:
    from sellwell.kernel.home import Home

SUPERUSER, OWNER, APP, READER = "postgres", "sellwell_owner", "sellwell_app", "sellwell_reader"
DATABASE = "sellwell"
PORT = 5432  # names the socket file only: the server listens on no network port
LONGEST_SOCKET_FOLDER = 90  # the system allows 107 bytes for the whole path of a socket
SERVICE_USER = "nobody"


@dataclass(frozen=True)
class Address:
    """One database as one role. `host` is a name, or the folder of a socket."""

    role: str
    password: str
    host: str
    port: int
    database: str
    options: dict[str, str]

    @classmethod
    def from_url(cls, url: str) -> Address:
        """Read `postgresql://role:password@host:port/database?sslmode=require` (a socket: `?host=/folder`)."""
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgres"}:
            raise ValueError("A database URL starts with postgresql://")
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        host = options.pop("host", "") or unquote(parts.hostname or "localhost")
        return cls(
            role=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=host,
            port=parts.port or PORT,
            database=unquote(parts.path.lstrip("/")),
            options=options,
        )

    def url(self) -> str:
        """The address as an URL, with its password."""
        extra = "".join(f"&{name}={quote(value)}" for name, value in self.options.items())
        who = f"{quote(self.role, safe='')}:{quote(self.password, safe='')}"
        return (
            f"postgresql://{who}@:{self.port}/{quote(self.database)}?host={quote(self.host, safe='')}{extra}"
        )

    def connection(self) -> dict[str, Any]:
        """Keyword arguments of `psycopg.connect`."""
        place = {"host": self.host, "port": self.port, "dbname": self.database}
        return {**place, "user": self.role, "password": self.password, **self.options}

    def environment(self) -> dict[str, str]:
        """Environment for `pg_dump` and its siblings: the password stays out of the process list."""
        place = {"PGHOST": self.host, "PGPORT": str(self.port), "PGDATABASE": self.database}
        extra = {f"PG{name.upper()}": value for name, value in self.options.items()}
        return {**os.environ, **place, "PGUSER": self.role, "PGPASSWORD": self.password, **extra}


@dataclass(frozen=True)
class Service:
    """The unprivileged account that runs the server when we are root."""

    user: int
    group: int


def service() -> Service | None:
    """As root: the existing account `nobody`. As anybody else: None, the server is the caller's own."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam(SERVICE_USER)
    return Service(account.pw_uid, account.pw_gid)


def base_folder(home: Home) -> Path:
    """Where data and socket are: under the home, but as root in /var/lib, where the service account may go."""
    if service() is None:
        return Path(os.path.realpath(home.root)) / "postgres"
    return Path("/var/lib/sellwell") / _short_hash(home)


def socket_folder(home: Home) -> Path:
    """Where the socket is: beside the data, or under the temporary folder when that path is too long for one."""
    beside = base_folder(home) / "run"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
        return beside
    return Path("/tmp") / f"sellwell-{os.geteuid()}-{_short_hash(home)}"  # noqa: S108 - made 0700 and checked


def passwords(home: Home) -> dict[str, str]:
    """The generated passwords of the server's roles, by role."""

    def generate() -> str:
        return json.dumps(
            {role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER, APP, READER)}, indent=1
        )

    found: dict[str, str] = json.loads(secret_file(home.keys / "postgres.json", generate))
    return found


def database_address(home: Home, role: str, database: str = DATABASE) -> Address:
    """The address of the home's embedded database as `role`."""
    return Address(role, passwords(home)[role], str(socket_folder(home)), PORT, database, {})


def _short_hash(home: Home) -> str:
    return sha256(os.fsencode(os.path.realpath(home.root))).hexdigest()[:16]
