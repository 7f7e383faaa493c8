"""Published figures of others, an independent way to compute each formula, and inputs that are hard on the numbers."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from sellwell.kernel.tests.shared import shared_path
from sellwell.metrics.analysis.value import (
    BgNbd,
    GammaGamma,
    Purchase,
    TooLittle,
    ValueModel,
    summarise,
)

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)


def cdnow() -> list[Purchase]:
    """The published sample: master id, id, day, number of discs, amount."""
    found = []
    with gzip.open(shared_path("data/cdnow/CDNOW_sample.txt.gz"), "rt") as lines:
        for line in lines:
            _, key, day, _, amount = line.split()
            on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            found.append(Purchase(key, on, Decimal(amount)))
    return found


def test_the_fit_on_cdnow_is_the_published_one() -> None:
    customers = summarise(cdnow(), date(1997, 9, 30))
    expected = json.loads(shared_path("data/cdnow/expected_published.json").read_text())["published"]
    assert len(customers) == 2357
    model = ValueModel.fit(customers, "week")
    published = expected["bgnbd"]
    for name in ("r", "alpha", "a", "b"):
        assert getattr(model.buying, name) == pytest.approx(published[name], abs=0.005), name
    assert model.buying.log_likelihood == pytest.approx(published["loglik"], abs=0.05)


def test_the_summary_of_cdnow_is_the_published_one() -> None:
    customers = {int(one.customer): one for one in summarise(cdnow(), date(1997, 9, 30))}
    path = shared_path("data/cdnow/cdnow_customers_summary_with_transactions.csv.gz")
    with gzip.open(path, "rt") as handle:
        rows = list(csv.DictReader(handle))
    assert rows and set(rows[0]) >= {"x", "t_x", "T", "zbar"}
    ours = sorted(
        (one.frequency, round(one.recency / 7, 2), round(one.age / 7, 2)) for one in customers.values()
    )
    theirs = sorted((int(float(r["x"])), round(float(r["t_x"]), 2), round(float(r["T"]), 2)) for r in rows)
    assert ours == theirs


def test_the_fit_does_not_depend_on_the_unit_of_time() -> None:
    customers = summarise(cdnow(), date(1997, 9, 30))[:600]
    weeks, days = ValueModel.fit(customers, "week"), ValueModel.fit(customers, "day")
    assert days.buying.alpha == pytest.approx(7 * weeks.buying.alpha, rel=1e-3)
    assert days.buying.r == pytest.approx(weeks.buying.r, rel=1e-3)
    one, two = weeks.estimate(customers[:50], 273), days.estimate(customers[:50], 273)
    for left, right in zip(one, two, strict=True):
        assert left.expected_purchases == pytest.approx(right.expected_purchases, rel=1e-3)


def test_published_expectations_w20() -> None:
    assert PUBLISHED.probability_alive([2], [30.43], [38.86])[0] == pytest.approx(0.7266, abs=5e-5)
    assert PUBLISHED.expected_purchases(39, [2], [30.43], [38.86])[0] == pytest.approx(1.226, abs=5e-4)
    money = GammaGamma(6.25, 3.74, 15.44)
    assert money.expected_value([2], [40])[0] == pytest.approx(39.1404, abs=5e-5)
    assert money.mean == pytest.approx(35.2190, abs=5e-5)


def test_expected_purchases_of_a_new_customer_are_the_published_ones() -> None:
    expected = json.loads(shared_path("data/cdnow/expected_published.json").read_text())["computed_here"]
    for horizon, bought in expected["bgnbd_EX_t"].items():
        assert PUBLISHED.expected_of_new(float(horizon)) == pytest.approx(bought, abs=2e-3)


def test_gamma_gamma_on_cdnow_is_the_published_one() -> None:
    path = shared_path("data/cdnow/cdnow_customers_summary_with_transactions.csv.gz")
    with gzip.open(path, "rt") as handle:
        rows = list(csv.DictReader(handle))
    found = GammaGamma.fit([float(r["x"]) for r in rows], [float(r["zbar"]) for r in rows])
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)
    assert found.fitted_on == 946


def by_integral(model: BgNbd, horizon: float, x: float, t: float) -> float:
    """Expected purchases of somebody alive, straight from the model's definition: over the chance to leave."""
    leave = stats.beta(model.a, model.b + x)

    def inner(p: float) -> float:
        return float(
            (1 - ((model.alpha + t) / (model.alpha + t + p * horizon)) ** (model.r + x)) / p * leave.pdf(p)
        )

    return float(integrate.quad(inner, 1e-12, 1, limit=400)[0])


