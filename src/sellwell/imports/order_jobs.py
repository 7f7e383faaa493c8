"""Past sales that the worker brings in: the profile `orders` of `jobs`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sellwell.imports import driver, errors, jobs, staging
from sellwell.imports import mapping as mappings
from sellwell.imports.driver import Result, Stored
from sellwell.imports.mapping import Mapping
from sellwell.imports.orders import Parcel, Parsed
from sellwell.kernel import door, import_memory
from sellwell.kernel.models import ImportBatch
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T

# Smaller than the command's chunks: people see it move, and stopping waits for one of them.
CHUNK_LINES = 2000


def ask(row: Any, mapping: Mapping, ctx: Context) -> ImportBatch:
    """Have a kept upload brought in by the worker."""
    values = mapping.model_dump(mode="json")
    fields = {name: column for name, column in values.pop("fields").items() if column}
    given = {
        "profile": "orders", "source": mapping.source,
        "file_hash": driver.digest_of(staging.content_of(row)), "currency": mapping.currency, "file": row.pk,
        "mapping": {"options": {name: str(value) for name, value in values.items()}, "fields": fields},
    }  # fmt: skip
    batch: ImportBatch = door.run("imports.begin", ctx, None, given).result
    return batch


def read(batch: ImportBatch, content: bytes, ctx: Context) -> Parsed:
    """What the file says, judged as of the day the import was asked for."""
    return driver.parse(content, mappings.from_values(batch.mapping or {}), batch.business_date)


def bring_in(batch: ImportBatch, parsed: Parsed, ctx: Context) -> dict[str, Any]:
    """Send the next documents that are not here yet; those that were not taken are kept with the reason."""
    mapping = mappings.from_values(batch.mapping or {})
    parcels = list(parsed.parcels.values())
    chunk = driver.next_chunk(parcels, batch.position, CHUNK_LINES)
    here = driver.stored(chunk, batch.company_id, mapping)
    fresh = [parcel for parcel in chunk if parcel.number not in here]
    result = Result()
    if fresh:
        driver.send(fresh, batch, mapping, ctx, result)
    refused = {item.invoice: item.objection.text for item in result.rejected}
    return {
        "position": batch.position + len(chunk), "of": len(parcels), "rows": parsed.rows,
        "refused": [{"number": number, "zh": text.zh, "en": text.en} for number, text in refused.items()],
    }  # fmt: skip


def reckon(batch: ImportBatch, parsed: Parsed, ctx: Context) -> dict[str, Any]:
    """What came of every row, from what is in the database now; the error file is kept."""
    mapping = mappings.from_values(batch.mapping or {})
    result = driver.start(parsed)
    parcels = list(parsed.parcels.values())
    reasons = import_memory.refused(batch)
    for begin in range(0, len(parcels), driver.LOOK_UP):
        part = parcels[begin : begin + driver.LOOK_UP]
        _count(part, driver.stored(part, batch.company_id, mapping), reasons, batch, result)
    driver.add_up(result)
    table = None
    if result.rejected:
        table = staging.keep([errors.content(result.rejected)], "rejected.csv", ctx).pk
    return {
        "rows": result.rows, "rejected": result.rejected_rows, "known": result.known_rows, "total": result.imported_total,
        "source_total": result.source_total, "known_total": result.known_total,
        "rejected_total": result.rejected_total, "errors": table,
    }  # fmt: skip


def _count(
    parcels: list[Parcel],
    here: dict[str, Stored],
    reasons: dict[str, list[T]],
    batch: ImportBatch,
    result: Result,
) -> None:
    """Count each document: brought in by this batch, here before, or not written."""
    for parcel in parcels:
        found = here.get(parcel.number)
        if found is None:
            told = reasons.get(parcel.number)
            problem = driver.NOT_WRITTEN.refuse(problem=driver.BY_DATABASE)
            problem = replace(problem, template=told[0], args={}) if told else problem
            result.rejected += [driver.refused(parcel, line, problem) for line in parcel.lines]
        elif found.batch_id == batch.pk:
            result.imported_rows += len(parcel.lines)
            result.imported_total += parcel.total()
        else:
            for line in parcel.lines:
                driver.compare(parcel, line, found.digests.get(line.ordinal), result)


jobs.PROFILES["orders"] = jobs.Profile(read, lambda parsed: len(parsed.parcels), bring_in, reckon)
