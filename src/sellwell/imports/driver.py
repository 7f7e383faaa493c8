"""Bringing a file in: parse, leave out what is here already, send chunks through the door, reconcile, tell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from sellwell.imports import orders, reading
from sellwell.imports.mapping import Mapping
from sellwell.imports.orders import Line, Parcel, Parsed, Rejected
from sellwell.kernel import clock, door, import_memory
from sellwell.kernel.models import BatchState, ImportBatch
from sellwell.kernel.operations import Context
from sellwell.kernel.tabular import Source
from sellwell.kernel.values import Reason, Refusal, T

CHANGED = Reason(
    "import.changed",
    T(
        "这一行此前已导入，但内容不同。请先撤销原批次。",
        "This row was imported before with other content. Undo that batch first.",
    ),
)
ADDED = Reason(
    "import.added",
    T(
        "此单据此前已导入，不含这一行。请先撤销原批次。",
        "This document was imported before without this row. Undo that batch first.",
    ),
)
NOT_WRITTEN = Reason("import.not_written", T("未能写入：{problem}", "It could not be written: {problem}"))
NOTHING_TO_UNDO = Reason(
    "import.nothing_to_undo",
    T(
        "没有可撤销的批次：这个文件未从此来源导入。",
        "There is nothing to undo: this file was not imported from this source.",
    ),
)
BY_DATABASE = T("数据库不接受这张单据。", "The database does not take this document.")

# Lines per transaction: large enough to be fast, small enough that a failure loses little and locks are short.
CHUNK_LINES = 5000
CHUNK_DOCUMENTS = 1000
LOOK_UP = 5000  # numbers asked for at once

Progress = Callable[[int, int], None]


class Interrupted(Exception):
    """The database went away or has no room. What is in is whole documents; running again goes on from there."""

    def __init__(self, result: Result, done: int, of: int) -> None:
        super().__init__(f"interrupted after {done} of {of} rows")
        self.result, self.done, self.of = result, done, of


@dataclass
class Result:
    """What came of an import. The three totals add up to the source's, in its currency."""

    rows: int = 0
    imported_rows: int = 0
    known_rows: int = 0
    rejected_rows: int = 0
    documents: int = 0
    source_total: Decimal = Decimal("0.00")
    imported_total: Decimal = Decimal("0.00")
    known_total: Decimal = Decimal("0.00")
    rejected_total: Decimal = Decimal("0.00")
    batch: str = ""
    reasons: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def reconciled(self) -> bool:
        """Whether every row and every cent of the source is accounted for."""
        return (
            self.rows == self.imported_rows + self.known_rows + self.rejected_rows
            and self.source_total == self.imported_total + self.known_total + self.rejected_total
        )


def preview(source: Source, mapping: Mapping, most: int | None = None) -> Result:
    """What an import would do, without a database: rows judged by the file alone, or the first so many of them."""
    parsed = parse(source, mapping, most=most)
    result = start(parsed)
    result.imported_rows = sum(len(p.lines) for p in parsed.parcels.values())
    result.imported_total = sum((p.total() for p in parsed.parcels.values()), Decimal("0.00"))
    result.documents = len(parsed.parcels)
    return add_up(result)


def run(
    source: Source, mapping: Mapping, ctx: Context, progress: Progress = lambda done, of: None, name: str = ""
) -> Result:
    """Import a file, or its content (`name`: what people call it). Running it again brings in only what is not here; a row that changed
    is a conflict."""
    parsed = parse(source, mapping)
    result = start(parsed)
    fresh = list(unknown(parsed, mapping, ctx, result))
    total_lines = sum(len(p.lines) for p in fresh)
    if fresh:
        batch = _begin(source, mapping, ctx, name or (source.name if isinstance(source, Path) else ""))
        result.batch = batch.number
        done = position = 0
        while chunk := next_chunk(fresh, position, CHUNK_LINES):
            try:
                send(chunk, batch, mapping, ctx, result)
            except (OperationalError, InterfaceError) as error:
                raise Interrupted(add_up(result), done, total_lines) from error
            position += len(chunk)
            done += sum(len(p.lines) for p in chunk)
            progress(done, total_lines)
        add_up(result)
        counts = {"rows": result.rows, "rejected": result.rejected_rows, "known": result.known_rows}
        step = replace(ctx, channel="import")
        door.run("imports.finish", step, batch.pk, {**counts, "total": result.imported_total})
    return add_up(result)


def undo(path: Path, mapping: Mapping, ctx: Context) -> list[ImportBatch]:
    """Take back every batch that this file brought in from this source, the newest first."""
    found = _batches(path, mapping, ctx).exclude(state=BatchState.UNDONE).order_by("-number")
    batches = list(found)
    if not batches:
        raise Refusal(NOTHING_TO_UNDO.refuse())
    with transaction.atomic():
        return [door.run("imports.undo", ctx, batch.pk).result for batch in batches]


def parse(source: Source, mapping: Mapping, today: date | None = None, most: int | None = None) -> Parsed:
    """A file judged by itself, as of a day; `most` looks at its beginning only."""
    columns = [name for name in mapping.fields.model_dump().values() if name]
    today = today or clock.business_day(clock.now())
    records = reading.rows(source, list(dict.fromkeys(columns)))
    return orders.parse(islice(records, most), mapping, today)


def start(parsed: Parsed) -> Result:
    return Result(rows=parsed.rows, source_total=parsed.source_total, rejected=list(parsed.rejected))


