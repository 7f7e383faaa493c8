"""What other rooms may ask about customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers import rules
from sellwell.foundation.customers.identity import Keys
from sellwell.foundation.customers.lineage import (
    HEIRS,
    above,
    as_they_are_now,
    equal_keys,
    in_one_line,
    is_shared,
    joined_parties,
    joined_to,
    lineage,
    lineages,
    merge_that_took,
    merged_away,
    on_team,
    pair_of,
    shares_of_two,
    survivors,
    top_of,
    with_on_team,
)
from sellwell.foundation.customers.models import (
    LIVE,
    Address,
    Contact,
    Customer,
    CustomerState,
    Grade,
    Party,
    PartyKind,
    SalesChannel,
)
from sellwell.kernel import personal, pinyin, search
from sellwell.kernel.models import LedgerEntry

# What other rooms may name of this room's tables, for types and input.
__all__ = [
    "HEIRS", "LIVE", "Customer", "Grade", "Match", "PartyKind", "SalesChannel", "above", "active_ids", "as_they_are_now",
    "by_phone", "contact_holders", "contacts_to_ask", "customer", "customers", "delivery_address", "equal_keys", "holders",
    "in_one_line", "is_shared", "joined_parties", "joined_to", "known_party", "lineage", "lineages", "merge_that_took",
    "merged_away", "on_team", "pair_of", "phone_of_address", "primary_contact", "revealed_to", "shares_of_two", "similar",
    "survivors", "top_of", "with_on_team",
]  # fmt: skip

CANDIDATES = 200  # names compared with a new one
REVEALED_FOR = timedelta(minutes=15)  # how long a revealed number stays readable for the person who asked


@dataclass(frozen=True, slots=True)
class Match:
    """A customer that holds an identity key, itself or through a contact."""

    key: str  # uscc | phone | email
    customer: Customer
    through_contact: bool = False


def customer(customer_id: UUID) -> Customer:
    """A customer with its party."""
    return Customer.objects.select_related("party", "owner").get(pk=customer_id)


def customers(ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Customers with their parties, by identifier; one query."""
    return {c.pk: c for c in Customer.objects.select_related("party", "owner").filter(pk__in=set(ids))}


def holders(company_id: UUID, keys: Keys, but_party: UUID | None = None) -> list[Match]:
    """The company's customers that hold one of the keys already, strongest key first."""
    known = Customer.objects.filter(company_id=company_id).select_related("party", "owner")
    wanted = []
    if keys.uscc:
        wanted.append(("uscc", Q(party__uscc=keys.uscc)))
    if keys.phone:
        wanted.append(("phone", Q(party__phone_blind=personal.blind(keys.phone, "phone"))))
    if keys.email:
        wanted.append(("email", Q(party__email_blind=personal.blind(keys.email, "email"))))
    found: list[Match] = []
    for key, condition in wanted:
        holding = [c for c in as_they_are_now(known.filter(condition)[:5]) if c.party_id != but_party]
        found += [Match(key, c) for c in holding[:1]]
    return found


def contact_holders(company_id: UUID, keys: Keys, but_party: UUID | None = None) -> list[Match]:
    """Customers one of whose contacts has the phone or e-mail: a hint, no proof (a switchboard serves many)."""
    wanted = {}
    if keys.phone:
        wanted["phone"] = Q(phone_blind=personal.blind(keys.phone, "phone"))
    if keys.email:
        wanted["email"] = Q(email_blind=personal.blind(keys.email, "email"))
    rows = Contact.objects.filter(company_id=company_id).exclude(customer__merged_into__isnull=False)
    if but_party is not None:
        rows = rows.exclude(customer__party_id=but_party)
    return [
        Match(key, contact.customer, through_contact=True)
        for key, condition in wanted.items()
        for contact in rows.filter(condition).select_related("customer__party", "customer__owner")[:1]
    ]


def similar(company_id: UUID, name: str, but: UUID | None = None) -> list[Customer]:
    """Customers with a name like this one, most alike first: found by the search tokens, ranked by shared characters."""
    core = rules.core_of(name)
    tokens = pinyin.query_tokens(core[:4])
    if len(core) < 2 or not tokens:
        return []
    near = {row_id for row_id, _ in search.matching(tokens, "customers.customer", CANDIDATES)} - {but}
    rows = {str(c.pk): c for c in customers(near).values() if c.company_id == company_id}
    alike = rules.most_alike(name, [(key, c.party.name) for key, c in rows.items()])
    return [c for c in as_they_are_now(rows[key] for key in alike) if c.pk != but]


def by_phone(company_id: UUID, text: str) -> Q | None:
    """Which customers have this phone number, or a number that ends in these four digits; None if it is no such text."""
    digits = "".join(ch for ch in text if ch.isdigit())
    if len(digits) == 4:
        fingerprint, column = personal.blind_last4(digits, "phone"), "phone_last4_blind"
    elif len(digits) >= 7:
        fingerprint, column = personal.blind(text, "phone"), "phone_blind"
    else:
        return None
    of_contacts = Contact.objects.filter(company_id=company_id, **{column: fingerprint}).values("customer_id")
    return Q(company_id=company_id) & (Q(**{f"party__{column}": fingerprint}) | Q(pk__in=of_contacts))


def known_party(uscc: str) -> Party | None:
    """The party of the group with this social credit code, perhaps another company's customer."""
    return Party.objects.filter(uscc=uscc).first() if uscc else None


_DELIVERY = """
SELECT * FROM customers_address WHERE customer_id = %s AND kind = 'delivery' ORDER BY is_default DESC, id DESC LIMIT 1
"""


def delivery_address(customer_id: UUID) -> Address | None:
    """Where goods go if nothing else is said."""
    return next(iter(Address.objects.raw(_DELIVERY, [customer_id])), None)


def primary_contact(customer_id: UUID) -> Contact | None:
    """Whom to talk to if nobody else is named."""
    return Contact.objects.filter(customer_id=customer_id).order_by("-is_primary", "-id").first()


def contacts_to_ask(customer_ids: Iterable[UUID], contact_id: UUID | None = None) -> dict[UUID, Contact]:
    """The contact that each customer's questions go to: the named one, else the primary or newest one. One query."""
    rows = Contact.objects.filter(customer_id__in=list(customer_ids))
    if contact_id is not None:
        rows = rows.filter(pk=contact_id)
    rows = rows.order_by("customer_id", "-is_primary", "-id").distinct("customer_id")
    return {contact.customer_id: contact for contact in rows}


def active_ids(company_id: UUID, grades: Iterable[str] = (), regions: Iterable[str] = ()) -> list[UUID]:
    """The company's customers that it does business with, of some grades and regions (all, where none is named)."""
    rows = Customer.objects.filter(
        company_id=company_id, state=CustomerState.ACTIVE.value, party__erased_at__isnull=True
    )
    if wanted := list(grades):
        rows = rows.filter(grade__in=wanted)
    if places := list(regions):
        rows = rows.filter(region__in=places)
    return list(rows.order_by("id").values_list("pk", flat=True))


def phone_of_address(address: Address) -> str:
    """The consignee's phone in clear, for the delivery note; empty where there is none or it was erased."""
    return personal.open_(address.phone) or ""


def revealed_to(user_id: UUID, customer_id: UUID, now: datetime) -> bool:
    """Whether this person asked for the numbers of this customer, with a reason, a moment ago."""
    return LedgerEntry.objects.filter(
        operation="customers.reveal",
        row_id=customer_id,
        actor_id=user_id,
        at__gt=now - REVEALED_FOR,
        at__lte=now,
    ).exists()
