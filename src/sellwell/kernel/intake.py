"""What comes in at the door: the input by its type, and its references within what the actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sellwell.kernel import access
from sellwell.kernel.answers import INVALID, NOT_FOUND
from sellwell.kernel.inputs import message, references
from sellwell.kernel.values import Objection, Refusal
from sellwell.kernel.views import BY_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sellwell.kernel.inputs import Input
    from sellwell.kernel.operations import Context, Operation


def read_input(operation: Operation, ctx: Context, data: Mapping[str, Any] | Input | None) -> Any:
    """Step 4: the input by its type, and its references within what the actor may see."""
    if isinstance(data, operation.input):
        given = data
    else:
        try:
            given = operation.input.model_validate(dict(data or {}))
        except ValidationError as error:
            raise Refusal(validation_objections(error)) from None
    missing = [] if operation.name in ctx.lent else _unseen(operation, ctx, given)
    if missing:
        raise Refusal(missing)
    return given


def validation_objections(error: ValidationError) -> list[Objection]:
    """pydantic's findings as objections, path by path."""
    found = []
    for item in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in item["loc"])
        found.append(INVALID.refuse(path=path, problem=message(item["type"], item.get("ctx"))))
    return found


def _unseen(operation: Operation, ctx: Context, given: Input) -> list[Objection]:
    """References to rows that do not exist or that the actor may not see: both are 'not found'."""
    wanted: dict[str, dict[UUID, list[str]]] = {}
    for path, row_type, row_id in references(type(given), given):
        wanted.setdefault(row_type, {}).setdefault(row_id, []).append(path)
    objections = []
    for row_type, places in wanted.items():
        view = BY_TYPE[row_type]
        # Only whether they are there: nothing that the view fetches along or computes.
        rows = view.model._base_manager.filter(pk__in=places)
        rows = rows if ctx.actor.is_system else access.rows(ctx.actor, view.name, rows)
        seen = set(rows.values_list("pk", flat=True))
        for row_id, paths in places.items():
            if row_id not in seen:
                objections += [NOT_FOUND.refuse(path=path) for path in paths]
    return objections
