"""Rows of a file judged one by one: every reason, and numbers, days and texts as files have them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sellwell.imports import mapping as mappings
from sellwell.imports import orders
from sellwell.imports.mapping import Mapping
from sellwell.imports.orders import Parsed
from sellwell.imports.reading import Record
from sellwell.kernel.values import Refusal

COLUMNS = ("no", "sku", "qty", "day", "price", "cust", "text")
FIELDS = {
    "invoice": "no", "product": "sku", "quantity": "qty", "day": "day", "price": "price", "customer": "cust",
    "name": "text",
}  # fmt: skip
GOOD = ("536365", "85123A", "6", "2010-12-01 08:26:00", "2.55", "17850", "HANGING HEART")


def a_mapping(**values: object) -> Mapping:
    return mappings.from_values({"source": "shop", "return_prefix": "C", "fields": FIELDS, **values})


def parse(*rows: tuple[str, ...], today: date | None = None, **values: object) -> Parsed:
    records = [Record(n, dict(zip(COLUMNS, row, strict=True))) for n, row in enumerate(rows, start=2)]
    return orders.parse(records, a_mapping(**values), today)


def a_row(**values: str) -> tuple[str, ...]:
    return tuple((dict(zip(COLUMNS, GOOD, strict=True)) | values).values())


def codes(parsed: Parsed) -> list[str]:
    return [item.objection.code for item in parsed.rejected]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"no": " "}, "import.no_invoice"),
        ({"no": "9" * 61}, "import.too_long"),
        ({"sku": ""}, "import.no_product"),
        ({"sku": "x" * 41}, "import.too_long"),
        ({"sku": "A\x00B"}, "import.text"),
        ({"cust": ""}, "import.no_customer"),
        ({"cust": "9" * 36}, "import.too_long"),
        ({"qty": ""}, "import.no_quantity"),
        ({"qty": "six"}, "import.quantity"),
        ({"qty": "1,5"}, "import.quantity"),
        ({"qty": "NaN"}, "import.quantity"),
        ({"qty": "Infinity"}, "import.quantity"),
        ({"qty": "0"}, "import.zero_quantity"),
        ({"qty": "-0.0"}, "import.zero_quantity"),
        ({"qty": "-3"}, "import.negative_sale"),
        ({"no": "C1", "qty": "3"}, "import.positive_return"),
        ({"qty": "100000001"}, "import.too_large"),
        ({"qty": "1e99"}, "import.too_large"),
        ({"qty": "9" * 400}, "import.quantity"),
        ({"qty": "0.0000001"}, "import.too_precise"),
        ({"price": ""}, "import.no_price"),
        ({"price": "£2.55"}, "import.price"),
        ({"price": "1_000"}, "import.price"),
        ({"price": "-11062.06"}, "import.negative_price"),
        ({"price": "1000000001"}, "import.too_large"),
        ({"price": "2.1234567"}, "import.too_precise"),
        ({"day": ""}, "import.no_day"),
        ({"day": "2010-02-30"}, "import.day"),
        ({"day": "01/05/2010"}, "import.day"),
        ({"day": "yesterday"}, "import.day"),
        ({"day": "2011-01-02"}, "import.future"),
    ],
)  # fmt: skip
def test_each_reason(values: dict[str, str], code: str) -> None:
    parsed = parse(a_row(**values), today=date(2011, 1, 1))
    assert codes(parsed) == [code]
    assert parsed.rejected[0].row == 2
    assert not parsed.parcels
    assert parsed.rejected[0].objection.text.zh and "{" not in parsed.rejected[0].objection.text.zh


def test_a_row_that_contradicts_its_document_is_rejected_and_the_rest_stays() -> None:
    parsed = parse(a_row(), a_row(cust="1"), a_row(day="2010-12-09"), a_row(sku="X"))
    assert codes(parsed) == ["import.two_customers", "import.two_days"]
    assert [line.ordinal for line in parsed.parcels["536365"].lines] == [1, 4]


def test_a_row_wider_than_the_head_is_rejected() -> None:
    from sellwell.kernel.tabular import TOO_WIDE

    record = Record(7, dict(zip(COLUMNS, GOOD, strict=True)), TOO_WIDE.refuse(row=7, text="more"))
    parsed = orders.parse([record], a_mapping())
    assert codes(parsed) == ["table.row_too_wide"]
    assert parsed.source_total == Decimal("15.30")


def test_equal_lines_are_two_lines_with_one_digest() -> None:
    lines = parse(a_row(), a_row()).parcels["536365"].lines
    assert [line.ordinal for line in lines] == [1, 2]
    assert lines[0].digest == lines[1].digest


def test_a_document_of_too_many_rows_keeps_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "MOST_LINES", 2)
    parsed = parse(a_row(), a_row(), a_row())
    assert codes(parsed) == ["import.too_many_lines"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6", "6"), ("+6", "6"), ("6.000000000", "6"), (" 6 ", "6"), ("６", "6"), ("1,200", "1200"), ("1e3", "1000"),
        ("1e-05", "0.00001"), ("1.2万", "12000"), ("100000000", "100000000"),
    ],
)  # fmt: skip
def test_numbers_as_people_and_programs_write_them(text: str, value: str) -> None:
    parsed = parse(a_row(qty=text))
    assert codes(parsed) == []
    assert parsed.parcels["536365"].lines[0].quantity == Decimal(value)


def test_a_negative_zero_price_is_zero_and_hashes_like_it() -> None:
    minus, plain = parse(a_row(price="-0.00")), parse(a_row(price="0"))
    line = minus.parcels["536365"].lines[0]
    assert str(line.price) == "0" and str(line.amount()) == "0.00"
    assert line.digest == plain.parcels["536365"].lines[0].digest


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2010-12-01", "ymd", date(2010, 12, 1)),
        ("2010/12/1 8:26", "ymd", date(2010, 12, 1)),
        ("2010年12月1日", "ymd", date(2010, 12, 1)),
        ("12/1/2010 8:26", "mdy", date(2010, 12, 1)),
        ("1/12/2010", "dmy", date(2010, 12, 1)),
        ("2010-12-01T23:30:00Z", "ymd", date(2010, 12, 2)),
        ("2010-12-01 23:30:00+00:00", "ymd", date(2010, 12, 2)),
    ],
)
def test_days_where_they_were_written(text: str, order: str, day: date) -> None:
    parsed = parse(a_row(day=text), day_order=order)
    assert codes(parsed) == []
    assert parsed.parcels["536365"].day == day


def test_rejected_rows_count_in_the_total_and_huge_ones_do_not() -> None:
    parsed = parse(a_row(), a_row(cust=""), a_row(qty="1e50", price="1e50"))
    assert parsed.source_total == Decimal("30.60")
    assert [item.amount for item in parsed.rejected] == [Decimal("15.30"), None]


def test_control_characters_in_a_name_are_left_out() -> None:
    assert parse(a_row(text="A\x07\tB\ud800C")).parcels["536365"].lines[0].name == "A BC"


def test_customers_without_a_key_may_share_one() -> None:
    assert parse(a_row(cust=""), without_customer="walk-in").parcels["536365"].customer == "walk-in"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"", "source"),
        (b"- 1", "source"),
        (b"source: [", "YAML"),
        (b"\xff\xfe\x00", "YAML"),
        (b"source: Shop\nfields: {}", "source"),
        (b"source: shop", "fields"),
        (b"source: shop\nmore: 1", "more"),
        (b"source: shop\ntimezone: Mars/Olympus", "timezone"),
        (b"source: shop\nrate: 0", "rate"),
        (b"source: shop\nfields: {invoice: no}", "fields.product"),
    ],
)
def test_a_wrong_mapping_names_the_place(text: bytes, place: str) -> None:
    with pytest.raises(Refusal) as refusal:
        mappings.parse(text)
    assert place in [o.args["place"] for o in refusal.value.objections]
    assert all("{" not in str(o.text) for o in refusal.value.objections)


def test_the_mapping_of_the_how_to_is_one() -> None:
    from sellwell.kernel.home import CHECKOUT

    page = (CHECKOUT / "docs/how-to/import-orders.md").read_text(encoding="utf-8")
    text = page.split("```yaml\n")[1].split("```")[0]
    assert mappings.parse(text.encode()).fields.invoice == "InvoiceNo"
