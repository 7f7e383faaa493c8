"""The yardstick of the order benches: the same order made and confirmed by hand-written SQL on one psycopg connection.

Ten statements an order, in two transactions like the two acts: nothing is shared with the product but the tables, the
search tokens and the sealing of names. Who may do what, other guards and approvals are left out.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

STATEMENTS = 10

CUSTOMER = """
SELECT c.id, c.owner_id, c.department_path, c.region, c.product_line, c.channel, c.payment_days, c.grade, c.party_id,
    a.consignee, concat(a.province, a.city, a.line) AS ship_to, k.wrapped, k.key_version, l.tax_inside, l.currency
FROM customers_customer c
LEFT JOIN LATERAL (SELECT * FROM customers_address a WHERE a.customer_id = c.id AND a.kind = 'delivery'
    ORDER BY a.is_default DESC, a.id DESC LIMIT 1) a ON true
LEFT JOIN kernel_subjectkey k ON k.subject_id = c.party_id
LEFT JOIN pricing_pricelist l ON l.company_id = c.company_id AND l.is_default
WHERE c.id = %(customer)s AND c.state <> 'blocked'
"""

PRICES = """
WITH want AS (
  SELECT w.place::int AS place, w.quantity, p.id, p.product_line, p.tax_class_id
  FROM unnest(%(products)s::uuid[], %(quantities)s::numeric[]) WITH ORDINALITY AS w(product_id, quantity, place)
  JOIN catalog_product p ON p.id = w.product_id AND p.state = 'active'
), rule AS (
  SELECT w.place, r.kind, r.price, r.discount, r.min_quantity, r.since, r.id,
    CASE WHEN r.product_id IS NOT NULL THEN 2 WHEN r.product_line <> '' THEN 1 ELSE 0 END AS closeness
  FROM want w JOIN pricing_pricerule r ON r.product_id = w.id OR (r.product_id IS NULL AND r.product_line IN ('', w.product_line))
  JOIN pricing_pricelist l ON l.id = r.price_list_id AND l.is_default
  WHERE r.company_id = %(company)s AND r.since <= %(today)s AND (r.until IS NULL OR r.until > %(today)s)
    AND w.quantity >= r.min_quantity AND (r.kind IN ('list', 'promotion') OR (r.kind = 'grade' AND r.grade = %(grade)s)
      OR (r.kind = 'customer' AND r.customer_id = %(customer)s))
), listed AS (
  SELECT DISTINCT ON (place) place, price FROM rule WHERE kind = 'list'
  ORDER BY place, closeness DESC, min_quantity DESC, since DESC, price
), priced AS (
  SELECT DISTINCT ON (w.place) w.*, n.price AS list_price, r.kind AS price_source, t.rate, f.price AS floor, c.cost,
    coalesce(r.price, round(n.price * (1 - r.discount), 6)) AS unit_price
  FROM want w JOIN rule r ON r.place = w.place LEFT JOIN listed n ON n.place = w.place
  JOIN catalog_taxrate t ON t.tax_class_id = w.tax_class_id AND t.since <= %(today)s AND (t.until IS NULL OR t.until > %(today)s)
  LEFT JOIN pricing_floorprice f ON f.product_id = w.id AND f.company_id = %(company)s AND f.since <= %(today)s
    AND (f.until IS NULL OR f.until > %(today)s)
  LEFT JOIN LATERAL (SELECT cost FROM catalog_productcost WHERE product_id = w.id AND company_id = %(company)s
    AND since <= %(today)s ORDER BY since DESC LIMIT 1) c ON true
  ORDER BY w.place, array_position('{contract,customer,promotion,grade,list}', r.kind::text), r.closeness DESC,
    r.min_quantity DESC, r.since DESC, unit_price, r.id
)
SELECT place, id AS product_id, quantity, product_line, unit_price, list_price, price_source, rate AS tax_rate, floor, cost,
  total, net, total - net AS tax
FROM priced, LATERAL (SELECT round(quantity * unit_price, 2) AS total) a,
  LATERAL (SELECT round(total / (1 + rate), 2) AS net) b ORDER BY place
