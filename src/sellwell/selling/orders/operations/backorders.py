"""Back-orders: what was promised for a day is reserved when goods come (clause 5.2.2)."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.catalog.queries import products
from sellwell.foundation.stock.queries import promise
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import Order, OrderState
from sellwell.selling.orders.operations.confirming import (
    Look,
    image_of,
    lock_confirm,
    next_tasks,
    set_aside,
    wants_of,
)

NOTHING_NEW = Reason(
    "orders.nothing_to_reserve",
    T(
        "没有可以补充预留的库存。到货后系统会自动预留。",
        "There is nothing more to reserve now. When goods come, they are reserved by themselves.",
    ),
)


def assess_again(order: Order, _given: Any, ctx: Context) -> Assessment:
    """What stock has come for the lines that wait."""
    lines = [line for line in queries.live_lines(order.pk) if queries.counters(line).waiting > 0]
    known = products([line.product_id for line in lines], order.company_id, ctx.today)
    lines = [line for line in lines if known[line.product_id].is_stocked]
    promises = promise(order.company_id, wants_of(lines, known), ctx.today)
    for line in lines:
        found = promises[line.pk]
        # A day that was promised and can still be kept stays: the customer was told.
        if found.short > 0 and line.promised_on is not None and line.promised_on >= ctx.today:
            found.promised_on = line.promised_on
    gained = any(promises[line.pk].reserve for line in lines)
    moved = any(promises[line.pk].promised_on != line.promised_on for line in lines)
    return Assessment(
        context={"promises": [image_of(line, promises[line.pk]) for line in lines]},
        carry=Look(lines, known, promises),
        objections=() if gained or moved else (NOTHING_NEW.refuse(),),
    )


@operation(
    "orders.promise_again", T("重新承诺交期", "Promise again"), Order, from_states=[OrderState.CONFIRMED],
    assess=assess_again, lock_keys=lock_confirm, while_held=True, clauses=["5.2.2"],
    help=T("到货后为缺货的明细预留库存，或给出新的日期。", "Reserve what has come for back-ordered lines, or give a new date."),
)  # fmt: skip
def promise_again(order: Order, _given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Reserve what has come for back-ordered lines, or give a new date."""
    look: Look = assessment.carry
    effects = Effects(result=order)
    set_aside(effects, ctx, order, look)
    effects.tasks += next_tasks(order, look)
    return effects
