"""Commands about the database itself: its server, its tables."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sellwell.cli.environment import choose_home, database, server

if TYPE_CHECKING:
    from sellwell.kernel.home import Home
    from sellwell.kernel.postgres import Cluster

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")]
postgres_app = typer.Typer(no_args_is_help=True, help="The embedded PostgreSQL server.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(migrate)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, hidden=True)(
        manage
    )
    app.add_typer(postgres_app, name="postgres")


def migrate(
    home: HomeOption = None, force: Annotated[bool, typer.Option(help="Even if nothing changed.")] = False
) -> None:
    """Bring tables, rights, policies of row security and triggers up to date, as the owner role."""
    choose_home(home)
    with database("owner"):
        from sellwell.kernel import database as tables

        done = tables.migrate(force=force)
    typer.echo("migrated" if done else "nothing to migrate")


def manage(context: typer.Context) -> None:
    """Django's own commands, for developers: `sellwell manage makemigrations`. SELLWELL_DB_ROLE=owner for DDL."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("SELLWELL_DB_ROLE", "owner")
    with server():
        execute_from_command_line(["sellwell", *context.args])


@postgres_app.command()
def start(home: HomeOption = None) -> None:
    """Start the server and leave it running until `stop`."""
    _cluster(choose_home(home)).start(keep=True)


@postgres_app.command()
def stop(home: HomeOption = None) -> None:
    """Stop the server, whoever uses it."""
    _cluster(choose_home(home)).stop()


@postgres_app.command()
def status(home: HomeOption = None) -> None:
    """Print, as JSON, whether the server was made and runs, and where it is."""
    typer.echo(json.dumps(asdict(_cluster(choose_home(home)).status()), indent=1))


@postgres_app.command()
def url(
    role: Annotated[str, typer.Argument(help="owner, app or reader")] = "app", home: HomeOption = None
) -> None:
    """Print the address of the database, with its password, for psql and other clients."""
    from sellwell.kernel.postgres import database_address

    typer.echo(database_address(choose_home(home), f"sellwell_{role}").url())


@postgres_app.command()
def psql(
    role: Annotated[str, typer.Argument(help="owner, app or reader")] = "app", home: HomeOption = None
) -> None:
    """Open psql on the embedded database."""
    from sellwell.kernel.postgres import binary, database_address

    address = database_address(choose_home(home), f"sellwell_{role}")
    os.execve(binary("psql"), ["psql"], address.environment())  # noqa: S606 - becomes psql


def _cluster(home: Home) -> Cluster:
    from sellwell.kernel.postgres import cluster

    return cluster(home)
