"""What docs/rules/prices.md claims is what the rules do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from sellwell.foundation.pricing.rules import Amounts, Rule, choose, line_amounts
from sellwell.testing.pages import Row, tables

D = Decimal
PRODUCT = UUID(int=7)
WHICH, AMOUNTS = tables("prices")


def rule_of(number: int, words: str) -> Rule:
    """`list 95 from 20` or `grade -5%` as a rule."""
    kind, value, *least = words.split()
    percent = value.startswith("-")
    return Rule(
        UUID(int=number), kind, "", PRODUCT, "", D(least[1]) if least else D(0),
        None if percent else D(value), D(value.strip("-%")) / 100 if percent else None, date(2026, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize("row", WHICH, ids=lambda row: row["rules that speak"])
def test_which_price(row: Row) -> None:
    rules = [rule_of(number, words) for number, words in enumerate(row["rules that speak"].split("; "))]
    found = choose(rules, PRODUCT, "", D(10))
    said = ("none", "none") if found is None else (found.unit_price, found.rule.kind)
    wanted = ("none", "none") if row["price"] == "none" else (D(row["price"]), row["because"])
    assert said == wanted


@pytest.mark.parametrize("row", AMOUNTS, ids=lambda row: f"{row['quantity']}x{row['price']}-{row['tax']}")
def test_amounts(row: Row) -> None:
    found = line_amounts(D(row["quantity"]), D(row["price"]), D(row["rate"]), row["tax"] == "inside")
    assert found == Amounts(D(row["net"]), D(row["tax amount"]), D(row["total"]))
