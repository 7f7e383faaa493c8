"""Goods come back: a reversal of what was shipped, in stock, counters and facts. The credit follows by reaction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.stock import moves as stock
from sellwell.foundation.stock.queries import level_locks
from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.inputs import Input, Nothing, Quantity, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import ZERO, Objection, Reason, T
from sellwell.selling.delivery import facts, queries
from sellwell.selling.delivery.models import (
    Return,
    ReturnLine,
    ReturnState,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from sellwell.selling.delivery.operations.accepting import recognise
from sellwell.selling.delivery.rules import judge_return, kept, share
from sellwell.selling.orders import moves as orders

NOT_DELIVERED = Reason(
    "delivery.not_delivered",
    T(
        "货物尚未签收，不能退货；未发出的请取消发货单。",
        "Not delivered yet. What has not left is cancelled, not returned.",
    ),
)
NOTHING_TO_RETURN = Reason(
    "delivery.nothing_to_return", T("没有可退的数量。", "Nothing is left that could come back.")
)


class ReturnedLine(Input):
    """So many of a shipment line come back."""

    line: Ref("delivery.shipmentline") = field(T("发货行", "Shipment line"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("数量", "Quantity"))
    restock: bool = field(T("可再售", "Fit for sale"), True)


class RequestReturn(Input):
    """What comes back and why. Without lines: everything that was rejected at acceptance."""

    shipment: Ref("delivery.shipment") = field(T("发货单", "Shipment"))  # type: ignore[valid-type]
    reason: ShortText = field(T("原因", "Reason"), min_length=1)
    lines: list[ReturnedLine] = field(
        T("明细", "Lines"),
        default_factory=list,
        max_length=500,
        help=T("留空：全部拒收的", "Empty: all rejected goods"),
    )


def assess_request(row: None, given: RequestReturn, ctx: Context) -> Assessment:
    """Whether so much can still come back, and what it is worth with tax."""
    shipment = Shipment.objects.select_related("customer", "order").get(pk=given.shipment)
    lines = {line.pk: line for line in queries.lines_of(shipment)}
    coming = queries.on_their_way_back(shipment.pk)
    back = {pk: line.returned + coming.get(pk, Decimal(0)) for pk, line in lines.items()}
    wanted = [(ln.line, ln.quantity, ln.restock) for ln in given.lines] or [
        (pk, line.rejected - back[pk], True) for pk, line in lines.items() if line.rejected > back[pk]
    ]
    objections: list[Objection] = []
    if shipment.state not in (ShipmentState.DELIVERED.value, ShipmentState.ACCEPTED.value):
        objections.append(NOT_DELIVERED.refuse("shipment"))
    elif not wanted:
        objections.append(NOTHING_TO_RETURN.refuse("lines"))
    free = {pk: (line.quantity, back[pk]) for pk, line in lines.items()}
    objections += judge_return(free, [(pk, quantity) for pk, quantity, _ in wanted])
    total = sum((_worth(lines[pk], quantity) for pk, quantity, _ in wanted if pk in lines), ZERO)
    content = {
        "shipment": str(shipment.pk),
        "customer": str(shipment.customer_id),
        "amount": total,
        "lines": [{"line": str(pk), "quantity": quantity} for pk, quantity, _ in wanted],
    }
    return Assessment(content=content, carry=(shipment, lines, wanted, total), objections=tuple(objections))


def _worth(line: ShipmentLine, quantity: Decimal) -> Decimal:
    return share(line.order_line.total, quantity, line.order_line.quantity)


def locks_of_request(row: None, given: RequestReturn, ctx: Context) -> list[Lock]:
    """The shipment: two requests never take back the same goods."""
    return [lock("parent", Shipment, [given.shipment])]


@operation(
    "delivery.request_return",
    T("申请退货", "Request return"),
    Return,
    input=RequestReturn,
    creates=True,
    parent="shipment",
    assess=assess_request,
    lock_keys=locks_of_request,
    clauses=["5.3.1", "1.1.5"],
    help=T(
        "客户要退货，或验收时有拒收：通知仓库收货。", "The customer sends goods back: the warehouse is told."
    ),
)
def request_return(row: None, given: RequestReturn, ctx: Context, assessment: Assessment) -> Effects:
    """The return with its lines; the warehouse is told to expect it."""
    shipment, lines, wanted, total = assessment.carry
    made = drafting.document(
        Return,
        ctx,
        "RT",
        ReturnState.REQUESTED,
        after=shipment,
        shipment=shipment,
        order=shipment.order,
        customer=shipment.customer,
        warehouse_id=shipment.warehouse_id,
        reason=given.reason,
        total=total,
    )
    rows = [
        ReturnLine(
            company_id=made.company_id,
            return_order=made,
            shipment_line_id=pk,
            product_id=lines[pk].product_id,
            quantity=quantity,
            restock=restock,
        )
        for pk, quantity, restock in wanted
    ]
    effects = Effects(result=made)
    effects.insert(made, *rows)
    effects.links.append((shipment, made))
    effects.search.append(made)
    effects.tasks.append(
        NewTask("delivery.receive_return", made, role="warehouse", working_hours=Decimal(40))
    )
    return effects


@operation(
    "delivery.cancel_return",
    T("取消退货", "Cancel return"),
    Return,
    input=Nothing,
    from_states=[ReturnState.REQUESTED],
    danger=True,
    help=T("客户不退了；仅限收货之前。", "The goods do not come after all; only before they have arrived."),
)
def cancel_return(row: Return, given: Nothing, ctx: Context, assessment: Assessment) -> Effects:
    """Nothing comes back after all."""
    effects = Effects()
    effects.update(row, state=ReturnState.CANCELLED.value)
    effects.drop_tasks.append(row.pk)
    return effects


def locks_of_receipt(row: Return, given: Any, ctx: Context) -> list[Lock]:
    """The shipment and the order whose counters move, and the levels that the goods come into."""
    products = row.lines.filter(product__kind="goods", restock=True).values_list("product_id", flat=True)
    return [
        *queries.shipment_locks(row),
        *queries.order_locks([row.order_id]),
        *level_locks(ctx.company_id, products),
    ]


_RETURNED = """
UPDATE delivery_shipmentline s SET returned = s.returned + v.quantity, version = s.version + 1
FROM unnest(%s::uuid[], %s::numeric[]) AS v(id, quantity)
WHERE s.id = v.id RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


