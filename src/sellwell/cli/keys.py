"""`keys`: the master key of personal data - what is wrapped by which version, and a new one in place of the old."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sellwell.cli.environment import choose_home, database

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")]
keys_app = typer.Typer(no_args_is_help=True, help="The keys of personal data.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(keys_app, name="keys")


@keys_app.command()
def rotate(home: HomeOption = None) -> None:
    """Wrap the key of every person by a new master key; the old one leaves the key file. People go on working.

    Cut short at any moment, personal data stays readable; run it again to finish. Copies of the old key file may go
    once it is done, except those that belong to older backups.
    """
    here = choose_home(home)
    with database("owner"):
        from sellwell.kernel import personal

        count = personal.rewrap()
        left = personal.key_status()
    typer.echo(f"{count} keys wrapped by master key {left['master']} in {here.key_file}")


@keys_app.command()
def status(home: HomeOption = None) -> None:
    """Print, as JSON, the versions in the key file, how many keys each wraps, and how many people were erased."""
    choose_home(home)
    with database("owner"):
        from sellwell.kernel import personal

        found = personal.key_status()
    typer.echo(json.dumps(found, indent=1))