def add_up(result: Result) -> Result:
    result.rejected.sort(key=lambda r: r.row)
    result.rejected_rows = len(result.rejected)
    result.rejected_total = sum((r.amount or Decimal(0) for r in result.rejected), Decimal("0.00"))
    result.reasons = {}
    for item in result.rejected:
        result.reasons[item.objection.code] = result.reasons.get(item.objection.code, 0) + 1
    return result


def _begin(source: Source, mapping: Mapping, ctx: Context, name: str) -> ImportBatch:
    """The batch of this file: a new one, or the one that an interruption left open."""
    open_ones = _batches(source, mapping, ctx).filter(state=BatchState.RUNNING, owner_id=ctx.user_id)
    running = open_ones.filter(file__isnull=True).first()  # one with a file is the worker's
    if running is not None:
        return running
    given = {
        "profile": "orders", "source": mapping.source, "file_name": name[:200], "file_hash": digest_of(source),
        "currency": mapping.currency,
    }  # fmt: skip
    batch: ImportBatch = door.run("imports.begin", ctx, None, given).result
    return batch


def _batches(source: Source, mapping: Mapping, ctx: Context) -> QuerySet[ImportBatch]:
    door.see_companies([ctx.company_id])
    return ImportBatch.objects.filter(
        company_id=ctx.company_id, profile="orders", source=mapping.source, file_hash=digest_of(source)
    )


def digest_of(source: Source) -> str:
    """By which the same file is known again."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()[:60]
    with source.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:60]


def unknown(parsed: Parsed, mapping: Mapping, ctx: Context, result: Result) -> Iterator[Parcel]:
    """The documents that are not here yet. Of those that are, every row is known, changed or added."""
    door.see_companies([ctx.company_id])
    parcels = list(parsed.parcels.values())
    for start in range(0, len(parcels), LOOK_UP):
        part = parcels[start : start + LOOK_UP]
        known = stored(part, ctx.company_id, mapping)
        for parcel in part:
            if parcel.number not in known:
                yield parcel
                continue
            for line in parcel.lines:
                compare(parcel, line, known[parcel.number].digests.get(line.ordinal), result)


@dataclass(frozen=True, slots=True)
class Stored:
    """A document that is here: the batch it came with, and its rows' digests by ordinal."""

    batch_id: UUID
    digests: dict[int, str]


def stored(parcels: Sequence[Parcel], company_id: UUID, mapping: Mapping) -> dict[str, Stored]:
    """Of these documents those that are here, by number."""
    here = import_memory.here(company_id, mapping.source, [parcel.number for parcel in parcels])
    return {
        number: Stored(row.batch_id, dict(zip(row.ordinals, row.hashes, strict=True)))
        for number, row in here.items()
    }


def compare(parcel: Parcel, line: Line, digest: str | None, result: Result) -> None:
    amount = -line.amount() if parcel.is_return else line.amount()
    if digest == line.digest:
        result.known_rows += 1
        result.known_total += amount
        return
    reason = ADDED if digest is None else CHANGED
    result.rejected.append(refused(parcel, line, reason.refuse()))


def refused(parcel: Parcel, line: Line, objection: Any) -> Rejected:
    amount = -line.amount() if parcel.is_return else line.amount()
    values = {"product": line.product, "quantity": str(line.quantity), "price": str(line.price)}
    return Rejected(line.row, parcel.number, line.ordinal, objection, amount, values)


def next_chunk(parcels: Sequence[Parcel], start: int, most_lines: int) -> list[Parcel]:
    """The documents from here on until they hold so many lines; none at the end."""
    end, lines = start, 0
    while end < len(parcels) and lines < most_lines and end - start < CHUNK_DOCUMENTS:
        lines += len(parcels[end].lines)
        end += 1
    return list(parcels[start:end])


def send(chunk: list[Parcel], batch: ImportBatch, mapping: Mapping, ctx: Context, result: Result) -> None:
    """One chunk through the door. If it is refused, its documents are tried one by one, so that one wrong
    document does not keep the others out."""
    try:
        # Whoever asked for the import, by whatever way: the documents come by way of a file.
        door.run("delivery.import_orders", replace(ctx, channel="import"), batch.pk, _given(chunk, mapping))
    except (Refusal, DataError, IntegrityError) as error:
        if len(chunk) > 1:
            for parcel in chunk:
                send([parcel], batch, mapping, ctx, result)
            return
        # The database's own words may quote a customer's.
        problem = error.objections[0].text if isinstance(error, Refusal) else BY_DATABASE
        objection = NOT_WRITTEN.refuse(problem=problem)
        result.rejected += [refused(chunk[0], line, objection) for line in chunk[0].lines]
        return
    result.imported_rows += sum(len(p.lines) for p in chunk)
    result.imported_total += sum((p.total() for p in chunk), Decimal("0.00"))
    result.documents += len(chunk)


def _given(chunk: list[Parcel], mapping: Mapping) -> dict[str, Any]:
    return {
        "rate": mapping.rate,
        "tax_rate": mapping.tax_rate,
        "parcels": [
            {
                "number": p.number, "is_return": p.is_return, "day": p.day, "customer": p.customer,
                "customer_name": p.customer_name, "region": p.region[:40],
                "lines": [
                    {
                        "ordinal": line.ordinal, "product": line.product, "name": line.name, "quantity": line.quantity,
                        "price": line.price, "digest": line.digest,
                    }
                    for line in p.lines
                ],
            }
            for p in chunk
        ],
    }  # fmt: skip
