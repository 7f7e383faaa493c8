"""How good probabilities are: do they rank (AUC), and does what they call 30 % happen three times in ten (calibration)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

BINS = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """Of how many, how many of them left (0 to 1), and how well it was told.

    `auc`: the chance that of one who left and one who stayed the first had the higher risk; 0.5 is a coin. None where all
    left or all stayed. `calibration`: mean distance of told and happened over ten groups by risk. `brier`: mean square.
    """

    count: int
    base_rate: float
    auc: float | None
    calibration: float
    brier: float


def judge(told: Sequence[float], left: Sequence[bool]) -> Quality:
    """The quality of probabilities to leave, given who left."""
    risk, gone = np.asarray(told, float), np.asarray(left, bool)
    if not len(risk):
        raise ValueError("nobody to judge on")
    number = int(gone.sum())
    auc = None
    if 0 < number < len(gone):
        ranks = stats.rankdata(risk)  # ties share their ranks: half a point each
        auc = float((ranks[gone].sum() - number * (number + 1) / 2) / (number * (len(gone) - number)))
    order = np.argsort(risk, kind="stable")
    groups = [group for group in np.array_split(order, BINS) if len(group)]
    apart = [abs(risk[group].mean() - gone[group].mean()) * len(group) for group in groups]
    return Quality(
        len(risk), float(gone.mean()), auc, float(sum(apart) / len(risk)), float(np.mean((risk - gone) ** 2))
    )
