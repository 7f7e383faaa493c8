"""Judging, features without a look ahead, and the choice on held-back time: on made-up customers and on those of others."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.metrics.analysis.churn import choose, judge, train
from sellwell.metrics.analysis.churn.features import known, left
from sellwell.metrics.analysis.value import Purchase

END = date(2026, 6, 30)


def made_up(count: int = 160, seed: int = 4) -> list[Purchase]:
    """Half buy every two weeks or so, half every two months; a part of both is gone after a while."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        step = 14 if number % 2 else 60
        on = date(2025, 1, 1) + timedelta(days=rng.randint(0, 60))
        gone = date(2025, 3, 1) + timedelta(days=rng.randint(0, 700))
        while on <= min(END, gone):
            found.append(Purchase(f"C{number:03d}", on, Decimal(rng.randint(50, 500))))
            on += timedelta(days=max(1, round(rng.gauss(step, step / 5))))
    return found


def test_w23_the_days_idle_stand_against_the_own_rhythm() -> None:
    days = [date(2026, 1, 5), date(2026, 2, 4), date(2026, 3, 10), date(2026, 4, 6)]
    (one,) = known([Purchase("a", day, Decimal(1)) for day in days], date(2026, 7, 15), 90)
    assert (one.idle, one.gap, one.purchases, one.lately, one.before) == (100, 30, 4, 0, 3)


def test_nothing_that_happens_later_is_known() -> None:
    purchases, on = made_up(60), date(2026, 1, 1)
    before = [one for one in purchases if one.on <= on]
    assert known(purchases, on, 90) == known(before, on, 90)
    customers = known(purchases, on, 90)
    gone = left(customers, purchases, on, on + timedelta(days=90))
    assert 0 < sum(gone) < len(gone)


def test_auc_and_calibration_by_hand() -> None:
    quality = judge([0.9, 0.8, 0.3, 0.1], [True, False, True, False])
    assert quality.auc == 0.75
    assert quality.base_rate == 0.5
    assert quality.calibration == pytest.approx((0.1 + 0.8 + 0.7 + 0.1) / 4)
    assert judge([0.2, 0.2], [True, True]).auc is None
    assert judge([0.5] * 4, [True, False, True, False]).auc == 0.5


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_quality_stays_in_its_bounds_and_the_opposite_ranks_oppositely(
    rows: list[tuple[float, bool]],
) -> None:
    told, gone = [risk for risk, _ in rows], [each for _, each in rows]
    quality = judge(told, gone)
    assert 0 <= quality.calibration <= 1
    assert 0 <= quality.brier <= 1
    turned = judge([-risk for risk in told], gone).auc
    assert (quality.auc is None) == (turned is None)
    if quality.auc is not None and turned is not None:
        assert quality.auc + turned == pytest.approx(1)


def test_the_best_on_held_back_time_is_chosen_and_the_simpler_of_two_as_good() -> None:
    chosen = choose(made_up(), END, 90)
    assert chosen is not None
    best = max(quality.auc or 0 for quality in chosen.qualities.values())
    assert (chosen.quality.auc or 0) >= best - 0.005
    assert (chosen.quality.auc or 0) > 0.75
    assert (chosen.learnt_on, chosen.judged_on) == (END - timedelta(days=180), END - timedelta(days=90))
    risks = chosen.score(made_up(), END)
    assert len(risks) == 160
    assert all(0 <= one.probability <= 1 for one in risks)


def test_what_it_is_judged_on_was_never_learnt_from() -> None:
    """Another outcome in the days held back changes what the judges see, never what was told."""
    purchases = made_up()
    chosen = choose(purchases, END, 90)
    nobody = [one for one in purchases if one.on <= END - timedelta(days=90) or one.customer < "C080"]
    other = choose(nobody, END, 90)
    assert chosen is not None
    assert other is not None
    assert chosen.quality.count == other.quality.count
    assert other.quality.base_rate > chosen.quality.base_rate


def test_too_little_history_chooses_nothing() -> None:
    assert choose([], END, 90) is None
    assert choose([one for one in made_up() if one.customer < "C030"], END, 90) is None
    assert choose([one for one in made_up() if one.on > END - timedelta(days=120)], END, 90) is None


def test_a_labelled_table_is_learnt_and_words_and_gaps_are_read() -> None:
    rng = random.Random(1)
    rows, gone = [], []
    for number in range(400):
        contract, months = rng.choice(["monthly", "yearly"]), rng.randint(1, 60)
        chance = (0.7 if contract == "monthly" else 0.1) * (1 - months / 100)
        rows.append(
            {"row_id": str(number), "contract": contract, "months": str(months) if number % 50 else ""}
        )
        gone.append(rng.random() < chance)
    model = train(rows, gone, ("row_id",))
    assert model.columns == ("months", "contract")
    assert (model.quality.auc or 0) > 0.7
    told = model.score([{"contract": "monthly", "months": "1"}, {"contract": "yearly", "months": "59"}, {}])
    assert told[0] > told[1]
    with pytest.raises(ValueError):
        train(rows[:40], gone[:40])
