"""Procedures for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sellwell.foundation.procedures.models import Procedure, ProcedureReview
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World

WORDS = {
    "purpose": "当天有人跟进",
    "steps": ["核对区域", "指定负责人"],
    "checks": ["负责人在岗"],
    "role": "rep",
    "hours": "4",
}


def a_procedure(
    world: World, state: str = "draft", operation: str = "company.hire", **values: Any
) -> Procedure:
    """A procedure written by human resources, brought to a state."""
    row: Procedure = world.run(
        "hr", "procedures.write", data={"operation": operation, **WORDS, **values}
    ).result
    if state in ("in_force", "replaced"):
        world.run("sales_manager", "procedures.publish", row)
    if state == "replaced":
        a_procedure(world, "in_force", operation)
    if state == "retired":
        world.run("sales_manager", "procedures.retire", row)
    row.refresh_from_db()
    return row


def a_review(world: World, row: Procedure, outcome: str = "keep") -> ProcedureReview:
    """A review of a version in force."""
    data = {"procedure": str(row.pk), "findings": "步骤清楚，时限合适。", "outcome": outcome}
    made: ProcedureReview = world.run("hr", "procedures.review", data=data).result
    return made


@builder("procedures.write")
def _write(world: World) -> Case:
    return Case("hr", data={"operation": "company.assign", **WORDS})


@builder("procedures.change")
def _change(world: World) -> Case:
    return Case(
        "hr",
        a_procedure(world),
        {**WORDS, "hours": "6"},
        lambda state: a_procedure(world, state, "company.leave"),
    )


@builder("procedures.publish")
def _publish(world: World) -> Case:
    return Case(
        "sales_manager", a_procedure(world), {}, lambda state: a_procedure(world, state, "company.leave")
    )


@builder("procedures.retire")
def _retire(world: World) -> Case:
    return Case(
        "sales_manager", a_procedure(world), {}, lambda state: a_procedure(world, state, "company.leave")
    )


@builder("procedures.review")
def _review(world: World) -> Case:
    row = a_procedure(world, "in_force")
    return Case("hr", data={"procedure": str(row.pk), "findings": "步骤清楚。", "outcome": "keep"})
