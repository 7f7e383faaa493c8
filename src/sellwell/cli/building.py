"""Commands that fill a database: the demo company, simulations, imports of real data."""

from __future__ import annotations

import dataclasses
import datetime
import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from sellwell.cli.environment import BAD_INPUT, PROBLEMS, choose_home, database, server, start_django, stop
from sellwell.cli.serving import prepare, run_server

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")]
SizeOption = Annotated[str, typer.Option(help="test, demo or large.")]
SeedOption = Annotated[int, typer.Option(help="The same seed and day give the same company.")]
TodayOption = Annotated[
    datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The company's today.")
]
imports_app = typer.Typer(no_args_is_help=True, help="Bring in real data.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(demo)
    app.command()(simulate)
    app.add_typer(imports_app, name="import")


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it when it is built.")] = True,
    home: HomeOption = None,
    size: SizeOption = "demo",
    seed: SeedOption = 1,
    today: TodayOption = None,
    days: Annotated[
        int | None, typer.Option(help="Days of history, where the size's own are not wanted.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Build the demo company, once, and serve it. A second start serves what is there."""
    choose_home(home)
    day = today.date() if today else None
    with server():
        if serve:
            prepare()
        greeting = _build(size, seed, day, days, migrated=serve)
        if serve:
            run_server(host, port, greeting)
        else:
            typer.echo("\n".join(greeting))


def _build(size: str, seed: int, day: datetime.date | None, days: int | None, *, migrated: bool) -> list[str]:
    """Build the company if this database has none; gives the lines that tell how to sign in."""
    from sellwell.cli.environment import run_command

    if not migrated and run_command("migrate", role="owner"):
        stop(PROBLEMS, "The database could not be brought up to date.")
    with database():
        from sellwell.simulation import demo as company

        if not company.is_built():
            began = time.monotonic()
            company.build(size=size, seed=seed, today=day, days=days, tell=typer.echo)
            typer.echo(f"built in {time.monotonic() - began:.0f} s")
        return list(company.sign_ins())


def simulate(
    seed: SeedOption = 1,
    days: Annotated[int, typer.Option(help="Days to play.")] = 5,
    faults: Annotated[
        bool, typer.Option("--faults", help="Kill, double, lose and shift while playing.")
    ] = False,
    kills: Annotated[int, typer.Option(help="How many kills, with --faults.")] = 10,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Play days of the company. With faults: kill processes meanwhile and prove what was acknowledged."""
    choose_home(home)
    with database():
        from sellwell.simulation import faults as player

        report = player.run(
            seed=seed, days=days, faults=faults, kills=kills, tell=_quiet if as_json else typer.echo
        )
        _report(report, as_json=as_json)
        if report.get("problems"):
            stop(PROBLEMS)


@imports_app.command(name="orders")
def import_orders(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or Parquet file.")],
    mapping: Annotated[Path, typer.Option(help="YAML: source, currency and `field: column`.")],
    user: Annotated[str, typer.Option("--as", help="User name of who imports.")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Judge the file only; needs no database.")
    ] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Where rejected rows go (default: FILE.errors.csv).")
    ] = None,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Bring in historic sales as customers, products, orders, deliveries, returns and facts. May be repeated."""
    choose_home(home)
    if not (user or preview):
        stop(BAD_INPUT, "Say who imports: --as USER. Or --preview.")
    for path in (file, mapping):
        if not path.is_file():
            stop(BAD_INPUT, f"{path} is no file.")
    if preview:
        start_django()
        result = _import(file, mapping, "", as_json=as_json)
    else:
        with database():
            result = _import(file, mapping, user, as_json=as_json)
    from sellwell.imports import driver

    rejected = errors or file.with_name(file.name + ".errors.csv")
    if result.rejected:
        driver.write_errors(rejected, result.rejected)
    report = {
        field.name: getattr(result, field.name)
        for field in dataclasses.fields(result)
        if field.name != "rejected"
    }
    report["reconciled"] = result.reconciled
    report["errors"] = str(rejected) if result.rejected else ""
    _report(report, as_json=as_json)
    if result.rejected or not result.reconciled:
        stop(PROBLEMS)


def _import(file: Path, mapping: Path, user: str, *, as_json: bool) -> Any:
    """Run or preview (without a user) the import; a mapping or file that is wrong ends the command."""
    from sellwell.cli.acting import context_of
    from sellwell.imports import driver
    from sellwell.imports import mapping as mappings
    from sellwell.kernel.values import Refusal

    try:
        fields = mappings.read(mapping)
        if not user:
            return driver.preview(file, fields)
        return driver.run(file, fields, context_of(user), _silent if as_json else _progress)
    except Refusal as refusal:
        stop(
            BAD_INPUT,
            "\n".join(f"{each.code}: {each.text.zh} / {each.text.en}" for each in refusal.objections),
        )


def _progress(done: int, of: int) -> None:
    typer.echo(f"{done} of {of} rows", err=True)


def _silent(done: int, of: int) -> None:
    """Tell nothing."""


def _quiet(line: str) -> None:
    """Tell nothing."""


def _report(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1, default=str))
    else:
        for name, value in report.items():
            typer.echo(f"{name}\t{value}")
