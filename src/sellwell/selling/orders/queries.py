"""Reads of orders that more than one place needs; all of them for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BooleanField, DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from sellwell.kernel.operations import Lock, lock
from sellwell.selling.orders import rules
from sellwell.selling.orders.models import Order, OrderLine, OrderState

COUNTED = (
    "quantity", "cancelled", "reserved", "planned", "shipped", "accepted", "returned", "invoiced", "invoiced_amount",
    "paid_amount",
)  # fmt: skip


_LIVE = "SELECT * FROM orders_orderline WHERE order_id = %s AND NOT is_void ORDER BY position"


def live_lines(order_id: UUID) -> list[OrderLine]:
    """The lines that count, in their order; those replaced while it was a draft are left out."""
    return list(OrderLine.objects.raw(_LIVE, [order_id]))


def lines_at_hand(order: Order) -> list[OrderLine]:
    """The live lines of an order row that an act holds: read once per row, since the order's lock keeps them still."""
    found: list[OrderLine] | None = order.__dict__.get("_live_lines")
    if found is None:
        found = order.__dict__["_live_lines"] = live_lines(order.pk)
    return found


def counters(line: OrderLine) -> rules.Line:
    """A line's counters as the rules read them."""
    return rules.Line(**{name: getattr(line, name) for name in COUNTED})


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What delivery and receivables need to know of a line. `unit_price` is on the order's tax basis."""

    id: UUID
    order_id: UUID
    position: int
    product_id: UUID
    unit_price: Decimal
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    promised_on: date | None
    count: rules.Line


def lines_of(order_ids: Iterable[UUID]) -> dict[UUID, list[LineFacts]]:
    """The live lines of orders with their counters, by order."""
    found: dict[UUID, list[LineFacts]] = {order_id: [] for order_id in order_ids}
    rows = OrderLine.objects.filter(order_id__in=list(found), is_void=False).order_by("order_id", "position")
    for line in rows:
        found[line.order_id].append(
            LineFacts(
                line.id, line.order_id, line.position, line.product_id, line.unit_price, line.tax_rate, line.net,
                line.tax, line.total, line.promised_on, counters(line),
            )
        )  # fmt: skip
    return found


def order_locks(order_ids: Iterable[UUID]) -> list[Lock]:
    """The lock under which an order's counters do not change: for operations on documents that hang on it."""
    return [lock("parent", Order, order_ids)]


def numbers_of(order_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of orders."""
    return dict(Order.objects.filter(pk__in=list(order_ids)).values_list("pk", "number"))


def is_through(order_id: UUID) -> bool:
    """Whether an order is delivered, accepted, invoiced and paid: `orders.close` would not refuse it."""
    lines = live_lines(order_id)
    return bool(lines) and all(counters(line).is_through() for line in lines)


def on_the_way(company_id: UUID) -> QuerySet[Order]:
    """Confirmed orders that are not wholly shipped and accepted."""
    line = OrderLine.objects.filter(order=OuterRef("pk"), is_void=False)
    waiting = line.filter(
        Q(shipped__lt=F("quantity") - F("cancelled")) | Q(shipped__gt=F("accepted") + F("returned"))
    )
    return Order.objects.filter(Exists(waiting), company_id=company_id, state=OrderState.CONFIRMED.value)


# --- progress: computed from the lines, never stored ---------------------------------------------------------------

# For each word whether any line was begun and all lines are done: the same terms as rules.Line.
_REACH = """(
SELECT ARRAY[
    bool_or(l.shipped > 0), bool_and(l.shipped >= l.quantity - l.cancelled),
    bool_or(l.accepted > 0), bool_and(a.done),
    bool_or(l.invoiced > 0), bool_and(i.done),
    bool_or(l.paid_amount > 0), bool_and(i.done AND l.paid_amount >= l.invoiced_amount)]
FROM orders_orderline l
CROSS JOIN LATERAL (SELECT l.shipped >= l.quantity - l.cancelled AND l.accepted + l.returned >= l.shipped AS done) a
CROSS JOIN LATERAL (SELECT a.done AND l.invoiced >= greatest(l.accepted - l.returned, 0) AS done) i
WHERE l.order_id = orders_order.id AND NOT l.is_void)"""

_NEXT = """(
SELECT min(l.promised_on) FROM orders_orderline l
WHERE l.order_id = orders_order.id AND NOT l.is_void AND l.shipped < l.quantity - l.cancelled)"""


def with_progress(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with what the status words are read from, in the same query."""
    return orders.annotate(
        reach=RawSQL(_REACH, [], output_field=ArrayField(BooleanField())),  # noqa: S611 - a constant
        next_promise=RawSQL(_NEXT, [], output_field=DateField()),  # noqa: S611 - a constant
    )


def progress(order: Any) -> rules.Progress:
    """The status words of an order: from the list's query where it was one, else from its lines."""
    found = getattr(order, "reach", None)
    if found is None:
        return rules.progress(counters(line) for line in live_lines(order.pk))
    if not found or found[0] is None:
        return rules.progress([])
    return rules.Progress(*(rules.reach([found[i]], [found[i + 1]]) for i in range(0, 8, 2)))


def next_promise(order: Any) -> date | None:
    """The earliest day promised for what has not left yet."""
    if hasattr(order, "next_promise"):
        found: date | None = order.next_promise
        return found
    days = [n.promised_on for n in live_lines(order.pk) if n.promised_on and not counters(n).is_shipped()]
    return min(days, default=None)


# --- back-orders -------------------------------------------------------------------------------------------------------

_WAITING = """
SELECT l.product_id, sum(l.quantity - l.cancelled - l.shipped - l.reserved)
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE l.company_id = %s AND l.product_id = ANY(%s) AND o.state = 'confirmed' AND NOT l.is_void
  AND l.quantity - l.cancelled - l.shipped > l.reserved
GROUP BY 1
"""


def waiting(company_id: UUID, product_ids: Iterable[UUID]) -> Mapping[UUID, Decimal]:
    """What confirmed orders wait for and have not reserved, by product."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [company_id, list(set(product_ids))])
        return dict(cursor.fetchall())


_FIRST_COME = """
SELECT o.id FROM orders_order o
WHERE o.company_id = %s AND o.state = 'confirmed' AND EXISTS (
    SELECT 1 FROM orders_orderline l
    WHERE l.order_id = o.id AND NOT l.is_void AND l.product_id = ANY(%s)
      AND l.quantity - l.cancelled - l.shipped > l.reserved)
ORDER BY o.confirmed_at, o.id LIMIT %s
"""


def first_come(company_id: UUID, product_ids: Iterable[UUID], limit: int = 500) -> list[UUID]:
    """Orders that wait for any of these products, the earliest confirmed first."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_COME, [company_id, list(set(product_ids)), limit])
        return [row[0] for row in cursor.fetchall()]
