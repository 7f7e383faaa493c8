"""BG/NBD: customers buy at their own rate and, after any purchase, may be gone for good (Fader, Hardie and Lee 2005).

Rates vary as Gamma(r, alpha), the chance to leave after a purchase as Beta(a, b). All is computed in logarithms, with times
scaled so that the mean age is 1 while fitting: the result is the same in days and weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, special

Vector = np.ndarray[Any, np.dtype[np.float64]]

# Fewer who came back say nothing about how people leave.
FEWEST_REPEATERS = 10
# Logarithms of the four parameters: beyond, the likelihood is flat and the model another one (nobody ever leaves).
_BOUNDS = ((-9.0, 9.0), (-9.0, 9.0), (-9.0, 7.0), (-9.0, 7.0))
_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 0.15, 0.8, 2.5), (2.0, 2.0, 0.05, 5.0), (0.1, 0.02, 2.0, 2.0))


class TooLittle(ValueError):
    """There is too little to learn from."""


@dataclass(frozen=True, slots=True)
class BgNbd:
    """A fitted model. `alpha` is in the unit of the times it was fitted on; `log_likelihood` too."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")

    @classmethod
    def fit(cls, frequency: Sequence[float], recency: Sequence[float], age: Sequence[float]) -> BgNbd:
        """The parameters under which the customers are likeliest. `TooLittle` below ten who came back."""
        times = np.column_stack([np.asarray(column, float) for column in (frequency, recency, age)])
        if int((times[:, 0] > 0).sum()) < FEWEST_REPEATERS:
            raise TooLittle("too few customers bought again")
        # Customers with the same history are computed once.
        same, counts = np.unique(times, axis=0, return_counts=True)
        x, t_x, t = same.T
        scale = float(np.average(t, weights=counts)) or 1.0

        def cost(logs: Vector) -> float:
            r, alpha, a, b = np.exp(logs)
            return -float(counts @ _log_likelihoods(r, alpha, a, b, x, t_x / scale, t / scale)) / len(times)

        r, alpha, a, b = (float(each) for each in np.exp(descend(cost, _STARTS, _BOUNDS)))
        total = float(counts @ _log_likelihoods(r, alpha * scale, a, b, x, t_x, t))
        return cls(r, alpha * scale, a, b, total)

    def probability_alive(
        self, frequency: Sequence[float], recency: Sequence[float], age: Sequence[float]
    ) -> Vector:
        """How likely each still buys; 1 for who bought once, since one may leave only after a repeat purchase here."""
        x, t_x, t = (np.asarray(column, float) for column in (frequency, recency, age))
        odds = (
            np.log(self.a)
            - np.log(self.b + np.maximum(x, 1) - 1)
            + (self.r + x) * (np.log(self.alpha + t) - np.log(self.alpha + t_x))
        )
        return np.where(x > 0, special.expit(-odds), 1.0)

    def expected_purchases(
        self, horizon: float, frequency: Sequence[float], recency: Sequence[float], age: Sequence[float]
    ) -> Vector:
        """How many purchases each will make in the coming `horizon`, same unit as the times."""
        x, t = np.asarray(frequency, float), np.asarray(age, float)
        if horizon <= 0:
            return np.zeros_like(x)
        alive = self.probability_alive(frequency, recency, age)
        return np.asarray(alive * self._if_alive(horizon, x, t))

    def expected_of_new(self, horizon: float) -> float:
        """How many repeat purchases a customer makes in the `horizon` after the first one."""
        return float(self._if_alive(horizon, np.zeros(1), np.zeros(1))[0])

    def _if_alive(self, horizon: float, x: Vector, t: Vector) -> Vector:
        """The published formula with Euler's transformation of 2F1: its arguments then stay small for any x."""
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6  # the formula has its limit at a = 1
        z = horizon / (self.alpha + t + horizon)
        c = a + self.b + x - 1
        with np.errstate(all="ignore"):  # what does not converge is computed otherwise below
            series = special.hyp2f1(a - 1, a + self.b - 1 - self.r, c, z)
            found = c / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
        most = (self.r + x) / (self.alpha + t) * horizon  # somebody who cannot leave
        bad = ~np.isfinite(found) | (found < 0) | (found > most * (1 + 1e-6))
        if bad.any():
            found = np.where(bad, self._by_quadrature(horizon, x, t), found)
        return np.asarray(found, float)

    def _by_quadrature(self, horizon: float, x: Vector, t: Vector) -> Vector:
        """The same as an integral over the chance to leave, for arguments where 2F1 does not converge."""
        points, weights = np.polynomial.legendre.leggauss(200)
        share = (points + 1) / 2
        found = np.empty_like(x)
        for index, (xi, ti) in enumerate(zip(x, t, strict=True)):
            p = np.maximum(special.betaincinv(self.a, self.b + xi, share), 1e-12)
            left = -np.expm1(-(self.r + xi) * np.log1p(p * horizon / (self.alpha + ti)))
            found[index] = float(weights @ (left / p)) / 2
        return found


def _log_likelihoods(r: float, alpha: float, a: float, b: float, x: Vector, t_x: Vector, t: Vector) -> Vector:
    """The logarithm of each customer's likelihood."""
    rate = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    leave = special.betaln(a, b + x) - special.betaln(a, b)
    alive = -(r + x) * np.log(alpha + t)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return np.asarray(rate + leave + np.where(x > 0, np.logaddexp(alive, gone), alive))


def descend(cost: Any, starts: Sequence[Sequence[float]], bounds: Sequence[tuple[float, float]]) -> Vector:
    """The lowest point from several starts, as logarithms within bounds: fast from each, then patiently from the best."""
    quick = min(
        (optimize.minimize(cost, np.log(start), method="L-BFGS-B", bounds=bounds) for start in starts),
        key=lambda one: float(one.fun),
    )
    exact = optimize.minimize(
        cost, quick.x, method="Nelder-Mead", bounds=bounds,
        options={"xatol": 1e-6, "fatol": 1e-11, "maxiter": 2000, "maxfev": 2000},
    )  # fmt: skip
    return np.asarray(exact.x if exact.fun <= quick.fun else quick.x)
