"""What commands stand on: the environment of their process, the database server, Django, exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from sellwell.kernel import home as homes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from sellwell.kernel.home import Home

FINE, PROBLEMS, BAD_INPUT = 0, 1, 2


def choose_home(folder: Path | None) -> Home:
    """The home of this command and of the processes it starts: `--home`, SELLWELL_HOME, or the checkout's."""
    if folder is not None:
        os.environ["SELLWELL_HOME"] = str(folder.absolute())
    return homes.current()


@contextmanager
def database(role: str = "app") -> Iterator[None]:
    """The database is up and Django is ready inside; `role` is app or owner."""
    os.environ["SELLWELL_DB_ROLE"] = role
    with server():
        start_django()
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()


@contextmanager
def server() -> Iterator[None]:
    """The embedded server is up inside; nothing happens where DATABASE_URL names a real one."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from sellwell.kernel.postgres import cluster

    with ended_by_sigterm(), cluster(homes.current()).in_use():
        yield


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends what is inside like an error would, so that the last one to leave stops the database server."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield  # who has its own way to end keeps it
        return
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def start_django() -> None:
    """Load settings, rooms and registry."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sellwell.settings")
    import django

    django.setup()


def run_command(*arguments: str, role: str = "app") -> int:
    """Run another of our commands in a process of its own; returns its exit code."""
    environment = {**os.environ, "SELLWELL_DB_ROLE": role}
    return subprocess.run(
        [sys.executable, "-m", "sellwell", *arguments], check=False, env=environment
    ).returncode


def stop(code: int, message: str = "") -> NoReturn:
    """End the command: 1 when it found problems, 2 when it was asked something impossible."""
    if message:
        typer.echo(message, err=True)
    raise typer.Exit(code)
