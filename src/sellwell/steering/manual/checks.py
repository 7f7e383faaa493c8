"""Invariants of the manual that `sellwell check` proves over the whole database."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T


@check(
    "manual.citations", T("引用的依据都在登记簿中", "Every cited basis is in the register"), clauses=["1.2.1"]
)
def _citations() -> Iterable[Finding]:
    return from_sql(
        "manual.citations",
        "SELECT DISTINCT p.number, c.code FROM manual_passage p CROSS JOIN unnest(p.bases) AS c(code)"
        " WHERE NOT EXISTS (SELECT 1 FROM manual_basis b WHERE b.code = c.code)",
        "cites {}, which the register does not have",
    )


@check("manual.in_force", T("今天有且只有一版手册生效", "One edition is in force today"), clauses=["1.1.3"])
def _in_force() -> Iterable[Finding]:
    from sellwell.kernel import clock
    from sellwell.steering.manual import queries

    if queries.edition_on(clock.business_day(clock.now())) is None:
        yield Finding("manual.in_force", "today", "no edition of the manual is in force")
