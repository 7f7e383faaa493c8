"""All commands, gathered. `docs/reference/commands.md` fixes their columns, JSON keys and exit codes."""

from __future__ import annotations

import os
import sys

import typer

from sellwell.cli import (
    acting,
    assets,
    backup,
    building,
    database,
    importing,
    keys,
    mailing,
    manual,
    measured,
    reference,
    serving,
    simulating,
)
from sellwell.cli.environment import PROBLEMS
from sellwell.kernel.postgres import PostgresFailed, PostgresMissing

app = typer.Typer(
    name="sellwell",
    help="Sellwell: the sales house that runs by its manual.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    serving,
    database,
    building,
    importing,
    mailing,
    acting,
    backup,
    keys,
    reference,
    manual,
    simulating,
    measured,
):
    module.register(app)


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sellwell.settings")
    try:
        app()
    except (assets.AssetsFailed, PostgresFailed, PostgresMissing) as error:
        print(error, file=sys.stderr)
        sys.exit(PROBLEMS)
