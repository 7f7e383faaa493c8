"""When two deals are the same, and who may rule."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.metrics.analysis.matching.company_names import read_name
from sellwell.selling.deals import rules
from sellwell.selling.deals.rules import Deal

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        (Deal(customer=ONE), Deal(customer=ONE), "customer"),
        (Deal(customer=ONE), Deal(customer=TWO), None),
        (Deal(uscc="A", stem="听涛造纸"), Deal(uscc="B", stem="听涛造纸"), None),
        (Deal(uscc="A", stem="听涛造纸"), Deal(uscc="A", stem="望海水务"), "uscc"),
        (Deal(uscc="A", stem="听涛造纸"), Deal(stem="听涛造纸"), "name"),
        (Deal(phone_blind="p", stem="甲乙"), Deal(phone_blind="p", stem="丙丁"), "phone"),
        (Deal(stem="听涛造纸", area="苏州"), Deal(stem="听涛造纸"), "name"),
        (Deal(stem="听涛造纸", area="苏州"), Deal(stem="听涛造纸", area="无锡"), None),
        (Deal(stem="听"), Deal(stem="听"), None),
        (Deal(), Deal(), None),
        (Deal(customer=ONE, product_line="PUMP"), Deal(customer=ONE, product_line="VALVE"), None),
        (Deal(customer=ONE, product_line="PUMP"), Deal(customer=ONE), "customer"),
    ],
)
def test_what_makes_two_deals_one(one: Deal, other: Deal, by: str | None) -> None:
    assert rules.matched_by(one, other) == by
    assert rules.matched_by(other, one) == by


def test_names_are_read_without_region_and_legal_form() -> None:
    a, b = read_name("苏州听涛造纸有限公司"), read_name("听涛造纸股份有限公司（苏州）")
    assert (a.stem, a.region) == (b.stem, b.region) == ("听涛造纸", "苏州")


DEALS = st.builds(
    Deal,
    st.sampled_from([None, ONE, TWO]),
    *(
        st.sampled_from(values)
        for values in (["", "听涛", "望海"], ["", "苏州"], ["", "A", "B"], ["", "p"], ["", "L"])
    ),
)


@given(DEALS, DEALS)
def test_sameness_is_mutual_and_a_deal_is_itself(one: Deal, other: Deal) -> None:
    assert rules.matched_by(one, other) == rules.matched_by(other, one)
    if one.customer or one.uscc or one.phone_blind or one.stem:
        assert rules.matched_by(one, replace(one)) is not None


@given(st.decimals(min_value=-1, max_value=2, places=6))
def test_two_shares_are_one_whole(mine: Decimal) -> None:
    parts = rules.split(mine)
    assert (parts is None) == (not 0 < mine < 1)
    assert parts is None or sum(parts) == 1


def test_nobody_rules_in_their_own_matter_and_only_from_above() -> None:
    assert not rules.may_rule(ONE, [ONE, TWO]) and rules.may_rule(UUID(int=3), [ONE, TWO])
    assert rules.covers("HQ.EAST.", ["HQ.EAST.", "HQ.EAST.ONE."]) and not rules.covers(
        "HQ.EAST.", ["HQ.SOUTH."]
    )
