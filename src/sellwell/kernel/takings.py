"""What leaves the house as a file: each export and each print is one line of the security log (decision 0007), and so is
each look at numbers that are masked otherwise.

Reading changes nothing, so it is no operation and has no ledger entry. The line says who took what, of which view, how
many rows, and by which filters; a typed text may be a person's name or number, so only that it was asked for is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel.extensions import Extension
from sellwell.kernel.ids import new_id
from sellwell.kernel.ledger import objection_images
from sellwell.kernel.models import SecurityLog
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.values import Objection

EXPORT, PRINT, REVEAL = "web.export", "web.print", "web.reveal"
TITLES = {EXPORT: T("导出", "Export"), PRINT: T("打印", "Print"), REVEAL: T("查看号码", "Reveal")}
EXPORTED = Reason(
    "reading.exported", T("从“{view}”导出了 {rows} 行。", "{rows} rows of “{view}” were exported.")
)
PRINTED = Reason("reading.printed", T("取走了“{view}”的文件。", "A paper of “{view}” was taken."))

REVEALED = Reason(
    "reading.revealed",
    T("查看了“{view}”中 {rows} 人的号码。", "Numbers of {rows} people of “{view}” were shown."),
)


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave to take rows out, for a purpose that the file says."""

    purpose: T
    reference: str = ""


class NoLeave(Refusal):
    """Rows with personal data may not be taken out like this; `verb` with `given` asks for leave."""

    def __init__(self, objection: Objection, verb: str, given: Mapping[str, str]) -> None:
        super().__init__(objection)
        self.verb, self.given = verb, given


# What stands between a reader and a file with personal columns: (ctx, view, rows) -> leave, or `NoLeave`. Asked with the number of rows before anything is written.
leave_to_export: Extension[Callable[[Context, str, int], Leave]] = Extension(
    "takings.leave_to_export", "who lets people take rows with personal data out as a file"
)


def leave(ctx: Context, view: str, rows: int) -> Leave | None:
    """Leave for an export with personal columns; None where nobody asks for any. Raises `NoLeave`."""
    given = [function(ctx, view, rows) for _, function in leave_to_export]
    return given[0] if given else None


def exported(
    ctx: Context, view: str, title: T, rows: int, columns: Sequence[str], filters: Mapping[str, Any],
    personal_for: Leave | None = None,
) -> None:  # fmt: skip
    """Rows of a view were taken out as a file; `personal_for`: with personal columns, for that purpose."""
    said = EXPORTED.warn(view=title, rows=rows)
    about: dict[str, Any] = {}
    if personal_for is not None:
        purpose = {"zh": personal_for.purpose.zh, "en": personal_for.purpose.en}
        about = {"personal": True, "purpose": purpose, "pass": personal_for.reference}
    _log(
        ctx,
        EXPORT,
        said,
        None,
        {"view": view, "rows": rows, "columns": list(columns), "filters": dict(filters), **about},
    )


def printed(ctx: Context, view: str, title: T, row_id: UUID | None) -> None:
    """The paper of a record, or of all that a view shows, was opened or taken."""
    _log(ctx, PRINT, PRINTED.warn(view=title), row_id, {"view": view})


def revealed(ctx: Context, what: T, row_id: UUID, purpose: T, people: int) -> None:
    """Numbers that are masked otherwise were shown, of so many people, for a purpose."""
    said = REVEALED.warn(view=what, rows=people)
    about = {"view": "", "rows": people, "personal": True, "purpose": {"zh": purpose.zh, "en": purpose.en}}
    _log(ctx, REVEAL, said, row_id, about)


def _log(ctx: Context, act: str, said: Objection, row_id: UUID | None, what: dict[str, Any]) -> None:
    SecurityLog.objects.create(
        id=new_id(), company_id=ctx.company_id, at=ctx.now, actor_id=ctx.user_id, channel=ctx.channel, operation=act,
        row_id=row_id, request_id=ctx.request_id, code=said.code, objections=objection_images([said]), assessment=what,
    )  # fmt: skip
