"""The same request sent twice gets the same answer once: key (actor, operation, key), stored with the result.

Success and holds are remembered in the operation's own transaction; refusals are not, so the key may be tried again.
The content is kept only as a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import plain
from sellwell.kernel.models import ApprovalRequest, IdempotencyKey
from sellwell.kernel.values import Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.door import Outcome
    from sellwell.kernel.operations import Context, Operation

OTHER_CONTENT = Reason(
    "idempotency.other_content",
    T(
        "这个请求标识已用于另一份内容。请换一个标识重新提交。",
        "This idempotency key was used with other content. Send the request again with a new key.",
    ),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered before."""

    row_id: UUID | None
    entry_seq: int | None
    hold: ApprovalRequest | None


def content_hash(row_id: UUID | None, data: Any) -> bytes:
    """A keyed hash of what was asked."""
    from sellwell.kernel.ledger import canonical

    body = canonical([str(row_id), plain(dict(data) if isinstance(data, Mapping) else data)])
    return hmac.new(settings.SECRET_KEY.encode(), body, hashlib.sha256).digest()


def answered(operation: Operation, ctx: Context, key: str, row_id: UUID | None, data: Any) -> Answer | None:
    """The answer given before, or None. Serialises concurrent requests with the same key until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{ctx.user_id}/{operation.name}/{key}"]
        )
    found = IdempotencyKey.objects.filter(actor_id=ctx.user_id, operation=operation.name, key=key).first()
    if found is None:
        return None
    if not hmac.compare_digest(bytes(found.content_hash), content_hash(row_id, data)):
        raise Refusal(OTHER_CONTENT.refuse())
    hold = ApprovalRequest.objects.filter(pk=found.approval_id).first() if found.approval_id else None
    result = UUID(found.result_ids[0]) if found.result_ids else None
    if hold is not None and hold.state != "open":
        result, hold = hold.row_id or result, None if hold.state == "approved" else hold
    return Answer(result, found.entry_seq, hold)


def remember(
    operation: Operation, ctx: Context, key: str, row_id: UUID | None, data: Any, outcome: Outcome
) -> None:
    """Keep the answer with the operation, in its transaction."""
    result = getattr(outcome.result, "pk", None)
    IdempotencyKey.objects.create(
        id=new_id(),
        actor_id=ctx.user_id,
        operation=operation.name,
        key=key,
        content_hash=content_hash(row_id, data),
        entry_seq=outcome.entry_seq,
        result_ids=[str(result)] if result else [],
        approval_id=outcome.hold.pk if outcome.hold else None,
        at=ctx.now,
    )
