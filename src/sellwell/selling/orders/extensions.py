"""Where delivery tells orders what its open shipments hold, and what orders add to lower rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.stock.extensions import waiting as stock_waiting
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.values import T
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import Order

OPEN = ("draft", "confirmed")

# (line_ids) -> {(line, warehouse): quantity} that open shipments will take out of the lines' reservations. Cancelling the
# rest of an order lets go only of what is beyond it.
planned: Extension[Callable[[Iterable[UUID]], Mapping[tuple[UUID, UUID], Decimal]]] = Extension(
    "orders.planned", "reserved quantities that open shipments hold, by line and warehouse"
)


@stock_waiting.register("orders.order")
def _waiting(company_id: UUID, product_ids: Iterable[UUID]) -> Mapping[UUID, Decimal]:
    return queries.waiting(company_id, product_ids)


@owned_work.register("orders.order")
def _owned(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """The orders under way that a person answers for."""
    return [
        (Order, list(Order.objects.filter(owner_id=user_id, state__in=OPEN).values_list("pk", flat=True)))
    ]


@open_business.register("orders.order")
def _open_orders(customer: Any) -> tuple[T, int]:
    return T("未完结的订单", "Open orders"), Order.objects.filter(
        customer_id=customer.pk, state__in=OPEN
    ).count()


def _erase(subject: UUID) -> int:
    return personal.blank_columns(Order, Q(customer__party_id=subject))


personal.register_eraser("orders.order", _erase)
