"""The command that brings in real data, and takes it back."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sellwell.cli.environment import BAD_INPUT, PROBLEMS, choose_home, database, start_django, stop

if TYPE_CHECKING:
    from sellwell.imports.driver import Result
    from sellwell.imports.mapping import Mapping

imports_app = typer.Typer(no_args_is_help=True, help="Bring in real data.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(imports_app, name="import")


@imports_app.callback()
def _group() -> None:
    """Bring in real data."""


@imports_app.command(name="orders")
def import_orders(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or Parquet file.")],
    mapping: Annotated[Path, typer.Option(help="YAML: source, currency and `field: column`.")],
    user: Annotated[str, typer.Option("--as", help="User name of who imports.")] = "",
    preview: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Judge the file only; needs no database.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what this file brought in.")] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Where rejected rows go (default: FILE.errors.csv).")
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Bring in historic sales as customers, products, orders, deliveries, returns and facts. May be repeated."""
    choose_home(home)
    if not (user or preview) or (preview and undo):
        stop(BAD_INPUT, "Say who imports: --as USER. Or --dry-run, which undoes nothing.")
    for path in (file, mapping):
        if not path.is_file():
            stop(BAD_INPUT, f"{path} is no file.")
    if preview:
        start_django()
        result = _do(file, mapping, "", as_json=as_json)
    else:
        with database():
            if undo:
                _undo(file, mapping, user, as_json=as_json)
                return
            result = _do(file, mapping, user, as_json=as_json)
    _tell(result, errors or file.with_name(f"{file.name}.errors.csv"), as_json=as_json)


def _tell(result: Result, errors: Path, *, as_json: bool) -> None:
    """Print the report and write the error file; ends with 1 if rows stayed out or the sums differ."""
    from sellwell.imports import errors as files

    if result.rejected:
        try:
            files.write(errors, result.rejected)
        except OSError as error:
            stop(PROBLEMS, f"{errors} could not be written ({error.strerror}). The import itself is done.")
    else:
        errors.unlink(missing_ok=True)  # of an earlier run: nothing is rejected any more
    _print(report(result, errors), as_json=as_json)
    if result.rejected or not result.reconciled:
        stop(PROBLEMS)


def report(result: Result, errors: Path) -> dict[str, Any]:
    """What is printed of a result."""
    values = {f.name: getattr(result, f.name) for f in dataclasses.fields(result) if f.name != "rejected"}
    return values | {"reconciled": result.reconciled, "errors": str(errors) if result.rejected else ""}


def _do(file: Path, mapping: Path, user: str, *, as_json: bool) -> Result:
    """Run or preview (without a user) the import; a mapping or file that is wrong ends the command."""
    from sellwell.cli.acting import context_of
    from sellwell.imports import driver
    from sellwell.kernel.values import Refusal

    try:
        fields = _mapping(mapping)
        if not user:
            return driver.preview(file, fields)
        return driver.run(file, fields, context_of(user), _silent if as_json else _progress)
    except Refusal as refusal:
        _refused(refusal)
    except driver.Interrupted as broken:
        stop(
            PROBLEMS,
            f"The database went away or is full after {broken.done} of {broken.of} rows: {broken.__cause__}\n"
            "Whole documents only are in. Run the same command again: it goes on from there.",
        )


def _undo(file: Path, mapping: Path, user: str, *, as_json: bool) -> None:
    """Take back the batches of the file."""
    from sellwell.cli.acting import context_of
    from sellwell.imports import driver
    from sellwell.kernel.values import Refusal

    try:
        batches = driver.undo(file, _mapping(mapping), context_of(user))
    except Refusal as refusal:
        _refused(refusal)
    told = {
        "undone": [batch.number for batch in batches],
        "documents": sum(batch.documents for batch in batches),
        "rows": sum(batch.imported for batch in batches),
    }
    _print(told, as_json=as_json)


def _mapping(path: Path) -> Mapping:
    from sellwell.imports import mapping as mappings

    return mappings.read(path)


def _refused(refusal: Any) -> NoReturn:
    """End the command with what was refused, in both languages. Not permitted or built on is a problem of the data, not
    of the command's input, yet nothing was done: 2 tells that."""
    stop(BAD_INPUT, "\n".join(f"{o.code}: {o.text.zh} / {o.text.en}" for o in refusal.objections))


def _progress(done: int, of: int) -> None:
    typer.echo(f"{done} of {of} rows", err=True)


def _silent(done: int, of: int) -> None:
    """Tell nothing."""


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return
    for name, value in told.items():
        if isinstance(value, dict):
            for key, count in sorted(value.items(), key=lambda pair: -pair[1]):
                typer.echo(f"{name}\t{key}\t{count}")
        else:
            typer.echo(f"{name}\t{', '.join(value) if isinstance(value, list) else value}")
