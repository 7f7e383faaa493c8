"""Every invariant of `check` is broken on purpose and found: no check that cannot fail.

Each is broken by SQL in the company of 60 days, past constraints and triggers, as a disk or a careless hand would; the
check then runs as the owner role, as `sellwell check` does, and everything is rolled back. A check without a way to break
it here fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction

from sellwell.kernel import checks, generations, home
from sellwell.kernel.postgres import OWNER, SUPERUSER, database_address

pytestmark = [pytest.mark.company, pytest.mark.usefixtures("unblocked")]

LINE = "(SELECT l.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE {} ORDER BY l.id LIMIT 1)"
CONFIRMED = LINE.format("o.state = 'confirmed' AND o.origin = 'entry' AND NOT l.is_void")


SIGNED = (
    "(SELECT id FROM contracts_contract WHERE state IN ('approved', 'signed', 'closed') AND origin = 'entry'"
    " AND terms_text <> '' ORDER BY id LIMIT 1)"
)


def some(table: str, where: str = "true") -> str:
    """The first row of a table that fits."""
    return f"(SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT 1)"


def bend(table: str, change: str, where: str = "true") -> str:
    """One row of a table, changed."""
    return f"UPDATE {table} SET {change} WHERE id = {some(table, where)}"


# How each invariant is broken: statements of which the last one must touch a row.
BREAKAGES: dict[str, list[str]] = {
    "catalog.tax_rates": [
        bend("catalog_taxrate", "until = since + 30", "until IS NULL"),
        ("INSERT INTO catalog_taxrate (id, version, tax_class_id, rate, since) SELECT uuidv7(), 1, tax_class_id, 0.1, until + 5"
        " FROM catalog_taxrate WHERE until IS NOT NULL LIMIT 1"),
    ],
    "catalog.taxed": ["UPDATE catalog_taxrate SET until = current_date WHERE until IS NULL"],
    "contracts.text": [
        f"UPDATE contracts_contract SET terms_text = 'no list of terms' WHERE id = {SIGNED}",
        f"UPDATE contracts_contract SET terms_text = replace(terms_text, '。', '，') WHERE id <> {SIGNED}",
    ],
    "contracts.totals": [bend("contracts_contract", "total = total + 1")],
    "customers.erased": [bend("customers_party", "erased_at = now()", "name <> ''")],
    "customers.keys_once": [
        ("UPDATE customers_party SET phone_blind = 'x' WHERE id IN"
        " (SELECT party_id FROM customers_customer WHERE origin = 'entry' ORDER BY id LIMIT 2)"),
    ],
    "customers.merged_hold_nothing": [
        ("UPDATE customers_customer SET state = 'merged', merged_into_id = (SELECT max(id::text)::uuid FROM customers_customer)"
        " WHERE id = (SELECT min(customer_id::text)::uuid FROM orders_order)"),
    ],
    "customers.uscc": [
        ("UPDATE customers_party SET uscc = '91310000000000000X' WHERE id IN"
        " (SELECT party_id FROM customers_customer ORDER BY id LIMIT 1)"),
    ],
    "deadlines.failed": [
        ("INSERT INTO kernel_deadline (company_id, what, row_id, due_at, state, attempts, error)"
        " SELECT company_id, 'pipeline.expire_quotation', id, now(), 'failed', 5, 'Refusal'"
        " FROM pipeline_quotation LIMIT 1"),
    ],
    "delivery.accepted_after_delivery": [
        ("UPDATE delivery_shipment SET state = 'planned' WHERE id ="
        " (SELECT shipment_id FROM delivery_shipmentline WHERE accepted > 0 ORDER BY id LIMIT 1)"),
    ],
    "delivery.counters": [f"UPDATE orders_orderline SET shipped = shipped + 1 WHERE id = {CONFIRMED}"],
    "delivery.facts": [
        ("UPDATE kernel_fact SET quantity = quantity + 1 WHERE id = (SELECT f.id FROM kernel_fact f JOIN delivery_shipment h"
        " ON h.id = f.document_id WHERE f.measure = 'accepted' AND h.origin <> 'import' AND h.state = 'accepted' LIMIT 1)"),
    ],
    "delivery.returned": [bend("delivery_shipmentline", "returned = returned + 1")],
    "delivery.stock_out": [
        ("UPDATE stock_movement SET quantity = quantity - 1 WHERE id = (SELECT m.id FROM stock_movement m JOIN delivery_shipment h"
        " ON h.id = m.document_id WHERE h.origin <> 'import' AND h.state = 'accepted' LIMIT 1)"),
    ],
    "departments.paths": [bend("company_department", "path = 'WRONG.'", "parent_id IS NOT NULL")],
    "documents.owners": [
        ("UPDATE kernel_user SET is_active = false WHERE id = (SELECT owner_id FROM orders_order WHERE state = 'confirmed'"
        " ORDER BY id LIMIT 1)"),
    ],
    "duties.people": [
        ("INSERT INTO kernel_dutypair (id, version, code, name_zh, name_en, duty_a, duty_b, per, basis, is_active) VALUES"
        " (uuidv7(), 1, 'x', 'x', 'x', ARRAY['orders.create'], ARRAY['orders.confirm'], 'person', '', true)"),
    ],
    "holds.open": [
        bend("kernel_approvalstep", "opened_at = now(), decided_at = NULL, candidates = '{}'",
             "request_id IN (SELECT id FROM kernel_approvalrequest WHERE state = 'open')"),
    ],
    "ledger.rows": [bend("orders_order", "note = note || '!'", "origin = 'entry'")],
    "ledger.hashes": [
        ("UPDATE kernel_ledgerentry SET operation = 'orders.cancel' WHERE seq ="
        " (SELECT seq FROM kernel_ledgerentry WHERE operation = 'orders.confirm' ORDER BY seq LIMIT 1)"),
    ],
    "orders.booked": [
        ("UPDATE kernel_fact SET amount = amount + 5 WHERE id = (SELECT f.id FROM kernel_fact f JOIN orders_orderline l"
        " ON l.id = f.source JOIN orders_order o ON o.id = l.order_id WHERE f.measure = 'booked' AND o.origin = 'entry'"
        " AND NOT l.is_void LIMIT 1)"),
    ],
    "orders.called_off": [bend("contracts_contractline", "ordered = ordered + 1")],
    "orders.lines": [f"UPDATE orders_orderline SET tax = tax + 1 WHERE id = {CONFIRMED}"],
    "orders.not_over": [f"UPDATE orders_orderline SET shipped = quantity + 1 WHERE id = {CONFIRMED}"],
    "orders.promised": [f"UPDATE orders_orderline SET promised_on = NULL WHERE id = {CONFIRMED}"],
    "orders.reserved": [f"UPDATE orders_orderline SET reserved = reserved + 1 WHERE id = {CONFIRMED}"],
    "orders.totals": [bend("orders_order", "total = total + 1")],
    "people.left": [bend("company_person", "state = 'left'", "state = 'active'")],
    "pipeline.floor": [
        ("UPDATE pipeline_quotationline SET unit_price = 0.01 WHERE id IN (SELECT l.id FROM pipeline_quotationline l"
        " JOIN kernel_ledgerentry e ON e.row_id = l.quotation_id AND e.operation = 'pipeline.send_quotation')"),
    ],
    "pipeline.stages": [bend("pipeline_opportunity", "needs = ''", "state = 'won' AND origin = 'entry'")],
    "pipeline.totals": [bend("pipeline_quotation", "total = total + 1")],
    "pipeline.won": [
        bend("pipeline_opportunity", "expected_amount = expected_amount + 1", "state = 'won' AND origin = 'entry'"),
    ],
    "pricing.floors": [
        ("INSERT INTO pricing_floorprice (id, version, company_id, product_id, price, since, until)"
        " SELECT uuidv7(), 1, company_id, product_id, price + 1, since, until FROM pricing_floorprice LIMIT 1"),
    ],
    "pricing.rules": [bend("pricing_pricerule", "price = NULL", "kind = 'list'")],
    "reactions.failed": [bend("kernel_reactiondone", "state = 'failed', error = 'broken on purpose'")],
    "receivables.accepted": [bend("delivery_shipmentline", "invoiced = invoiced + 1", "accepted > 0 AND invoiced > 0 AND shipment_id IN (SELECT id FROM delivery_shipment WHERE origin <> 'import')")],
    "receivables.balanced": [bend("receivables_posting", "debit = debit + 1", "debit > 0")],
    "receivables.control": [
        bend("receivables_posting", "debit = debit + 1", "debit > 0 AND account = 'receivable'"),
    ],
    "receivables.counters": [f"UPDATE orders_orderline SET invoiced = invoiced + 1 WHERE id = {CONFIRMED}"],
    "receivables.credits": [
        ("INSERT INTO receivables_invoice SELECT (jsonb_populate_record(i, jsonb_build_object('id', uuidv7(), 'number', 'IV-X',"
        " 'total', -2 * i.total, 'reverses_id', i.id, 'tax_number', ''))).* FROM receivables_invoice i"
        " WHERE i.state = 'issued' AND i.total > 0 AND i.reverses_id IS NULL LIMIT 1"),
    ],
    "receivables.lines": [bend("receivables_invoice", "net = net + 1")],
    "receivables.receipts": [bend("receivables_receipt", "applied = applied + 1")],
    "receivables.settled": [bend("receivables_invoice", "settled = settled + 1", "origin <> 'import'")],
    "rights.keys": ["UPDATE kernel_grant SET until = '2000-01-01' WHERE verb LIKE 'company.%' OR verb LIKE 'rights.%'"],
    "stock.lines": [bend("stock_reservationmove", "quantity = -1000000")],
    "stock.no_oversell": [bend("stock_stocklevel", "reserved = on_hand + 1")],
    "manual.citations": ["UPDATE manual_passage SET bases = ARRAY['NO-SUCH'] WHERE id = (SELECT id FROM manual_passage LIMIT 1)"],
    "manual.in_force": ["UPDATE manual_edition SET until = since + 1 WHERE until IS NULL"],
    "stock.on_hand": [bend("stock_stocklevel", "on_hand = on_hand + 1")],
    "stock.reserved": [bend("stock_stocklevel", "reserved = reserved + 1")],
    "stock.supply": [
        (
            "INSERT INTO stock_supply (id, version, company_id, warehouse_id, product_id, due_on, quantity, received)"
            " SELECT uuidv7(), 1, company_id, warehouse_id, product_id, current_date, 5, 6 FROM stock_stocklevel LIMIT 1"
        ),
    ],
    "tasks.owners": [
        ("UPDATE kernel_user SET is_active = false WHERE id ="
        " (SELECT owner_id FROM kernel_task WHERE state = 'open' AND role = '' AND owner_id IS NOT NULL ORDER BY id LIMIT 1)"),
    ],
}  # fmt: skip


@pytest.fixture
def unblocked(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database, without a transaction of the app role around the test."""
    with django_db_blocker.unblock():
        yield


