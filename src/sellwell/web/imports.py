"""The batches of imports: the list of them, and how far the worker is with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel import import_memory
from sellwell.kernel.import_views import IMPORTS
from sellwell.kernel.models import BatchState, ImportBatch, ImportedDocument
from sellwell.kernel.models.imports import ROWS
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE
from sellwell.web import cells, files, jobs, registry
from sellwell.web.jobs import Progress
from sellwell.web.lists import bring_in

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.operations import Context

WAITS = "kernel.approvalrequest"
SHOWN_MADE = 50  # records of a batch that its page names

READING = T(
    "正在读取文件…可以离开此页，稍后回来。", "Reading the file. You may leave this page and come back."
)
THROUGH = T(
    "已处理 {position} / {of} 张单据，写入 {imported} 行。可以离开此页，稍后回来。",
    "{position} of {of} documents are through, {imported} rows are in. You may leave this page and come back.",
)
STOPPED = T(
    "已停在 {position} / {of} 张单据，写入 {imported} 行。{why}",
    "Stopped at {position} of {of} documents, {imported} rows are in. {why}",
)


def register() -> None:
    """The list, the record of a batch with its panels, and the source of its progress."""
    registry.list_page(
        IMPORTS,
        section="house",
        icon="upload",
        order=80,
        columns=[
            "number", "state", "source", "file_name", "rows", "imported", "rejected", "total", "business_date",
        ],
        empty=T(
            "还没有导入过。在任一列表点“Excel 导入”，或打开“导入历史销售”。",
            "Nothing was imported yet. Press “Import from Excel” on any list, or open “Import past sales”.",
        ),
    )  # fmt: skip
    registry.record_page(
        IMPORTS,
        path=[BatchState.RUNNING, BatchState.DONE],
        facts=[
            "source",
            "file_name",
            "currency",
            "rows",
            "imported",
            "waiting",
            "known",
            "rejected",
            "documents",
        ],
    )
    row_type = IMPORTS.row_type
    jobs.source("import", _how_far)
    files.WITHHELD[row_type] = lambda batch, actor: not may_open_errors(batch, actor)
    registry.panel(
        row_type, "job", T("导入进度", "Progress"), "web/imports/job.html", context=_job, place="now"
    )
    registry.panel(
        row_type, "made", T("写入的记录", "Records"), "web/imports/made.html", context=_made, place="main"
    )


def _how_far(batch_id: UUID, ctx: Context) -> Progress | None:
    """How far the worker is with a batch that this reader may see."""
    batch = IMPORTS.rows(ctx.actor).filter(pk=batch_id, file__isnull=False).first()
    return progress_of(batch, f"/imports/{batch.pk}/") if batch is not None else None


def progress_of(batch: ImportBatch, url: str = "") -> Progress:
    """In words; `url` is where the result is once the work ends while one watches."""
    share = 100 * batch.position // batch.of if batch.of else 0
    counts = {"position": batch.position, "of": batch.of, "imported": batch.imported}
    if batch.state == BatchState.RUNNING:
        return Progress(share, (THROUGH if batch.of else READING).format(**counts))
    if batch.state == BatchState.STOPPED:
        problem = batch.problem or {}
        why = T(problem.get("zh", ""), problem.get("en", ""))
        return Progress(share, STOPPED.format(**counts, why=why), is_failed=True, url=url)
    if batch.state == BatchState.UNDONE:
        return Progress(100, T("已整批撤销。", "The whole batch was undone."), is_failed=True, url=url)
    return Progress(100, T("导入完成。", "The import is done."), is_done=True, url=url)


def _job(batch: ImportBatch, ctx: Context) -> dict[str, Any] | None:
    """The panel of a batch that the worker does: how far it is, and in the end how it adds up."""
    if batch.file_id is None:
        return None
    amounts = batch.total + batch.known_total + batch.rejected_total
    rows = batch.imported + batch.waiting + batch.known + batch.rejected
    is_rows = batch.profile == ROWS
    return {
        "progress": progress_of(batch), "url": f"/jobs/import/{batch.pk}", "is_done": batch.state == BatchState.DONE,
        "is_reconciled": amounts == batch.source_total and batch.rows == rows, "is_rows": is_rows,
        "verb": REGISTRY[batch.source].title if is_rows and batch.source in REGISTRY else None,
        "again": _again(batch) if is_rows else "",
        "errors": batch.errors_id if may_open_errors(batch, ctx.actor) else None,
    }  # fmt: skip


def may_open_errors(batch: ImportBatch, actor: Actor) -> bool:
    """Whether the refused rows may be read: as they came they hold personal data, so rows of a list are their owner's."""
    return batch.profile != ROWS or batch.owner_id == actor.user_id


def _again(batch: ImportBatch) -> str:
    """Where the corrected file is sent."""
    for page in registry.LISTS.values():
        if batch.source in page.new:
            return bring_in.address(page, batch.source)
    return ""


def _made(batch: ImportBatch, ctx: Context) -> dict[str, Any] | None:
    """The records that a file of rows made, as far as this reader may see them."""
    if batch.profile != ROWS:
        return None
    made = list(ImportedDocument.objects.filter(batch=batch).order_by("ordinals")[: SHOWN_MADE + 1])
    seen = import_memory.seen(made[:SHOWN_MADE], ctx.actor)
    shown = [
        (
            one.ordinals[0],
            str(BY_TYPE[one.row_type].label(seen[one.row_id])),
            cells.record_url(one.row_type, one.row_id),
            one.row_type == WAITS,
        )
        for one in made[:SHOWN_MADE]
        if one.row_id in seen
    ]
    return {"made": shown, "more": len(made) > SHOWN_MADE} if shown else None
