"""Rules of customers without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from sellwell.foundation.customers import rules
from sellwell.kernel.values import Objection
from sellwell.testing.marks import clause


@clause("1.4.2")
@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91440300708461136T", " 91350100m000100y43 ", "９１３５０１００M000100Y43"]
)
def test_a_right_code_is_read_in_its_one_form(code: str) -> None:
    read = rules.read_uscc(code)
    assert isinstance(read, str) and read.isascii() and len(read) == 18


@clause("1.4.2")
@pytest.mark.parametrize(
    "code", ["91350100M000100Y4", "91350100M000100Y44", "12345", "法" * 18, "91350100M000100Y4\u200b3"]
)
def test_a_wrong_code_is_refused(code: str) -> None:
    assert isinstance(rules.read_uscc(code), Objection)


@clause("1.4.2")
@given(st.integers(min_value=0, max_value=10**8 - 1), st.integers(min_value=0, max_value=17))
def test_one_wrong_character_is_always_noticed(number: int, place: int) -> None:
    body = f"91350100M{number:08d}"
    code = body + uscc.calc_check_digit(body)
    assert rules.read_uscc(code) == code
    other = "2" if code[place] != "2" else "3"
    changed = code[:place] + other + code[place + 1 :]
    assert isinstance(rules.read_uscc(changed), Objection)


def test_what_names_share_tells_nothing() -> None:
    assert rules.core_of("云川精密机械（上海）有限公司") == "云川精密机械上海"
    assert rules.core_of("Hengda Co., Ltd.") == "hengda"
    assert rules.core_of("有限公司") == "有限公司"


def test_like_names_are_found_and_others_are_not() -> None:
    known = [("1", "云川精密机械有限公司"), ("2", "云川精密机械股份有限公司"), ("3", "北辰水务集团")]
    assert rules.most_alike("云川精密机械公司", known) == ["1", "2"]
    assert rules.most_alike("临澜泵业有限公司", known) == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= rules.likeness(one, other) <= 1
    assert rules.likeness(one, other) == rules.likeness(other, one)
    assert rules.likeness(one, one) in (0.0, 1.0)


@given(st.text(min_size=1, max_size=60))
def test_a_masked_name_hides_what_follows(name: str) -> None:
    masked = rules.masked_organisation(name)
    assert len(masked) <= 10
    assert masked.rstrip("*") == name.strip()[: len(masked.rstrip("*"))] or "*" in name


def test_a_blocked_customer_is_never_grade_a() -> None:
    assert [o.code for o in rules.terms_objections("blocked", "A")] == ["customers.blocked_grade"]
    assert rules.terms_objections("active", "A") == rules.terms_objections("blocked", "B") == []


def test_what_the_policy_asks_and_the_record_lacks() -> None:
    assert rules.missing_fields("uscc, phone", ["phone"]) == ["uscc"]
    assert rules.missing_fields("", []) == []
