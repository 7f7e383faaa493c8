"""Reads of profiles: what they allow on a day, what depends on a kind, what each brings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from sellwell.foundation.profiles import rules
from sellwell.foundation.profiles.extensions import Subject, all_subjects
from sellwell.foundation.profiles.models import Profile, ProfileItem
from sellwell.foundation.profiles.rules import Kind, Span
from sellwell.kernel.values import T, listed

# A kind is allowed while a profile that is on brings it: the days that both have.
_SPANS = """
SELECT i.topic, i.code, greatest(i.since, s.since), least(i.until, s.until), i.profile_id
FROM profiles_profileitem i JOIN profiles_profilespan s ON s.profile_id = i.profile_id
WHERE i.company_id = %s AND (i.until IS NULL OR i.until > s.since) AND (s.until IS NULL OR s.until > i.since)
"""


def spans(company_id: UUID, but: UUID | None = None) -> dict[Kind, list[Span]]:
    """The days on which a company's profiles allow each kind; `but` leaves one profile out."""
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, [company_id])
        rows = cursor.fetchall()
    found: dict[Kind, list[Span]] = {}
    for subject, code, since, until, profile_id in rows:
        if profile_id != but and (until is None or until > since):
            found.setdefault((subject, code), []).append(Span(since, until))
    return found


def allowed(company_id: UUID, subject: str, day: date) -> set[str]:
    """The codes of a subject that a company may use on a day."""
    return {
        code
        for (name, code), known in spans(company_id).items()
        if name == subject and any(span.covers(day) for span in known)
    }


def offered(company_id: UUID, subject: str, day: date) -> list[tuple[str, T]]:
    """The kinds of a subject that a company may use on a day, as a form offers them."""
    codes = allowed(company_id, subject, day)
    known = all_subjects()[subject]
    if known.codes is None:
        return [(code, T(code, code)) for code in sorted(codes)]
    return [(code, label) for code, label in known.codes() if code in codes]


def lasting(company_id: UUID, day: date, but: UUID) -> set[Kind]:
    """The kinds that the other profiles allow on a day and from then on without end."""
    return {kind for kind, known in spans(company_id, but).items() if rules.lasts(known, day)}


def brings(profile: Profile, day: date) -> set[Kind]:
    """What a profile brings on a day."""
    rows = profile.items.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)
    return set(rows.values_list("topic", "code"))


def offering(company_id: UUID, kinds: Collection[Kind]) -> dict[Kind, list[T]]:
    """The profiles, on or off, that bring each of the kinds, for people who look for one to switch on."""
    if not kinds:
        return {}
    rows = (
        ProfileItem.objects.filter(
            company_id=company_id, topic__in={s for s, _ in kinds}, code__in={c for _, c in kinds}, until__isnull=True
        )
        .select_related("profile")
        .order_by("profile__code")
    )  # fmt: skip
    found: dict[Kind, list[T]] = {}
    for row in rows:
        found.setdefault((row.topic, row.code), []).append(row.profile.title)
    return found


def names_of(known: Subject) -> dict[str, T]:
    """What the codes of a subject are called; those that people write are their own name and stand in no list."""
    return dict(known.codes()) if known.codes is not None else {}


def label(names: Mapping[str, T], code: str) -> T:
    """What a code is called."""
    return names.get(code, T(code, code))


@dataclass(frozen=True, slots=True)
class Depending:
    """Records that have a kind and are still open: how many, and the first ones by name."""

    count: int
    names: tuple[T, ...]


NAMED = T("{noun} {name}（{kind}）", "{noun} {name} ({kind})")
MOST_NAMED = 5


def depending(company_id: UUID, kinds: Collection[Kind]) -> Depending:
    """The open records that have one of the kinds; one that has several of them counts once."""
    by_model: dict[Any, list[tuple[Subject, list[str]]]] = {}
    for name, known in all_subjects().items():
        codes = [code for subject, code in kinds if subject == name]
        if codes:
            by_model.setdefault(known.records(company_id).model, []).append((known, codes))
    count = 0
    names: list[T] = []
    for model, asked in by_model.items():
        first = asked[0][0]
        wanted = Q()
        for known, codes in asked:
            wanted |= known.open & Q(**{f"{known.code}__in": codes})
        rows = first.records(company_id).filter(wanted)
        count += rows.count()
        paths = [known.code for known, _ in asked]
        called = [names_of(known) for known, _ in asked]
        for name, *found in rows.order_by(first.name).values_list(first.name, *paths)[
            : MOST_NAMED - len(names)
        ]:
            said = [
                label(called[place], code)
                for place, ((_, codes), code) in enumerate(zip(asked, found, strict=True))
                if code in codes
            ]
            names.append(NAMED.format(noun=model.noun, name=name, kind=listed(said)))
    return Depending(count, tuple(names))


def use_counts(company_id: UUID) -> dict[Kind, int]:
    """How many open records have each kind: one query per subject."""
    found: dict[Kind, int] = {}
    for name, known in all_subjects().items():
        rows = known.records(company_id).filter(known.open).order_by()
        for code, number in rows.values_list(known.code).annotate(number=Count("pk")):
            found[name, code] = number
    return found
