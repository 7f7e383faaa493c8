"""What higher rooms add to what is known of customers, and what relations adds to the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.merging import one_per_customer, stays_with_customer
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy.extensions import hold, of_all_that_went_in
from sellwell.foundation.privacy.rules.words import Purpose, Source
from sellwell.foundation.relations import joining  # noqa: F401 - what follows a merge
from sellwell.foundation.relations.models import (
    GradeChange,
    Mark,
    Pool,
    PoolMove,
    Segment,
    StageMove,
    Standing,
)
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that asks for an act: its kind in the policy `relations.next_action`, how strong, why, what to do."""

    kind: str
    measure: Decimal
    why: T
    act: T
    url: str = ""
    right: str = ""  # the verb that the act needs: who may not do it is told, without a button


# The verb by which people note a contact, and where it stands on the customer's page. It is a higher room's; here it is only
# named, so that tasks and buttons lead to it.
CONTACT = "activities.log"
CONTACT_PLACE = "#quick-text"


# When customers were last in touch: (company, day) -> {customer: day}, set-based.
contacts: Extension[Callable[[UUID, date], dict[UUID, date]]] = Extension(
    "relations.contacts", "visits and other contacts with customers"
)
# How customers pay: (company, day) -> {customer: (share paid in time in twelve months or None, days overdue now)}.
payment_record: Extension[Callable[[UUID, date], dict[UUID, tuple[Decimal | None, int]]]] = Extension(
    "relations.payment_record", "how customers pay"
)
# What a customer asks for now: (customer, context) -> signals. Asked on the customer's page: a query or two each.
signals: Extension[Callable[[Customer, Context], list[Signal]]] = Extension(
    "relations.signals", "what should be done next with a customer"
)
# Customers with business under way are not recycled: (company, customers) -> those among them, set-based.
under_way: Extension[Callable[[UUID, list[UUID]], set[UUID]]] = Extension(
    "relations.under_way", "customers with open business"
)


@owned_work.register("relations.pool")
def owned_pools(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """The open pools that a person holds."""
    return [(Pool, list(Pool.objects.filter(owner_id=user_id, is_open=True).values_list("pk", flat=True)))]


@owned_work.register("relations.segment")
def owned_segments(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """The segments in use that a person answers for."""
    rows = Segment.objects.filter(owner_id=user_id, is_active=True)
    return [(Segment, list(rows.values_list("pk", flat=True)))]


# --- erasure: what stands in clear is blanked --------------------------------------------------------------------------


def _eraser(model: type[Any]) -> Callable[[UUID], int]:
    def erase(subject: UUID) -> int:
        return personal.blank_columns(model, Q(customer__party_id=subject))

    return erase


for _model in (GradeChange, PoolMove):
    personal.register_eraser(_model._meta.label_lower, _eraser(_model))


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

one_per_customer(Mark, "customer", by=["tag"])
stays_with_customer(Standing, "customer", "reckoned anew each day from what the customer did")
stays_with_customer(StageMove, "customer", "a step of the customer it was found for")
stays_with_customer(GradeChange, "customer", "found for the customer as it was")
stays_with_customer(PoolMove, "customer", "it says whose customer this one was")


# --- personal data that the room holds ---------------------------------------------------------------------------------

hold("relations.gradechange", T("等级变动", "Changes of grade"), purposes=(Purpose.CONTRACT,), sources=(Source.REGISTRATION, Source.ORDER),
     of=of_all_that_went_in, day="proposed_on")  # fmt: skip
hold("relations.poolmove", T("公海变动", "Moves of the pool"), purposes=(Purpose.CONTRACT,), sources=(Source.REGISTRATION,),
     of=of_all_that_went_in, day="moved_on")  # fmt: skip
