"""Evidence for clauses: how many records a clause concerned, how many kept it, and which did not.

    @evidence("1.3.2", T("单据都有在职负责人", "Every open document has an active person"))
    def owners(company_id: UUID, period: Period) -> Evidence: ...

The manual's pages, the conformance figures and `check` read the same functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel import clock
from sellwell.kernel.values import Period, T

if TYPE_CHECKING:
    from django.db.models import QuerySet

# So many broken records are named; their number is always whole.
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that did not keep the clause, and what is wrong with it."""

    row_type: str
    row_id: UUID | None
    name: str
    why: T
    department: str = ""  # the path of the department that answers for it, where records have one


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records were concerned and how many kept the clause."""

    concerned: int
    kept: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure beside the counts: what it is of, how many it rests on, its value and unit (hours, %)."""

    title: T
    count: int
    value: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found. `broken` names at most MOST_NAMED of `concerned - kept` records.

    `measured` is read at most once, by the page of the records: a generator there costs nothing where counts are enough.

    `departments` divides the figures by the path of the department, where records have one; else it is empty.
    """

    concerned: int
    kept: int
    broken: tuple[Broken, ...] = ()
    measured: Iterable[Measured] = ()
    departments: Mapping[str, Tally] = field(default_factory=dict)

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
    right: str = ""  # where set, a record is named only to whom this verb's cells reach it: see `evidence`

    @property
    def name(self) -> str:
        """`orders.priced_by_rule`: the room and the function."""
        room = self.collect.__module__.split(".evidence")[0].rpartition(".")[2]
        return f"{room}.{self.collect.__name__}"


COLLECTORS: list[Collector] = []


def evidence(clause: str, title: T, *, right: str = "") -> Callable[[Collect], Collect]:
    """Register the decorated function as evidence for a clause. A clause may have several.

    Records are named to whoever may see them on their list. Where the list alone says too little (everybody finds
    everybody's name), `right` is the verb whose scope decides, by the person or the department that is broken.
    """

    def declare(function: Collect) -> Collect:
        COLLECTORS.append(Collector(clause, title, function, right))
        return function

    return declare


def last_day(period: Period) -> date:
    """The day that a state is looked at: the period's last, today where it is still running."""
    today = clock.business_day(clock.now())
    return today if period.until is None else min(today, period.until - timedelta(days=1))


def for_clause(clause: str) -> list[Collector]:
    """Everything that speaks for a clause."""
    return [collector for collector in COLLECTORS if collector.clause == clause]


def found(
    concerned: int | Mapping[str, int], broken: Sequence[Broken], measured: Iterable[Measured] = ()
) -> Evidence:
    """Evidence from the number of records concerned (in all, or by department), all those that broke the clause, and figures
    beside them."""
    named = tuple(broken[:MOST_NAMED])
    if isinstance(concerned, int):
        return Evidence(concerned, concerned - len(broken), named, measured)
    wrong = Counter(each.department for each in broken)
    departments = {path: Tally(count, count - wrong[path]) for path, count in concerned.items()}
    number = sum(concerned.values())
    return Evidence(number, number - len(broken), named, measured, departments)


def by_department(rows: QuerySet[Any], path: str = "department_path") -> dict[str, int]:
    """How many rows each department answers for; `path` leads to the column."""
    from django.db.models import Count

    counted = rows.order_by().values_list(path).annotate(number=Count("pk", distinct=True))
    return {str(department): int(number) for department, number in counted}
