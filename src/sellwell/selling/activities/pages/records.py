"""Lists and records of activities, and the quick entry on the customer's page."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.customers.queries import Customer
from sellwell.kernel import access
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.activities import queries
from sellwell.selling.activities.models import ActivityKind, ActivityState
from sellwell.selling.activities.views import ACTIVITIES, CONSENTS, DAYS, FEEDS
from sellwell.web.registry import form, list_page, new_button, panel, record_page, related

CUSTOMER = "customers.customer"

list_page(
    ACTIVITIES,
    section="sales",
    icon="phone",
    order=37,
    new=["activities.log"],
    columns=["happened_at", "kind", "customer", "text", "state", "next_step", "owner"],
    card=["customer", "kind", "text", "happened_at"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("open", T("待跟进", "To follow up"), {"state": "open"}),
        ("calls", T("电话", "Calls"), {"kind": "call"}),
    ],
    empty=T(
        "还没有互动记录。打完电话，在客户页写一句话即可。",
        "No activities yet. After a call, write a line on the customer's page.",
    ),
)
record_page(
    ACTIVITIES,
    path=[ActivityState.OPEN, ActivityState.DONE],
    facts=[
        "customer", "contact", "opportunity", "kind", "direction", "happened_at", "text", "next_step", "next_step_on",
        "outcome", "void_reason", "owner",
    ],
)  # fmt: skip
new_button("activities.log", not_on=CUSTOMER)
form(
    "activities.log",
    pick={"contact": "customer", "opportunity": "customer"},
    after=lambda outcome, ctx: f"/customers/{outcome.result.customer_id}/",
)

list_page(
    FEEDS,
    new=["activities.open_feed"],
    empty=T("还没有日历订阅。", "No calendar feed yet."),
)
record_page(FEEDS, facts=["user", "created_at", "revoked_at"])
form("activities.open_feed", shown="activities/_feed.html")
list_page(
    DAYS,
    empty=T("还没有排定的路线。在“我的一天”拖动拜访即可。", "No routes yet. Drag the visits on “My day”."),
)
record_page(DAYS, facts=["user", "day", "count"])
list_page(CONSENTS, empty=T("还没有定位同意。", "Nobody has agreed to positions yet."))
record_page(CONSENTS, facts=["user", "wording", "given_at", "withdrawn_at"])
for _verb in ("allow_location", "withdraw_location"):
    form(f"activities.{_verb}", after=lambda outcome, ctx: "/day")


def quick(row: Customer, ctx: Context) -> dict[str, Any] | None:
    """A line about a call, mail or message, written where one is; and when we were last in touch."""
    if access.cell_for(ctx.actor, "activities.log", row) is None:
        return None
    return {
        "kinds": list(ActivityKind),
        "key": new_id().hex,
        "last": queries.last_contacts([row.pk]).get(row.pk),
        "today": ctx.today,
    }


panel(
    CUSTOMER,
    "quick",
    T("记一笔互动", "Note an activity"),
    "activities/_quick.html",
    context=quick,
    place="main",
    right="activities.log",
    order=1,
)
related(
    CUSTOMER,
    ACTIVITIES,
    by="customer_id",
    title=T("互动", "Activities"),
    order=55,
    columns=["happened_at", "kind", "text", "state", "next_step", "owner"],
)
related(
    "pipeline.opportunity",
    ACTIVITIES,
    by="opportunity_id",
    title=T("互动", "Activities"),
    order=45,
    columns=["happened_at", "kind", "text", "state", "next_step", "owner"],
)
