"""Confirming orders (clause 5.2.2): price by rule, credit, available-to-promise and contract quantity, in one transaction.

Every look and every write is for all lines at once. Credit and floor prices are guards of other rooms, bound by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.catalog.queries import ProductFacts
from sellwell.foundation.stock import moves as stock
from sellwell.foundation.stock.queries import Promise, Want, level_locks, promise
from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.inputs import plain
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.contracts import lines as pricing
from sellwell.selling.contracts import moves as contracts
from sellwell.selling.contracts.lines import MANUAL, Agreed, Priced, PricedWant, price_lines
from sellwell.selling.contracts.queries import AgreedLine, agreed_lines, contract_locks
from sellwell.selling.orders import building, facts, policies, queries, rules
from sellwell.selling.orders.models import Order, OrderLine, OrderState

PRICE_CHANGED = Reason(
    "orders.price_changed",
    T(
        "第 {row} 行：单价 {unit_price} 与今天的价格 {today} 不一致（{why}）。请修改订单，按新价重算。",
        "Line {row}: the price {unit_price} is not today's price of {today} ({why}). Change the order to price it again.",
    ),
)
TAX_CHANGED = Reason(
    "orders.tax_changed",
    T(
        "第 {row} 行：税率已变为 {rate}。请修改订单，重算税额。",
        "Line {row}: the tax rate is now {rate}. Change the order to compute its tax again.",
    ),
)
BACK_ORDER = Reason(
    "orders.back_order",
    T(
        "第 {row} 行：缺货 {short}，预计 {day} 可全部交付。",
        "Line {row}: {short} are not in stock; all of it is promised for {day}.",
    ),
)
LATE = Reason(
    "orders.later_than_wanted",
    T(
        "第 {row} 行：最早 {day} 可交付，晚于客户要求的 {wanted}。",
        "Line {row}: {day} at the earliest, later than the {wanted} that the customer wants.",
    ),
)
PLAN_HOURS = Decimal(8)


@dataclass(frozen=True, slots=True)
class Look:
    """What a confirmation found out, for its handler."""

    lines: list[OrderLine]
    products: Mapping[UUID, ProductFacts]
    promises: Mapping[Any, Promise]


def lock_confirm(order: Order, _given: Any, ctx: Context) -> list[Lock]:
    """The contract (quantities left), then stock by product; the credit guard locks the exposure between."""
    lines = queries.lines_at_hand(order)
    return [
        *contract_locks(order.contract_id),
        *level_locks(order.company_id, [line.product_id for line in lines]),
    ]


def assess_confirm(order: Order, _given: Any, ctx: Context) -> Assessment:
    """Prices as of today, what the contract has left, and what can be promised when."""
    lines = queries.lines_at_hand(order)
    if not lines:
        return Assessment(objections=(building.NO_LINES.refuse(path="lines"),))
    agreed = agreed_lines(order.contract_id) if order.contract_id else {}
    priced = _price_again(order, lines, agreed, ctx)
    objections = [*priced.objections, *_differing(lines, priced), *_left(lines, agreed)]
    promises = promise(order.company_id, wants_of(lines, priced.products), ctx.today)
    objections += _promised(order, lines, promises)
    return Assessment(
        content=building.content(order, lines),
        context={"promises": [image_of(line, promises[line.pk]) for line in lines]},
        carry=Look(lines, priced.products, promises),
        objections=tuple(objections),
    )


def image_of(line: OrderLine, found: Promise) -> dict[str, Any]:
    return {"line": str(line.pk), "short": found.short, "promised_on": found.promised_on}


def wants_of(lines: Sequence[OrderLine], known: Mapping[UUID, ProductFacts]) -> list[Want]:
    """What each line still waits for; services are no matter of stock."""
    return [
        Want(
            line.pk, line.product_id, queries.counters(line).waiting, known[line.product_id].lead_days,
            known[line.product_id].is_stocked,
        )
        for line in lines
    ]  # fmt: skip


def _price_again(
    order: Order, lines: Sequence[OrderLine], agreed: Mapping[UUID, AgreedLine], ctx: Context
) -> Priced:
    """The lines as the rules of today would price them."""
    wants = {place: _want(line, agreed) for place, line in enumerate(lines)}
    return price_lines(ctx, order.customer, wants, contract_id=order.contract_id, tax_inside=order.tax_inside)


def _differing(lines: Sequence[OrderLine], priced: Priced) -> list[Objection]:
    """Lines that have another price or another tax rate today: both are refused, never changed in silence."""
    return [o for place, found in priced.lines.items() for o in _differs(place, lines[place], found)]


def _want(line: OrderLine, agreed: Mapping[UUID, AgreedLine]) -> pricing.Want:
    price = None
    if line.contract_line_id is not None:
        price = building.contract_price(agreed[line.contract_line_id])
    elif line.price_source == "quotation":
        price = Agreed(line.unit_price, line.list_price, "quotation", T("报价单的价格", "The quoted price"))
    typed = line.unit_price if line.price_source == MANUAL else None
    return pricing.Want(line.product_id, line.quantity, typed, price)


def _differs(place: int, line: OrderLine, found: PricedWant) -> list[Objection]:
    row, path = place + 1, f"lines.{place}.unit_price"
    if found.unit_price != line.unit_price:
        return [
            PRICE_CHANGED.refuse(
                path=path, row=row, unit_price=line.unit_price, today=found.unit_price, why=found.why
            )
        ]
    if found.product.tax_rate != line.tax_rate:
        return [TAX_CHANGED.refuse(path=path, row=row, rate=found.product.tax_rate)]
    return []


def _left(lines: Sequence[OrderLine], agreed: Mapping[UUID, AgreedLine]) -> list[Objection]:
    """Lines for which the contract has not enough left; several lines may share one of the contract's."""
    left = {line.id: line.left for line in agreed.values()}
    found = []
    for place, line in enumerate(lines):
        if line.contract_line_id is None:
            continue
        there = left[line.contract_line_id]
        left[line.contract_line_id] = there - line.quantity
        if there < line.quantity:
            path = f"lines.{place}.quantity"
            found.append(
                building.NOT_LEFT.refuse(
                    path=path, row=place + 1, left=max(there, Decimal(0)), wanted=line.quantity
                )
            )
    return found


