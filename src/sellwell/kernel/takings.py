"""What leaves the house as a file: each export and each print is one line of the security log (decision 0007).

Reading changes nothing, so it is no operation and has no ledger entry. The line says who took what, of which view, how
many rows, and by which filters; a typed text may be a person's name or number, so only that it was asked for is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel.ids import new_id
from sellwell.kernel.ledger import objection_images
from sellwell.kernel.models import SecurityLog
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Reason, T

if TYPE_CHECKING:
    from sellwell.kernel.values import Objection

EXPORT, PRINT = "web.export", "web.print"
TITLES = {EXPORT: T("导出", "Export"), PRINT: T("打印", "Print")}
EXPORTED = Reason(
    "reading.exported", T("从“{view}”导出了 {rows} 行。", "{rows} rows of “{view}” were exported.")
)
PRINTED = Reason("reading.printed", T("取走了“{view}”的文件。", "A paper of “{view}” was taken."))


def exported(
    ctx: Context, view: str, title: T, rows: int, columns: Sequence[str], filters: Mapping[str, Any]
) -> None:
    """Rows of a view were taken out as a file."""
    said = EXPORTED.warn(view=title, rows=rows)
    _log(
        ctx,
        EXPORT,
        said,
        None,
        {"view": view, "rows": rows, "columns": list(columns), "filters": dict(filters)},
    )


def printed(ctx: Context, view: str, title: T, row_id: UUID | None) -> None:
    """The paper of a record, or of all that a view shows, was opened or taken."""
    _log(ctx, PRINT, PRINTED.warn(view=title), row_id, {"view": view})


def _log(ctx: Context, act: str, said: Objection, row_id: UUID | None, what: dict[str, Any]) -> None:
    SecurityLog.objects.create(
        id=new_id(), company_id=ctx.company_id, at=ctx.now, actor_id=ctx.user_id, channel=ctx.channel, operation=act,
        row_id=row_id, request_id=ctx.request_id, code=said.code, objections=objection_images([said]), assessment=what,
    )  # fmt: skip
