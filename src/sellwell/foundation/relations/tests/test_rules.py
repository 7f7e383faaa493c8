"""Grades, stages, the pool and conditions as rules: without a database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.relations.rules import conditions, grades, pools, stages
from sellwell.foundation.relations.rules.conditions import Condition, Field, Op
from sellwell.foundation.relations.rules.stages import Place, Stage
from sellwell.kernel.values import T

DAY = date(2026, 7, 15)
WEIGHTS = {"recency": Decimal("0.15"), "frequency": Decimal("0.2"), "value": Decimal("0.4"), "loyalty": Decimal("0.1"),
           "payment": Decimal("0.15")}  # fmt: skip
CELLS = {"recency": ["<= 30", "<= 60"], "frequency": [">= 12", ">= 8"], "value": [">= 100万", ">= 500,000"]}
CUTS = {"recency": [(30, 5), (60, 4)], "frequency": [(12, 5), (8, 4)], "value": [(1000000, 5), (500000, 4)]}


def judge(name: str, value: Decimal) -> int:
    """Two cut-offs a measure."""
    for cut, points in CUTS.get(name, []):
        if (value <= cut) if name == "recency" else (value >= cut):
            return points
    return 1


def measured(**values: object) -> grades.Measured:
    known = {"recency": 40, "frequency": 9, "value": Decimal(600000), "years": Decimal(3), "regular": Decimal("0.5"),
             "paid_in_time": None, **values}  # fmt: skip
    return grades.Measured(**known)  # type: ignore[arg-type]


def test_what_is_unknown_has_no_points_and_the_others_share_its_weight() -> None:
    found = grades.score(measured(), judge, WEIGHTS)
    assert found.points["payment"] is None
    # recency 4, frequency 4, value 4, loyalty 1 over .85: (.6 + .8 + 1.6 + .1) / .85
    assert found.total == Decimal("3.65") and found.rfm == "444"


def test_loyalty_is_years_up_to_five_times_regularity() -> None:
    assert measured().loyalty == Decimal("1.50")
    assert measured(years=Decimal(12), regular=Decimal(1)).loyalty == Decimal("5.00")


def test_what_lifts_is_found_in_the_cells_that_people_wrote() -> None:
    scored = grades.score(measured(), judge, WEIGHTS)
    found = grades.lifts(
        measured().values(), scored, WEIGHTS, CELLS, judge, lambda s: "A" if s >= Decimal("4.05") else "B"
    )
    assert next((lift.measure, lift.needed, lift.grade) for lift in found) == ("value", Decimal(1000000), "A")
    assert {lift.measure for lift in found} == {"value", "frequency", "recency"}
    assert found[0].score == Decimal("4.12") and "1,000,000 元" in found[0].text.zh


def test_numbers_of_cells() -> None:
    assert grades.cuts([">= 12", "[30 .. 90]", "> 5万", "<= 98%", "-"]) == [
        Decimal(12), Decimal(30), Decimal(90), Decimal(50000), Decimal("0.98"),
    ]  # fmt: skip


def test_words_say_why_in_both_languages() -> None:
    scored = grades.score(measured(), judge, WEIGHTS)
    text = grades.explanation("B", scored, measured().values(), WEIGHTS, capped=True)
    assert "600,000 元，4 分（权重 40%）" in text.zh and "不计分" in text.zh and "等级受限" in text.zh
    assert "40 days ago, 4 points (weight 15%)" in text.en and "not scored" in text.en


@given(st.lists(st.decimals(-100, 10000, places=2), min_size=1, max_size=30))
def test_abc_keeps_equals_together_and_never_puts_more_below_less(values: list[Decimal]) -> None:
    found = grades.abc(values)
    by_value = sorted(zip(values, found, strict=True), key=lambda pair: -pair[0])
    classes = [cls for value, cls in by_value if value > 0]
    assert classes == sorted(classes) and (not classes or classes[0] == "A")
    assert len({(v, c) for v, c in by_value}) == len(set(values))
    assert all(cls == "" for value, cls in by_value if value <= 0)


# --- stages ------------------------------------------------------------------------------------------------------------


def test_one_gap_is_no_rhythm() -> None:
    assert stages.median_gap([date(2026, 1, 1), date(2026, 2, 1)]) is None
    assert stages.median_gap(
        [date(2026, 1, 5), date(2026, 2, 4), date(2026, 3, 10), date(2026, 4, 6)]
    ) == Decimal("30.0")


def test_a_stage_that_only_flickers_does_not_hold() -> None:
    place = Place(Stage.MATURE.value, DAY)
    for days, computed in ((1, "declining"), (4, "mature"), (5, "declining"), (11, "declining")):
        place = stages.settle(place, computed, DAY + timedelta(days), 7, DAY - timedelta(30))
        assert place.stage == "mature"
    assert stages.settle(place, "declining", DAY + timedelta(12), 7, None).stage == "declining"


@pytest.mark.parametrize("was", ["dormant", "churned"])
def test_who_was_lost_and_buys_is_won_back_at_once(was: str) -> None:
    found = stages.settle(Place(was, DAY), "won_back", DAY + timedelta(9), 7, DAY + timedelta(8))
    assert found == Place("won_back", DAY + timedelta(9))


@given(
    st.sampled_from(Stage.values()),
    st.lists(st.sampled_from(Stage.values()), max_size=30),
    st.integers(1, 10),
)
def test_without_a_purchase_no_stage_lasts_less_than_two_looks(
    first: str, then: list[str], patience: int
) -> None:
    place, moved = Place(first, DAY), 0
    for index, computed in enumerate(then, 1):
        after = stages.settle(place, computed, DAY + timedelta(index), patience, None)
        if after.stage != place.stage:
            moved += 1
            assert after.stage == computed
            assert place.stage == "potential" or (
                place.next_stage == computed and place.next_since is not None
            )
        place = after
    assert moved <= len(then)


# --- the pool ----------------------------------------------------------------------------------------------------------


def test_whoever_takes_a_customer_gets_the_full_time() -> None:
    old = date(2025, 1, 1)
    assert pools.due(old, old, DAY, 120, 365, 14) == pools.Due(
        DAY + timedelta(120), DAY + timedelta(106), "contact"
    )
    assert pools.due(DAY, DAY - timedelta(300), date(2020, 1, 1), 120, 365, 0) == pools.Due(
        DAY + timedelta(65), DAY + timedelta(65), "order"
    )
    assert pools.due(old, old, old, None, None, 0) is None


def test_everything_in_the_way_of_a_claim_is_said_at_once() -> None:
    found = pools.claim_objections(
        owned=200,
        capacity=200,
        claimed_today=5,
        per_day=5,
        gave_up_on=DAY - timedelta(29),
        rest=30,
        today=DAY,
    )
    assert [o.code for o in found] == [
        "relations.pool_capacity",
        "relations.pool_per_day",
        "relations.pool_own_again",
    ]
    assert found[2].args["until"] == DAY + timedelta(1)
    free = pools.claim_objections(
        owned=199,
        capacity=200,
        claimed_today=4,
        per_day=5,
        gave_up_on=DAY - timedelta(30),
        rest=30,
        today=DAY,
    )
    assert free == []


# --- conditions --------------------------------------------------------------------------------------------------------

KNOWN = {Field.GRADE: {"A": T("A 级", "Grade A"), "B": T("B 级", "Grade B")}}


@pytest.mark.parametrize(
    ("one", "code", "path"),
    [
        (Condition(Field.GRADE, Op.IS, "A，B"), "", ""),
        (Condition(Field.GRADE, Op.IS, "A, E"), "relations.condition_unknown", "conditions.0.value"),
        (Condition(Field.GRADE, Op.AT_LEAST, "B"), "relations.condition_unfit", "conditions.0.op"),
        (Condition(Field.VALUE, Op.AT_LEAST, "50,000"), "", ""),
        (Condition(Field.VALUE, Op.AT_LEAST, "许多"), "relations.condition_number", "conditions.0.value"),
        (Condition(Field.VALUE, Op.AT_LEAST, "NaN"), "relations.condition_number", "conditions.0.value"),
        (Condition(Field.VALUE, Op.AT_LEAST, "9" * 30), "relations.condition_number", "conditions.0.value"),
        (Condition(Field.REGION, Op.IS, " , "), "relations.condition_value", "conditions.0.value"),
    ],
)
def test_conditions_that_cannot_be_read_say_so(one: Condition, code: str, path: str) -> None:
    found = conditions.objections([one], KNOWN)
    assert [(o.code, o.path) for o in found] == ([(code, path)] if code else [])
