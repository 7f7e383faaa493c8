"""From purchases to one line per customer: how often they came back, when last, since when, and for how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Unit = Literal["day", "week"]
DAYS: Mapping[str, int] = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Purchase:
    """A customer bought on a day. An amount below zero is a return and no purchase."""

    customer: str
    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Summary:
    """A customer's purchases up to a day. Days, and amounts per purchase day.

    `frequency`: purchase days after the first. `recency`: last less first purchase. `age`: the day looked at less the
    first purchase. `value`: mean amount of the repeat purchase days, 0 where there is none.
    """

    customer: str
    frequency: int
    recency: int
    age: int
    value: Decimal
    days: tuple[date, ...] = ()


def summarise(purchases: Iterable[Purchase], until: date) -> list[Summary]:
    """One line for each customer who bought until that day, it included; by customer.

    All purchases of a customer on one day are one. Returns neither make a purchase day nor lower the amount of another.
    """
    amounts: dict[str, dict[date, Decimal]] = {}
    for one in purchases:
        if one.on <= until and one.amount >= 0:
            days = amounts.setdefault(one.customer, {})
            days[one.on] = days.get(one.on, Decimal(0)) + one.amount
    return [_summary(customer, days, until) for customer, days in sorted(amounts.items())]


def _summary(customer: str, amounts: Mapping[date, Decimal], until: date) -> Summary:
    days = tuple(sorted(amounts))
    first, last, again = days[0], days[-1], len(days) - 1
    value = sum((amounts[day] for day in days[1:]), Decimal(0)) / again if again else Decimal(0)
    return Summary(customer, again, (last - first).days, (until - first).days, value, days)
