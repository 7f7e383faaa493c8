"""Reads of delivery: what can go out, what was accepted and is still there, what others may invoice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from sellwell.kernel.operations import Lock, lock
from sellwell.kernel.values import Period
from sellwell.selling.delivery.facts import ACCEPTED
from sellwell.selling.delivery.models import Return, ReturnLine, Shipment, ShipmentLine
from sellwell.selling.delivery.rules import Plannable

# The rows that our foreign keys lead to; their columns are read, never written, here.
ORDER: Any = Shipment._meta.get_field("order").related_model
ORDER_LINE: Any = ShipmentLine._meta.get_field("order_line").related_model
RETURN: Any = Return

# Goods: reserved per warehouse less what waits in shipments there. Services: what is ordered and not planned.
_PLANNABLE = """
WITH held AS (
  SELECT m.line_id, m.warehouse_id, sum(m.quantity) AS quantity
  FROM stock_reservationmove m JOIN orders_orderline l ON l.id = m.line_id WHERE l.order_id = %s GROUP BY 1, 2
), waiting AS (
  SELECT s.order_line_id, h.warehouse_id, sum(s.quantity) AS quantity
  FROM delivery_shipmentline s JOIN delivery_shipment h ON h.id = s.shipment_id
  WHERE h.order_id = %s AND h.state IN ('planned', 'picked') GROUP BY 1, 2
)
SELECT l.id, held.warehouse_id, least(
    held.quantity - coalesce(waiting.quantity, 0), l.quantity - l.cancelled - l.planned), l.position
FROM held JOIN orders_orderline l ON l.id = held.line_id
LEFT JOIN waiting ON waiting.order_line_id = held.line_id AND waiting.warehouse_id = held.warehouse_id
WHERE NOT l.is_void
UNION ALL
SELECT l.id, NULL, l.quantity - l.cancelled - l.planned, l.position
FROM orders_orderline l JOIN catalog_product p ON p.id = l.product_id
WHERE l.order_id = %s AND p.kind = 'service' AND NOT l.is_void
ORDER BY 4
"""

_KEPT = """
SELECT order_line_id, sum(greatest(0, least(accepted, quantity - returned)))
FROM delivery_shipmentline WHERE order_line_id = ANY(%s) GROUP BY 1
"""


def customer_of_shipment(shipment_id: UUID) -> UUID:
    """Whose shipment it is."""
    found: UUID = Shipment.objects.values_list("customer_id", flat=True).get(pk=shipment_id)
    return found


def plannable(order_id: UUID) -> list[Plannable]:
    """What of an order can go out now, by line and warehouse, in the order of its lines."""
    with connection.cursor() as cursor:
        cursor.execute(_PLANNABLE, [order_id, order_id, order_id])
        return [
            Plannable(line, warehouse, free) for line, warehouse, free, _ in cursor.fetchall() if free > 0
        ]


def kept_by_order_line(order_line_ids: Iterable[UUID]) -> dict[UUID, Decimal]:
    """How many of each order line were accepted and did not come back."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [list(order_line_ids)])
        return dict(cursor.fetchall())


def lines_of(shipment: Shipment) -> list[ShipmentLine]:
    """A shipment's lines with their order lines and products."""
    return list(shipment.lines.select_related("order_line", "product").order_by("position"))


def return_lines_of(return_order: Return) -> list[ReturnLine]:
    """A return's lines with what they came from."""
    rows = return_order.lines.select_related(
        "shipment_line__order_line", "shipment_line__shipment", "product"
    )
    return list(rows.order_by("shipment_line__position"))


def on_their_way_back(shipment_id: UUID) -> dict[UUID, Decimal]:
    """Quantities of requested returns that have not arrived, by shipment line."""
    rows = ReturnLine.objects.filter(return_order__shipment_id=shipment_id, return_order__state="requested")
    return {
        row["shipment_line_id"]: row["back"]
        for row in rows.values("shipment_line_id").annotate(back=Sum("quantity"))
    }


