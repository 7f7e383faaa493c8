"""Values as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sellwell.kernel.values import speaking
from sellwell.web import formats
from sellwell.web.cells import initials, tone


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234567"), "¥1,234,567.00"),
        (Decimal("-5.5"), "-¥5.50"),
        (Decimal("0"), "¥0.00"),
        (None, ""),
        ("1280000.00", "¥1,280,000.00"),
    ],
)
def test_money(value: object, shown: str) -> None:
    assert formats.money(value) == shown


def test_money_of_other_currencies() -> None:
    assert formats.money(Decimal("1"), "USD") == "US$1.00"
    assert formats.money(Decimal("1"), "CHF") == "CHF 1.00"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("1286400", "¥128.6万", "¥1.3M"),
        ("128600000", "¥1.3亿", "¥128.6M"),
        ("980", "¥980", "¥980"),
        ("-23000", "-¥2.3万", "-¥23k"),
        ("10000", "¥1万", "¥10k"),
    ],
)
def test_short_money(value: str, zh: str, en: str) -> None:
    with speaking("zh"):
        assert formats.short_money(value) == zh
    with speaking("en"):
        assert formats.short_money(value) == en


def test_quantities_and_prices_lose_only_zeros_that_say_nothing() -> None:
    assert formats.quantity(Decimal("12.500000")) == "12.5"
    assert formats.quantity(Decimal("100.000000")) == "100"
    assert formats.price(Decimal("12.500000")) == "12.50"
    assert formats.price(Decimal("0.123456")) == "0.123456"
    assert formats.percent(Decimal("0.130000")) == "13%"
    assert formats.percent(Decimal("0.312917")) == "31.29%"
    assert formats.percent(Decimal("-0.00125")) == "-0.13%"


def test_how_long_ago() -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert formats.ago(now - timedelta(minutes=3), now).zh == "3 分钟前"
    assert formats.ago(now - timedelta(days=2), now).en == "2 d ago"
    assert formats.ago(now + timedelta(hours=5), now).zh == "5 小时后"
    assert formats.ago(now, now).zh == "刚刚"
    assert formats.day_heading(date(2026, 11, 22), date(2026, 11, 23)).zh == "昨天"


def test_a_moment_is_told_where_the_company_works() -> None:
    assert formats.moment(datetime(2026, 11, 23, 20, 0, tzinfo=UTC)) == "2026-11-24 04:00"


def test_initials() -> None:
    assert initials("陈思远") == "远"
    assert initials("Ada Lovelace") == "AL"
    assert initials("") == "?"


def test_tones_never_make_an_ended_state_green() -> None:
    assert tone("closed") == "done"
    assert tone("cancelled") == "ended"
    assert tone("draft") == "start"
    assert tone("shipping") == "going"
