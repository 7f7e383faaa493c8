"""Where higher rooms tell the warehouse what waits for goods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from sellwell.kernel.extensions import Extension

# (company_id, product_ids) -> by product, what confirmed documents wait for and have not reserved yet. Expected supply
# serves them before anything new is promised from it, so supply is never promised twice and no counter can drift.
waiting: Extension[Callable[[UUID, Iterable[UUID]], Mapping[UUID, Decimal]]] = Extension(
    "stock.waiting", "quantities that back-orders wait for, by product"
)
