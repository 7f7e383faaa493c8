"""Identifiers: UUID version 7 (RFC 9562), so that new rows stand together in an index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from uuid import UUID

from sellwell.kernel import clock

_bits: ContextVar[Callable[[], int] | None] = ContextVar("identifier_bits", default=None)


def new_id() -> UUID:
    """A new identifier that sorts by the kernel's clock (milliseconds), random below that."""
    milliseconds = int(clock.now().timestamp() * 1000) & 0xFFFFFFFFFFFF
    counted = _bits.get()
    random = counted() if counted is not None else int.from_bytes(os.urandom(10), "big")
    value = (
        milliseconds << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    )
    return UUID(int=value)


@contextmanager
def counted(start: int = 1) -> Iterator[None]:
    """Identifiers of the block count upwards instead of being random: a simulation gives the same company twice."""
    numbers = count(start)
    token = _bits.set(lambda: next(numbers))
    try:
        yield
    finally:
        _bits.reset(token)
