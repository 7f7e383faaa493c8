"""Scorecards for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.company.models import Position, Scorecard
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World

MEASURES = [{"metric": "collected", "weight": "60"}, {"metric": "tasks", "weight": "40", "direction": "up"}]


def given_for(world: World, position: str, days: int = 1, **values: Any) -> dict[str, Any]:
    """The input of a version for a position from some day on."""
    row = Position.objects.get(code=position)
    since = world.today + timedelta(days=days)
    return {"position": str(row.pk), "since": str(since), "measures": MEASURES} | values


def a_scorecard(world: World, state: str = "draft", position: str = "rep", days: int = 1) -> Scorecard:
    """A version written by human resources, brought to a state."""
    row: Scorecard = world.run("hr", "company.write_scorecard", data=given_for(world, position, days)).result
    if state == "approved":
        world.run("sales_manager", "company.approve_scorecard", row)
    if state == "withdrawn":
        world.run("hr", "company.withdraw_scorecard", row)
    row.refresh_from_db()
    return row


@builder("company.write_scorecard")
def _write(world: World) -> Case:
    return Case("hr", data=given_for(world, "legal"))


@builder("company.approve_scorecard")
def _approve(world: World) -> Case:
    return Case(
        "sales_manager", a_scorecard(world), {}, lambda state: a_scorecard(world, state, "service", days=2)
    )


@builder("company.withdraw_scorecard")
def _withdraw(world: World) -> Case:
    return Case("hr", a_scorecard(world), {}, lambda state: a_scorecard(world, state, "service", days=2))
