"""What the evidence of cycles and sign-offs says of a month, asked month by month as the conformance engine does."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from sellwell.kernel.evidence import for_clause
from sellwell.kernel.values import Period, months_later
from sellwell.steering.plans.models import Cycle, CycleStep
from sellwell.steering.plans.rules import StepKind
from sellwell.steering.plans.tests.builders import a_cycle, complete, on_day
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def named(world: World, clause: str, month: date) -> set[UUID | None]:
    (one,) = for_clause(clause)
    return {b.row_id for b in one.collect(world.company.pk, Period(month, months_later(month, 1))).broken}


def due_on_the_last_day(cycle: Cycle) -> None:
    """Only the monitoring is left, due on the last day of the month."""
    CycleStep.objects.filter(cycle=cycle).update(due_on=cycle.until + timedelta(days=90))
    CycleStep.objects.filter(cycle=cycle, kind="monitor").update(due_on=cycle.until - timedelta(days=1))


@clause("2.2.3", breaks=True)
def test_a_step_due_on_a_months_last_day_is_late_in_the_next_month(world: World) -> None:
    cycle = a_cycle(world)
    due_on_the_last_day(cycle)
    with on_day(world, cycle.until + timedelta(days=3)):
        assert cycle.pk not in named(world, "2.2.3", cycle.since)  # on its last day it was not late yet
        assert cycle.pk in named(world, "2.2.3", cycle.until)
        for step in (StepKind.TARGET, StepKind.PLAN, StepKind.MONITOR):
            complete(world, cycle, step)
        assert cycle.pk not in named(world, "2.2.3", cycle.until)


def test_a_cycle_that_was_stopped_before_a_month_is_not_late_in_it(world: World) -> None:
    cycle = a_cycle(world)
    due_on_the_last_day(cycle)
    with on_day(world, cycle.until - timedelta(days=1)):
        world.run("sales_manager", "plans.stop_cycle", cycle, {"reason": "并入华南"})
    with on_day(world, cycle.until + timedelta(days=3)):
        assert cycle.pk not in named(world, "2.2.3", cycle.until)
