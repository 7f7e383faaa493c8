"""A list filled from a spreadsheet: template, upload, columns, a look at every row, and the start. Nothing is written
before the last step; what comes of it stands with the batch (`web.imports`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect

from sellwell.imports import jobs, staging
from sellwell.imports.sheets import documents, judging, matching, rows, template
from sellwell.imports.sheets.columns import SheetColumn, SheetForm, form_of
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Objection, Reason, Refusal, T, language
from sellwell.web import cells
from sellwell.web.do import new_key
from sellwell.web.files import own_upload
from sellwell.web.lists.export import TYPE
from sellwell.web.shortcuts import render, require

if TYPE_CHECKING:
    from sellwell.imports.sheets.documents import Problem
    from sellwell.imports.sheets.judging import Verdict
    from sellwell.imports.sheets.matching import Matched
    from sellwell.kernel.models import StoredFile
    from sellwell.web.parts import ListPage

MOST_ROWS_HERE = 100  # more are brought in by the worker
MOST_JUDGED = 100  # documents that the preview asks the door about
MOST_SHOWN = 100  # rows that the preview shows
MISSING = Reason(
    "import.column_missing",
    T("请指明哪一列是“{label}”。", "Say which column is “{label}”."),
)
TWICE = Reason(
    "import.column_said_twice",
    T("有两列都指定为“{label}”。请只留一列。", "Two columns are said to be “{label}”. Keep one."),
)


@dataclass(frozen=True)
class ShownCell:
    """A cell of the preview, with what is said about it."""

    label: T
    text: str
    said: list[Objection]


@dataclass(frozen=True)
class ShownRow:
    """A row of the preview: its number in the file, its cells, and what is said about it as a whole."""

    number: int
    cells: list[ShownCell]
    said: list[Objection]
    state: str  # ready | warn | held | refused | known
    known_url: str = ""


@dataclass(frozen=True)
class Outlook:
    """What an import would do: rows by what would become of them, those that are shown, and how many were asked about."""

    counts: dict[str, int]
    labels: list[T]
    shown: list[ShownRow]
    rows: int
    judged: int


def offered(page: ListPage, request: Any) -> list[tuple[T, str]]:
    """The imports that this reader may start from a list: (the verb's title, url)."""
    return [
        (REGISTRY[name].title, address(page, name))
        for name in page.new
        if request.actor.may(name) and form_of(name) is not None
    ]


def address(page: ListPage, name: str) -> str:
    """Where a list takes the rows of one of its creations in."""
    return f"{page.url}import/{name}"


def show(request: Any, page: ListPage, name: str) -> HttpResponse:
    """All four steps."""
    form = _form(request, page, name)
    if request.method != "POST" and not request.GET.get("file"):
        return _draw(request, page, form)
    if "file" in request.FILES:
        return _keep(request, page, form)
    sent = request.POST if request.method == "POST" else request.GET
    return _answer(request, page, form, own_upload(request, sent.get("file", "")))


def give_template(request: Any, page: ListPage, name: str) -> HttpResponse:
    """The workbook to fill in."""
    form = _form(request, page, name)
    answer = HttpResponse(template.workbook(form, request.ctx.today), content_type=TYPE)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(template.filename(form))}"
    return answer


def _form(request: Any, page: ListPage, name: str) -> SheetForm:
    """The flat table of one of the list's creations, for those who may do it."""
    require(request, page.view.name)
    if name not in page.new:
        raise Http404(name)
    if not request.actor.may(name):
        raise PermissionDenied(name)
    form = form_of(name)
    if form is None:
        raise Http404(name)
    return form


def _keep(request: Any, page: ListPage, form: SheetForm) -> HttpResponse:
    """Take the file in, sealed; a file that is no table is refused at once."""
    sent = request.FILES["file"]
    try:
        kept = staging.keep(sent.chunks(), sent.name or "", request.ctx)
        documents.open_sheet(staging.content_of(kept))
    except Refusal as refusal:
        return _draw(request, page, form, 422, objections=refusal.objections)
    return HttpResponseRedirect(f"{address(page, form.operation.name)}?file={kept.pk}")


def _answer(request: Any, page: ListPage, form: SheetForm, file: StoredFile) -> HttpResponse:
    """The columns where one is not recognised, else what would become of each row; or the start."""
    try:
        table = documents.open_sheet(staging.content_of(file))
        said = _said(request, form, table.headers) if request.POST.get("step") else None
        matched = matching.match(table.headers, form, said)
        if not request.POST.get("step") and (matched.unknown or matched.missing or matched.lacks_key):
            return _columns(request, page, form, file, table, matched)
        if matched.missing:
            told = [MISSING.refuse(path=c.path, label=c.label) for c in matched.missing]
            return _columns(request, page, form, file, table, matched, told)
        sheet = documents.read(table, form, matched.chosen)
        if request.POST.get("step") == "start":
            return _start(request, form, file, matched, len(sheet.rows))
    except Refusal as refusal:
        return _draw(request, page, form, 422, objections=refusal.objections)
    outlook = _outlook(form, matched, sheet, request)
    return _draw(request, page, form, file=file, outlook=outlook, chosen=matched.chosen, key=new_key())


