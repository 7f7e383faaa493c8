"""Who calls: personal tokens `sw_<prefix>_<secret>`, kept as a hash, narrowed to scopes, limited per minute."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from sellwell.kernel import clock
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import ApiToken, SecurityLog

if TYPE_CHECKING:
    from datetime import datetime

# Requests per token and minute. The answer's headers tell how many are left.
PER_MINUTE = 600
# `last_used_at` is written at most this often, so that reading stays reading.
TOUCH_EVERY = timedelta(minutes=10)
# Tokens that open nothing: how many of one address are noted in the window; more tell nothing new and fill the log.
OPERATION = "api.sign_in"
WINDOW = timedelta(minutes=15)
MOST_NOTED = 30


def bearer(header: str) -> ApiToken | None:
    """The live token that an Authorization header carries, or None."""
    kind, _, whole = header.partition(" ")
    whole = whole.strip()
    parts = whole.split("_", 2)
    if kind.lower() != "bearer" or len(parts) != 3 or parts[0] != "sw" or not parts[1].isalnum():
        return None
    wanted = hashlib.sha256(whole.encode()).digest()
    known = ApiToken.objects.select_related("user").filter(prefix=parts[1][:12])
    token = next((t for t in known if hmac.compare_digest(bytes(t.secret_hash), wanted)), None)
    if token is None or not _is_live(token, now := clock.now()):
        return None
    if token.last_used_at is None or now - token.last_used_at > TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def note_failure(header: str, address: str) -> None:
    """One line in the security log for a token that opens nothing, at most MOST_NOTED per address in the window.

    A request without any token is no attempt. The line names the token's person where its prefix is known, so that
    somebody who tries secrets is seen; the address stands as a keyed hash.
    """
    if not header.strip():
        return
    mark = hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:16]
    now = clock.now()
    recent = SecurityLog.objects.filter(operation=OPERATION, at__gt=now - WINDOW, objections__0__address=mark)
    if len(recent.values_list("pk", flat=True)[:MOST_NOTED]) >= MOST_NOTED:
        return
    parts = header.replace("\x00", "").rpartition(" ")[2].split("_", 2)
    known = ApiToken.objects.filter(prefix=parts[1][:12]).first() if len(parts) == 3 else None
    SecurityLog.objects.create(
        id=new_id(), at=now, actor_id=known.user_id if known else None, channel="api", operation=OPERATION,
        request_id=new_id(), code="token.failed", objections=[{"code": "token.failed", "address": mark}],
    )  # fmt: skip


def _is_live(token: ApiToken, now: datetime) -> bool:
    """Neither revoked nor expired, and its person still works here."""
    expired = token.expires_at is not None and token.expires_at <= now
    return token.revoked_at is None and not expired and token.user.is_active and not token.user.is_system


def count(token: ApiToken) -> tuple[int, int]:
    """Count this request: how many this token has made in the current minute, and the seconds until the next one."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_apiwindow (token_id, minute, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (token_id) DO UPDATE SET minute = excluded.minute, count = CASE"
            " WHEN kernel_apiwindow.minute = excluded.minute THEN kernel_apiwindow.count + 1 ELSE 1 END"
            " RETURNING count",
            [token.pk, now.replace(second=0, microsecond=0)],
        )
        used: int = cursor.fetchone()[0]
    return used, 60 - now.second
