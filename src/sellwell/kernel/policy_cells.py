"""The cells of decision tables: conditions and values as people write them. Pure; Decimal throughout.

A condition is the set of values that it lets through, so two conditions can be compared: whether they overlap, and
whether one covers the other. See docs/rules/decision-tables.md for the writing of cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeAlias
from uuid import UUID

from sellwell.kernel.numbers_text import read_date, read_number
from sellwell.kernel.values import T

ColumnType = Literal["number", "text", "flag", "date"]
COLUMN_TYPES: tuple[ColumnType, ...] = ("number", "text", "flag", "date")
Value: TypeAlias = Decimal | str | bool | date | None

ANYTHING = ("", "-", "－")
_FLAGS = {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}
_COMPARED = re.compile(r"(<=|>=|!=|<>|≤|≥|≠|<|>|=)\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"([\[(（])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])）])", re.DOTALL)
_LIST = re.compile(r"(not\s+in|in)\s*[(（](.+)[)）]", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:\"([^\"]*)\"|([^,，、\"]+?))\s*(?:[,，、]|$)")


class CellError(ValueError):
    """A cell that cannot be read; `why` says so to the person who writes it."""

    def __init__(self, why: T) -> None:
        super().__init__(why.en)
        self.why = why


# --- values ------------------------------------------------------------------------------------------------------


def literal(text: str, kind: ColumnType) -> Decimal | str | bool | date:
    """One written value: 100000, 10万, 13%, 2026-11-23, 是, 华东, "华东, 华南"."""
    typed = text.strip()
    if len(typed) >= 2 and typed[0] == typed[-1] == '"':
        typed = typed[1:-1]
    elif kind == "text" and (
        not typed or typed[0] in "<>=!≤≥≠[(（" or re.match(r"(not\s+)?in\s*[(（]", typed)
    ):
        raise CellError(T(f"“{typed}”不是可读的条件。", f"“{typed}” is not a condition that can be read."))
    if kind == "text":
        return typed
    found: Any
    if kind == "flag":
        found = _FLAGS.get(typed.lower())
    elif kind == "date":
        found = read_date(typed)
    else:
        found = read_number(typed.removesuffix("%"), places=8)
        if isinstance(found, Decimal) and typed.endswith("%"):
            found = found.scaleb(-2)
    if isinstance(found, Decimal | bool | date):
        return found
    wanted = {"number": T("数字", "a number"), "date": T("日期", "a date"), "flag": T("是或否", "yes or no")}[
        kind
    ]
    raise CellError(T(f"“{typed}”不是{wanted.zh}。", f"“{typed}” is not {wanted.en}."))


def output(cell: Any, kind: ColumnType) -> Value:
    """The value of an output cell; an empty cell or `-` is no value."""
    text = cell_text(cell)
    if text in ANYTHING:
        return None
    return text if kind == "text" and not text.startswith('"') else literal(text, kind)


def cell_text(cell: Any) -> str:
    """A cell as text. JSON floats are refused: 0.1 would no longer be what was written."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if cell is None:
        return ""
    if isinstance(cell, str | int | Decimal):
        return str(cell).strip()
    raise CellError(T("单元格须为文本。", "A cell is text; numbers too are written as text."))


def fact(value: Any, kind: ColumnType) -> Value:
    """A fact as conditions see it. TypeError where it is of another kind; a float is one always."""
    if value is None:
        return None
    if isinstance(value, Enum):
        value = value.value
    if kind == "number" and isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    if kind == "flag" and isinstance(value, bool):
        return value
    if kind == "date" and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if kind == "text" and isinstance(value, str | UUID):
        return str(value)
    # Stored assessments are JSON: numbers and dates come back as text when a policy is replayed.
    if isinstance(value, str) and kind in ("number", "date"):
        try:
            return literal(value, kind)
        except CellError:
            pass
    raise TypeError(f"{value!r} is no {kind}")


# --- conditions --------------------------------------------------------------------------------------------------

# A bound is (value, nudge): nudge -1 just below the value, 0 at it, 1 just above. None: without bound.
Bound: TypeAlias = "tuple[Any, int] | None"


@dataclass(frozen=True, slots=True)
class Span:
    """Values from `low` to `high`, both inclusive as bounds: `(5, 1)` is 'just above 5'."""

    low: Bound
    high: Bound

    def holds(self, value: Any) -> bool:
        """Whether a value lies inside."""
        return (self.low is None or self.low <= (value, 0)) and (self.high is None or (value, 0) <= self.high)

    def meets(self, other: Span) -> bool:
        """Whether the two have a value in common."""
        lows = [bound for bound in (self.low, other.low) if bound is not None]
        highs = [bound for bound in (self.high, other.high) if bound is not None]
        return not lows or not highs or max(lows) <= min(highs)

    def covers(self, other: Span) -> bool:
        """Whether every value of `other` lies inside."""
        low = self.low is None or (other.low is not None and self.low <= other.low)
        return low and (self.high is None or (other.high is not None and other.high <= self.high))


