"""One embedded server: made, started, used by several processes at once, stopped by the last of them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import psycopg

from sellwell.kernel.postgres import address, binaries, processes, setup
from sellwell.kernel.postgres.address import APP, PORT, SUPERUSER, database_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from sellwell.kernel.home import Home

START_SECONDS = 120  # crash recovery of a large database takes its time


class PostgresFailed(Exception):
    """The server did not start or stop; the text holds its own last words."""


@dataclass(frozen=True)
class ClusterStatus:
    """What `sellwell postgres status` prints."""

    made: bool
    running: bool
    pid: int | None
    data: str
    socket: str
    kept: bool


@dataclass(frozen=True)
class Cluster:
    """The server of one home. `durable=False` trades the safety of a power cut for speed: for tests only."""

    home: Home
    durable: bool = True

    @cached_property
    def base(self) -> Path:
        return address.base_folder(self.home)

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def socket(self) -> Path:
        return address.socket_folder(self.home)

    @property
    def _pointer(self) -> Path:
        """Says where the data is, and that roles and database were made."""
        return self.home.root / "postgres.json"

    @property
    def _keep(self) -> Path:
        """Exists while somebody asked for the server to go on without users."""
        return self.home.root / "postgres.keep"

    def status(self) -> ClusterStatus:
        """Whether the server was made and runs, and where."""
        pid = processes.postmaster_pid(self.data)
        made = self._pointer.exists()
        return ClusterStatus(
            made, pid is not None, pid, str(self.data), str(self.socket), self._keep.exists()
        )

    def start(self, *, keep: bool = False) -> None:
        """Bring the server up if it is down; `keep` leaves it up when its last user is gone."""
        self.home.root.mkdir(parents=True, exist_ok=True)
        with self._locked("postgres.lock"):
            if keep:
                self._keep.touch()
            if self._is_of_a_home_that_is_gone():
                self._set_aside()
            if self._answers():
                return
            if not (processes.postmaster_pid(self.data) and self._wait()):
                self._launch()
            if not self._pointer.exists():
                setup.make_roles_and_database(database_address(self.home, SUPERUSER, "postgres"), self.home)
                self._pointer.write_text(
                    json.dumps({"data": str(self.data), "socket": str(self.socket)}) + "\n"
                )

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs. `mode`: fast (sessions are cut, everything is written) or immediate."""
        if not self.home.root.is_dir():
            return
        with self._locked("postgres.lock"):
            self._keep.unlink(missing_ok=True)
            if processes.postmaster_pid(self.data) is not None:
                self._run("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-w", "-t", str(START_SECONDS))

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The server is up inside. The last process to leave stops it, unless it was started to be kept.

        A process that is killed leaves by the kernel's hand: its lock goes with it.
        """
        self.home.root.mkdir(parents=True, exist_ok=True)
        users = (self.home.root / "postgres.users").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            self.start()
            yield
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            self._stop_if_unused(users)
            users.close()

    def _stop_if_unused(self, users: IO[str]) -> None:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else still works with it
        if not self._keep.exists():
            self.stop()

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        """Only one process at a time makes, starts or stops the server."""
        with (self.home.root / name).open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @property
    def _mark(self) -> Path:
        """Stands beside the data and says which home's passwords open it."""
        return self.base / "home"

    def _whose(self) -> str:
        return sha256(address.passwords(self.home)[SUPERUSER].encode()).hexdigest()

    def _is_of_a_home_that_is_gone(self) -> bool:
        """As root the data lies outside the home: a home that was removed and made anew finds data it cannot open."""
        if not self.data.is_dir():
            return False
        if self._mark.is_file():
            return self._mark.read_text() != self._whose()
        return not self._pointer.exists()

    def _set_aside(self) -> None:
        """Stop what still runs on such data and move it out of the way; a test server's is thrown away."""
        if processes.postmaster_pid(self.data) is not None:
            self._run(
                "pg_ctl", "stop", "-D", str(self.data), "-m", "immediate", "-w", "-t", str(START_SECONDS)
            )
        if self.durable:
            self.data.rename(self.base / f"data.of-a-home-that-is-gone-{time.time_ns()}")
        else:
            shutil.rmtree(self.data)
        self._mark.unlink(missing_ok=True)

    def _launch(self) -> None:
        setup.make_folders(self.base, self.socket)
        if not self.data.is_dir():
            password = address.passwords(self.home)[SUPERUSER]
            setup.make_data(self.base, self._programs, password)
            self._mark.write_text(self._whose())
        setup.write_settings(self.data, self.socket, durable=self.durable)
        processes.clear_dead_postmaster(self.data, self.socket)
        log = str(self.base / "start.log")
        self._run("pg_ctl", "start", "-D", str(self.data), "-l", log, "-w", "-t", str(START_SECONDS))

    @cached_property
    def _programs(self) -> Path:
        return binaries.copy_for_service(self.base) if address.service() else binaries.folder()

    def _run(self, program: str, *arguments: str) -> None:
        done = setup.run_as_service([str(self._programs / program), *arguments], self.base)
        if done.returncode:
            raise PostgresFailed(f"{program} failed: {done.stdout.strip()}\n{self._last_words()}")

    def _last_words(self) -> str:
        try:
            return "".join((self.base / "start.log").read_text().splitlines(keepends=True)[-8:])
        except OSError:
            return ""

    def _answers(self) -> bool:
        """Whether the app role can sign in. A server in recovery does not answer yet."""
        if not (self._pointer.exists() and processes.postmaster_pid(self.data)):
            return False
        try:
            psycopg.connect(**database_address(self.home, APP).connection(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _wait(self) -> bool:
        """A server that runs but does not answer yet gets its time; False when it is gone or deaf."""
        deadline = time.monotonic() + START_SECONDS
        while processes.postmaster_pid(self.data) and time.monotonic() < deadline:
            ready = [str(binaries.binary("pg_isready")), "-q", "-h", str(self.socket), "-p", str(PORT)]
            if subprocess.run(ready, check=False, env=dict(os.environ)).returncode == 0:
                return True
            time.sleep(0.1)
        return False


def cluster(home: Home, *, durable: bool = True) -> Cluster:
    """The embedded server of a home."""
    return Cluster(home, durable)
