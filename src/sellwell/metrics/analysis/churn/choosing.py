"""Trains every candidate on one stretch of time, judges all on a later one, and uses the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sellwell.metrics.analysis.churn import features
from sellwell.metrics.analysis.churn.candidates import CANDIDATES, Scorer
from sellwell.metrics.analysis.churn.features import Known
from sellwell.metrics.analysis.churn.judging import Quality, judge
from sellwell.metrics.analysis.value import Purchase

FEWEST = 50  # customers to learn from, and to judge on
FEWEST_EACH = 10  # of them who left, and who stayed
CUTS = 3  # days that are learnt from, a third of the horizon apart
AS_GOOD = 0.005  # AUC within which the simpler candidate is used


@dataclass(frozen=True, slots=True)
class Risk:
    """A customer's probability to buy nothing over the horizon, and what is known of them."""

    customer: str
    probability: float
    known: Known


@dataclass(frozen=True)
class Chosen:
    """The candidate in use, how good each was on the time held back, and the days that were learnt from and judged on."""

    name: str
    horizon: int
    learnt_on: date  # purchases until then were known, the horizon after it was the outcome
    judged_on: date
    qualities: Mapping[str, Quality]
    scorer: Scorer

    @property
    def quality(self) -> Quality:
        """Of the candidate in use."""
        return self.qualities[self.name]

    def score(self, purchases: Sequence[Purchase], on: date) -> list[Risk]:
        """Everybody's risk over the horizon after a day, by customer."""
        customers = features.known(purchases, on, self.horizon)
        if not customers:
            return []
        told = self.scorer(customers)
        return [Risk(one.customer, float(told[i]), one) for i, one in enumerate(customers)]


def choose(purchases: Sequence[Purchase], until: date, horizon: int) -> Chosen | None:
    """The best candidate on the last `horizon` days, which none learnt from; None where there is too little.

    The one in use then learns again, from those days too: what it was judged with is older than what it works with.
    """
    judged_on = until - timedelta(days=horizon)
    learnt_on = judged_on - timedelta(days=horizon)
    if len({one.customer for one in purchases if one.on <= learnt_on}) < FEWEST:
        return None
    earlier = _outcomes(purchases, learnt_on, horizon)
    customers = features.known(purchases, judged_on, horizon)
    gone = features.left(customers, purchases, judged_on, until)
    if earlier is None or not _enough(gone):
        return None
    qualities = {name: judge(list(train(*earlier)(customers)), gone) for name, train in CANDIDATES.items()}
    name = _best(qualities)
    latest = _outcomes(purchases, judged_on, horizon) or earlier
    return Chosen(name, horizon, learnt_on, judged_on, qualities, CANDIDATES[name](*latest))


def _best(qualities: Mapping[str, Quality]) -> str:
    best = max(quality.auc or 0.0 for quality in qualities.values())
    return next(name for name, quality in qualities.items() if (quality.auc or 0.0) >= best - AS_GOOD)


def _outcomes(
    purchases: Sequence[Purchase], last: date, horizon: int
) -> tuple[list[Known], list[bool]] | None:
    """Customers as they were known on `last` and some days before, with who then left."""
    rows: list[Known] = []
    gone: list[bool] = []
    for step in range(CUTS):
        on = last - timedelta(days=step * horizon // CUTS)
        customers = features.known(purchases, on, horizon)
        rows += customers
        gone += features.left(customers, purchases, on, on + timedelta(days=horizon))
    return (rows, gone) if _enough(gone) else None


def _enough(gone: Sequence[bool]) -> bool:
    return len(gone) >= FEWEST and min(sum(gone), len(gone) - sum(gone)) >= FEWEST_EACH
