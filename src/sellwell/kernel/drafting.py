"""New documents: number, owner, scope and dates filled in the one way."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sellwell.kernel import numbering
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Document, Owned
from sellwell.kernel.operations import Context

D = TypeVar("D", bound=Document)


def document(
    model: type[D], ctx: Context, kind: str, state: str, /, *, after: Owned | None = None, **values: Any
) -> D:
    """A new unsaved document with the next number of series `kind`.

    It belongs to the owner, department, region and product line of `after` (the document or customer that it follows
    from) where one is given, else to the actor and the actor's first post in the company.
    """
    scope = scope_of(after) if after is not None else scope_of_actor(ctx)
    filled: dict[str, Any] = {
        "id": new_id(),
        "company_id": ctx.company_id,
        "state": str(state),
        "business_date": ctx.today,
        "created_at": ctx.now,
        "created_by_id": ctx.user_id,
        **scope,
        **values,
    }
    if "number" not in filled:
        filled["number"] = numbering.draw(ctx.company_id, kind, ctx.today.year)[0]
    return model(**filled)


def scope_of(row: Owned) -> dict[str, Any]:
    """Owner and scope columns of a row."""
    return {
        "owner_id": row.owner_id,
        "department_path": row.department_path,
        "region": row.region,
        "product_line": row.product_line,
    }


def scope_of_actor(ctx: Context, owner_id: UUID | None = None) -> dict[str, Any]:
    """Owner and scope columns for a row that the actor starts."""
    post = next((p for p in ctx.actor.posts if p.company_id == ctx.company_id), None)
    return {
        "owner_id": owner_id or ctx.user_id,
        "department_path": post.department_path if post else "",
        "region": post.region if post else "",
        "product_line": post.product_line if post else "",
    }
