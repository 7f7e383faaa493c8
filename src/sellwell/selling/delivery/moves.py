"""What other rooms' operations may change here, inside their own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context
from sellwell.selling.delivery.models import Return, ReturnState, ShipmentLine

_INVOICED = """
UPDATE delivery_shipmentline s SET invoiced = s.invoiced + v.quantity, version = s.version + 1
FROM (SELECT id, sum(quantity) AS quantity FROM unnest(%s::uuid[], %s::numeric[]) AS u(id, quantity) GROUP BY id) v
WHERE s.id = v.id RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def count_invoiced(effects: Effects, lines: Sequence[tuple[UUID, Decimal]]) -> None:
    """Move the `invoiced` counters of shipment lines by these quantities (negative: credited or void)."""
    if lines:
        effects.execute(
            ShipmentLine, _INVOICED, [[line for line, _ in lines], [quantity for _, quantity in lines]]
        )


def mark_credited(effects: Effects, ctx: Context, return_order_id: UUID) -> None:
    """Everything that a return took back is credited, or was never invoiced."""
    row = Return.objects.select_related("customer").get(pk=return_order_id)
    if row.state == ReturnState.RECEIVED.value:
        effects.update(row, state=ReturnState.CREDITED.value)
        effects.drop_tasks.append(row.pk)
