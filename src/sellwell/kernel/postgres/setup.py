"""Making a server: folders, data, settings, roles and the database."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from sellwell.kernel.postgres import address
from sellwell.kernel.postgres.address import APP, DATABASE, OWNER, READER, SUPERUSER

if TYPE_CHECKING:
    from pathlib import Path

    from sellwell.kernel.home import Home
    from sellwell.kernel.postgres.address import Address

# What every server of ours is set to. Statements and details stay out of its log: they would hold people's data.
SETTINGS = {
    "listen_addresses": "",
    "port": str(address.PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "synchronous_commit": "on",
    # After a kill every file is synced before recovery: one call for all, where file by file took 20 s for 8,000 files.
    "recovery_init_sync_method": "syncfs",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
}
QUICK_AND_UNSAFE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
}
INCLUDE = "include 'sellwell.conf'\n"


def make_folders(base: Path, socket: Path) -> None:
    """The folders of a server, mode 0700, owned by who runs it. Folders that others made are not touched."""
    service = address.service()
    if service and not base.parent.is_dir():
        base.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        os.chmod(base.parent, 0o755)  # noqa: S103 - the service account must pass
    for folder in (base, socket, base / "log"):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True)
            if service:
                os.chown(folder, service.user, service.group)
    owner = service.user if service else os.geteuid()
    if socket.stat().st_uid != owner or socket.stat().st_mode & 0o077:
        raise PermissionError(f"{socket} belongs to somebody else.")


def run_as_service(command: list[str], base: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL as the service account (or as ourselves), away from our terminal's signals."""
    service = address.service()
    identity = {"user": service.user, "group": service.group, "extra_groups": []} if service else {}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(base)}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command,
        check=False,
        cwd=base,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        umask=0o077,
        **identity,
    )


def make_data(base: Path, programs: Path, password: str) -> None:
    """Make the data folder with initdb; it appears whole or not at all."""
    draft, password_file = base / "data.draft", base / "password.draft"
    shutil.rmtree(draft, ignore_errors=True)
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password + "\n")
    if service := address.service():
        os.chown(password_file, service.user, service.group)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--encoding=UTF8"]
    access = [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={password_file}"]
    command = [str(programs / "initdb"), f"--pgdata={draft}", *locale, *access, "--data-checksums"]
    try:
        done = run_as_service(command, base)
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stdout.strip()}")
    configuration = draft / "postgresql.conf"
    configuration.write_text(configuration.read_text() + INCLUDE)
    draft.rename(base / "data")


def write_settings(data: Path, socket: Path, *, durable: bool) -> None:
    """Write the settings that the next start reads."""
    wanted = {**SETTINGS, **({} if durable else QUICK_AND_UNSAFE), "unix_socket_directories": str(socket)}
    path = data / "sellwell.conf"
    path.write_text("".join(f"{name} = '{value}'\n" for name, value in wanted.items()))
    if service := address.service():
        os.chown(path, service.user, service.group)


def make_roles_and_database(server: Address, home: Home) -> None:
    """Owner, app and reader with their passwords, and the empty database. May be repeated.

    The owner may create databases (copies for tests) and end sessions of the others; none is a superuser.
    """
    passwords = address.passwords(home)
    with psycopg.connect(**server.connection(), autocommit=True) as connection:
        for role, attributes in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN"), (READER, "LOGIN")):
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            verb = sql.SQL("ALTER ROLE" if exists else "CREATE ROLE")
            statement = sql.SQL("{} {} {} PASSWORD {}")
            parts = (verb, sql.Identifier(role), sql.SQL(attributes), sql.Literal(passwords[role]))
            connection.execute(statement.format(*parts))
        connection.execute(f"GRANT pg_signal_backend TO {OWNER}")
        connection.execute(f"ALTER ROLE {READER} SET default_transaction_read_only = on")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
