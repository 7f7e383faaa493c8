"""Staffing rules against the people there are: markets from posted sales, the policy's standards, actual posts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Sum

from sellwell.foundation.company import queries
from sellwell.foundation.company.composition import SALES, YEAR
from sellwell.foundation.company.extensions import market_margins
from sellwell.foundation.company.models import Assignment, Person
from sellwell.foundation.company.policies import STAFFING
from sellwell.foundation.company.rules.staffing import Gap, Market, Need, Standard, gaps, need
from sellwell.kernel import policy
from sellwell.kernel.models import Fact
from sellwell.kernel.values import Period

# Who sells: posts of these roles count as staff of a region.
SELLING = ("rep", "account_manager")


@dataclass(frozen=True)
class Staffing:
    """Needs by market, and need against actual by region."""

    needs: list[Need]
    gaps: list[Gap]


def markets(company_id: UUID, day: date) -> list[Market]:
    """Regions and product lines with the sales and margin of the twelve months up to a day."""
    period = Period(day - YEAR + timedelta(days=1), day + timedelta(days=1))
    margins: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for _, ask in market_margins:
        for region, line, share in ask(company_id, period):
            margins[region, line] = share
    rows = (
        Fact.objects.filter(
            company_id=company_id, measure=SALES, happened_on__gte=period.since, happened_on__lt=period.until
        )
        .exclude(region="")
        .values_list("region", "product_line")
        .annotate(volume=Sum("amount"), customers=Count("customer_id", distinct=True))
        .order_by("region", "product_line")
    )
    return [
        Market(region, line, customers, volume, margins.get((region, line)))
        for region, line, volume, customers in rows
        if volume > 0
    ]


def without_margins(needs: list[Need]) -> list[Need]:
    """The needs for those who may not see what markets earn."""
    return [replace(n, market=replace(n.market, margin=None), head_margin=None) for n in needs]


def staffing(company_id: UUID, day: date) -> Staffing:
    """What the rules in force say about every market, against the people who sell there."""
    table = policy.in_force(STAFFING, company_id, day).table
    needs = []
    for market in markets(company_id, day):
        said = policy.decide(
            table,
            {
                "product_line": market.line, "region": market.region, "customers": Decimal(market.customers),
                "volume": market.volume, "margin": market.margin if market.margin is not None else Decimal("0.20"),
            },
        ).outputs  # fmt: skip
        if said:
            standard = Standard(
                str(said["employment"]), Decimal(said["customers_each"]), Decimal(said["volume_each"])
            )
            needs.append(need(market, standard))
    return Staffing(needs, gaps(needs, actual(company_id, day)))


def actual(company_id: UUID, day: date) -> dict[str, tuple[int, int]]:
    """People who sell, by region: full-time and part-time. Somebody with two posts in a region counts once."""
    posts = Assignment.objects.filter(queries.held_on(day), company_id=company_id, role__in=SELLING).exclude(
        region=""
    )
    kinds = dict(Person.objects.values_list("user_id", "employment"))
    seen = set(posts.values_list("region", "user_id"))
    found: dict[str, tuple[int, int]] = {}
    for region, user in seen:
        full, part = found.get(region, (0, 0))
        is_part = kinds.get(user) == "part_time"
        found[region] = (full + (not is_part), part + is_part)
    return found
