"""The worked table of docs/rules/survey-figures.md holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sellwell.control.voice.rules import figures
from sellwell.testing.pages import tables

[ROWS] = tables("survey-figures")


@pytest.mark.parametrize("row", ROWS)
def test_the_page_says_what_the_rules_reckon(row: dict[str, str]) -> None:
    pairs = [one.split(":") for one in row["answers"].split(";")]
    found = figures.figure_of(row["metric"], {int(score): int(count) for score, count in pairs})
    told = (int(row["n"]), Decimal(row["value"]), Decimal(row["low"]), Decimal(row["high"]))
    assert (found.n, found.value, found.low, found.high) == told
