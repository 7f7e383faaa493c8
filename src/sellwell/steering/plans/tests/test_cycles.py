"""Stories of the management cycle: five steps in their order, by their documents, and the late ones named (2.2.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.company.tests.builders import a_person
from sellwell.kernel import chores
from sellwell.kernel.evidence import for_clause
from sellwell.kernel.models import LedgerEntry, Task
from sellwell.kernel.values import Period
from sellwell.steering.plans.chores import open_when_due
from sellwell.steering.plans.models import Cycle, StepDocument
from sellwell.steering.plans.rules import StepKind
from sellwell.steering.plans.tests.builders import (
    a_cycle,
    a_policy,
    a_record,
    a_signed_plan,
    complete,
    cycles,
    on_day,
    step_of,
)
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def open_tasks(cycle: Cycle) -> list[Task]:
    return list(Task.objects.filter(row_id=cycle.pk, state="open"))


@clause("2.2.3")
def test_a_period_opens_a_cycle_for_each_department_that_sells(world: World) -> None:
    chores.do_due([world.company.pk])
    world.see()
    found = {c.department.code: c for c in Cycle.objects.select_related("department")}
    assert set(found) == {"EAST", "SOUTH", "NORTH", "WEST", "ONLINE", "CHANNEL"}
    east, south = found["EAST"], found["SOUTH"]
    assert east.owner_id == world.user("regional_manager").pk
    assert (
        south.owner_id == world.user("executive").pk
    )  # nobody heads the south: the head above accounts for it
    assert [s.kind for s in east.steps.order_by("position")] == [k.value for k in StepKind]
    (task,) = open_tasks(east)
    assert task.owner_id == east.owner_id and task.operation == "plans.complete_step"
    assert not open_when_due(world.company.pk)  # once


@clause("2.2.3")
def test_steps_are_accounted_for_in_their_order_and_by_something(world: World) -> None:
    cycle = a_cycle(world)
    record = [a_record(world)]
    plan = {"step": "plan", "documents": record}
    assert refused(world, "regional_manager", "plans.complete_step", cycle, plan) == {"plans.step_before"}
    bare = {"step": "target", "note": "已口头布置"}
    assert refused(world, "regional_manager", "plans.complete_step", cycle, bare) == {"plans.no_document"}
    complete(world, cycle, StepKind.TARGET)
    again = {"step": "target", "documents": record}
    assert refused(world, "regional_manager", "plans.complete_step", cycle, again) == {"plans.step_done"}
    for step in list(StepKind)[1:]:
        assert len(open_tasks(cycle)) == 1
        complete(world, cycle, step)
    cycle.refresh_from_db()
    assert cycle.state == "done" and open_tasks(cycle) == []


@clause("2.2.3")
def test_a_record_out_of_sight_proves_nothing(world: World) -> None:
    cycle = a_cycle(world)
    person = a_person(world, "warehouse")  # of another department: the regional manager does not see it
    data = {"step": "target", "documents": [f"company.person:{person.pk}"]}
    assert refused(world, "regional_manager", "plans.complete_step", cycle, data) == {"plans.document_unseen"}
    data = {"step": "target", "documents": [f"plans.cycle:{cycle.pk}"]}
    assert refused(world, "regional_manager", "plans.complete_step", cycle, data) == {"plans.document_unseen"}
    assert refused(world, "regional_manager", "plans.complete_step", cycle, {**data, "documents": ["x"]}) == {
        "invalid"
    }


def test_only_the_head_or_a_deputy_accounts_for_a_step(world: World) -> None:
    cycle = a_cycle(world)
    data = {"step": "target", "documents": [a_record(world)]}
    assert refused(world, "rep", "plans.complete_step", cycle, data) == {"not_permitted"}
    assert refused(world, "sales_manager", "plans.complete_step", cycle, data) == {"not_permitted"}
    lent = {
        "deputy": str(world.user("rep").pk), "rooms": ["plans"], "since": str(world.today),
        "until": str(world.today + timedelta(days=5)), "note": "出差",
    }  # fmt: skip
    world.run("regional_manager", "approvals.delegate", data=lent)
    world.run("rep", "plans.complete_step", cycle, data)
    entry = LedgerEntry.objects.get(operation="plans.complete_step")
    assert (
        entry.actor_id == world.user("rep").pk and entry.on_behalf_of_id == world.user("regional_manager").pk
    )


def test_a_step_is_taken_back_with_a_reason_from_the_end(world: World) -> None:
    cycle = a_cycle(world, state="done")
    target = {"step": "target", "reason": "目标有误"}
    assert refused(world, "regional_manager", "plans.take_back_step", cycle, target) == {"plans.step_rests"}
    world.run("sales_manager", "plans.take_back_step", cycle, {"step": "solve", "reason": "问题还在"})
    cycle.refresh_from_db()
    step = step_of(cycle, StepKind.SOLVE)
    assert cycle.state == "open" and step.done_on is None and step.note == "问题还在"
    assert StepDocument.objects.filter(step=step, is_void=True).count() == 1
    assert len(open_tasks(cycle)) == 1
    solve = {"step": "solve", "reason": "再撤"}
    assert refused(world, "regional_manager", "plans.take_back_step", cycle, solve) == {"plans.step_not_done"}


def test_a_cycle_follows_the_head_of_its_department(world: World) -> None:
    cycle = a_cycle(world)
    new = world.user("account_manager")
    world.run("hr", "company.change_department", world.department("EAST"), {"head": str(new.pk)})
    assert chores.do_due([world.company.pk])
    world.see()
    cycle.refresh_from_db()
    assert cycle.owner_id == new.pk
    assert [t.owner_id for t in open_tasks(cycle)] == [new.pk]
    complete(world, cycle, StepKind.TARGET, "account_manager")


@clause("2.2.3")
def test_a_signed_sales_plan_does_the_second_step_by_itself(world: World) -> None:
    cycle = a_cycle(world)
    plan = a_signed_plan(world, cycle)
    chores.do_due([world.company.pk])
    world.see()
    assert step_of(cycle, StepKind.PLAN).done_on is None  # its turn has not come
    complete(world, cycle, StepKind.TARGET)
    chores.do_due([world.company.pk])
    world.see()
    step = step_of(cycle, StepKind.PLAN)
    assert step.done_on == world.today and step.source == "plans.signoff"
    assert StepDocument.objects.get(step=step).row_id == plan.pk
    other = cycles(world)["SOUTH"]
    assert step_of(other, StepKind.TARGET).done_on is None


@clause("2.2.3", breaks=True)
def test_a_late_step_is_named_until_it_is_done(world: World) -> None:
    cycle = a_cycle(world)
    due = step_of(cycle, StepKind.TARGET).due_on
    with on_day(world, due):
        assert naming(world, "2.2.3", cycle) == set()
    with on_day(world, due + timedelta(days=1)):
        assert naming(world, "2.2.3", cycle) == {"cycles_with_a_late_step"}
        # The order cannot be broken to look better: the plan waits for the target.
        data = {"step": "plan", "documents": [a_record(world)]}
        assert refused(world, "regional_manager", "plans.complete_step", cycle, data) == {"plans.step_before"}
        complete(world, cycle, StepKind.TARGET)
        assert naming(world, "2.2.3", cycle) == set()
        # That it was late stays in the share of steps done in time.
        (collector,) = for_clause("2.2.3")
        period = Period(cycle.since, world.today + timedelta(days=1))
        (share,) = collector.collect(world.company.pk, period).measured
        assert share.count > 0 and share.value == 0


def test_a_stopped_cycle_asks_nobody_and_its_late_step_stays(world: World) -> None:
    cycle = a_cycle(world)
    due = step_of(cycle, StepKind.TARGET).due_on
    with on_day(world, due + timedelta(days=2)):
        world.run("sales_manager", "plans.stop_cycle", cycle, {"reason": "并入华南"})
        assert open_tasks(cycle) == []
        assert naming(world, "2.2.3", cycle) == {"cycles_with_a_late_step"}


def test_a_policy_may_let_steps_go_in_any_order(world: World) -> None:
    rows = [
        ["target", "-", "start", "3", "yes"], ["monitor", "-", "end", "0", "yes"], ["-", "-", "end", "8", "no"],
    ]  # fmt: skip
    a_policy(world, "plans.cycle_days", rows)
    cycle = a_cycle(world)
    complete(world, cycle, StepKind.SOLVE)
    assert step_of(cycle, StepKind.SOLVE).done_on == world.today
    assert step_of(cycle, StepKind.TARGET).done_on is None
    (task,) = open_tasks(cycle)
    assert task.operation == "plans.complete_step"


def test_a_division_runs_a_quarter(world: World) -> None:
    data = {
        "code": "ROBOT",
        "name": "机器人事业部",
        "kind": "division",
        "parent": str(world.department("HQ").pk),
    }
    world.run("hr", "company.add_department", data=data)
    chores.do_due([world.company.pk])
    world.see()
    cycle = Cycle.objects.get(department__code="ROBOT")
    assert cycle.length == "quarter" and cycle.number.startswith("ROBOT-") and "Q" in cycle.number
    assert (cycle.until - cycle.since).days > 80


def test_a_cycle_that_was_moved_with_its_owner_comes_back_to_its_department(world: World) -> None:
    cycle = a_cycle(world)
    Cycle.objects.filter(pk=cycle.pk).update(department_path="HQ.SOUTH.")
    chores.do_due([world.company.pk])
    world.see()
    cycle.refresh_from_db()
    assert cycle.department_path == "HQ.EAST." and len(open_tasks(cycle)) == 1
