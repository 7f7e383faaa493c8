"""Decision tables: what cells mean, which row counts, why, and what is wrong with a table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.policy_cells import CellError, condition
from sellwell.kernel.policy_table import check_examples, decide, read, table, validate
from sellwell.kernel.values import Refusal, State, T

APPROVAL = table(
    inputs={"amount": ("number", T("金额", "Amount")), "region": ("text", T("区域", "Region"))},
    outputs={"approvers": ("text", T("审批人", "Approvers")), "limit": ("number", T("上限", "Limit"))},
    rows=[
        ["<= 100000", "-", "sales_manager", "100000"],
        ["(100000..500000]", "in (华东, 华南)", "regional_manager", "500000"],
        ["(10万..50万]", "not in (华东, 华南)", "sales_director", "-"],
        ["-", "-", "executive, all:legal", ""],
    ],
    examples=[
        ({"amount": "100000", "region": "华东"}, {"approvers": "sales_manager"}),
        ({"amount": "100000.01", "region": "华东"}, {"approvers": "regional_manager", "limit": "500000"}),
    ],
)


class Region(State):
    EAST = "华东", T("华东", "East")


@pytest.mark.parametrize(
    ("cell", "kind", "yes", "no"),
    [
        ("<= 100000", "number", ["100000", "-5"], ["100000.01"]),
        ("> 5", "number", ["5.000001"], ["5"]),
        ("[10..20)", "number", ["10", "19.99"], ["20", "9.99"]),
        ("(10..20]", "number", ["20"], ["10"]),
        ("in (1, 2.5)", "number", ["1", "2.50"], ["2"]),
        ("not in (1, 2)", "number", ["1.5", "3"], ["1", "2"]),
        ("= 13%", "number", ["0.13"], ["13"]),
        ("10万", "number", ["100000"], ["10"]),
        ("!= 0", "number", ["1"], ["0"]),
    ],
)
def test_conditions_on_numbers(cell: str, kind: Any, yes: list[str], no: list[str]) -> None:
    found = condition(cell, kind)
    assert all(found.passes(Decimal(v)) for v in yes)
    assert not any(found.passes(Decimal(v)) for v in no)
    assert not found.passes(None)


def test_conditions_on_names_flags_and_days() -> None:
    assert condition('in ("A, B", C)', "text").passes("A, B")
    assert condition("in（华东、华南）", "text").passes("华南")
    assert not condition("not in (a, b)", "text").passes("a")
    assert condition("是", "flag").passes(True)
    assert not condition("= no", "flag").passes(True)
    assert condition("[2026-01-01..2026-07-01)", "date").passes(date(2026, 6, 30))
    assert not condition("< 2026-01-01", "date").passes(date(2026, 1, 1))
    assert condition("-", "text").passes(None)
    assert condition("empty", "number").passes(None)
    assert not condition("not empty", "date").passes(None)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("=< 5", "number"), ("five", "number"), ("[20..10]", "number"), ("(5..5)", "number"), ("in (1,000)", "number"),
     ("< a", "text"), ("maybe", "flag"), ("11-03", "date"), ("in ()", "text"), (0.5, "number"), ("[1..2", "text"),
     ("=", "text")],
)  # fmt: skip
def test_cells_that_cannot_be_read(cell: Any, kind: Any) -> None:
    with pytest.raises(CellError):
        condition(cell, kind)


def test_the_first_row_that_applies_counts_and_says_why() -> None:
    found = decide(
        read(APPROVAL, T("订单审批 v3", "Order approval v3")),
        {"amount": Decimal("120000"), "region": Region.EAST},
    )
    assert found.row == 2
    assert found.outputs == {"approvers": "regional_manager", "limit": Decimal("500000")}
    assert "Order approval v3 row 2: Amount 120,000 meets “(100000..500000]”" in found.explanation.en
    assert "订单审批 v3 第 2 行：金额 120,000 符合" in found.explanation.zh
    assert decide(APPROVAL, {"amount": Decimal(10**6), "region": None}).outputs["limit"] is None


def test_a_collecting_table_gives_every_row() -> None:
    bonus = table(
        inputs={"amount": ("number", T("金额", "Amount"))},
        outputs={"rate": ("number", T("比率", "Rate"))},
        rows=[["> 100", "1%"], ["> 200", "2%"], ["> 300", "3%"]],
        hit="collect",
    )
    found = decide(bonus, {"amount": Decimal(250)})
    assert found.outputs == {"rate": [Decimal("0.01"), Decimal("0.02")]}
    assert (found.row, found.rows) == (1, (1, 2))
    none = decide(bonus, {"amount": Decimal(50)})
    assert (none.outputs, none.row) == ({}, None)
    assert "no row applies" in none.explanation.en


def test_facts_are_decimal_and_complete() -> None:
    with pytest.raises(TypeError, match="float"):
        decide(APPROVAL, {"amount": 0.1, "region": "华东"})
    with pytest.raises(Refusal) as missing:
        decide(APPROVAL, {"amount": Decimal(1)})
    assert missing.value.code == "policy.fact_missing"
    with pytest.raises(Refusal) as wrong:
        decide(APPROVAL, {"amount": "much", "region": "华东"})
    assert wrong.value.code == "policy.fact_kind"


def test_stored_facts_replay() -> None:
    assert decide(APPROVAL, {"amount": "120000.00", "region": "华东"}).row == 2


def test_a_good_table_has_only_what_is_worth_knowing() -> None:
    assert validate(APPROVAL, known_inputs=["amount", "region"]) == []
    assert [o.code for o in validate(APPROVAL, known_inputs=["amount"])] == ["policy.fact_missing"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"hit": "any"}, "hit"),
        ({"inputs": []}, "inputs"),
        ({"rows": []}, "rows"),
        ({"rows": [["<= 1", "-", "x"]]}, "rows.0"),
        ({"rows": [["<= 1", "-", "x", "many"]]}, "rows.0.3"),
        ({"rows": [["=> 1", "-", "x", "1"], ["[1..", "-", "x", "1"]]}, "rows.0.0"),
        ({"outputs": [{"name": "amount", "type": "number"}, {"name": "b"}]}, "outputs"),
        ({"examples": [{"given": {}}]}, "examples"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(change: dict[str, Any], path: str) -> None:
    objections = validate({**APPROVAL, **change})
    assert objections[0].path == path
    assert all(o.kind == "refuse" for o in objections)


def test_rows_that_never_apply_and_rows_that_overlap_are_reported() -> None:
    rows = [["<= 10", "-", "a", ""], ["<= 5", "A", "b", ""], ["[8..20]", "-", "c", ""], ["-", "-", "d", ""]]
    found = [(o.code, o.path, o.kind) for o in validate({**APPROVAL, "rows": rows, "examples": []})]
    assert found == [
        ("policy.row_never_applies", "rows.1", "warn"),
        ("policy.rows_overlap", "rows.2", "warn"),
    ]


def test_examples_are_checked() -> None:
    wrong = {
        **APPROVAL,
        "examples": [{"given": {"amount": "1", "region": "x"}, "expect": {"approvers": "nobody"}}],
    }
    (objection,) = check_examples(wrong)
    assert (objection.code, objection.path) == ("policy.example_fails", "examples.0")
    assert "nobody" in objection.text.zh
    assert check_examples(APPROVAL) == []
    broken = {**APPROVAL, "examples": [{"given": {"amount": "much"}, "expect": {"nothing": "x"}}]}
    assert [o.code for o in check_examples(broken)] == ["policy.example_fails"]


cells = st.one_of(
    st.sampled_from(["-", "empty", "not empty"]),
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.integers(-3, 3)),
    st.builds(
        "{}({}, {})".format, st.sampled_from(["in ", "not in "]), st.integers(-3, 3), st.integers(-3, 3)
    ),
    st.builds(
        "{}{}..{}{}".format,
        st.sampled_from("[("),
        st.integers(-3, 0),
        st.integers(1, 3),
        st.sampled_from("])"),
    ),
)
facts = st.one_of(st.none(), st.decimals(-4, 4, places=1))


@given(cells, cells, facts)
def test_overlap_and_cover_agree_with_what_passes(one: str, other: str, value: Decimal | None) -> None:
    a, b = condition(one, "number"), condition(other, "number")
    if a.passes(value) and b.passes(value):
        assert a.meets(b)
        assert b.meets(a)
    if a.covers(b) and b.passes(value):
        assert a.passes(value)


names = st.one_of(
    st.sampled_from(["-", "empty", "not empty", "a", "= b", "!= c"]),
    st.builds(
        "{}({}, {})".format,
        st.sampled_from(["in ", "not in "]),
        st.sampled_from("abc"),
        st.sampled_from("abc"),
    ),
)


@given(names, names, st.sampled_from([None, "a", "b", "c", "d"]))
def test_the_same_for_names(one: str, other: str, value: str | None) -> None:
    a, b = condition(one, "text"), condition(other, "text")
    if a.passes(value) and b.passes(value):
        assert a.meets(b)
    if a.covers(b) and b.passes(value):
        assert a.passes(value)
