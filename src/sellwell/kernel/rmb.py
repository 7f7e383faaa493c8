"""Amounts in capitals (人民币大写) as bills and contracts carry them, and back. Pure.

Rules (bank regulation on bills, worked in W29): 整 stands after 元 and after 角, never after 分; a zero yuan digit
or a zero 角 before a 分 is written 零. The regulation leaves two things free, and both are read back: 零 before 角
where the yuan digit is zero (壹佰元零壹角整 or 壹佰元壹角整), and 整 after 角.
"""

from __future__ import annotations

from decimal import Decimal

import cn2an

from sellwell.kernel.values import CENT, Reason, Refusal, T

PREFIX = "人民币"
LARGEST = Decimal("9999999999999999.99")  # what cn2an spells: sixteen digits of yuan, as numeric(18,2) holds

UNREADABLE = Reason(
    "rmb.unreadable",
    T("“{text}”不是规范的人民币大写金额。", "“{text}” is not an amount in Chinese capitals."),
)

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
# What people also write for the same character.
_SAME = str.maketrans(
    {"圆": "元", "正": "整", "弍": "贰", "貳": "贰", "參": "叁", "陸": "陆", "億": "亿", "萬": "万"}
)


def capitals(amount: Decimal, *, prefix: str = PREFIX, zero_before_jiao: bool = True) -> str:
    """The amount in capitals: 1409.50 -> 人民币壹仟肆佰零玖元伍角整.

    Amounts have at most two places (ValueError otherwise): rounding is decided before, never while writing.
    Negative amounts are spelt with 负, for red documents only. `zero_before_jiao=False` leaves out the 零 that the
    regulation makes optional.
    """
    if not amount.is_finite() or abs(amount) > LARGEST or amount != amount.quantize(CENT):
        raise ValueError(f"no amount to spell: {amount}")
    cents = int(abs(amount).scaleb(2))
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text = f"{cn2an.an2cn(str(yuan), 'up')}元" if yuan or not cents else ""
    if yuan and ((fen and not jiao) or (zero_before_jiao and yuan % 10 == 0 and jiao)):
        text += "零"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    text += f"{_DIGITS[fen]}分" if fen else "整"
    return f"{prefix}{'负' if amount < 0 and cents else ''}{text}"


def parse(text: str) -> Decimal:
    """The amount that capitals spell, in any accepted form. Refused (`rmb.unreadable`) where they spell none.

    Read and spelt again, the text must come out the same but for the freedoms of the regulation: so a forged or
    garbled text (伍佰万 cut to 伍佰) is refused, never read as something near it.
    """
    compact = "".join(text[:100].split()).translate(_SAME).removeprefix(PREFIX)
    negative = compact.startswith("负")
    plain = compact.removeprefix("负")
    amount = _read(plain)
    if amount is None or _loose(plain) != _loose(capitals(amount, prefix="")):
        raise Refusal(UNREADABLE.refuse(text=text[:60]))
    return -amount if negative else amount


def _loose(text: str) -> str:
    """Without what the regulation leaves free: every 零 that separates, and a closing 整."""
    if text.startswith("零元"):
        return "零元"
    return text.replace("零", "").removesuffix("整")


def _read(text: str) -> Decimal | None:
    """The value of capitals without prefix and sign, leniently; None where the text is not even of that kind."""
    yuan_text, mark, rest = text.partition("元")
    if not mark:
        yuan_text, rest = "", text
    whole = _whole(yuan_text) if mark else 0
    rest = rest.replace("零", "").removesuffix("整")
    cents = 0
    for unit, worth in (("角", 10), ("分", 1)):
        if len(rest) >= 2 and rest[1] == unit and rest[0] in _DIGITS:
            cents += _DIGITS.index(rest[0]) * worth
            rest = rest[2:]
    if whole is None or rest or not text:
        return None
    return Decimal(whole) + Decimal(cents).scaleb(-2)


def _whole(text: str) -> int | None:
    """The yuan part: 壹拾亿零伍万 -> 1000050000."""
    if not text:
        return None
    for unit, worth in (("亿", 10**8), ("万", 10**4)):
        # 万亿 multiplies: split at the last 亿 first, what stands before it counts as a whole.
        high, mark, low = text.rpartition(unit)
        if mark:
            above = _whole(high)
            below = _whole(low) if low else 0
            return None if above is None or below is None else above * worth + below
    total, digit = 0, None
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in "仟佰拾" and digit:
            total, digit = total + digit * {"仟": 1000, "佰": 100, "拾": 10}[character], None
        else:
            return None
    return total + (digit or 0)
