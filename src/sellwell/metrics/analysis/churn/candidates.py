"""The ways to tell a customer's risk to leave, from rules of thumb to a learnt model. All give probabilities.

A rule only ranks; what its number means is learnt on the days that the models learn from too (a logistic curve over it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from sellwell.metrics.analysis.churn.features import Known, matrix
from sellwell.metrics.analysis.value.bgnbd import Vector

_SEED = 1


class Scorer(Protocol):
    """Tells probabilities to leave."""

    def __call__(self, customers: Sequence[Known]) -> Vector:
        """One probability per customer."""


Train = Callable[[Sequence[Known], Sequence[bool]], Scorer]


def _recency(one: Known) -> float:
    return float(np.log1p(one.idle))


def _past_rate(one: Known) -> float:
    return -float(np.log(one.rate))


def _alive(one: Known) -> float:
    return 1.0 - (1.0 if one.alive is None else one.alive)


def _expected(one: Known) -> float:
    return -float(np.log1p(one.expected or 0.0))


def _own_rhythm(one: Known) -> float:
    return float(np.log1p(one.idle / one.gap if one.gap else one.idle / 30))


def _rule(number: Callable[[Known], float]) -> Train:
    """A rule's number, made a probability. The direction is the rule's own: it is not turned round to fit."""

    def train(customers: Sequence[Known], gone: Sequence[bool]) -> Scorer:
        from sklearn.linear_model import LogisticRegression

        numbers = np.array([[number(one)] for one in customers])
        curve = LogisticRegression().fit(numbers, np.asarray(gone))
        if curve.coef_[0][0] <= 0:  # the rule ranks the wrong way here: it says nothing
            base = float(np.mean(gone))
            return lambda rows: np.clip(base + 1e-6 * np.array([number(one) for one in rows]), 0, 1)
        return lambda rows: np.asarray(curve.predict_proba(np.array([[number(one)] for one in rows]))[:, 1])

    return train


def _learnt(make: Callable[[], Any]) -> Train:
    def train(customers: Sequence[Known], gone: Sequence[bool]) -> Scorer:
        model = make().fit(matrix(customers), np.asarray(gone))
        return lambda rows: np.asarray(model.predict_proba(matrix(rows))[:, 1])

    return train


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000))


def _boosted() -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_depth=3,
        learning_rate=0.05,
        max_iter=120,
        min_samples_leaf=30,
        l2_regularization=1.0,
        random_state=_SEED,
    )


# The simplest first: of two that are as good, the simpler one is used.
CANDIDATES: Mapping[str, Train] = {
    "recency": _rule(_recency),
    "past_rate": _rule(_past_rate),
    "own_rhythm": _rule(_own_rhythm),
    "alive": _rule(_alive),
    "expected": _rule(_expected),
    "logistic": _learnt(_logistic),
    "boosted": _learnt(_boosted),
}
