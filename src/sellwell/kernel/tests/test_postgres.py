"""The embedded server: several users at once, killed, stopped by the last who leaves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sellwell.kernel.home import Home
from sellwell.kernel.postgres import APP, OWNER, READER, Address, cluster, database_address

if TYPE_CHECKING:
    from pathlib import Path

    from sellwell.kernel.postgres import Cluster

pytestmark = pytest.mark.kills
USER = """
import sys
from pathlib import Path
from sellwell.kernel.home import Home
from sellwell.kernel.postgres import cluster
with cluster(Home(Path(sys.argv[1]))).in_use():
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path: Path) -> Any:
    made = cluster(Home(tmp_path))
    yield made
    made.stop()
    if made.base.parts[:4] == ("/", "var", "lib", "sellwell"):
        subprocess.run(["rm", "-rf", str(made.base)], check=True)


def connect(server: Cluster, role: str = OWNER) -> psycopg.Connection[Any]:
    return psycopg.connect(**database_address(server.home, role).connection(), autocommit=True)


def a_user(server: Cluster) -> subprocess.Popen[str]:
    """Another process that uses the server until its input is closed."""
    command = [sys.executable, "-c", USER, str(server.home.root)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)


def test_roles_settings_and_recovery_after_a_kill(server: Cluster) -> None:
    with server.in_use():
        with connect(server) as owner:
            setting = dict(owner.execute("SELECT name, setting FROM pg_settings").fetchall())
            assert setting["listen_addresses"] == ""
            assert setting["fsync"] == setting["data_checksums"] == setting["synchronous_commit"] == "on"
            assert setting["jit"] == "off"
            assert owner.execute(
                "SELECT datlocprovider FROM pg_database WHERE datname = 'sellwell'"
            ).fetchone() == ("b",)
            owner.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS i")
        for role in (APP, READER):
            with connect(server, role) as one, pytest.raises(psycopg.Error):
                one.execute("CREATE TABLE x (i int)")
        busy = threading.Thread(target=work_until_killed, args=(server,))
        busy.start()
        pid = server.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        server.start()
        busy.join()
        with connect(server) as owner:
            assert owner.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    assert not server.status().running


def work_until_killed(server: Cluster) -> None:
    try:
        with connect(server) as one:
            one.execute("SELECT count(*) FROM generate_series(1, 500000000)")
    except psycopg.OperationalError:
        pass


def test_several_start_it_at_once_and_the_last_stops_it(server: Cluster) -> None:
    users = [a_user(server) for _ in range(3)]
    assert server.status().running
    users[0].kill()
    leave(users[1])
    assert server.status().running
    leave(users[2])
    assert not server.status().running
    users[0].wait()


def test_a_kept_server_stays_until_it_is_stopped(server: Cluster) -> None:
    server.start(keep=True)
    leave(a_user(server))
    assert server.status().running
    server.stop()
    assert not server.status().running


def test_passwords_are_needed_and_private(server: Cluster) -> None:
    with server.in_use():
        wrong = {**database_address(server.home, APP).connection(), "password": "guess"}
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(**wrong)
        assert (server.home.keys / "postgres.json").stat().st_mode & 0o077 == 0
        assert server.base.stat().st_mode & 0o077 == 0


def test_a_home_made_anew_gets_a_server_of_its_own(tmp_path: Path) -> None:
    """As root the data outlives a removed home; the new home must neither fail on it nor open it."""
    home = Home(tmp_path / "home")
    first = cluster(home)
    with first.in_use(), connect(first) as connection:
        connection.execute("CREATE TABLE of_the_first_home (n int)")
    shutil.rmtree(home.root)
    again = cluster(home)
    with again.in_use(), connect(again) as connection:
        found = connection.execute("SELECT to_regclass('of_the_first_home')").fetchone()
    assert found == (None,)
    shutil.rmtree(again.base, ignore_errors=True)


def test_an_address_survives_its_url() -> None:
    address = Address("röle", "p/w@:?", "/a b/run", 5432, "db", {"sslmode": "require"})
    assert Address.from_url(address.url()) == address
    there = Address.from_url("postgresql://me:secret@db.example:5433/sales")
    assert (there.host, there.port, there.database) == ("db.example", 5433, "sales")