"""

NUMBER = """
INSERT INTO kernel_series (id, version, company_id, kind, year, next_number) VALUES (uuidv7(), 1, %s, 'SO', %s, 2)
ON CONFLICT (company_id, kind, year) DO UPDATE SET next_number = kernel_series.next_number + 1 RETURNING next_number - 1
"""

_LINE = """position int, product_id uuid, quantity numeric, unit_price numeric, list_price numeric, price_source text,
    tax_rate numeric, net numeric, tax numeric, total numeric"""

CREATE = f"""
WITH o AS (
  INSERT INTO orders_order (id, version, company_id, owner_id, department_path, region, product_line, number, state,
    business_date, origin, created_at, created_by_id, customer_id, channel, customer_reference, consignee, ship_to,
    payment_days, tax_inside, currency, net, tax, total, note, source_name, source_number)
  VALUES (uuidv7(), 1, %(company)s, %(owner_id)s, %(department_path)s, %(region)s, %(product_line)s, %(number)s, 'draft',
    %(today)s, 'entry', %(now)s, %(user)s, %(customer)s, %(channel)s, '', %(consignee)s, %(ship_to)s, %(payment_days)s,
    %(tax_inside)s, %(currency)s, %(net)s, %(tax)s, %(total)s, '', '', '') RETURNING *
), l AS (
  INSERT INTO orders_orderline (id, version, company_id, order_id, position, product_id, quantity, unit_price, list_price,
    price_source, tax_rate, net, tax, total, reserved, planned, shipped, accepted, returned, cancelled, invoiced,
    invoiced_amount, paid_amount, is_void)
  SELECT uuidv7(), 1, o.company_id, o.id, d.position, d.product_id, d.quantity, d.unit_price, d.list_price, d.price_source,
    d.tax_rate, d.net, d.tax, d.total, 0, 0, 0, 0, 0, 0, 0, 0, 0, false
  FROM o, jsonb_to_recordset(%(lines)s) AS d({_LINE}) ORDER BY d.position RETURNING *
), change AS (
  SELECT 0 AS place, 'orders.order' AS "table", o.id, to_jsonb(o) || %(sealed)s::jsonb AS after FROM o
  UNION ALL SELECT l.position, 'orders.orderline', l.id, to_jsonb(l) FROM l
), e AS (
  INSERT INTO kernel_ledgerentry (id, company_id, at, actor_id, channel, operation, row_type, row_id, request_id, within,
    given, assessment, policies, answers, hash)
  SELECT uuidv7(), o.company_id, o.created_at, o.created_by_id, 'web', 'orders.create', 'orders.order', o.id, %(request)s,
    '', %(given)s::jsonb, jsonb_build_object('content', jsonb_build_object('amount', o.total, 'customer', o.customer_id), 'context',
      '{{}}'::jsonb), '[]', '[{{"guard": "customers.blocked", "said": []}}, {{"guard": "customers.merged", "said": []}}, {{"guard": "profiles.allowed.orders.create", "said": []}}]',
    sha256(convert_to(%(given)s::jsonb::text || (SELECT jsonb_agg(c ORDER BY c.place) FROM change c)::text, 'UTF8'))
  FROM o RETURNING seq, company_id
), c AS (
  INSERT INTO kernel_ledgerchange (entry_id, company_id, "table", row_id, before, after)
  SELECT e.seq, e.company_id, c."table", c.id, NULL, c.after FROM e, change c ORDER BY c.place
), s AS (
  INSERT INTO kernel_searchrow (id, company_id, row_type, title, tokens, subject_id)
  SELECT o.id, o.company_id, 'orders.order', o.number, %(tokens)s, %(party)s FROM o
), t AS (
  INSERT INTO kernel_task (id, version, company_id, owner_id, department_path, region, product_line, state, operation, role,
    row_type, row_id, row_number, amount, created_at, due_at, entry_seq)
  SELECT uuidv7(), 1, o.company_id, o.owner_id, o.department_path, o.region, o.product_line, 'open', 'orders.confirm', '',
    'orders.order', o.id, o.number, o.total, o.created_at, %(due)s, e.seq FROM o, e
)
SELECT id FROM o
"""

ORDER = """
SELECT o.*, l.lines FROM orders_order o, LATERAL (
  SELECT jsonb_agg(jsonb_build_object('id', l.id, 'product_id', l.product_id, 'quantity', l.quantity::text, 'unit_price',
    l.unit_price::text, 'list_price', l.list_price::text, 'total', l.total::text) ORDER BY l.position) AS lines
  FROM orders_orderline l WHERE l.order_id = o.id AND NOT l.is_void) l
WHERE o.id = %s AND o.state = 'draft' FOR NO KEY UPDATE OF o
"""

CREDIT = """
SELECT a.credit_limit, a.max_overdue_days, coalesce(i.open, 0) + coalesce(l.open, 0) - coalesce(r.open, 0) AS exposure,
    coalesce(i.overdue, 0) AS overdue, c.grade
