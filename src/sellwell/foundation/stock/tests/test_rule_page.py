"""What docs/rules/promises.md claims is what the rules do."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sellwell.foundation.stock.rules import Incoming, Level, Want, less_waiting, spread
from sellwell.testing.pages import Row, tables

D = Decimal
PRODUCT, WAREHOUSE = UUID(int=1), UUID(int=2)
(CASES,) = tables("promises")


def day(number: str) -> date:
    return date(2026, 10, int(number))


def workdays(since: date, count: int) -> date:
    """Monday to Friday."""
    while count:
        since += timedelta(days=1)
        count -= since.weekday() < 5
    return since


def supplies_of(words: str) -> list[Incoming]:
    """`2 on 8; 5 on 12` as supplies; days before the fifth are overdue."""
    found = []
    for number, one in enumerate(filter(None, words.split("; "))):
        quantity, _, due = one.split()
        found.append(Incoming(UUID(int=100 + number), PRODUCT, day(due), D(quantity)))
    return found


@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row['free']}+{row['supplies']}-{row['waiting']}")
def test_what_can_be_promised(row: Row) -> None:
    supplies = less_waiting(supplies_of(row["supplies"]), {PRODUCT: D(row["waiting"])})
    levels = [Level(WAREHOUSE, PRODUCT, D(row["free"]))]
    want = Want("line", PRODUCT, D(row["wanted"]), 10)
    found = spread([want], levels, supplies, day("5"), workdays)["line"]
    assert (found.reserved, found.short, found.promised_on) == (
        D(row["reserved"]),
        D(row["short"]),
        day(row["day"]),
    )
