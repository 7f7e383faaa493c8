"""Whom a survey reaches at a customer, and why it may not: asked of many customers at once, in as many queries as of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from sellwell.control.voice import policies
from sellwell.control.voice.models import Invitation, InvitationState, Way
from sellwell.control.voice.rules.sampling import Left
from sellwell.foundation.customers import queries as customers
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy import queries as privacy
from sellwell.foundation.privacy.queries import Purpose
from sellwell.kernel.operations import Context

# States in which an invitation counts against the caps: it reached them, or is about to.
COUNTED = [
    InvitationState.PLANNED, InvitationState.SENT, InvitationState.STARTED, InvitationState.ANSWERED, InvitationState.EXPIRED,
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Respondent:
    """Whom a customer's survey goes to: the contact that is named or the first one, else the customer itself."""

    customer: Customer
    contact_id: UUID | None
    has_mail: bool
    has_phone: bool

    @property
    def subject(self) -> UUID:
        """Whose consent counts: the contact's, else the party's."""
        return self.contact_id or self.customer.party_id

    def is_reached(self, way: str) -> bool:
        """Whether the link can get there; one that is handed over always can."""
        return way in ("", Way.LINK) or (self.has_mail if way == Way.MAIL else self.has_phone)


def respondents(
    customer_ids: Iterable[UUID], contact_id: UUID | None = None, way: str = ""
) -> dict[UUID, Respondent]:
    """Whom each customer's survey goes to: the named contact; else the primary one where `way` reaches it, else the customer
    itself. Two queries."""
    ids = list(customer_ids)
    found = customers.customers(ids)
    contacts = customers.contacts_to_ask(ids, contact_id)
    made = {}
    for customer_id, customer in found.items():
        contact, party = contacts.get(customer_id), customer.party
        itself = Respondent(customer, None, party.email is not None, party.phone is not None)
        made[customer_id] = itself
        if contact is not None:
            one = Respondent(customer, contact.pk, contact.email is not None, contact.phone is not None)
            if contact_id is not None or one.is_reached(way) or not itself.is_reached(way):
                made[customer_id] = one
    return made


def respondent_of(row: Invitation) -> Respondent:
    """Whom an invitation was made out to: as it was chosen, not chosen again."""
    if row.contact_id is not None:
        return respondents([row.customer_id], row.contact_id)[row.customer_id]
    customer = customers.customer(row.customer_id)
    return Respondent(customer, None, customer.party.email is not None, customer.party.phone is not None)


def reasons(
    people: Mapping[UUID, Respondent], way: str, ctx: Context, *, but: UUID | None = None
) -> dict[UUID, Left]:
    """Why each customer's respondent may not be asked now; those who may are left out. `but`: an invitation that is not
    counted, since it is the one at hand."""
    asked = _asked_of_late(people, ctx, but)
    barred = without_basis(people, Purpose.SURVEY, ctx)
    grades = {one.customer.grade for one in people.values()}
    caps = {grade: policies.caps(grade, ctx) for grade in grades}
    found = {}
    for customer_id, one in people.items():
        reason = _reason(
            one, way, barred.get(customer_id), asked.get(customer_id, []), caps[one.customer.grade], ctx.now
        )
        if reason is not None:
            found[customer_id] = reason
    return found


def without_basis(people: Mapping[UUID, Respondent], purpose: Purpose, ctx: Context) -> dict[UUID, Left]:
    """Which customers' respondents privacy's register keeps out of a purpose today: because they said no, or because
    nobody asked them. What a customer itself refused counts for everybody who speaks for it. Six queries."""
    subjects = [one.subject for one in people.values()]
    parties = [one.customer.party_id for one in people.values()]
    said = privacy.said(ctx.company_id, {*subjects, *parties}, purpose, ctx.today)
    refused = {subject for subject, word in said.items() if word.refuses(ctx.today)}
    answers = privacy.may_use(ctx.company_id, subjects, purpose, ctx.today)
    found = {}
    for customer_id, one in people.items():
        if one.subject in refused or one.customer.party_id in refused:
            found[customer_id] = Left.OPTED_OUT
        elif not answers[one.subject].allowed:
            found[customer_id] = Left.NO_CONSENT
    return found


Asked = tuple[UUID | None, datetime]  # of which contact, when


def _reason(
    one: Respondent, way: str, barred: Left | None, asked: Sequence[Asked], caps: policies.Caps, now: datetime
) -> Left | None:
    if one.customer.party.erased_at is not None:
        return Left.ERASED
    if one.customer.state != "active":
        return Left.BLOCKED
    if barred is not None:
        return barred
    person = now - timedelta(days=caps.person_days)
    if any(contact == one.contact_id and at > person for contact, at in asked):
        return Left.PERSON_CAP
    window = now - timedelta(days=caps.customer_days)
    if sum(at > window for _, at in asked) >= caps.customer_most:
        return Left.CUSTOMER_CAP
    return None if one.is_reached(way) else Left.NO_ADDRESS


LONGEST = timedelta(days=730)  # no cap looks further back


def _asked_of_late(people: Iterable[UUID], ctx: Context, but: UUID | None) -> dict[UUID, list[Asked]]:
    rows = Invitation.objects.filter(customer_id__in=list(people), state__in=[s.value for s in COUNTED])
    rows = rows.annotate(at=Coalesce("sent_at", "send_at")).filter(at__gt=ctx.now - LONGEST)
    rows = rows if but is None else rows.exclude(pk=but)
    found: dict[UUID, list[Asked]] = {}
    for customer_id, contact_id, at in rows.values_list("customer_id", "contact_id", "at"):
        found.setdefault(customer_id, []).append((contact_id, at))
    return found


def population(company_id: UUID, grades: Sequence[str], regions: Sequence[str]) -> list[UUID]:
    """Every customer that a round may draw from."""
    return customers.active_ids(company_id, grades, regions)


def is_meant(customer_id: UUID, grades: Sequence[str], regions: Sequence[str]) -> bool:
    """Whether a programme for these grades and regions (all, where none is named) is about a customer."""
    one = customers.customer(customer_id)
    return (not grades or one.grade in grades) and (not regions or one.region in regions)


def same_person(row: Invitation) -> Q:
    """Invitations of the same person, this one included."""
    return Q(customer_id=row.customer_id, contact_id=row.contact_id)


def late_after_event(row: Invitation, now: datetime) -> bool:
    """Whether more than 48 hours have passed since the event that it is about."""
    return row.happened_at is not None and now > row.happened_at + timedelta(hours=48)
