"""Who the people behind customers are, for rooms that ask about persons rather than about business."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sellwell.foundation.customers.models import Address, Contact, Customer, PartyKind, TaxTitle


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person, or an organisation, as a customer knows it. `contact_id`: who speaks for it."""

    subject_id: UUID
    customer_id: UUID
    party_id: UUID
    owner_id: UUID
    contact_id: UUID | None
    is_organisation: bool
    is_imported: bool
    is_erased: bool


_OF_CUSTOMER = ("pk", "party_id", "owner_id", "origin", "party__kind", "party__erased_at")
_OF_CONTACT = ("pk", "name", "customer_id", "customer__party_id", "customer__owner_id", "customer__origin",
               "customer__party__erased_at")  # fmt: skip


def people(company_id: UUID, subjects: Collection[UUID]) -> dict[UUID, Somebody]:
    """Parties and contacts of a company by their identifiers; two queries. Who is unknown to it is left out."""
    customers = Customer.objects.filter(company_id=company_id, party_id__in=subjects)
    contacts = Contact.objects.filter(company_id=company_id, pk__in=subjects)
    return {one.subject_id: one for one in (*_parties(customers), *_contacts(contacts))}


def people_of(customer_id: UUID) -> list[Somebody]:
    """A customer itself and everybody who speaks for it."""
    own = Customer.objects.filter(pk=customer_id)
    return [
        *_parties(own),
        *_contacts(Contact.objects.filter(customer_id=customer_id).order_by("-is_primary", "-id")),
    ]


def rows_of(customer_id: UUID) -> list[UUID]:
    """The rows in which a customer's own data stand: itself, its contacts, addresses and tax titles."""
    found = [customer_id]
    for model in (Contact, Address, TaxTitle):
        found += model.objects.filter(customer_id=customer_id).values_list("pk", flat=True)
    return found


def everybody(company_id: UUID) -> Iterable[Somebody]:
    """All natural persons that a company knows through its customers: persons and contacts, erased ones left out."""
    persons = Customer.objects.filter(
        company_id=company_id, party__kind=PartyKind.PERSON.value, party__erased_at__isnull=True
    )
    contacts = Contact.objects.filter(company_id=company_id, customer__party__erased_at__isnull=True).exclude(
        name=""
    )
    return [*_parties(persons), *_contacts(contacts)]


def _parties(rows: Any) -> list[Somebody]:
    return [
        Somebody(party, pk, party, owner, None, kind == PartyKind.ORGANISATION.value, origin == "import", erased is not None)
        for pk, party, owner, origin, kind, erased in rows.values_list(*_OF_CUSTOMER)
    ]  # fmt: skip


def _contacts(rows: Any) -> list[Somebody]:
    return [
        Somebody(
            pk, customer, party, owner, pk, False, origin == "import", party_gone is not None or not name
        )
        for pk, name, customer, party, owner, origin, party_gone in rows.values_list(*_OF_CONTACT)
    ]