def order_locks(order_ids: Iterable[UUID | None]) -> list[Lock]:
    """The orders whose counters an act moves."""
    return [lock("parent", ORDER, [order_id for order_id in order_ids if order_id is not None])]


def shipment_locks(row: Return) -> list[Lock]:
    """The shipment that a return takes goods back from."""
    return [lock("parent", Shipment, [row.shipment_id])] if row.shipment_id is not None else []


# --- for the room of receivables ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Billable:
    """A shipment line as invoices see it: what was accepted and kept, what is invoiced, and its order line's terms."""

    shipment_line_id: UUID
    shipment_id: UUID
    order_line_id: UUID
    product_id: UUID
    position: int
    kept: Decimal
    invoiced: Decimal
    ordered: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    net: Decimal
    tax: Decimal

    @property
    def open(self) -> Decimal:
        """Accepted and not invoiced; negative where more is invoiced than the customer kept."""
        return self.kept - self.invoiced


_BILLABLE = """
SELECT s.id, s.shipment_id, s.order_line_id, s.product_id, s.position,
    greatest(0, least(s.accepted, s.quantity - s.returned)), s.invoiced,
    l.quantity, l.unit_price, l.tax_rate, l.net, l.tax
FROM delivery_shipmentline s
JOIN delivery_shipment h ON h.id = s.shipment_id
JOIN orders_orderline l ON l.id = s.order_line_id
WHERE {where} AND h.state = 'accepted'
ORDER BY h.number, s.position
"""


def billable_of_order(order_id: UUID) -> list[Billable]:
    """Every accepted shipment line of an order."""
    return _billable("h.order_id = %s", order_id)


def billable_of_return(return_order_id: UUID) -> list[Billable]:
    """The accepted shipment lines that a return touches."""
    touched = "s.id IN (SELECT shipment_line_id FROM delivery_returnline WHERE return_order_id = %s)"
    return _billable(touched, return_order_id)


def _billable(where: str, parameter: UUID) -> list[Billable]:
    with connection.cursor() as cursor:
        cursor.execute(_BILLABLE.format(where=where), [parameter])
        return [Billable(*row) for row in cursor.fetchall()]


def accepted_on(shipment_line_ids: Iterable[UUID]) -> Any:
    """The latest day on which any of these lines was accepted; None if none was."""
    rows = ShipmentLine.objects.filter(pk__in=list(shipment_line_ids)).values_list(
        "shipment__accepted_on", flat=True
    )
    return max((day for day in rows if day is not None), default=None)


def return_row(return_order_id: UUID) -> Return:
    """A return with what its documents hang on."""
    return Return.objects.select_related("order", "customer", "shipment").get(pk=return_order_id)


# Revenue as it was posted; a posting comes of a shipment line or of a return line, both of which lead to an order line.
_EARNED = """
SELECT date_trunc('month', f.happened_on)::date, sum(f.amount),
  round(coalesce(sum(f.quantity * l.unit_cost), 0), 2), coalesce(sum(f.amount) FILTER (WHERE l.unit_cost IS NULL), 0)
FROM kernel_fact f
LEFT JOIN delivery_returnline r ON r.id = f.source
LEFT JOIN delivery_shipmentline s ON s.id = coalesce(r.shipment_line_id, f.source)
LEFT JOIN orders_orderline l ON l.id = s.order_line_id
WHERE f.company_id = %s AND f.measure = %s AND f.happened_on >= %s AND f.happened_on < %s
  AND CASE WHEN %s THEN f.product_line = %s ELSE starts_with(f.department_path, %s) END
GROUP BY 1 ORDER BY 1
"""


def earned(department: Any, period: Period) -> list[tuple[date, Decimal, Decimal, Decimal]]:
    """Of a department and those below it, or of its line: month, revenue, cost of goods, revenue without a known cost."""
    values = [
        department.company_id, ACCEPTED, period.since, period.until, department.is_by_line, department.product_line,
        department.path,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_EARNED, values)
        return list(cursor.fetchall())
