"""What deals add to lower rooms: open work of people, open business of customers, erasure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy.extensions import hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Group, Purpose, Source
from sellwell.kernel import personal
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.values import T
from sellwell.selling.deals.models import Conflict, Registration
from sellwell.selling.deals.queries import CLAIMED


@owned_work.register("deals.registration")
def owned_registrations(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """Registrations of a person that are protected or wait for their ruling."""
    rows = Registration.objects.filter(owner_id=user_id, state__in=CLAIMED)
    return [(Registration, list(rows.values_list("pk", flat=True)))]


@open_business.register("deals.registration")
def open_registrations(customer: Customer) -> tuple[T, int]:
    """Registrations of a customer that are protected or wait for their ruling."""
    count = Registration.objects.filter(customer=customer, state__in=CLAIMED).count()
    return T("报备", "deal registrations"), count


def _erase(subject: UUID) -> int:
    """Those of the party; each was its own subject before its name was a customer, so its own key goes too."""
    ids = list(Registration.objects.filter(customer__party_id=subject).values_list("pk", flat=True))
    for registration_id in ids:
        personal.erase(registration_id)
    return personal.blank_columns(Registration, Q(pk=subject) | Q(pk__in=ids), "phone", "uscc")


personal.register_eraser("deals.registration", _erase)

moves_with_customer(Registration, "customer")
moves_with_customer(Conflict, "customer")

# --- personal data that the room holds ---------------------------------------------------------------------------------

hold("deals.registration", T("报备", "Deal registrations"), purposes=(Purpose.CONTRACT,), sources=(Source.REGISTRATION, Source.CARD),
     of=of_customers_documents, day="business_date",
     groups={"stem": Group.IDENTITY, "area": Group.LOCATION, "evidence": Group.BEHAVIOUR, "progress": Group.BEHAVIOUR,
             "ruling_reason": Group.BEHAVIOUR})  # fmt: skip
