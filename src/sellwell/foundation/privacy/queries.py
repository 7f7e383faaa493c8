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
    "Answer", "Consent", "ConsentText", "DataSubject", "Purpose", "Said", "default_source", "law_for", "may_use", "not_allowed",
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
    described = _described(company_id, wanted)
    heard = said(company_id, wanted, purpose)
    counts_from = _counts_from(company_id, purpose)
    bases: dict[tuple[Law, Source, bool], Basis] = {}
    found = {}
    for subject in wanted:
        somebody = known.get(subject)
        if somebody is None:
            found[subject] = UNKNOWN
            continue
        row = described.get(subject)
        person = _person(somebody, row)
        source = Source(row.source) if row is not None else default_source(somebody)
        key = (person.law, source, somebody.contact_id is not None)
        if key not in bases:
            bases[key] = policies.basis_for(company_id, on, person.law, purpose, source, contact=key[2])
        found[subject] = rules.judge(person, purpose, bases[key], heard.get(subject), on, counts_from)
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
