"""The measures that delivery posts: `shipped` and `accepted`, net of tax, by line and product.

`accepted` is the revenue of goods and services: what the customer took over. Goods that come back post negative facts
under the return line, dated on the day they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.kernel.effects import Posting
from sellwell.selling.delivery.models import ShipmentLine
from sellwell.selling.delivery.rules import share

SHIPPED, ACCEPTED = "shipped", "accepted"


def shipped(shipment: Any, lines: Iterable[ShipmentLine], day: date) -> list[Posting]:
    """What left the house; the values of an order line's shipments add up to its net amount."""
    found = []
    out: dict[UUID, Decimal] = {}
    for line in lines:
        order_line = line.order_line
        before = out.get(order_line.pk, order_line.shipped - order_line.returned)
        after = out[order_line.pk] = before + line.quantity
        amount = share(order_line.net, after, order_line.quantity) - share(
            order_line.net, before, order_line.quantity
        )
        found.append(_posting(SHIPPED, shipment, line.pk, line, amount, line.quantity, day))
    return found


def accepted(
    shipment: Any, steps: Iterable[tuple[ShipmentLine, Decimal]], kept: Mapping[UUID, Decimal], day: date
) -> list[Posting]:
    """What the customer took over with a shipment; `kept` is what each order line counted before."""
    return _changes(ACCEPTED, shipment, [(line.pk, line, quantity) for line, quantity in steps], kept, day)


def taken_back(
    return_order: Any,
    steps: Iterable[tuple[UUID, ShipmentLine, Decimal, Decimal]],
    kept: Mapping[UUID, Decimal],
    day: date,
) -> list[Posting]:
    """What came back, as (return line, shipment line, quantity, how many of it had been accepted)."""
    steps = list(steps)
    found = _changes(
        ACCEPTED, return_order, [(row, line, -was) for row, line, _, was in steps if was], kept, day
    )
    back: dict[UUID, Decimal] = {}
    for row_id, line, quantity, _ in steps:
        order_line = line.order_line
        before = back.get(order_line.pk, order_line.shipped - order_line.returned)
        after = back[order_line.pk] = before - quantity
        amount = share(order_line.net, after, order_line.quantity) - share(
            order_line.net, before, order_line.quantity
        )
        found.append(_posting(SHIPPED, return_order, row_id, line, amount, -quantity, day))
    return found


def _changes(
    measure: str,
    document: Any,
    steps: Iterable[tuple[UUID, ShipmentLine, Decimal]],
    counted: Mapping[UUID, Decimal],
    day: date,
) -> list[Posting]:
    """One posting per step, each the difference of the order line's shares before and after it."""
    running = dict(counted)
    found = []
    for source, line, quantity in steps:
        order_line = line.order_line
        before = running.get(order_line.pk, Decimal(0))
        after = running[order_line.pk] = before + quantity
        amount = share(order_line.net, after, order_line.quantity) - share(
            order_line.net, before, order_line.quantity
        )
        if quantity:
            found.append(_posting(measure, document, source, line, amount, quantity, day))
    return found


def _posting(
    measure: str,
    document: Any,
    source: UUID,
    line: ShipmentLine,
    amount: Decimal,
    quantity: Decimal,
    day: date,
) -> Posting:
    return Posting(
        measure=measure,
        amount=amount,
        source=source,
        happened_on=day,
        document=document,
        quantity=quantity,
        customer_id=document.customer_id,
        product_id=line.product_id,
        product_line=line.product.product_line,
        channel=document.order.channel,
        currency=document.order.currency,
    )
