"""Company names in their parts, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.metrics.analysis.matching.company_names import NameParts, read_name
from sellwell.metrics.analysis.matching.regions import REGIONS, leading, named
from sellwell.testing.pages import Row, tables

WRITTEN = [
    ("苏州和泰精密机械有限公司", ("和泰精密机械", "苏州", "")),
    ("苏州市和泰精密机械有限责任公司", ("和泰精密机械", "苏州", "")),
    ("和泰（苏州）精密机械股份有限公司", ("和泰精密机械", "苏州", "")),
    ("“和泰(苏州市)精密机械有限公 司”", ("和泰精密机械", "苏州", "")),
    ("和泰精密机械", ("和泰精密机械", "", "")),
    ("苏州和泰精密机械有限公司－老客户", ("和泰精密机械", "苏州", "")),
    ("苏州和泰精密机械有限公司(已变更)", ("和泰精密机械", "苏州", "")),
    ("苏州和泰精密机械有限公司无锡分公司", ("和泰精密机械", "苏州", "无锡")),
    ("苏州和泰精密机械有限公司第二分公司。", ("和泰精密机械", "苏州", "第二")),
    ("内蒙古自治区云川集团", ("云川", "内蒙古", "")),
    ("北京公司", ("北京", "", "")),  # of a name something must be left
]


@pytest.mark.parametrize("written, parts", WRITTEN)
def test_a_name_is_read_in_its_parts(written: str, parts: tuple[str, str, str]) -> None:
    assert read_name(written) == NameParts(*parts)


@pytest.mark.parametrize("row", tables("matching")[0], ids=lambda row: row["written"])
def test_names_are_read_as_the_page_of_the_rules_says(row: Row) -> None:
    assert read_name(row["written"]) == NameParts(row["brand and trade"], row["region"], row["branch"])


@pytest.mark.parametrize(
    "text, found", [("苏州市园区", ("苏州", "园区")), ("园区", ("", "园区")), ("吉林市", ("吉林", ""))]
)
def test_a_text_begins_with_a_region(text: str, found: tuple[str, str]) -> None:
    assert leading(text) == found


def test_a_region_is_one_with_and_without_its_kind() -> None:
    assert all(named(name) == name and named(f"{name}市") == name for name in REGIONS)
    assert named("苏州园区") == ""


@given(st.text(max_size=40))
def test_any_text_is_read(text: str) -> None:
    parts = read_name(text)
    assert len(parts.stem) <= len(text) * 4
