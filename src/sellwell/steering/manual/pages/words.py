"""The words of clauses for pages of other rooms, kept in memory until another edition is published."""

from __future__ import annotations

from datetime import date

from sellwell.kernel import clock, generations
from sellwell.kernel.values import T
from sellwell.steering.manual import queries
from sellwell.web import clauses

_known: tuple[tuple[int, date], dict[str, T]] | None = None


def words(number: str) -> T | None:
    """What a clause of the edition in force today says; None where it has no such clause."""
    global _known
    key = (generations.current(queries.GENERATION), clock.business_day(clock.now()))
    if _known is None or _known[0] != key:
        edition = queries.edition_on(key[1])
        said = queries.wordings(edition.pk) if edition is not None else {}
        _known = (key, {name: T(one.zh, one.en or one.zh) for name, one in said.items()})
    return _known[1].get(number)


clauses.register(words)
