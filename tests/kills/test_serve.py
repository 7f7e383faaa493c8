"""`sellwell serve` keeps everything up whatever is killed, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sellwell.kernel.home import Home
from sellwell.kernel.postgres import cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.kills


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    here = Home(tmp_path)
    yield here
    server = cluster(here)
    server.stop()
    if server.base.parts[1:3] == ("var", "lib"):
        shutil.rmtree(server.base)


def test_what_is_killed_comes_back_and_all_ends_together(home: Home) -> None:
    port = a_free_port()
    serving = serve(home, port)
    try:
        wait_for(lambda: answers(port), "the first answer")
        for kill in (kill_worker, kill_web, kill_database, kill_database_while_it_starts):
            kill(serving.pid, home)
            wait_for(
                lambda: answers(port) and cluster(home).status().running, f"an answer after {kill.__name__}"
            )
            wait_for(lambda: bool(children(serving.pid, "sellwell worker")), "a worker")
        before = family(serving.pid)
        assert len(before) >= 4  # web with two workers, and the background worker
        serving.send_signal(signal.SIGINT)
        assert serving.wait(30) == 0
        assert not [pid for pid in before if Path(f"/proc/{pid}").exists() and state_of(pid) != "Z"]
        assert not cluster(home).status().running
    finally:
        serving.kill()


def test_nothing_stays_when_the_supervisor_is_killed(home: Home) -> None:
    port = a_free_port()
    serving = serve(home, port)
    wait_for(lambda: answers(port) and bool(children(serving.pid, "sellwell worker")), "the first answer")
    before = family(serving.pid)
    serving.kill()
    serving.wait()
    wait_for(
        lambda: not [pid for pid in before if state_of(pid) not in {"", "Z"}], "the end of all processes"
    )
    wait_for(lambda: not cluster(home).status().running, "the end of the database")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_told_to_end_stops_its_database(home: Home, number: signal.Signals) -> None:
    environment = {**os.environ, "SELLWELL_HOME": str(home.root)}
    command = [sys.executable, "-m", "sellwell", "migrate"]
    migrating = subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, preexec_fn=as_in_a_terminal
    )
    wait_for(lambda: cluster(home).status().running, "a database")
    migrating.send_signal(number)
    assert migrating.wait(60) != 0
    assert not cluster(home).status().running


def as_in_a_terminal() -> None:
    """A background job of a script ignores Ctrl-C; what a person starts does not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def serve(home: Home, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "SELLWELL_HOME": str(home.root),
        "DJANGO_SETTINGS_MODULE": "sellwell.settings",
    }
    command = [sys.executable, "-m", "sellwell", "serve", "--port", str(port)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def kill_worker(supervisor: int, home: Home) -> None:
    wait_for(lambda: bool(children(supervisor, "sellwell worker")), "a worker")
    os.kill(children(supervisor, "sellwell worker")[0], signal.SIGKILL)


def kill_web(supervisor: int, home: Home) -> None:
    os.kill(children(supervisor, "granian")[0], signal.SIGKILL)


def kill_database(supervisor: int, home: Home) -> None:
    pid = cluster(home).status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def kill_database_while_it_starts(supervisor: int, home: Home) -> None:
    """What starts it again sees it vanish: that must not be the end of everything."""
    first = cluster(home).status().pid
    kill_database(supervisor, home)
    wait_for(lambda: cluster(home).status().pid not in (None, first), "another database server")
    kill_database(supervisor, home)


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def answers(port: int) -> bool:
    """Whether a page that needs the database is served."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"no {what} after {seconds} s"
        time.sleep(0.1)


def children(pid: int, words: str) -> list[int]:
    """Direct children whose command line has the words."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if words in command_of(int(child))]


def family(pid: int) -> list[int]:
    """All descendants."""
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return found + [each for child in found for each in family(child)]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
