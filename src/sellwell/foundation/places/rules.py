"""One pasted line -> name, phone and address (docs/rules/addresses.md). Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from sellwell.foundation.places.divisions import MUNICIPALITIES, Divisions, Place

_LABELS = re.compile(
    r"(收货人|收件人|联系人|姓名|名字|手机号码|手机号|手机|联系电话|电话号码|电话|详细地址|收货地址|收件地址|地址|所在地区|地区|"
    r"公司|单位|tel|phone|mobile|name|address)\s*[:：]",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[\s-]?|0086[\s-]?)?(1[3-9]\d)[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)")
_LANDLINE = re.compile(
    r"(?<!\d)(?:\+?86[\s-]?)?\(?(0(?:10|2\d|[3-9]\d{2}))\)?[\s-]?([2-8]\d{6,7})(?:\s?(?:转|-|#|ext\.?)\s?(\d{1,6}))?(?!\d)"
)
_SERVICE = re.compile(r"(?<!\d)([48]00)[\s-]?(\d{3})[\s-]?(\d{4})(?!\d)")
_BREAKS = re.compile(r"[\s,，;；、|/。]+")
# What follows the name of a city in the name of a street: 南京路, 北京东路 are no cities.
_STREET = re.compile(r"^[东西南北中一二三四五]{0,2}(路|街|大道|大街|道|巷|弄|胡同|公路|高速)")
# A word that holds one of these is a part of an address even where no division is known in it.
_PLACE_WORDS = re.compile(
    r"(省|市|区|县|镇|乡|村|街道|路|街|道|巷|弄|号|栋|幢|座|楼|室|层|单元|园|大厦|广场|小区|工业区|开发区|组|屯|里|旗|盟)"
)
_TITLE = re.compile(r"(先生|女士|小姐|经理|老师|主任|工|总)$")
_PERSON = re.compile(r"^[一-鿿·]{2,4}$|^[A-Za-z][A-Za-z .'-]{1,40}$")
_FIRM = re.compile(r"(公司|厂|集团|店|中心|医院|学校|大学|研究院|研究所)$")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read; empty where nothing was found."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    line: str = ""


def split(text: str, divisions: Divisions) -> Parsed:
    """Name, phone and address of one line, in whatever order they stand."""
    plain = _LABELS.sub(" ", unicodedata.normalize("NFKC", text))
    phone, plain = _take_phone(plain)
    words = [word for word in _BREAKS.split(plain.strip(" -:：()[]【】")) if word.strip("-:：()")]
    best: tuple[int, int, int, Place, str] | None = None
    for index, _ in enumerate(words):
        for start in _starts(words[index]):
            # The parts of an address may stand apart: 江苏 苏州 吴中区
            found, rest = region("".join(words[index:])[start:], divisions)
            depth = _depth(found)
            if depth and (best is None or depth > best[0]):
                best = (depth, index, start, found, rest)
    if best is None:
        return _without_region(words, phone)
    _, index, start, place, rest = best
    before = [*words[:index], *([words[index][:start]] if start else [])]
    rest, name_behind = _name_at_end(rest, words[index:])
    name = _name_of(before) or name_behind
    city = place.city or (place.province if place.province in MUNICIPALITIES else "")
    return Parsed(name, phone, place.province, city, place.district, rest.strip("-,"))


def _take_phone(text: str) -> tuple[str, str]:
    """The phone in its usual form, and the text without it; a mobile number before a landline."""
    for pattern in (_MOBILE, _LANDLINE, _SERVICE):
        if (found := pattern.search(text)) is not None:
            joint = "" if pattern is _MOBILE else "-"
            phone = joint.join(part for part in found.groups() if part)
            return phone, f"{text[: found.start()]} {text[found.end() :]}"
    return "", text


def _starts(word: str) -> range:
    """Where in a word an address may begin: a name of up to four characters may be glued in front."""
    return range(min(5, len(word)))


def _depth(place: Place) -> int:
    return sum(map(bool, (place.province, place.city, place.district)))


def region(text: str, divisions: Divisions) -> tuple[Place, str]:
    """The divisions that a text begins with, completed upwards where they are left out, and the rest of the text."""
    found, rest = Place(""), text
    while rest:
        step = _next(found, rest, divisions)
        if step is None:
            return found, rest
        found, rest = step
    return found, rest


def _next(known: Place, text: str, divisions: Divisions) -> tuple[Place, str] | None:
    """One more division at the beginning of a text, within what is known already."""
    for size in range(min(len(text), divisions.longest), 1, -1):
        name, rest = text[:size], text[size:]
        if name in ("市辖区", "直辖市"):
            return (known, rest) if known.province else None
        those = [p for p in divisions.named.get(name, ()) if _within(p, known)]
        if not those or (
            _STREET.match(rest) and not name.endswith(("省", "市", "区", "县", "旗", "州", "盟"))
        ):
            continue
        if known.province and any(p == known for p in those):
            return known, rest  # said twice: 北京市北京市
        deeper = sorted({p for p in those if _depth(p) > _depth(known)}, key=_depth)
        if not deeper:
            continue
        # 吉林 is a province before it is a city; 上海市 both. A district of several cities says nothing above it.
        level = [p for p in deeper if _depth(p) == _depth(deeper[0])]
        if len(level) == 1:
            return level[0], rest
        if known.province:
            return replace(known, district=name), rest
    return None


def _within(place: Place, known: Place) -> bool:
    return (
        (not known.province or place.province == known.province)
        and (not known.city or place.city == known.city)
        and (not known.district or place.district == known.district)
    )


def _name_at_end(rest: str, words: list[str]) -> tuple[str, str]:
    """A name that stands behind the address as a word of its own."""
    last = words[-1] if len(words) > 1 else ""
    if last and rest.endswith(last) and _is_name(last):
        return rest[: -len(last)], last
    return rest, ""


def _is_name(word: str) -> bool:
    bare = _TITLE.sub("", word)
    return bool(_PERSON.match(word) or (bare and len(bare) <= 3)) and not (
        _PLACE_WORDS.search(bare) and len(bare) > 1 and re.search(r"\d", word)
    ) and not re.search(r"\d", word) and not re.search(r"(路|街|号|楼|室|镇|村|园|区|县|市|大厦|广场)$", word)  # fmt: skip


def _name_of(words: list[str]) -> str:
    """The name among words that are no address: a person's, else a firm's, else the first."""
    plain = [word.strip("-:：()") for word in words if not re.search(r"\d", word)]
    for test in (_is_name, lambda word: bool(_FIRM.search(word))):
        if (found := next((word for word in plain if word and test(word)), None)) is not None:
            return found
    return next((word for word in plain if word), "")


def _without_region(words: list[str], phone: str) -> Parsed:
    """No division is known: the longest word with a house or street in it is the address, a short one the name."""
    place = max((w for w in words if _PLACE_WORDS.search(w) and len(w) > 4), key=len, default="")
    return Parsed(_name_of([w for w in words if w != place]), phone, line=place)
