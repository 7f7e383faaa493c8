"""How orders end: closed when everything is through, cancelled before shipping, or their rest cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.catalog.queries import products
from sellwell.foundation.stock import moves as stock
from sellwell.foundation.stock.queries import level_locks, reservations
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.contracts import moves as contracts
from sellwell.selling.contracts.queries import contract_locks, is_left
from sellwell.selling.orders import facts, queries
from sellwell.selling.orders.extensions import planned
from sellwell.selling.orders.models import Order, OrderLine, OrderState
from sellwell.selling.orders.moves import count

SHIPPING = Reason(
    "orders.shipping",
    T(
        "已安排发货，不能取消整单。请先取消发货单，或只取消剩余数量。",
        "Shipments are planned. Cancel them first, or cancel only the rest.",
    ),
)
NO_REST = Reason(
    "orders.no_rest",
    T(
        "没有可以取消的剩余数量：全部数量已安排发货。",
        "There is no rest to cancel: everything is in shipments.",
    ),
)
ALL_IS_REST = Reason(
    "orders.all_is_rest",
    T("还没有安排任何发货，请直接取消订单。", "Nothing is in shipments yet: cancel the whole order instead."),
)
NOT_THROUGH = Reason(
    "orders.not_through",
    T(
        "第 {row} 行还没有{missing}，不能完结。",
        "Line {row} is not {missing} yet; the order cannot be closed.",
    ),
)


class WithReason(Input):
    """Why."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


def lock_stock(order: Order, _given: Any, ctx: Context) -> list[Lock]:
    """The contract and the stock levels that get something back."""
    if order.state != OrderState.CONFIRMED:
        return []
    lines = queries.lines_at_hand(order)
    return [
        *contract_locks(order.contract_id),
        *level_locks(order.company_id, [line.product_id for line in lines]),
    ]


# --- close -------------------------------------------------------------------------------------------------------------

STEPS = [
    ("is_shipped", T("全部发货", "fully shipped")),
    ("is_accepted", T("全部验收", "fully accepted")),
    ("is_invoiced", T("全部开票", "fully invoiced")),
    ("is_through", T("全部收款", "fully paid")),
]


def assess_close(order: Order, _given: Any, ctx: Context) -> Assessment:
    """The first thing that each line still lacks."""
    objections = []
    for place, line in enumerate(queries.lines_at_hand(order)):
        counted = queries.counters(line)
        missing = next((words for check, words in STEPS if not getattr(counted, check)()), None)
        if missing is not None:
            objections.append(NOT_THROUGH.refuse(path=f"lines.{place}", row=place + 1, missing=missing))
    return Assessment(objections=tuple(objections))


