"""Writing the ledger: one entry per act with every row it changed, sealed and hashed; and the log of refusals."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from sellwell.kernel import personal
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import marks_of, plain
from sellwell.kernel.models import LedgerEntry, SecurityLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import BaseModel

    from sellwell.kernel.door import Held
    from sellwell.kernel.effects import Change
    from sellwell.kernel.operations import Assessment, Context, Operation
    from sellwell.kernel.values import Objection, Refusal


class Sealer:
    """Collects personal texts with the place where each stands, and seals all of them together."""

    def __init__(self) -> None:
        self._wanted: list[tuple[dict[str, Any] | list[Any], Any, UUID, str]] = []

    def later(self, holder: dict[str, Any] | list[Any], key: Any, subject: UUID) -> None:
        """The text at `holder[key]` is personal to `subject`. Empty texts stay."""
        if isinstance(holder[key], str) and holder[key]:
            self._wanted.append((holder, key, subject, holder[key]))

    def seal(self) -> None:
        """Replace every collected text by its envelope."""
        if not self._wanted:
            return
        envelopes = personal.seal_many([(subject, text) for _, _, subject, text in self._wanted])
        for (holder, key, _, _), envelope in zip(self._wanted, envelopes, strict=True):
            holder[key] = envelope


def sealed_input(model: type[BaseModel], given: BaseModel, subject: UUID, sealer: Sealer) -> dict[str, Any]:
    """An input as JSON in which every free text will be an envelope once `sealer.seal()` was called."""
    image: dict[str, Any] = plain(given)
    _mark_texts(model, given, image, subject, sealer)
    return image


def _mark_texts(
    model: type[BaseModel], given: BaseModel, image: dict[str, Any], subject: UUID, sealer: Sealer
) -> None:
    from pydantic import BaseModel

    for name, (_, text) in marks_of(model).items():
        value = getattr(given, name)
        if isinstance(value, BaseModel):
            _mark_texts(type(value), value, image[name], subject, sealer)
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    _mark_texts(type(item), item, image[name][index], subject, sealer)
                elif text is not None:
                    sealer.later(image[name], index, subject)
        elif text is not None and isinstance(value, str):
            sealer.later(image, name, subject)


def opened_input(image: Any) -> Any:
    """An input as it was given, envelopes opened; a text whose subject was erased comes back empty."""
    if isinstance(image, dict):
        if personal.is_envelope(image):
            return personal.open_(image) or ""
        return {key: opened_input(item) for key, item in image.items()}
    if isinstance(image, list):
        return [opened_input(item) for item in image]
    return image


def change_images(changes: Iterable[Change], sealer: Sealer) -> list[dict[str, Any]]:
    """Changes as JSON, personal columns marked for sealing under the row's subject."""
    images = []
    for change in changes:
        image: dict[str, Any] = {
            "table": change.model._meta.label_lower,
            "row_id": str(change.row_id),
            "before": _told(change, change.before),
            "after": _told(change, change.after),
        }
        for side in ("before", "after"):
            values = image[side]
            for name in getattr(change.model, "personal", ()) if values else ():
                if name in values:
                    sealer.later(values, name, change.subject or change.row_id)
        images.append(image)
    return images


def _told(change: Change, side: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """One side of a change as JSON, without credentials: the ledger never forgets."""
    if side is None:
        return None
    kept: dict[str, Any] = plain(dict(side))
    for name in getattr(change.model, "credentials", ()):
        kept.pop(name, None)
    return kept


def objection_images(objections: Iterable[Objection], sealer: Sealer | None = None) -> list[dict[str, Any]]:
    """Objections as JSON: code, kind and place, measure and arguments as numbers; texts are made again when read."""
    return [
        {
            "code": o.code,
            "kind": o.kind,
            "path": o.path,
            "measure": plain(o.measure),
            "route": o.route,
            "args": {k: plain(v) for k, v in o.args.items() if not isinstance(v, str)},
        }
        for o in objections
    ]


def assessment_image(assessment: Assessment | None) -> dict[str, Any]:
    """The stored half of an assessment."""
    if assessment is None:
        return {}
    return {"content": plain(dict(assessment.content)), "context": plain(dict(assessment.context))}


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value that hashes are taken over."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


_INSERT = """
WITH entry AS (
  INSERT INTO kernel_ledgerentry (id, company_id, at, actor_id, on_behalf_of_id, channel, operation, row_type, row_id,
      request_id, within, given, assessment, policies, answers, hash)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING seq, company_id
), changes AS (
  INSERT INTO kernel_ledgerchange (entry_id, company_id, "table", row_id, before, after)
  SELECT entry.seq, entry.company_id, c."table", c.row_id, c.before, c.after
  FROM entry, jsonb_to_recordset(%s) AS c("table" text, row_id uuid, before jsonb, after jsonb)
)
SELECT seq FROM entry
"""


def write(
    operation: Operation,
    ctx: Context,
    *,
    row_id: UUID | None,
    given: dict[str, Any],
    assessment: Assessment | None,
    policies: Sequence[dict[str, Any]],
    answers: Sequence[dict[str, Any]],
    changes: Sequence[dict[str, Any]],
) -> int:
    """Append one entry with its changes. Gives its number in the order of the ledger."""
    entry_id = new_id()
    body = {
        "id": str(entry_id),
        "company": str(ctx.company_id),
        "at": ctx.now.astimezone(UTC).isoformat(),
        "actor": str(ctx.user_id),
        "on_behalf_of": plain(ctx.on_behalf_of),
        "channel": ctx.channel,
        "operation": operation.name,
        "row": [operation.model._meta.label_lower, plain(row_id)],
        "request": str(ctx.request_id),
        "within": ctx.within,
        "given": given,
        "assessment": assessment_image(assessment),
        "policies": list(policies),
        "answers": list(answers),
        "changes": list(changes),
    }
    digest = hashlib.sha256(canonical(body)).digest()
    dump = json.dumps
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                entry_id, ctx.company_id, ctx.now, ctx.user_id, ctx.on_behalf_of, ctx.channel, operation.name,
                body["row"][0], row_id, ctx.request_id, ctx.within, dump(given), dump(body["assessment"]),
                dump(body["policies"]), dump(body["answers"]), digest, dump(body["changes"]),
            ],
        )  # fmt: skip
        seq: int = cursor.fetchone()[0]
    return seq


