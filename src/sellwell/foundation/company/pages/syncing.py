"""The Excel file of another directory: two sheets, departments and people, brought in whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from pydantic import BaseModel

from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.operations.syncing import DirectoryDepartment, DirectoryPerson
from sellwell.foundation.company.views import EMPLOYMENT, KINDS
from sellwell.kernel import door, tabular
from sellwell.kernel.tabular_writing import SheetColumn, xlsx
from sellwell.kernel.values import Objection, Reason, Refusal, T
from sellwell.web.registry import page
from sellwell.web.shortcuts import render

TITLE = T("导入部门和人员", "Import departments and people")
MOST_BYTES = 10_000_000
TOO_LARGE = Reason(
    "company.sync_file", T("文件超过 10 MB。请拆分后再导入。", "The file is over 10 MB. Split it first.")
)
NO_COLUMN = Reason(
    "company.sync_column",
    T("缺少“{column}”列。请下载模板对照。", "There is no column “{column}”. Compare with the template."),
)
SHEETS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("departments", "部门", DirectoryDepartment),
    ("people", "人员", DirectoryPerson),
)


def columns_of(model: type[BaseModel]) -> dict[str, T]:
    """The fields of a row with the heads that a file carries."""
    return {
        name: T(info.description or name, info.title or name) for name, info in model.model_fields.items()
    }


def _words() -> dict[str, dict[str, str]]:
    """What people write in a cell and what it means."""
    kinds = {text: code for code, label in KINDS.items() for text in (label.zh, label.en)}
    employment = {text: code for code, label in EMPLOYMENT.items() for text in (label.zh, label.en)}
    roles = {text: role.value for role in RoleCode for text in (role.label.zh, role.label.en)}
    return {"kind": kinds, "employment": employment, "role": roles}


def read_file(content: bytes) -> tuple[dict[str, list[dict[str, str]]], dict[str, list[int]]]:
    """The rows of both sheets as the operation takes them, and the row of the file that each stands in."""
    words, found, numbers = _words(), {}, {}
    sheets = tabular.open_table(content).sheets
    for key, sheet, model in SHEETS:
        rows: list[dict[str, str]] = []
        where: list[int] = []
        if sheet in sheets:
            table = tabular.open_table(content, sheet=sheet)
            heads = columns_of(model)
            places = {name: _place(table.headers, label) for name, label in heads.items()}
            missing = [
                n for n, info in model.model_fields.items() if info.is_required() and places[n] is None
            ]
            if missing:
                raise Refusal([NO_COLUMN.refuse(column=heads[name]) for name in missing])
            for row in table.rows():
                cells = {n: row.cells[at].strip() for n, at in places.items() if at is not None}
                if any(cells.values()):
                    rows.append({n: words.get(n, {}).get(v, v) for n, v in cells.items() if v})
                    where.append(row.number)
        found[key], numbers[key] = rows, where
    return found, numbers


def _place(headers: list[str], label: T) -> int | None:
    return next((i for i, head in enumerate(headers) if head in (label.zh, label.en)), None)


def template() -> bytes:
    """An empty people sheet. (The department sheet has the columns that the page lists.)"""
    heads = [SheetColumn(label) for label in columns_of(DirectoryPerson).values()]
    return xlsx(heads, [], title=T("人员", "人员"), made_at=datetime(2026, 1, 1, tzinfo=UTC))


def told(objections: list[Objection], numbers: dict[str, list[int]]) -> list[tuple[str, Objection]]:
    """Each objection with the sheet and row of the file that it is about."""
    found = []
    for one in objections:
        parts = one.path.split(".")
        sheet = next((name for key, name, _ in SHEETS if parts[0] == key), "")
        at = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else -1
        rows = numbers.get(parts[0], [])
        found.append((f"{sheet} {rows[at]}" if 0 <= at < len(rows) else sheet, one))
    return found


def sync_page(request: Any) -> HttpResponse:
    """Choose a file; what is wrong is named by sheet and row."""
    if request.GET.get("template"):
        answer = HttpResponse(
            template(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        answer["Content-Disposition"] = 'attachment; filename="people.xlsx"'
        return answer
    context: dict[str, Any] = {
        "sheets": [(name, list(columns_of(model).values())) for _, name, model in SHEETS]
    }
    status = 200
    if request.method == "POST" and "file" in request.FILES:
        numbers: dict[str, list[int]] = {}
        try:
            sent = request.FILES["file"]
            if sent.size > MOST_BYTES:
                raise Refusal(TOO_LARGE.refuse())
            rows, numbers = read_file(sent.read())
            door.run("company.sync_directory", request.ctx, request.ctx.company_id, rows)
            context["done"] = [(name, len(rows[key])) for key, name, _ in SHEETS]
        except Refusal as refusal:
            context["wrong"], status = told(refusal.objections, numbers), 422
    return render(request, "company/sync.html", context, title=TITLE, status=status)


page("directory/import", sync_page, "company.sync", title=TITLE, right="company.sync_directory")