@dataclass(frozen=True, slots=True)
class Condition:
    """What one cell lets through: spans of numbers or dates, or names listed or excluded; and whether 'no value'."""

    text: str
    spans: tuple[Span, ...] = ()
    names: frozenset[Any] = frozenset()
    excluded: bool = False  # `names` are those that do not pass
    empty: bool = False  # lets 'no value' through

    def passes(self, value: Value) -> bool:
        """Whether a fact meets the condition. No value meets none but `-` and `empty`."""
        if value is None:
            return self.empty
        if self.spans:
            return any(span.holds(value) for span in self.spans)
        return (value in self.names) != self.excluded

    def meets(self, other: Condition) -> bool:
        """Whether some value passes both."""
        if self.empty and other.empty:
            return True
        if self.spans or other.spans:
            return any(a.meets(b) for a in self.spans for b in other.spans)
        if self.excluded and other.excluded:
            return True  # there is always another name
        if self.excluded or other.excluded:
            listed, without = (other, self) if self.excluded else (self, other)
            return bool(listed.names - without.names)
        return bool(self.names & other.names)

    def covers(self, other: Condition) -> bool:
        """Whether everything that passes `other` passes this."""
        if other.empty and not self.empty:
            return False
        if other.spans or self.spans:
            return all(any(a.covers(b) for a in self.spans) for b in other.spans)
        if other.excluded:
            return self.excluded and self.names <= other.names
        return not (other.names & self.names) if self.excluded else other.names <= self.names


_EVERY_SPAN = (Span(None, None),)


def condition(cell: Any, kind: ColumnType) -> Condition:
    """Read a condition: `<= 100000`, `> 5`, `[10..20)`, `in (a, b)`, `not in (a, b)`, `= x`, `x`, `empty`, `-`."""
    text = cell_text(cell)
    if text in ANYTHING:
        return Condition("-", spans=_spans_of_everything(kind), excluded=True, empty=True)
    if text.lower() in ("empty", "空"):
        return Condition("empty", empty=True)
    if text.lower() in ("not empty", "非空"):
        return Condition("not empty", spans=_spans_of_everything(kind), excluded=True)
    if match := _RANGE.fullmatch(text):
        return _range(text, kind, match)
    if match := _LIST.fullmatch(text):
        return _listed(text, kind, _items(match[2], kind), excluded=match[1].lower().startswith("not"))
    if match := _COMPARED.fullmatch(text):
        return _compared(text, kind, match[1], literal(match[2], kind))
    return _listed(text, kind, [literal(text, kind)], excluded=False)


def _spans_of_everything(kind: ColumnType) -> tuple[Span, ...]:
    return _EVERY_SPAN if kind in ("number", "date") else ()


def _range(text: str, kind: ColumnType, match: re.Match[str]) -> Condition:
    _ordered(text, kind)
    low, high = literal(match[2], kind), literal(match[3], kind)
    span = Span((low, 0 if match[1] == "[" else 1), (high, 0 if match[4] == "]" else -1))
    if not span.meets(span):
        raise CellError(T(f"区间 {text} 是空的。", f"The range {text} is empty."))
    return Condition(text, spans=(span,))


def _compared(text: str, kind: ColumnType, sign: str, value: Any) -> Condition:
    if sign == "=":
        return _listed(text, kind, [value], excluded=False)
    if sign in ("!=", "<>", "≠"):
        return _listed(text, kind, [value], excluded=True)
    _ordered(text, kind)
    span = {
        "<": Span(None, (value, -1)), "<=": Span(None, (value, 0)), "≤": Span(None, (value, 0)),
        ">": Span((value, 1), None), ">=": Span((value, 0), None), "≥": Span((value, 0), None),
    }[sign]  # fmt: skip
    return Condition(text, spans=(span,))


def _ordered(text: str, kind: ColumnType) -> None:
    if kind not in ("number", "date"):
        raise CellError(
            T(f"{text}：只有数字和日期可以比较大小。", f"{text}: only numbers and dates have an order.")
        )


def _listed(text: str, kind: ColumnType, values: list[Any], *, excluded: bool) -> Condition:
    if kind not in ("number", "date"):
        return Condition(text, names=frozenset(values), excluded=excluded)
    if not excluded:
        return Condition(text, spans=tuple(Span((v, 0), (v, 0)) for v in sorted(set(values))))
    return Condition(text, spans=tuple(_around(sorted(set(values)))))


def _around(values: list[Any]) -> Iterable[Span]:
    """Everything but the given points."""
    low: Bound = None
    for value in values:
        yield Span(low, (value, -1))
        low = (value, 1)
    yield Span(low, None)


def _items(text: str, kind: ColumnType) -> list[Any]:
    items, at = [], 0
    while at < len(text):
        match = _ITEM.match(text, at)
        if not match:
            raise CellError(T(f"列表“{text}”无法读取。", f"The list “{text}” cannot be read."))
        item = match[1] if match[1] is not None else match[2]
        if kind == "number" and re.fullmatch(r"0\d+", item):
            raise CellError(
                T("列表中的数字不要写千分位。", "Write numbers in a list without thousands separators.")
            )
        items.append(item if kind == "text" else literal(item, kind))
        at = match.end()
    return items
