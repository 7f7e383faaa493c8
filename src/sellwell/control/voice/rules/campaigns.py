"""Campaigns: the words of a message, the groups that are drawn, and what the message brought. Pure (docs/rules/campaigns.md)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sellwell.control.voice.rules.figures import Figure, rounded, share
from sellwell.control.voice.rules.sampling import draw

PLACEHOLDERS = ("customer", "contact", "company", "seller")
SMS_MOST = 55  # characters of a text; signature and the way out have the rest of the seventy
_PLACE = re.compile(r"\{([^{}]*)\}")


def unknown_places(text: str) -> list[str]:
    """What stands in braces and is none of ours."""
    return [name for name in _PLACE.findall(text) if name not in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with names in place of braces. What a name itself holds is not looked into again."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def cut(text: str, most: int = SMS_MOST) -> str:
    """A text that fits one SMS: long names may make it too long."""
    return text if len(text) <= most else text[: most - 1] + "…"


# --- groups ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Groups:
    """Who is written to, who is held out, who is drawn from all customers; nobody is in two."""

    segment: tuple[UUID, ...]
    holdout: tuple[UUID, ...]


def unsegmented(seed: str, everybody: Sequence[UUID], count: int) -> list[UUID]:
    """So many of all customers, by lot: the comparison with a message to anybody."""
    return draw(f"{seed}:all", everybody, count)


def split(seed: str, eligible: Sequence[UUID], holdout: Decimal) -> Groups:
    """Those of a segment who could be written to, in two by lot; the share held out is rounded down."""
    count = math.floor(len(eligible) * holdout)
    held = set(draw(f"{seed}:held", eligible, count))
    return Groups(tuple(k for k in eligible if k not in held), tuple(k for k in eligible if k in held))


# --- results ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """One customer whose orders count from a day on."""

    customer: UUID
    side: str
    since: date


@dataclass(frozen=True, slots=True)
class Result:
    """What a group did: how many, how many of them ordered, for how much, and the rate with its interval."""

    count: int
    ordered: int
    amount: Decimal

    @property
    def rate(self) -> Figure:
        """Share that ordered, in percent, with Wilson's interval."""
        return share(self.ordered, self.count)

    @property
    def per_head(self) -> Decimal:
        """Orders per customer of the group."""
        return rounded(self.amount / self.count) if self.count else Decimal(0)


Booked = Mapping[UUID, Sequence[tuple[date, Decimal]]]


def results(counted: Collection[Counted], booked: Booked, days: int) -> dict[str, Result]:
    """Each group's result. A customer responded whose orders of the `days` from its day on come to more than nothing:
    what was cancelled in that time counts against what was ordered."""
    found: dict[str, Result] = {}
    for one in counted:
        until = one.since + timedelta(days=days)
        net = sum(
            (amount for day, amount in booked.get(one.customer, ()) if one.since <= day < until), Decimal(0)
        )
        before = found.get(one.side, Result(0, 0, Decimal(0)))
        gain = max(net, Decimal(0))
        found[one.side] = Result(before.count + 1, before.ordered + (net > 0), before.amount + gain)
    return found


def gain(with_it: Result, without: Result) -> Figure:
    """How many percentage points more of the first group ordered, with Newcombe's interval of the difference (95 %).

    It rests on the smaller group: `n` is its number.
    """
    a, b = with_it.rate, without.rate
    n = min(a.n, b.n)
    if (
        a.value is None
        or b.value is None
        or a.low is None
        or a.high is None
        or b.low is None
        or b.high is None
    ):
        return Figure(n, None)
    value = a.value - b.value
    down = ((a.value - a.low) ** 2 + (b.high - b.value) ** 2).sqrt()
    up = ((a.high - a.value) ** 2 + (b.value - b.low) ** 2).sqrt()
    return Figure(n, value, rounded(value - down, "0.1"), rounded(value + up, "0.1"))


def verdict(found: Figure) -> str:
    """`better` or `worse` where the interval lies on one side of nothing; else `open`."""
    if found.low is None or found.high is None:
        return "open"
    return "better" if found.low > 0 else "worse" if found.high < 0 else "open"
