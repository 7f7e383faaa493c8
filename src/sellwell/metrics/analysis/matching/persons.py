"""Natural persons: what is compared. Names alone never make two people one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sellwell.kernel.values import T
from sellwell.metrics.analysis.matching.model import Comparison, Kind, Level

FIELDS = (
    "given", "family", "born", "city", "street", "postcode", "email", "id_number", "phone", "gender", "birth_place", "occupation",
)  # fmt: skip
_WORTH = ("born", "email", "street", "id_number", "phone")


def prepare(record: Mapping[str, str]) -> dict[str, str | None]:
    """A record with the fields of FIELDS, in one writing: small letters, single blanks, days as digits."""
    found: dict[str, str | None] = {}
    for name in FIELDS:
        text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", record.get(name, "")).strip().casefold())
        found[name] = (re.sub(r"\D", "", text) if name in ("born", "phone") else text) or None
    return found


def ruled_out(levels: Mapping[str, str]) -> bool:
    """Where only names and a city could be compared, nobody is the same."""
    return all(levels.get(name, "unknown") in ("unknown", "differs") for name in _WORTH)


def _exact(column: str, words: T, m: float, u: float) -> Level:
    return Level("same", f"{column}_l = {column}_r", words, m, u)


def _alike(column: str, least: float, words: T, m: float, u: float) -> Level:
    return Level(
        f"alike_{int(least * 100)}",
        f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}",
        words,
        m,
        u,
    )


def _slip(column: str, words: T, m: float, u: float, most: int = 1) -> Level:
    return Level(f"slip_{most}", f"damerau_levenshtein({column}_l, {column}_r) <= {most}", words, m, u)


_SWAPPED = "given_l = family_r AND family_l = given_r"
_SWAPPED_WORDS = T("姓与名颠倒", "family and given name swapped")

PERSONS = Kind(
    "person",
    prepare,
    (
        Comparison(
            "given",
            (
                _exact("given", T("名相同", "same given name"), 0.6, 0.005),
                Level("swapped", _SWAPPED, _SWAPPED_WORDS, 0.05, 0.0001),
                _alike("given", 0.9, T("名相近", "given names alike"), 0.12, 0.002),
                Level(
                    "short", "starts_with(given_l, left(given_r, 3)) OR jaro_winkler_similarity(given_l, given_r) >= 0.8",
                    T("名可能是简称", "one given name may be short for the other"), 0.08, 0.008,
                ),
            ),
            T("名不同", "another given name"),
        ),
        Comparison(
            "family",
            (
                _exact("family", T("姓相同", "same family name"), 0.65, 0.004),
                Level("swapped", _SWAPPED, _SWAPPED_WORDS, 0.05, 0.0001),
                _alike("family", 0.9, T("姓相近", "family names alike"), 0.12, 0.001),
                _alike("family", 0.8, T("姓有些相近", "family names somewhat alike"), 0.06, 0.004),
            ),
            T("姓不同", "another family name"),
        ),
        Comparison(
            "born",
            (
                _exact("born", T("生日相同", "same day of birth"), 0.6, 0.0005),
                _slip("born", T("生日差一位", "days of birth one digit apart"), 0.2, 0.003),
                _slip("born", T("生日差两位", "days of birth two digits apart"), 0.1, 0.02, 2),
            ),
            T("生日不同", "another day of birth"),
        ),
        Comparison(
            "city",
            (
                _exact("city", T("城市相同", "same town"), 0.6, 0.02),
                _alike("city", 0.85, T("城市名相近", "towns alike"), 0.2, 0.005),
            ),
            T("城市不同", "another town"),
        ),
        Comparison(
            "email",
            (
                _exact("email", T("邮箱相同", "same e-mail"), 0.6, 0.0005),
                Level(
                    "local", "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)",
                    T("邮箱名相同", "same name before the @"), 0.15, 0.001,
                ),
                _alike("email", 0.9, T("邮箱相近", "e-mails alike"), 0.15, 0.0005),
            ),
            T("邮箱不同", "another e-mail"),
        ),
        Comparison(
            "street",
            (
                _exact("street", T("住址相同", "same street"), 0.6, 0.0003),
                _alike("street", 0.85, T("住址相近", "streets alike"), 0.25, 0.003),
            ),
            T("住址不同", "another street"),
        ),
        Comparison(
            "postcode",
            (
                _exact("postcode", T("邮编相同", "same postcode"), 0.8, 0.002),
                _slip("postcode", T("邮编差一位", "postcodes one digit apart"), 0.15, 0.01),
            ),
            T("邮编不同", "another postcode"),
        ),
        Comparison(
            "id_number",
            (
                _exact("id_number", T("证件号相同", "same identity number"), 0.8, 0.00001),
                _slip("id_number", T("证件号差一位", "identity numbers one digit apart"), 0.15, 0.0001),
            ),
            T("证件号不同", "another identity number"),
        ),
        Comparison("phone", (_exact("phone", T("电话相同", "same telephone"), 0.7, 0.0002),), T("电话不同", "another telephone")),
        Comparison("gender", (_exact("gender", T("性别相同", "same gender"), 0.95, 0.5),), T("性别不同", "another gender")),
        Comparison(
            "birth_place",
            (
                _exact("birth_place", T("出生地相同", "same place of birth"), 0.75, 0.01),
                _alike("birth_place", 0.85, T("出生地相近", "places of birth alike"), 0.1, 0.01),
            ),
            T("出生地不同", "another place of birth"),
        ),
        Comparison(
            "occupation", (_exact("occupation", T("职业相同", "same occupation"), 0.7, 0.05),), T("职业不同", "another occupation")
        ),
    ),
    blocks=(
        ("given", "family"), ("born",), ("email",), ("id_number",), ("phone",), ("street",), ("family", "city"), ("given", "city"),
        ("given", "substr(born,1,4)"), ("family", "substr(born,1,4)"), ("given", "substr(born,5,4)"),
        ("family", "substr(born,5,4)"), ("substr(given,1,3)", "substr(family,1,3)"), ("postcode", "substr(family,1,3)"),
        ("postcode", "substr(born,1,6)"), ("split_part(email,'@',1)",),
    ),
    certain=(("id_number",), ("email",), ("given", "family", "born"), ("given", "family", "street")),
    train_on=(("born",), ("given", "family"), ("id_number",), ("email",), ("street",)),
    ruled_out=ruled_out,
    threshold=0.7,
)  # fmt: skip
