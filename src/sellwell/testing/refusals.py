"""What is refused in stories: a person tries an operation and is told why it cannot be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from sellwell.kernel.values import Objection, Refusal

if TYPE_CHECKING:
    from sellwell.testing.world import World


def refusals(world: World, role: str, operation: str, row: Any = None, data: Any = None) -> list[Objection]:
    """Everything that stands in the way of an operation that must be refused."""
    with pytest.raises(Refusal) as refusal:
        world.run(role, operation, row, data)
    return refusal.value.objections


def refused(world: World, role: str, operation: str, row: Any = None, data: Any = None) -> set[str]:
    """The codes of a refusal."""
    return {one.code for one in refusals(world, role, operation, row, data)}


def codes(objections: Iterable[Objection]) -> list[tuple[str, str]]:
    """The codes with the fields they speak of."""
    return [(one.code, one.path) for one in objections]
