"""Stored images in words: the frozen terms of an approval, the input of a ledger entry."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sellwell.kernel.values import T
from sellwell.web import formats

# The document's own terms as assessments name them (DESIGN section 1).
TERMS: dict[str, T] = {
    "amount": T("金额", "Amount"),
    "currency": T("币种", "Currency"),
    "payment_days": T("账期（天）", "Payment days"),
    "discount": T("最大折扣", "Largest discount"),
    "lines": T("明细行数", "Lines"),
    "limit": T("额度", "Limit"),
    "credit_limit": T("信用额度", "Credit limit"),
    "grade": T("等级", "Grade"),
    "quantity": T("数量", "Quantity"),
    "since": T("开始", "From"),
    "until": T("截止", "Until"),
    "date": T("日期", "Date"),
}
MOST = 8


def snapshot_lines(snapshot: Mapping[str, Any]) -> list[tuple[T, str]]:
    """The terms that people can read, identifiers left out."""
    found = []
    for name, value in snapshot.items():
        label = TERMS.get(name)
        if label is None or value in (None, "", [], {}):
            continue
        found.append((label, _words(name, value)))
    return found[:MOST]


def _words(name: str, value: Any) -> str:
    if isinstance(value, list):
        return str(len(value))
    if name == "discount":
        return formats.percent(value)
    if name in ("amount", "limit", "credit_limit"):
        try:
            return formats.money(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return "" if _is_id(value) else str(value)


def _is_id(value: Any) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
