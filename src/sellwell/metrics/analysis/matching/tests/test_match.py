"""What is the same and what only looks like it, in small tables and on the labelled sets of others."""

from __future__ import annotations

from sellwell.metrics.analysis.matching import COMPANIES, PERSONS, match
from sellwell.metrics.analysis.matching.labelled import Quality, judge
from sellwell.metrics.analysis.matching.model import Pair

SELF = {
    "name": "苏州和泰精密机械有限公司",
    "uscc": "91320508KD35TH0K1A",
    "phone": "0512-66001234",
    "address": "苏州市星湖街8号",
}


def company(key: str, **values: str) -> dict[str, str]:
    return {"id": key, **SELF, **values}


def found(*records: dict[str, str]) -> list[tuple[str, str]]:
    return [(pair.left, pair.right) for pair in match(records, COMPANIES)]


def test_the_same_company_in_another_writing_is_found_and_says_why() -> None:
    other = company("b", name="和泰(苏州市)精密机械有限责任公司－老客户", phone="+86 0512 66001234")
    (pair,) = match([company("a"), other], COMPANIES)
    assert (pair.left, pair.right) == ("a", "b")
    assert pair.score > 0.99
    assert "统一社会信用代码相同" in [reason.zh for reason in pair.reasons]
    assert pair.levels["stem"] == "same"


def test_two_codes_make_two_companies_however_alike_they_look() -> None:
    assert found(company("a"), company("b", uscc="91320508MA1XTH0K22")) == []


def test_a_shared_telephone_and_address_alone_make_nobody_the_same() -> None:
    assert found(company("a", uscc=""), company("b", name="苏州云川物流有限公司", uscc="")) == []


def test_a_branch_is_a_record_of_its_own() -> None:
    assert (
        found(company("a", uscc=""), company("b", uscc="", name="苏州和泰精密机械有限公司无锡分公司")) == []
    )


def test_names_alone_make_no_person_the_same() -> None:
    people = [{"id": str(n), "given": "知远", "family": "令狐", "city": "苏州"} for n in range(2)]
    assert match(people, PERSONS) == []


def test_one_record_or_none_gives_nothing_and_the_order_of_records_does_not_count() -> None:
    assert match([], COMPANIES) == []
    assert match([company("a")], COMPANIES) == []
    one, two = company("a"), company("b", name="和泰精密机械")
    assert found(one, two) == found(two, one)


def test_quality_counts_pairs() -> None:
    pairs = [Pair("a", "b", 1.0, {}, ()), Pair("a", "x", 1.0, {}, ())]
    quality = judge(pairs, {"a": "1", "b": "1", "c": "1", "x": "2"})
    assert quality == Quality(found=2, right=1, true=3)
    assert (quality.precision, round(quality.recall, 3)) == (0.5, 0.333)