def _start(request: Any, form: SheetForm, file: StoredFile, matched: Matched, count: int) -> HttpResponse:
    """Open the batch; a small one is brought in at once. Its page tells what came of it."""
    batch = rows.ask(
        file, form, matched.chosen, request.ctx, submit_held=request.POST.get("submit_held") == "1",
        again=request.POST.get("again") == "1", language=language(), key=request.POST.get("_key", "")[:200] or None,
    )  # fmt: skip
    if count <= MOST_ROWS_HERE:
        jobs.finish_now(batch, request.ctx)
    return HttpResponseRedirect(f"/imports/{batch.pk}/")


def _columns(
    request: Any, page: ListPage, form: SheetForm, file: StoredFile, table: Any, matched: Matched,
    told: list[Objection] | None = None,
) -> HttpResponse:  # fmt: skip
    """Which column is which, where the heads do not say it all."""
    first = [row.cells for row, _ in zip(table.rows(), range(5), strict=False)]
    paths = {head: path for path, head in matched.chosen.items()}
    heads = [(index, head, paths.get(head, "")) for index, head in enumerate(table.headers)]
    context = {
        "file": file, "headers": table.headers, "first": first, "fields": form.columns,
        "unknown": [one for one in heads if one[1] in matched.unknown],
        "known": [one for one in heads if one[2]], "lacking": matched.missing, "lacks_key": matched.lacks_key,
    }  # fmt: skip
    return _draw(request, page, form, 422 if told else 200, objections=told or [], **context)


def _said(request: Any, form: SheetForm, headers: list[str]) -> dict[str, str]:
    """What the person said of the columns: which place of the input (`column.name`) is which head, or which head
    (`head.3`, by its place in the file) is which place."""
    places = {column.path: column.label for column in form.columns}
    said = {path: request.POST[f"column.{path}"] for path in places if request.POST.get(f"column.{path}")}
    for index, head in enumerate(headers):
        path = request.POST.get(f"head.{index}", "")
        if path in said:
            raise Refusal(TWICE.refuse(path=path, label=places[path]))
        if path in places:
            said[path] = head
    return said


def _draw(request: Any, page: ListPage, form: SheetForm, status: int = 200, **context: Any) -> HttpResponse:
    values = {
        "page": page, "form": form, "base": address(page, form.operation.name), "most_rows": f"{documents.MOST_ROWS:,}", "here": MOST_ROWS_HERE,
        "heads": [(template.head_of(column), column) for column in form.columns], **context,
    }  # fmt: skip
    title = T(f"{form.operation.title.zh}：Excel 导入", f"{form.operation.title.en}: import from Excel")
    crumbs = [(page.view.title, page.url)]
    return render(request, "web/list/bring_in.html", values, title=title, crumbs=crumbs, status=status)


# --- the preview -------------------------------------------------------------------------------------------------------


def _outlook(form: SheetForm, matched: Matched, sheet: documents.Sheet, request: Any) -> Outlook:
    """Every row's answer, those with something to say first."""
    verdicts = judging.judge(sheet.documents[:MOST_JUDGED], form, request.ctx)
    places = _places(form, matched, sheet, verdicts)
    counts = {"ready": 0, "warn": 0, "held": 0, "refused": 0, "known": 0}
    shown: list[ShownRow] = []
    for verdict in verdicts:
        state = _state(verdict)
        counts[state] += len(verdict.document.rows)
        shown += [_row(row, verdict, state, places) for row in verdict.document.rows]
    shown.sort(key=lambda row: (row.state == "ready", row.number))
    judged = sum(len(one.document.rows) for one in verdicts)
    return Outlook(
        counts, [column.label for column, _ in places], shown[:MOST_SHOWN], len(sheet.rows), judged
    )


def _places(
    form: SheetForm, matched: Matched, sheet: documents.Sheet, verdicts: list[Verdict]
) -> list[tuple[SheetColumn, int]]:
    """The columns that are shown: those that say something, or of which something is said."""
    told = {one.column for verdict in verdicts for one in verdict.said}
    found = []
    for column in form.columns:
        if column.path in matched.chosen:
            place = sheet.headers.index(matched.chosen[column.path])
            if column in told or any(row.cells[place].strip() for row in sheet.rows):
                found.append((column, place))
    return found


def _state(verdict: Verdict) -> str:
    if verdict.known:
        return "known"
    if verdict.refused:
        return "refused"
    if verdict.held:
        return "held"
    return "warn" if verdict.said else "ready"


def _row(row: Any, verdict: Verdict, state: str, places: list[tuple[Any, int]]) -> ShownRow:
    mine = [one for one in verdict.said if one.row == row.number] if state != "known" else []
    shown = {column for column, _ in places}
    return ShownRow(
        row.number,
        [
            ShownCell(column.label, row.cells[place], [one.objection for one in mine if one.column == column])
            for column, place in places
        ],
        [_about(one) for one in mine if one.column not in shown],
        state,
        cells.record_url(*verdict.link) if verdict.link is not None else "",
    )


def _about(one: Problem) -> Objection:
    """What is said of the row as a whole; of a column that the file lacks it names the column."""
    if one.column is None:
        return one.objection
    text = rows.worded(one)
    return Objection(one.objection.kind, one.objection.code, text, {}, one.objection.path)
