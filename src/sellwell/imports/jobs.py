"""An import that the worker does, chunk by chunk: its page may be left, the worker may be killed, people may stop it.

Each chunk is one reaction: its documents, how far the file is through, and the event that the next chunk is due are one
transaction. So a killed worker leaves whole chunks, and another goes on after the last of them. What is brought in is
said by the batch's profile: past sales (`order_jobs`), rows of a list (`sheets.rows`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from sellwell.imports import staging
from sellwell.kernel import access, clock, door
from sellwell.kernel.models import BatchState, Event, ImportBatch, User
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.values import Objection, Refusal


@dataclass(frozen=True)
class Profile:
    """How a kind of batch is done. `read` gives what the file says, the same at every step; `size` its documents.

    `bring_in` takes the next documents and gives what `imports.advance` is told of them; `reckon` gives in the end what
    `imports.finish` is told.
    """

    read: Callable[[ImportBatch, bytes, Context], Any]
    size: Callable[[Any], int]
    bring_in: Callable[[ImportBatch, Any, Context], dict[str, Any]]
    reckon: Callable[[ImportBatch, Any, Context], dict[str, Any]]


PROFILES: dict[str, Profile] = {}
MOST_BEATEN = 3

# The file that this process is at, read once: a batch and what its file says. Another process reads it for itself.
_at_hand: dict[UUID, Any] = {}


def step(event: Event) -> None:
    """One chunk of a batch, or its end. An event that is no longer where the batch is does nothing."""
    user = User.objects.get(pk=event.actor_id)  # whoever asked for the import, with today's rights
    actor = access.actor_for(user, clock.business_day(clock.now()))
    ctx = context_for(actor, "import", event.company_id)
    go_on(UUID(str(event.payload["batch"])), int(event.payload["position"]), ctx)


def inside(ctx: Context) -> Context:
    """The same person's acts, by way of a file."""
    return replace(ctx, channel="import")


def finish_now(batch: ImportBatch, ctx: Context) -> None:
    """All of a small batch while its person waits; the worker, which hears of it too, finds nothing left to do."""
    beaten = 0
    while batch.state == BatchState.RUNNING:
        try:
            with transaction.atomic():
                go_on(batch.pk, batch.position, ctx)
        except IntegrityError:
            # Somebody else's import brought in the same rows at this moment; they are known from here on.
            beaten += 1
            if beaten > MOST_BEATEN:
                raise
        batch.refresh_from_db()


def go_on(batch_id: UUID, position: int, ctx: Context) -> None:
    """The chunk of a batch that begins at a position."""
    batch = ImportBatch.objects.select_related("file").filter(pk=batch_id).first()
    if batch is None or not _is_here(batch, position):
        return
    profile = PROFILES[batch.profile]
    try:
        said = _said(batch, profile, ctx)
    except Refusal as refusal:
        _stop(batch, ctx, refusal.objections[0])
        return
    # Read first, locked afterwards: who wants to stop the import does not wait for the reading.
    batch = (
        ImportBatch.objects.select_related("file")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=batch.pk)
    )
    if not _is_here(batch, position):
        return
    if position < profile.size(said):
        door.run("imports.advance", ctx, batch.pk, profile.bring_in(batch, said, ctx))
        return
    try:
        counts = profile.reckon(batch, said, ctx)
    except Refusal as refusal:
        _stop(batch, ctx, refusal.objections[0])
        return
    door.run("imports.finish", ctx, batch.pk, counts)
    _at_hand.pop(batch.pk, None)


def _is_here(batch: ImportBatch, position: int) -> bool:
    return batch.state == BatchState.RUNNING and batch.position == position and batch.file_id is not None


def _said(batch: ImportBatch, profile: Profile, ctx: Context) -> Any:
    if batch.pk not in _at_hand:
        _at_hand.clear()
        _at_hand[batch.pk] = profile.read(batch, staging.content_of(batch.file), ctx)
    return _at_hand[batch.pk]


def _stop(batch: ImportBatch, ctx: Context, objection: Objection) -> None:
    """What stands in the way is kept with the batch; people see it and may go on once it is gone."""
    _at_hand.pop(batch.pk, None)
    text = objection.text
    problem = {"code": objection.code, "zh": text.zh[:400], "en": text.en[:400]}
    door.run("imports.stop", ctx, batch.pk, {"problem": problem})
