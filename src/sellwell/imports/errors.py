"""The error file of an import: every rejected row with its place, its reason and what it said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sellwell.imports.orders import Rejected
from sellwell.kernel import tabular_writing
from sellwell.kernel.values import to_cents

HEAD = ["row", "invoice", "ordinal", "code", "reason", "amount"]


def content(rejected: Sequence[Rejected]) -> bytes:
    """A CSV that spreadsheets read as Chinese and never run as formulas; the source's own columns follow ours."""
    names = sorted({name for item in rejected for name in item.values})
    return tabular_writing.csv_bytes([*HEAD, *names], _lines(rejected, names))


def _lines(rejected: Sequence[Rejected], names: list[str]) -> Iterator[list[str]]:
    for item in rejected:
        amount = "" if item.amount is None else format(to_cents(item.amount), "f")
        values = [item.values.get(name, "") for name in names]
        yield [
            str(item.row), item.invoice, str(item.ordinal), item.objection.code, str(item.objection.text), amount, *values,
        ]  # fmt: skip


def write(path: Path, rejected: Sequence[Rejected]) -> None:
    """Write the file, whole or not at all."""
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.write_bytes(content(rejected))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
