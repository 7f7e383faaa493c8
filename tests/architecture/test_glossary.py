"""docs/glossary.md decides what things are called, and names only what is there."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from sellwell.kernel.home import CHECKOUT
from sellwell.kernel.views import VIEWS

PAGE = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| 中文")
]
TERMS = {zh: en for zh, en, *_ in ROWS}


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_list_is_called_by_a_name_of_the_glossary(name: str) -> None:
    title = VIEWS[name].title
    spoken = [zh for zh in TERMS if zh.removesuffix("单") in title.zh]  # 发货单, and its 发货明细
    assert spoken, f"the glossary has no word for {title.zh} ({title.en})"


def test_a_term_stands_once() -> None:
    assert len(TERMS) == len(ROWS)


def test_the_models_that_it_names_exist() -> None:
    named = re.findall(r"`([a-z]+)\.([A-Z]\w+)`", PAGE)
    assert named
    for app, model in named:
        assert apps.get_model(app, model)
