"""What other rooms ask of privacy: may somebody's data be used for a purpose. Set-based; never a query per person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sellwell.foundation.customers import people
from sellwell.foundation.customers.people import Somebody
from sellwell.foundation.privacy import policies, rules
from sellwell.foundation.privacy.models import Consent, ConsentText, DataSubject
from sellwell.foundation.privacy.rules import Answer, Person, Said
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
    "Answer", "Consent", "ConsentText", "DataSubject", "Purpose", "Said", "default_source", "law_for", "may_use", "may_use_for", "not_allowed",
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
    known = people.people(company_id, wanted)
    answers = may_use_for(company_id, known.values(), [purpose], on)[purpose]
    return {subject: answers.get(subject, UNKNOWN) for subject in wanted}


def may_use_for(
    company_id: UUID, known: Collection[Somebody], purposes: Collection[Purpose], on: date
) -> dict[Purpose, dict[UUID, Answer]]:
    """The same of people who were read already, for several purposes at once; three queries."""
    subjects = [somebody.subject_id for somebody in known]
    described = _described(company_id, subjects)
    heard = said_of(company_id, subjects, purposes)
    counts_from = _counts_from(company_id, purposes)
    bases: dict[tuple[Purpose, Law, Source, bool], Basis] = {}
    found: dict[Purpose, dict[UUID, Answer]] = {purpose: {} for purpose in purposes}
    for purpose in purposes:
        for somebody in known:
            subject = somebody.subject_id
            row = described.get(subject)
            person = _person(somebody, row)
            source = Source(row.source) if row is not None else default_source(somebody)
            key = (purpose, person.law, source, somebody.contact_id is not None)
            if key not in bases:
                bases[key] = policies.basis_for(company_id, on, person.law, purpose, source, contact=key[3])
            told = heard.get((subject, purpose.value))
            found[purpose][subject] = rules.judge(
                person, purpose, bases[key], told, on, counts_from.get(purpose.value, 0)
            )
    return found


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
    return {subject: told for (subject, _), told in said_of(company_id, subjects, [purpose]).items()}


def said_of(
    company_id: UUID, subjects: Collection[UUID], purposes: Collection[Purpose]
) -> dict[tuple[UUID, str], Said]:
    """The newest word of each person about each of these purposes; one query."""
    rows = (
        Consent.objects.filter(
            company_id=company_id, subject_id__in=subjects, purpose__in=[p.value for p in purposes]
        )
        .exclude(state__in=_SILENT)
        .select_related("text")
        .order_by("subject_id", "purpose", "-said_at", "-id")
        .distinct("subject_id", "purpose")
    )
    return {(row.subject_id, row.purpose): said_by(row) for row in rows}


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


def _counts_from(company_id: UUID, purposes: Collection[Purpose]) -> dict[str, int]:
    rows = ConsentText.objects.filter(
        company_id=company_id, purpose__in=[p.value for p in purposes], state=TextState.IN_FORCE.value
    )
    return dict(rows.values_list("purpose", "counts_from"))


def text_in_force(company_id: UUID, purpose: Purpose) -> ConsentText | None:
    """The wording that people are shown today for a purpose."""
    return ConsentText.objects.filter(
        company_id=company_id, purpose=purpose.value, state=TextState.IN_FORCE.value
    ).first()
