"""What the evidence of cycles and sign-offs says of a month, asked month by month as the conformance engine does."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from sellwell.kernel.evidence import for_clause
from sellwell.kernel.models import ApprovalRequest, RequestState
from sellwell.kernel.values import Period, months_later
from sellwell.steering.plans import policies
from sellwell.steering.plans.models import Cycle, CycleStep, SignOff
from sellwell.steering.plans.policies import SIDES
from sellwell.steering.plans.rules import Side, StepKind
from sellwell.steering.plans.tests.builders import a_cycle, a_draft, a_policy, complete, on_day, signed
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


# --- sign-offs -----------------------------------------------------------------------------------------------------------


def of_last_month(world: World) -> SignOff:
    """A draft of which the period began before this month ended."""
    return a_draft(world, until=str(world.today + timedelta(days=200)))


@clause("2.2.5", breaks=True)
def test_what_was_a_draft_in_a_month_stays_named_for_it_when_it_is_signed_later(world: World) -> None:
    budget = of_last_month(world)
    month = world.today.replace(day=1)
    after = months_later(month, 1)
    with on_day(world, after + timedelta(days=2)):
        assert budget.pk in named(world, "2.2.5", month)
        signed(world, budget)
        assert budget.pk in named(world, "2.2.5", month)
        assert budget.pk not in named(world, "2.2.5", after)


def test_a_draft_is_named_for_the_months_before_it_was_cancelled(world: World) -> None:
    budget = of_last_month(world)
    month = world.today.replace(day=1)
    after = months_later(month, 1)
    with on_day(world, after + timedelta(days=2)):
        world.run("regional_manager", "plans.cancel_sign_off", budget)
        assert budget.pk in named(world, "2.2.5", month)
        assert budget.pk not in named(world, "2.2.5", after)


def test_a_side_that_a_policy_adds_later_is_not_missing_from_what_was_signed_before(world: World) -> None:
    budget = signed(world, of_last_month(world))
    month = world.today.replace(day=1)
    day = world.today + timedelta(days=1)
    with on_day(world, day):
        rows = [["budget", '"sales, finance, marketing"', "yes"], ["-", "sales", "no"]]
        a_policy(world, SIDES, rows, examples=[])
        assert Side.MARKETING in policies.sides_of("budget", world.company.pk, day)
        assert budget.pk not in named(world, "2.2.5", month)


def test_signatures_of_a_request_that_failed_count(world: World) -> None:
    budget = signed(world, of_last_month(world))
    ApprovalRequest.objects.filter(row_id=budget.pk).update(state=RequestState.FAILED.value)
    assert budget.pk not in named(world, "2.2.5", world.today.replace(day=1))
