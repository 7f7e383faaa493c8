"""What other rooms' operations do to stock: reserve, release, ship out, take in.

Each function is called inside a handler, takes any number of lines and issues one statement per table. The caller's
`lock_keys` names `stock.queries.level_locks`; even without them the conditions inside the statements and the table's
own check keep stock from being oversold. All raise `stock.not_enough` when what they need is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sellwell.foundation.stock.models import Movement, ReservationMove, StockLevel
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Reason, Refusal, T

NOT_ENOUGH = Reason(
    "stock.not_enough",
    T(
        "库存已不够：在您办理期间，货物被预留或出库。请刷新后重试。",
        "There is not enough stock any more: others reserved or shipped it meanwhile. Reload and try again.",
    ),
)

# (line, warehouse, product, quantity > 0)
StockLine = tuple[UUID, UUID, UUID, Decimal]
# (line, warehouse, product, quantity > 0, out of what the line has reserved)
ShipLine = tuple[UUID, UUID, UUID, Decimal, bool]
InKind = Literal["receipt", "return", "adjustment", "historic"]

# A level changes by (on hand, reserved); a change that would leave less than nothing free or reserved finds no row.
_CHANGE = """
UPDATE stock_stocklevel AS l
SET on_hand = l.on_hand + d.on_hand, reserved = l.reserved + d.reserved, version = l.version + 1
FROM jsonb_to_recordset(%s) AS d(warehouse_id uuid, product_id uuid, on_hand numeric, reserved numeric)
WHERE l.company_id = %s AND l.warehouse_id = d.warehouse_id AND l.product_id = d.product_id
  AND l.reserved + d.reserved >= 0 AND l.on_hand + d.on_hand >= l.reserved + d.reserved
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""

_ADD = """
INSERT INTO stock_stocklevel AS l (id, version, company_id, warehouse_id, product_id, on_hand, reserved, safety)
SELECT d.id, 1, %s, d.warehouse_id, d.product_id, d.on_hand, 0, 0
FROM jsonb_to_recordset(%s) AS d(id uuid, warehouse_id uuid, product_id uuid, on_hand numeric)
ORDER BY d.warehouse_id, d.product_id
ON CONFLICT (warehouse_id, product_id) DO UPDATE SET on_hand = l.on_hand + excluded.on_hand, version = l.version + 1
RETURNING new.id, CASE WHEN old.id IS NULL THEN NULL ELSE to_jsonb(old) END, to_jsonb(new)
"""

_RESERVATIONS = """
INSERT INTO stock_reservationmove (id, version, company_id, warehouse_id, product_id, line_id, quantity, at)
SELECT m.id, 1, %s, m.warehouse_id, m.product_id, m.line_id, m.quantity, %s
FROM jsonb_to_recordset(%s) AS m(id uuid, warehouse_id uuid, product_id uuid, line_id uuid, quantity numeric)
RETURNING new.id, NULL::jsonb, to_jsonb(new)
"""

_MOVEMENTS = """
INSERT INTO stock_movement
    (id, version, company_id, warehouse_id, product_id, quantity, kind, document_id, line_id, business_date, at)
SELECT m.id, 1, %s, m.warehouse_id, m.product_id, m.quantity, %s, %s, m.line_id, %s, %s
FROM jsonb_to_recordset(%s) AS m(id uuid, warehouse_id uuid, product_id uuid, line_id uuid, quantity numeric)
RETURNING new.id, NULL::jsonb, to_jsonb(new)
"""


def reserve(effects: Effects, ctx: Context, lines: Iterable[StockLine]) -> None:
    """Set stock aside for lines."""
    wanted = _positive(lines)
    _change(effects, ctx, [(w, p, Decimal(0), q) for _, w, p, q in wanted])
    _note_reservations(effects, ctx, wanted, 1)


def release(effects: Effects, ctx: Context, lines: Iterable[StockLine]) -> None:
    """Let go what lines have reserved."""
    wanted = _positive(lines)
    _change(effects, ctx, [(w, p, Decimal(0), -q) for _, w, p, q in wanted])
    _note_reservations(effects, ctx, wanted, -1)


