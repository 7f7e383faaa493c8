"""What people type: read as meant, or refused with the way to write it; never a guess."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.numbers_text import (
    chinese_day,
    money,
    price,
    quantity,
    read_amount,
    read_date,
    read_moment,
    read_number,
    read_rate,
)
from sellwell.kernel.tests.shared import shared_rows
from sellwell.kernel.values import Objection

TYPED = [
    ("1234.5", "1234.50"), ("1,234.50", "1234.50"), ("￥1，234.50", "1234.50"), ("１２３", "123"), ("1.2万", "12000"),
    ("3亿", "300000000"), ("5千万元", "50000000"), ("¥ 1,234,567.00 元", "1234567"), ("(123.45)", "-123.45"),
    ("-¥5", "-5"), ("¥-5", "-5"), ("+8", "8"), ("−7", "-7"), (".5", "0.50"), ("-0", "0"), ("12.500", "12.50"),
    ("RMB 20", "20"), ("人民币20元", "20"), (" 9 ", "9"), ("1。5", "1.50"),
]  # fmt: skip
REFUSED = {
    "text.not_a_number": ["abc", "1e400", "1e5", "NaN", "Infinity", "--1", "1/2", "0x10", "¥", "-", "1万2", "10²", "x٣", "(5",
                          "(-5)", "壹佰"],
    "text.ambiguous_number": ["1,5", "1.234,56", "1,2345", "1 000.00", "1'000.00", "1.2.3", "12,34,567", "1,234."],
    "text.foreign_currency": ["$12", "€5"],
    "text.too_many_places": ["0.001", "1.2345"],
    "text.number_too_large": ["1" + "0" * 16, "99999999999万亿"[:11] + "亿"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), TYPED)
def test_amounts_as_typed(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in REFUSED.items() for text in texts]
)
def test_amounts_refused(code: str, text: str) -> None:
    found = read_amount(text)
    assert isinstance(found, Objection) and found.code == code
    assert str(found.text)


def test_empty_is_no_value() -> None:
    assert read_amount(" \t") is read_date("") is read_moment("") is read_rate(" ") is None


@pytest.mark.parametrize(
    ("text", "rate"), [("13%", "0.13"), ("0.06", "0.06"), ("100 %", "1"), ("６％", "0.06"), ("0", "0")]
)
def test_rates(text: str, rate: str) -> None:
    assert read_rate(text) == Decimal(rate)


@pytest.mark.parametrize("text", ["13", "-5%", "101%", "%", "x"])
def test_rates_refused(text: str) -> None:
    assert isinstance(read_rate(text), Objection)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_what_is_shown_is_read_back(amount: Decimal) -> None:
    assert read_amount(money(amount)) == amount
    assert read_number(quantity(amount)) == amount


@given(st.text(max_size=30))
def test_any_text_has_an_answer(text: str) -> None:
    for read in (read_amount, read_rate, read_date, read_moment):
        found = read(text)
        assert found is None or isinstance(found, Decimal | date | Objection)


@pytest.mark.parametrize(
    "text", ["2026-11-03", "2026/11/3", "2026.11.3", "2026年11月3日", "2026 年 11 月 3 日", "２０２６－１１－０３", "20261103",
             " 2026-11-3 ", "2026-11-03 00:00:00", "2026-11-03T00:00"]
)  # fmt: skip
def test_days_as_typed(text: str) -> None:
    assert read_date(text) == date(2026, 11, 3)


@pytest.mark.parametrize("text", ["11-03", "11/3", "11月3日", "01/05/2024", "24-1-5", "26年11月3日"])
def test_days_that_can_be_read_in_two_ways(text: str) -> None:
    found = read_date(text)
    assert isinstance(found, Objection) and found.code == "text.ambiguous_date"


def test_the_order_of_a_file_can_be_stated() -> None:
    assert read_date("01/05/2024", "dmy") == date(2024, 5, 1)
    assert read_date("01/05/2024", "mdy") == date(2024, 1, 5)
    assert read_date("2024-01-05", "dmy") == date(2024, 1, 5)
    assert isinstance(read_date("13/13/2024", "dmy"), Objection)


def test_shared_dates() -> None:
    for row in shared_rows("data/hostile_inputs/dates.csv"):
        found = read_date(row["input"])
        if row["expected"] == "reject" or row["expected"].startswith(
            ("ambiguous", "Excel", "2024-01-05 only")
        ):
            assert isinstance(found, Objection), row
        elif (
            "or" not in row["expected"] and "null" not in row["expected"] and "reject" not in row["expected"]
        ):
            assert found == date.fromisoformat(row["expected"].strip()), row


def test_excel_serials_only_where_asked_for() -> None:
    assert isinstance(read_date("45296"), Objection)
    assert read_date("45296", excel_serial=True) == date(2024, 1, 5)
    assert read_date("20000", excel_serial=True) == date(1954, 10, 3)
    assert read_date("80000", excel_serial=True) == date(2119, 1, 11)
    for text in ("0", "60", "2026", "19999", "80001", "202611"):
        assert isinstance(read_date(text, excel_serial=True), Objection), text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-03 09:30", "2026-11-03T01:30:00+00:00"),
        ("2026年11月3日 9:30", "2026-11-03T01:30:00+00:00"),
        ("2026-11-03T09:30:00Z", "2026-11-03T09:30:00+00:00"),
        ("2026-11-03", "2026-11-02T16:00:00+00:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert read_moment(text) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text", ["2024-01-05 24:00:00", "2024-01-05 25:00", "2024-01-05 noon", "2024-13-05 10:00"]
)
def test_moments_refused(text: str) -> None:
    assert isinstance(read_moment(text), Objection)


def test_showing() -> None:
    assert money(Decimal("1234567")) == "¥1,234,567.00"
    assert money(Decimal("-0.5"), "GBP") == "-£0.50"
    assert money(Decimal("-0.001")) == "¥0.00"
    assert quantity(Decimal("12.500000")) == "12.5" and quantity(Decimal("1200.000000")) == "1,200"
    assert (
        price(Decimal("12.5")) == "12.50"
        and price(Decimal("0.012300")) == "0.0123"
        and price(Decimal(3)) == "3.00"
    )
    assert chinese_day(date(2026, 1, 5)) == "2026年1月5日"
