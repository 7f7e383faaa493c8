"""Search tokens: fragments, pinyin, initials and numbers find their row; others do not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.pinyin import query_tokens, tokens
from sellwell.kernel.tests.shared import shared_path


def finds(q: str, text: str) -> bool:
    wanted = query_tokens(q)
    return bool(wanted) and set(wanted) <= set(tokens(text))


COMPANY = "上海华东机械设备（集团）有限公司"


@pytest.mark.parametrize(
    "q",
    ["华东", "机械", "东机", "华", "华东机械", "hdjx", "HDJX", "hd", "shhdjx", "huadong", "huadongjixie", "huadongj",
     "huadongjix", "hua dong", "shanghaihuadongjixie", "上海 机械", "上海hdjx", "jituan", "集团", "ｈｄｊｘ", "s", "hdjxsb"],
)  # fmt: skip
def test_a_company_is_found(q: str) -> None:
    assert finds(q, COMPANY)


@pytest.mark.parametrize("q", ["华南", "hnjx", "huanan", "dongfang", "机床", "上海 华南", "zzz", "1"])
def test_another_is_not(q: str) -> None:
    assert not finds(q, COMPANY)


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("chongqing", "重庆长安汽车"), ("cqca", "重庆长安汽车"), ("changsha", "长沙银行"), ("csyh", "长沙银行"),
        ("shan", "单田芳"), ("stf", "单田芳"), ("qiu", "仇和"), ("zengguofan", "曾国藩"), ("lv", "吕布"), ("lu", "吕布"),
        ("lvbu", "吕布"), ("ouyang", "欧阳娜娜"), ("xian", "西安"), ("xianj", "西安机床"), ("danguo", "单果"),
        ("tiananm", "天安门"), ("siemens", "Siemens AG 西门子"), ("siem", "Siemens AG"), ("xmz", "Siemens 西门子"),
        ("muller", "Müller GmbH"), ("müller", "Muller"), ("𠮷野", "𠮷野家"), ("kubernetescluster", "KubernetesCluster"),
        ("000123", "SO-2026-000123"), ("123", "SO-2026-000123"), ("0123", "SO-2026-000123"), ("so 123", "SO-2026-000123"),
        ("SO-2026-000123", "SO-2026-000123"), ("5678", "138-1234-5678"), ("abc12", "ABC123X"), ("123", "ABC123X"),
        ("1002", "P-10023"), ("91110000600037341l", "91110000600037341L"),
    ],
)  # fmt: skip
def test_found(q: str, text: str) -> None:
    assert finds(q, text)


@pytest.mark.parametrize(
    "q",
    ["SO-2026-0003", "so 2026 0003", "0003", "003", "0031", "312", "031", "2026-0003", "026"],
)  # fmt: skip
def test_a_number_is_found_by_any_part_of_it(q: str) -> None:
    assert finds(q, "SO-2026-000312")


@pytest.mark.parametrize("q", ["SO-2025-0003", "0004", "3126", "313", "Q-2026-0003"])
def test_another_number_is_not(q: str) -> None:
    assert not finds(q, "SO-2026-000312")


@pytest.mark.parametrize("q", ["911", "341", "37341", "91110000"])
def test_a_long_number_is_found_by_its_ends(q: str) -> None:
    assert finds(q, "91110000600037341L")


@given(st.text(alphabet="0123456789", min_size=3, max_size=8), st.data())
def test_every_part_of_three_digits_finds_its_number(number: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(number) - 3))
    end = data.draw(st.integers(start + 3, len(number)))
    assert finds(f"SO-2026-{number[start:end]}", f"SO-2026-{number}")


def test_names_keep_their_tokens() -> None:
    """Parts of numbers add nothing to a name, so what a name is found by is as before."""
    assert not [token for token in tokens(COMPANY) if token.isdigit()]


def test_nothing_asks_for_nothing() -> None:
    assert query_tokens("  -—!（）") == []
    assert tokens("") == []


def test_a_name_costs_few_tokens() -> None:
    assert len(tokens("上海华东机械设备有限公司")) < 200
    assert len(tokens("SO-2026-000123")) < 20
    assert len(tokens("91110000600037341L")) < 40
    assert all(len(token) <= 80 for token in tokens("9" * 400 + "x" * 400))


@given(st.text(alphabet="上海华东机械设备有限公司重庆长安", min_size=2, max_size=10), st.data())
def test_every_fragment_finds_its_name(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert finds(name[start:end], name)


@given(st.text(max_size=40))
def test_every_text_finds_itself(text: str) -> None:
    assert set(query_tokens(text)) <= set(tokens(text)) or len(text) > 12


def test_hostile_names() -> None:
    names = json.loads(shared_path("data/hostile_inputs/unicode_names.json").read_text())
    for name in [entry["text"] for entry in names]:
        assert set(query_tokens(name[:12])) <= set(tokens(name)) or len(name) > 12
