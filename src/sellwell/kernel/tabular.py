"""Tables from outside, read safely: CSV in the encodings that people have, and XLSX. Every cell comes as text.

Numbers come as they were written (12.10 in a CSV) or with the fifteen digits that spreadsheets keep, never in binary
noise; days as 2026-11-23. What a cell means is read by `kernel.numbers_text`. Writing: `kernel.tabular_writing`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from sellwell.kernel import zips
from sellwell.kernel.tabular_writing import unescaped
from sellwell.kernel.values import Objection, Reason, Refusal, T

MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
# A sheet is read as a full rectangle, so one far-off cell would fill the memory.
MOST_CELLS = 20_000_000
_MOST_FIELD = 131_072

NOT_A_TABLE = Reason(
    "table.unreadable",
    T(
        "无法读取这个文件。请另存为 XLSX 或 UTF-8 编码的 CSV。",
        "This cannot be read. Save it as XLSX or as CSV in UTF-8.",
    ),
)
ENCODING = Reason(
    "table.encoding",
    T(
        "看不出文件的文字编码。请另存为 UTF-8 编码的 CSV 或 XLSX。",
        "The text encoding cannot be told. Save the file as CSV in UTF-8 or as XLSX.",
    ),
)
NO_ROWS = Reason("table.empty", T("文件里没有数据行。", "The file holds no rows."))
TOO_MANY = Reason(
    "table.too_many",
    T(
        "文件过大：最多 {rows} 行、{columns} 列。请拆分。",
        "Too much: at most {rows} rows and {columns} columns. Split it.",
    ),
)
NO_SHEET = Reason("table.no_sheet", T("没有名为“{name}”的工作表。", "There is no sheet named “{name}”."))
TOO_WIDE = Reason(
    "table.row_too_wide",
    T("第 {row} 行比表头多出内容“{text}”。", "Row {row} has more cells than the head: “{text}”."),
)

Source: TypeAlias = "Path | bytes"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (the first line is 1) and a text for each header. `problem` says what is wrong
    with its shape; `cut` are the cells whose last digits the spreadsheet no longer has."""

    number: int
    cells: list[str]
    problem: Objection | None = None
    cut: frozenset[int] = frozenset()


class CutNumber(str):
    """A number of more than the fifteen digits that a spreadsheet keeps: those after them became zeros."""

    __slots__ = ()


@dataclass(frozen=True)
class TableFile:
    """An opened table. `rows()` may be read again and again; a CSV is streamed."""

    kind: str  # csv | xlsx
    headers: list[str]
    rows: Callable[[], Iterator[Row]]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def open_table(
    source: Source, *, sheet: str | None = None, encoding: str | None = None, most_rows: int = MOST_ROWS
) -> TableFile:
    """Open a table by its content. Refused (`table.*`, `zip.*`) where it cannot be read safely.

    The first row that is not empty is the head, but for a title or note above it. `sheet` and `encoding` override what would be taken.
    """
    with _opened(source) as handle:
        is_zip = handle.read(4) == b"PK\x03\x04"
    return _open_xlsx(source, sheet, most_rows) if is_zip else _open_csv(source, encoding, most_rows)


def _opened(source: Source) -> BinaryIO:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


# --- shape -----------------------------------------------------------------------------------------------------------


def _headers(cells: list[str]) -> list[str]:
    """Column names without blanks around them; an empty one is named by its letter, a repeated one counted."""
    named: list[str] = []
    for index, cell in enumerate(cells):
        name = " ".join(cell.replace("\ufeff", "").split()) or _letter(index)
        count = sum(1 for other in named if other == name or other.startswith(f"{name} ("))
        named.append(f"{name} ({count + 1})" if count else name)
    return named


def _letter(index: int) -> str:
    letters = ""
    while index >= 0:
        letters, index = chr(65 + index % 26) + letters, index // 26 - 1
    return letters


