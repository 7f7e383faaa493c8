"""The workbook to fill in, and the one that gives refused rows back. Nothing in either is a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from sellwell.imports.sheets.columns import KEY, SheetColumn, SheetForm
from sellwell.imports.sheets.matching import REASON
from sellwell.kernel import tabular_writing
from sellwell.kernel.tabular_writing import SheetColumn as WrittenColumn
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE

ROWS_READY = 1000  # rows that carry formats and drop-downs
KINDS: dict[str, T] = {
    "text": T("文字", "Text"),
    "area": T("文字", "Text"),
    "number": T("数字", "Number"),
    "int": T("整数", "Whole number"),
    "date": T("日期，例如 2026-11-23", "Date, as 2026-11-23"),
    "datetime": T("时间，例如 2026-11-23 09:30", "Time, as 2026-11-23 09:30"),
    "select": T("从下拉列表中选择", "Choose from the list"),
    "bool": T("是或否", "Yes or no"),
    "list": T("多项，用分号隔开", "Several, with semicolons between"),
    "checks": T("多项，用分号隔开", "Several, with semicolons between"),
    "pick": T("已有记录的编号、编码或完整名称", "Number, code or whole name of a record"),
}
YES_NO = (T("是", "Yes"), T("否", "No"))
HELP = (T("列", "Column"), T("英文", "English"), T("必填", "Required"), T("填写方式", "How"), T("例", "Example"), T("说明", "Notes"))  # fmt: skip


def filename(form: SheetForm) -> str:
    """What the template is called."""
    return str(T(f"{form.operation.title.zh}-模板.xlsx", f"{form.operation.title.en} - template.xlsx"))


def workbook(form: SheetForm, today: date) -> bytes:
    """The template: the sheet to fill in, how each column is filled, and the choices of the drop-downs."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(tabular_writing.sheet_name(str(form.operation.title)))
        notes = book.add_worksheet(str(T("填写说明", "How to fill in")))
        lists = book.add_worksheet(str(T("选项", "Choices")))
        lists.hide()
        formats = _formats(book)
        for index, column in enumerate(form.columns):
            _head(sheet, index, column, formats)
            _choices(sheet, lists, index, column)
        sheet.freeze_panes(1, 0)
        _explain(notes, form, today, formats)
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bg_color": "#F2F4F3", "bottom": 1}),
        "required": book.add_format(
            {"bold": True, "bg_color": "#DDEFEA", "bottom": 1, "font_color": "#0B5B4F"}
        ),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "note": book.add_format({"italic": True, "font_color": "#5B6663", "text_wrap": True}),
    }


def head_of(column: SheetColumn) -> str:
    """A column's head: required ones carry a star."""
    return f"{column.label}*" if column.required else str(column.label)


def _widget(column: SheetColumn) -> str:
    return column.field.widget if column.field is not None else "text"


def _head(sheet: Any, index: int, column: SheetColumn, formats: dict[str, Any]) -> None:
    widget = _widget(column)
    style = formats["required" if column.required else "head"]
    sheet.write_string(0, index, head_of(column), style)
    sheet.write_comment(0, index, _comment(column), {"x_scale": 1.6})
    width = max(14, 2 * len(column.label.zh) + 4, 26 if widget in ("area", "pick") else 0)
    # Codes and telephone numbers keep their zeros: what is not a number or a day is a text cell.
    plain = None if widget in ("number", "int") else formats.get(widget, formats["text"])
    sheet.set_column(index, index, width, plain)


def _comment(column: SheetColumn) -> str:
    parts = [f"{column.label.zh} / {column.label.en}", str(KINDS[_widget(column)])]
    if column.required:
        parts.append(str(T("必填", "Required")))
    if column.help is not None:
        parts.append(str(column.help))
    return "\n".join(parts)


def _labels(column: SheetColumn) -> list[str]:
    if column.field is None:
        return []
    if column.field.widget == "bool":
        return [str(label) for label in YES_NO]
    return [str(label) for _, label in column.field.choices]


def _choices(sheet: Any, lists: Any, index: int, column: SheetColumn) -> None:
    """A drop-down, from a column of the hidden sheet: a list inside the rule may hold 255 characters only."""
    labels = _labels(column)
    if not labels:
        return
    for place, label in enumerate(labels):
        lists.write_string(place, index, label)
    if _widget(column) != "checks":
        letter = xlsxwriter.utility.xl_col_to_name(index)
        source = f"='{lists.get_name()}'!${letter}$1:${letter}${len(labels)}"
        sheet.data_validation(1, index, ROWS_READY, index, {"validate": "list", "source": source})


def _explain(notes: Any, form: SheetForm, today: date, formats: dict[str, Any]) -> None:
    """One line per column, and what happens with the file."""
    told = T(
        "在第一张工作表中从第 2 行起填写，每行一条；带 * 的列必填，不用的列可以留空或删除。不要改动第一行的列名。",
        "Fill in the first sheet from row 2 on, one per row. Columns with * are required; others may be left empty or removed. Keep the heads of row 1.",
    )
    if form.lines:
        told = T(f"{told.zh}每行是一条明细。", f"{told.en} Each row is one line.")
    notes.merge_range(0, 0, 0, len(HELP) - 1, str(told), formats["note"])
    notes.set_row(0, 48)
    for index, (title, width) in enumerate(zip(HELP, (22, 26, 8, 34, 24, 60), strict=True)):
        notes.write_string(1, index, str(title), formats["head"])
        notes.set_column(index, index, width, formats["wrap"])
    for place, column in enumerate(form.columns, start=2):
        said = _explained(column, today)
        for index, text in enumerate(said):
            notes.write_string(place, index, text)
    notes.freeze_panes(2, 0)


def _explained(column: SheetColumn, today: date) -> tuple[str, ...]:
    required = str(T("是", "Yes")) if column.required else ""
    labels = _labels(column)
    how = " / ".join(labels) if labels else _how(column)
    help_ = str(column.help) if column.help is not None else ""
    return (column.label.zh, column.label.en, required, how, example(column, today), help_)


def _how(column: SheetColumn) -> str:
    kind = str(KINDS[_widget(column)])
    view = BY_TYPE.get(column.field.ref) if column.field is not None and column.field.ref else None
    return f"{view.title}: {kind}" if view is not None else kind


def example(column: SheetColumn, today: date) -> str:
    """What a cell may say."""
    if column.path == KEY:
        return "1"
    labels = _labels(column)
    if labels:
        return labels[0]
    return {
        "number": "12.50", "int": "1", "date": today.isoformat(), "datetime": f"{today.isoformat()} 09:30",
    }.get(_widget(column), "")  # fmt: skip


@dataclass(frozen=True)
class Returned:
    """A row that goes back: its number, its cells, why."""

    number: int
    cells: Sequence[str]
    reason: str


def errors(headers: Sequence[str], rows: Iterable[Returned], title: T, now: datetime) -> bytes:
    """Refused rows as they came, with the reason in the last column: correct them and send this very file again."""
    kept = [index for index, head in enumerate(headers) if head not in (REASON.zh, REASON.en)]
    columns = [WrittenColumn(headers[index], width=16) for index in kept]
    lines = [[*(row.cells[index] for index in kept), row.reason] for row in rows]
    return tabular_writing.xlsx([*columns, WrittenColumn(REASON, width=60)], lines, title=title, made_at=now)