@settings(max_examples=60, deadline=None)
@given(
    r=st.floats(0.1, 5), alpha=st.floats(0.5, 60), a=st.floats(1.05, 6), b=st.floats(1.05, 12), x=st.integers(0, 200),
    t=st.floats(1, 500), horizon=st.floats(0.5, 300),
)  # fmt: skip
def test_the_formula_is_the_integral_it_stands_for(
    r: float, alpha: float, a: float, b: float, x: int, t: float, horizon: float
) -> None:
    model = BgNbd(r, alpha, a, b)
    whole = model.expected_purchases(horizon, [x], [t], [t])[0] / model.probability_alive([x], [t], [t])[0]
    assert whole == pytest.approx(by_integral(model, horizon, x, t), rel=1e-3, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(
    r=st.floats(0.01, 20), alpha=st.floats(0.01, 400), a=st.floats(0.0005, 30), b=st.floats(0.01, 900),
    x=st.integers(0, 3000), t=st.floats(0, 2000), seen=st.floats(0, 1), horizon=st.floats(0.1, 500),
)  # fmt: skip
def test_estimates_stay_within_what_is_possible(
    r: float, alpha: float, a: float, b: float, x: int, t: float, seen: float, horizon: float
) -> None:
    model = BgNbd(r, alpha, a, b)
    alive = model.probability_alive([x], [t * seen], [t])[0]
    bought = model.expected_purchases(horizon, [x], [t * seen], [t])[0]
    assert 0 <= alive <= 1
    assert 0 <= bought <= alive * horizon * (r + x) / (alpha + t) * (1 + 1e-6)


def test_the_limit_at_a_equal_to_one_is_smooth() -> None:
    at = [BgNbd(0.5, 5, a, 2.0).expected_purchases(30, [3], [20], [25])[0] for a in (0.999, 1.0, 1.001)]
    assert at[0] > at[1] > at[2]
    assert at[1] == pytest.approx((at[0] + at[2]) / 2, rel=1e-5)


def test_known_parameters_are_found_again() -> None:
    rng = np.random.default_rng(3)
    rows = []
    for rate, leave in zip(rng.gamma(0.9, 1 / 6.0, 4000), rng.beta(0.8, 3.0, 4000), strict=True):
        age, clock, x, last = 52.0, 0.0, 0, 0.0
        while (clock := clock + rng.exponential(1 / rate)) < age:
            x, last = x + 1, clock
            if rng.random() < leave:
                break
        rows.append((x, last, age))
    found = BgNbd.fit(*zip(*rows, strict=True))
    assert (found.r, found.alpha) == pytest.approx((0.9, 6.0), rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(0.8 / 3.8, rel=0.15)


def test_purchases_of_one_day_are_one_and_returns_are_none() -> None:
    day = date(2026, 3, 2)
    rows = [
        Purchase("b", day, Decimal(5)),
        Purchase("a", day, Decimal(100)),
        Purchase("a", day + timedelta(7), Decimal(20)),
        Purchase("a", day + timedelta(7), Decimal(10)),
        Purchase("a", day + timedelta(9), Decimal(-30)),
        Purchase("a", day + timedelta(21), Decimal(50)),
        Purchase("a", day + timedelta(22), Decimal(70)),
        Purchase("late", day + timedelta(22), Decimal(1)),
    ]
    one, two = summarise(rows, day + timedelta(21))
    assert (one.customer, one.frequency, one.recency, one.age, one.value) == ("a", 2, 21, 21, Decimal(40))
    assert (two.customer, two.frequency, two.recency, two.age, two.value) == ("b", 0, 0, 21, Decimal(0))


def test_too_little_is_said_and_not_guessed() -> None:
    with pytest.raises(TooLittle):
        BgNbd.fit([0] * 50, [0] * 50, [10] * 50)
    with pytest.raises(TooLittle):
        GammaGamma.fit([1] * 9, [10] * 9)


def test_amounts_of_any_size_are_learnt_alike() -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(1, 9, 500)
    m = rng.gamma(3, 1, 500) / rng.gamma(4, 1, 500)
    small, large = GammaGamma.fit(list(x), list(m)), GammaGamma.fit(list(x), list(m * 1e7))
    assert large.p == pytest.approx(small.p, rel=1e-3)
    assert large.v == pytest.approx(small.v * 1e7, rel=1e-3)