def write_documents(
    operation: Operation, ctx: Context, documents: Sequence[tuple[str, UUID, dict[str, Any]]]
) -> None:
    """One entry per imported document, all in one statement: (row type, row, what was given for it)."""
    rows = []
    for row_type, row_id, given in documents:
        entry_id = new_id()
        body = _import_body(operation, ctx, entry_id, row_type, row_id, given)
        rows.append(
            {
                "id": str(entry_id),
                "row_type": row_type,
                "row_id": str(row_id),
                "given": given,
                "hash": hashlib.sha256(canonical(body)).hexdigest(),
            }
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_ledgerentry (id, company_id, at, actor_id, channel, operation, row_type, row_id, request_id,"
            " within, given, assessment, policies, answers, hash)"
            " SELECT e.id, %s, %s, %s, %s, %s, e.row_type, e.row_id, %s, %s, e.given, '{}', '[]', '[]', decode(e.hash, 'hex')"
            " FROM jsonb_to_recordset(%s) AS e(id uuid, row_type text, row_id uuid, given jsonb, hash text)",
            [
                ctx.company_id, ctx.now, ctx.user_id, ctx.channel, operation.name, ctx.request_id, operation.name,
                json.dumps(rows),
            ],
        )  # fmt: skip


def _import_body(
    operation: Operation, ctx: Context, entry_id: UUID, row_type: str, row_id: UUID, given: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": str(entry_id), "company": str(ctx.company_id), "at": ctx.now.astimezone(UTC).isoformat(), "actor": str(ctx.user_id),
        "on_behalf_of": None, "channel": ctx.channel, "operation": operation.name, "row": [row_type, str(row_id)],
        "request": str(ctx.request_id), "within": operation.name, "given": given, "assessment": {}, "policies": [],
        "answers": [], "changes": [],
    }  # fmt: skip


def hash_of(entry: LedgerEntry) -> bytes:
    """The hash that an entry must carry, computed again from its columns and changes."""
    body = {
        "id": str(entry.id),
        "company": str(entry.company_id),
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor": str(entry.actor_id),
        "on_behalf_of": plain(entry.on_behalf_of_id),
        "channel": entry.channel,
        "operation": entry.operation,
        "row": [entry.row_type, plain(entry.row_id)],
        "request": str(entry.request_id),
        "within": entry.within,
        "given": entry.given,
        "assessment": entry.assessment,
        "policies": entry.policies,
        "answers": entry.answers,
        "changes": [
            {"table": c.table, "row_id": str(c.row_id), "before": c.before, "after": c.after}
            for c in sorted(entry.changes.all(), key=lambda c: c.id)
        ],
    }
    return hashlib.sha256(canonical(body)).digest()


def log_refusal(operation_name: str, ctx: Context, row_id: UUID | None, said: Refusal | Held) -> None:
    """Write one entry of the security log; called by the outermost door after its roll-back.

    What was refused before anything was judged has neither assessment nor answers of guards.
    """
    SecurityLog.objects.create(
        id=new_id(),
        company_id=ctx.company_id,
        at=ctx.now,
        actor_id=ctx.user_id,
        channel=ctx.channel,
        operation=operation_name,
        row_id=row_id,
        request_id=ctx.request_id,
        code=said.objections[0].code,
        objections=objection_images(said.objections),
        assessment=assessment_image(said.assessment),
        answers=list(said.answers),
    )