@operation(
    "delivery.receive_return",
    T("退货入库", "Receive return"),
    Return,
    input=Nothing,
    from_states=[ReturnState.REQUESTED],
    lock_keys=locks_of_receipt,
    clauses=["5.3.1"],
    help=T(
        "退货到仓：可再售的入库，冲回已确认的收入，随后自动生成红字发票申请。",
        "The goods are back: those fit for sale go into stock, revenue is taken back, the credit follows by itself.",
    ),
)
def receive_return(row: Return, given: Nothing, ctx: Context, assessment: Assessment) -> Effects:
    """Stock in, counters and facts back; the credit follows by reaction."""
    lines = queries.return_lines_of(row)
    effects = Effects()
    effects.update(row, state=ReturnState.RECEIVED.value, received_at=ctx.now)
    _reverse(effects, ctx, row, lines)
    _goods_in(effects, ctx, row, lines)
    effects.events.append(
        NewEvent("delivery.return_received", {"return": str(row.pk), "order": str(row.order_id)})
    )
    return effects


def _reverse(effects: Effects, ctx: Context, row: Return, lines: list[ReturnLine]) -> None:
    """Facts and money of what had been accepted; goods that were refused never counted."""
    before = queries.kept_by_order_line(source_of(line).order_line_id for line in lines)
    steps = [(line.pk, source_of(line), line.quantity, _was_accepted(line)) for line in lines]
    postings = facts.taken_back(row, steps, before, ctx.today)
    effects.facts += postings
    net = sum((p.amount for p in postings if p.measure == facts.ACCEPTED), ZERO)
    if any(was for _, _, _, was in steps):
        recognise(effects, ctx, row, net)


def source_of(line: ReturnLine) -> ShipmentLine:
    """The shipment line that goods came from: only imported returns name none, and those are through."""
    source: Any = line.shipment_line
    return source  # type: ignore[no-any-return]


def _was_accepted(line: ReturnLine) -> Decimal:
    """How many of a return line the customer had taken over."""
    source = source_of(line)
    before = kept(source.quantity, source.accepted, source.returned)
    return before - kept(source.quantity, source.accepted, source.returned + line.quantity)


def _goods_in(effects: Effects, ctx: Context, row: Return, lines: list[ReturnLine]) -> None:
    """Counters and stock, one statement per table. What cannot be sold again does not come into stock."""
    ids: list[UUID] = [source_of(line).pk for line in lines]
    effects.execute(ShipmentLine, _RETURNED, [ids, [line.quantity for line in lines]])
    orders.count(
        effects, ctx, [(source_of(line).order_line_id, {"returned": line.quantity}) for line in lines]
    )
    back = [
        (source_of(ln).order_line_id, row.warehouse_id, ln.product_id, ln.quantity)
        for ln in lines
        if ln.restock and ln.product.kind == "goods"
    ]
    if back:
        stock.take_in(effects, ctx, row.pk, "return", back)