FROM receivables_creditaccount a JOIN customers_customer c ON c.id = a.customer_id AND c.state <> 'blocked'
LEFT JOIN LATERAL (SELECT sum(v.total - v.settled) AS open,
    max(%(today)s - v.due_on) FILTER (WHERE v.kind = 'invoice' AND v.state = 'issued') AS overdue
  FROM receivables_invoice v WHERE v.customer_id = a.customer_id AND v.state <> 'void' AND v.total <> v.settled) i ON true
LEFT JOIN LATERAL (SELECT sum(round(n.total * (n.quantity - n.cancelled - n.returned) / n.quantity, 2) - n.invoiced_amount) AS open
  FROM orders_order o JOIN orders_orderline n ON n.order_id = o.id
  WHERE o.customer_id = a.customer_id AND o.state = 'confirmed' AND NOT n.is_void) l ON true
LEFT JOIN LATERAL (SELECT sum(t.total - t.applied) AS open FROM receivables_receipt t
  WHERE t.customer_id = a.customer_id AND t.state = 'entered' AND t.applied < t.total) r ON true
WHERE a.customer_id = %(customer)s FOR NO KEY UPDATE OF a
"""

LEVELS = """
SELECT l.product_id, l.warehouse_id, l.on_hand - l.reserved AS free
FROM stock_stocklevel l JOIN stock_warehouse w ON w.id = l.warehouse_id AND w.kind = 'physical'
WHERE l.company_id = %s AND l.product_id = ANY(%s) ORDER BY l.id FOR NO KEY UPDATE OF l
"""

PERIOD = "SELECT closed_at FROM kernel_postingperiod WHERE company_id = %s AND month = %s FOR SHARE"

CONFIRM = """
WITH d AS (
  SELECT * FROM jsonb_to_recordset(%(lines)s) AS d(place int, id uuid, product_id uuid, warehouse_id uuid, quantity numeric,
    cost numeric, product_line text)
), v AS (
  UPDATE stock_stocklevel AS l SET reserved = l.reserved + d.quantity, version = l.version + 1
  FROM d WHERE l.company_id = %(company)s AND l.warehouse_id = d.warehouse_id AND l.product_id = d.product_id
    AND l.on_hand >= l.reserved + d.quantity RETURNING new.id, old.reserved AS before, new.reserved AS after
), m AS (
  INSERT INTO stock_reservationmove (id, version, company_id, warehouse_id, product_id, line_id, quantity, at)
  SELECT uuidv7(), 1, %(company)s, d.warehouse_id, d.product_id, d.id, d.quantity, %(now)s FROM d ORDER BY d.place RETURNING *
), l AS (
  UPDATE orders_orderline AS l SET reserved = l.reserved + d.quantity, promised_on = %(today)s, unit_cost = d.cost,
    version = l.version + 1
  FROM d WHERE l.id = d.id RETURNING new.id, old.reserved AS was, new.reserved, new.promised_on, new.unit_cost, new.net,
    new.quantity, new.product_id, d.product_line
), o AS (
  UPDATE orders_order SET state = 'confirmed', confirmed_at = %(now)s, version = version + 1 WHERE id = %(order)s RETURNING *
), change AS (
  SELECT 1 AS place, 'stock.stocklevel' AS "table", v.id, jsonb_build_object('reserved', v.before) AS before,
    jsonb_build_object('reserved', v.after) AS after FROM v
  UNION ALL SELECT 2, 'stock.reservationmove', m.id, NULL, to_jsonb(m) FROM m
  UNION ALL SELECT 3, 'orders.orderline', l.id,
    jsonb_build_object('reserved', l.was, 'promised_on', NULL, 'unit_cost', NULL),
    jsonb_build_object('reserved', l.reserved, 'promised_on', l.promised_on, 'unit_cost', l.unit_cost) FROM l
  UNION ALL SELECT 4, 'orders.order', o.id, '{"state": "draft", "confirmed_at": null}',
    jsonb_build_object('state', o.state, 'confirmed_at', o.confirmed_at) FROM o
), e AS (
  INSERT INTO kernel_ledgerentry (id, company_id, at, actor_id, channel, operation, row_type, row_id, request_id, within,
    given, assessment, policies, answers, hash)
  SELECT uuidv7(), o.company_id, o.confirmed_at, %(user)s, 'web', 'orders.confirm', 'orders.order', o.id, %(request)s, '',
    '{}', %(assessment)s::jsonb, %(policies)s, %(answers)s,
    sha256(convert_to(%(assessment)s::jsonb::text || (SELECT jsonb_agg(c ORDER BY c.place) FROM change c)::text, 'UTF8'))
  FROM o RETURNING seq, company_id
), c AS (
  INSERT INTO kernel_ledgerchange (entry_id, company_id, "table", row_id, before, after)
  SELECT e.seq, e.company_id, c."table", c.id, c.before, c.after FROM e, change c ORDER BY c.place
), f AS (
  INSERT INTO kernel_fact (company_id, measure, happened_on, recorded_at, recorded_month, amount, document_amount, currency,
    quantity, person_id, department_path, region, customer_id, product_id, product_line, channel, document_type,
    document_id, source, seq)
  SELECT o.company_id, 'booked', %(today)s, %(now)s, %(month)s, l.net, l.net, o.currency, l.quantity, o.owner_id,
    o.department_path, o.region, o.customer_id, l.product_id, l.product_line, o.channel, 'orders.order', o.id, l.id, 1
  FROM o, l
), n AS (
  INSERT INTO kernel_event (id, company_id, name, payload, request_id, actor_id, at)
  SELECT uuidv7(), o.company_id, 'orders.confirmed', jsonb_build_object('order', o.id), %(request)s, %(user)s, %(now)s FROM o
), t AS (
  UPDATE kernel_task SET state = CASE WHEN operation = 'orders.confirm' THEN 'done' ELSE 'dropped' END, done_at = %(now)s,
    done_by_id = %(user)s, version = version + 1
  WHERE state = 'open' AND row_id = %(order)s AND operation = 'orders.confirm'
), p AS (
  INSERT INTO kernel_task (id, version, company_id, owner_id, department_path, region, product_line, state, operation, role,
    row_type, row_id, row_number, amount, created_at, due_at, entry_seq)
  SELECT uuidv7(), 1, o.company_id, o.owner_id, o.department_path, o.region, o.product_line, 'open',
    'delivery.plan_shipment', 'warehouse', 'orders.order', o.id, o.number, o.total, %(now)s, %(due)s, e.seq FROM o, e
)
SELECT count(*) FROM v
"""


class Hand:
    """One connection that makes orders by hand."""

    def __init__(
        self, connection: psycopg.Connection[Any], company: UUID, user: UUID, policies: list[Any]
    ) -> None:
        from sellwell.kernel import clock

        self.connection, self.company, self.user, self.policies = connection, company, user, policies
        self.clock = clock
        connection.row_factory = dict_row
        with connection.transaction():
            connection.execute("SELECT set_config('sellwell.companies', %s, false)", [f"{{{company}}}"])

    def one(self, data: dict[str, Any]) -> None:
        """Create and confirm one order."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            order_id = self._create(cursor, data)
        with self.connection.transaction(), self.connection.cursor() as cursor:
            self._confirm(cursor, order_id)

    def _create(self, cursor: Any, data: dict[str, Any]) -> UUID:
        from sellwell.kernel import pinyin

        now = self.clock.now()
        today = self.clock.business_day(now)
        customer = cursor.execute(CUSTOMER, {"customer": data["customer"]}).fetchone()
        lines = self._priced(
            cursor, customer["id"], customer["grade"], today, [line["product"] for line in data["lines"]],
            [Decimal(line["quantity"]) for line in data["lines"]],
        )  # fmt: skip
        number = cursor.execute(NUMBER, [self.company, today.year]).fetchone()["?column?"]
        name = f"SO-{today.year}-{number:06d}"
        given = {
            "note": "", "channel": None, "ship_to": "", "contract": None, "customer": data["customer"], "consignee": "",
            "quotation": None, "requested_on": None, "customer_reference": "",
            "lines": [{"code": "", "unit_price": None, **line} for line in data["lines"]],
        }  # fmt: skip
        sums = {part: sum(line[part] for line in lines) for part in ("net", "tax", "total")}
        cursor.execute(
            CREATE,
            {
                **customer, **sums, "company": self.company, "user": self.user, "now": now, "today": today, "number": name,
                "customer": customer["id"], "party": customer["party_id"], "request": uuid4(), "given": json.dumps(given),
                "lines": _dump([{**line, "position": line["place"]} for line in lines]), "tokens": pinyin.tokens(name),
                "sealed": json.dumps(_sealed(customer)), "due": now + timedelta(hours=2),
            },
        )  # fmt: skip
        order_id: UUID = cursor.fetchone()["id"]
        return order_id

    def _priced(
        self,
        cursor: Any,
        customer: UUID,
        grade: str,
        today: date,
        products: list[Any],
        quantities: list[Decimal],
    ) -> list[dict[str, Any]]:
        cursor.execute(
            PRICES,
            {
                "company": self.company, "customer": customer, "grade": grade, "today": today, "products": products,
                "quantities": quantities,
            },
        )  # fmt: skip
        found: list[dict[str, Any]] = cursor.fetchall()
        if len(found) != len(products):
            raise ValueError("a line has no price")
        return found

    def _confirm(self, cursor: Any, order_id: UUID) -> None:
        now: datetime = self.clock.now()
        today = self.clock.business_day(now)
        order = cursor.execute(ORDER, [order_id]).fetchone()
        lines = order["lines"]
        credit = cursor.execute(CREDIT, {"today": today, "customer": order["customer_id"]}).fetchone()
        if (
            credit["exposure"] + order["total"] > credit["credit_limit"]
            or credit["overdue"] > credit["max_overdue_days"]
        ):
            raise ValueError("over the credit limit")
        products = [line["product_id"] for line in lines]
        quantities = [Decimal(line["quantity"]) for line in lines]
        priced = self._priced(cursor, order["customer_id"], credit["grade"], today, products, quantities)
        for line, price in zip(lines, priced, strict=True):
            if Decimal(line["unit_price"]) != price["unit_price"] or price["unit_price"] < (
                price["floor"] or 0
            ):
                raise ValueError("another price")
        free = {row["product_id"]: row for row in cursor.execute(LEVELS, [self.company, products]).fetchall()}
        period = cursor.execute(PERIOD, [self.company, today.replace(day=1)]).fetchone()
        if period["closed_at"] is not None:
            raise ValueError("the month is closed")
        rows = [
            {
                "place": place, "id": line["id"], "product_id": line["product_id"], "quantity": line["quantity"],
                "warehouse_id": free[price["product_id"]]["warehouse_id"], "cost": price["cost"],
                "product_line": price["product_line"],
            }
            for place, (line, price) in enumerate(zip(lines, priced, strict=True))
        ]  # fmt: skip
        cursor.execute(
            CONFIRM,
            {
                "company": self.company, "user": self.user, "order": order_id, "now": now, "today": today,
                "month": today.replace(day=1), "request": uuid4(), "lines": _dump(rows), "due": now + timedelta(hours=8),
                "assessment": _dump(_assessment(order, lines, today)), "policies": json.dumps(self.policies),
                "answers": json.dumps([{"said": [], "guard": g} for g in GUARDS]),
            },
        )  # fmt: skip
        if cursor.fetchone()["count"] != len(rows):
            raise ValueError("not enough stock")


