"""What other rooms ask of privacy: may somebody's data be used for a purpose. Set-based; never a query per person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, DateField, Q, QuerySet, When
from django.db.models.functions import TruncDate

from sellwell.foundation.customers import people
from sellwell.foundation.customers import queries as customers
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
from sellwell.kernel import clock
from sellwell.kernel.values import Objection, Reason, T

__all__ = [
    "Answer", "Consent", "ConsentText", "DataSubject", "Purpose", "Said", "default_source", "law_for", "may_use", "may_use_for", "might_use", "not_allowed",
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


def may_use(company_id: UUID, subjects: Iterable[UUID], purpose: Purpose, on: date) -> dict[UUID, Answer]:
    """Whether the data of each of these people (parties or contacts) may be used for the purpose on a day, with basis and
    reason. Six queries, however many people. Campaigns, surveys and exports ask this before they use anybody."""
    wanted = list(dict.fromkeys(subjects))
    known = people.people(company_id, wanted)
    answers = may_use_for(company_id, known.values(), [purpose], on)[purpose]
    return {subject: answers.get(subject, UNKNOWN) for subject in wanted}


def may_use_for(
    company_id: UUID, known: Collection[Somebody], purposes: Collection[Purpose], on: date
) -> dict[Purpose, dict[UUID, Answer]]:
    """The same of people who were read already, for several purposes at once; no more queries for more of them."""
    judged = _judges(company_id, known, on)
    heard = said_of(company_id, [somebody.subject_id for somebody in known], purposes, on)
    counts_from = _counts_from(company_id, purposes, on)
    return {
        purpose: {
            one.subject_id: judged(
                one, purpose, heard.get((one.subject_id, purpose.value)), counts_from.get(purpose.value, 0)
            )
            for one in known
        }
        for purpose in purposes
    }


def might_use(
    company_id: UUID, used: Sequence[tuple[UUID, datetime]], purpose: Purpose, on: date
) -> list[Answer]:
    """Whether people's data were rightly used at these moments of a day: by what each had said by then, under the wording of
    that day. That somebody was forgotten or restricted since then does not make it wrong. For evidence, which judges the past."""
    wanted = list(dict.fromkeys(subject for subject, _ in used))
    known = people.people(company_id, wanted)
    words: dict[UUID, list[Word]] = {}
    rows = Consent.objects.filter(company_id=company_id, subject_id__in=wanted, purpose=purpose.value)
    for row in (
        rows.exclude(state=ConsentState.REQUESTED.value).select_related("text").order_by("said_at", "id")
    ):
        words.setdefault(row.subject_id, []).append(Word(said_by(row), row.said_at))
    counts_from = _counts_from(company_id, [purpose], on).get(purpose.value, 0)
    judged = _judges(company_id, known.values(), on, past=True)
    return [
        judged(known[subject], purpose, said_at(words.get(subject, ()), on, at), counts_from)
        if subject in known
        else UNKNOWN
        for subject, at in used
    ]


def _judges(
    company_id: UUID, known: Collection[Somebody], on: date, *, past: bool = False
) -> Callable[[Somebody, Purpose, Said | None, int], Answer]:
    """How the word of one of these people about a purpose is judged on a day, given from which wording on words count."""
    described = _described(company_id, known)
    bases: dict[tuple[Purpose, frozenset[tuple[Law, Source]], bool], Basis] = {}

    def judged(somebody: Somebody, purpose: Purpose, told: Said | None, counts_from: int) -> Answer:
        rows = described.get(somebody.subject_id, [])
        noted = [(Law(row.law), Source(row.source)) for row in rows]
        of = frozenset(noted or [(Law.PIPL, default_source(somebody))])
        key = (purpose, of, somebody.contact_id is not None)
        if key not in bases:
            bases[key] = rules.strictest_basis(
                policies.basis_for(company_id, on, law, purpose, source, contact=key[2]) for law, source in of
            )
        person = _person(somebody, rows)
        if past:
            person = replace(person, erased=False, restricted=False)
        return rules.judge(person, purpose, bases[key], told, on, counts_from)

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


def said(company_id: UUID, subjects: Collection[UUID], purpose: Purpose, on: date) -> dict[UUID, Said]:
    """The newest word of each person about a purpose by a day, as the rules read it; one query."""
    return {subject: said_by(row) for subject, row in newest_words(company_id, subjects, purpose, on).items()}


def said_of(
    company_id: UUID, subjects: Collection[UUID], purposes: Collection[Purpose], on: date
) -> dict[tuple[UUID, str], Said]:
    """The newest word of each person about each of these purposes by a day; one query."""
    rows = _newest(company_id, subjects, purposes, on)
    return {(row.subject_id, row.purpose): said_by(row) for row in rows}


def newest_words(
    company_id: UUID, subjects: Collection[UUID], purpose: Purpose, on: date
) -> dict[UUID, Consent]:
    """The row that says the newest word of each person about a purpose by a day, with its day as `word`; one query."""
    return {row.subject_id: row for row in _newest(company_id, subjects, [purpose], on)}


def _newest(
    company_id: UUID, subjects: Collection[UUID], purposes: Collection[Purpose], on: date
) -> QuerySet[Consent]:
    """For each person and purpose the row of the newest word by a day.

    A word is of the day on which it was said, not of the day on which somebody wrote it down: a consent on paper that is
    entered late takes back no withdrawal. What a merge wrote is of the day of the merge.
    """
    entered = TruncDate("said_at", tzinfo=clock.BUSINESS_ZONE)
    word = Case(
        When(merged_from__isnull=False, then=entered),
        When(withdrawn_on__lte=on, then="withdrawn_on"),
        default="granted_on",
        output_field=DateField(null=True),
    )
    silenced = Q(state=ConsentState.RENEWED.value, merged_from__isnull=False)
    wanted = [purpose.value for purpose in purposes]
    return (
        Consent.objects.filter(company_id=company_id, subject_id__in=subjects, purpose__in=wanted)
        .exclude(Q(state=ConsentState.REQUESTED.value) | silenced)
        .annotate(word=word)
        .filter(word__lte=on)
        .select_related("text")
        .order_by("subject_id", "purpose", "-word", "-said_at", "-id")
        .distinct("subject_id", "purpose")
    )


def said_by(row: Consent) -> Said:
    """A consent as the rules read it."""
    return Said(
        row.granted_on, row.withdrawn_on, row.expires_on, ConsentKind(row.kind), row.text.number if row.text else 0,
        row.guardian,
    )  # fmt: skip


def _described(company_id: UUID, known: Iterable[Somebody]) -> dict[UUID, list[DataSubject]]:
    """What is noted of each person, and of those that became one with it; two queries."""
    somebodies = list(known)
    parties = [one.party_id for one in somebodies if one.contact_id is None]
    leading = customers.joined_parties(company_id, parties) if parties else {}
    wanted = [*(one.subject_id for one in somebodies), *leading]
    found: dict[UUID, list[DataSubject]] = {}
    for row in DataSubject.objects.filter(company_id=company_id, subject_id__in=wanted):
        found.setdefault(leading.get(row.subject_id, row.subject_id), []).append(row)
    return found


def _person(somebody: Somebody, rows: list[DataSubject]) -> Person:
    """What several rows say of one person: the stricter law, the younger age, a restriction of any of them."""
    return Person(
        law=Law.GDPR if any(row.law == Law.GDPR.value for row in rows) else Law.PIPL,
        age=max((Age(row.age) for row in rows), key=list(Age).index, default=Age.ADULT),
        restricted=any(row.state == Standing.RESTRICTED.value for row in rows),
        erased=somebody.is_erased,
        is_organisation=somebody.is_organisation,
    )


def default_source(somebody: Somebody) -> Source:
    """Where the data of somebody came from of whom nothing more is noted."""
    return Source.IMPORT if somebody.is_imported else Source.REGISTRATION


def law_for(company_id: UUID, subject: UUID) -> Law:
    """Which rule profile protects somebody; China's where nothing is noted."""
    row = DataSubject.objects.filter(company_id=company_id, subject_id=subject).first()
    return Law(row.law) if row is not None else Law.PIPL


def _counts_from(company_id: UUID, purposes: Collection[Purpose], on: date) -> dict[str, int]:
    """From which wording on consents count on a day, by purpose: by the one that was in force then."""
    wanted = [purpose.value for purpose in purposes]
    used = ConsentText.objects.filter(company_id=company_id, purpose__in=wanted, since__lte=on)
    newest = used.exclude(state=TextState.DRAFT.value).order_by("purpose", "-number").distinct("purpose")
    return dict(newest.values_list("purpose", "counts_from"))


def text_in_force(company_id: UUID, purpose: Purpose) -> ConsentText | None:
    """The wording that people are shown today for a purpose."""
    return ConsentText.objects.filter(
        company_id=company_id, purpose=purpose.value, state=TextState.IN_FORCE.value
    ).first()
