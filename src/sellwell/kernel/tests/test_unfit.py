"""The last wall behind an input's limits: what no column can hold is refused with a sentence, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from sellwell.kernel import door
from sellwell.kernel.models import SecurityLog
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sql", ["SELECT CAST(1e9 AS numeric(4,2))", "INSERT INTO kernel_task (state) VALUES (repeat('x', 11))"]
)
def test_a_value_that_no_column_holds_is_a_refusal(
    world: World, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    def too_large(*_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    logged = SecurityLog.objects.count()
    monkeypatch.setattr(door, "_act", too_large)
    with pytest.raises(Refusal) as refusal:
        world.run("rep", "tokens.create", data={"label": "脚本"})
    assert refusal.value.code == "not_storable"
    assert SecurityLog.objects.count() == logged + 1
