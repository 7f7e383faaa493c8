"""Whether somebody's data may be used, and how two consents become one. Pure: values in, answers out (4.3.1, 4.3.4, B6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sellwell.foundation.privacy.rules.words import Age, Basis, ConsentKind, Group, Law, Purpose
from sellwell.kernel.values import T

# The countries whose residents the European profile protects.
EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split()
)

# The kinds of fields that a purpose needs. A use is lawful where it is for each of them.
NEEDS: dict[Purpose, tuple[Group, ...]] = {
    Purpose.CONTRACT: (Group.IDENTITY, Group.CONTACT, Group.LOCATION, Group.PREFERENCE, Group.BEHAVIOUR),
    Purpose.SERVICE: (Group.IDENTITY, Group.CONTACT, Group.BEHAVIOUR),
    Purpose.LEGAL_DUTY: (Group.IDENTITY, Group.FINANCIAL, Group.LOCATION),
    Purpose.MARKETING_EMAIL: (Group.IDENTITY, Group.CONTACT),
    Purpose.MARKETING_SMS: (Group.IDENTITY, Group.CONTACT),
    Purpose.MARKETING_PHONE: (Group.IDENTITY, Group.CONTACT),
    Purpose.PROFILING: (Group.BEHAVIOUR, Group.PREFERENCE),
    Purpose.SURVEY: (Group.IDENTITY, Group.CONTACT),
    Purpose.SHARING: (Group.IDENTITY, Group.CONTACT),
    Purpose.PUBLICATION: (Group.IDENTITY,),
    Purpose.ABROAD: (Group.IDENTITY, Group.CONTACT),
    Purpose.EMPLOYMENT: (Group.IDENTITY, Group.CONTACT, Group.BEHAVIOUR),
}
# What a person can say no to although no consent was asked: an objection counts.
MARKETING = (
    Purpose.MARKETING_EMAIL,
    Purpose.MARKETING_SMS,
    Purpose.MARKETING_PHONE,
    Purpose.PROFILING,
    Purpose.SURVEY,
)
_STRICT = (Basis.NONE, Basis.SEPARATE, Basis.CONSENT, Basis.INTEREST, Basis.CONTRACT, Basis.LEGAL_DUTY)


def law_of(country: str) -> Law:
    """The rule profile of somebody who lives in a country (two letters); China's where it is not known."""
    return Law.GDPR if country.upper() in EEA else Law.PIPL


def strictest_basis(found: Iterable[Basis]) -> Basis:
    """The basis that asks most, of those that the fields of one use rest on; none where one has none."""
    return min(found, key=_STRICT.index, default=Basis.NONE)


# --- consents ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said about one purpose: a yes from a day, its end, and a no from a day. Days; ends exclude the day.

    `text` is the number of the wording; 0 where nothing was worded (an objection). `guardian`: a guardian said it.
    """

    granted_on: date | None = None
    withdrawn_on: date | None = None
    expires_on: date | None = None
    kind: ConsentKind = ConsentKind.GENERAL
    text: int = 0
    guardian: bool = False

    def holds(self, on: date, counts_from: int = 0) -> bool:
        """Whether the yes counts on a day, where wordings before `counts_from` no longer do."""
        return (
            self.granted_on is not None
            and self.granted_on <= on
            and (self.withdrawn_on is None or on < self.withdrawn_on)
            and (self.expires_on is None or on < self.expires_on)
            and self.text >= counts_from
        )

    def refuses(self, on: date) -> bool:
        """Whether the person said no by that day."""
        return self.withdrawn_on is not None and self.withdrawn_on <= on


def strictest(a: Said | None, b: Said | None) -> Said | None:
    """One consent of two that are about one person: never more than either allows (B6).

    The earliest no, the latest yes, the earliest end, the oldest wording, separate only if both are; where nobody was
    asked on one side, the other side counts. Order and repetition do not matter.
    """
    if a is None or b is None:
        return a or b
    return Said(
        granted_on=None if a.granted_on is None or b.granted_on is None else max(a.granted_on, b.granted_on),
        withdrawn_on=_earliest(a.withdrawn_on, b.withdrawn_on),
        expires_on=_earliest(a.expires_on, b.expires_on),
        kind=a.kind if a.kind == b.kind else ConsentKind.GENERAL,
        text=min(a.text, b.text),
        guardian=a.guardian and b.guardian,
    )


@dataclass(frozen=True, slots=True)
class Word:
    """A row of the register of consents: what it says now, and when it was last spoken about."""

    said: Said
    at: datetime

    def as_of(self, day: date, moment: datetime) -> tuple[date, Said] | None:
        """What it said at a moment of a day, and since when; None where it was not there yet. A no of that day counts from
        the moment it was said."""
        said = self.said
        withdrawn = said.withdrawn_on
        if withdrawn is not None and (withdrawn > day or (withdrawn == day and self.at > moment)):
            said, withdrawn = replace(said, withdrawn_on=None), None
        days = [d for d in (said.granted_on, withdrawn) if d is not None and d <= day]
        return (max(days), said) if days else None


def said_at(words: Iterable[Word], day: date, moment: datetime) -> Said | None:
    """What somebody's newest word was at a moment; `words` from the oldest to the newest."""
    then = [found for word in words if (found := word.as_of(day, moment)) is not None]
    return max(reversed(then), key=lambda pair: pair[0])[1] if then else None


def _earliest(a: date | None, b: date | None) -> date | None:
    return min((day for day in (a, b) if day is not None), default=None)


