"""Steps that a room's document proves by itself: taken back they stay open, and one that fails stops no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sellwell.kernel import chores
from sellwell.steering.plans import chores as own_chores
from sellwell.steering.plans.models import Cycle
from sellwell.steering.plans.rules import StepKind
from sellwell.steering.plans.tests.builders import a_cycle, a_signed_plan, complete, cycles, step_of
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def test_a_step_proved_by_a_document_is_taken_back_and_stays_open(world: World) -> None:
    cycle = a_cycle(world)
    a_signed_plan(world, cycle)
    complete(world, cycle, StepKind.TARGET)
    chores.do_due([world.company.pk])
    world.see()
    assert (
        step_of(cycle, StepKind.PLAN).source == "plans.signoff" and step_of(cycle, StepKind.PLAN).note == ""
    )
    back = {"step": "plan", "reason": "计划有误"}
    world.run("regional_manager", "plans.take_back_step", cycle, back)
    chores.do_due([world.company.pk])
    world.see()
    assert step_of(cycle, StepKind.PLAN).done_on is None and step_of(cycle, StepKind.PLAN).note == "计划有误"


def test_one_cycle_that_fails_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = cycles(world)
    east, south = found["EAST"], found["SOUTH"]
    Cycle.objects.filter(pk__in=[east.pk, south.pk]).update(department_path="HQ.NORTH.")
    run = own_chores.run

    def failing(verb: str, ctx: Any, row_id: Any) -> Any:
        if row_id == min(east.pk, south.pk):
            raise ValueError("broken")
        return run(verb, ctx, row_id)

    monkeypatch.setattr(own_chores, "run", failing)
    assert own_chores.follow_heads(world.company.pk)
    world.see()
    later = Cycle.objects.get(pk=max(east.pk, south.pk))
    assert later.department_path != "HQ.NORTH."


def test_while_the_head_is_away_the_step_is_the_deputys_and_goes_back(world: World) -> None:
    from sellwell.foundation.company.tests.builders import an_absence
    from sellwell.kernel import clock
    from sellwell.kernel.models import Task

    cycle = cycles(world)["EAST"]

    def has_it() -> Any:
        return Task.objects.get(row_id=cycle.pk, state="open").owner_id

    head, deputy = world.user("regional_manager").pk, world.user("account_manager").pk
    assert has_it() == head and not own_chores.follow_deputies(world.company.pk)
    due = Task.objects.get(row_id=cycle.pk, state="open").due_at
    an_absence(world, "regional_manager", "account_manager", start=1)
    assert not own_chores.follow_deputies(world.company.pk)  # not yet
    with clock.at(clock.now() + timedelta(days=1)):
        assert own_chores.follow_deputies(world.company.pk) and has_it() == deputy
        assert Task.objects.get(row_id=cycle.pk, state="open").due_at == due
        complete(world, cycle, StepKind.TARGET, "account_manager")
        assert has_it() == deputy  # the next step, too
    with clock.at(clock.now() + timedelta(days=9)):
        assert own_chores.follow_deputies(world.company.pk) and has_it() == head
    cycle.refresh_from_db()
    assert cycle.owner_id == head
