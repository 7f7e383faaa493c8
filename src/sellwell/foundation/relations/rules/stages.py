"""Where a customer stands in its life with us (clause 4.3.3), judged by its own rhythm, with two periods of patience.

docs/rules/stages.md tells the rules with a worked table, which is run as a test.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from sellwell.kernel.values import State, T


class Stage(State):
    """The stages in the order of a customer's life."""

    POTENTIAL = "potential", T("潜在", "Potential")
    NEW = "new", T("新增", "New")
    GROWING = "growing", T("成长", "Growing")
    MATURE = "mature", T("成熟", "Mature")
    DECLINING = "declining", T("衰退", "Declining")
    DORMANT = "dormant", T("沉睡", "Dormant")
    CHURNED = "churned", T("流失", "Churned")
    WON_BACK = "won_back", T("赢回", "Won back")


LOST = (Stage.DORMANT.value, Stage.CHURNED.value)
# What a purchase brings about is a fact at once; what only time brings about must last.
BY_PURCHASE = (Stage.NEW.value, Stage.WON_BACK.value)


@dataclass(frozen=True, slots=True)
class History:
    """What the stage is judged by. `gap` is the customer's own median of days between purchases, None below two gaps."""

    purchases: int
    first_on: date | None
    last_on: date | None
    gap: Decimal | None
    recent: Decimal  # booked in the last half year
    earlier: Decimal  # booked in the half year before


@dataclass(frozen=True, slots=True)
class Place:
    """The stage that a customer is in, since when, and the one that it seems to go to."""

    stage: str
    since: date
    next_stage: str = ""
    next_since: date | None = None


def median_gap(days: Sequence[date]) -> Decimal | None:
    """The median number of days between purchases; None below two gaps, since one gap is no rhythm."""
    ordered = sorted(set(days))
    gaps = [Decimal((b - a).days) for a, b in itertools.pairwise(ordered)]
    return Decimal(median(gaps)).quantize(Decimal("0.1"), ROUND_HALF_UP) if len(gaps) >= 2 else None


def idle_gaps(history: History, on: date, usual: Decimal, least: Decimal) -> Decimal | None:
    """How many of its own gaps a customer has been silent. `usual` stands in where it has no rhythm yet; no gap counts
    as shorter than `least`, so that who buys daily is not lost after a week of holidays."""
    if history.last_on is None:
        return None
    gap = max(history.gap or usual, least)
    return (Decimal((on - history.last_on).days) / gap).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def trend(recent: Decimal, earlier: Decimal) -> Decimal | None:
    """The last half year by the one before; None where there is none to compare with."""
    return (recent / earlier).quantize(Decimal("0.01"), ROUND_HALF_UP) if earlier > 0 else None


def facts(
    history: History, place: Place | None, on: date, usual: Decimal, least: Decimal
) -> dict[str, Decimal | str | bool | None]:
    """What the table `relations.stage` asks."""
    was = place.stage if place is not None else ""
    returned = place is not None and (
        (was in LOST and history.last_on is not None and history.last_on > place.since)
        or (was == Stage.WON_BACK.value)
    )
    return {
        "purchases": Decimal(history.purchases),
        "idle": idle_gaps(history, on, usual, least),
        "age": None if history.first_on is None else Decimal((on - history.first_on).days),
        "trend": trend(history.recent, history.earlier),
        "returned": bool(returned),
        "in_stage": Decimal((on - place.since).days) if place is not None else Decimal(0),
    }


def settle(place: Place | None, computed: str, on: date, patience: int, bought_on: date | None) -> Place:
    """The place after today's computing: a new stage holds once it was computed for two periods of `patience` days running.

    A first purchase and a return are at once what they are, and who was lost and buys again is not kept lost.
    """
    if place is None:
        return Place(computed, on)
    if computed == place.stage:
        return Place(place.stage, place.since)
    bought_since = bought_on is not None and bought_on > place.since
    if computed in BY_PURCHASE and (bought_since or place.stage == Stage.POTENTIAL.value):
        return Place(computed, on)
    if place.stage == Stage.POTENTIAL.value:
        return Place(
            computed, on
        )  # history was brought in: what was bought long ago is no matter of patience
    seen_since = place.next_since if place.next_stage == computed and place.next_since is not None else on
    if on - seen_since >= timedelta(days=patience):
        return Place(computed, on)
    return Place(place.stage, place.since, computed, seen_since)
