"""Values as people read them: amounts, quantities, days, moments. Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import T, language

SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}
CENT = Decimal("0.01")
WEEKDAYS = (
    ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
)


def amount(value: Any) -> str:
    """1234567 -> 1,234,567.00; nothing for None."""
    number = _decimal(value)
    return "" if number is None else f"{number.quantize(CENT, ROUND_HALF_UP):,f}"


def money(value: Any, currency: str = "CNY") -> str:
    """1234567 -> ¥1,234,567.00; the sign of a negative amount stands first."""
    text = amount(value)
    if not text:
        return ""
    sign = SIGNS.get(currency, f"{currency} ")
    return f"-{sign}{text[1:]}" if text.startswith("-") else f"{sign}{text}"


def short_money(value: Any) -> str:
    """1234567 -> ¥123.5万 (English ¥1.23M): for charts and boards, the full figure stands beside it on hover."""
    number = _decimal(value)
    if number is None:
        return ""
    if language() == "zh":
        steps = [(Decimal(10**8), "亿"), (Decimal(10**4), "万")]
    else:
        steps = [(Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k")]
    size, word = next(((size, word) for size, word in steps if abs(number) >= size), (Decimal(1), ""))
    places = Decimal("0.1") if word else Decimal(1)
    text = f"{(number / size).quantize(places, ROUND_HALF_UP):,f}".removesuffix(".0")
    return f"-¥{text[1:]}{word}" if text.startswith("-") else f"¥{text}{word}"


def quantity(value: Any) -> str:
    """A quantity or unit price without zeros that say nothing: 12.500000 -> 12.5."""
    number = _decimal(value)
    if number is None:
        return ""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(value: Any) -> str:
    """A unit price: at least two places, at most six."""
    number = _decimal(value)
    if number is None:
        return ""
    text = f"{number:,f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def percent(value: Any) -> str:
    """A rate with two decimals at most: 0.13 -> 13%, 0.312917 -> 31.29%."""
    number = _decimal(value)
    if number is None:
        return ""
    return f"{quantity((number * 100).quantize(Decimal('0.01'), ROUND_HALF_UP))}%"


def day(value: Any) -> str:
    """2026-11-23."""
    if isinstance(value, datetime):
        value = value.astimezone(BUSINESS_ZONE).date()
    return value.isoformat() if isinstance(value, date) else str(value or "")


def moment(value: datetime | None) -> str:
    """2026-11-23 09:12, where the company works."""
    return value.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M") if value else ""


def ago(value: datetime | None, now: datetime) -> T:
    """How long since (or until): 3 分钟前, 2 天后."""
    if value is None:
        return T("", "")
    seconds = (now - value).total_seconds()
    future = seconds < 0
    seconds = abs(seconds)
    for size, zh, en in ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            count = int(seconds // size)
            if size == 86400 and count > 60:
                return T(day(value), day(value))
            return T(
                f"{count} {zh}{'后' if future else '前'}",
                f"in {count} {en}" if future else f"{count} {en} ago",
            )
    return T("马上", "soon") if future else T("刚刚", "just now")


def lasting(seconds: float) -> T:
    """A length of time in its largest unit: 2 天, 3 小时."""
    for size, zh, en in ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            return T(f"{int(seconds // size)} {zh}", f"{int(seconds // size)} {en}")
    return T("不到 1 分钟", "under 1 min")


def day_heading(value: date, today: date) -> T:
    """今天, 昨天, or the day with its weekday."""
    distance = (today - value).days
    if distance == 0:
        return T("今天", "Today")
    if distance == 1:
        return T("昨天", "Yesterday")
    zh, en = WEEKDAYS
    return T(f"{value.isoformat()} {zh[value.weekday()]}", f"{value.isoformat()} {en[value.weekday()]}")


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))
