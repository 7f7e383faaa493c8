"""The administrative divisions of China by GB/T 2260: provinces, cities and districts that exist today.

They are read from the table of python-stdnum, which holds every division with the years of its life; nothing is copied. Its
table ends in 2021; the few later divisions that we know of are added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
# In traditional characters in the table.
_SPECIAL = {"香港特別行政區": "香港特别行政区", "澳門特別行政區": "澳门特别行政区"}
_LATER = {"33": {"0113": "临平区", "0114": "钱塘区"}}
# Headings of the table that are no places.
_HEADINGS = re.compile(r"^(市辖区|县|林区|(省|自治区)?直辖县级行政(单位|区划))$")
_SPAN = re.compile(r"^(?:\[(?P<since>\d*)-(?P<until>\d*)\])?(?P<name>.+)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A division with those above it; `city` and `district` are empty where it stands higher."""

    province: str
    city: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Divisions:
    """Every place by its full name and by the short ones that people write; a short or shared name means several."""

    places: tuple[Place, ...]
    named: Mapping[str, tuple[Place, ...]]
    longest: int


@cache
def today() -> Divisions:
    """The divisions of today, read once."""
    places = tuple(dict.fromkeys(_read()))
    named: dict[str, list[Place]] = {}
    for place in places:
        for name in _names(place):
            named.setdefault(name, []).append(place)
    found = {name: tuple(those) for name, those in named.items()}
    return Divisions(places, MappingProxyType(found), max(map(len, found)))


def _names(place: Place) -> set[str]:
    """The full name, and what is left of it without its kind: 江苏省 -> 江苏, 苏州市 -> 苏州, 内蒙古自治区 -> 内蒙古."""
    if place.district:
        full, kinds = (
            place.district,
            r"(市)$",
        )  # 昆山市 -> 昆山; 吴中区 keeps its 区: 吴中 alone is no address
    elif place.city:
        full, kinds = place.city, r"(市|地区|盟|(\w{1,3}族|柯尔克孜|蒙古|哈萨克)*自治州)$"
    else:
        full, kinds = place.province, r"(省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$"
    short = re.sub(kinds, "", full)
    return {full, short} if len(short) >= 2 else {full}


def _read() -> Iterator[Place]:
    province, code, city = "", "", ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8").splitlines():
        if head := re.match(r'^(\d\d) province="(.+)"$', line):
            yield from _added(province, code)
            code, province = head[1], _SPECIAL.get(head[2], head[2])
            city = province if province in MUNICIPALITIES else ""
            yield Place(province)
            if city:
                yield Place(province, city)
        elif (row := re.match(r'^  (\d{4}) county="(.+)"$', line)) and (name := _alive(row[2])):
            if name == province or _HEADINGS.match(name):
                city = "" if row[1][:2] == "90" else city
            elif province in MUNICIPALITIES:
                yield Place(province, city, name)
            elif row[1].endswith("00"):
                city = name
                yield Place(province, city)
            elif row[1].startswith("90"):
                yield Place(province, name)  # cities and counties right under the province
            else:
                yield Place(province, city, name)
    yield from _added(province, code)


def _added(province: str, code: str) -> Iterator[Place]:
    """Later divisions; all are of the provincial capital so far."""
    for name in _LATER.get(code, {}).values():
        yield Place(province, "杭州市", name)


def _alive(text: str) -> str:
    """The name that is in force today, of names with the years of their life; '' where there is none."""
    for part in text.split(","):
        span = _SPAN.match(part)
        if span is not None and not span["until"]:
            return span["name"]
    return ""
