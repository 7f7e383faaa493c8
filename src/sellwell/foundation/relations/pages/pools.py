"""The public pool: its list, and the customers in it without anything to reach them by."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.relations import groups, queries
from sellwell.foundation.relations.models import Pool, PoolMove, Stage
from sellwell.foundation.relations.views import POOL_MOVES, POOLS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import form, list_page, panel, record_page, related

SHOWN = 50

list_page(
    POOLS, section="relations", icon="globe", order=50, new=["relations.add_pool"],
    columns=["name", "region", "owner", "capacity", "per_day", "rest_days", "is_open"], card=["name", "region", "owner"],
    links=[(T("流转记录", "Moves"), "/pool-moves/", POOL_MOVES.name)],
    empty=T("还没有公海。为区域建立一个，长期无人跟进的客户会自动进入。", "No pool yet. Make one for a region: customers without follow-up go there."),
)  # fmt: skip
record_page(POOLS, facts=["region", "owner", "capacity", "per_day", "rest_days", "is_open"])


def inside(pool: Pool, ctx: Context) -> dict[str, Any]:
    """The customers of a pool: who they are and what they bought, never how to reach them, which comes with the claim."""
    rows = groups.standings(pool.company_id).filter(pool=pool).select_related("customer__party")
    found = list(rows.order_by("-value", "-pooled_on", "-id")[:SHOWN])
    last = {
        move.customer_id: move
        for move in PoolMove.objects.filter(customer_id__in=[s.pk for s in found], pool=pool).order_by("at")
    }
    taken = queries.takings_of(pool, ctx.user_id, pool.pk, ctx.today)
    return {
        "lines": [{"standing": s, "stage": Stage(s.stage), "move": last.get(s.pk)} for s in found],
        "count": rows.count(),
        "shown": SHOWN,
        "may_claim": ctx.actor.may("relations.claim") and pool.is_open,
        "left": max(0, min(pool.per_day - taken.today, pool.capacity - taken.owned)),
        "taken": taken,
    }


panel("relations.pool", "inside", T("公海里的客户", "Customers in the pool"), "relations/pool.html", context=inside,
      place="main", order=10)  # fmt: skip
related("relations.pool", POOL_MOVES, by="pool_id", title=T("流转", "Moves"), order=20,
        columns=["customer", "kind", "moved_on", "owner_before", "owner_after"])  # fmt: skip
related("customers.customer", POOL_MOVES, by="customer_id", title=T("公海流转", "Pool"), order=95,
        columns=["kind", "moved_on", "pool", "owner_before", "owner_after"])  # fmt: skip


def _limits(pool: Pool, ctx: Context) -> dict[str, Any]:
    return {name: getattr(pool, name) for name in ("name", "capacity", "per_day", "rest_days")}


form("relations.change_pool", initial=_limits)
form("relations.claim", hidden=["customer"])
