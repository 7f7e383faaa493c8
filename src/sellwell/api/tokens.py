"""Who calls: personal tokens `sw_<prefix>_<secret>`, kept as a hash, narrowed to scopes, limited per minute."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from sellwell.kernel import clock
from sellwell.kernel.models import ApiToken

if TYPE_CHECKING:
    from datetime import datetime

# Requests per token and minute. The answer's headers tell how many are left.
PER_MINUTE = 600
# `last_used_at` is written at most this often, so that reading stays reading.
TOUCH_EVERY = timedelta(minutes=10)


def bearer(header: str) -> ApiToken | None:
    """The live token that an Authorization header carries, or None."""
    kind, _, whole = header.partition(" ")
    parts = whole.strip().split("_", 2)
    if kind.lower() != "bearer" or len(parts) != 3 or parts[0] != "sw":
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=parts[1][:12]).first()
    wanted = hashlib.sha256(whole.strip().encode()).digest()
    if token is None or not hmac.compare_digest(bytes(token.secret_hash), wanted):
        return None
    now = clock.now()
    if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    if not token.user.is_active:
        return None
    _touch(token, now)
    return token


def _touch(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at > TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def count(token: ApiToken) -> int:
    """Count this request; how many this token has made in the current minute, this one included."""
    minute = clock.now().replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_apiwindow (token_id, minute, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (token_id) DO UPDATE SET minute = excluded.minute, count = CASE"
            " WHEN kernel_apiwindow.minute = excluded.minute THEN kernel_apiwindow.count + 1 ELSE 1 END"
            " RETURNING count",
            [token.pk, minute],
        )
        used: int = cursor.fetchone()[0]
    return used
