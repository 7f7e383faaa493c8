"""Values that every room's rules are written with. Pure: no Django, no database, no clock.

`T` a text in Chinese and English · `State` a state with its name · `Reason` and `Objection` a "no" that says what
to do · `Refusal` the exception that carries objections · money arithmetic in Decimal.
"""

from __future__ import annotations

import sys
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any, Literal

LANGUAGES = ("zh", "en")
_language: ContextVar[str] = ContextVar("language", default="zh")


def language() -> str:
    """The reader's language: 'zh' or 'en'."""
    return _language.get()


def set_language(code: str) -> None:
    """Speak `code` from here on in this request or job; anything but English is Chinese."""
    _language.set("en" if code.startswith("en") else "zh")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak `code` inside the block."""
    before = _language.get()
    set_language(code)
    try:
        yield
    finally:
        _language.set(before)


@dataclass(frozen=True, slots=True)
class T:
    """A text in both languages, side by side where it is used, so that none can lack its translation."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if _language.get() == "en" else self.zh

    def format(self, **args: Any) -> T:
        """Both texts with `{name}` filled in; arguments that are texts themselves follow the language."""
        return T(
            self.zh.format(**{name: shown(value, "zh") for name, value in args.items()}),
            self.en.format(**{name: shown(value, "en") for name, value in args.items()}),
        )

    def __html__(self) -> str:
        from html import escape

        return escape(str(self))


def named(row: Any) -> T:
    """What something is called that has a `name` and perhaps an English one (`name_en`)."""
    return T(row.name, row.name_en or row.name)


def listed(texts: Iterable[T]) -> T:
    """Several texts as a list in one sentence."""
    every = list(texts)
    return T("、".join(t.zh for t in every), ", ".join(t.en for t in every))


def shown(value: Any, code: str) -> str:
    """A value as it stands in a sentence: amounts with separators, dates as 2026-11-23."""
    if isinstance(value, T):
        return value.en if code == "en" else value.zh
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, State):
        return shown(value.label, code)
    return str(value)


def plain_number(value: Decimal) -> str:
    """1234567.00 -> 1,234,567.00; quantities lose trailing zeros beyond the cents that amounts keep."""
    text = f"{value:,f}"
    if "." in text:
        whole, _, part = text.partition(".")
        part = part.rstrip("0")
        if 0 < len(part) < 2:
            part = part.ljust(2, "0")
        return f"{whole}.{part}" if part else whole
    return text


_UNNAMED = T("", "")


class State(str, Enum):
    """A state of a document: stored by its value, shown by its label.

    Example: `class OrderState(State): DRAFT = "draft", T("草稿", "Draft")`.
    """

    label: T

    def __new__(cls, value: str, label: T = _UNNAMED) -> State:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def values(cls) -> list[str]:
        """Every stored value, in life-cycle order."""
        return [member.value for member in cls]


Kind = Literal["refuse", "hold", "warn"]


@dataclass(frozen=True, slots=True)
class Objection:
    """One "no", "not yet" or "beware": stable code, text for people, the place it is about.

    `path` points into the input (`lines.3.quantity`). A hold may carry `measure` (how far over; a release covers
    up to its own bound) and `route` (the approval policy that says who may release it).
    """

    kind: Kind
    code: str
    template: T
    args: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    measure: Decimal | None = None
    route: str = ""

    @property
    def text(self) -> T:
        """The sentence for the user, filled in."""
        return self.template.format(**self.args) if self.args else self.template

    def at(self, path: str) -> Objection:
        """The same objection, about another place of the input."""
        return replace(self, path=path)


class Reason:
    """A named kind of objection. Its code is stable; its text says what to do.

    Reasons are declared once, at the top of the module that raises them, and listed in the reference docs.
    """

    known: dict[str, Reason] = {}

    def __init__(self, code: str, text: T) -> None:
        if code in Reason.known:
            raise ValueError(f"the reason {code} is declared twice")
        self.code, self.text = code, text
        self.module: str = sys._getframe(1).f_globals[
            "__name__"
        ]  # where it is declared: for the reference pages
        Reason.known[code] = self

    def refuse(self, path: str = "", **args: Any) -> Objection:
        """It cannot be done like this."""
        return Objection("refuse", self.code, self.text, args, path)

    def hold(self, route: str, measure: Decimal | None = None, path: str = "", **args: Any) -> Objection:
        """It can be done once those that `route` (an approval policy) names have agreed."""
        return Objection("hold", self.code, self.text, args, path, measure, route)

    def warn(self, path: str = "", **args: Any) -> Objection:
        """It can be done; the user should know."""
        return Objection("warn", self.code, self.text, args, path)


class Refusal(Exception):
    """An expected "no", with every objection at once."""

    # Set by the door where something was judged, for the security log: the assessment and what each guard answered.
    assessment: Any = None
    answers: Sequence[dict[str, Any]] = ()

    def __init__(self, objections: Objection | Sequence[Objection]) -> None:
        self.objections = [objections] if isinstance(objections, Objection) else list(objections)
        super().__init__("; ".join(f"{o.code}: {o.text.en}" for o in self.objections))

    @property
    def code(self) -> str:
        """The code of the first objection: what a machine switches on."""
        return self.objections[0].code


# --- money -----------------------------------------------------------------------------------------------------------

CENT = Decimal("0.01")
MICRO = Decimal("0.000001")
ZERO = Decimal("0.00")
Rounding = Literal["half_up", "half_even"]
_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


def to_cents(value: Decimal, rounding: Rounding = "half_up") -> Decimal:
    """An amount to two places; half-up (四舍五入) unless the company chose half-even."""
    return value.quantize(CENT, rounding=_MODES[rounding])


def to_micro(value: Decimal) -> Decimal:
    """A unit price, rate or quantity to six places."""
    return value.quantize(MICRO, rounding=ROUND_HALF_UP)


def split(total: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """Divide `total` by `weights` so that the parts add up to it exactly: largest remainder, ties to the earlier part.

    All weights zero divides equally. `total` must be a multiple of `unit`; a negative total splits like its absolute.
    """
    if not weights:
        raise ValueError("nothing to split over")
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    sign, units = (-1, -total / unit) if total < 0 else (1, total / unit)
    if units != units.to_integral_value():
        raise ValueError("the total is no multiple of the unit")
    whole = int(units)
    shares = [int(weight.scaleb(12)) for weight in weights]
    if not any(shares):
        shares = [1] * len(weights)
    base = sum(shares)
    parts = [whole * share // base for share in shares]
    remainders = [whole * share % base for share in shares]
    for index in sorted(range(len(shares)), key=lambda i: (-remainders[i], i))[: whole - sum(parts)]:
        parts[index] += 1
    return [sign * part * unit for part in parts]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency. Amounts of two currencies never add."""

    amount: Decimal
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("money is Decimal")

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add")
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + Money(-other.amount, other.currency)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` up to, not including, `until`; open-ended where `until` is None."""

    since: date
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


def months_later(day: date, months: int) -> date:
    """The corresponding day so many months later, or the month's last (Civil Code art. 202)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
