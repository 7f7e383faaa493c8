"""Telephone numbers and addresses in one form; masks as W25 has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel import personal_values as pv
from sellwell.kernel.values import Objection


def test_w25() -> None:
    assert pv.mask_phone("13812345678") == "138****5678"
    assert pv.mask_name("王伟") == "王*"
    assert pv.mask_name("欧阳娜娜") == "欧阳**"
    assert pv.mask_identity("31010119900101123X") == "3101**********123X"
    assert pv.mask_email("zhang@example.com") == "z***@example.com"
    assert pv.mask_bank("6222021234561234") == "6222 **** **** 1234"


@pytest.mark.parametrize("mask", [pv.mask_phone, pv.mask_name, pv.mask_identity, pv.mask_email, pv.mask_bank])
@given(text=st.text(max_size=20))
def test_a_mask_never_shows_a_short_value(mask, text: str) -> None:  # type: ignore[no-untyped-def]
    shown = mask(text)
    if 1 < len(text.strip()) < 7 and "@" not in text:
        assert shown != text or set(text) == {"*"}


def test_odd_names() -> None:
    assert pv.mask_name("欧阳") == "欧*"
    assert pv.mask_name("王") == "*"
    assert pv.mask_name("John Smith") == "J***"
    assert pv.mask_name(" ") == ""


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("13812345678", "13812345678"), ("+86 138-1234-5678", "13812345678"), ("0086 138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"), ("(010) 6234 5678", "010-62345678"), ("0755-82345678", "0755-82345678"),
        ("021-55555555转801", "021-55555555-801"), ("+86 21 5555 5555", "021-55555555"), ("+86 10 6234 5678", "010-62345678"), ("+44 20 7946 0958", "+442079460958"), ("400-123-4567", "400-123-4567"),
    ],
)  # fmt: skip
def test_telephone_numbers(text: str, form: str) -> None:
    assert pv.read_phone(text) == form


@pytest.mark.parametrize("text", ["", "12345", "1381234567", "23812345678", "+0123", "phone", "138123456789"])
def test_what_is_no_telephone_number(text: str) -> None:
    assert isinstance(pv.read_phone(text), Objection)


def test_addresses() -> None:
    assert pv.read_email(" Zhang.Wei@Example.COM ") == "zhang.wei@example.com"
    for wrong in (
        "",
        "a",
        "a@b",
        "a b@c.com",
        ".a@c.com",
        "a..b@c.com",
        "a@-c.com",
        "a@c.com\nbcc:x@y.cn",
        "名@c.com",
    ):
        assert isinstance(pv.read_email(wrong), Objection), wrong


def test_one_form_for_the_index() -> None:
    assert pv.normal("+86 138-1234-5678", "phone") == pv.normal("13812345678", "phone")
    assert pv.normal("A@B.cn", "email") == pv.normal("a@b.cn ", "email")
    assert pv.normal("31010119900101123x", "identity") == "31010119900101123X"
    assert pv.normal("6222 0212 3456 1234", "bank") == "6222021234561234"
