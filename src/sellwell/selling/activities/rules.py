"""Rules of the day: the order of visits, when a customer should hear from us again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]
EARTH = 6371.0  # km
MOST_ROUNDS = 50  # of untangling: a day has a dozen visits


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit to order: where it is (latitude and longitude, if known), in which area, and for when it is planned."""

    key: str
    at: datetime
    place: Point | None = None
    area: str = ""


def distance(one: Point, other: Point) -> float:
    """Kilometres over the ground between two points (great circle)."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))


def length(places: Sequence[Point]) -> float:
    """Kilometres of a way through places in their order."""
    return sum(distance(a, b) for a, b in pairwise(places))


def route(stops: Sequence[Stop]) -> list[str]:
    """A good order of a day's visits: the earliest first, then short ways; see docs/rules/routes.md.

    Stops with a position are chained by the nearest neighbour and untangled (2-opt); the others follow the last stop of
    their area, or stand at the end, area by area, in the order of their time.
    """
    in_time = sorted(stops, key=lambda s: (s.at, s.key))
    known = _untangled(_nearest([s for s in in_time if s.place is not None]))
    found = [*known]
    for stop in (s for s in in_time if s.place is None):
        last = max((i for i, s in enumerate(found) if stop.area and s.area == stop.area), default=None)
        found.insert(len(found) if last is None else last + 1, stop)
    return [s.key for s in found]


def _nearest(stops: Sequence[Stop]) -> list[Stop]:
    """From the first stop always to the nearest that is left."""
    if not stops:
        return []
    found, left = [stops[0]], list(stops[1:])
    while left:
        here = _place(found[-1])
        following = min(left, key=lambda s: (distance(here, _place(s)), s.at, s.key))
        left.remove(following)
        found.append(following)
    return found


def _untangled(stops: list[Stop]) -> list[Stop]:
    """Turn pieces of the way round as long as that makes it shorter; the first stop stays first."""
    best = stops
    for _ in range(MOST_ROUNDS):
        shorter = next(
            (
                turned
                for i in range(1, len(best) - 1)
                for j in range(i + 1, len(best))
                if _km(turned := best[:i] + best[i : j + 1][::-1] + best[j + 1 :]) < _km(best) - 1e-9
            ),
            None,
        )
        if shorter is None:
            return best
        best = shorter
    return best


def _km(stops: Sequence[Stop]) -> float:
    return length([_place(s) for s in stops])


def _place(stop: Stop) -> Point:
    if stop.place is None:
        raise ValueError(f"{stop.key} has no position")
    return stop.place


def contact_due(last: date | None, known_since: date, days: int | None) -> date | None:
    """By when a customer should hear from us: so many days after the last contact, or after we know each other."""
    return None if days is None else max(last or known_since, known_since) + timedelta(days=days)