# --- may it be used ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody that matters for the question."""

    law: Law = Law.PIPL
    age: Age = Age.ADULT
    restricted: bool = False
    erased: bool = False
    is_organisation: bool = False  # not a natural person: only a no counts


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody's data may be used for a purpose, on which basis, and why."""

    allowed: bool
    basis: Basis
    why: T


ERASED = T("个人信息已删除", "The personal data was erased")
RESTRICTED = T("已限制处理，只能依法保存", "Processing is restricted: the data is only kept as the law asks")
NO_BASIS = T("登记册中没有这一用途的依据", "The register gives no basis for this purpose")
SAID_NO = T("本人已撤回同意或表示拒绝", "The person withdrew or said no")
NEVER_ASKED = T("没有本人的同意", "The person has not consented")
RAN_OUT = T("同意已到期", "The consent has run out")
OLD_TEXT = T("告知文本已有实质变更，须重新取得同意", "The wording has changed in substance: ask again")
NOT_SEPARATE = T("须取得单独同意", "A separate consent is needed")
NO_GUARDIAN = T("未满十四周岁，须监护人同意", "Under 14: a guardian must consent")
CONSENTED = T("本人已同意", "The person consented")
NEEDED = T("{basis}", "{basis}")
ORGANISATION = T("单位信息，不属于个人信息", "Data of an organisation, not of a person")


def judge(
    person: Person, purpose: Purpose, basis: Basis, said: Said | None, on: date, counts_from: int = 0
) -> Answer:
    """May this person's data be used for the purpose on the day? `basis`: what the register asks of such a use."""
    if person.erased:
        return Answer(False, Basis.NONE, ERASED)
    if person.restricted and purpose != Purpose.LEGAL_DUTY:
        return Answer(False, basis, RESTRICTED)
    if basis == Basis.NONE:
        return Answer(False, basis, NO_BASIS)
    refused = said is not None and said.refuses(on)
    if refused and (basis in (Basis.CONSENT, Basis.SEPARATE, Basis.INTEREST) or purpose in MARKETING):
        return Answer(False, basis, SAID_NO)
    if person.is_organisation:
        return Answer(True, basis, ORGANISATION)
    if basis not in (Basis.CONSENT, Basis.SEPARATE):
        return Answer(True, basis, basis.label)
    if (missing := _missing(person, basis, said, on, counts_from)) is not None:
        return Answer(False, basis, missing)
    return Answer(True, basis, CONSENTED)


def _missing(person: Person, basis: Basis, said: Said | None, on: date, counts_from: int) -> T | None:
    """What a consent lacks to be enough; None where it is."""
    if said is None or said.granted_on is None or on < said.granted_on:
        return NEVER_ASKED
    if said.expires_on is not None and said.expires_on <= on:
        return RAN_OUT
    if said.text < counts_from:
        return OLD_TEXT
    if basis == Basis.SEPARATE and said.kind != ConsentKind.SEPARATE:
        return NOT_SEPARATE
    if needs_guardian(person) and not said.guardian:
        return NO_GUARDIAN
    return None


def needs_guardian(person: Person) -> bool:
    """Whether a child's consent is given by a guardian: under 14 in China (PIPL art. 31), under 16 as our European default."""
    young = (Age.UNDER_14,) if person.law == Law.PIPL else (Age.UNDER_14, Age.UNDER_16)
    return person.age in young


# --- clocks of requests ------------------------------------------------------------------------------------------------


def term_met(answered_at: datetime | None, due_at: datetime, now: datetime) -> bool:
    """Whether a request was answered in time, or still may be."""
    return (answered_at or now) <= due_at


# --- unusual looks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looks:
    """What one person looked at on one day."""

    looks: int = 0
    rows: int = 0
    night: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many on an alarm is raised; None: never."""

    looks: int | None
    rows: int | None
    night: int | None


def alarms(found: Looks, limits: Limits, leaving: bool) -> list[tuple[str, int, int]]:
    """What is unusual: (kind, count, limit). Who leaves soon is told apart: any look at all beyond the limit of nights."""
    raised = [
        (kind, count, limit)
        for kind, count, limit in (
            ("looks", found.looks, limits.looks),
            ("rows", found.rows, limits.rows),
            ("night", found.night, limits.night),
        )
        if limit is not None and count > limit
    ]
    before_leaving = found.looks + (1 if found.rows else 0)
    if leaving and limits.night is not None and before_leaving > limits.night:
        raised.append(("leaving", max(found.looks, found.rows), limits.night))
    return raised


def is_night(at: time, begins: time = time(22), ends: time = time(6)) -> bool:
    """Whether a moment of the day lies in the night."""
    return at >= begins or at < ends


# --- the register of fields --------------------------------------------------------------------------------------------


def uncovered(columns: Collection[str], groups: dict[str, Any], based: Collection[Any]) -> list[str]:
    """Personal columns that no field group names, or whose group no purpose of the table has a basis for."""
    return sorted(name for name in columns if groups.get(name) is None or groups[name] not in based)


def joined(texts: Sequence[T], zh: str = "、", en: str = ", ") -> T:
    """Several texts in one line."""
    return T(zh.join(t.zh for t in texts), en.join(t.en for t in texts))


def with_no(said: Said | None, on: date) -> Said:
    """The same, withdrawn from a day on; an earlier no stays."""
    base = said or Said()
    return replace(base, withdrawn_on=_earliest(base.withdrawn_on, on))
