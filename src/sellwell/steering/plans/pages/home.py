"""A department's page: the management cycle that it is in, in five cells."""

from __future__ import annotations

from typing import Any

from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.plans import board
from sellwell.steering.plans.views import CYCLES
from sellwell.web.registry import panel


def cycle_of(row: Any, ctx: Context) -> dict[str, Any] | None:
    """The cycle that waits longest, else the last one; departments that run none have no such block."""
    line = board.of_department(row.path, ctx)
    return {"line": line} if line is not None else None


panel(
    "company.department", "cycle", T("管理循环", "Management cycle"), "plans/_department.html", context=cycle_of,
    place="main", right=CYCLES.name, order=5,
)  # fmt: skip
