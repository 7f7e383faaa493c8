"""The command that takes mail in: .eml files, for those who have no mail server that drops them, and to try it out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from sellwell.cli.environment import BAD_INPUT, PROBLEMS, choose_home, database, stop


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(name="mail-in")(mail_in)


def mail_in(
    files: Annotated[list[Path], typer.Argument(help="Mails as .eml files.")],
    home: Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")] = None,
) -> None:
    """Take mails of employees in, as the worker does with those in <home>/mail/in. Exit code 1 when one was refused."""
    choose_home(home)
    for path in files:
        if not path.is_file():
            stop(BAD_INPUT, f"{path} is no file.")
    with database():
        from sellwell.integrations.mail import inbox
        from sellwell.kernel import directory
        from sellwell.kernel.door import see_companies

        for number, path in enumerate(files):
            shutil.copyfile(path, inbox.folder() / f"{number:03d}-{path.stem}.eml")
        told = []
        for company_id in directory.current().companies():
            see_companies([company_id])
            for _, take in inbox.takers:
                told += take(company_id)
        for one in told:
            typer.echo(f"{one.name}\t{one.words.zh}\t{one.words.en}")
        if any(not one.is_taken for one in told):
            stop(PROBLEMS)
