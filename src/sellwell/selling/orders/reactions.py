"""What orders do on events: goods that came are reserved for the orders that wait longest; finished orders are closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sellwell.kernel import system
from sellwell.kernel.door import run
from sellwell.kernel.outbox import reaction
from sellwell.kernel.values import Refusal
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import OrderLine


@reaction("orders.serve_waiting", on=["stock.received"])
def serve_waiting(event: Any) -> None:
    """Goods came in: first come, first served."""
    named = [UUID(text) for text in str(event.payload.get("products", "")).split(",") if text]
    _serve(event.company_id, named)


@reaction("orders.serve_from_cancelled", on=["orders.cancelled", "orders.rest_cancelled"])
def serve_from_cancelled(event: Any) -> None:
    """An order let goods go: others may wait for them."""
    lines = OrderLine.objects.filter(order_id=event.payload["order"], is_void=False)
    _serve(event.company_id, lines.values_list("product_id", flat=True))


def _serve(company_id: UUID, product_ids: Iterable[UUID]) -> None:
    for order_id in queries.first_come(company_id, product_ids):
        try:
            run("orders.promise_again", system.context(company_id), order_id)
        except Refusal:
            continue  # nothing is left for this one; what it waits for may be another product
