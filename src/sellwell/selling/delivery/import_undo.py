"""Taking an import back: one reversing batch, refused once others build on its documents. Nothing is deleted."""

from __future__ import annotations

from typing import Any

from django.db import connection

from sellwell.foundation.catalog import importing as catalog
from sellwell.foundation.customers import importing as customers
from sellwell.foundation.stock import importing as stock
from sellwell.kernel.effects import Effects
from sellwell.kernel.import_operations import undo_batch
from sellwell.kernel.models import ImportBatch
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Reason, Refusal, T
from sellwell.kernel.writing import open_month
from sellwell.selling.delivery.models import Return, Shipment
from sellwell.selling.orders.importing import take_back

BUILT_ON = Reason(
    "import.built_on",
    T(
        "已有 {count} 张单据以这批数据为基础，不能撤销。",
        "{count} documents build on this batch; it cannot be undone.",
    ),
)

NAMED_BY_OTHERS = Reason(
    "import.named_by_others",
    T(
        "已有 {count} 处其他记录使用这批数据带来的客户或产品，不能撤销。如是后来的批次，请先撤销它。",
        "{count} other records use customers or products of this batch; it cannot be undone. Undo later batches first.",
    ),
)

_BUILT_ON = """
SELECT count(*) FROM (
  SELECT r.id FROM delivery_return r JOIN delivery_shipment s ON s.id = r.shipment_id
    JOIN kernel_importeddocument d ON d.row_id = s.order_id WHERE d.batch_id = %(batch)s AND r.origin <> 'import' AND r.state <> 'cancelled'
  UNION ALL
  SELECT l.to_id FROM kernel_link l JOIN kernel_importeddocument d ON d.row_id = l.from_id WHERE d.batch_id = %(batch)s
) found
"""

_DOCUMENTS = "SELECT d.row_id FROM kernel_importeddocument d WHERE d.batch_id = %(batch)s"

_SHIPMENTS = f"""
UPDATE delivery_shipment s SET state = 'cancelled', version = version + 1 WHERE s.order_id IN ({_DOCUMENTS})
RETURNING new.id, jsonb_build_object('state', old.state), jsonb_build_object('state', new.state)
"""
_SHIPMENT_LINES = f"""
UPDATE delivery_shipmentline l SET accepted = 0, invoiced = 0, version = l.version + 1
FROM delivery_shipment s WHERE s.id = l.shipment_id AND s.order_id IN ({_DOCUMENTS})
"""
_RETURNS = f"""
UPDATE delivery_return r SET state = 'cancelled', version = version + 1 WHERE r.id IN ({_DOCUMENTS})
RETURNING new.id, jsonb_build_object('state', old.state), jsonb_build_object('state', new.state)
"""
# Every document that the batch's movements and facts hang on: orders, their shipments, returns.
_ALL = f"""
WITH docs AS ({_DOCUMENTS}),
alldocs AS (SELECT row_id AS id FROM docs UNION ALL SELECT s.id FROM delivery_shipment s JOIN docs ON docs.row_id = s.order_id)
"""
# The documents of this batch and of those that were undone before: what they refer to is free of them.
_TAKEN_BACK = """
WITH docs AS (SELECT d.row_id FROM kernel_importeddocument d WHERE d.batch_id = %(batch)s OR d.undone_at IS NOT NULL)
SELECT row_id FROM docs UNION ALL SELECT s.id FROM delivery_shipment s JOIN docs ON docs.row_id = s.order_id
"""
_FACTS = (
    _ALL
    + """
INSERT INTO kernel_fact (company_id, measure, happened_on, recorded_at, recorded_month, amount, document_amount, currency,
    quantity, person_id, department_path, region, customer_id, product_id, product_line, channel, document_type,
    document_id, source, seq, reverses)
SELECT f.company_id, f.measure, f.happened_on, %(now)s, %(month)s, -f.amount, -f.document_amount, f.currency, -f.quantity,
    f.person_id, f.department_path, f.region, f.customer_id, f.product_id, f.product_line, f.channel, f.document_type,
    f.document_id, f.source, f.seq + 1000, f.id
FROM kernel_fact f WHERE f.document_id IN (SELECT id FROM alldocs) AND f.reverses IS NULL
"""
)


@undo_batch.register("orders")
def undo_orders(batch: ImportBatch, ctx: Context) -> Effects:
    """Reverse every document of the batch: states, counters, movements and facts; then what it made beside them."""
    values: dict[str, Any] = {
        "batch": batch.pk,
        "now": ctx.now,
        "month": open_month(ctx.company_id, ctx.today),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BUILT_ON, values)
        count = cursor.fetchone()[0]
    if count:
        raise Refusal(BUILT_ON.refuse(count=count))
    effects = Effects()
    take_back(effects, batch.pk)
    effects.execute(Shipment, _SHIPMENTS, values)
    effects.execute(Return, _RETURNS, values)
    with connection.cursor() as cursor:
        for statement in (_SHIPMENT_LINES, _FACTS):
            cursor.execute(statement, values)
        cursor.execute(f"{_ALL} SELECT id FROM alldocs", values)
        documents = [row[0] for row in cursor.fetchall()]
        cursor.execute(_TAKEN_BACK, values)
        gone = {row[0] for row in cursor.fetchall()}
        stock.move_back(documents, ctx.now)
        cursor.execute(
            "UPDATE kernel_importeddocument SET undone_at = %(now)s WHERE batch_id = %(batch)s", values
        )
    count = sum(room.take_back(effects, batch.pk, gone) for room in (customers, catalog))
    if count:
        raise Refusal(NAMED_BY_OTHERS.refuse(count=count))
    return effects
