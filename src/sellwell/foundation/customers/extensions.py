"""What higher rooms add to customers, and what customers add to the house."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from sellwell.foundation.company.extensions import (
    DepartmentFigure,
    covered_customers,
    department_figures,
    rows_of,
)
from sellwell.foundation.customers.models import Address, Contact, Customer, CustomerState, Party
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE

# What is under way with a customer: (customer) -> (what it is called, how many are open).
open_business: Extension[Callable[[Customer], tuple[T, int]]] = Extension(
    "customers.open_business", "documents of a customer that are not finished"
)


@owned_work.register("customers.customer")
def owned_customers(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """The customers that a person answers for."""
    return [(Customer, list(Customer.objects.filter(owner_id=user_id).values_list("pk", flat=True)))]


@department_figures.register("customers.customer")
def customers_of(department: Any, ctx: Context) -> DepartmentFigure | None:
    """How many customers a regional or customer department looks after."""
    if department.kind not in ("regional", "customer", "division") or not ctx.actor.may("customers.view"):
        return None
    count = BY_TYPE["customers.customer"].rows(ctx.actor).filter(rows_of(department)).order_by().count()
    return DepartmentFigure(T("客户数", "Customers"), Decimal(count), is_money=False, url="/customers/")


# --- erasure: what stands in clear is blanked --------------------------------------------------------------------------


def _erase_party(subject: UUID) -> int:
    return personal.blank_columns(Party, Q(pk=subject), "phone", "email")


def _erase_customers(subject: UUID) -> int:
    return personal.blank_columns(Customer, Q(party_id=subject))


def _erase_contacts(subject: UUID) -> int:
    return personal.blank_columns(Contact, Q(pk=subject), "phone", "email")


def _erase_addresses(subject: UUID) -> int:
    return personal.blank_columns(Address, Q(customer__party_id=subject), "phone", "province", "city")


personal.register_eraser("customers.party", _erase_party)
personal.register_eraser("customers.customer", _erase_customers)
personal.register_eraser("customers.contact", _erase_contacts)
personal.register_eraser("customers.address", _erase_addresses)


def _contacts_of(subject: UUID) -> list[UUID]:
    return list(Contact.objects.filter(customer__party_id=subject).values_list("pk", flat=True))


personal.register_companions("customers.contact", _contacts_of)


# --- what the organisation's proof asks ------------------------------------------------------------------------------------


@covered_customers.register("customers.customer")
def _covered(company_id: UUID) -> list[tuple[UUID, str, str, int]]:
    """How many active customers each person owns in each region."""
    rows = Customer.objects.filter(company_id=company_id, state=CustomerState.ACTIVE.value)
    grouped = rows.values_list("owner_id", "region", "product_line").annotate(count=Count("id"))
    return list(grouped.order_by("owner_id", "region", "product_line"))
