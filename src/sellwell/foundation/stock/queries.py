"""Reads of stock that other rooms need: what is available, what can be promised when, which rows to lock."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from sellwell.foundation.stock.extensions import waiting
from sellwell.foundation.stock.models import StockLevel, Supply
from sellwell.foundation.stock.rules import Incoming, Level, Promise, Want, less_waiting, spread
from sellwell.kernel import calendar
from sellwell.kernel.operations import Lock, lock

__all__ = ["Promise", "Want", "available", "level_locks", "on_hand_by_warehouse", "promise", "reservations"]

_AVAILABLE = """
SELECT l.product_id, sum(l.on_hand - l.reserved)
FROM stock_stocklevel l JOIN stock_warehouse w ON w.id = l.warehouse_id
WHERE l.company_id = %s AND l.product_id = ANY(%s) AND w.kind = 'physical'
GROUP BY 1
"""

# Levels and open supplies in one statement: 's' rows have a warehouse, 'i' rows a supply and a day.
_FREE = """
SELECT 's', l.warehouse_id, l.product_id, NULL::date, l.on_hand - l.reserved
FROM stock_stocklevel l JOIN stock_warehouse w ON w.id = l.warehouse_id
WHERE l.company_id = %s AND l.product_id = ANY(%s) AND w.kind = 'physical' AND l.on_hand > l.reserved
UNION ALL
SELECT 'i', u.id, u.product_id, u.due_on, u.quantity - u.received
FROM stock_supply u
WHERE u.company_id = %s AND u.product_id = ANY(%s) AND u.quantity > u.received
"""

_LOCKED = """
SELECT true, l.id FROM stock_stocklevel l JOIN stock_warehouse w ON w.id = l.warehouse_id
WHERE l.company_id = %s AND l.product_id = ANY(%s) AND w.kind = 'physical'
UNION ALL
SELECT false, u.id FROM stock_supply u
WHERE u.company_id = %s AND u.product_id = ANY(%s) AND u.quantity > u.received
"""


def available(company_id: UUID, product_ids: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What lies in physical warehouses and is not reserved, by product; 0 for products without stock."""
    wanted = list(set(product_ids))
    with connection.cursor() as cursor:
        cursor.execute(_AVAILABLE, [company_id, wanted])
        found = dict(cursor.fetchall())
    return {product_id: found.get(product_id, Decimal(0)) for product_id in wanted}


def on_hand_by_warehouse(company_id: UUID, product_id: UUID) -> list[tuple[str, Decimal, Decimal]]:
    """A product's physical stock: (warehouse name, on hand, available), largest available first."""
    rows = StockLevel.objects.filter(company_id=company_id, product_id=product_id, warehouse__kind="physical")
    found = [
        (lv.warehouse.name, lv.on_hand, lv.on_hand - lv.reserved) for lv in rows.select_related("warehouse")
    ]
    return sorted(found, key=lambda row: -row[2])


def promise(company_id: UUID, wants: Sequence[Want], today: date) -> dict[Hashable, Promise]:
    """What can be reserved now for each want and the day when all of it is there; reads only.

    Wants are served in their order, so two lines of one product never get the same piece. Under the locks of
    `level_locks` the answer holds until the transaction ends; without them it is a preview.
    """
    product_ids = list({want.product_id for want in wants if want.stocked})
    levels: list[Level] = []
    supplies: list[Incoming] = []
    if product_ids:
        with connection.cursor() as cursor:
            cursor.execute(_FREE, [company_id, product_ids, company_id, product_ids])
            for source, row_id, product_id, due_on, free in cursor.fetchall():
                if source == "s":
                    levels.append(Level(row_id, product_id, free))
                else:
                    supplies.append(Incoming(row_id, product_id, due_on, free))
    if supplies:
        supplies = less_waiting(supplies, _waiting(company_id, {item.product_id for item in supplies}))
    return spread(wants, levels, supplies, today, calendar.add_working_days)


def _waiting(company_id: UUID, product_ids: set[UUID]) -> dict[UUID, Decimal]:
    """What back-orders of all rooms wait for, by product."""
    total: dict[UUID, Decimal] = {}
    for _, quantities in waiting:
        for product_id, quantity in quantities(company_id, product_ids).items():
            total[product_id] = total.get(product_id, Decimal(0)) + quantity
    return total


def reservations(line_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, Decimal]]]:
    """Where lines have stock reserved: (warehouse, quantity), by line; lines with none are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line_id, warehouse_id, sum(quantity) FROM stock_reservationmove WHERE line_id = ANY(%s)"
            " GROUP BY 1, 2 HAVING sum(quantity) <> 0 ORDER BY 1, 2",
            [list(set(line_ids))],
        )
        rows = cursor.fetchall()
    found: dict[UUID, list[tuple[UUID, Decimal]]] = {}
    for line_id, warehouse_id, quantity in rows:
        found.setdefault(line_id, []).append((warehouse_id, quantity))
    return found


def level_locks(company_id: UUID, product_ids: Iterable[UUID]) -> list[Lock]:
    """The rows to lock before promising or reserving: levels of these products, and supplies still to come."""
    wanted = list(set(product_ids))
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED, [company_id, wanted, company_id, wanted])
        found = cursor.fetchall()
    return [
        lock("stock", StockLevel, [row_id for is_level, row_id in found if is_level]),
        lock("stock", Supply, [row_id for is_level, row_id in found if not is_level]),
    ]
