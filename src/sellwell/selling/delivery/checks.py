"""Invariants of delivery that `check` proves over the whole database."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T

_ORDER_COUNTERS = """
SELECT l.id, l.planned, sums.planned, l.shipped, sums.shipped, l.accepted, sums.accepted, l.returned, sums.returned
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
LEFT JOIN LATERAL (
  SELECT coalesce(sum(s.quantity) FILTER (WHERE h.state <> 'cancelled'), 0) AS planned,
    coalesce(sum(s.quantity) FILTER (WHERE h.state IN ('shipped', 'delivered', 'accepted')), 0) AS shipped,
    coalesce(sum(s.accepted), 0) AS accepted, coalesce(sum(s.returned), 0) AS returned
  FROM delivery_shipmentline s JOIN delivery_shipment h ON h.id = s.shipment_id WHERE s.order_line_id = l.id
) sums ON true
WHERE (l.planned, l.shipped, l.accepted, l.returned)
  IS DISTINCT FROM (sums.planned, sums.shipped, sums.accepted, sums.returned)
"""

_RETURNED = """
SELECT s.id, s.returned, coalesce(sum(r.quantity), 0)
FROM delivery_shipmentline s
LEFT JOIN (
  SELECT r.shipment_line_id, r.quantity FROM delivery_returnline r JOIN delivery_return h ON h.id = r.return_order_id
  WHERE h.state IN ('received', 'credited')
) r ON r.shipment_line_id = s.id
GROUP BY s.id, s.returned HAVING s.returned <> coalesce(sum(r.quantity), 0)
"""

_NOT_SHIPPED = """
SELECT s.id, s.accepted, h.state FROM delivery_shipmentline s JOIN delivery_shipment h ON h.id = s.shipment_id
WHERE (s.accepted > 0 OR s.rejected > 0) AND h.state <> 'accepted'
"""

_STOCK_OUT = """
SELECT h.number, out.quantity, coalesce(moved.quantity, 0)
FROM delivery_shipment h
JOIN LATERAL (
  SELECT coalesce(sum(s.quantity), 0) AS quantity FROM delivery_shipmentline s JOIN catalog_product p ON p.id = s.product_id
  WHERE s.shipment_id = h.id AND p.kind = 'goods'
) out ON true
LEFT JOIN LATERAL (
  SELECT -sum(m.quantity) AS quantity FROM stock_movement m WHERE m.document_id = h.id
) moved ON true
WHERE h.state IN ('shipped', 'delivered', 'accepted') AND h.origin <> 'import'
  AND out.quantity <> coalesce(moved.quantity, 0)
"""

_FACTS = """
SELECT h.number, coalesce(sum(f.quantity), 0), lines.accepted
FROM delivery_shipment h
JOIN LATERAL (SELECT sum(s.accepted) AS accepted FROM delivery_shipmentline s WHERE s.shipment_id = h.id) lines ON true
LEFT JOIN kernel_fact f ON f.document_id = h.id AND f.measure = 'accepted'
WHERE h.state = 'accepted' AND h.origin <> 'import'
GROUP BY h.id, h.number, lines.accepted HAVING coalesce(sum(f.quantity), 0) <> lines.accepted
"""


@check(
    "delivery.counters", T("订单计数等于发货合计", "Order counters equal their shipments"), clauses=["5.2.5"]
)
def _counters() -> Iterable[Finding]:
    problem = "planned {} of {}, shipped {} of {}, accepted {} of {}, returned {} of {}"
    return from_sql("delivery.counters", _ORDER_COUNTERS, problem)


@check("delivery.returned", T("退货计数等于退货单合计", "Returned counters equal their returns"))
def _returned() -> Iterable[Finding]:
    return from_sql("delivery.returned", _RETURNED, "returned {} but its returns add up to {}")


@check(
    "delivery.accepted_after_delivery",
    T("先签收后验收", "Nothing is accepted before it was delivered"),
    clauses=["5.2.5"],
)
def _accepted() -> Iterable[Finding]:
    return from_sql("delivery.accepted_after_delivery", _NOT_SHIPPED, "accepted {} in state {}")


@check("delivery.stock_out", T("发货数量等于出库数量", "What was shipped left the stock"))
def _stock_out() -> Iterable[Finding]:
    return from_sql("delivery.stock_out", _STOCK_OUT, "shipped {} but {} left the stock")


@check(
    "delivery.facts", T("验收事实等于验收数量", "Acceptance facts equal what was accepted"), clauses=["5.3.2"]
)
def _facts() -> Iterable[Finding]:
    return from_sql("delivery.facts", _FACTS, "facts say {}, lines say {}")
