"""Staffing rules: people needed by market, rounded once a region, against those there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from sellwell.foundation.company import evidence, staffing
from sellwell.foundation.company.extensions import market_margins
from sellwell.foundation.company.rules.staffing import Market, Standard, gaps, need, simulated
from sellwell.foundation.company.tests.test_structure import a_sale
from sellwell.kernel.values import Period
from sellwell.testing.marks import clause
from sellwell.testing.world import World


def test_customers_or_volume_ask_for_people_and_a_region_rounds_up_once() -> None:
    standard = Standard("full_time", Decimal(30), Decimal(4_000_000))
    few = need(Market("E", "robot", 12, Decimal(1_000_000), Decimal("0.30")), standard)
    large = need(Market("E", "parts", 3, Decimal(2_000_000), Decimal("0.10")), standard)
    assert (few.share, few.head_margin) == (Decimal("0.4"), Decimal("750000.00"))
    assert large.share == Decimal("0.5")
    shown = gaps([few, large], {"E": (2, 1), "S": (1, 0)})
    assert [(g.region, g.needed, g.actual, g.gap) for g in shown] == [("E", 1, 3, -2), ("S", 0, 1, -1)]
    assert simulated([few, large], 2) == Decimal("250000.00") and simulated([few], 0) is None


@pytest.mark.django_db
@clause("2.1.3", breaks=True)
def test_a_region_with_too_few_sellers_is_named_until_one_is_hired(world: World) -> None:
    a_sale(world, "12000000.00", "HQ.EAST.", "parts")
    today = Period(world.today, world.today + timedelta(days=1))
    assert staffing.actual(world.company.pk, world.today) == {"华东": (2, 0)}
    found = evidence.headcount_gap(world.company.pk, today)
    assert [(b.name, b.why.zh) for b in found.broken] == [("华东", "需 3 人，实有 2 人")]
    world.run(
        "hr", "company.hire", None,
        {"name": "秦不夜", "username": "qin", "number": "E0900", "hired_on": str(world.today),
         "department": str(world.department("EAST").pk), "role": "rep"},
    )  # fmt: skip
    assert not evidence.headcount_gap(world.company.pk, today).broken


@pytest.mark.django_db
@clause("1.3.1", "2.1.3")
def test_what_markets_earn_is_shown_to_those_who_see_all_margins_only(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sale(world, "12000000.00", "HQ.EAST.", "parts")
    earned = [("华东", "parts", Decimal("0.3125"))]
    monkeypatch.setitem(market_margins.functions, "orders.order", lambda company_id, period: earned)

    def shown(role: str) -> str:
        client.force_login(world.user(role))
        answer = client.get("/staffing").content.decode()
        world.see()
        return answer

    for role in ("executive", "sales_manager"):
        page = shown(role)
        assert "12,000,000" in page and "31.25" in page and "人均毛利测算" in page
    # A regional manager sees sales and margins of one department, human resources none.
    for role in ("hr", "regional_manager", "administrator"):
        page = shown(role)
        assert "需要人力" in page and "12,000,000" not in page and "31.25" not in page and "毛利" not in page


@pytest.mark.django_db
@clause("2.1.3")
def test_one_more_than_the_market_asks_for_is_told_when_hired_and_a_second_post_of_one_person_is_not(
    world: World,
) -> None:
    a_sale(world, "7000000.00", "HQ.EAST.", "parts")  # two people: the region has two
    east = {"department": str(world.department("EAST").pk), "role": "rep"}
    hired = world.run(
        "hr", "company.hire", None,
        {"name": "秦不夜", "username": "qin", "number": "E0900", "hired_on": str(world.today), **east},
    )  # fmt: skip
    assert [o.code for o in hired.warnings] == ["company.over_staffing"]
    assert "需要 2 名销售人员，加上这一位就有 3 名" in hired.warnings[0].text.zh
    again = {**east, "role": "account_manager", "person": str(hired.result.pk), "since": str(world.today)}
    assert not world.run("hr", "company.assign", data=again).warnings
    south = {**again, "department": str(world.department("SOUTH").pk), "role": "rep"}
    assert not world.run("hr", "company.assign", data=south).warnings  # nothing was sold there yet
