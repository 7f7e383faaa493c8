"""Historic orders: written in their final state, lines with their counters full, in one COPY per table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.kernel.copying import RowsFor
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.selling.orders.models import Order, OrderLine, OrderState


@dataclass(slots=True)
class HistoricLine:
    """One line as it was: amounts in the document's currency."""

    product_id: UUID
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    id: UUID


@dataclass(slots=True)
class HistoricOrder:
    """One order as it was."""

    id: UUID
    number: str
    source_number: str
    customer_id: UUID
    day: date
    region: str
    lines: list[HistoricLine]


def insert(orders: Iterable[HistoricOrder], source: str, currency: str, common: dict[str, Any]) -> None:
    """Write closed orders with all counters at the ordered quantity. `common`: company, owner, scope, created."""
    heads = RowsFor(
        Order, version=1, state=OrderState.CLOSED.value, origin="import", source_name=source, currency=currency,
        tax_inside=True, payment_days=0, channel="online", **common,
    )  # fmt: skip
    lines = RowsFor(OrderLine, version=1, company_id=common["company_id"], price_source="import")
    for order in orders:
        heads.add(
            id=order.id, number=order.number, source_number=order.source_number, customer_id=order.customer_id,
            business_date=order.day, region=order.region, net=sum(line.net for line in order.lines),
            tax=sum(line.tax for line in order.lines), total=sum(line.total for line in order.lines),
        )  # fmt: skip
        for position, line in enumerate(order.lines, start=1):
            full = line.quantity
            lines.add(
                id=line.id, order_id=order.id, position=position, product_id=line.product_id, quantity=full,
                unit_price=line.unit_price, list_price=line.unit_price, tax_rate=line.tax_rate, net=line.net, tax=line.tax,
                total=line.total, planned=full, shipped=full, accepted=full, invoiced=full, invoiced_amount=line.total,
                paid_amount=line.total, promised_on=order.day,
            )  # fmt: skip
    heads.write()
    lines.write()


def new_line(**values: Any) -> HistoricLine:
    """A historic line with its identifier."""
    return HistoricLine(id=new_id(), **values)


_BACK = """
UPDATE orders_order o SET state = 'cancelled', source_name = '', version = version + 1
WHERE o.id IN (SELECT row_id FROM kernel_importeddocument WHERE batch_id = %(batch)s)
RETURNING new.id, jsonb_build_object('state', old.state, 'source_name', old.source_name),
    jsonb_build_object('state', new.state, 'source_name', new.source_name)
"""
_BACK_LINES = """
UPDATE orders_orderline l SET planned = 0, shipped = 0, accepted = 0, invoiced = 0, invoiced_amount = 0, paid_amount = 0,
    cancelled = quantity, version = l.version + 1
WHERE l.order_id IN (SELECT row_id FROM kernel_importeddocument WHERE batch_id = %(batch)s)
"""


def take_back(effects: Effects, batch_id: UUID) -> None:
    """The orders of an import batch are cancelled, their counters back at nothing."""
    effects.execute(Order, _BACK, {"batch": batch_id})
    with connection.cursor() as cursor:
        cursor.execute(_BACK_LINES, {"batch": batch_id})
