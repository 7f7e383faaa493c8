"""What speaks against an act: limits, separation of duties, guards and routes, asked with one assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel import access, approval, duties, ledger
from sellwell.kernel.answers import NO_ROUTE, OVER_LIMIT
from sellwell.kernel.operations import Assessment, Context, Operation, guards_of

if TYPE_CHECKING:
    from sellwell.kernel.values import Objection


def objections_to(
    operation: Operation, ctx: Context, row: Any, assessment: Assessment
) -> tuple[list[Objection], list[dict[str, Any]]]:
    """Step 7: limits, duties, guards and routes, all asked with the same assessment."""
    found = list(assessment.objections)
    if operation.name not in ctx.lent:
        found += _limit(operation, ctx, row, assessment)
        documents = [row.pk] if row is not None else parents(operation, assessment.given)
        if (conflict := duties.objection(operation.name, operation.title, ctx, documents)) is not None:
            found.append(conflict)
    answers = []
    for guard in guards_of(operation.name):
        answer = guard.check([assessment], ctx).get(0, [])
        said = answer if isinstance(answer, list) else [answer]
        answers.append({"guard": guard.name, "said": ledger.objection_images(said)})
        found += said
    if operation.route:
        found += approval.route_objections(operation, ctx, assessment)
    return found, answers


def parents(operation: Operation, given: Any) -> list[UUID]:
    """The documents that a new one is made from."""
    values = [getattr(given, name, None) for name in operation.parent.split()]
    return [value for value in values if isinstance(value, UUID)]


def _limit(operation: Operation, ctx: Context, row: Any, assessment: Assessment) -> list[Objection]:
    """Over one's amount limit: a hold where the operation has a route, else a refusal."""
    amount = assessment.amount
    if amount is None or ctx.actor.is_system:
        return []
    if row is not None:
        cell = access.cell_for(ctx.actor, operation.name, row)
        limits = [cell.limit] if cell else []
    else:
        limits = [cell.limit for cell in ctx.actor.cells(operation.name)]
    if not limits or any(limit is None or amount <= limit for limit in limits):
        return []
    limit = max(value for value in limits if value is not None)
    if operation.route:
        return [OVER_LIMIT.hold(operation.route, measure=amount, amount=amount, limit=limit)]
    return [NO_ROUTE.refuse(amount=amount, limit=limit)]
