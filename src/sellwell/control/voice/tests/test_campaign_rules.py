"""Campaigns without a database: words, groups, results, and properties of the drawn groups and the interval."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sellwell.control.voice.rules import campaigns as rules
from sellwell.control.voice.rules.campaigns import Counted, Result

DAY = date(2026, 9, 1)


def test_placeholders() -> None:
    assert (
        rules.filled("{contact}您好", {"contact": "{seller}"}) == "{seller}您好"
    )  # names are not looked into again
    assert rules.unknown_places("{customer} {price} {}") == ["price", ""]
    assert rules.cut("长" * 60) == "长" * (rules.SMS_MOST - 1) + "…"


@given(st.sets(st.uuids(), max_size=60), st.decimals(0, "0.5", places=3), st.text(max_size=8))
def test_groups_are_settled_by_the_seed_and_cover_everybody_once(
    keys: set[UUID], share: Decimal, seed: str
) -> None:
    found = rules.split(seed, sorted(keys), share)
    assert found == rules.split(seed, sorted(keys), share)
    assert sorted([*found.segment, *found.holdout]) == sorted(keys)
    assert len(found.holdout) == int(len(keys) * share)


def test_the_worked_example_of_the_rule_page() -> None:
    reached, held = Result(160, 40, Decimal(800_000)), Result(40, 4, Decimal(60_000))
    assert (reached.rate.value, reached.rate.low, reached.rate.high) == (
        Decimal("25.0"), Decimal("18.9"), Decimal("32.2"),
    )  # fmt: skip
    assert (held.rate.value, held.rate.low, held.rate.high) == (
        Decimal("10.0"),
        Decimal("4.0"),
        Decimal("23.1"),
    )
    one = rules.gain(reached, held)
    assert (one.n, one.value, one.low, one.high) == (40, Decimal("15.0"), Decimal("0.5"), Decimal("24.4"))
    assert rules.verdict(one) == "better" and not one.is_small
    assert reached.per_head == Decimal("5000.00")


def test_only_the_days_that_count_and_net_of_what_was_cancelled() -> None:
    a, b, c = (UUID(int=n) for n in (1, 2, 3))
    counted = [Counted(key, "segment", DAY) for key in (a, b, c)]
    booked = {
        a: [(DAY, Decimal(100)), (DAY + timedelta(days=30), Decimal(500))],
        b: [(DAY + timedelta(days=1), Decimal(70)), (DAY + timedelta(days=2), Decimal(-70))],
        c: [(DAY - timedelta(days=1), Decimal(9))],
    }
    assert rules.results(counted, booked, 30) == {"segment": Result(3, 1, Decimal(100))}


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_the_interval_holds_the_difference_and_turns_with_the_groups(
    n: int, m: int, data: st.DataObject
) -> None:
    a = Result(n, data.draw(st.integers(0, n)), Decimal(0))
    b = Result(m, data.draw(st.integers(0, m)), Decimal(0))
    one, other = rules.gain(a, b), rules.gain(b, a)
    assert one.low is not None and one.value is not None and one.high is not None
    assert one.low <= one.value <= one.high
    assert (other.value, other.low, other.high) == (-one.value, -one.high, -one.low)


def test_nobody_to_compare_with_says_nothing() -> None:
    assert rules.verdict(rules.gain(Result(10, 2, Decimal(1)), Result(0, 0, Decimal(0)))) == "open"
