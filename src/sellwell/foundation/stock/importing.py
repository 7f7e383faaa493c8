"""Movements of the past at the historic location: they balance, and never touch today's stock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from sellwell.foundation.stock.models import Movement, Warehouse
from sellwell.kernel.copying import RowsFor
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id


def historic_place(effects: Effects, company_id: UUID) -> UUID:
    """The company's historic location, made at first need."""
    found = (
        Warehouse.objects.filter(company_id=company_id, kind="historic").values_list("id", flat=True).first()
    )
    if found is not None:
        return UUID(str(found))
    place = Warehouse(id=new_id(), company_id=company_id, code="HISTORIC", name="历史", kind="historic")
    effects.insert(place)
    return place.pk


def move(
    company_id: UUID, place: UUID, at: datetime, moves: Iterable[tuple[UUID, Decimal, UUID, UUID, date]]
) -> None:
    """Write movements (product, quantity, document, line, day); in > 0, out < 0."""
    rows = RowsFor(Movement, version=1, company_id=company_id, warehouse_id=place, kind="historic", at=at)
    for product_id, quantity, document_id, line_id, day in moves:
        rows.add(
            id=new_id(),
            product_id=product_id,
            quantity=quantity,
            document_id=document_id,
            line_id=line_id,
            business_date=day,
        )
    rows.write()


_BACK = """
INSERT INTO stock_movement (id, version, company_id, warehouse_id, product_id, quantity, kind, document_id, line_id,
    business_date, at)
SELECT uuidv7(), 1, m.company_id, m.warehouse_id, m.product_id, -m.quantity, m.kind, m.document_id, m.line_id,
    m.business_date, %s
FROM stock_movement m WHERE m.document_id = ANY(%s) AND m.kind = 'historic'
"""


def move_back(documents: Sequence[UUID], at: datetime) -> None:
    """The movements of these documents again, in the other direction."""
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [at, list(documents)])
