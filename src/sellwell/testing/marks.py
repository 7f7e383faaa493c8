"""Marks which clauses of the manual a test proves: `@clause("5.2.2")`. `CLAUSES` lists them for the conformance pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

# Clause -> the tests that prove it, as module.function.
CLAUSES: dict[str, list[str]] = {}


def clause(*numbers: str) -> Callable[[F], F]:
    """Say that the decorated test proves the named clauses."""

    def mark(function: F) -> F:
        for number in numbers:
            CLAUSES.setdefault(number, []).append(f"{function.__module__}.{function.__qualname__}")
        return function

    return mark
