"""The register of processing and the rules of keeping, computed from what the rooms declare; as a page and as Excel."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from sellwell.foundation.privacy.holding import fields, keeping
from sellwell.foundation.privacy.holding.fields import Processing
from sellwell.kernel import tabular_writing, takings
from sellwell.kernel.tabular_writing import SheetColumn
from sellwell.kernel.values import T
from sellwell.web.registry import page
from sellwell.web.shortcuts import render, require

TITLE = T("处理活动登记册", "Register of processing")
THEN = {
    "restrict": T("限制处理、依法保存", "restricted, kept by law"),
    "erase": T("删除", "erased"),
    "keep": T("留存记录", "kept on record"),
    "review": T("逐项复核", "looked at one by one"),
}
HEADS = (
    SheetColumn(T("数据", "Data"), width=18), SheetColumn(T("字段类别", "Field group"), width=14), SheetColumn(T("字段", "Fields"), width=30),
    SheetColumn(T("用途", "Purposes"), width=34), SheetColumn(T("来源", "Sources"), width=26), SheetColumn(T("依据", "Bases"), width=34),
    SheetColumn(T("接收方", "Recipients"), width=22), SheetColumn(T("保存（月）", "Keep (months)")), SheetColumn(T("到期后", "Then"), width=20),
)  # fmt: skip


def cells(one: Processing) -> list[list[str]]:
    """A line of the register: the items of each cell."""
    return [
        [str(one.holding.title)], [str(one.group.label)], list(one.columns), [str(p.label) for p in one.holding.purposes],
        [str(s.label) for s in one.holding.sources], [str(b.label) for b in one.bases],
        [str(r) for r in one.holding.recipients] or [str(T("无", "none"))],
        ["—" if one.months is None else str(one.months)], [str(THEN.get(one.then, one.then))],
    ]  # fmt: skip


def show(request: Any) -> HttpResponse:
    """Table by table: which fields, what for, from where, on which basis, to whom, how long; and what is due."""
    require(request, "privacy.register")
    ctx = request.ctx
    rules = keeping.rules_of(ctx.company_id, ctx.today)
    context = {
        "lines": [(cells(one), one.holding.table) for one in fields.register(ctx.company_id, ctx.today)],
        "heads": [head.title for head in HEADS],
        "rules": [
            {"title": r.holding.title, "months": r.months, "then": THEN.get(r.then, r.then), "due": r.due, "many": r.due > keeping.MOST}
            for r in rules
        ],
        "most": keeping.MOST,
    }  # fmt: skip
    return render(request, "privacy/register.html", context, title=TITLE)


def take(request: Any) -> HttpResponse:
    """The register as a workbook; it holds no data of people."""
    require(request, "privacy.register")
    ctx = request.ctx
    rows = [["；".join(items) for items in cells(one)] for one in fields.register(ctx.company_id, ctx.today)]
    takings.exported(ctx, "privacy.register", TITLE, len(rows), (), {})
    content = tabular_writing.xlsx(HEADS, rows, title=TITLE, made_at=ctx.now)
    answer = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{TITLE} {ctx.today}')}.xlsx"
    return answer


page(
    "processing-register",
    show,
    "privacy.register",
    title=TITLE,
    right="privacy.register",
    section="privacy",
    icon="book",
    order=70,
)
page("processing-register.xlsx", take, "privacy.register_file", right="privacy.register")
