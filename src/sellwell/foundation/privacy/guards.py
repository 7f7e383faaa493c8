"""What privacy demands of its own verbs across rooms: who sells to a customer works on no request about it (clause 4.3.4)."""

from __future__ import annotations

from collections.abc import Mapping

from sellwell.foundation.customers import queries as customers
from sellwell.foundation.privacy.access import SELLERS
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T

SELLER = Reason(
    "privacy.seller",
    T(
        "您是此客户的负责人或销售人员，个人信息请求须由销售以外的人员办理。",
        "You sell to this customer: somebody outside sales works on privacy requests.",
    ),
)


@guard(
    "privacy.not_the_seller", T("请求由销售以外的人办理", "Requests are worked on outside sales"),
    on=["privacy.verify_identity", "privacy.start_request", "privacy.extend_request", "privacy.make_copy", "privacy.fulfil_request",
        "privacy.fulfil_partly", "privacy.refuse_request"],
    clauses=["4.3.4"],
)  # fmt: skip
def not_the_seller(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection | list[Objection]]:
    """Neither the customer's owner, nor anybody on its team, nor anybody who holds a seller's post."""
    sells = not ctx.actor.is_system and bool(set(ctx.actor.roles) & SELLERS.keys())
    looked_after = {one.row.customer_id for one in assessments if one.row is not None}
    teams = set() if sells else customers.with_on_team(looked_after, ctx.user_id, ctx.today)
    return {
        index: SELLER.refuse()
        for index, one in enumerate(assessments)
        if sells
        or (
            one.row is not None and (one.row.customer.owner_id == ctx.user_id or one.row.customer_id in teams)
        )
    }
