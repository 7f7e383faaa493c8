"""What a clause says, asked of the room that keeps the manual: shown where a step names its basis."""

from __future__ import annotations

from collections.abc import Callable

from sellwell.kernel.values import T

Words = Callable[[str], T | None]
_source: Words | None = None


def register(source: Words) -> None:
    """Name the one source of the clauses' words."""
    global _source
    _source = source


def words_of(clause: str) -> T | str:
    """What a clause says today; nothing where no manual is here, or it has no such clause."""
    return (_source(clause) if _source is not None else None) or ""
