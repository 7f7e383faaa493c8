"""Marks which clauses of the manual a test proves: `@clause("5.2.2")`, and whether it breaks them to see it noticed.

`@clause("5.2.2", breaks=True)` says that the story breaks the clause, sees the evidence name the record, mends it and
sees it vanish; or, where the product makes the breach impossible, is refused at the door and plants it past the door.
Only such stories make a clause count as covered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def clause(*numbers: str, breaks: bool = False) -> Callable[[F], F]:
    """Say that the decorated test proves the named clauses."""

    def mark(function: F) -> F:
        known: dict[str, bool] = getattr(function, "clauses", {})
        function.clauses = {**known, **dict.fromkeys(numbers, breaks)}  # type: ignore[attr-defined]
        return function

    return mark
