"""What delivery and receivables do to an order's lines, inside their own operations: they move its counters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Reason, Refusal, T
from sellwell.selling.orders.models import OrderLine

IMPOSSIBLE = Reason(
    "orders.counters",
    T(
        "数量超出订单：发货、验收、开票不能超过订单明细的数量。请刷新后核对。",
        "More than the order holds: shipping, acceptance and invoicing stay within its lines. Reload and compare.",
    ),
)

COUNTERS = (
    "reserved", "planned", "shipped", "accepted", "returned", "cancelled", "invoiced", "invoiced_amount", "paid_amount",
)  # fmt: skip

_COUNT = f"""
UPDATE orders_orderline AS l
SET {", ".join(f"{name} = l.{name} + coalesce(d.{name}, 0)" for name in COUNTERS)}, version = l.version + 1
FROM jsonb_to_recordset(%s) AS d(id uuid, {", ".join(f"{name} numeric" for name in COUNTERS)})
WHERE l.company_id = %s AND l.id = d.id AND NOT l.is_void
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def count(effects: Effects, ctx: Context, changes: Iterable[tuple[UUID, Mapping[str, Decimal]]]) -> None:
    """Move counters of lines, all in one statement: `[(line, {"planned": Decimal(2), "reserved": Decimal(-2)})]`.

    The caller holds the order's row (rank `parent`). Refuses `orders.counters` where the database's own checks would
    not hold afterwards; ValueError for a name that is no counter.
    """
    sums: dict[UUID, dict[str, Decimal]] = {}
    for line_id, moved in changes:
        if unknown := set(moved) - set(COUNTERS):
            raise ValueError(f"no counter of an order line: {sorted(unknown)}")
        line = sums.setdefault(line_id, {})
        for name, value in moved.items():
            line[name] = line.get(name, Decimal(0)) + value
    if not sums:
        return
    rows = [
        {"id": str(line_id), **{name: format(value, "f") for name, value in moved.items()}}
        for line_id, moved in sums.items()
    ]
    try:
        with transaction.atomic():
            changed = effects.execute(OrderLine, _COUNT, [json.dumps(rows), ctx.company_id])
    except IntegrityError:
        raise Refusal(IMPOSSIBLE.refuse()) from None
    if changed != len(rows):
        raise Refusal(IMPOSSIBLE.refuse())
