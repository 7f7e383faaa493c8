"""Rows of a file as texts: CSV and XLSX through the house's safe reader, Parquet through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from sellwell.kernel import tabular
from sellwell.kernel.tabular import Source
from sellwell.kernel.values import Objection, Reason, Refusal, T

UNREADABLE = Reason("import.unreadable", T("文件无法读取：{problem}", "The file cannot be read: {problem}"))
NO_COLUMN = Reason("import.no_column", T("文件中没有“{name}”列。", "The file has no column “{name}”."))
TWO_COLUMNS = Reason(
    "import.column_twice", T("文件中有两个“{name}”列。", "The file has two columns “{name}”.")
)
TOO_MANY_ROWS = Reason(
    "import.too_many_rows",
    T("文件超过 {most} 行。请按时间拆分。", "The file has more than {most} rows. Split it by time."),
)

# So many rows are judged in memory at once: about half a gigabyte.
MOST_ROWS = tabular.MOST_ROWS
WHOLE_FLOATS = 2**53  # beyond, a float does not know its last digit


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number (in a CSV or spreadsheet the one that the program shows, in Parquet from 1), the wanted columns
    as texts, and what is wrong with its shape."""

    number: int
    values: dict[str, str]
    problem: Objection | None = None


def headers(source: Source) -> list[str]:
    """The file's columns. `Refusal` if it cannot be read."""
    if _is_parquet(source):
        import duckdb

        try:
            with duckdb.connect() as session:
                return list(session.read_parquet(str(source)).columns)
        except duckdb.Error as error:
            raise _unreadable(error) from None
    return tabular.open_table(source).headers


def rows(source: Source, columns: list[str]) -> Iterator[Record]:
    """Each row with the wanted columns only, in file order. `Refusal` if the file is none or lacks one."""
    if _is_parquet(source):
        yield from _parquet(source, columns)
        return
    table = tabular.open_table(source)
    _require(table.headers, columns)
    places = [(name, table.headers.index(name)) for name in columns]
    for row in table.rows():
        cells = row.cells
        yield Record(row.number, {name: cells[place] for name, place in places}, row.problem)


def _is_parquet(source: Source) -> TypeGuard[Path]:
    """By what the file is, not by what it is called. What people upload is none: it is kept as content only."""
    if isinstance(source, bytes):
        return False
    with source.open("rb") as handle:
        return handle.read(4) == b"PAR1"


def _parquet(path: Path, columns: list[str]) -> Iterator[Record]:
    import duckdb

    try:
        with duckdb.connect() as session:
            # The file's own order is the row's identity: one thread keeps it.
            session.execute("SET threads = 1")
            session.execute("SET enable_progress_bar = false")
            relation = session.read_parquet(str(path))
            _require(list(relation.columns), columns)
            quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
            result = session.execute(f"SELECT {quoted} FROM read_parquet(?)", [str(path)])
            number = 0
            while chunk := result.fetchmany(10_000):
                for row in chunk:
                    number += 1
                    if number > MOST_ROWS:
                        raise Refusal(TOO_MANY_ROWS.refuse(most=MOST_ROWS))
                    yield Record(
                        number, {name: _text(value) for name, value in zip(columns, row, strict=True)}
                    )
    except duckdb.Error as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> Refusal:
    return Refusal(UNREADABLE.refuse(problem=str(error).splitlines()[0][:120]))


def _text(value: Any) -> str:
    """A stored value as a person would type it; floats by their shortest form, so 2.55 stays 2.55 and a number column
    that has gaps, which programs keep as floats, still says 12347."""
    if value is None:
        return ""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < WHOLE_FLOATS:
            return str(int(value))
        return "" if value != value else repr(value)
    return str(value)


def _require(header: list[str], columns: list[str]) -> None:
    missing = [name for name in columns if name not in header]
    if missing:
        raise Refusal([NO_COLUMN.refuse(path=name, name=name) for name in missing])
    # The reader counts a repeated head: "Price", "Price (2)". Which of the two is meant, only a person knows.
    twice = [name for name in columns if f"{name} (2)" in header]
    if twice:
        raise Refusal([TWO_COLUMNS.refuse(path=name, name=name) for name in twice])
