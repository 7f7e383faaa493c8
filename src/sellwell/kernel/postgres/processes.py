"""What runs on a data folder: tells a living server from a dead one's traces. Linux only, by /proc."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from sellwell.kernel.postgres import address
from sellwell.kernel.postgres.setup import run_as_service

LIST_FOLDERS = 'for p in /proc/[0-9]*; do echo "${p#/proc/} $(readlink "$p/cwd")"; done'


def postmaster_pid(data: Path) -> int | None:
    """The pid in the server's pid file, if that process really is a living server of this data folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return None
    ours = command[0].endswith(b"postgres") and os.fsencode(data) in command
    return pid if ours and state not in {"Z", "X"} else None


def orphans(data: Path) -> list[int]:
    """Processes that still work on the data folder: the postmaster, or what it left behind when it was killed.

    All of them stand in that folder. As root in a container the folders of another account's processes may be hidden,
    so it is that account who looks.
    """
    listing = run_as_service(["/bin/sh", "-c", LIST_FOLDERS], data.parent)
    found = (line.partition(" ") for line in listing.stdout.splitlines())
    return [int(pid) for pid, _, folder in found if folder == str(data)]


def clear_dead_postmaster(data: Path, socket: Path, patience: float = 3.0) -> None:
    """Remove the pid files of a killed server, after everything it left behind has ended.

    PostgreSQL itself takes a killed but unreaped process for a living one and then refuses to start. Removing the
    files is safe only when no orphan still has the old shared memory: orphans end by themselves when they notice,
    and those that do not are killed, which crash recovery expects.
    """
    traces = [data / "postmaster.pid", socket / f".s.PGSQL.{address.PORT}.lock"]
    if not any(path.exists() for path in traces):
        return
    deadline = time.monotonic() + patience
    while left := orphans(data):
        if time.monotonic() > deadline:
            for pid in left:
                _kill(pid)
            deadline = time.monotonic() + patience
        time.sleep(0.05)
    for path in traces:
        path.unlink(missing_ok=True)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
