"""One hash over numbers, dates, amounts and states: the same seed and day must give the same company."""

from __future__ import annotations

import hashlib

from django.db import connection

DOCUMENTS = {
    "pipeline_lead": "number, business_date, state",
    "pipeline_opportunity": "number, business_date, state, expected_amount",
    "pipeline_visit": "number, business_date, state",
    "pipeline_quotation": "number, business_date, state, total",
    "contracts_contract": "number, business_date, state, total",
    "orders_order": "number, business_date, state, total",
    "delivery_shipment": "number, business_date, state",
    "delivery_return": "number, business_date, state, total",
    "receivables_invoice": "number, business_date, state, total, settled",
    "receivables_receipt": "number, business_date, state, total, applied",
    "voice_invitation": "number, business_date, state",
    "voice_response": "business_date, state, nps, csat, ces",
    "voice_followup": "number, business_date, state",
    "customers_customer": "number, grade, state",
    "stock_stocklevel": "on_hand, reserved",
}


def digest() -> str:
    """The company's digest."""
    total = hashlib.sha256()
    with connection.cursor() as cursor:
        for table, columns in DOCUMENTS.items():
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}")
            for row in cursor.fetchall():
                total.update("|".join(str(value) for value in row).encode())
        cursor.execute(
            "SELECT measure, happened_on, sum(amount) FROM kernel_fact GROUP BY 1, 2 ORDER BY 1, 2"
        )
        for row in cursor.fetchall():
            total.update("|".join(str(value) for value in row).encode())
    return total.hexdigest()