def ship(effects: Effects, ctx: Context, document_id: UUID, lines: Iterable[ShipLine]) -> None:
    """Goods leave: out of the line's reservation, or (not reserved) out of what is free."""
    wanted = list(lines)
    plain = _positive((line, w, p, q) for line, w, p, q, _ in wanted)
    _change(effects, ctx, [(w, p, -q, -q if reserved else Decimal(0)) for _, w, p, q, reserved in wanted])
    _note_reservations(effects, ctx, [(line, w, p, q) for line, w, p, q, reserved in wanted if reserved], -1)
    _note_movements(effects, ctx, document_id, "shipment", plain, -1)


def take_in(
    effects: Effects, ctx: Context, document_id: UUID, kind: InKind, lines: Iterable[StockLine]
) -> None:
    """Goods come: a receipt, a return, a gain found in counting, or history."""
    wanted = _positive(lines)
    if not wanted:
        return
    totals = _totals((w, p, q, Decimal(0)) for _, w, p, q in wanted)
    rows = [{**row, "id": str(new_id())} for row in totals]
    effects.execute(StockLevel, _ADD, [ctx.company_id, json.dumps(rows)])
    _make_findable(effects)
    _note_movements(effects, ctx, document_id, kind, wanted, 1)


def write_off(effects: Effects, ctx: Context, document_id: UUID, lines: Iterable[StockLine]) -> None:
    """Goods are missing or spoilt: out of what is free, never out of what is reserved."""
    wanted = _positive(lines)
    _change(effects, ctx, [(w, p, -q, Decimal(0)) for _, w, p, q in wanted])
    _note_movements(effects, ctx, document_id, "adjustment", wanted, -1)


def _positive(lines: Iterable[StockLine]) -> list[StockLine]:
    found = list(lines)
    if any(quantity <= 0 for *_, quantity in found):
        raise ValueError("stock moves by positive quantities; the function says which way")
    return found


def _totals(changes: Iterable[tuple[UUID, UUID, Decimal, Decimal]]) -> list[dict[str, str]]:
    """Changes added up by warehouse and product: a level appears once in a statement."""
    sums: dict[tuple[UUID, UUID], tuple[Decimal, Decimal]] = {}
    for warehouse_id, product_id, on_hand, reserved in changes:
        before = sums.get((warehouse_id, product_id), (Decimal(0), Decimal(0)))
        sums[warehouse_id, product_id] = (before[0] + on_hand, before[1] + reserved)
    return [
        {
            "warehouse_id": str(w),
            "product_id": str(p),
            "on_hand": format(on_hand, "f"),
            "reserved": format(reserved, "f"),
        }
        for (w, p), (on_hand, reserved) in sorted(sums.items())
    ]


def _change(effects: Effects, ctx: Context, changes: Sequence[tuple[UUID, UUID, Decimal, Decimal]]) -> None:
    """Change levels, all or none."""
    if not changes:
        return
    totals = _totals(changes)
    if effects.execute(StockLevel, _CHANGE, [json.dumps(totals), ctx.company_id]) != len(totals):
        raise Refusal(NOT_ENOUGH.refuse())


def _make_findable(effects: Effects) -> None:
    """A product that lies in a warehouse for the first time gets its entry in the search."""
    fresh = [c.row_id for c in effects.changes if c.model is StockLevel and c.before is None]
    known = {row.pk for row in effects.search}
    if any(row_id not in known for row_id in fresh):
        found = StockLevel.objects.select_related("product", "warehouse").filter(pk__in=fresh)
        effects.search += [level for level in found if level.pk not in known]


def _rows(lines: Iterable[StockLine], sign: int) -> str:
    return json.dumps(
        [
            {
                "id": str(new_id()),
                "line_id": str(line_id),
                "warehouse_id": str(warehouse_id),
                "product_id": str(product_id),
                "quantity": format(sign * quantity, "f"),
            }
            for line_id, warehouse_id, product_id, quantity in lines
        ]
    )


def _note_reservations(effects: Effects, ctx: Context, lines: Sequence[StockLine], sign: int) -> None:
    if lines:
        effects.execute(ReservationMove, _RESERVATIONS, [ctx.company_id, ctx.now, _rows(lines, sign)])


def _note_movements(
    effects: Effects, ctx: Context, document_id: UUID, kind: str, lines: Sequence[StockLine], sign: int
) -> None:
    if lines:
        rows = _rows(lines, sign)
        effects.execute(Movement, _MOVEMENTS, [ctx.company_id, kind, document_id, ctx.today, ctx.now, rows])
