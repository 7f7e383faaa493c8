"""Commands of the manual: how far its clauses are covered by controls, evidence and stories."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sellwell.cli.environment import start_django


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(name="manual", help="The manual that runs.", no_args_is_help=True)
    group.command()(coverage)
    group.callback()(_group)
    app.add_typer(group)


def _group() -> None:
    """The manual that runs."""


def coverage(
    as_json: Annotated[bool, typer.Option("--json", help="Every clause as JSON.")] = False,
) -> None:
    """How many clauses are covered: with a control, an evidence, and a story that breaks them and is seen."""
    start_django()
    from sellwell.steering.manual import coverage as found

    clauses = found.all_clauses()
    counts = found.summary(clauses)
    if as_json:
        image = {**counts, "clauses": [clause.image() for clause in clauses]}
        typer.echo(json.dumps(image, ensure_ascii=False, indent=1))
        return
    for clause in clauses:
        if clause.state != "none":
            typer.echo(f"{clause.number}\t{clause.state}\t{clause.missing.en if clause.missing else ''}")
    typer.echo(f"{counts['covered']} covered, {counts['part']} in part, of {counts['total']} clauses")
