"""The customer takes over what was delivered: revenue, and the basis of every invoice (clauses 5.3.1, 5.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.profiles.queries import allowed
from sellwell.kernel import clock
from sellwell.kernel.effects import Effects, NewEvent, NewTask, Posting
from sellwell.kernel.inputs import Input, Name, Quantity, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import ZERO, Objection, Reason, T
from sellwell.selling.delivery import facts, queries
from sellwell.selling.delivery.extensions import Recognised, on_recognised
from sellwell.selling.delivery.models import AcceptanceKind, Return, Shipment, ShipmentLine, ShipmentState
from sellwell.selling.delivery.operations.planning import locks_of_order
from sellwell.selling.delivery.rules import judge_acceptance
from sellwell.selling.orders import moves as orders

ACCEPTED_TOO_EARLY = Reason(
    "delivery.accepted_before_delivery",
    T("验收日期不能早于签收日期。", "It cannot be accepted before it was delivered."),
)
ACCEPTED_IN_FUTURE = Reason(
    "delivery.accepted_in_future",
    T("验收日期不能晚于今天。", "The day of acceptance cannot lie after today."),
)


class RejectedLine(Input):
    """So many of a line that the customer does not take."""

    line: Ref("delivery.shipmentline") = field(T("行", "Line"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("拒收数量", "Rejected"))


# Which way of acceptance counts where nobody says one: the first that the industry profiles allow.
USUAL = {
    "goods": (AcceptanceKind.INSPECTION, AcceptanceKind.RECEIPT, AcceptanceKind.ONLINE),
    "service": (AcceptanceKind.CONFIRMATION, AcceptanceKind.ONLINE, AcceptanceKind.INSPECTION),
}


class Accept(Input):
    """Who accepted, when, how, and what was rejected; all the rest was accepted."""

    accepted_by: Name = field(T("验收人", "Accepted by"), max_length=80)
    accepted_on: date | None = field(T("验收日期", "Accepted on"), None, T("留空：今天", "Empty: today"))
    how: AcceptanceKind | None = field(
        T("验收方式", "Way of acceptance"), None,
        help=T("留空：货物验货验收，服务由客户确认。", "Empty: goods by inspection, services by confirmation."),
    )  # fmt: skip
    rejected: list[RejectedLine] = field(
        T("拒收", "Rejected"),
        default_factory=list,
        max_length=500,
        help=T("留空：全部合格", "Empty: all accepted"),
    )


def assess_accept(shipment: Shipment, given: Accept | None, ctx: Context) -> Assessment:
    """Accepted and rejected per line, with what the accepted part is worth net of tax."""
    lines = queries.lines_of(shipment)
    rejected = [(r.line, r.quantity) for r in given.rejected] if given else []
    judged, found = judge_acceptance({line.pk: line.quantity - line.returned for line in lines}, rejected)
    objections: list[Objection] = list(found)
    accepted_on = (given.accepted_on if given else None) or ctx.today
    if accepted_on > ctx.today:
        objections.append(ACCEPTED_IN_FUTURE.refuse("accepted_on"))
    if shipment.delivered_at is not None and accepted_on < clock.business_day(shipment.delivered_at):
        objections.append(ACCEPTED_TOO_EARLY.refuse("accepted_on"))
    kept = queries.kept_by_order_line(line.order_line_id for line in lines)
    steps = [(line, judged[line.pk][0]) for line in lines]
    postings = facts.accepted(shipment, steps, kept, accepted_on)
    how = (given.how if given else None) or _usual(lines, ctx)
    content = {
        "customer": str(shipment.customer_id),
        "how": how.value,
        "net": _net(postings),
        "accepted_on": accepted_on,
        "lines": [{"line": str(key), "accepted": yes, "rejected": no} for key, (yes, no) in judged.items()],
    }
    return Assessment(
        content=content, carry=(lines, judged, postings, accepted_on, how), objections=tuple(objections)
    )


def _usual(lines: list[ShipmentLine], ctx: Context) -> AcceptanceKind:
    """The way that goods, or services alone, are accepted in here; where none is allowed the guard refuses the usual one."""
    services = all(line.product.kind == "service" for line in lines)
    ways = USUAL["service" if services else "goods"]
    open_to_us = allowed(ctx.company_id, "delivery.acceptance", ctx.today)
    return next((way for way in ways if way.value in open_to_us), ways[0])


def _net(postings: list[Posting]) -> Decimal:
    return sum((posting.amount for posting in postings), ZERO)


_JUDGED = """
UPDATE delivery_shipmentline s SET accepted = v.accepted, rejected = v.rejected, version = s.version + 1
FROM unnest(%s::uuid[], %s::numeric[], %s::numeric[]) AS v(id, accepted, rejected)
WHERE s.id = v.id RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


@operation(
    "delivery.accept",
    T("验收", "Accept"),
    Shipment,
    input=Accept,
    from_states=[ShipmentState.DELIVERED],
    assess=assess_accept,
    lock_keys=locks_of_order,
    clauses=["1.1.4", "5.2.5", "5.3.1", "5.3.2"],
    help=T(
        "登记客户验收结果：合格部分确认收入并可开票，拒收部分退回。",
        "The customer's verdict: what is accepted is revenue and may be invoiced, what is rejected comes back.",
    ),
)
def accept(shipment: Shipment, given: Accept, ctx: Context, assessment: Assessment) -> Effects:
    """Quantities, facts, and what money follows; rejected goods are to be returned."""
    lines, judged, postings, accepted_on, how = assessment.carry
    effects = Effects()
    effects.update(
        shipment, state=ShipmentState.ACCEPTED.value, accepted_on=accepted_on, accepted_by=given.accepted_by,
        accepted_how=how.value,
    )  # fmt: skip
    _count(effects, ctx, lines, judged)
    effects.facts += postings
    if any(yes for yes, _ in judged.values()):
        recognise(effects, ctx, shipment, _net(postings))
    if any(no for _, no in judged.values()):
        effects.tasks.append(NewTask("delivery.request_return", shipment, owner_id=shipment.owner_id))
    effects.events.append(
        NewEvent("delivery.accepted", {"shipment": str(shipment.pk), "order": str(shipment.order_id)})
    )
    return effects


def _count(
    effects: Effects, ctx: Context, lines: list[ShipmentLine], judged: Mapping[UUID, tuple[Decimal, Decimal]]
) -> None:
    ids = list(judged)
    effects.execute(ShipmentLine, _JUDGED, [ids, [judged[i][0] for i in ids], [judged[i][1] for i in ids]])
    counts = [(line.order_line_id, {"accepted": judged[line.pk][0]}) for line in lines if judged[line.pk][0]]
    if counts:
        orders.count(effects, ctx, counts)


def recognise(effects: Effects, ctx: Context, document: Shipment | Return, net: Decimal) -> None:
    """Tell the rooms that keep money what this means, in the same transaction."""
    recognised = Recognised(document, document.customer_id, net)
    for _, function in on_recognised:
        function(effects, ctx, recognised)
