"""What ships with the product: the default manual and the register of bases, as data files beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sellwell.steering.manual import rules

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Text:
    """A passage of the default manual."""

    number: str
    zh: str
    en: str

    @property
    def level(self) -> int:
        """1 chapter, 2 section, 3 clause."""
        return len(rules.order_of(self.number))


@dataclass(frozen=True, slots=True)
class ShippedBasis:
    """A basis as it ships."""

    code: str
    kind: str
    status: str
    zh: str
    en: str
    issuer: str = ""
    edition: str = ""
    since: date | None = None
    until: date | None = None
    successor: str = ""


@cache
def passages() -> tuple[Text, ...]:
    """Chapters, sections and the 141 clauses, in the order of the book."""
    return tuple(Text(**item) for item in _read("seed_manual.yaml"))


@cache
def clauses() -> tuple[Text, ...]:
    """The clauses alone."""
    return tuple(text for text in passages() if text.level == 3)


@cache
def bases() -> tuple[ShippedBasis, ...]:
    """Every title of clause 1.1.3."""
    return tuple(ShippedBasis(**item) for item in _read("seed_bases.yaml")["bases"])


@cache
def cites() -> dict[str, tuple[str, ...]]:
    """What each clause of the default manual rests on: the bases of its section."""
    by_section: dict[str, list[str]] = _read("seed_bases.yaml")["cites"]
    return {text.number: tuple(by_section[text.number.rpartition(".")[0]]) for text in clauses()}


@cache
def kept_in_part() -> dict[str, tuple[str, str]]:
    """Clauses that are kept in part only, with what is missing, in Chinese and English."""
    return {number: (text["zh"], text["en"]) for number, text in _read("kept_in_part.yaml").items()}


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
