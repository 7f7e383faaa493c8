"""Tables for people: XLSX with a frozen Chinese head, typed columns and no formula that anybody else wrote; and CSV.

In XLSX a text is always a text cell, marked so that editing it does not make it a formula; its value stays as it is.
CSV has no such mark, so a text that a spreadsheet would evaluate gets an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import Reason, Refusal, T

ColumnKind = Literal["text", "amount", "price", "quantity", "rate", "date", "moment", "flag"]

MOST_SHEET_ROWS = 1_048_575
_MOST_TEXT = 32_767

TOO_MANY_ROWS = Reason(
    "table.export_too_large",
    T(
        "超过 {rows} 行，请缩小范围后再导出。",
        "More than {rows} rows. Narrow the selection and export again.",
    ),
)

_FORMATS: dict[ColumnKind, str] = {
    "amount": "#,##0.00",
    "price": "#,##0.00####",
    "quantity": "#,##0.######",
    "rate": "0.00%",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_WIDTHS: dict[ColumnKind, int] = {"text": 20, "amount": 16, "date": 12, "moment": 17, "rate": 9, "flag": 7}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: its head, the kind of its values, its width in characters."""

    title: T | str
    kind: ColumnKind = "text"
    width: int = 0


# --- what a spreadsheet would evaluate ---------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?%?")
_EVALUATED = frozenset("=+-@＝＋－＠")


def is_evaluated(text: str) -> bool:
    """Whether a spreadsheet that opens this as a CSV cell would run it: = + - @, also full-width or behind blanks and
    invisible characters. A plain number is none."""
    start = text.lstrip()
    while start and unicodedata.category(start[0]) in ("Cf", "Cc", "Zs"):
        start = start[1:].lstrip()
    if not start:
        return False
    return text[0] in "\t\r\n" or (start[0] in _EVALUATED and not _NUMBER.fullmatch(text))


def escaped(text: str) -> str:
    """A text for a CSV cell. Reading takes exactly this off again, whatever the text was."""
    return f"'{text}" if is_evaluated(text.lstrip("'")) else text


def unescaped(text: str) -> str:
    """A CSV cell as it was before `escaped`."""
    return text[1:] if text.startswith("'") and is_evaluated(text.lstrip("'")) else text


# --- writing -----------------------------------------------------------------------------------------------------------


def xlsx(
    columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], *, title: T | str, made_at: datetime,
    most_rows: int = MOST_SHEET_ROWS, note: str = "", mark: str = "",
) -> bytes:  # fmt: skip
    """A workbook with one sheet. Values: text, T, Decimal, whole numbers, dates, aware moments, bool, None.

    A `note` stands in a line of its own above the head, a `mark` at the head and foot of every printed page. Refused (`table.export_too_large`) beyond `most_rows`. The same rows and `made_at` give the same bytes.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True, "constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": str(title), "created": made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet(sheet_name(str(title)))
        head = book.add_format({"bold": True, "bg_color": "#F3F5F8", "bottom": 1, "quote_prefix": True})
        styles = [book.add_format(_style(column.kind)) for column in columns]
        top = 1 if note else 0
        if note:
            said = book.add_format({"italic": True, "font_color": "#5B6663", "quote_prefix": True})
            sheet.write_string(0, 0, note, said)
        if mark:
            safe = mark.replace("&", "&&")[
                :200
            ]  # an ampersand begins a code there, and 255 characters are the end
            sheet.set_header(f"&C{safe}")
            sheet.set_footer(f"&C{safe}&R&P / &N")
        for index, column in enumerate(columns):
            width = column.width or _WIDTHS.get(column.kind, 14)
            sheet.set_column(index, index, max(width, _shown_width(str(column.title)) + 2))
            sheet.write_string(top, index, str(column.title), head)
        number = 0
        for number, row in enumerate(rows, start=1):
            if number > most_rows:
                raise Refusal(TOO_MANY_ROWS.refuse(rows=most_rows))
            for index, value in enumerate(row):
                _write(sheet, top + number, index, value, styles[index])
        sheet.freeze_panes(top + 1, 0)
        if columns:
            sheet.autofilter(top, 0, top + max(number, 1), len(columns) - 1)
    return buffer.getvalue()


def _style(kind: ColumnKind) -> dict[str, Any]:
    return {"num_format": _FORMATS[kind]} if kind in _FORMATS else {"quote_prefix": True}


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, Decimal | int) and _fits(Decimal(value)):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(BUSINESS_ZONE).replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001 - a cell
    elif isinstance(value, float):
        raise TypeError("numbers of exports are Decimal")
    else:
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        sheet.write_string(
            row, column, text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…", style
        )


def _fits(value: Decimal) -> bool:
    """A spreadsheet keeps fifteen digits; a longer number goes out as text rather than changed."""
    return (
        value.is_finite()
        and len(value.normalize().as_tuple().digits) <= 15
        and abs(value) < Decimal(10) ** 15
    )


def sheet_name(title: str) -> str:
    """A title as a sheet may be called."""
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "Sheet1"


def _shown_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def csv_bytes(titles: Sequence[T | str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV in UTF-8 with the mark by which spreadsheets know it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([escaped(str(title)) for title in titles])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        raise TypeError("numbers of exports are Decimal")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else escaped(str(value))
