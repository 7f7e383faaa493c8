"""A list as a workbook: the columns at hand, the rows that match, and a line that says who took it and when."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import xlsxwriter
from django.http import HttpResponse

from sellwell.kernel import ledger, takings
from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import State, T
from sellwell.kernel.views import Column, read_keys
from sellwell.web import formats, registry
from sellwell.web.lists import query
from sellwell.web.shortcuts import render, require

if TYPE_CHECKING:
    from sellwell.web.parts import ListPage

MOST = 50_000  # rows of one workbook; more are taken out through REST
BATCH = 2000
NUMBER_FORMATS = {"amount": "#,##0.00", "price": "#,##0.00####", "quantity": "#,##0.######", "rate": "0.00%"}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(request: Any, page: ListPage) -> HttpResponse:
    """Take the list at hand out as a workbook. Only columns that the reader may see are in it."""
    require(request, page.view.name)
    require(request, page.view.export)
    asked = query.read(page, request.actor, request.GET, request.ctx.today)
    try:
        leave = _leave(request, page, asked)
    except takings.NoLeave as refusal:
        return _refused(request, page, refusal)
    ordered = asked.rows().order_by(*[key.ordering(False) for key in asked.keys])[:MOST]
    rows = ordered.iterator(chunk_size=BATCH)
    found: list[list[Any]] = []
    while batch := list(islice(rows, BATCH)):
        read_keys(asked.columns, batch)
        found += [[_plain(column, column.read(row)) for column in asked.columns] for row in batch]
    note = T(
        f"{request.actor.name} · {formats.moment(request.ctx.now)} · {len(found)} 行 · 仅供内部使用",
        f"{request.actor.name} · {formats.moment(request.ctx.now)} · {len(found)} rows · for internal use",
    )
    _log(request, page, asked, len(found), leave)
    title = str(page.view.title)
    mark = watermark(request, leave) if leave is not None else ""
    said = f"{note} · {mark}" if mark else str(note)
    return workbook_response(f"{title} {request.ctx.today}", title, asked.columns, found, said, mark)


def _leave(request: Any, page: ListPage, asked: query.ListQuery) -> takings.Leave | None:
    """Leave to take personal columns out; None where there are none among those asked for."""
    if not any(column.is_personal_of(page.view.model) for column in asked.columns):
        return None
    count = asked.rows().order_by()[:MOST].count()
    return takings.leave(request.ctx, page.view.name, count)


def _refused(request: Any, page: ListPage, refusal: takings.NoLeave) -> HttpResponse:
    """Why nothing is taken out, and the form that asks for leave. The security log keeps the attempt."""
    ledger.log_refusal(takings.EXPORT, request.ctx, None, refusal)
    ask = (
        f"{registry.url_for(refusal.verb)}?{urlencode(refusal.given)}"
        if request.actor.may(refusal.verb)
        else ""
    )
    context = {
        "text": refusal.objections[0].text, "icon": "lock", "code": "403", "ask": ask,
        "ask_title": REGISTRY[refusal.verb].title,
    }  # fmt: skip
    crumbs = [(page.view.title, page.url)]
    title = T("不能这样导出", "Not like this")
    return render(request, "web/errors/error.html", context, title=title, crumbs=crumbs, status=403)


def watermark(request: Any, leave: takings.Leave) -> str:
    """Who took personal data out, when and what for: it stands in the file, and at the head and foot of each page."""
    who, when = request.actor.name, formats.moment(request.ctx.now)
    return str(
        T(
            f"含个人信息 · {who} · {when} · 用途：{leave.purpose.zh} · 不得外传",
            f"Personal data · {who} · {when} · for: {leave.purpose.en} · do not pass on",
        )
    )


def _log(
    request: Any, page: ListPage, asked: query.ListQuery, count: int, leave: takings.Leave | None
) -> None:
    """Leave a line in the security log: who took which columns of how many rows."""
    view = page.view
    names = [column.name for column in asked.columns]
    takings.exported(request.ctx, view.name, view.title, count, names, asked.without_personal_values(), leave)


def _plain(column: Column, value: Any) -> Any:
    if isinstance(value, State):
        return str(value.label)
    if isinstance(value, bool):
        return str(T("是", "Yes") if value else T("否", "No"))
    if isinstance(value, datetime):
        return value.astimezone(BUSINESS_ZONE).replace(tzinfo=None)
    return value if isinstance(value, Decimal | int | date | None) else str(value)


def workbook_response(
    filename: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    note: str,
    mark: str = "",
) -> HttpResponse:
    """The rows as a workbook to download."""
    heads = [(str(column.label), column.kind) for column in columns]
    response = HttpResponse(workbook(title, heads, rows, note, mark), content_type=TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}.xlsx"
    return response


def workbook(
    title: str, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], note: str, mark: str = ""
) -> bytes:
    """A workbook of one sheet. Texts are written as texts, so a cell that looks like a formula stays a text. A `mark`
    stands at the head and foot of every printed page."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet1")
    styles = {kind: book.add_format({"num_format": code}) for kind, code in NUMBER_FORMATS.items()}
    styles |= {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F4F3"}),
        "note": book.add_format({"italic": True, "font_color": "#5B6663"}),
    }
    sheet.write_string(0, 0, note, styles["note"])
    if mark:
        safe = mark.replace("&", "&&")[:200]  # an ampersand begins a code there
        sheet.set_header(f"&C{safe}")
        sheet.set_footer(f"&C{safe}&R&P / &N")
    for index, (label, kind) in enumerate(heads):
        sheet.write_string(1, index, label, styles["head"])
        sheet.set_column(index, index, 26 if kind in ("text", "ref") else 16)
    for place, row in enumerate(rows, start=2):
        for index, value in enumerate(row):
            _write(sheet, place, index, value, styles.get(heads[index][1]))
    sheet.freeze_panes(2, 0)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001 - a day
    elif isinstance(value, Decimal | int):
        sheet.write_number(
            row, column, float(value), style
        )  # workbooks keep numbers as floats; 15 digits hold cents
    else:
        sheet.write_string(row, column, str(value))
