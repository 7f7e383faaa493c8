"""Two commands that let anybody judge matching and value on their own files: no server, no database, nothing is kept."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sellwell.cli.environment import BAD_INPUT, PROBLEMS, stop

if TYPE_CHECKING:
    from sellwell.imports.measured import Sales
    from sellwell.kernel.values import Refusal
    from sellwell.metrics.analysis.value import Estimate, ValueModel

VALUE_COLUMNS = (
    "customer", "frequency", "recency", "age", "probability_alive", "expected_purchases", "expected_value",
)  # fmt: skip
PAIR_COLUMNS = ("id_a", "id_b", "score", "reasons")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(name="match")(match_files)
    app.command(name="value")(value_of)


def match_files(
    files: Annotated[list[Path], typer.Argument(help="One file against itself, or two against each other.")],
    out: Annotated[Path, typer.Option("--out", help="Where the pairs go, as CSV.")],
    mapping: Annotated[
        Path | None, typer.Option(help="YAML: `field: column`. Without it columns are called as fields.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of the reasons: zh or en.")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="What was done, as JSON.")] = False,
) -> None:
    """Find the same company or person in CSV, XLSX or Parquet files: pairs with a score and reasons."""
    _must_be_files([*files, *([mapping] if mapping else [])])
    if language not in ("zh", "en"):
        stop(BAD_INPUT, "--language is zh or en.")
    if len(files) > 2:
        stop(BAD_INPUT, "Give one file, or two that are matched against each other.")
    from sellwell.imports import measured
    from sellwell.kernel.values import Refusal
    from sellwell.metrics.analysis.matching import COMPANIES, PERSONS, link, match

    try:
        kind, sets = measured.records(files, mapping)
    except Refusal as refusal:
        _refused(refusal)
    chosen = PERSONS if kind == "person" else COMPANIES
    pairs = match(sets[0], chosen) if len(sets) == 1 else link(sets[0], sets[1], chosen)
    rows = [
        (pair.left, pair.right, f"{pair.score:.6f}", "; ".join(getattr(r, language) for r in pair.reasons))
        for pair in pairs
    ]
    _write(out, PAIR_COLUMNS, rows)
    told = {
        "kind": kind,
        "records": sum(map(len, sets)),
        "pairs": len(pairs),
        "threshold": chosen.threshold,
        "out": str(out),
    }
    _print(told, as_json=as_json)


def value_of(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or Parquet with customer, date, amount.")],
    until: Annotated[str, typer.Option("--train-until", help="Last day that is learnt from, it included.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Days ahead that purchases are expected over.")],
    out: Annotated[Path, typer.Option("--out", help="Where the customers go, as CSV.")],
    unit: Annotated[str, typer.Option(help="Unit of times: week or day.")] = "week",
    mapping: Annotated[
        Path | None, typer.Option(help="YAML: `field: column` for customer, date, amount; `day_order`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Parameters and counts as JSON.")] = False,
) -> None:
    """What each customer is expected to buy: BG/NBD for how often, Gamma-Gamma for how much."""
    _must_be_files([file, *([mapping] if mapping else [])])
    if unit not in ("week", "day"):
        stop(BAD_INPUT, "--unit is week or day.")
    if not 1 <= horizon <= 36_500:
        stop(BAD_INPUT, "--horizon is a number of days from 1 to 36500.")
    from sellwell.imports import measured
    from sellwell.kernel.values import Refusal
    from sellwell.metrics.analysis.value import TooLittle, ValueModel, summarise

    try:
        last = measured.last_day(until)
        sales = measured.sales(file, mapping)
    except Refusal as refusal:
        _refused(refusal)
    customers = summarise(sales.purchases, last)
    if not customers:
        stop(BAD_INPUT, f"截至 {last} 没有购买记录。 / Nobody bought anything until {last}.")
    try:
        model = ValueModel.fit(customers, "week" if unit == "week" else "day")
    except TooLittle:
        stop(
            BAD_INPUT,
            "复购客户不足 10 个，无法估计。请提供更长时间的记录。 / "
            "Fewer than 10 customers bought on a second day: too little to learn from. Give a longer history.",
        )
    _write(out, VALUE_COLUMNS, _estimates(model.estimate(customers, horizon)))
    _print(
        report(model, sales, [one.frequency for one in customers], last, horizon) | {"out": str(out)},
        as_json=as_json,
    )


def _estimates(estimates: Iterable[Estimate]) -> Iterable[Sequence[str]]:
    for one in estimates:
        yield (
            one.customer, str(one.frequency), f"{one.recency:.6g}", f"{one.age:.6g}", f"{one.probability_alive:.6f}",
            f"{one.expected_purchases:.6f}", "" if one.expected_value is None else f"{one.expected_value:.4f}",
        )  # fmt: skip


def report(
    model: ValueModel, sales: Sales, frequency: Sequence[int], last: date, horizon: int
) -> dict[str, Any]:
    """What is printed of a fit: parameters in the unit of the times, and what was read and left out."""
    spending = model.spending
    learnt = {
        "r": model.buying.r, "alpha": model.buying.alpha, "a": model.buying.a, "b": model.buying.b,
        "log_likelihood": model.buying.log_likelihood,
        "p": spending.p if spending else None, "q": spending.q if spending else None, "v": spending.v if spending else None,
        "frequency_value_correlation": spending.correlation if spending else None,
    }  # fmt: skip
    read = {f.name: getattr(sales, f.name) for f in dataclasses.fields(sales) if f.name != "purchases"}
    asked = {"unit": model.unit, "train_until": last.isoformat(), "horizon_days": horizon}
    counts = {"customers": len(frequency), "repeat_customers": sum(1 for x in frequency if x)}
    return learnt | asked | counts | read


# --- shared ------------------------------------------------------------------------------------------------------------


def _must_be_files(paths: Iterable[Path]) -> None:
    for path in paths:
        if not path.is_file():
            stop(BAD_INPUT, f"{path} is no file.")


def _refused(refusal: Refusal) -> NoReturn:
    """End the command with all that is wrong with what was given, in both languages."""
    stop(BAD_INPUT, "\n".join(f"{o.code}: {o.text.zh} / {o.text.en}" for o in refusal.objections))


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV in UTF-8, whole or not at all; no cell runs as a formula."""
    from sellwell.kernel.tabular_writing import escaped

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([escaped(cell) for cell in row] for row in rows)
    text = buffer.getvalue()
    draft = None
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device is written to, never replaced; a folder refuses by itself.
            path.write_text(text, encoding="utf-8", newline="", errors="replace")
            return
        target = path.resolve()  # what a link points to is replaced, not the link
        draft = target.with_name(f"{target.name}.part")
        draft.write_text(text, encoding="utf-8", newline="", errors="replace")
        draft.replace(target)
    except OSError as error:
        stop(PROBLEMS, f"{path} could not be written ({error.strerror}).")
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1, default=_plain))
        return
    for name, value in told.items():
        typer.echo(f"{name}\t{'' if value is None else value}")


def _plain(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
