"""Files on their way in or back: sealed under a key of their own, forgotten a month after they came (DESIGN section 4).

A file of many people's rows belongs to no single subject, so each such file is its own. Erasing somebody does not reach
into it; destroying its key does, and until then only who sent it, and who may see its batch, can read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F

from sellwell.kernel import clock, files, personal
from sellwell.kernel.chores import chore
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import BatchState, ImportBatch, StoredFile
from sellwell.kernel.values import Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

KEPT = timedelta(days=30)
AT_ONCE = 100  # files forgotten in one round of the worker

FILE_LOST = Reason(
    "import.file_lost",
    T(
        "上传的文件已不在。请重新上传后再导入。",
        "The uploaded file is gone. Upload it again and import anew.",
    ),
)


def keep(chunks: Iterable[bytes], name: str, ctx: Context) -> StoredFile:
    """Take a file in, sealed."""
    subject = new_id()
    made = files.receive(chunks, name, company_id=ctx.company_id, uploaded_by=ctx.user_id, subject_id=subject)
    made.id = subject
    return files.keep(made)


def content_of(row: StoredFile | None) -> bytes:
    """What a kept file says; refused once it is lost or forgotten."""
    try:
        content = files.read(row) if row is not None else None
    except FileNotFoundError:
        content = None
    if content is None:
        raise Refusal(FILE_LOST.refuse())
    return content


@chore("imports.forget")
def forget_old_files(company_id: UUID) -> bool:
    """Files of imports are forgotten after a month; an import that still runs keeps its file."""
    running = ImportBatch.objects.filter(company_id=company_id, file__isnull=False, state=BatchState.RUNNING)
    old = StoredFile.objects.filter(
        company_id=company_id, subject_id=F("id"), uploaded_at__lt=clock.now() - KEPT
    ).exclude(name="").exclude(pk__in=running.values("file_id"))  # fmt: skip
    subjects = list(old.order_by("uploaded_at").values_list("pk", flat=True)[:AT_ONCE])
    for subject in subjects:
        personal.erase(subject)  # blanks the name as well
    return bool(subjects)
