"""A company's scores as of a day: the value model, the best way to tell who leaves, and what both say of each customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.retention import rules
from sellwell.kernel.values import to_cents
from sellwell.metrics.analysis.churn import Chosen, choose
from sellwell.metrics.analysis.churn.features import known
from sellwell.metrics.analysis.value import Estimate, Purchase, TooLittle, ValueModel, summarise

VERSION = "1"  # of features and candidates; raise it when they change
HORIZON = 90


@dataclass(frozen=True)
class Line:
    """What is said of a customer, in the types that are stored."""

    customer_id: UUID
    facts: rules.Facts
    level: str
    risk: Decimal | None
    urgency: Decimal
    alive: Decimal | None
    expected: Decimal | None
    spending: Decimal | None
    value: Decimal | None


@dataclass(frozen=True)
class Scored:
    """The lines, the choice (None: too little history) and the parameters of the value model."""

    lines: Sequence[Line]
    chosen: Chosen | None
    parameters: Mapping[str, str]


def score(purchases: Sequence[Purchase], on: date, horizon: int = HORIZON) -> Scored:
    """Everybody who bought until a day, it included."""
    chosen = choose(purchases, on, horizon)
    told = {one.customer: one.probability for one in chosen.score(purchases, on)} if chosen else {}
    estimates, parameters = _value(purchases, on, horizon)
    lines = []
    for one in known(purchases, on, horizon):
        gap = None if one.gap is None else max(1, round(one.gap))
        facts = rules.Facts(one.idle, one.purchases, gap, one.lately, one.before)
        risk = told.get(one.customer)
        estimate = estimates.get(one.customer)
        spending = _cents(estimate.expected_value if estimate else None)
        expected = _six(estimate.expected_purchases if estimate else None)
        lines.append(
            Line(
                UUID(one.customer), facts, rules.level_of(risk, facts), _six(risk), Decimal(f"{rules.urgency_of(risk, facts):.6f}"),
                _six(estimate.probability_alive if estimate else None), expected, spending,
                None if spending is None or expected is None else to_cents(spending * expected),
            )
        )  # fmt: skip
    return Scored(lines, chosen, parameters)


def _value(
    purchases: Sequence[Purchase], on: date, horizon: int
) -> tuple[dict[str, Estimate], dict[str, str]]:
    customers = summarise(purchases, on)
    try:
        model = ValueModel.fit(customers, "week")
    except TooLittle:
        return {}, {}
    values = {name: getattr(model.buying, name) for name in ("r", "alpha", "a", "b", "log_likelihood")}
    if model.spending is not None:
        values |= {name: getattr(model.spending, name) for name in ("p", "q", "v", "correlation")}
    parameters = {name: f"{value:.6g}" for name, value in values.items()}
    return {one.customer: one for one in model.estimate(customers, horizon)}, parameters


def _six(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.6f}")


def _cents(value: float | None) -> Decimal | None:
    return None if value is None else to_cents(Decimal(f"{value:.6f}"))
