"""Rules of the manual. Pure: how editions differ, when a basis holds, how figures add up, when a reading is due."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import SequenceMatcher

from sellwell.kernel.values import months_later

REMIND_BEFORE = timedelta(days=3)  # the first reminder comes this long before the due day
REMIND_EVERY = timedelta(days=7)


# --- editions -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wording:
    """A passage as an edition says it."""

    zh: str
    en: str
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A passage that two editions say differently; a side that has it not is None."""

    number: str
    before: Wording | None
    after: Wording | None

    @property
    def kind(self) -> str:
        """added | dropped | changed"""
        if self.before is None:
            return "added"
        return "dropped" if self.after is None else "changed"


def order_of(number: str) -> tuple[int, ...]:
    """The place of a passage in the book: 5.10 comes after 5.9."""
    return tuple(int(part) for part in number.split("."))


def differences(before: Mapping[str, Wording], after: Mapping[str, Wording]) -> list[Difference]:
    """Every passage that differs between two editions, in the order of the book (clause 1.1.3)."""
    numbers = sorted({*before, *after}, key=order_of)
    return [
        Difference(number, before.get(number), after.get(number))
        for number in numbers
        if before.get(number) != after.get(number)
    ]


def digest(found: Iterable[Difference]) -> str:
    """A hash over what differing passages say in the later edition: an agreement holds for these words only."""
    said = [(d.number, [d.after.zh, d.after.en, d.after.bases] if d.after else None) for d in found]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def marked(before: str, after: str) -> list[Piece]:
    """Two texts as one, with what is gone and what is new marked. Latin words stay whole."""
    old, new = _words(before), _words(after)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(new[c:d])))
    return pieces


def _words(text: str) -> list[str]:
    words: list[str] = []
    for character in text:
        is_latin = character.isascii() and character.isalnum()
        if is_latin and words and words[-1][-1].isascii() and words[-1][-1].isalnum():
            words[-1] += character
        else:
            words.append(character)
    return words


# --- bases --------------------------------------------------------------------------------------------------------------


def basis_holds(state: str, since: date | None, until: date | None, day: date) -> bool:
    """Whether a basis may be cited on a day: its text was read, it has begun and has not been replaced."""
    return state == "checked" and (since is None or since <= day) and not is_repealed(until, day)


def is_repealed(until: date | None, day: date) -> bool:
    """Whether a basis is no longer in force on a day (`until` is the first day without it)."""
    return until is not None and until <= day


# --- figures ------------------------------------------------------------------------------------------------------------


def share(concerned: int | None, kept: int | None) -> Decimal | None:
    """The share that kept a clause; unknown where nothing was concerned or nothing could be measured."""
    if not concerned or kept is None:
        return None
    return Decimal(kept) / Decimal(concerned)


def total(figures: Iterable[tuple[int | None, int | None]]) -> tuple[int | None, int | None]:
    """Figures of several evidences together; one that is unknown makes no other one unknown, nor is it counted."""
    known = [(c, k) for c, k in figures if c is not None and k is not None]
    if not known:
        return None, None
    return sum(c for c, _ in known), sum(k for _, k in known)


def step(value: Decimal | None) -> int:
    """The step of the heat map, 0 (unknown) and 1 (worst) to 5 (all kept)."""
    if value is None:
        return 0
    for number, least in ((5, Decimal(1)), (4, Decimal("0.98")), (3, Decimal("0.9")), (2, Decimal("0.75"))):
        if value >= least:
            return number
    return 1


def months_back(today: date, count: int) -> list[date]:
    """The first days of the last `count` months, this one last."""
    this_month = today.replace(day=1)
    return [months_later(this_month, -back) for back in reversed(range(count))]


# --- readings -----------------------------------------------------------------------------------------------------------


def is_overdue(due_on: date, today: date) -> bool:
    """Whether a reading that was not confirmed is late."""
    return due_on < today


def wants_reminder(due_on: date, reminded_on: date | None, today: date) -> bool:
    """Three days before it is due, then every week (clause 1.2.2)."""
    if today < due_on - REMIND_BEFORE:
        return False
    return reminded_on is None or today - reminded_on >= REMIND_EVERY


def clauses_of(verbs: Iterable[str], clauses: Mapping[str, Sequence[str]]) -> list[str]:
    """The clauses that concern somebody who may do these verbs."""
    found = {number for verb in verbs for number in clauses.get(verb, ())}
    return sorted(found, key=order_of)
