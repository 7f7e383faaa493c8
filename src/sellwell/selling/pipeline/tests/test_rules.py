"""Rules of the pipeline without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.selling.pipeline import rules
from sellwell.testing.marks import clause

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@clause("1.4.3")
@pytest.mark.parametrize(
    ("stage", "standing", "missing"),
    [
        ("needs", rules.Standing(False, 0, 0, 0), ["pipeline.needs_missing"]),
        ("needs", rules.Standing(True, 0, 0, 0), []),
        ("match", rules.Standing(False, 0, 0, 0), ["pipeline.needs_missing", "pipeline.no_product"]),
        ("match", rules.Standing(True, 1, 0, 0), []),
        ("offer", rules.Standing(True, 1, 0, 0), ["pipeline.not_quoted"]),
        ("offer", rules.Standing(True, 1, 0, 1), []),
        ("won", rules.Standing(True, 1, 1, 0), ["pipeline.not_agreed"]),
        ("won", rules.Standing(True, 1, 0, 1), []),
    ],
)
def test_each_stage_asks_for_its_own_and_all_before(
    stage: str, standing: rules.Standing, missing: list[str]
) -> None:
    assert [o.code for o in rules.entry_objections(stage, standing)] == missing


@clause("1.4.3")
@given(st.booleans(), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_who_may_enter_a_stage_may_enter_those_before(
    needs: bool, products: int, quoted: int, agreed: int
) -> None:
    standing = rules.Standing(needs, products, quoted, agreed)
    counts = [len(rules.entry_objections(stage, standing)) for stage in rules.ORDER]
    assert counts == sorted(counts)


@clause("2.2.4")
def test_minutes_are_late_after_their_time_and_never_without_one() -> None:
    due = NOON + timedelta(hours=24)
    assert not rules.minutes_are_late(due, None, due)
    assert rules.minutes_are_late(due, None, due + timedelta(seconds=1))
    assert not rules.minutes_are_late(due, due, NOON + timedelta(days=9))
    assert rules.minutes_are_late(due, due + timedelta(minutes=1), NOON)
    assert not rules.minutes_are_late(None, None, NOON)


money = st.decimals(min_value=0, max_value=10**6, places=2)


@given(money, money)
def test_a_discount_is_a_share_of_the_list_price(unit: Decimal, listed: Decimal) -> None:
    share = rules.discount_of(unit, listed)
    assert 0 <= share <= 1
    assert (share == 0) or unit < listed


@clause("2.2.4")
@given(st.lists(st.tuples(money, money, money), max_size=6))
def test_a_margin_never_exceeds_one(lines: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    total = sum((line[1] for line in lines), Decimal(0))
    margin = rules.margin_of(total / Decimal("1.13"), total, lines)
    assert margin is None or margin <= 1


def test_the_margin_of_an_offer() -> None:
    assert rules.margin_of(
        Decimal("200.00"), Decimal("226.00"), [(Decimal(2), Decimal("226.00"), Decimal("60"))]
    ) == Decimal("0.4")
    assert rules.margin_of(Decimal(0), Decimal(0), []) is None
    assert rules.margin_of(Decimal(100), Decimal(113), [(Decimal(1), Decimal(113), None)]) is None


def test_validity_and_acceptance() -> None:
    day = date(2026, 11, 23)
    assert rules.validity_objections(day, day) == rules.acceptance_objections(day, day) == []
    assert rules.validity_objections(day - timedelta(days=1), day)[0].path == "valid_until"
    assert rules.acceptance_objections(day - timedelta(days=1), day)[0].code == "pipeline.expired"


def test_versions_keep_the_number() -> None:
    assert rules.next_number("QT-2026-000012", 2) == "QT-2026-000012-2"
    assert rules.next_number("QT-2026-000012-2", 3) == "QT-2026-000012-3"
