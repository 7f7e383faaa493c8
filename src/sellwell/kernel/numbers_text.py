"""Amounts, quantities and dates as people type them, and as documents show them. Pure.

Reading never guesses: a text gives its value, nothing (`None`, the field is empty), or an `Objection` that says how to
write it. What could be read in two ways ("1,5", "01/05/2024") is refused, unless the caller states the order.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import Objection, Reason, T, plain_number, to_cents

NOT_A_NUMBER = Reason(
    "text.not_a_number",
    T(
        "“{text}”不是数字。请写成 1234.50 或 1,234.50。",
        "“{text}” is no number. Write it as 1234.50 or 1,234.50.",
    ),
)
AMBIGUOUS_NUMBER = Reason(
    "text.ambiguous_number",
    T(
        "“{text}”可以有两种读法。小数点用“.”，千分位用“,”，例如 1,234.50。",
        "“{text}” can be read in two ways. Write “.” before decimals and “,” between thousands, as in 1,234.50.",
    ),
)
FOREIGN_SIGN = Reason(
    "text.foreign_currency",
    T(
        "“{text}”带有外币符号。请只写数字，币种另填。",
        "“{text}” carries a foreign currency. Write the number only.",
    ),
)
TOO_MANY_PLACES = Reason(
    "text.too_many_places",
    T("“{text}”的小数位数过多，最多 {places} 位。", "“{text}” has too many decimals; at most {places}."),
)
TOO_LARGE = Reason("text.number_too_large", T("“{text}”过大。", "“{text}” is too large."))
NOT_A_RATE = Reason(
    "text.not_a_rate",
    T("“{text}”不是比率。请写成 13% 或 0.13。", "“{text}” is no rate. Write it as 13% or 0.13."),
)
NOT_A_DATE = Reason(
    "text.not_a_date",
    T("“{text}”不是日期。请写成 2026-11-23。", "“{text}” is no date. Write it as 2026-11-23."),
)
AMBIGUOUS_DATE = Reason(
    "text.ambiguous_date",
    T(
        "“{text}”看不出哪个是月、哪个是日或哪一年。请写成 2026-11-23。",
        "“{text}” does not tell year, month and day apart. Write it as 2026-11-23.",
    ),
)
NOT_A_MOMENT = Reason(
    "text.not_a_moment",
    T("“{text}”不是时间。请写成 2026-11-23 09:30。", "“{text}” is no time. Write it as 2026-11-23 09:30."),
)

# Full-width forms of the printable ASCII range, and the signs people get from an input method. Nothing wider: NFKC
# would turn 10² into 102.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord("￥"): "¥", ord("\u3000"): " ", ord("\xa0"): " ", ord("−"): "-", ord("–"): "-", ord("。"): ".", ord("、"): ",",
}  # fmt: skip
_UNITS = {"千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "": 1}
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?(?:¥|RMB|CNY|人民币)?\s*(?P<sign2>[+-])?"
    r"(?P<whole>\d+|\d{1,3}(?:,\d{3})+)?(?:\.(?P<part>\d+))?\s*"
    r"(?P<unit>千万|百万|千|万|亿)?\s*(?:元|圆|CNY|RMB)?(?P<close>\))?",
    re.IGNORECASE | re.ASCII,
)
_LIMIT = Decimal(10) ** 16
DateOrder = Literal["ymd", "dmy", "mdy"]
_YMD = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日)|(\d{4})(\d{2})(\d{2})",
    re.ASCII,
)
_SHORT = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?", re.ASCII)


def _clean(text: str) -> str:
    return text[:200].translate(_NARROW).strip()


# --- numbers ---------------------------------------------------------------------------------------------------------


def read_number(text: str, places: int = 6) -> Decimal | Objection | None:
    """A number with at most `places` decimals: "1,234.50", "￥1，234.50", "１２３", "1.2万", "(123.45)" (negative)."""
    typed, shown = _clean(text), text.strip()[:60]
    if not typed:
        return None
    match = _NUMBER.fullmatch(typed)
    if (
        not match
        or not (match["whole"] or match["part"])
        or bool(match["open"]) != bool(match["close"])
        or bool(match["open"]) + bool(match["sign"]) + bool(match["sign2"]) > 1
    ):
        return _why_no_number(typed, shown)
    value = (
        Decimal(f"{(match['whole'] or '0').replace(',', '')}.{match['part'] or '0'}")
        * _UNITS[match["unit"] or ""]
    )
    if value >= _LIMIT:
        return TOO_LARGE.refuse(text=shown)
    if value != value.quantize(Decimal(1).scaleb(-places)):
        return TOO_MANY_PLACES.refuse(text=shown, places=places)
    if match["open"] or "-" in (match["sign"], match["sign2"]):
        value = -value
    return value if value else Decimal(0)


def _why_no_number(typed: str, shown: str) -> Objection:
    if re.search(r"[$€£₩₽฿]", typed):
        return FOREIGN_SIGN.refuse(text=shown)
    if re.fullmatch(r"[+-]?[\d.,' ]*\d[\d.,' ]*", typed):
        return AMBIGUOUS_NUMBER.refuse(text=shown)
    return NOT_A_NUMBER.refuse(text=shown)


def read_amount(text: str) -> Decimal | Objection | None:
    """An amount of money, to the cent."""
    value = read_number(text, places=2)
    return to_cents(value) if isinstance(value, Decimal) else value


def read_rate(text: str) -> Decimal | Objection | None:
    """A rate between 0 and 1: "13%" or "0.13". A bare 13 is refused: it may be meant either way."""
    typed = _clean(text)
    if not typed:
        return None
    percent = typed.endswith("%")
    value = read_number(typed.removesuffix("%"), places=4 if percent else 6)
    if not isinstance(value, Decimal):
        return value or NOT_A_RATE.refuse(text=text.strip()[:60])
    rate = value.scaleb(-2) if percent else value
    return rate if 0 <= rate <= 1 else NOT_A_RATE.refuse(text=text.strip()[:60])


# --- dates -----------------------------------------------------------------------------------------------------------


def read_date(text: str, order: DateOrder = "ymd", *, excel_serial: bool = False) -> date | Objection | None:
    """A day: "2026-11-03", "2026/11/3", "2026.11.3", "2026年11月3日", "20261103".

    `order` says how "01/05/2024" is meant where a file's columns are known; `excel_serial` reads a bare 45296 as
    Excel stores days. A time of day after the date is refused unless it is midnight: it would be lost.
    """
    typed, shown = _clean(text), text.strip()[:60]
    if not typed:
        return None
    if excel_serial and re.fullmatch(r"[0-9]{1,6}", typed):
        return _of_serial(int(typed), shown)
    day_text, _, time_text = typed.replace("T", " ").partition(" ")
    if "年" in typed:
        day_text, time_text = typed.replace(" ", ""), ""
    if time_text.strip() and not re.fullmatch(r"0?0:00(:00)?", time_text.strip()):
        return NOT_A_DATE.refuse(text=shown)
    return _day(day_text, order, shown)


def _day(typed: str, order: DateOrder, shown: str) -> date | Objection:
    if match := _YMD.fullmatch(typed):
        parts = [part for part in match.groups() if part and part.isdigit()]
        year, month, day = (int(part) for part in parts)
    elif (match := _SHORT.fullmatch(typed)) and order != "ymd":
        first, _, second, last = match.groups()
        year = int(last)
        day, month = (int(first), int(second)) if order == "dmy" else (int(second), int(first))
    elif re.fullmatch(
        r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?|\d{1,2}月\d{1,2}日|\d{2}年\d{1,2}月\d{1,2}日", typed
    ):
        return AMBIGUOUS_DATE.refuse(text=shown)
    else:
        return NOT_A_DATE.refuse(text=shown)
    try:
        found = date(year, month, day)
    except ValueError:
        return NOT_A_DATE.refuse(text=shown)
    return found if 1800 <= year < 3000 else NOT_A_DATE.refuse(text=shown)


def _of_serial(serial: int, shown: str) -> date | Objection:
    # Days of 1954 to 2119. Anything else that few digits say is no day that was kept: 2026 is a year, 202611 a month.
    if not 20_000 <= serial <= 80_000:
        return NOT_A_DATE.refuse(text=shown)
    return date(1899, 12, 30) + timedelta(days=serial)


def read_moment(
    text: str, order: DateOrder = "ymd", zone: ZoneInfo = BUSINESS_ZONE
) -> datetime | Objection | None:
    """A moment in UTC: "2026-11-03 09:30" in `zone`, or with its own offset "2026-11-03T01:30:00Z". A bare day is
    its midnight."""
    typed, shown = _clean(text), text.strip()[:60]
    if not typed:
        return None
    if re.search(r"T.*(Z|[+-]\d{2}:?\d{2})$", typed):
        try:
            return datetime.fromisoformat(typed).astimezone(UTC)
        except (ValueError, OverflowError):
            return NOT_A_MOMENT.refuse(text=shown)
    day_text, _, time_text = typed.replace("日", "日 ").replace("T", " ").partition(" ")
    day = _day(day_text, order, shown)
    if isinstance(day, Objection):
        return day
    hours = time(0)
    if time_text.strip():
        match = _TIME.fullmatch(time_text.strip())
        if not match:
            return NOT_A_MOMENT.refuse(text=shown)
        try:
            hours = time(int(match[1]), int(match[2]), int(match[3] or 0))
        except ValueError:
            return NOT_A_MOMENT.refuse(text=shown)
    return datetime.combine(day, hours, zone).astimezone(UTC)


# --- showing ---------------------------------------------------------------------------------------------------------

SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}


def amount(value: Decimal) -> str:
    """1,234,567.00."""
    return f"{to_cents(value) or Decimal('0.00'):,f}"


def money(value: Decimal, currency: str = "CNY") -> str:
    """¥1,234,567.00; a negative amount has its sign first."""
    text = amount(value)
    sign = SIGNS.get(currency, f"{currency} ")
    return f"-{sign}{text[1:]}" if text.startswith("-") else f"{sign}{text}"


def quantity(value: Decimal) -> str:
    """A quantity without zeros that say nothing: 12.500000 -> 12.5, 1200.000000 -> 1,200."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(value: Decimal) -> str:
    """A unit price: two places, more only where they count: 12.5 -> 12.50, 0.012300 -> 0.0123."""
    text = plain_number(value)
    return text if "." in text else f"{text}.00"


def day(value: date) -> str:
    """2026-11-23."""
    return value.isoformat()


def chinese_day(value: date) -> str:
    """2026年11月23日, as contracts write it."""
    return f"{value.year}年{value.month}月{value.day}日"
