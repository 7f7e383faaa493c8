"""Search tokens of names and numbers, such that a row matches a query if it holds every token of the query. Pure.

Of 上海华东机械: each character and each pair, the pinyin of up to twelve letters from each character on (huadong), and
the initials likewise (hdjx). Of Latin words: their beginnings. Of digits: the group without its zeros, and every piece
of three digits or more (of a long number its beginnings and its ends). So a fragment of two characters, a few initials, or a number without its zeros find their row by one index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

LONGEST = 12  # letters of a token; a longer query word is cut to this, so it finds more, never less
_LONGEST_NUMBER = 40
_LEAST_PIECE = 3  # digits of a part that is looked for; two would be found by everything
_SHORT_NUMBER = 8  # digits of a document's number or a day: every part of it is kept
_MOST_TEXT = 200

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECES = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
_DIGITS = re.compile(r"[0-9]+")

# Characters that read otherwise as a family name; both readings are kept.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "曾": "zeng", "盖": "ge", "朴": "piao", "翟": "zhai",
    "缪": "miao", "乐": "yue", "冼": "xian", "任": "ren", "覃": "qin", "黑": "he", "秘": "bi", "尉": "yu", "万": "mo",
    "员": "yun", "召": "shao", "折": "she", "种": "chong", "重": "chong", "祭": "zhai", "晁": "chao", "长": "zhang",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """Every token that a row with this text is found by, without repeats."""
    found: set[str] = set()
    for kind, piece in _pieces(text):
        found.update(_han_tokens(piece) if kind == "han" else _word_tokens(piece))
    return sorted(found)


def query_tokens(q: str) -> list[str]:
    """What a row must hold to match a query: pairs of its Han text, its words cut to what tokens hold."""
    found: set[str] = set()
    for kind, piece in _pieces(q):
        if kind == "han":
            found.update(_pairs(piece) if len(piece) > 1 else [piece])
        else:
            found.add(_query_word(piece))
    return sorted(found)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Runs of Han characters and words, in one form: narrow, small letters, without accents."""
    plain = unicodedata.normalize("NFKD", text[:_MOST_TEXT]).casefold()
    plain = unicodedata.normalize("NFKC", "".join(c for c in plain if unicodedata.category(c) != "Mn"))
    for match in _PIECES.finditer(plain):
        yield str(match.lastgroup), match[0]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


# --- Han -----------------------------------------------------------------------------------------------------------


def _han_tokens(run: str) -> Iterator[str]:
    yield from run
    yield from _pairs(run)
    for syllables in _readings(run):
        for start in range(len(syllables)):
            spelt = initials = ""
            for syllable in syllables[start : start + LONGEST]:
                if not syllable:
                    break
                initials += syllable[0]
                spelt += syllable
                yield initials
                if len(spelt) <= LONGEST:
                    yield spelt


def _readings(run: str) -> list[list[str]]:
    """The syllables of a run, in each reading that people may type; "" for a character without pinyin."""
    from pypinyin import lazy_pinyin

    def unread(characters: str) -> Any:
        return [""] * len(characters)  # one per character, so that places stay in step

    raw: list[str] = lazy_pinyin(run, errors=unread)
    first = [syllable if syllable.isascii() else "" for syllable in raw]
    readings = [first]
    if run[0] in _SURNAMES and _SURNAMES[run[0]] != first[0]:
        readings.append([_SURNAMES[run[0]], *first[1:]])
    # 吕 is typed lv, and by many lu.
    readings += [
        [s.replace("v", "u") for s in reading] for reading in readings if any("v" in s for s in reading)
    ]
    return readings


# --- words and numbers -----------------------------------------------------------------------------------------------


def _word_tokens(word: str) -> Iterator[str]:
    for group in _DIGITS.findall(word):
        yield group[:_LONGEST_NUMBER]
        yield group.lstrip("0")[:_LONGEST_NUMBER] or "0"
        yield from _pieces_of_number(group)
    for end in range(_LEAST_PIECE if _DIGITS.fullmatch(word) else 1, min(len(word), LONGEST) + 1):
        yield word[:end]


def _pieces_of_number(group: str) -> Iterator[str]:
    """The parts of a number that people type: any of a document's, the two ends of a long one (an account, a code)."""
    size = len(group)
    for length in range(_LEAST_PIECE, min(size, LONGEST) + 1):
        starts = range(size - length + 1) if size <= _SHORT_NUMBER else (0, size - length)
        for start in starts:
            yield group[start : start + length]


def _query_word(word: str) -> str:
    """The token that a typed word asks for.

    Digits stand for themselves. Pinyin that stops inside a syllable ("huadongj") is cut to whole syllables, since
    rows hold no others; what is not pinyin, initials too, is only cut to length.
    """
    if _DIGITS.fullmatch(word):
        return word[:_LONGEST_NUMBER]
    ends = _syllable_ends(word)
    if len(word) in ends and len(word) <= LONGEST:
        return word
    whole = max((end for end in ends if end <= LONGEST), default=0)
    spelt = len(word) in ends or any(word[end:] in _beginnings() for end in ends)
    return word[:whole] if spelt and whole else word[:LONGEST]


def _syllable_ends(word: str) -> set[int]:
    """Where a row's pinyin may end inside the word: every place that whole syllables reach from its start."""
    reached, waiting = set(), [0]
    while waiting:
        start = waiting.pop()
        for end in range(start + 1, min(start + 6, len(word)) + 1):
            if end not in reached and word[start:end] in _syllables():
                reached.add(end)
                waiting.append(end)
    return reached


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """Every syllable of pinyin without tones, as rows are spelt."""
    from pypinyin import Style, pinyin
    from pypinyin.constants import PINYIN_DICT

    first_readings = pinyin(
        [chr(code) for code in PINYIN_DICT if code < 0xA000], style=Style.NORMAL, heteronym=True
    )
    spelt = {reading for readings in first_readings for reading in readings}
    spelt = {s for s in spelt if s.isascii() and s.isalpha() and s[:1] not in "iuv" and len(s) <= 6}
    # Interjections such as 嗯 (n, ng, m, hm) are no syllables that names are made of.
    spelt = {s for s in spelt if any(vowel in s for vowel in "aeiouv")}
    return frozenset(spelt | {s.replace("v", "u") for s in spelt})


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    """What may stand at the end of a query whose last syllable is not typed out yet."""
    return frozenset(s[:end] for s in _syllables() for end in range(1, len(s)))
