"""Fixtures of the kernel's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sellwell.kernel.tests.sample import Sample, registered
from sellwell.testing.world import World


@pytest.fixture
def sample(world: World) -> Iterator[Sample]:
    """The sample room in a fresh world."""
    with registered(world) as made:
        yield made
