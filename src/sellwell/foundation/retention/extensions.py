"""What retention adds to lower rooms: open work of people, open business of customers, erasure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.retention.models import UNDER_WAY, Intervention
from sellwell.kernel import personal
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.values import T

STATES = [state.value for state in UNDER_WAY]


@owned_work.register("retention.intervention")
def owned_cases(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """Cases of a person that are under way."""
    rows = Intervention.objects.filter(owner_id=user_id, state__in=STATES)
    return [(Intervention, list(rows.values_list("pk", flat=True)))]


@open_business.register("retention.intervention")
def open_cases(customer: Customer) -> tuple[T, int]:
    """Cases under way for a customer."""
    return T("挽留任务", "retention cases"), Intervention.objects.filter(
        customer=customer, state__in=STATES
    ).count()


def _erase_cases(subject: UUID) -> int:
    return personal.blank_columns(Intervention, Q(customer__party_id=subject))


personal.register_eraser("retention.intervention", _erase_cases)
