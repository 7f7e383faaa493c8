"""Amounts in capitals: W29, the shared table, and every amount read back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.rmb import LARGEST, capitals, parse
from sellwell.kernel.tests.shared import shared_rows
from sellwell.kernel.values import Refusal

W29 = [
    ("0", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"), ("10", "壹拾元整"), ("20.06", "贰拾元零陆分"),
    ("325.04", "叁佰贰拾伍元零肆分"), ("1409.50", "壹仟肆佰零玖元伍角整"), ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("6007.14", "陆仟零柒元壹角肆分"), ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"), ("1010101.01", "壹佰零壹万零壹佰零壹元零壹分"), ("100000000", "壹亿元整"),
    ("120000000.10", "壹亿贰仟万元零壹角整"), ("1000050000", "壹拾亿零伍万元整"), ("-2260", "负贰仟贰佰陆拾元整"),
]  # fmt: skip
BOTH_FORMS = [
    ("人民币壹仟肆佰零玖元伍角", "1409.50"),
    ("人民币壹仟陆佰捌拾元叁角贰分", "1680.32"),
    ("人民币壹拾万零柒仟元伍角叁分", "107000.53"),
    ("壹拾万柒仟圆伍角叁分", "107000.53"),
    (" 人民币 贰拾圆正 ", "20"),
]
amounts = st.decimals(min_value=-LARGEST, max_value=LARGEST, places=2)


@pytest.mark.parametrize(("amount", "text"), W29)
def test_w29(amount: str, text: str) -> None:
    assert capitals(Decimal(amount)) == f"人民币{text}"
    assert parse(f"人民币{text}") == Decimal(amount)


@pytest.mark.parametrize(("text", "amount"), BOTH_FORMS)
def test_both_accepted_forms_are_read(text: str, amount: str) -> None:
    assert parse(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "人民币",
        "元",
        "伍佰万",
        "伍",
        "伍元伍",
        "壹拾拾元整",
        "元整",
        "壹元整整",
        "壹角壹角",
        "五元整",
        "壹分壹角",
        "万元整",
    ],
)
def test_what_spells_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        parse(text)


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "10000000000000000"])
def test_only_amounts_of_two_places_are_spelt(amount: str) -> None:
    with pytest.raises(ValueError):
        capitals(Decimal(amount))


@given(amounts)
def test_what_is_written_is_read_back(amount: Decimal) -> None:
    assert parse(capitals(amount)) == amount
    assert parse(capitals(amount, prefix="", zero_before_jiao=False)) == amount


def test_shared_table() -> None:
    """The table writes the form without the optional 零; each of its variants is read back."""
    for row in shared_rows("data/china/rmb_uppercase.csv"):
        amount = Decimal(row["amount"])
        assert capitals(amount, prefix="", zero_before_jiao=False) == row["expected"], row
        for text in [row["expected"], *filter(None, row["acceptable_variants"].split(";"))]:
            assert parse(text) == amount, (text, row)
