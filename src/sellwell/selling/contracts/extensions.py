"""What contracts add to lower rooms: owned work, a customer's open business, erasure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.extensions import open_business
from sellwell.kernel import personal
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.values import T
from sellwell.selling.contracts.models import Contract

OPEN = ("draft", "approved", "signed")


@owned_work.register("contracts.contract")
def _owned(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """The contracts under way that a person answers for."""
    return [
        (
            Contract,
            list(Contract.objects.filter(owner_id=user_id, state__in=OPEN).values_list("pk", flat=True)),
        )
    ]


@open_business.register("contracts.contract")
def _open_contracts(customer: Any) -> tuple[T, int]:
    return T("未完结的合同", "Open contracts"), Contract.objects.filter(
        customer_id=customer.pk, state__in=OPEN
    ).count()


def _erase(subject: UUID) -> int:
    return personal.blank_columns(Contract, Q(customer__party_id=subject))


personal.register_eraser("contracts.contract", _erase)
