"""For companies that know who left: a model from a table of customers with a label, judged by cross-validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sellwell.metrics.analysis.churn.judging import Quality, judge
from sellwell.metrics.analysis.value.bgnbd import Vector

FOLDS = 5
MOST_WORDS = 60  # a column of texts with more different ones than that is a name, not a property
_SEED = 1


@dataclass(frozen=True)
class Labelled:
    """The model in use, the columns it reads, and how good each candidate was where it had not learnt."""

    name: str  # logistic | boosted
    columns: tuple[str, ...]
    qualities: Mapping[str, Quality]
    model: Any
    encoding: _Encoding

    @property
    def quality(self) -> Quality:
        """Of the model in use."""
        return self.qualities[self.name]

    def score(self, rows: Sequence[Mapping[str, str]]) -> list[float]:
        """The probability of each row to leave."""
        return [float(value) for value in self.model.predict_proba(self.encoding.table(rows))[:, 1]]


def train(rows: Sequence[Mapping[str, str]], left: Sequence[bool], leave_out: Sequence[str] = ()) -> Labelled:
    """Learn from texts as they stand in a file: numbers as numbers, other columns as words.

    `leave_out` names columns that are no property of the customer: identifiers, row numbers, the label itself.
    ValueError where fewer than 50 rows, or fewer than 10 of either kind, are given.
    """
    gone = np.asarray(left, bool)
    if len(rows) != len(gone) or len(rows) < 50 or min(gone.sum(), len(gone) - gone.sum()) < 10:
        raise ValueError("50 rows are needed, and 10 of those who left and of those who stayed")
    encoding = _Encoding.of(rows, leave_out)
    table = encoding.table(rows)
    qualities = {
        name: judge(list(_held_out(name, table, gone)), list(gone)) for name in ("logistic", "boosted")
    }
    name = max(qualities, key=lambda one: qualities[one].auc or 0.0)
    return Labelled(name, encoding.columns, qualities, _make(name).fit(table, gone), encoding)


def _held_out(name: str, table: Vector, gone: Vector) -> Vector:
    """For each row what a model says that did not learn from it."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
    return np.asarray(cross_val_predict(_make(name), table, gone, cv=folds, method="predict_proba")[:, 1])


def _make(name: str) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if name == "boosted":
        return HistGradientBoostingClassifier(
            max_depth=4, learning_rate=0.06, max_iter=150, min_samples_leaf=20, l2_regularization=1.0,
            random_state=_SEED,
        )  # fmt: skip
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=2000),
    )


@dataclass(frozen=True, slots=True)
class _Encoding:
    """How a row's texts become numbers: each number column one, each word of a word column one."""

    numbers: tuple[str, ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.numbers, *(name for name, _ in self.words))

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, str]], leave_out: Sequence[str]) -> _Encoding:
        names = [name for name in rows[0] if name not in leave_out]
        numbers, words = [], []
        for name in names:
            texts = {row.get(name, "").strip() for row in rows} - {"", "NA"}
            if texts and all(_is_number(text) for text in texts):
                numbers.append(name)
            elif 1 < len(texts) <= MOST_WORDS:
                words.append((name, tuple(sorted(texts))))
        return cls(tuple(numbers), tuple(words))

    def table(self, rows: Sequence[Mapping[str, str]]) -> Vector:
        return np.array(
            [
                [_number(row.get(name, "")) for name in self.numbers]
                + [float(row.get(name, "").strip() == word) for name, words in self.words for word in words]
                for row in rows
            ],
            float,
        )


def _is_number(text: str) -> bool:
    return not np.isnan(_number(text))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")
