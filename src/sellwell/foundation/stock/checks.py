"""What must always hold of stock: counters equal their movements, nothing is negative or oversold."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T

# Historic warehouses only balance movements of the past: they have no levels.
_COMPARE = """
SELECT coalesce(l.id::text, m.warehouse_id || ' ' || m.product_id), coalesce(l.{column}, 0), coalesce(m.total, 0)
FROM (SELECT id, warehouse_id, product_id, {column} FROM stock_stocklevel) l
FULL JOIN (
    SELECT m.warehouse_id, m.product_id, sum(m.quantity) AS total
    FROM {table} m JOIN stock_warehouse w ON w.id = m.warehouse_id AND w.kind = 'physical' GROUP BY 1, 2
) m
  ON m.warehouse_id = l.warehouse_id AND m.product_id = l.product_id
WHERE coalesce(l.{column}, 0) <> coalesce(m.total, 0)
"""


@check("stock.on_hand", T("在库等于出入库之和", "Stock on hand equals its movements"), clauses=["5.2.2"])
def _on_hand() -> Iterable[Finding]:
    sql = _COMPARE.format(column="on_hand", table="stock_movement")
    return from_sql("stock.on_hand", sql, "on hand {} but movements add up to {}")


@check("stock.reserved", T("预留等于预留变动之和", "Reserved stock equals its moves"), clauses=["5.2.2"])
def _reserved() -> Iterable[Finding]:
    sql = _COMPARE.format(column="reserved", table="stock_reservationmove")
    return from_sql("stock.reserved", sql, "reserved {} but its moves add up to {}")


@check("stock.no_oversell", T("没有负库存，没有超预留", "Nothing is negative or oversold"), clauses=["5.2.2"])
def _no_oversell() -> Iterable[Finding]:
    return from_sql(
        "stock.no_oversell",
        "SELECT id, on_hand, reserved FROM stock_stocklevel WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand",
        "on hand {}, reserved {}",
    )


@check("stock.lines", T("每行的预留不为负", "No line has let go more than it reserved"), clauses=["5.2.2"])
def _lines() -> Iterable[Finding]:
    return from_sql(
        "stock.lines",
        "SELECT line_id, warehouse_id, sum(quantity) FROM stock_reservationmove GROUP BY 1, 2 HAVING sum(quantity) < 0",
        "in warehouse {} it let go more than it had: {}",
    )


@check("stock.supply", T("到货不超过计划", "No more was received than expected"))
def _supply() -> Iterable[Finding]:
    return from_sql(
        "stock.supply",
        "SELECT id, received, quantity FROM stock_supply WHERE received < 0 OR received > quantity",
        "received {} of {}",
    )
