"""How the logs are written: an error is told by its kind and its place, never by its text, which may quote a person."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import TypeAlias

Caught: TypeAlias = (
    "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"
)


class WithoutTexts(logging.Formatter):
    """The database says which value was taken twice, a parser what it could not read: such words stay out."""

    def formatException(self, ei: Caught) -> str:  # noqa: N802 - the library's name
        """The places that the error came through, the kind of it and of what caused it."""
        _, error, _ = ei
        parts: list[str] = []
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            places = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{type(error).__module__}.{type(error).__qualname__}\n{places}".rstrip())
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\ncaused by ".join(parts)
