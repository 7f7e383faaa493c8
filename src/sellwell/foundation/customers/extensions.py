"""What higher rooms add to customers, and what customers add to the house."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from sellwell.foundation.company.extensions import (
    DepartmentFigure,
    covered_customers,
    department_figures,
    rows_of,
    scorecard_measures,
)
from sellwell.foundation.customers.merging import (
    moves_with_customer,
    moves_with_party,
    one_per_customer,
    one_per_party,
    stays_with_customer,
    stays_with_party,
)
from sellwell.foundation.customers.models import (
    Address,
    BankAccount,
    Contact,
    Customer,
    CustomerState,
    GroupMembership,
    MatchPair,
    Merge,
    Party,
    TaxTitle,
    TeamMember,
    ValueSource,
)
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.models import Fact
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Period, T
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


@scorecard_measures.register("customers")
def new_customers(company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """Customers entered in the period whom people answer for now; one that was entered twice and merged is one."""
    rows = Customer.objects.filter(
        company_id=company_id, owner__in=users, business_date__gte=period.since, business_date__lt=period.until
    ).exclude(state=CustomerState.MERGED.value)  # fmt: skip
    counted = rows.order_by().values_list("owner_id").annotate(n=Count("pk"))
    return {user: Decimal(n) for user, n in counted}


# --- erasure: what stands in clear is blanked --------------------------------------------------------------------------


def _erase_party(subject: UUID) -> int:
    return personal.blank_columns(Party, Q(pk=subject), "phone", "email")


def _erase_customers(subject: UUID) -> int:
    return personal.blank_columns(Customer, Q(party_id=subject))


def _erase_contacts(subject: UUID) -> int:
    return personal.blank_columns(Contact, Q(pk=subject), "phone", "email")


def _erase_addresses(subject: UUID) -> int:
    return personal.blank_columns(Address, Q(customer__party_id=subject), "phone", "province", "city")


def _erase_tax_titles(subject: UUID) -> int:
    return personal.blank_columns(TaxTitle, Q(customer__party_id=subject), "tax_number", "account")


def _erase_bank_accounts(subject: UUID) -> int:
    return personal.blank_columns(BankAccount, Q(customer__party_id=subject), "account")


def _erase_merges(subject: UUID) -> int:
    """Why somebody thought that two were one, and the values that were kept: nothing is given back any more."""
    rows = Q(survivor__party_id=subject) | Q(loser__party_id=subject)
    Merge.objects.filter(rows).update(before={}, chosen={})
    return personal.blank_columns(Merge, rows)


def _erase_pairs(subject: UUID) -> int:
    return personal.blank_columns(MatchPair, Q(first__party_id=subject) | Q(second__party_id=subject))


personal.register_eraser("customers.taxtitle", _erase_tax_titles)
personal.register_eraser("customers.bankaccount", _erase_bank_accounts)
personal.register_eraser("customers.merge", _erase_merges)
personal.register_eraser("customers.matchpair", _erase_pairs)
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


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

stays_with_party(Customer, "party", "each keeps who it is: the loser's keys go on finding the survivor")
stays_with_customer(Customer, "merged_into", "where it went: a chain of merges is taken back link by link")
moves_with_customer(Contact, "customer", "is_primary")
moves_with_customer(Address, "customer", "is_default", ["kind"])
moves_with_customer(TaxTitle, "customer", "is_default")
moves_with_customer(BankAccount, "customer")
one_per_customer(TeamMember, "customer", ["user"])
one_per_customer(ValueSource, "customer", ["field"])
one_per_party(GroupMembership, "child")
moves_with_party(GroupMembership, "parent")
stays_with_customer(Fact, "customer_id", "append-only: facts keep the customer they had")
for _end in ("survivor", "loser"):
    stays_with_customer(Merge, _end, "what was merged into what is history")
for _end in ("first", "second"):
    stays_with_customer(
        MatchPair, _end, "a pair is judged as it was; pairs with merged customers are not shown"
    )
