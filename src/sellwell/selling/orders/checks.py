"""Invariants of orders that `sellwell check` proves over the whole database."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T


@check(
    "orders.totals",
    T("订单金额等于明细之和", "Order totals equal the sums of their lines"),
    clauses=["5.2.1"],
)
def _totals() -> Iterable[Finding]:
    return from_sql(
        "orders.totals",
        """SELECT o.number, o.total, s.total FROM orders_order o
        JOIN LATERAL (SELECT coalesce(sum(net), 0) AS net, coalesce(sum(tax), 0) AS tax, coalesce(sum(total), 0) AS total
            FROM orders_orderline WHERE order_id = o.id AND NOT is_void) s ON true
        WHERE (o.net, o.tax, o.total) <> (s.net, s.tax, s.total) OR o.net + o.tax <> o.total""",
        "the total is {}, its lines add up to {}",
    )


@check(
    "orders.lines", T("明细的价税合计等于净额加税", "Each line's total is its net and tax"), clauses=["5.2.1"]
)
def _lines() -> Iterable[Finding]:
    return from_sql(
        "orders.lines",
        "SELECT id, net, tax, total FROM orders_orderline WHERE net + tax <> total",
        "{} and {} do not make {}",
    )


@check(
    "orders.reserved",
    T("预留数量等于预留变动之和", "Reserved counters equal their reservations"),
    clauses=["5.2.2"],
)
def _reserved() -> Iterable[Finding]:
    return from_sql(
        "orders.reserved",
        """SELECT l.id, l.reserved, coalesce(m.quantity, 0) FROM orders_orderline l
        LEFT JOIN (SELECT line_id, sum(quantity) AS quantity FROM stock_reservationmove GROUP BY 1) m ON m.line_id = l.id
        WHERE l.reserved <> coalesce(m.quantity, 0)""",
        "{} reserved on the line, {} in the stock's reservations",
    )


@check(
    "orders.promised",
    T("确认的明细都有预留或交期", "Every confirmed line is reserved or has a date"),
    clauses=["5.2.2"],
)
def _promised() -> Iterable[Finding]:
    return from_sql(
        "orders.promised",
        """SELECT o.number, l.position FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE o.state IN ('confirmed', 'closed') AND o.origin = 'entry' AND NOT l.is_void AND l.promised_on IS NULL""",
        "line {} was confirmed without a promised date",
    )


@check("orders.not_over", T("不超订不超发", "Nothing is over-reserved or over-shipped"), clauses=["5.2.2"])
def _not_over() -> Iterable[Finding]:
    return from_sql(
        "orders.not_over",
        """SELECT id, reserved, shipped, quantity, cancelled FROM orders_orderline
        WHERE NOT is_void AND reserved + shipped > quantity - cancelled""",
        "{} reserved and {} shipped of {} less {} cancelled",
    )


@check(
    "orders.called_off",
    T("合同已下单数量等于订单明细之和", "Contract lines count what orders took"),
    clauses=["5.2.2"],
)
def _called_off() -> Iterable[Finding]:
    return from_sql(
        "orders.called_off",
        """SELECT c.id, c.ordered, coalesce(s.quantity, 0) FROM contracts_contractline c
        LEFT JOIN (SELECT l.contract_line_id, sum(l.quantity - l.cancelled) AS quantity
            FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
            WHERE l.contract_line_id IS NOT NULL AND NOT l.is_void AND o.state IN ('confirmed', 'closed')
            GROUP BY 1) s ON s.contract_line_id = c.id
        WHERE c.ordered <> coalesce(s.quantity, 0)""",
        "{} counted as ordered, {} on confirmed orders",
    )


@check(
    "orders.booked",
    T("已记订单额等于有效明细的净额", "Booked facts equal what confirmed lines are worth"),
    clauses=["5.2.2"],
)
def _booked() -> Iterable[Finding]:
    return from_sql(
        "orders.booked",
        """SELECT l.id, coalesce(f.amount, 0), w.worth FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        JOIN LATERAL (SELECT CASE WHEN o.state IN ('confirmed', 'closed')
            THEN round(l.net * (l.quantity - l.cancelled) / l.quantity, 2) ELSE 0 END AS worth) w ON true
        LEFT JOIN (SELECT source, sum(amount) AS amount FROM kernel_fact WHERE measure = 'booked' GROUP BY 1) f
            ON f.source = l.id
        WHERE o.origin = 'entry' AND NOT l.is_void AND abs(coalesce(f.amount, 0) - w.worth) > 0.01""",
        "{} booked, {} on the line",
    )
