"""The first warehouse of a company."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.stock.models import Warehouse
from sellwell.kernel import system
from sellwell.kernel.door import run

WAREHOUSES = [("MAIN", "总仓", "physical"), ("HIST", "历史平衡", "historic")]


def install(company_id: UUID, on: date) -> dict[str, Warehouse]:
    """Bring in the main warehouse and the one that balances imported history; gives them by code."""
    ctx = system.context(company_id)
    known = {w.code: w for w in Warehouse.objects.filter(company_id=company_id)}
    for code, name, kind in WAREHOUSES:
        if code not in known:
            data = {"code": code, "name": name, "kind": kind}
            known[code] = run("stock.add_warehouse", ctx, data=data).result
    return known
