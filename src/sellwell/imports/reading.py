"""Rows of a file as texts: CSV and XLSX through the house's safe reader, Parquet through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sellwell.kernel import tabular
from sellwell.kernel.values import Reason, Refusal, T

UNREADABLE = Reason("import.unreadable", T("文件无法读取：{problem}", "The file cannot be read: {problem}"))
NO_COLUMN = Reason("import.no_column", T("文件中没有“{name}”列。", "The file has no column “{name}”."))


def rows(path: Path, columns: list[str]) -> Iterator[dict[str, str]]:
    """Each row as column -> text, in file order, only the wanted columns. `Refusal` if the file is none or lacks one."""
    if path.suffix.lower() == ".parquet":
        yield from _parquet(path, columns)
        return
    sheet = tabular.read(path.read_bytes(), path.name)
    _require(sheet.header, columns)
    places = {name: sheet.header.index(name) for name in columns}
    for row in sheet.rows:
        yield {name: row[place] if place < len(row) else "" for name, place in places.items()}


def _parquet(path: Path, columns: list[str]) -> Iterator[dict[str, str]]:
    import duckdb

    try:
        with duckdb.connect() as session:
            relation = session.read_parquet(str(path))
            _require(relation.columns, columns)
            quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
            result = session.execute(f"SELECT {quoted} FROM read_parquet(?)", [str(path)])
            while chunk := result.fetchmany(10_000):
                for row in chunk:
                    yield {name: _text(value) for name, value in zip(columns, row, strict=True)}
    except duckdb.Error as error:
        raise Refusal(UNREADABLE.refuse(problem=str(error).splitlines()[0][:120])) from None


def _text(value: Any) -> str:
    """A stored value as a person would type it; floats by their shortest form, so 2.55 stays 2.55."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _require(header: list[str], columns: list[str]) -> None:
    missing = [name for name in columns if name not in header]
    if missing:
        raise Refusal([NO_COLUMN.refuse(name=name) for name in missing])