def _head(numbered: Iterable[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The head and the number of its row; empty columns at its end are dropped.

    A line of one cell above a wider one is a title or a note, such as our own exports carry: the head is the wider one.
    """
    filled = ((number, cells) for number, cells in numbered if any(cell.strip() for cell in cells))
    first = list(islice(filled, 2))
    if not first:
        raise Refusal(NO_ROWS.refuse())
    is_note = len(first) == 2 and _width(first[0][1]) == 1 < _width(first[1][1])
    number, cells = first[1] if is_note else first[0]
    while not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise Refusal(TOO_MANY.refuse(rows=MOST_ROWS, columns=MOST_COLUMNS))
    return number, _headers(cells)


def _width(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _shaped(
    numbered: Iterable[tuple[int, list[str]]], head: int, width: int, most_rows: int
) -> Iterator[Row]:
    """The rows below the head, each as wide as it; empty ones are left out."""
    count = 0
    for number, cells in numbered:
        if number <= head or not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > most_rows:
            raise Refusal(TOO_MANY.refuse(rows=most_rows, columns=MOST_COLUMNS))
        extra = " ".join(cell.strip() for cell in cells[width:] if cell.strip())
        problem = TOO_WIDE.refuse(row=number, text=extra[:60]) if extra else None
        cut = frozenset(place for place, cell in enumerate(cells[:width]) if isinstance(cell, CutNumber))
        yield Row(number, (cells + [""] * (width - len(cells)))[:width], problem, cut)


# --- CSV -------------------------------------------------------------------------------------------------------------


def _open_csv(source: Source, encoding: str | None, most_rows: int) -> TableFile:
    found = encoding or _encoding(source)
    delimiter = _delimiter(source, found)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        return _csv_rows(source, found, delimiter)

    head, headers = _head(numbered())
    return TableFile(
        "csv",
        headers,
        lambda: _shaped(numbered(), head, len(headers), most_rows),
        encoding=found,
        delimiter=delimiter,
    )


def _encoding(source: Source) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030 if the result is Chinese; else refused."""
    with _opened(source) as handle:
        start = handle.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding, plausible in (("utf-8", _anything), ("gb18030", _looks_chinese)):
        if _decodes(source, encoding, plausible):
            return encoding
    raise Refusal(ENCODING.refuse())


def _decodes(source: Source, encoding: str, plausible: Callable[[str], bool]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with _opened(source) as handle:
        try:
            while chunk := handle.read(1 << 20):
                if b"\0" in chunk or not plausible(decoder.decode(chunk)):
                    return False
            return plausible(decoder.decode(b"", final=True))
        except UnicodeDecodeError:
            return False


def _anything(text: str) -> bool:
    return True


def _looks_chinese(text: str) -> bool:
    """Text of another encoding, read as GB18030, shows rare, private or unassigned characters."""
    beyond = [c for c in text if ord(c) > 0x7F]
    odd = sum(1 for c in beyond if unicodedata.category(c) in ("Co", "Cn", "Cs") or ord(c) < 0xA0)
    common = sum(1 for c in beyond if _is_common(c))
    return not odd and common * 10 >= len(beyond) * 9


def _is_common(character: str) -> bool:
    """Characters of GB2312 and its punctuation: what Chinese business files are written in."""
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return character in "€·—…“”‘’￥"


def _delimiter(source: Source, encoding: str) -> str:
    """The separator that splits the first lines most evenly; a comma where none does."""
    best, best_score = ",", (0, 0)
    for candidate in (",", "\t", ";", "|"):
        widths = [len(cells) for _, cells in islice(_csv_rows(source, encoding, candidate), 20)]
        if widths and max(widths) > 1:
            same = sum(1 for width in widths if width == widths[0])
            score = (same, widths[0]) if widths[0] > 1 else (0, 0)
            if score > best_score:
                best, best_score = candidate, score
    return best


def _csv_rows(source: Source, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_MOST_FIELD)
    with io.TextIOWrapper(_opened(source), encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, [unescaped(cell) for cell in cells]
        except (csv.Error, UnicodeError, LookupError) as error:
            raise Refusal(NOT_A_TABLE.refuse(path=f"row {reader.line_num}")) from error


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _open_xlsx(source: Source, sheet: str | None, most_rows: int) -> TableFile:
    from python_calamine import CalamineError, CalamineWorkbook

    with _opened(source) as handle:
        objection = zips.objection_to(handle) or _sparse(handle, most_rows)
    if objection is not None:
        raise Refusal(objection)
    try:
        with _opened(source) as handle:
            book = CalamineWorkbook.from_filelike(handle)
            names = tuple(book.sheet_names)
            if not names or (sheet is not None and sheet not in names):
                raise Refusal(NO_SHEET.refuse(name=sheet or ""))
            taken = sheet or names[0]
            values = book.get_sheet_by_name(taken).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal(NOT_A_TABLE.refuse()) from error

    def numbered() -> Iterator[tuple[int, list[str]]]:
        return ((number, [cell_text(cell) for cell in cells]) for number, cells in enumerate(values, start=1))

    head, headers = _head(numbered())
    return TableFile(
        "xlsx", headers, lambda: _shaped(numbered(), head, len(headers), most_rows), sheet=taken, sheets=names
    )


_PLACE = re.compile(rb'<(?:[^\s<>:/]+:)?(?:c|row)\s[^>]*?\br\s*=\s*["\']([A-Za-z]{0,3})([0-9]{1,20})["\']')


def _sparse(handle: BinaryIO, most_rows: int) -> Objection | None:
    """What speaks against the extent of the sheets: the far corner of what they hold. The workbook says which of its
    parts are sheets, and may call them anything: so every part is looked through."""
    handle.seek(0)
    with zipfile.ZipFile(handle) as archive:
        for name in archive.namelist():
            rows, columns = _extent(archive.open(name))
            if rows * max(columns, 1) > MOST_CELLS or rows > most_rows + 100 or columns > 16_384:
                return TOO_MANY.refuse(rows=most_rows, columns=MOST_COLUMNS)
    return None


def _extent(part: Any) -> tuple[int, int]:
    rows, columns, rest = 0, 0, b""
    with part:
        while chunk := part.read(1 << 20):
            text = rest + chunk
            for letters, digits in _PLACE.findall(text):
                rows = max(rows, int(digits))
                columns = max(columns, _column(letters))
            rest = text[-200:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def cell_text(value: Any) -> str:
    """A spreadsheet's value as text: numbers in fifteen digits as the program shows them, days without midnight."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value or abs(value) >= 1e300:
            return str(value)
        text = format(Decimal(format(value, ".15g")), "f")
        return CutNumber(text) if abs(value) >= 1e15 else text
    if isinstance(value, datetime):
        whole_day = value.time() == time(0)
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return "" if value is None else str(value)
