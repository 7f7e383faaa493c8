"""What other rooms ask of privacy: may somebody's data be used for a purpose. Set-based; never a query per person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sellwell.foundation.customers import people
from sellwell.foundation.customers.people import Somebody
from sellwell.foundation.privacy import policies, rules
from sellwell.foundation.privacy.models import Consent, ConsentText, DataSubject
from sellwell.foundation.privacy.rules import Answer, Person, Said, Word, said_at
from sellwell.foundation.privacy.rules.words import (
    Age,
    Basis,
    ConsentKind,
    ConsentState,
    Law,
    Purpose,
    Source,
    Standing,
    TextState,
)
from sellwell.kernel.values import Objection, Reason, T

__all__ = [
    "Answer", "Consent", "ConsentText", "DataSubject", "Purpose", "Said", "default_source", "law_for", "may_use", "might_use", "not_allowed",
    "said", "text_in_force",
]  # fmt: skip

UNKNOWN = Answer(False, Basis.NONE, T("没有这个人的记录", "Nobody of this record is known"))
NOT_ALLOWED = Reason(
    "privacy.not_allowed",
    T(
        "不能用于“{purpose}”：{why}。请先取得依据，或把此人排除。",
        "Not to be used for “{purpose}”: {why}. Get a basis first, or leave the person out.",
    ),
)
# What never says yes or no by itself: a question that was put, and a yes that a newer one replaced.
_SILENT = [ConsentState.REQUESTED.value, ConsentState.RENEWED.value]


def may_use(company_id: UUID, subjects: Iterable[UUID], purpose: Purpose, on: date) -> dict[UUID, Answer]:
    """Whether the data of each of these people (parties or contacts) may be used for the purpose on a day, with basis and
    reason. Five queries, however many people. Campaigns, surveys and exports ask this before they use anybody."""
    wanted = list(dict.fromkeys(subjects))
    heard = said(company_id, wanted, purpose)
    judged = _judges(company_id, wanted, purpose, on, _counts_from(company_id, purpose))
    return {subject: judged(subject, heard.get(subject)) for subject in wanted}


def might_use(
    company_id: UUID, used: Sequence[tuple[UUID, datetime]], purpose: Purpose, on: date
) -> list[Answer]:
    """Whether people's data were rightly used at these moments of a day: by what each had said by then, under the wording of
    that day. Six queries. For evidence, which judges the past."""
    wanted = list(dict.fromkeys(subject for subject, _ in used))
    words: dict[UUID, list[Word]] = {}
    rows = Consent.objects.filter(company_id=company_id, subject_id__in=wanted, purpose=purpose.value)
    for row in (
        rows.exclude(state=ConsentState.REQUESTED.value).select_related("text").order_by("said_at", "id")
    ):
        words.setdefault(row.subject_id, []).append(Word(said_by(row), row.said_at))
    shown = ConsentText.objects.filter(company_id=company_id, purpose=purpose.value, since__lte=on)
    text = shown.exclude(state=TextState.DRAFT.value).order_by("-number").first()
    counts_from = text.counts_from if text is not None else 0
    judged = _judges(company_id, wanted, purpose, on, counts_from, past=True)
    return [judged(subject, said_at(words.get(subject, ()), on, at)) for subject, at in used]


def _judges(
    company_id: UUID, wanted: list[UUID], purpose: Purpose, on: date, counts_from: int, *, past: bool = False
) -> Callable[[UUID, Said | None], Answer]:
    """How a word of each of these people is judged on a day. `past`: that somebody was forgotten or restricted since then
    does not make a use of that day wrong."""
    known = people.people(company_id, wanted)
    described = _described(company_id, wanted)
    bases: dict[tuple[Law, Source, bool], Basis] = {}

    def judged(subject: UUID, word: Said | None) -> Answer:
        somebody = known.get(subject)
        if somebody is None:
            return UNKNOWN
        row = described.get(subject)
        person = _person(somebody, row)
        if past:
            person = replace(person, erased=False, restricted=False)
        source = Source(row.source) if row is not None else default_source(somebody)
        key = (person.law, source, somebody.contact_id is not None)
        if key not in bases:
            bases[key] = policies.basis_for(company_id, on, person.law, purpose, source, contact=key[2])
        return rules.judge(person, purpose, bases[key], word, on, counts_from)

    return judged


def not_allowed(
    company_id: UUID, subjects: Iterable[UUID], purpose: Purpose, on: date, path: str = ""
) -> dict[UUID, Objection]:
    """The same as objections: a refusal for each person whose data may not be used. For guards and assessments."""
    return {
        subject: NOT_ALLOWED.refuse(path, purpose=purpose.label, why=answer.why)
        for subject, answer in may_use(company_id, subjects, purpose, on).items()
        if not answer.allowed
    }


def said(company_id: UUID, subjects: Collection[UUID], purpose: Purpose) -> dict[UUID, Said]:
    """The newest word of each person about a purpose; one query."""
    rows = (
        Consent.objects.filter(company_id=company_id, subject_id__in=subjects, purpose=purpose.value)
        .exclude(state__in=_SILENT)
        .select_related("text")
        .order_by("subject_id", "-said_at", "-id")
        .distinct("subject_id")
    )
    return {row.subject_id: said_by(row) for row in rows}


def said_by(row: Consent) -> Said:
    """A consent as the rules read it."""
    return Said(
        row.granted_on, row.withdrawn_on, row.expires_on, ConsentKind(row.kind), row.text.number if row.text else 0,
        row.guardian,
    )  # fmt: skip


def _described(company_id: UUID, subjects: Collection[UUID]) -> dict[UUID, DataSubject]:
    rows = DataSubject.objects.filter(company_id=company_id, subject_id__in=subjects)
    return {row.subject_id: row for row in rows}


def _person(somebody: Somebody, row: DataSubject | None) -> Person:
    if row is None:
        return Person(erased=somebody.is_erased, is_organisation=somebody.is_organisation)
    return Person(
        Law(row.law),
        Age(row.age),
        row.state == Standing.RESTRICTED.value,
        somebody.is_erased,
        somebody.is_organisation,
    )


def default_source(somebody: Somebody) -> Source:
    """Where the data of somebody came from of whom nothing more is noted."""
    return Source.IMPORT if somebody.is_imported else Source.REGISTRATION


def law_for(company_id: UUID, subject: UUID) -> Law:
    """Which rule profile protects somebody; China's where nothing is noted."""
    row = DataSubject.objects.filter(company_id=company_id, subject_id=subject).first()
    return Law(row.law) if row is not None else Law.PIPL


def _counts_from(company_id: UUID, purpose: Purpose) -> int:
    text = text_in_force(company_id, purpose)
    return text.counts_from if text is not None else 0


def text_in_force(company_id: UUID, purpose: Purpose) -> ConsentText | None:
    """The wording that people are shown today for a purpose."""
    return ConsentText.objects.filter(
        company_id=company_id, purpose=purpose.value, state=TextState.IN_FORCE.value
    ).first()
