"""What a protected deal demands of others: no opportunity on it, no second entry of its customer (clause 1.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sellwell.foundation.customers import identity
from sellwell.foundation.customers.queries import customers
from sellwell.kernel import access
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.deals import queries
from sellwell.selling.deals.models import Registration

PROTECTED = Reason(
    "deals.protected",
    T(
        "这笔生意已由{holder}报备，保护期至 {until}。请先报备，由经理裁定归属。",
        "This deal is registered by {holder} and protected until {until}. Register it too, and a manager rules.",
    ),
)


def _objection(row: Registration, path: str, ctx: Context, *, is_sure: bool) -> Objection:
    """Told by name to those who may see the registration, else by region; a like name alone only warns."""
    region = row.region
    holder: Any = (
        T(f"{region}区域", f"the region {region}") if region else T("其他部门", "another department")
    )
    if access.cell_for(ctx.actor, "deals.view", row) is not None:
        holder = row.owner.name
    say = PROTECTED.refuse if is_sure else PROTECTED.warn
    return say(path=path, holder=holder, until=row.protected_until)


@guard(
    "deals.protected_opportunity",
    T("报备保护：商机", "Protected deals: opportunities"),
    on=["pipeline.add_opportunity"],
    clauses=["1.3.2"],
)
def protected_opportunity(
    assessments: list[Assessment], ctx: Context
) -> Mapping[int, Objection | list[Objection]]:
    """Nobody opens an opportunity on what somebody else has protected, unless they share it."""
    if ctx.actor.is_system:
        return {}
    ids = {i: a.given.customer for i, a in enumerate(assessments) if getattr(a.given, "customer", None)}
    known = customers(ids.values())
    found = {}
    for index, customer_id in ids.items():
        if customer_id not in known:
            continue
        deal = queries.read_deal(known[customer_id], "", identity.Keys(), "")
        for _, row, by in queries.protecting(ctx.company_id, [deal], ctx.user_id)[:1]:
            found[index] = _objection(row, "customer", ctx, is_sure=by != "name")
    return found


@guard(
    "deals.protected_customer",
    T("报备保护：客户", "Protected deals: customers"),
    on=["customers.add"],
    clauses=["1.3.2"],
)
def protected_customer(
    assessments: list[Assessment], ctx: Context
) -> Mapping[int, Objection | list[Objection]]:
    """Who enters a name that somebody else has protected is told; with the same code or phone it is refused."""
    if ctx.actor.is_system:
        return {}
    found = {}
    for index, assessment in enumerate(assessments):
        given = assessment.given
        if given is None:
            continue
        keys, _ = identity.read(given, given.uscc, given.kind)
        deal = queries.read_deal(None, given.name, keys, "")
        for _, row, by in queries.protecting(ctx.company_id, [deal], ctx.user_id)[:1]:
            found[index] = _objection(row, "name", ctx, is_sure=by in ("uscc", "phone"))
    return found
