"""Stories of the organisation: hiring, posts, hand-over, leaving, rights, policies."""

from __future__ import annotations

import pytest

from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def test_smoke(world: World) -> None:
    assert world.ctx("rep").actor.posts[0].department_path == "HQ.EAST."
