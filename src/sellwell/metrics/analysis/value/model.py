"""Both models together, over summaries of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sellwell.metrics.analysis.value.bgnbd import BgNbd, TooLittle
from sellwell.metrics.analysis.value.gamma_gamma import GammaGamma
from sellwell.metrics.analysis.value.history import DAYS, Summary, Unit


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is expected of a customer. Times are in the model's unit; `expected_value` is None where amounts are unknown."""

    customer: str
    frequency: int
    recency: float
    age: float
    probability_alive: float
    expected_purchases: float
    expected_value: float | None


@dataclass(frozen=True, slots=True)
class ValueModel:
    """How often and for how much. `spending` is None where too few came back for an amount."""

    unit: Unit
    buying: BgNbd
    spending: GammaGamma | None

    @classmethod
    def fit(cls, customers: Sequence[Summary], unit: Unit = "week") -> ValueModel:
        """Learn from the customers. `TooLittle` where fewer than ten of them bought again."""
        days = DAYS[unit]
        frequency = [one.frequency for one in customers]
        buying = BgNbd.fit(
            frequency, [one.recency / days for one in customers], [one.age / days for one in customers]
        )
        try:
            spending = GammaGamma.fit(frequency, [float(one.value) for one in customers])
        except TooLittle:
            spending = None
        return cls(unit, buying, spending)

    def estimate(self, customers: Sequence[Summary], horizon_days: int) -> list[Estimate]:
        """What is expected of each over the coming days, in the same order."""
        if not customers:
            return []
        days = DAYS[self.unit]
        frequency = [one.frequency for one in customers]
        recency, age = [one.recency / days for one in customers], [one.age / days for one in customers]
        alive = self.buying.probability_alive(frequency, recency, age)
        bought = self.buying.expected_purchases(horizon_days / days, frequency, recency, age)
        values = (
            self.spending.expected_value(frequency, [float(one.value) for one in customers])
            if self.spending is not None
            else np.full(len(customers), np.nan)
        )
        return [
            Estimate(
                one.customer, one.frequency, recency[i], age[i], float(alive[i]), float(bought[i]),
                None if np.isnan(values[i]) else float(values[i]),
            )
            for i, one in enumerate(customers)
        ]  # fmt: skip
