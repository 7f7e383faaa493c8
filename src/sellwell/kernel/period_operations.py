"""Posting months: closed once their figures are final, opened again only with a reason.

A number is recorded in the month in which it is written, whenever it happened; so what belongs to a closed month and
comes late is recorded in the open one. Closing takes the month's row against every posting that reads it FOR SHARE:
it waits for those under way, and those that come after are refused.
"""

from __future__ import annotations

from typing import Any

from sellwell.kernel import access
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Input, ShortText, field
from sellwell.kernel.models import PeriodState, PostingPeriod
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import Column, view

EARLIER_OPEN = Reason(
    "period.earlier_open",
    T("{month} 还未结账。请按月份先后结账。", "{month} is still open. Close the months in their order."),
)
LATER_CLOSED = Reason(
    "period.later_closed",
    T("{month} 已结账。请先打开较晚的月份。", "{month} is closed. Open the later month first."),
)
NOT_YET = Reason(
    "period.not_yet",
    T("{month} 还没有开始，不能结账。", "{month} has not begun; it cannot be closed yet."),
)
STILL_RUNNING = Reason(
    "period.still_running",
    T(
        "{month} 还没有结束。结账后直到下月，发货、验收、收款都不能入账。",
        "{month} is not over. Until next month no shipment, acceptance or receipt can be posted.",
    ),
)

PERIODS = view(
    "periods.view",
    T("会计月份", "Posting months"),
    PostingPeriod,
    [
        Column("month", T("月份", "Month"), "code", value=str),
        Column(
            "since",
            T("首日", "First day"),
            "date",
            path="month",
            sortable=True,
            filterable=True,
            in_list=False,
        ),
        Column("state", T("状态", "State"), "state", path="state", states=PeriodState, filterable=True),
        Column("closed_at", T("结账时间", "Closed"), "datetime", path="closed_at"),
    ],
    url="periods",
    help=T(
        "数字记在哪个月。结账后不能再记入该月；迟到的数字记在未结账的月份。",
        "The months that numbers are recorded in. Once one is closed, late numbers go to the open one.",
    ),
    label=str,
    order=("-month", "-id"),
    states=PeriodState,
)


def _neighbour(period: PostingPeriod, **wanted: Any) -> PostingPeriod | None:
    """The nearest month of the company that the conditions mean."""
    return PostingPeriod.objects.filter(company_id=period.company_id, **wanted).order_by("month").first()


def assess_close(period: PostingPeriod, given: Any, ctx: Context) -> Assessment:
    """The month has begun and none before it is open. One that still runs is warned about."""
    objections = []
    earlier = _neighbour(period, month__lt=period.month, state=PeriodState.OPEN.value)
    if earlier is not None:
        objections.append(EARLIER_OPEN.refuse(month=str(earlier)))
    this_month = ctx.today.replace(day=1)
    if period.month > this_month:
        objections.append(NOT_YET.refuse(month=str(period)))
    elif period.month == this_month:
        objections.append(STILL_RUNNING.warn(month=str(period)))
    return Assessment(content={"month": period.month.isoformat()}, objections=tuple(objections))


@operation(
    "periods.close",
    T("结账", "Close month"),
    PostingPeriod,
    help=T("该月的数字定稿，不再记入。", "The month's figures are final; nothing more is recorded in it."),
    from_states=[PeriodState.OPEN],
    assess=assess_close,
)
def close(period: PostingPeriod, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Close a month. The door holds its row against every posting."""
    effects = Effects(result=period)
    effects.update(period, state=PeriodState.CLOSED.value, closed_at=ctx.now)
    return effects


class Reopen(Input):
    """Why figures that were final are opened."""

    reason: ShortText = field(T("原因", "Reason"), min_length=1)


def assess_reopen(period: PostingPeriod, given: Reopen | None, ctx: Context) -> Assessment:
    """Only the latest closed month: what follows rests on it."""
    objections = []
    later = _neighbour(period, month__gt=period.month, state=PeriodState.CLOSED.value)
    if later is not None:
        objections.append(LATER_CLOSED.refuse(month=str(later)))
    return Assessment(content={"month": period.month.isoformat()}, objections=tuple(objections))


@operation(
    "periods.reopen",
    T("打开月份", "Open month again"),
    PostingPeriod,
    help=T("说明原因后重新打开已结账的月份。", "Open a closed month again, with the reason."),
    input=Reopen,
    from_states=[PeriodState.CLOSED],
    assess=assess_reopen,
    danger=True,
)
def reopen(period: PostingPeriod, given: Reopen, ctx: Context, assessment: Assessment) -> Effects:
    """Open a month again."""
    effects = Effects(result=period)
    effects.update(period, state=PeriodState.OPEN.value, closed_at=None)
    return effects


access.grant(
    ["periods.view"], finance="company", administrator="company", executive="company", auditor="company"
)
access.grant(["periods.close", "periods.reopen"], finance="company", administrator="company")
