"""Asking a policy inside an operation: the version that judged is remembered for the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sellwell.kernel import policy
from sellwell.kernel.operations import Context

_used: ContextVar[list[dict[str, Any]] | None] = ContextVar("policies_used", default=None)


@contextmanager
def noting() -> Iterator[list[dict[str, Any]]]:
    """Collect the policy versions that are asked inside the block."""
    used: list[dict[str, Any]] = []
    token = _used.set(used)
    try:
        yield used
    finally:
        _used.reset(token)


def judge(name: str, ctx: Context, facts: Mapping[str, Any]) -> policy.Decision:
    """What policy `name`, in the version in force on the business day, says about `facts`."""
    version = policy.in_force(name, ctx.company_id, ctx.today)
    decision = policy.decide(version.table, facts)
    used = _used.get()
    if used is not None:
        used.append({"policy": name, "version": version.version, "row": decision.row})
    return decision
