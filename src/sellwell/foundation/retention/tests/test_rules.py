"""Levels, reasons, the hold-out group and the gain: worked numbers and what always holds."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.retention import rules
from sellwell.foundation.retention.rules import Facts


def facts(**values: int | None) -> Facts:
    return Facts(**({"idle": 100, "purchases": 4, "gap": 30, "lately": 0, "before": 3} | values))  # type: ignore[arg-type]


def test_w23_idle_against_the_own_gap() -> None:
    assert rules.times_idle(facts()) == pytest.approx(100 / 30)
    assert rules.level_of(None, facts()) == "high"
    assert rules.level_of(None, facts(idle=75)) == "medium"
    assert rules.level_of(None, facts(idle=60)) == "low"
    assert rules.level_of(None, facts(purchases=1, gap=None)) == "low"
    assert rules.level_of(None, facts(purchases=2, gap=4)) == "low", "two purchases are no rhythm"
    assert rules.urgency_of(None, facts()) == pytest.approx(100 / 30 / 6)
    assert rules.urgency_of(0.25, facts()) == 0.25


@pytest.mark.parametrize("risk, level", [(0.6, "high"), (0.5999, "medium"), (0.35, "medium"), (0.34, "low")])
def test_a_probability_decides_where_there_is_one(risk: float, level: str) -> None:
    assert rules.level_of(risk, facts()) == level


def test_reasons_are_facts_in_words() -> None:
    first, second = rules.drivers(facts())
    assert first.zh == "已 100 天未购买，是平常间隔 30 天的 3.3 倍"
    assert second.en == "0 purchases in the last 90 days, 3 in the 90 before"
    once = rules.drivers(facts(purchases=1, gap=None, before=0, lately=1, idle=12))
    assert [one.en for one in once] == ["bought only once"]
    assert rules.drivers(facts(idle=3, lately=3))[0].en == "last purchase 3 days ago"


def test_the_hold_out_group_is_stable_and_as_large_as_asked() -> None:
    playbook, customers = uuid4(), [uuid4() for _ in range(4000)]
    held = [rules.is_held_out(playbook, one, 20) for one in customers]
    assert held == [rules.is_held_out(playbook, one, 20) for one in customers]
    assert 0.17 < sum(held) / len(held) < 0.23
    assert not any(rules.is_held_out(playbook, one, 0) for one in customers)
    other = [rules.is_held_out(uuid4(), one, 20) for one in customers]
    assert 0.02 < sum(a and b for a, b in zip(held, other, strict=True)) / len(held) < 0.06


def test_a_gain_by_hand() -> None:
    """Newcombe (1998), method 10: 56/70 against 48/80 gives 0.2000 with 0.0524 to 0.3339."""
    gain = rules.gain(70, 56, 80, 48)
    assert gain.difference == pytest.approx(0.2)
    assert (gain.low, gain.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert gain.won == pytest.approx(14)
    assert not gain.is_few
    assert rules.gain(29, 10, 80, 10).is_few
    assert rules.gain(0, 0, 80, 10).difference is None


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_the_interval_holds_the_difference_and_turns_with_the_groups(
    n: int, m: int, data: st.DataObject
) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    one, other = rules.gain(n, a, m, b), rules.gain(m, b, n, a)
    assert one.low is not None and one.high is not None and one.difference is not None
    assert -1 - 1e-9 <= one.low <= one.difference + 1e-9 <= one.high + 2e-9
    assert other.low == pytest.approx(-one.high)
