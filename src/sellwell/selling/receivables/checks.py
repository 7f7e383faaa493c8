"""Invariants of money that `check` proves over the whole database (domain.md 8.3)."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T

_UNBALANCED = """
SELECT entry, document_type, sum(debit), sum(credit) FROM receivables_posting
GROUP BY entry, document_type HAVING sum(debit) <> sum(credit)
"""

_RECEIVABLE = """
SELECT coalesce(p.customer_id, i.customer_id), coalesce(p.balance, 0), coalesce(i.open, 0)
FROM (SELECT customer_id, sum(debit - credit) AS balance FROM receivables_posting WHERE account = 'receivable' GROUP BY 1) p
FULL JOIN (
  SELECT customer_id, sum(total - settled) AS open FROM receivables_invoice
  WHERE state = 'issued' AND origin <> 'import' GROUP BY 1
) i ON i.customer_id = p.customer_id
WHERE coalesce(p.balance, 0) <> coalesce(i.open, 0)
"""

_ADVANCE = """
SELECT coalesce(p.customer_id, r.customer_id), coalesce(p.balance, 0), coalesce(r.left_over, 0)
FROM (SELECT customer_id, sum(credit - debit) AS balance FROM receivables_posting WHERE account = 'advance' GROUP BY 1) p
FULL JOIN (
  SELECT customer_id, sum(total - applied) AS left_over FROM receivables_receipt
  WHERE state = 'entered' AND origin <> 'import' GROUP BY 1
) r ON r.customer_id = p.customer_id
WHERE coalesce(p.balance, 0) <> coalesce(r.left_over, 0)
"""

_RECEIPT = """
SELECT r.number, r.applied, coalesce(sum(a.amount), 0) FROM receivables_receipt r
LEFT JOIN receivables_application a ON a.receipt_id = r.id
GROUP BY r.id, r.number, r.applied, r.state, r.total
HAVING r.applied <> coalesce(sum(a.amount), 0) OR r.applied > r.total OR (r.state = 'reversed' AND r.applied <> 0)
"""

_SETTLED = """
SELECT i.number, i.settled, coalesce(a.amount, 0) - coalesce(c.amount, 0) FROM receivables_invoice i
LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM receivables_application GROUP BY 1) a ON a.invoice_id = i.id
LEFT JOIN (SELECT credit_id, sum(amount) AS amount FROM receivables_application GROUP BY 1) c ON c.credit_id = i.id
WHERE i.settled <> coalesce(a.amount, 0) - coalesce(c.amount, 0) AND i.origin <> 'import'
"""

_LINES = """
SELECT i.number, i.net, i.tax, i.total, coalesce(sum(l.net), 0), coalesce(sum(l.tax), 0), coalesce(sum(l.total), 0)
FROM receivables_invoice i LEFT JOIN receivables_invoiceline l ON l.invoice_id = i.id
GROUP BY i.id, i.number, i.net, i.tax, i.total
HAVING (i.net, i.tax, i.total) IS DISTINCT FROM (coalesce(sum(l.net), 0), coalesce(sum(l.tax), 0), coalesce(sum(l.total), 0))
"""

_COUNTERS = """
SELECT l.id, l.invoiced, coalesce(v.quantity, 0), l.invoiced_amount, coalesce(v.total, 0)
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
LEFT JOIN (
  SELECT n.order_line_id, sum(n.quantity) AS quantity, sum(n.total) AS total
  FROM receivables_invoiceline n JOIN receivables_invoice i ON i.id = n.invoice_id WHERE i.state <> 'void' GROUP BY 1
) v ON v.order_line_id = l.id
WHERE o.origin <> 'import' AND (l.invoiced, l.invoiced_amount) IS DISTINCT FROM (coalesce(v.quantity, 0), coalesce(v.total, 0))
"""

_PAID = """
SELECT o.number, coalesce(l.paid, 0), coalesce(i.settled, 0)
FROM orders_order o
LEFT JOIN (SELECT order_id, sum(paid_amount) AS paid FROM orders_orderline GROUP BY 1) l ON l.order_id = o.id
LEFT JOIN (SELECT order_id, sum(settled) AS settled FROM receivables_invoice GROUP BY 1) i ON i.order_id = o.id
WHERE o.origin <> 'import' AND coalesce(l.paid, 0) <> coalesce(i.settled, 0)
"""

# Goods that came back are credited by a reaction: until it ran, more may be invoiced than was kept.
_ABOVE_ACCEPTED = """
SELECT s.id, s.invoiced, greatest(0, least(s.accepted, s.quantity - s.returned)), coalesce(v.quantity, 0)
FROM delivery_shipmentline s JOIN delivery_shipment h ON h.id = s.shipment_id AND h.origin <> 'import'
LEFT JOIN (
  SELECT n.shipment_line_id, sum(n.quantity) AS quantity
  FROM receivables_invoiceline n JOIN receivables_invoice i ON i.id = n.invoice_id WHERE i.state <> 'void' GROUP BY 1
) v ON v.shipment_line_id = s.id
WHERE s.invoiced <> coalesce(v.quantity, 0)
  OR (s.invoiced > greatest(0, least(s.accepted, s.quantity - s.returned)) AND NOT EXISTS (
    SELECT 1 FROM delivery_return r JOIN delivery_returnline n ON n.return_order_id = r.id
    WHERE n.shipment_line_id = s.id AND r.state = 'received'))
