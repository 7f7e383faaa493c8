"""Who is asked: drawn by a seed that is kept, so that anybody can draw again and nobody picks (domain 4.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from sellwell.kernel.values import State, T, months_later


class Left(State):
    """Why somebody who might have been asked was not."""

    NOT_DRAWN = "not_drawn", T("抽样未抽中", "Not drawn")
    ERASED = "erased", T("客户信息已删除", "The customer was erased")
    BLOCKED = "blocked", T("客户已停止往来", "The customer is blocked")
    OPTED_OUT = "opted_out", T("已要求不再接收调查", "Asked for no more surveys")
    NO_CONSENT = "no_consent", T("没有可用的同意或依据", "No consent or basis")
    PERSON_CAP = "person_cap", T("该联系人近期已受访", "This person was asked of late")
    CUSTOMER_CAP = "customer_cap", T("该客户近期受访已达上限", "This customer was asked often enough of late")
    NO_ADDRESS = "no_address", T("没有可用的联系方式", "No way to reach them")
    MESSAGE_CAP = "message_cap", T("近期已收到过活动消息", "Had campaign messages enough of late")
    STOPPED = "stopped", T("活动已停止", "The campaign was stopped")
    TOO_LATE = "too_late", T("已超过 48 小时", "More than 48 hours after the event")


def lot(seed: str, key: UUID) -> Decimal:
    """A number from 0 up to 1 that seed and key settle for good."""
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big")) / Decimal(2**64)


def is_drawn(seed: str, key: UUID, share: Decimal) -> bool:
    """Whether an event's lot falls into the share that is asked."""
    return lot(seed, key) < share


def draw(seed: str, keys: Iterable[UUID], count: int) -> list[UUID]:
    """So many of the keys, by lot; the same seed and keys give the same draw in the same order."""
    return sorted(keys, key=lambda key: (lot(seed, key), str(key)))[:count]


def next_round(day: date, months: int) -> date:
    """The day of the round after one, so many months later."""
    return months_later(day, months)
