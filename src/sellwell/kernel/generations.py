"""Counters that tell a process that its cached rights, policies or organisation are stale.

`read_all()` is one small query, made once per request or operation; whoever changes cached data calls `bump`.
"""

from __future__ import annotations

from contextvars import ContextVar

from django.db import connection

_seen: ContextVar[dict[str, int] | None] = ContextVar("generations", default=None)


def read_all() -> dict[str, int]:
    """Read every counter afresh."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, value FROM kernel_generation")
        found: dict[str, int] = dict(cursor.fetchall())
    _seen.set(found)
    return found


def current(name: str) -> int:
    """The counter as read at the start of this request; reads it where nobody did."""
    seen = _seen.get()
    return (read_all() if seen is None else seen).get(name, 0)


def forget() -> None:
    """The request is over: the next one reads again."""
    _seen.set(None)


# A value never comes twice, not even after a roll-back: else what a process cached inside the transaction that was
# rolled back would pass for the data of the next one. So it is taken from the server's running microseconds.
_BUMP = """
INSERT INTO kernel_generation (name, value) VALUES (%s, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
ON CONFLICT (name) DO UPDATE SET value = greatest(kernel_generation.value + 1, excluded.value) RETURNING value
"""


def bump(name: str) -> None:
    """Data under `name` changed: every process reads it again once this transaction is there."""
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [name])
        value = cursor.fetchone()[0]
    _seen.set({**(_seen.get() or {}), name: value})
