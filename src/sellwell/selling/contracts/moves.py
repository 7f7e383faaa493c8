"""What orders do to a contract's lines, inside their own operations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Reason, Refusal, T
from sellwell.selling.contracts.models import ContractLine

NOT_LEFT = Reason(
    "contracts.not_left",
    T(
        "合同剩余数量不足：其他订单已使用。请刷新后重试。",
        "The contract has not so much left: other orders used it. Reload and try again.",
    ),
)

# A line that has less left than is called off finds no row.
_MOVE = """
UPDATE contracts_contractline AS l
SET ordered = l.ordered + d.quantity, version = l.version + 1
FROM jsonb_to_recordset(%s) AS d(id uuid, quantity numeric)
WHERE l.company_id = %s AND l.id = d.id AND NOT l.is_void
  AND l.ordered + d.quantity BETWEEN 0 AND l.quantity
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def call_off(effects: Effects, ctx: Context, lines: Iterable[tuple[UUID, Decimal]]) -> None:
    """Count quantities as ordered: (contract line, quantity > 0). Refuses `contracts.not_left`; nothing is over-called."""
    _move(effects, ctx, lines, 1)


def give_back(effects: Effects, ctx: Context, lines: Iterable[tuple[UUID, Decimal]]) -> None:
    """Count quantities as no longer ordered: a cancelled order or its remainder."""
    _move(effects, ctx, lines, -1)


def _move(effects: Effects, ctx: Context, lines: Iterable[tuple[UUID, Decimal]], sign: int) -> None:
    totals: dict[UUID, Decimal] = {}
    for line_id, quantity in lines:
        if quantity <= 0:
            raise ValueError("quantities are positive; the function says which way")
        totals[line_id] = totals.get(line_id, Decimal(0)) + sign * quantity
    if not totals:
        return
    rows = [{"id": str(line_id), "quantity": format(quantity, "f")} for line_id, quantity in totals.items()]
    if effects.execute(ContractLine, _MOVE, [json.dumps(rows), ctx.company_id]) != len(rows):
        raise Refusal(NOT_LEFT.refuse())
