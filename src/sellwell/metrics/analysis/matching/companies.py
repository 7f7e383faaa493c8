"""Companies: what is compared, and what rules a pair out whatever its score."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sellwell.kernel.values import T
from sellwell.metrics.analysis.matching.company_names import read_name
from sellwell.metrics.analysis.matching.model import DIFFERS, Comparison, Kind, Level
from sellwell.metrics.analysis.matching.regions import leading


def prepare(record: Mapping[str, str]) -> dict[str, str | None]:
    """A record with `name`, `uscc`, `phone`, `email`, `address`, `contact` as columns to compare and to block on."""
    from pypinyin import lazy_pinyin

    parts = read_name(record.get("name", ""))
    sounds = lazy_pinyin(parts.stem)
    place, address = leading(_letters(record.get("address", "")))
    contact = record.get("contact", "").strip()
    return {
        "stem": parts.stem or None,
        "sound": "".join(sounds) or None,
        "bag": "".join(sorted(sounds)) or None,
        "head": "".join(sounds[:2]) or None,
        "middle": "".join(sounds[1:3]) or None,
        "tail": "".join(sounds[-2:]) or None,
        "branch": parts.branch,
        "region": parts.region or None,
        "place": parts.region or place or None,
        "uscc": _letters(record.get("uscc", "")).upper() or None,
        "phone": _digits(record.get("phone", "")) or None,
        "address": address or None,
        "email": unicodedata.normalize("NFKC", record.get("email", "")).strip().casefold() or None,
        "contact": contact
        if len(contact) > 1 and not contact.endswith(("经理", "总", "先生", "女士"))
        else None,
    }


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    return digits[2:] if digits.startswith("86") and len(digits) > 11 else digits


def ruled_out(levels: Mapping[str, str]) -> bool:
    """Two codes that are more than a slip apart are two companies; so are a company and its branch; and a shared telephone or
    address alone makes nobody the same."""
    code = levels.get("uscc")
    if code == DIFFERS:
        return True
    if levels.get("stem") == DIFFERS and code not in ("same", "slip"):
        return True
    return levels.get("branch") == DIFFERS and code != "same"


def _same(column: str, words: T, m: float, u: float) -> Level:
    return Level("same", f"{column}_l = {column}_r", words, m, u)


COMPANIES = Kind(
    "company",
    prepare,
    (
        Comparison(
            "stem",
            (
                _same("stem", T("字号与行业相同", "same brand and trade"), 0.58, 0.00013),
                Level("sound", "sound_l = sound_r", T("读音相同", "sounds the same"), 0.06, 0.00002),
                Level("swapped", "bag_l = bag_r", T("字序颠倒", "letters swapped"), 0.08, 0.00001),
                Level(
                    "short",
                    "length(stem_l) >= 2 AND length(stem_r) >= 2"
                    " AND (starts_with(stem_l, stem_r) OR starts_with(stem_r, stem_l))",
                    T("一方是另一方的简称", "one is short for the other"), 0.08, 0.00002,
                ),
                Level(
                    "slip", "damerau_levenshtein(stem_l, stem_r) <= 1 AND least(length(stem_l), length(stem_r)) >= 4",
                    T("只差一个字", "one letter apart"), 0.055, 0.00003,
                ),
                Level(
                    "near_sound",
                    "levenshtein(sound_l, sound_r) <= 3 AND least(length(sound_l), length(sound_r)) >= 10",
                    T("读音相近", "sounds alike"), 0.01, 0.00001,
                ),
                Level(
                    "alike", "jaro_winkler_similarity(stem_l, stem_r) >= 0.8", T("名称相近", "names alike"), 0.06, 0.00003
                ),
            ),
            T("字号与行业不同", "another brand or trade"),
        ),
        Comparison(
            "uscc",
            (
                _same("uscc", T("统一社会信用代码相同", "same social credit code"), 0.76, 0.0001),
                Level(
                    "slip", "damerau_levenshtein(uscc_l, uscc_r) <= 1",
                    T("统一社会信用代码差一位", "social credit codes one character apart"), 0.14, 0.00002,
                ),
            ),
            T("统一社会信用代码不同", "another social credit code"),
        ),
        Comparison(
            "region",
            (_same("region", T("名称中的地区相同", "same place in the name"), 0.97, 0.05),),
            T("名称中的地区不同", "another place in the name"),
        ),
        Comparison(
            "branch",
            (_same("branch", T("同为总公司或同一分公司", "same branch"), 0.994, 0.82),),
            T("不是同一分支机构", "another branch"),
            may_lack=False,
        ),
        Comparison(
            "phone", (_same("phone", T("电话相同", "same telephone"), 0.86, 0.0001),), T("电话不同", "another telephone")
        ),
        Comparison(
            "email", (_same("email", T("邮箱相同", "same e-mail"), 0.8, 0.0001),), T("邮箱不同", "another e-mail")
        ),
        Comparison(
            "address", (_same("address", T("地址相同", "same address"), 0.95, 0.0002),), T("地址不同", "another address")
        ),
        Comparison(
            "contact",
            (
                _same("contact", T("联系人相同", "same contact"), 0.68, 0.004),
                Level(
                    "family", "left(contact_l, 1) = left(contact_r, 1)",
                    T("联系人同姓", "contacts of one family name"), 0.03, 0.08,
                ),
            ),
            T("联系人不同", "another contact"),
        ),
    ),
    blocks=(
        ("uscc",), ("phone",), ("email",), ("stem",), ("sound",), ("bag",), ("address", "contact"), ("head", "substr(address,1,3)"),
        ("head", "place"), ("tail", "place"), ("middle", "place"), ("head", "tail"),
    ),
    certain=(("uscc",), ("stem", "region")),
    train_on=(("uscc",), ("phone",), ("stem",), ("address",)),
    ruled_out=ruled_out,
    threshold=0.7,
)  # fmt: skip
