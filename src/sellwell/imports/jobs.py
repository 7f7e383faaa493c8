"""An import that the worker does, chunk by chunk: its page may be left, the worker may be killed, people may stop it.

Each chunk is one reaction: its documents, how far the file is through, and the event that the next chunk is due are one
transaction. So a killed worker leaves whole chunks, and another goes on after the last of them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sellwell.imports import driver, errors
from sellwell.imports import mapping as mappings
from sellwell.imports.driver import Result
from sellwell.imports.mapping import Mapping
from sellwell.imports.orders import Parcel, Parsed
from sellwell.kernel import access, clock, door, files
from sellwell.kernel.models import BatchState, Event, ImportBatch, ImportedDocument, User
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.values import Objection, Reason, Refusal, T

# Smaller than the command's chunks: people see it move, and stopping waits for one of them.
CHUNK_LINES = 2000

FILE_LOST = Reason(
    "import.file_lost",
    T(
        "上传的文件已不在。请重新上传后再导入。",
        "The uploaded file is gone. Upload it again and import anew.",
    ),
)

# The file that this process is at, read once: a batch and what its file says. Another process reads it for itself.
_at_hand: dict[UUID, Parsed] = {}


def ask(row: Any, mapping: Mapping, ctx: Context) -> ImportBatch:
    """Have a kept upload brought in by the worker."""
    values = mapping.model_dump(mode="json")
    fields = {name: column for name, column in values.pop("fields").items() if column}
    given = {
        "profile": "orders", "source": mapping.source, "file_name": row.name[:200], "file_hash": row.sha256[:60],
        "currency": mapping.currency, "file": row.pk,
        "mapping": {"options": {name: str(value) for name, value in values.items()}, "fields": fields},
    }  # fmt: skip
    batch: ImportBatch = door.run("imports.begin", ctx, None, given).result
    return batch


def step(event: Event) -> None:
    """One chunk of a batch, or its end. An event that is no longer where the batch is does nothing."""
    position = int(event.payload["position"])
    batch = ImportBatch.objects.select_related("file").filter(pk=event.payload["batch"]).first()
    if batch is None or not _is_here(batch, position):
        return
    ctx = _context(event)
    try:
        mapping = mappings.from_values(batch.mapping or {})
        parsed = _parsed(batch, mapping)
    except Refusal as refusal:
        _stop(batch, ctx, refusal.objections[0])
        return
    # Read first, locked afterwards: who wants to stop the import does not wait for the reading.
    batch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if not _is_here(batch, position):
        return
    parcels = list(parsed.parcels.values())
    if position >= len(parcels):
        _end(batch, parsed, mapping, ctx)
        return
    chunk = _chunk(parcels, position)
    refused = _bring_in(chunk, batch, mapping, ctx)
    given = {"position": position + len(chunk), "of": len(parcels), "rows": parsed.rows, "refused": refused}
    door.run("imports.advance", ctx, batch.pk, given)


def _is_here(batch: ImportBatch, position: int) -> bool:
    return batch.state == BatchState.RUNNING and batch.position == position and batch.file_id is not None


def _context(event: Event) -> Context:
    """Whoever asked for the import, with today's rights."""
    user = User.objects.get(pk=event.actor_id)
    actor = access.actor_for(user, clock.business_day(clock.now()))
    return context_for(actor, "import", event.company_id)


def _parsed(batch: ImportBatch, mapping: Mapping) -> Parsed:
    """What the file says, judged as of the day the import was asked for: the same at every step."""
    if batch.pk not in _at_hand:
        _at_hand.clear()
        path = files.path_of(batch.file.sha256) if batch.file is not None else None
        if path is None or not path.is_file():
            raise Refusal(FILE_LOST.refuse())
        _at_hand[batch.pk] = driver.parse(path, mapping, batch.business_date)
    return _at_hand[batch.pk]


def _chunk(parcels: list[Parcel], start: int) -> list[Parcel]:
    """The next documents, so many lines of them."""
    end, lines = start, 0
    while end < len(parcels) and lines < CHUNK_LINES:
        lines += len(parcels[end].lines)
        end += 1
    return parcels[start:end]


def _bring_in(chunk: list[Parcel], batch: ImportBatch, mapping: Mapping, ctx: Context) -> dict[str, str]:
    """Send what is not here yet; gives the documents that were not taken, with the code of the reason."""
    here = _stored(chunk, batch, mapping)
    fresh = [parcel for parcel in chunk if parcel.number not in here]
    result = Result()
    if fresh:
        driver.send(fresh, batch, mapping, ctx, result)
    return {item.invoice: item.objection.code for item in result.rejected}


def _stored(
    parcels: list[Parcel], batch: ImportBatch, mapping: Mapping
) -> dict[str, tuple[UUID, dict[int, str]]]:
    """Of these documents those that are here: the batch they came with, and their rows' digests."""
    rows = ImportedDocument.objects.filter(
        company_id=batch.company_id,
        source=mapping.source,
        number__in=[p.number for p in parcels],
        undone_at__isnull=True,
    )
    return {
        number: (batch_id, dict(zip(ordinals, hashes, strict=True)))
        for number, batch_id, ordinals, hashes in rows.values_list("number", "batch_id", "ordinals", "hashes")
    }


def _end(batch: ImportBatch, parsed: Parsed, mapping: Mapping, ctx: Context) -> None:
    """Reckon what came of every row from what is in the database now, keep the error file, close the batch."""
    result = driver.start(parsed)
    parcels = list(parsed.parcels.values())
    for begin in range(0, len(parcels), driver.LOOK_UP):
        part = parcels[begin : begin + driver.LOOK_UP]
        _reckon(part, _stored(part, batch, mapping), batch, result)
    driver.add_up(result)
    try:
        table = _error_file(result, ctx) if result.rejected else None
    except Refusal as refusal:
        _stop(batch, ctx, refusal.objections[0])
        return
    given = {
        "rows": result.rows, "rejected": result.rejected_rows, "known": result.known_rows, "total": result.imported_total,
        "source_total": result.source_total, "known_total": result.known_total,
        "rejected_total": result.rejected_total, "errors": table,
    }  # fmt: skip
    door.run("imports.finish", ctx, batch.pk, given)
    _at_hand.pop(batch.pk, None)


def _reckon(
    parcels: list[Parcel], here: dict[str, tuple[UUID, dict[int, str]]], batch: ImportBatch, result: Result
) -> None:
    """Count each document: brought in by this batch, here before, or not written."""
    for parcel in parcels:
        if parcel.number not in here:
            problem = driver.NOT_WRITTEN.refuse(problem=driver.BY_DATABASE)
            result.rejected += [driver.refused(parcel, line, problem) for line in parcel.lines]
            continue
        batch_id, digests = here[parcel.number]
        if batch_id == batch.pk:
            result.imported_rows += len(parcel.lines)
            result.imported_total += parcel.total()
            continue
        for line in parcel.lines:
            driver.compare(parcel, line, digests.get(line.ordinal), result)


def _error_file(result: Result, ctx: Context) -> UUID:
    made = files.receive(
        [errors.content(result.rejected)], "rejected.csv", company_id=ctx.company_id, uploaded_by=ctx.user_id
    )
    return UUID(str(files.keep(made).pk))


def _stop(batch: ImportBatch, ctx: Context, objection: Objection) -> None:
    """What stands in the way is kept with the batch; people see it and may go on once it is gone."""
    _at_hand.pop(batch.pk, None)
    text = objection.text
    problem = {"code": objection.code, "zh": text.zh[:400], "en": text.en[:400]}
    door.run("imports.stop", ctx, batch.pk, {"problem": problem})