# What the ledger names: no course is asked for in the bench's company, so that guard has nothing to look up.
GUARDS = (
    "company.division_limit", "customers.blocked", "improvement.course.orders.confirm", "pricing.floor", "receivables.credit",
    "relations.discount", "relations.payment_days",
)  # fmt: skip


def _assessment(order: dict[str, Any], lines: list[dict[str, Any]], today: date) -> dict[str, Any]:
    """What a confirmation leaves of its look in the ledger."""
    discounts = [1 - Decimal(line["unit_price"]) / Decimal(line["list_price"]) for line in lines]
    kept = ("quantity", "unit_price", "list_price", "total")
    return {
        "content": {
            "customer": order["customer_id"], "amount": order["total"], "currency": order["currency"],
            "tax_inside": order["tax_inside"], "payment_days": order["payment_days"],
            "discount": round(max(discounts), 6), "from_contract": False, "requested_on": None,
            "lines": [{"product": line["product_id"], **{k: line[k] for k in kept}} for line in lines],
        },
        "context": {"promises": [{"line": line["id"], "short": "0.000000", "promised_on": today} for line in lines]},
    }  # fmt: skip


def _sealed(customer: dict[str, Any]) -> dict[str, Any]:
    """Consignee and address as the ledger keeps them: sealed under the customer's key."""
    from sellwell.kernel import master_key, personal

    subject: UUID = customer["party_id"]
    key = master_key.masters().unwrap(bytes(customer["wrapped"]), customer["key_version"], subject.bytes)
    return {
        name: personal._sealed(subject, customer[name], key)
        for name in ("consignee", "ship_to")
        if customer[name]
    }


def _dump(value: Any) -> str:
    return json.dumps(value, default=str)
