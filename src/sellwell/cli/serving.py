"""Commands that keep running: the web server with its worker, or a worker alone."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sellwell.cli import assets
from sellwell.cli.environment import BAD_INPUT, PROBLEMS, choose_home, database, run_command, server, stop
from sellwell.cli.supervisor import Process, Supervisor
from sellwell.kernel import home as homes

if TYPE_CHECKING:
    from types import FrameType

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")]
HostOption = Annotated[str, typer.Option(help="Address to listen on.")]
PortOption = Annotated[int, typer.Option(help="Port to listen on.")]
IDLE = 0.5  # seconds between looks when nothing is due
CHORES_EVERY = 60.0  # seconds between looks at what is due by the calendar


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(serve)
    app.command()(worker)
    app.command(name="assets")(build_assets)


def serve(home: HomeOption = None, host: HostOption = "127.0.0.1", port: PortOption = 8000) -> None:
    """Serve pages and API with a worker beside; everything stops on Ctrl-C."""
    choose_home(home)
    with server():
        prepare(host, port)
        run_server(host, port, greeting=[])


def prepare(host: str, port: int) -> None:
    """A free port, and assets and tables as this code needs them."""
    refuse_used_port(host, port)
    assets.build()
    bring_up_to_date()


def bring_up_to_date() -> None:
    """Migrate, in a process of the owner role, unless the database fits this code."""
    with database():
        from sellwell.kernel import database as tables

        current = tables.is_current()
    if not current and run_command("migrate", role="owner"):
        stop(PROBLEMS, "The database could not be brought up to date.")


def refuse_used_port(host: str, port: int) -> None:
    """Tell early that somebody else serves there."""
    if _answers(host, port):
        stop(BAD_INPUT, f"{host}:{port} is in use. Choose another with --port.")


def run_server(host: str, port: int, greeting: list[str]) -> None:
    """Keep web server, worker and embedded database up until told to stop."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "sellwell.wsgi:application"]
    options = ["--host", host, "--port", str(port), "--workers", "2", "--blocking-threads", "2", "--no-ws"]
    options += ["--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning"]
    processes = [
        Process("web", granian + options, {"DJANGO_SETTINGS_MODULE": "sellwell.settings"}),
        Process("worker", [sys.executable, "-m", "sellwell", "worker"]),
    ]

    def announce() -> None:
        print(f"Sellwell is at http://{host}:{port}/ - Ctrl-C stops it.", flush=True)
        for line in greeting:
            print(line, flush=True)

    Supervisor(processes, _keep_database_up).run(lambda: _answers(host, port), announce)
    print("stopped", flush=True)


def _keep_database_up() -> None:
    """Start the embedded server again when somebody killed it. A start that fails is told and tried again: everything
    else goes on, and ending here would take it down too."""
    if os.environ.get("DATABASE_URL"):
        return
    from sellwell.kernel.postgres import cluster

    embedded = cluster(homes.current())
    if not embedded.status().running:
        try:
            embedded.start()
        except Exception:
            traceback.print_exc()
            print("the database did not start; trying again", file=sys.stderr, flush=True)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def worker(home: HomeOption = None) -> None:
    """Do what is due and run reactions until told to stop. Any number of workers may run."""
    choose_home(home)
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    looked = -CHORES_EVERY
    with database():
        while not asked:
            if time.monotonic() - looked >= CHORES_EVERY:
                looked = time.monotonic()
                _look(with_chores=True)
            if not _look():
                time.sleep(IDLE)


def _look(*, with_chores: bool = False) -> int:
    """One batch of deadlines and reactions, or every chore; a database that is away for a moment is waited for."""
    from django.db import DatabaseError, connection

    from sellwell.kernel import chores, deadlines, directory, generations, outbox

    # What pages changed since the last look (keys of a vendor, the organisation, policies) holds here from now on.
    generations.forget()
    try:
        companies = directory.current().companies()
        if with_chores:
            return chores.do_due(companies)
        return deadlines.act(companies) + outbox.drain(companies)
    except DatabaseError as error:
        print(f"worker: {type(error).__name__}; trying again", file=sys.stderr, flush=True)
        connection.close()
        return 0


def build_assets() -> None:
    """Bring scripts and styles by npm and collect them under hashed names, if anything changed."""
    typer.echo("built" if assets.build() else "nothing to build")
