"""A cell's text as the input wants it; a reference stays a text until it is looked up. Never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.numbers_text import read_date, read_moment, read_number, read_rate
from sellwell.kernel.values import Objection, Reason, T
from sellwell.web.forms.derive import FormField

NOT_A_CHOICE = Reason(
    "import.not_a_choice",
    T("没有“{text}”这个选项。可填：{choices}。", "“{text}” is no choice. Write one of: {choices}."),
)
NOT_YES_OR_NO = Reason(
    "import.not_yes_or_no", T("“{text}”既不是“是”也不是“否”。", "“{text}” is neither yes nor no.")
)
NOT_WHOLE = Reason("import.not_whole", T("“{text}”不是整数。", "“{text}” is no whole number."))

YES = {"是", "yes", "y", "true", "1", "对", "✓", "√"}
NO = {"否", "no", "n", "false", "0", "×"}
_BETWEEN = re.compile(r"[\n;；、]+")
SHOWN_CHOICES = 12


def read(text: str, field: FormField) -> Any:
    """The value of a cell that is not empty, or an `Objection`."""
    reader: Callable[[str, FormField], Any] = READERS.get(field.widget, _text)
    return reader(text.strip(), field)


def _text(text: str, field: FormField) -> str:
    return text


def _number(text: str, field: FormField) -> str | Objection | None:
    if text.endswith(("%", "％")):
        return _written(read_rate(text))
    return _written(read_number(text, field.places or 6))


def _written(value: Decimal | Objection | None) -> str | Objection | None:
    return format(value, "f") if isinstance(value, Decimal) else value


def _whole(text: str, field: FormField) -> str | Objection | None:
    value = read_number(text, 6)
    if isinstance(value, Decimal):
        return str(int(value)) if value == int(value) else NOT_WHOLE.refuse(text=text[:60])
    return value


def _day(text: str, field: FormField) -> str | Objection | None:
    # A spreadsheet keeps the moment where somebody formatted a day as one.
    value = read_date(text.removesuffix(" 00:00:00"), excel_serial=True)
    return value.isoformat() if isinstance(value, date) else value


def _moment(text: str, field: FormField) -> Any:
    value = read_moment(text, "ymd", BUSINESS_ZONE)
    return value if isinstance(value, Objection) or value is None else value.isoformat()


def _choice(text: str, field: FormField) -> str | Objection:
    for value, label in field.choices:
        if text.casefold() in {word.casefold() for word in spellings(value, label)}:
            return value
    return NOT_A_CHOICE.refuse(text=text[:60], choices=choices_of(field))


def spellings(value: str, label: T | str) -> tuple[str, ...]:
    """How a choice may be written."""
    return (value, label.zh, label.en) if isinstance(label, T) else (value, str(label))


def choices_of(field: FormField) -> T:
    """The choices in a sentence."""
    labels = [label if isinstance(label, T) else T(str(label), str(label)) for _, label in field.choices]
    more = "…" if len(labels) > SHOWN_CHOICES else ""
    return T(
        "、".join(label.zh for label in labels[:SHOWN_CHOICES]) + more,
        ", ".join(label.en for label in labels[:SHOWN_CHOICES]) + more,
    )


def _yes_or_no(text: str, field: FormField) -> bool | Objection:
    word = text.casefold()
    if word in YES or word in NO:
        return word in YES
    return NOT_YES_OR_NO.refuse(text=text[:60])


def _items(text: str, field: FormField) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _choices(text: str, field: FormField) -> list[str] | Objection:
    found: list[str] = []
    for part in _items(text, field):
        value = _choice(part, field)
        if isinstance(value, Objection):
            return value
        found.append(value)
    return found


READERS: dict[str, Callable[[str, FormField], Any]] = {
    "number": _number,
    "int": _whole,
    "date": _day,
    "datetime": _moment,
    "select": _choice,
    "bool": _yes_or_no,
    "list": _items,
    "checks": _choices,
}
