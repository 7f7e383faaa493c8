"""A warning of the workbench: customers that should have heard from us (clause 4.2.1)."""

from __future__ import annotations

from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.activities import queries
from sellwell.selling.activities.views import ACTIVITIES
from sellwell.web.registry import Warning_, warnings


def silent(ctx: Context) -> list[Warning_]:
    """The reader's own customers without contact in the time that their grade demands."""
    if not ctx.actor.may(ACTIVITIES.name):
        return []
    count = len(queries.owed(ctx.user_id, ctx))
    if not count:
        return []
    return [
        Warning_(
            T(f"{count} 位客户超过应联系的时间", f"{count} customers should have heard from us"),
            "/day/overdue",
            "near",
            T("制度 4.2.1：按客户等级保持联系", "Clause 4.2.1: contact by the customer's grade"),
        )
    ]


for _role in ("rep", "account_manager"):
    warnings(_role, silent)
