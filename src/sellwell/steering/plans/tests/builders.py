"""Cycles and sign-offs for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.company.models import Department
from sellwell.foundation.company.tests.builders import an_absence
from sellwell.kernel import clock, system
from sellwell.kernel.door import run
from sellwell.kernel.models import ApprovalRequest
from sellwell.kernel.testing import Case, builder
from sellwell.steering.plans.models import Cycle, CycleStep, SignOff
from sellwell.steering.plans.rules import StepKind

if TYPE_CHECKING:
    from sellwell.testing.world import World


@contextmanager
def on_day(world: World, day: date) -> Iterator[None]:
    """The world on another day, at the same time of day."""
    with clock.at(clock.now() + (day - world.today)):
        yield


def cycles(world: World) -> dict[str, Cycle]:
    """The cycles of the running period by the code of their department, opened now if nobody did."""
    first = world.today.replace(day=1)
    if not Cycle.objects.filter(since=first).exists():
        run("plans.open_cycles", system.context(world.company.pk))
        world.see()
    return {c.department.code: c for c in Cycle.objects.filter(since=first).select_related("department")}


def a_cycle(world: World, code: str = "EAST", state: str = "open") -> Cycle:
    """The running cycle of a department; `done` and `stopped` by their verbs. The east is headed by the regional manager."""
    cycle = cycles(world)[code]
    if state == "done":
        for step in cycle.steps.filter(done_on=None).order_by("position"):
            complete(world, cycle, StepKind(step.kind))
    if state == "stopped":
        world.run("sales_manager", "plans.stop_cycle", cycle, {"reason": "部门并入他部门"})
    cycle.refresh_from_db()
    return cycle


def a_record(world: World) -> str:
    """A record that everybody sees, as forms send it."""
    return f"company.department:{world.department('EAST').pk}"


def complete(world: World, cycle: Cycle, step: StepKind, role: str = "regional_manager") -> None:
    """The head accounts for a step."""
    data = {"step": step.value, "documents": [a_record(world)], "note": "见部门计划"}
    world.run(role, "plans.complete_step", cycle, data)


def content(world: World, **values: Any) -> dict[str, Any]:
    """What a sign-off says, for the running quarter onwards."""
    given = {
        "title": "年度销售预算", "since": str(world.today), "until": str(world.today + timedelta(days=90)),
        "amount": "1200000.00", "text": "差旅 300000 元，推广 600000 元，培训 300000 元。", **values,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def a_draft(
    world: World, kind: str = "budget", code: str = "EAST", role: str = "regional_manager", **values: Any
) -> SignOff:
    """A draft of a kind for a department."""
    data = {**content(world, **values), "kind": kind, "department": str(world.department(code).pk)}
    made: SignOff = world.run(role, "plans.draft_sign_off", data=data).result
    return made


def asked(world: World, sign_off: SignOff, role: str = "regional_manager") -> ApprovalRequest:
    """The draft goes to its sides."""
    request = world.run(role, "plans.put_in_force", sign_off).hold
    assert request is not None
    return request


def signed(world: World, sign_off: SignOff, *signers: str, role: str = "regional_manager") -> SignOff:
    """Every side signs, and it is in force."""
    request = asked(world, sign_off, role)
    for signer in signers or ("sales_manager", "finance"):
        world.run(signer, "approvals.approve", request)
    sign_off.refresh_from_db()
    return sign_off


def a_sign_off(world: World, state: str = "draft", code: str = "EAST") -> SignOff:
    """A budget in a state, by its verbs."""
    made = a_draft(world, code=code)
    if state in ("in_force", "replaced"):
        signed(world, made)
    if state == "replaced":
        signed(world, world.run("regional_manager", "plans.revise_sign_off", made).result)
    if state == "cancelled":
        world.run("regional_manager", "plans.cancel_sign_off", made)
    made.refresh_from_db()
    return made


def step_of(cycle: Cycle, kind: StepKind) -> CycleStep:
    """A step of a cycle, as it is now."""
    return CycleStep.objects.get(cycle=cycle, kind=kind.value)


def a_signed_plan(world: World, cycle: Cycle) -> SignOff:
    """A sales plan in force for the very department and period of a cycle of the east."""
    plan = a_draft(world, "plan", since=str(cycle.since), until=str(cycle.until), amount=None)
    return signed(world, plan, "sales_manager")


def a_policy(world: World, name: str, rows: list[list[str]], **values: Any) -> None:
    """A policy with these rows, in force from today."""
    data = {"name": name, "rows": [{"cells": cells} for cells in rows], "note": "试行", **values}
    draft = world.run("sales_manager", "company.draft_policy", data=data).result
    world.run("administrator", "company.publish_policy", draft, {"since": str(world.today)})


@builder("plans.open_cycles")
def _open(world: World) -> Case:
    return Case("sales_manager")


@builder("plans.complete_step")
def _complete(world: World) -> Case:
    data = {"step": "target", "documents": [a_record(world)]}
    return Case("regional_manager", a_cycle(world), data, lambda state: a_cycle(world, state=state))


@builder("plans.prove_step")
def _prove(world: World) -> Case:
    cycle = a_cycle(world)
    complete(world, cycle, StepKind.TARGET)
    a_signed_plan(world, cycle)
    return Case("administrator", cycle, {}, lambda state: a_cycle(world, state=state))


@builder("plans.take_back_step")
def _take_back(world: World) -> Case:
    cycle = a_cycle(world)
    complete(world, cycle, StepKind.TARGET)
    data = {"step": "target", "reason": "目标没有下达到人"}
    return Case("regional_manager", cycle, data, lambda state: a_cycle(world, state=state))


@builder("plans.stop_cycle")
def _stop(world: World) -> Case:
    return Case(
        "sales_manager", a_cycle(world), {"reason": "部门撤销"}, lambda state: a_cycle(world, state=state)
    )


@builder("plans.follow_head")
def _follow(world: World) -> Case:
    cycle = a_cycle(world)
    deputy = world.user("account_manager")
    world.run("hr", "company.change_department", world.department("EAST"), {"head": str(deputy.pk)})

    def in_state(state: str) -> Cycle:
        # Whoever heads the department now is who finishes it.
        if state == "done":
            return done_by_new_head(world, cycle)
        return a_cycle(world, state=state)

    return Case("administrator", cycle, {}, in_state)


@builder("plans.follow_deputy")
def _follow_deputy(world: World) -> Case:
    cycle = a_cycle(world)
    an_absence(world, "regional_manager", "account_manager", start=0)
    return Case("administrator", cycle, {}, lambda state: a_cycle(world, state=state))


def done_by_new_head(world: World, cycle: Cycle) -> Cycle:
    """The cycle passes to its new head, who completes it."""
    world.run("administrator", "plans.follow_head", cycle)
    for step in StepKind:
        complete(world, cycle, step, "account_manager")
    cycle.refresh_from_db()
    return cycle


@builder("plans.comment_cycle")
def _comment_cycle(world: World) -> Case:
    return Case("regional_manager", a_cycle(world), {"text": "数据周三到齐"})


@builder("plans.draft_sign_off")
def _draft(world: World) -> Case:
    data = {**content(world), "kind": "budget", "department": str(Department.objects.get(code="EAST").pk)}
    return Case("regional_manager", data=data)


@builder("plans.change_sign_off")
def _change(world: World) -> Case:
    return Case(
        "regional_manager",
        a_draft(world),
        content(world, amount="1100000"),
        lambda state: a_sign_off(world, state, "EAST"),
    )


@builder("plans.put_in_force")
def _put_in_force(world: World) -> Case:
    return Case("regional_manager", a_draft(world), {}, lambda state: a_sign_off(world, state), held=True)


@builder("plans.cancel_sign_off")
def _cancel(world: World) -> Case:
    return Case("regional_manager", a_draft(world), {}, lambda state: a_sign_off(world, state))


@builder("plans.revise_sign_off")
def _revise(world: World) -> Case:
    in_force = a_sign_off(world, "in_force")

    def in_state(state: str) -> SignOff:
        if state == "replaced":
            signed(world, world.run("regional_manager", "plans.revise_sign_off", in_force).result)
            in_force.refresh_from_db()
            return in_force
        made = a_draft(world, "strategy", amount=None)
        if state == "cancelled":
            world.run("regional_manager", "plans.cancel_sign_off", made)
        return made

    return Case("regional_manager", in_force, {}, in_state)


@builder("plans.comment_sign_off")
def _comment_sign_off(world: World) -> Case:
    return Case("regional_manager", a_draft(world), {"text": "财务已口头沟通"})
