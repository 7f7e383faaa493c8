"""The workbench: what the warehouse picks and ships today, what is on its way, and what deliveries wait for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.delivery.models import ShipmentState
from sellwell.selling.delivery.views import RETURNS, SHIPMENTS
from sellwell.web.registry import Number, Warning_, figure, warnings, workblock

QUARTER = timedelta(days=90)


def waiting(ctx: Context, state: ShipmentState) -> Any:
    """Shipments of the reader's scope in a state, the oldest first."""
    return SHIPMENTS.rows(ctx.actor).filter(state=state.value).order_by("business_date", "id")


def to_pick(ctx: Context) -> dict[str, Any] | None:
    """What waits to be picked."""
    found = list(waiting(ctx, ShipmentState.PLANNED)[:8])
    return {"view": SHIPMENTS, "shipments": found, "all_url": "/shipments/?state=planned"}


def to_ship(ctx: Context) -> dict[str, Any] | None:
    """What is picked and waits for the carrier."""
    found = list(waiting(ctx, ShipmentState.PICKED)[:8])
    return {"view": SHIPMENTS, "shipments": found, "all_url": "/shipments/?state=picked"}


workblock("warehouse", "picking", T("待拣货", "To pick"), "delivery/_waiting.html", context=to_pick, order=10)
workblock(
    "warehouse",
    "shipping",
    T("今天待发货", "To ship today"),
    "delivery/_waiting.html",
    context=to_ship,
    order=20,
)


def _shipped_this_month(ctx: Context) -> Number | None:
    first = ctx.today.replace(day=1)
    rows = SHIPMENTS.rows(ctx.actor).filter(shipped_at__isnull=False, business_date__gte=first)
    return Number(rows.count(), unit="", url="/shipments/")


def _on_the_way(ctx: Context) -> Number | None:
    rows = SHIPMENTS.rows(ctx.actor).filter(state=ShipmentState.SHIPPED.value)
    return Number(rows.count(), unit="", url="/shipments/?state=shipped")


def _returns_wanted(ctx: Context) -> Number | None:
    return Number(
        RETURNS.rows(ctx.actor).filter(state="requested").count(), unit="", url="/returns/?state=requested"
    )


def _to_accept(ctx: Context) -> Number | None:
    rows = SHIPMENTS.rows(ctx.actor).filter(state=ShipmentState.DELIVERED.value)
    return Number(rows.count(), unit="", url="/shipments/?state=delivered")


def _accepted_whole(ctx: Context) -> Number | None:
    """The share of the last 90 days' accepted shipments of which nothing was rejected (clause 5.3.1)."""
    rows = SHIPMENTS.rows(ctx.actor).filter(
        state=ShipmentState.ACCEPTED.value, business_date__gt=ctx.today - QUARTER
    )
    every, broken = rows.count(), rows.filter(lines__rejected__gt=0).distinct().count()
    if not every:
        return None
    share = (Decimal(every - broken) / every).quantize(Decimal("0.001"))
    note = T(f"{every} 单中 {broken} 单有拒收", f"{broken} of {every} with something rejected")
    return Number(share, unit="%", note=note, url="/shipments/?state=accepted")


def _returned_lately(ctx: Context) -> Number | None:
    rows = RETURNS.rows(ctx.actor).filter(business_date__gt=ctx.today - QUARTER)
    return Number(rows.count(), unit="", url="/returns/")


figure("service", T("待验收的发货单", "Deliveries to be accepted"), _to_accept, order=15)
figure("quality", T("90 天整单验收合格率", "Accepted whole, 90 days"), _accepted_whole, order=10)
figure("quality", T("90 天退货单", "Returns, 90 days"), _returned_lately, order=30)
figure("warehouse", T("本月发货单", "Shipments this month"), _shipped_this_month, order=10)
figure("service", T("在途发货单", "Shipments on the way"), _on_the_way, order=10)
for _role in ("service", "quality"):
    figure(_role, T("待收的退货", "Returns to receive"), _returns_wanted, order=20)


def late_arrivals(ctx: Context) -> list[Warning_]:
    """Shipments that should have arrived and that nobody signed for."""
    rows = SHIPMENTS.rows(ctx.actor).filter(state=ShipmentState.SHIPPED.value, expected_on__lt=ctx.today)
    return [
        Warning_(
            T(
                f"{row.number} 应于 {row.expected_on} 到达，尚未签收",
                f"{row.number} was due on {row.expected_on} and is not signed for",
            ),
            f"/shipments/{row.pk}/",
            "late",
            T(
                "请联系承运人或客户，并确认签收。",
                "Ask the carrier or the customer, then confirm the delivery.",
            ),
        )
        for row in rows.order_by("expected_on")[:5]
    ]


def waiting_for_acceptance(ctx: Context) -> list[Warning_]:
    """Deliveries that nobody accepted within seven days: the term that the contracts use."""
    before = ctx.now - timedelta(days=7)
    rows = SHIPMENTS.rows(ctx.actor).filter(state=ShipmentState.DELIVERED.value, delivered_at__lt=before)
    count = rows.count()
    if not count:
        return []
    text = T(
        f"{count} 张发货单签收已超过 7 天未验收",
        f"{count} shipments were delivered over 7 days ago and not accepted",
    )
    return [
        Warning_(
            text,
            "/shipments/?state=delivered",
            "near",
            T("制度 5.3.2：凭验收结算。", "Clause 5.3.2: settled on acceptance."),
        )
    ]


for _role in ("rep", "account_manager", "warehouse", "sales_manager", "regional_manager"):
    warnings(_role, late_arrivals)
for _role in ("rep", "account_manager", "sales_manager", "regional_manager"):
    warnings(_role, waiting_for_acceptance)
