"""An import that the worker does, chunk by chunk: its page may be left, the worker may be killed, people may stop it.

Each chunk is one reaction: its documents, how far the file is through, and the event that the next chunk is due are one
transaction. So a killed worker leaves whole chunks, and another goes on after the last of them. What is brought in is
said by the batch's profile: past sales (`order_jobs`), rows of a list (`sheets.rows`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from sellwell.imports import staging
from sellwell.imports.reasons import showable
from sellwell.kernel import access, clock, door, system
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

# The file that this thread is at, read once: `said` is a batch and what its file says. Others read it for themselves.
_here = threading.local()


def step(event: Event) -> None:
    """One chunk of a batch, or its end. An event that is no longer where the batch is does nothing."""
    user = User.objects.get(pk=event.actor_id)  # whoever asked for the import, with today's rights
    actor = access.actor_for(user, clock.business_day(clock.now()))
    ctx = context_for(actor, "import", event.company_id)
    go_on(UUID(str(event.payload["batch"])), int(event.payload["position"]), ctx)


def finish_now(batch: ImportBatch, ctx: Context) -> None:
    """All of a small batch while its person waits; the worker, which hears of it too, finds nothing left to do."""
    by_file = replace(ctx, channel="import")
    beaten = 0
    while batch.state == BatchState.RUNNING:
        try:
            with transaction.atomic():
                go_on(batch.pk, batch.position, by_file)
        except OperationalError:
            # The database has no time for it now (a lock, a deadlock): the worker, which heard of it, goes on.
            return
        except IntegrityError:
            # Somebody else's import brought in the same rows at this moment; they are known from here on.
            beaten += 1
            if beaten > MOST_BEATEN:
                raise
        batch.refresh_from_db()


def go_on(batch_id: UUID, position: int, ctx: Context) -> None:
    """The chunk of a batch that begins at a position; whatever is refused stops the batch, with the reason."""
    batch = ImportBatch.objects.select_related("file").filter(pk=batch_id).first()
    if batch is None or not _is_here(batch, position):
        forget()
        return
    profile = PROFILES[batch.profile]
    try:
        said = _said(batch, profile, ctx)
        with transaction.atomic():
            _take(batch, position, profile, said, ctx)
    except Refusal as refusal:
        forget()
        _stop(batch, position, refusal.objections[0])
    except BaseException:
        forget()
        raise


def _take(batch: ImportBatch, position: int, profile: Profile, said: Any, ctx: Context) -> None:
    """Bring the chunk in, or end the batch. Read first, locked here: who stops it does not wait for the reading."""
    batch = _locked(batch)
    if not _is_here(batch, position):
        forget()
        return
    if position < profile.size(said):
        door.run("imports.advance", ctx, batch.pk, profile.bring_in(batch, said, ctx))
        return
    door.run("imports.finish", ctx, batch.pk, profile.reckon(batch, said, ctx))
    forget()


def _locked(batch: ImportBatch) -> ImportBatch:
    found = ImportBatch.objects.select_related("file").select_for_update(of=("self",), no_key=True)
    return found.get(pk=batch.pk)


def _is_here(batch: ImportBatch, position: int) -> bool:
    return batch.state == BatchState.RUNNING and batch.position == position and batch.file_id is not None


def _said(batch: ImportBatch, profile: Profile, ctx: Context) -> Any:
    """The file of a batch, read once by this thread for all its chunks."""
    at_hand: tuple[UUID, Any] | None = getattr(_here, "said", None)
    if at_hand is None or at_hand[0] != batch.pk:
        forget()
        at_hand = (batch.pk, profile.read(batch, staging.content_of(batch.file), ctx))
        _here.said = at_hand
    return at_hand[1]


def forget() -> None:
    """Let go of the file that this thread has read."""
    _here.said = None


def _stop(batch: ImportBatch, position: int, objection: Objection) -> None:
    """What stands in the way is kept with the batch; people see it and may go on once it is gone.

    The system stops it: whoever asked for the import may have left, and with the right to enter rows that to stop them.
    """
    with transaction.atomic():
        if not _is_here(_locked(batch), position):
            return
        text = showable(objection.text)
        problem = {"code": objection.code, "zh": text.zh[:400], "en": text.en[:400]}
        door.run("imports.stop", system.context(batch.company_id), batch.pk, {"problem": problem})
