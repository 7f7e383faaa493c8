"""Commands that fill a database with a company: the demo, simulations."""

from __future__ import annotations

import datetime
import json
import os
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from sellwell.cli.environment import BAD_INPUT, PROBLEMS, choose_home, database, server, stop
from sellwell.cli.serving import bring_up_to_date, prepare, run_server

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")]
SizeOption = Annotated[str, typer.Option(help="test, demo or large.")]
SeedOption = Annotated[int, typer.Option(help="The same seed and day give the same company.")]
TodayOption = Annotated[
    datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The company's today.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(demo)
    app.command()(simulate)


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
    os.environ["SELLWELL_DEMO"] = "1"
    with server():
        if serve:
            prepare(host, port)
        else:
            bring_up_to_date()
        greeting = _build(size, seed, day, days)
        if serve:
            run_server(host, port, greeting)
        else:
            typer.echo("\n".join(greeting))


def _build(size: str, seed: int, day: datetime.date | None, days: int | None) -> list[str]:
    """Build the company if this database has none; gives the lines that tell how to sign in."""
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
    plan: Annotated[Path | None, typer.Option(help="Replay the acts and kills of this file.")] = None,
    save_plan: Annotated[Path | None, typer.Option(help="Write the plan there before playing it.")] = None,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Play days of the company. With faults: kill processes meanwhile and prove what was acknowledged."""
    choose_home(home)
    from sellwell.simulation import fault_plan

    try:
        chosen = fault_plan.Plan.read(plan) if plan else fault_plan.make(seed, days, kills * faults)
    except (OSError, ValueError, KeyError, TypeError) as error:
        stop(BAD_INPUT, f"{plan} is no plan that simulate --save-plan wrote: {error!r}")
    if save_plan:
        chosen.write(save_plan)
    with database():
        from sellwell.simulation import faults as player

        report = player.run(plan=chosen, tell=_quiet if as_json else typer.echo)
        _report(report, as_json=as_json)
        if report.get("problems"):
            stop(PROBLEMS)


def _quiet(line: str) -> None:
    """Tell nothing."""


def _report(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1, default=str))
    else:
        for name, value in report.items():
            typer.echo(f"{name}\t{value}")
