"""What people see of deals: list, record with its conflicts and shares, and the customer's registrations."""

from __future__ import annotations

from typing import Any

from sellwell.kernel import access
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.deals import policies, queries
from sellwell.selling.deals.models import Conflict, MatchedBy, Registration, RegistrationState, Share
from sellwell.selling.deals.queries import CUSTOMER, OPPORTUNITY, REGISTRATION, Overlap
from sellwell.selling.deals.views import REGISTRATIONS
from sellwell.web.registry import Warning_, form, list_page, new_button, panel, record_page, related, warnings

list_page(
    REGISTRATIONS,
    section="sales",
    icon="shield",
    order=28,
    new=["deals.register"],
    columns=[
        "name",
        "number",
        "state",
        "product_line",
        "expected_amount",
        "protected_until",
        "owner",
        "region",
    ],
    card=["name", "state", "expected_amount", "protected_until"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("disputed", T("待裁定", "Disputed"), {"state": "disputed"}),
        ("protected", T("保护中", "Protected"), {"state": "protected"}),
    ],
    empty=T(
        "还没有报备。把正在跟进的生意报备下来，保护期内归您。",
        "No registrations yet. Register a deal that you work on, and it is yours while protected.",
    ),
)
record_page(
    REGISTRATIONS,
    amount="expected_amount",
    path=[RegistrationState.DISPUTED, RegistrationState.PROTECTED, RegistrationState.SETTLED],
    facts=[
        "customer", "product_line", "protected_until", "renewals", "evidence", "proof", "progress", "uscc", "phone_masked",
        "ruling", "ruling_reason", "ruled_by", "ruled_at", "outcome", "owner", "region", "business_date",
    ],
)  # fmt: skip
new_button("deals.register")
form("deals.register", wide=True)
form("deals.rule", wide=True)
form("deals.renew", initial=lambda row, ctx: {"progress": row.progress})


def conflicts(row: Registration, ctx: Context) -> dict[str, Any] | None:
    """What the registration collided with; by name only what the reader may see."""
    found = [_line(c, ctx) for c in queries.conflicts_of(row)]
    return {"conflicts": found} if found else None


def _line(conflict: Conflict, ctx: Context) -> dict[str, Any]:
    kinds: tuple[tuple[Any, T, str, str], ...] = (
        (conflict.other, REGISTRATION, "deals.view", "deals"),
        (conflict.customer, CUSTOMER, "customers.view", "customers"),
        (conflict.opportunity, OPPORTUNITY, "pipeline.view", "opportunities"),
    )
    target, what, view, url = next(kind for kind in kinds if kind[0] is not None)
    is_seen = access.cell_for(ctx.actor, view, target) is not None
    said = Overlap(target, conflict.matched_by, what, view).words(ctx)
    return {
        "what": what,
        "why": MatchedBy(conflict.matched_by).label,
        "name": said["name"],
        "holder": said["holder"],
        "url": f"/{url}/{target.pk}/" if is_seen else "",
    }


def shares(row: Registration, ctx: Context) -> dict[str, Any] | None:
    """Who has which part by ruling."""
    found = list(Share.objects.filter(registration=row).select_related("user").order_by("-share"))
    return {"shares": found} if found else None


def time_left(row: Registration, ctx: Context) -> dict[str, Any] | None:
    """How long it is protected, and whether it can be renewed."""
    if row.state != RegistrationState.PROTECTED.value or row.protected_until is None:
        return None
    said = policies.protection(row.product_line, ctx)
    days = (row.protected_until - ctx.today).days
    return {"days": days, "near": days <= said.warn_days, "left": max(0, said.renewals - row.renewals)}


TYPE = REGISTRATIONS.row_type
panel(TYPE, "time", T("保护期", "Protection"), "deals/_time.html", context=time_left, place="now", order=5)
panel(
    TYPE,
    "conflicts",
    T("撞单", "Conflicts"),
    "deals/_conflicts.html",
    context=conflicts,
    place="main",
    order=10,
)
panel(TYPE, "shares", T("份额", "Shares"), "deals/_shares.html", context=shares, place="side", order=10)
related(
    "customers.customer",
    REGISTRATIONS,
    by="customer_id",
    title=T("报备", "Deal registrations"),
    order=15,
    columns=["number", "state", "product_line", "expected_amount", "protected_until", "owner"],
)


def disputed(ctx: Context) -> list[Warning_]:
    """Conflicts that wait for a ruling."""
    if not ctx.actor.may("deals.rule"):
        return []
    count = REGISTRATIONS.rows(ctx.actor).filter(state=RegistrationState.DISPUTED.value).order_by().count()
    if not count:
        return []
    return [
        Warning_(
            T(f"{count} 笔撞单待裁定", f"{count} conflicts wait for a ruling"),
            "/deals/?state=disputed",
            "near",
            T("制度 1.3.2：每笔生意只有一位负责人", "Clause 1.3.2: every deal has one accountable person"),
        )
    ]


for _role in ("regional_manager", "sales_manager"):
    warnings(_role, disputed)
