"""Evidence for clauses: how many records a clause concerned, how many kept it, and which did not.

    @evidence("1.3.2", T("单据都有在职负责人", "Every open document has an active person"))
    def owners(company_id: UUID, period: Period) -> Evidence: ...

The manual's pages, the conformance figures and `check` read the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.kernel.values import Period, T

# So many broken records are named; their number is always whole.
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that did not keep the clause, and what is wrong with it."""

    row_type: str
    row_id: UUID | None
    name: str
    why: T


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure beside the counts: what it is of, how many it rests on, its value and unit (hours, %)."""

    title: T
    count: int
    value: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found. `broken` names at most MOST_NAMED of `concerned - kept` records."""

    concerned: int
    kept: int
    broken: tuple[Broken, ...] = ()
    measured: tuple[Measured, ...] = ()

    @property
    def share(self) -> Decimal | None:
        """The share that kept the clause; None where no record was concerned."""
        return Decimal(self.kept) / Decimal(self.concerned) if self.concerned else None


Collect = Callable[[UUID, Period], Evidence]


@dataclass(frozen=True, slots=True)
class Collector:
    """A registered function with the clause that it speaks for."""

    clause: str
    title: T
    collect: Collect


COLLECTORS: list[Collector] = []


def evidence(clause: str, title: T) -> Callable[[Collect], Collect]:
    """Register the decorated function as evidence for a clause. A clause may have several."""

    def declare(function: Collect) -> Collect:
        COLLECTORS.append(Collector(clause, title, function))
        return function

    return declare


def for_clause(clause: str) -> list[Collector]:
    """Everything that speaks for a clause."""
    return [collector for collector in COLLECTORS if collector.clause == clause]


def found(concerned: int, broken: list[Any], measured: Iterable[Measured] = ()) -> Evidence:
    """Evidence from the number of records concerned, all those that broke the clause, and figures beside them."""
    return Evidence(concerned, concerned - len(broken), tuple(broken[:MOST_NAMED]), tuple(measured))
