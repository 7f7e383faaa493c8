"""What a study must say before it is concluded (clause 2.4.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sellwell.kernel.values import State, T


class Aspect(State):
    """What a passage or a finding speaks of: the three things that clause 2.4.2 asks for."""

    PREFERENCE = "preference", T("客户偏好", "Preference")
    DEMAND = "demand", T("需求变化", "Change of demand")
    TREND = "trend", T("市场走势", "Market trend")


@dataclass(frozen=True, slots=True)
class Stated:
    """A finding by what it rests on: how many numbers, how many quotations that can still be read."""

    aspect: str
    numbers: int
    quotations: int


def lacking(findings: Iterable[Stated]) -> list[T]:
    """What a study lacks: an aspect that nothing is said on, findings without numbers or without quotations."""
    known: Sequence[Stated] = list(findings)
    found = [
        T(f"没有“{aspect.label.zh}”方面的发现", f"no finding on {aspect.label.en.lower()}")
        for aspect in Aspect
        if all(one.aspect != aspect for one in known)
    ]
    if any(not one.numbers for one in known):
        found.append(T("有发现没有数字", "a finding has no numbers"))
    if any(not one.quotations for one in known):
        found.append(T("有发现没有客户原话", "a finding has no quotations"))
    return found
