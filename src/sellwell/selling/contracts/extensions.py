"""What contracts add to lower rooms: owned work, a customer's open business, kinds of industry profiles, erasure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.privacy.extensions import hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Group, Purpose, Source
from sellwell.foundation.profiles.extensions import Claim, Subject, claims, subjects
from sellwell.foundation.relations.extensions import under_way
from sellwell.kernel import personal
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import T
from sellwell.selling.contracts.models import Contract
from sellwell.selling.contracts.operations import ContractKind

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


@under_way.register("contracts.contract")
def _under_way(company_id: UUID, customer_ids: list[UUID]) -> set[UUID]:
    """Those with a contract that is not finished."""
    rows = Contract.objects.filter(company_id=company_id, customer_id__in=customer_ids, state__in=OPEN)
    return set(rows.values_list("customer_id", flat=True))


@open_business.register("contracts.contract")
def _open_contracts(customer: Any) -> tuple[T, int]:
    return T("未完结的合同", "Open contracts"), Contract.objects.filter(
        customer_id=customer.pk, state__in=OPEN
    ).count()


@subjects.register("contracts.kind")
def _kinds() -> Subject:
    """Which template a contract starts from: industry profiles bring them (clause 1.1.4)."""
    return Subject(
        T("合同模板", "Contract templates"), lambda: [(kind.value, kind.label) for kind in ContractKind],
        lambda company_id: Contract.objects.filter(company_id=company_id, origin="entry"),
        "template__kind", "number", Q(state__in=OPEN), "business_date", "department_path", order=40,
    )  # fmt: skip


@claims.register("contracts.create")
def _kind_of(assessment: Assessment, ctx: Context) -> Iterable[Claim]:
    yield Claim("contracts.kind", assessment.given.kind.value, "kind")


def _erase(subject: UUID) -> int:
    return personal.blank_columns(Contract, Q(customer__party_id=subject))


personal.register_eraser("contracts.contract", _erase)


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

moves_with_customer(Contract, "customer")


# --- personal data that the room holds ----------------------------------------------------------------------------------

hold("contracts.contract", T("合同", "Contracts"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=(Source.ORDER,), of=of_customers_documents,
     day="business_date", groups={"title": Group.BEHAVIOUR})  # fmt: skip
