"""A Chinese company name in its parts: 上海(or（上海）) + brand and trade + legal form + branch. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sellwell.metrics.analysis.matching.regions import leading, named

# What people write behind a name for themselves.
_NOTES = re.compile(r"[-－—](老客户|原|停用|作废)|\((已变更|原名?|老客户|已?停用|作废|更名|旧)\)$")
_BRANCH = re.compile(r"公司(.{0,8}?)(分公司|分店|办事处|分厂)$")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_FORM = re.compile(
    r"(股份|集团|集團|控股)?"
    r"(有限责任公司|有限責任公司|有限公司|责任公司|責任公司|股份公司|限公司|有限公|有限|公司|股份|集团|集團)$"
)
_LEAST = 2  # characters that must be left of a name


@dataclass(frozen=True, slots=True)
class NameParts:
    """`stem`: brand and trade; `region`: the place in the name; `branch`: which branch it is, '' for the company itself."""

    stem: str
    region: str
    branch: str


def read_name(name: str) -> NameParts:
    """The parts of a name as people write it: spaces, quotation marks, notes, widths of characters do not count."""
    text = _clean(name)
    branch = ""
    if (found := _BRANCH.search(text)) is not None:
        branch, text = found.group(1) or found.group(2), text[: found.start() + 2]
    region = ""
    for bracket in _BRACKETS.finditer(text):
        if place := named(bracket.group(1)):
            region = region or place
            text = text.replace(bracket.group(0), "", 1)
    text = text.replace("(", "").replace(")", "")
    place, rest = leading(text)
    if place and len(rest) >= _LEAST and not _FORM.fullmatch(rest) and region in ("", place):
        region, text = place, rest
    return NameParts(_without_form(text), region, branch)


def _clean(name: str) -> str:
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    while (shorter := _NOTES.sub("", text)) != text:
        text = shorter
    return re.sub(r"[^\w()]", "", text).replace("_", "")


def _without_form(text: str) -> str:
    """Without the words of the legal form, as long as something is left."""
    while True:
        shorter = _FORM.sub("", text)
        if shorter == text or len(shorter) < _LEAST:
            return text
        text = shorter
