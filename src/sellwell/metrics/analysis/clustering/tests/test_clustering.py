"""Clusters that are there are found, the same seed gives the same, and agreement is measured rightly."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.metrics.analysis.clustering import adjusted_rand, best, matched, silhouette, standardised


def blobs(seed: int = 1) -> tuple[list[tuple[float, ...]], list[int]]:
    rng = random.Random(seed)
    middles = [(0.0, 0.0), (9.0, 1.0), (2.0, 11.0)]
    rows, truth = [], []
    for label, (x, y) in enumerate(middles):
        for _ in range(40):
            rows.append((rng.gauss(x, 0.7), rng.gauss(y, 0.7)))
            truth.append(label)
    return rows, truth


def test_three_groups_are_found_and_their_number_too() -> None:
    rows, truth = blobs()
    found = best(rows, range(2, 7), seed=7)
    assert found.count == 3 and found.silhouette > 0.7
    assert adjusted_rand(dict(enumerate(truth)), dict(enumerate(found.labels))) == 1.0
    assert best(rows, range(2, 7), seed=7) == found


def test_labels_stay_when_the_rows_come_in_another_order() -> None:
    rows, _ = blobs()
    first = best(rows, [3], seed=1)
    before = {i + 1: centre for i, centre in enumerate(first.centres)}
    moved = best([(x + 0.2, y - 0.1) for x, y in reversed(rows)], [3], seed=5)
    labels = matched(moved.centres, before)
    named = [labels[label] for label in reversed(moved.labels)]
    assert named == [label + 1 for label in first.labels]


def test_a_new_cluster_gets_a_new_label_and_one_that_is_gone_frees_none() -> None:
    before = {1: (0.0, 0.0), 2: (5.0, 5.0)}
    assert matched([(5.1, 5.0), (0.1, 0.0), (99.0, 99.0)], before) == [2, 1, 3]
    assert matched([(5.2, 5.2)], before) == [2]
    assert matched([(1.0,), (2.0,)], {}) == [1, 2]


def test_the_adjusted_rand_index_of_known_divisions() -> None:
    # worked by hand: 6 things, cells 2 1 / 0 3 - together 1+3=4, rows 3+3=6, columns 1+6=7, expected 42/15=2.8
    before = dict(zip("abcdef", (0, 0, 0, 1, 1, 1), strict=True))
    after = dict(zip("abcdef", (0, 0, 1, 1, 1, 1), strict=True))
    assert adjusted_rand(before, after) == pytest.approx((4 - 2.8) / (6.5 - 2.8))
    assert adjusted_rand(before, {k: 9 - v for k, v in before.items()}) == 1.0
    assert adjusted_rand({"a": 1}, {"a": 1}) is None


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=25),
    st.integers(0, 99),
)
def test_whatever_comes_every_row_has_its_nearest_centre(rows: list[tuple[float, ...]], seed: int) -> None:
    scaled, _ = standardised(rows)
    found = best(scaled, range(2, 5), seed)
    assert len(found.labels) == len(rows) and set(found.labels) <= set(range(found.count))
    assert -1.0 <= silhouette(scaled, found.labels) <= 1.0