"""

_OVER_CREDITED = """
SELECT i.number, i.total, sum(c.total) FROM receivables_invoice i JOIN receivables_invoice c ON c.reverses_id = i.id
WHERE c.state <> 'void' GROUP BY i.id, i.number, i.total HAVING i.total + sum(c.total) < 0
"""


@check("receivables.balanced", T("每笔分录借贷相等", "Every entry balances"), clauses=["5.3.4"])
def _balanced() -> Iterable[Finding]:
    return from_sql("receivables.balanced", _UNBALANCED, "an entry of {}: debit {}, credit {}")


@check(
    "receivables.control",
    T("应收账款余额等于未结清发票", "The receivable account equals the open invoices"),
    clauses=["5.3.4"],
)
def _control() -> Iterable[Finding]:
    yield from from_sql("receivables.control", _RECEIVABLE, "receivable {} but open invoices {}")
    yield from from_sql("receivables.control", _ADVANCE, "advance {} but unapplied receipts {}")


@check(
    "receivables.receipts",
    T("收款等于已核销加未核销", "A receipt is what is matched and what is left"),
    clauses=["5.3.4"],
)
def _receipts() -> Iterable[Finding]:
    return from_sql("receivables.receipts", _RECEIPT, "applied {} but matches add up to {}")


@check(
    "receivables.settled", T("发票已结金额等于核销合计", "What is settled of an invoice equals its matches")
)
def _settled() -> Iterable[Finding]:
    return from_sql("receivables.settled", _SETTLED, "settled {} but matches add up to {}")


@check("receivables.lines", T("发票等于其明细合计", "An invoice is the sum of its lines"))
def _lines() -> Iterable[Finding]:
    return from_sql("receivables.lines", _LINES, "{} + {} = {} but its lines are {} + {} = {}")


@check(
    "receivables.counters",
    T("订单开票与收款计数正确", "Order counters equal invoices and money"),
    clauses=["5.2.5"],
)
def _counters() -> Iterable[Finding]:
    yield from from_sql("receivables.counters", _COUNTERS, "invoiced {} of {}, amount {} of {}")
    yield from from_sql("receivables.counters", _PAID, "lines say {} paid, invoices say {}")


@check(
    "receivables.accepted",
    T("开票不超过验收", "Nothing is invoiced that was not accepted"),
    clauses=["5.2.5", "5.3.2"],
)
def _accepted() -> Iterable[Finding]:
    return from_sql(
        "receivables.accepted", _ABOVE_ACCEPTED, "invoiced {}, accepted and kept {}, on invoices {}"
    )


@check("receivables.credits", T("红字不超过蓝字", "Credits never exceed the invoice"), clauses=["5.3.5"])
def _credits() -> Iterable[Finding]:
    return from_sql("receivables.credits", _OVER_CREDITED, "total {} but credits {}")
