"""Gamma-Gamma: what one purchase of a customer brings, between their own mean and everybody's (Fader and Hardie 2013).

Amounts of a customer vary as Gamma(p, rate), the rates as Gamma(q, v). It holds where who buys often does not buy for more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from sellwell.metrics.analysis.value.bgnbd import FEWEST_REPEATERS, TooLittle, Vector, descend

# q above 1: else nobody's mean is finite.
_BOUNDS = ((-7.0, 9.0), (0.02, 9.0), (-12.0, 14.0))
_STARTS = ((1.0, 2.0, 1.0), (6.0, 4.0, 0.5), (0.5, 1.5, 2.0))


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A fitted model; `v` is in the currency of the amounts. `correlation` of frequency and value should be near 0."""

    p: float
    q: float
    v: float
    correlation: float = 0.0
    fitted_on: int = 0

    @classmethod
    def fit(cls, frequency: Sequence[float], value: Sequence[float]) -> GammaGamma:
        """The likeliest parameters for those who bought again for more than nothing. `TooLittle` below ten of them."""
        x, m = np.asarray(frequency, float), np.asarray(value, float)
        kept = (x > 0) & (m > 0)
        x, m = x[kept], m[kept]
        if len(x) < FEWEST_REPEATERS:
            raise TooLittle("too few customers bought again for an amount above zero")
        scale = float(np.exp(np.log(m).mean()))
        m = m / scale

        def cost(logs: Vector) -> float:
            p, q, v = np.exp(logs)
            return -float(_log_likelihoods(p, q, v, x, m).mean())

        p, q, v = (float(each) for each in np.exp(descend(cost, _STARTS, _BOUNDS)))
        varied = len(x) > 2 and x.std() > 0 and m.std() > 0
        return cls(p, q, v * scale, float(np.corrcoef(x, m)[0, 1]) if varied else 0.0, len(x))

    @property
    def mean(self) -> float:
        """The expected amount of a purchase of somebody of whom nothing is known."""
        return self.p * self.v / (self.q - 1)

    def expected_value(self, frequency: Sequence[float], value: Sequence[float]) -> Vector:
        """The expected amount of one purchase: the more purchases are known, the nearer to the customer's own mean."""
        x, m = np.asarray(frequency, float), np.maximum(np.asarray(value, float), 0.0)
        return np.asarray(self.p * (self.v + x * m) / (self.p * x + self.q - 1))


def _log_likelihoods(p: float, q: float, v: float, x: Vector, m: Vector) -> Vector:
    shapes = special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q)
    return np.asarray(
        shapes + q * np.log(v) + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(x * m + v)
    )
