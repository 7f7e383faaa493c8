"""Asking without doing: what could be next on a row, and what stands in its way. No locks, no writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from sellwell.kernel import access, duties
from sellwell.kernel.answers import NOT_PERMITTED
from sellwell.kernel.door import standing
from sellwell.kernel.intake import read_input
from sellwell.kernel.judging import objections_to
from sellwell.kernel.operations import GUARDS, REGISTRY, Assessment, Context, Operation, operations_of
from sellwell.kernel.values import Objection


@dataclass(frozen=True)
class Step:
    """A verb that could be next on a row, and what stands in its way."""

    operation: Operation
    objections: list[Objection]

    @property
    def possible(self) -> bool:
        """Whether pressing the button would do it (perhaps with an approval)."""
        return not any(o.kind == "refuse" for o in self.objections)


def preview(name: str, ctx: Context, row: Any, data: Mapping[str, Any] | None = None) -> list[Objection]:
    """What stands in the way of an operation now: no locks, no writes. Invalid or missing input is not told here."""
    operation = REGISTRY[name]
    if (objection := standing(operation, row, ctx)) is not None:
        return [objection]
    if access.cell_for(ctx.actor, name, row) is None:
        return [NOT_PERMITTED.refuse(verb=operation.title)]
    try:
        given = operation.input.model_validate(dict(data or {}))
    except ValidationError:
        if data is not None:
            raise
        given = None
    if given is None and (
        operation.assess is not None or any(operation.name in g.operations for g in GUARDS.values())
    ):
        documents = [row.pk]
        conflict = duties.objection(name, operation.title, ctx, documents)
        return [conflict] if conflict else []
    assessment = operation.assess(row, given, ctx) if operation.assess else Assessment(row, given)
    return objections_to(operation, ctx, row, replace(assessment, row=row, given=given))[0]


@dataclass(frozen=True)
class Outlook:
    """What a filled form would mean if it were sent now: the terms that are judged, and what stands in the way."""

    content: Mapping[str, Any]
    objections: list[Objection]


def outlook(name: str, ctx: Context, row: Any, data: Mapping[str, Any]) -> Outlook:
    """The answer of the door to this input, without locks and writes. Raises a refusal where the input is not whole."""
    operation = REGISTRY[name]
    if row is not None and (objection := standing(operation, row, ctx)) is not None:
        return Outlook({}, [objection])
    allowed = ctx.actor.may(name) if row is None else access.cell_for(ctx.actor, name, row) is not None
    if not allowed:
        return Outlook({}, [NOT_PERMITTED.refuse(verb=operation.title)])
    given = read_input(operation, ctx, data)
    assessment = operation.assess(row, given, ctx) if operation.assess else Assessment(row, given)
    found, _ = objections_to(operation, ctx, row, replace(assessment, row=row, given=given))
    return Outlook(assessment.content, found)


def is_judged(operation: Operation) -> bool:
    """Whether more than the input's own type is asked before the verb is done."""
    bound = any(operation.name in guard.operations for guard in GUARDS.values())
    return operation.assess is not None or bool(operation.route) or bound


def next_steps(row: Any, ctx: Context) -> list[Step]:
    """The verbs that fit the row's state and that this actor may do, each with what stands in its way."""
    steps = []
    for operation in operations_of(type(row)):
        if operation.creates or not operation.menu or "web" not in operation.channels:
            continue
        if operation.from_states and str(row.state) not in operation.from_states:
            continue
        if access.cell_for(ctx.actor, operation.name, row) is not None:
            steps.append(Step(operation, preview(operation.name, ctx, row)))
    return steps
