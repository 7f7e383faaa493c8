"""For stories that break a clause: which evidences name a record for it, now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel import evidence
from sellwell.kernel.values import Period

if TYPE_CHECKING:
    from sellwell.testing.world import World


def naming(world: World, clause: str, row: Any, days: int = 40) -> set[str]:
    """The evidences of a clause that name a row (or its identifier) among those that broke it of late."""
    row_id = row if isinstance(row, UUID) else row.pk
    period = Period(world.today - timedelta(days=days), world.today + timedelta(days=1))
    return {
        one.name.partition(".")[2]
        for one in evidence.for_clause(clause)
        if any(broken.row_id == row_id for broken in one.collect(world.company.pk, period).broken)
    }