@contextmanager
def anything_goes() -> Iterator[Any]:
    """A cursor of the superuser: no trigger, no foreign key, and at the end nothing has happened."""
    connection = connections["default"]
    address = database_address(home.current(), SUPERUSER)
    kept = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER=address.role, PASSWORD=address.password)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict.update(kept)
        generations.forget()


def without_constraints(cursor: Any, statement: str) -> None:
    """Take the constraints off the table that a statement is going to bend: this is about the check behind them."""
    table = statement.split()[1 if statement.startswith("UPDATE") else 2]
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u', 'x')",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')


def found_by(cursor: Any, name: str) -> list[checks.Finding]:
    """What a check finds when it runs as `sellwell check` runs it."""
    cursor.execute(f"SET LOCAL ROLE {OWNER}")
    generations.forget()
    return checks.run_all([name])


@pytest.mark.parametrize("name", sorted(checks.CHECKS))
def test_what_is_broken_on_purpose_is_found(name: str) -> None:
    assert name in BREAKAGES, f"{name}: write into BREAKAGES how this invariant is broken"
    with anything_goes() as cursor:
        for statement in BREAKAGES[name]:
            without_constraints(cursor, statement)
            cursor.execute(statement)
        assert cursor.rowcount >= 1, "nothing was there to be broken"
        for stale in generations.read_all():
            generations.bump(stale)
        assert {finding.check for finding in found_by(cursor, name)} == {name}


@pytest.mark.parametrize("name", sorted(checks.CHECKS))
def test_nothing_is_found_where_nothing_is_broken(name: str) -> None:
    with anything_goes() as cursor:
        assert found_by(cursor, name) == []
