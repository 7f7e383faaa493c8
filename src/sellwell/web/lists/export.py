"""A list as a workbook: the columns at hand, the rows that match, and a line that says who took it and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.http import HttpResponse

from sellwell.kernel import ledger, tabular_writing, takings
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.tabular_writing import ColumnKind, SheetColumn
from sellwell.kernel.values import State, T
from sellwell.kernel.views import Column, read_keys
from sellwell.web import formats, registry
from sellwell.web.lists import query
from sellwell.web.shortcuts import render, require

if TYPE_CHECKING:
    from sellwell.web.parts import ListPage

MOST = 50_000  # rows of one workbook; more are taken out through REST
BATCH = 2000
# Kinds of columns that a workbook writes otherwise than as text.
SHEET_KINDS: dict[str, ColumnKind] = {
    "amount": "amount", "price": "price", "quantity": "quantity", "rate": "rate", "date": "date", "datetime": "moment",
}  # fmt: skip
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
    content = tabular_writing.xlsx(
        sheet_columns(asked.columns), found, title=title, made_at=request.ctx.now, note=said, mark=mark
    )
    return download(content, f"{title} {request.ctx.today}")


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
    """States and flags as people read them; all else as the workbook takes it."""
    if isinstance(value, State):
        return str(value.label)
    if isinstance(value, bool):
        return str(T("是", "Yes") if value else T("否", "No"))
    return value if isinstance(value, Decimal | int | date | None) else str(value)


def sheet_columns(columns: Sequence[Column]) -> list[SheetColumn]:
    """The columns of a view as columns of a workbook."""
    return [
        SheetColumn(
            column.label, SHEET_KINDS.get(column.kind, "text"), 26 if column.kind in ("text", "ref") else 16
        )
        for column in columns
    ]


def download(content: bytes, filename: str) -> HttpResponse:
    """A workbook to download."""
    response = HttpResponse(content, content_type=TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}.xlsx"
    return response
