"""How many people a market needs, and what another staffing would earn by head (clause 2.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Market:
    """A region and product line with what was sold there in a year. `margin` is a share; None where unknown."""

    region: str
    line: str
    customers: int
    volume: Decimal
    margin: Decimal | None


@dataclass(frozen=True, slots=True)
class Standard:
    """What the staffing rules say about a market."""

    employment: str
    customers_each: Decimal
    volume_each: Decimal


@dataclass(frozen=True, slots=True)
class Need:
    """The people that a market needs: a share of whole people, since several lines share the people of a region."""

    market: Market
    standard: Standard
    share: Decimal  # people, not rounded
    head_margin: Decimal | None  # margin of a year for each of them


@dataclass(frozen=True, slots=True)
class Gap:
    """A region's need against the people there."""

    region: str
    full_time: int
    part_time: int
    has_full_time: int
    has_part_time: int

    @property
    def needed(self) -> int:
        """All together."""
        return self.full_time + self.part_time

    @property
    def actual(self) -> int:
        """Everybody there."""
        return self.has_full_time + self.has_part_time

    @property
    def gap(self) -> int:
        """More than nothing: so many are missing; less: so many too many."""
        return self.needed - self.actual

    @property
    def over(self) -> int:
        """So many more than needed."""
        return max(0, -self.gap)


def need(market: Market, standard: Standard) -> Need:
    """People by customers or by volume, whichever asks for more."""
    by_customers = Decimal(market.customers) / standard.customers_each if standard.customers_each else ZERO
    by_volume = market.volume / standard.volume_each if standard.volume_each else ZERO
    share = max(by_customers, by_volume)
    earned = market.volume * market.margin if market.margin is not None else None
    head = (earned / share).quantize(Decimal("0.01")) if earned is not None and share else None
    return Need(market, standard, share, head)


def gaps(needs: Iterable[Need], actual: Mapping[str, tuple[int, int]]) -> list[Gap]:
    """Need against actual, region by region: shares are added up by employment and rounded up once."""
    shares: dict[str, dict[str, Decimal]] = {region: {} for region in actual}
    for one in needs:
        mine = shares.setdefault(one.market.region, {})
        kind = one.standard.employment
        mine[kind] = mine.get(kind, ZERO) + one.share
    found = []
    for region, mine in sorted(shares.items()):
        full, part = (whole(mine.get(kind, ZERO)) for kind in ("full_time", "part_time"))
        has_full, has_part = actual.get(region, (0, 0))
        found.append(Gap(region, full, part, has_full, has_part))
    return found


def whole(share: Decimal) -> int:
    """People come whole: rounded up."""
    return int(share.to_integral_value(rounding=ROUND_CEILING))


def simulated(needs: Iterable[Need], people: int) -> Decimal | None:
    """The margin by head if so many people did what there is; None where no margin is known."""
    earned = [n.market.volume * n.market.margin for n in needs if n.market.margin is not None]
    if not earned or people <= 0:
        return None
    return (sum(earned, ZERO) / people).quantize(Decimal("0.01"))
