"""Past sales in the browser: choose a file, match its columns, look, start."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from sellwell.imports import driver, errors, guessing, order_jobs, reading, staging
from sellwell.imports import mapping as mappings
from sellwell.kernel.models import ImportBatch, StoredFile
from sellwell.kernel.values import Objection, Reason, Refusal, T
from sellwell.web.files import own_upload
from sellwell.web.registry import family, page
from sellwell.web.shortcuts import render

# Beyond, the worker brings the file in, and the preview judges its beginning.
MOST_ROWS_HERE = 2_000
MOST_ROWS_JUDGED = 20_000
SHOWN_ROWS, SHOWN_REJECTED = 20, 50
INTERRUPTED = Reason(
    "import.interrupted",
    T(
        "数据库中断，已写入 {done} / {of} 行，均为完整单据。请再点“开始导入”，从中断处继续，不会重复。",
        "The database went away after {done} of {of} rows; whole documents only are in. Start again: it goes on there.",
    ),
)
FIELDS: tuple[tuple[str, T, bool], ...] = (
    ("invoice", T("单号", "Invoice"), True),
    ("product", T("产品编码", "Product code"), True),
    ("quantity", T("数量", "Quantity"), True),
    ("day", T("日期", "Date"), True),
    ("price", T("单价", "Price"), True),
    ("customer", T("客户编号", "Customer key"), True),
    ("name", T("产品名称", "Product name"), False),
    ("customer_name", T("客户名称", "Customer name"), False),
    ("region", T("地区", "Region"), False),
)
OPTIONS: tuple[tuple[str, T, str], ...] = (
    ("source", T("来源名称（小写字母、数字、-）", "Source (lower case, digits, -)"), ""),
    ("currency", T("币种", "Currency"), "CNY"),
    ("rate", T("汇率（1 单位 = 本位币）", "Rate (company currency per unit)"), "1"),
    ("tax_rate", T("价格所含税率，例如 0.13", "Tax within the prices, as 0.13"), "0"),
    ("return_prefix", T("退货单号的开头", "Returns begin with"), ""),
    ("without_customer", T("缺少客户时：reject 为不导入，或统一记入的客户编号", "No customer: reject, or one key for all"), "reject"),
    ("timezone", T("日期的时区", "Time zone of the days"), "Asia/Shanghai"),
    ("day_order", T("日期顺序：ymd、dmy 或 mdy", "Order of days: ymd, dmy or mdy"), "ymd"),
)  # fmt: skip
TITLE = T("导入历史销售", "Import past sales")
CRUMBS = [(T("导入批次", "Imports"), "/imports/")]

family("/imports/", "/imports/new")


def bring_in(request: Any) -> HttpResponse:
    """The page of all four steps; nothing is written before the last."""
    try:
        if request.method != "POST":
            return _match(request, request.GET["file"]) if "file" in request.GET else _show(request)
        if "file" in request.FILES:
            return _keep(request)
        return _judge(request, start=request.POST.get("step") == "start")
    except Refusal as refusal:
        return _again(request, refusal.objections)


page(
    "imports/new",
    bring_in,
    "imports.new",
    title=TITLE,
    right="imports.begin",
    section="house",
    icon="upload",
    order=81,
)


def _show(request: Any, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "delivery/import.html", context, title=TITLE, crumbs=CRUMBS, status=status)


def _again(request: Any, objections: list[Objection]) -> HttpResponse:
    """What was wrong, with the form as it was sent."""
    file_id = request.POST.get("file") or request.GET.get("file")
    try:
        form = _form(request, file_id) if file_id else {}
    except Refusal:
        form = {}
    return _show(request, 422, objections=objections, **form)


def _keep(request: Any) -> HttpResponse:
    """Take the file in; go on with matching its columns."""
    sent = request.FILES["file"]
    kept = staging.keep(sent.chunks(), sent.name or "", request.ctx)
    return HttpResponseRedirect(f"/imports/new?file={kept.pk}")


def _content(request: Any, file_id: str) -> tuple[StoredFile, bytes]:
    """The file that this reader uploaded, and what it says."""
    row = own_upload(request, file_id)
    return row, staging.content_of(row)


def _match(request: Any, file_id: str) -> HttpResponse:
    return _show(request, **_form(request, file_id))


def _form(request: Any, file_id: str) -> dict[str, Any]:
    """The first rows, and the fields with the columns that were chosen or guessed."""
    row, content = _content(request, file_id)
    headers = reading.headers(content)
    chosen = (
        request.POST
        if request.method == "POST"
        else {f"field.{k}": v for k, v in guessing.guess(headers).items()}
    )
    first = [
        [record.values[h] for h in headers] for record in islice(reading.rows(content, headers), SHOWN_ROWS)
    ]
    return {
        "file": row,
        "headers": headers,
        "first": first,
        "fields": [(name, title, needed, chosen.get(f"field.{name}", "")) for name, title, needed in FIELDS],
        "options": [(name, title, chosen.get(name, default)) for name, title, default in OPTIONS],
    }


def _mapping(request: Any) -> mappings.Mapping:
    chosen = {name: request.POST.get(f"field.{name}") or None for name, _, _ in FIELDS}
    values = {name: request.POST.get(name, default) for name, _, default in OPTIONS}
    return mappings.from_values(
        {**values, "fields": {name: value for name, value in chosen.items() if value}}
    )


def _judge(request: Any, *, start: bool) -> HttpResponse:
    """What an import would do; or, once asked to start, what it did."""
    row, content = _content(request, request.POST.get("file", ""))
    mapping = _mapping(request)
    result = driver.preview(content, mapping, MOST_ROWS_HERE + 1 if start else MOST_ROWS_JUDGED)
    if start and result.rows > MOST_ROWS_HERE:
        asked = order_jobs.ask(row, mapping, request.ctx)
        return HttpResponseRedirect(f"/imports/{asked.pk}/")
    if start:
        try:
            result = driver.run(content, mapping, request.ctx, name=row.name)
        except driver.Interrupted as broken:
            raise Refusal(INTERRUPTED.refuse(done=broken.done, of=broken.of)) from broken
    table = None
    if result.rejected:
        table = staging.keep([errors.content(result.rejected)], "rejected.csv", request.ctx)
    batch = (
        ImportBatch.objects.filter(number=result.batch, company_id=request.ctx.company_id).first()
        if start
        else None
    )
    return _show(
        request, result=result, is_part=result.rows == MOST_ROWS_JUDGED, is_done=start, batch=batch, errors=table, rejected=result.rejected[:SHOWN_REJECTED],
        currency=mapping.currency, **_form(request, str(row.pk)),
    )  # fmt: skip