def _promised(order: Order, lines: Sequence[OrderLine], promises: Mapping[Any, Promise]) -> list[Objection]:
    """What the user should know: back-orders and days later than wanted."""
    found = []
    for place, line in enumerate(lines):
        promised, row = promises[line.pk], place + 1
        if promised.short > 0:
            path = f"lines.{place}.quantity"
            found.append(BACK_ORDER.warn(path=path, row=row, short=promised.short, day=promised.promised_on))
        if order.requested_on is not None and promised.promised_on > order.requested_on:
            path = f"lines.{place}.product"
            found.append(LATE.warn(path=path, row=row, day=promised.promised_on, wanted=order.requested_on))
    return found


_SET = """
UPDATE orders_orderline AS l
SET reserved = l.reserved + d.reserved, promised_on = d.promised_on, unit_cost = coalesce(d.unit_cost, l.unit_cost),
    version = l.version + 1
FROM jsonb_to_recordset(%s) AS d(id uuid, reserved numeric, promised_on date, unit_cost numeric)
WHERE l.order_id = %s AND l.id = d.id
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def set_aside(effects: Effects, ctx: Context, order: Order, look: Look) -> None:
    """Reserve what the promises found and write each line's reservation, day and cost: one statement per table."""
    rows = []
    for line in look.lines:
        found = look.promises[line.pk]
        rows.append(
            {
                "id": str(line.pk),
                "reserved": plain(found.reserved),
                "promised_on": rules.promised_on(found.promised_on, order.requested_on).isoformat(),
                "unit_cost": plain(look.products[line.product_id].cost) if line.unit_cost is None else None,
            }
        )
    stock.reserve(
        effects, ctx,
        [
            (line.pk, warehouse_id, line.product_id, quantity)
            for line in look.lines
            for warehouse_id, quantity in look.promises[line.pk].reserve
        ],
    )  # fmt: skip
    effects.execute(OrderLine, _SET, [json.dumps(rows), order.pk])


@operation(
    "orders.confirm", T("确认订单", "Confirm order"), Order, from_states=[OrderState.DRAFT], assess=assess_confirm,
    lock_keys=lock_confirm, route=policies.ROUTE, clauses=["5.2.2"],
    help=T("核对价格、信用、库存和合同剩余数量；预留库存或给出到货日期。", "Check price, credit, stock and contract; reserve stock or promise a date."),
)  # fmt: skip
def confirm(order: Order, _given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Check price, credit, stock and contract; reserve stock or promise a date."""
    look: Look = assessment.carry
    effects = Effects(result=order)
    set_aside(effects, ctx, order, look)
    contracts.call_off(
        effects, ctx, [(line.contract_line_id, line.quantity) for line in look.lines if line.contract_line_id]
    )
    effects.update(order, state=OrderState.CONFIRMED.value, confirmed_at=ctx.now)
    effects.facts += facts.booked(order, look.lines, look.products, ctx.today)
    effects.events.append(NewEvent("orders.confirmed", {"order": str(order.pk)}))
    effects.tasks += next_tasks(order, look)
    return effects


def next_tasks(order: Order, look: Look) -> list[NewTask]:
    """The warehouse plans what can be delivered now; the owner looks after what is short, on the promised day."""
    tasks = []
    short = [look.promises[line.pk].promised_on for line in look.lines if look.promises[line.pk].short > 0]
    if len(short) < len(look.lines) or any(look.promises[line.pk].reserve for line in look.lines):
        tasks.append(NewTask("delivery.plan_shipment", order, role="warehouse", working_hours=PLAN_HOURS))
    if short:
        due = datetime.combine(max(short), time(18), tzinfo=BUSINESS_ZONE)
        tasks.append(NewTask("orders.promise_again", order, owner_id=order.owner_id, due_at=due))
    return tasks
