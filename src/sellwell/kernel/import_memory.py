"""What a batch remembers: which rows came in, and why others did not. Reasons are sealed under the file's own key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel import clock, personal
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import ApprovalRequest, ImportBatch, ImportedDocument, RefusedRow, RequestState
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.import_steps import MadeDocument

DECLINED = (RequestState.REJECTED, RequestState.WITHDRAWN)  # requests that nothing comes of


def keep_refused(batch: ImportBatch, reasons: Sequence[tuple[str, T]]) -> None:
    """Keep why documents or rows were refused, until the error file is written."""
    subject = batch.file_id or batch.pk
    words = [json.dumps([text.zh, text.en], ensure_ascii=False) for _, text in reasons]
    sealed = personal.seal_many((subject, one) for one in words)
    RefusedRow.objects.bulk_create(
        RefusedRow(id=new_id(), company_id=batch.company_id, batch=batch, number=number, words=envelope)
        for (number, _), envelope in zip(reasons, sealed, strict=True)
    )


def refused(batch: ImportBatch) -> dict[str, list[T]]:
    """The reasons by document or row; one whose key is gone is left out."""
    rows = list(RefusedRow.objects.filter(batch=batch).order_by("id"))
    found: dict[str, list[T]] = {}
    for row, words in zip(rows, personal.open_many(row.words for row in rows), strict=True):
        if words is not None:
            found.setdefault(row.number, []).append(T(*json.loads(words)))
    return found


def keep_made(batch: ImportBatch, made: Iterable[MadeDocument]) -> None:
    """Keep which rows came in, so that the same row is known when it comes again."""
    made = list(made)
    old = declined(batch.company_id, batch.source, [one.number for one in made])
    ImportedDocument.objects.filter(pk__in=[row.pk for row in old.values()]).update(undone_at=clock.now())
    ImportedDocument.objects.bulk_create(
        ImportedDocument(
            id=new_id(), company_id=batch.company_id, source=batch.source, number=one.number, batch=batch,
            row_type=one.row_type, row_id=one.row, ordinals=[one.ordinal], hashes=[one.digest],
        )
        for one in made
    )  # fmt: skip


def here(company_id: UUID, source: str, numbers: Sequence[str]) -> dict[str, ImportedDocument]:
    """Of these documents those that are here or wait for approval, by what they are known by."""
    known = _remembered(company_id, source, numbers)
    gone = _declined(known)
    return {number: row for number, row in known.items() if number not in gone}


def declined(company_id: UUID, source: str, numbers: Sequence[str]) -> dict[str, ImportedDocument]:
    """Of these documents those that waited for an approval that was not given: they are not here."""
    return _declined(_remembered(company_id, source, numbers))


def _declined(known: dict[str, ImportedDocument]) -> dict[str, ImportedDocument]:
    waiting = {row.row_id: row for row in known.values() if row.row_type == ApprovalRequest._meta.label_lower}
    no = ApprovalRequest.objects.filter(pk__in=list(waiting), state__in=DECLINED) if waiting else []
    return {waiting[request.pk].number: waiting[request.pk] for request in no}


def _remembered(company_id: UUID, source: str, numbers: Sequence[str]) -> dict[str, ImportedDocument]:
    rows = ImportedDocument.objects.filter(
        company_id=company_id, source=source, number__in=numbers, undone_at__isnull=True
    )
    return {row.number: row for row in rows}


def seen(found: Iterable[ImportedDocument], actor: Actor) -> dict[UUID, Any]:
    """The records that they became, as far as somebody may see them: one question per type."""
    by_type: dict[str, list[UUID]] = {}
    for one in found:
        by_type.setdefault(one.row_type, []).append(one.row_id)
    rows: dict[UUID, Any] = {}
    for row_type, ids in by_type.items():
        if row_type in BY_TYPE:
            rows |= {row.pk: row for row in BY_TYPE[row_type].rows(actor).filter(pk__in=ids)}
    return rows


def made_by(batch: ImportBatch) -> set[int]:
    """The rows of its file that a batch brought in: of each document the first."""
    return {row.ordinals[0] for row in ImportedDocument.objects.filter(batch=batch)}
