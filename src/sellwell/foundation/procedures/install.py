"""The procedures that ship with the product, for a new company."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from sellwell.foundation.procedures import queries
from sellwell.kernel import system
from sellwell.kernel.door import run
from sellwell.kernel.operations import REGISTRY


@cache
def defaults() -> list[dict[str, Any]]:
    """The shipped procedures as inputs of `procedures.write`."""
    found = yaml.safe_load((Path(__file__).parent / "defaults.yaml").read_text(encoding="utf-8"))
    return [_given(one) for one in found]


def _given(one: dict[str, Any]) -> dict[str, Any]:
    zh, en = one["zh"], one["en"]
    english = {f"{name}_en": value for name, value in en.items()}
    return {"operation": one["operation"], "role": one["role"], "hours": str(one["hours"]), **zh, **english}


def install(company_id: UUID) -> int:
    """Bring in and put in force what the company does not have yet; gives how many."""
    ctx = system.context(company_id)
    known = queries.all_in_force(company_id)
    wanted = [one for one in defaults() if one["operation"] in REGISTRY and one["operation"] not in known]
    for one in wanted:
        made = run("procedures.write", ctx, data=one).result
        run("procedures.publish", ctx, made.pk)
    return len(wanted)