@operation(
    "orders.close", T("完结订单", "Close order"), Order, from_states=[OrderState.CONFIRMED], assess=assess_close,
    clauses=["5.2.5"],
    help=T("全部发货、验收、开票、收款后完结。", "When everything is shipped, accepted, invoiced and paid."),
)  # fmt: skip
def close(order: Order, _given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """When everything is shipped, accepted, invoiced and paid."""
    effects = Effects(result=order)
    effects.update(order, state=OrderState.CLOSED.value)
    effects.drop_tasks.append(order.pk)
    if order.contract is not None and order.contract.state == "signed" and _was_the_last(order):
        effects.tasks.append(NewTask("contracts.close", order.contract, owner_id=order.contract.owner_id))
    return effects


def _was_the_last(order: Order) -> bool:
    """Whether its contract has nothing left to order and no other order in progress."""
    others = Order.objects.filter(contract=order.contract).exclude(pk=order.pk)
    going = others.filter(state__in=[OrderState.DRAFT.value, OrderState.CONFIRMED.value])
    return not going.exists() and order.contract_id is not None and not is_left(order.contract_id)


# --- cancel ------------------------------------------------------------------------------------------------------------


def assess_cancel(order: Order, _given: Any, ctx: Context) -> Assessment:
    """Nothing may be in a shipment."""
    lines = queries.lines_at_hand(order)
    objections = (SHIPPING.refuse(),) if any(line.planned > 0 for line in lines) else ()
    return Assessment(carry=lines, objections=objections)


@operation(
    "orders.cancel", T("取消订单", "Cancel order"), Order, input=WithReason,
    from_states=[OrderState.DRAFT, OrderState.CONFIRMED], assess=assess_cancel, lock_keys=lock_stock, danger=True,
    clauses=["5.2.2"],
    help=T("发货前取消整单：释放预留、退回合同数量、冲回已记的订单额。", "Before shipping: release stock, give back contract quantities, reverse what was booked."),
)  # fmt: skip
def cancel(order: Order, given: WithReason, ctx: Context, assessment: Assessment) -> Effects:
    """Before shipping: release stock, give back contract quantities, reverse what was booked."""
    lines: list[OrderLine] = assessment.carry
    effects = Effects(result=order)
    if order.state == OrderState.CONFIRMED:
        rests = [(line, queries.counters(line).rest) for line in lines]
        _let_go(effects, ctx, lines, {line.pk: line.reserved for line in lines})
        _count_cancelled(effects, ctx, rests)
        effects.facts += facts.reversals(order, facts.BOOKED, ctx.today)
        effects.events.append(NewEvent("orders.cancelled", {"order": str(order.pk)}))
    effects.update(order, state=OrderState.CANCELLED.value)
    effects.drop_tasks.append(order.pk)
    if (
        order.contract is not None and order.contract.state == "signed"
    ):  # what it called off is left to order again
        effects.tasks.append(NewTask("orders.create", order.contract, owner_id=order.contract.owner_id))
    return effects


def _let_go(effects: Effects, ctx: Context, lines: Iterable[OrderLine], most: dict[UUID, Decimal]) -> None:
    """Release up to `most` of each line's reservations, leaving to open shipments what they hold."""
    wanted = [line for line in lines if most[line.pk] > 0]
    held: dict[tuple[UUID, UUID], Decimal] = {}
    for _, holds in planned:
        held |= holds([line.pk for line in wanted])
    there = reservations([line.pk for line in wanted])
    released = []
    for line in wanted:
        missing = most[line.pk]
        for warehouse_id, quantity in there.get(line.pk, []):
            free = min(missing, quantity - held.get((line.pk, warehouse_id), Decimal(0)))
            if free > 0:
                released.append((line.pk, warehouse_id, line.product_id, free))
                missing -= free
    stock.release(effects, ctx, released)
    count(effects, ctx, [(line_id, {"reserved": -quantity}) for line_id, _, _, quantity in released])


def _count_cancelled(effects: Effects, ctx: Context, rests: Sequence[tuple[OrderLine, Decimal]]) -> None:
    """Count the rests as cancelled and give them back to the contract."""
    gone = [(line, rest) for line, rest in rests if rest > 0]
    count(effects, ctx, [(line.pk, {"cancelled": rest}) for line, rest in gone])
    contracts.give_back(
        effects, ctx, [(line.contract_line_id, rest) for line, rest in gone if line.contract_line_id]
    )


# --- the rest ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of each line to cancel."""

    lines: list[tuple[OrderLine, Decimal]]


def assess_cancel_rest(order: Order, _given: Any, ctx: Context) -> Assessment:
    """What is in no shipment, line by line."""
    lines = queries.lines_at_hand(order)
    rests = [(line, rest) for line in lines if (rest := queries.counters(line).rest) > 0]
    objections: tuple[Objection, ...] = ()
    if not rests:
        objections = (NO_REST.refuse(),)
    elif not any(line.planned > 0 for line in lines):
        objections = (ALL_IS_REST.refuse(),)
    return Assessment(
        content={"rest": [{"line": str(line.pk), "quantity": rest} for line, rest in rests]},
        carry=Rest(rests),
        objections=objections,
    )


@operation(
    "orders.cancel_rest", T("取消剩余数量", "Cancel the rest"), Order, input=WithReason,
    from_states=[OrderState.CONFIRMED], assess=assess_cancel_rest, lock_keys=lock_stock, danger=True, clauses=["5.2.2"],
    help=T("取消尚未安排发货的数量，已发货的部分继续履行。", "Cancel what is in no shipment; what was shipped goes on."),
)  # fmt: skip
def cancel_rest(order: Order, given: WithReason, ctx: Context, assessment: Assessment) -> Effects:
    """Cancel what is in no shipment; what was shipped goes on."""
    rest: Rest = assessment.carry
    lines = [line for line, _ in rest.lines]
    effects = Effects(result=order)
    known = products([line.product_id for line in lines], order.company_id, ctx.today)
    effects.facts += facts.cancelled(order, rest.lines, known, ctx.today)
    _let_go(effects, ctx, lines, {line.pk: queries.counters(line).free_reserved for line in lines})
    _count_cancelled(effects, ctx, rest.lines)
    effects.events.append(NewEvent("orders.rest_cancelled", {"order": str(order.pk)}))
    return effects


# --- comment -----------------------------------------------------------------------------------------------------------


class Comment(Input):
    """A note for the timeline."""

    text: Text = field(T("备注", "Note"), min_length=1)


@operation(
    "orders.comment", T("写备注", "Comment"), Order, input=Comment, while_held=True, menu=False,
    help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment(order: Order, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """Write a note on the timeline."""
    return Effects(result=order)
