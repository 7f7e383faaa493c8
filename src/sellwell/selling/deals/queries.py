"""Who else is on a deal: other registrations, customers and open opportunities; compared by code, phone and name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from sellwell.foundation.customers import queries as customers
from sellwell.foundation.customers.identity import Keys
from sellwell.foundation.customers.queries import Customer
from sellwell.kernel import access, personal
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.metrics.analysis.matching.company_names import read_name
from sellwell.selling.deals import rules
from sellwell.selling.deals.models import Conflict, Registration, RegistrationState
from sellwell.selling.deals.rules import Deal
from sellwell.selling.pipeline.queries import OPEN_STAGES, Opportunity

CLAIMED = [RegistrationState.PROTECTED.value, RegistrationState.DISPUTED.value]
MOST = 50  # overlaps that are looked at

REGISTRATION, CUSTOMER, OPPORTUNITY = (
    T("报备", "registration"),
    T("客户", "customer"),
    T("商机", "opportunity"),
)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Somebody else's claim to a deal: the row, what tells that it is the same, and whose it is."""

    row: Registration | Customer | Opportunity
    matched_by: str
    what: T
    view: str

    @property
    def holder_id(self) -> UUID:
        """Who holds it."""
        return self.row.owner_id

    def words(self, ctx: Context) -> dict[str, Any]:
        """What may be told of it: by name and holder to those who may see it, else only that it is there and where."""
        if ctx.actor.is_system or access.cell_for(ctx.actor, self.view, self.row) is not None:
            name = getattr(self.row, "name", "") or str(self.row)
            return {"what": self.what, "name": f"“{name}”", "holder": self.row.owner.name}
        where = self.row.region
        holder = T(f"{where}区域", f"the region {where}") if where else T("其他部门", "another department")
        return {"what": self.what, "name": "", "holder": holder}


def read_deal(customer: Customer | None, name: str, keys: Keys, product_line: str) -> Deal:
    """What a deal is compared by; a customer brings its own name and code."""
    parts = read_name(customer.party.name if customer is not None else name)
    uscc = keys.uscc or (customer.party.uscc or "" if customer is not None else "")
    phone = personal.blind(keys.phone, "phone") if keys.phone else ""
    if not phone and customer is not None:
        phone = customer.party.phone_blind
    return Deal(
        customer.pk if customer is not None else None, parts.stem, parts.region, uscc, phone, product_line
    )


def deal_of(row: Registration) -> Deal:
    """What a registration is compared by."""
    return Deal(row.customer_id, row.stem, row.area, row.uscc, row.phone_blind, row.product_line)


def overlaps(company_id: UUID, deal: Deal, keys: Keys, name: str, but: UUID | None = None) -> list[Overlap]:
    """Every claim to the deal by anybody: registrations in force, then the customer, then its open opportunities."""
    found = registered(company_id, deal, but)
    known = _customers(company_id, deal, keys, name)
    found += [Overlap(c, by, CUSTOMER, "customers.view") for c, by in known.values()]
    open_ones = Opportunity.objects.filter(
        company_id=company_id, customer_id__in=list(known), state__in=[s.value for s in OPEN_STAGES]
    )
    if deal.product_line:
        open_ones = open_ones.filter(product_line__in=["", deal.product_line])
    found += [
        Overlap(o, "customer", OPPORTUNITY, "pipeline.view")
        for o in open_ones.select_related("owner", "customer__party").order_by("id")[:MOST]
    ]
    return found


def registered(company_id: UUID, deal: Deal, but: UUID | None = None) -> list[Overlap]:
    """Registrations in force of the same deal."""
    same = Q(pk__in=[])
    if deal.customer is not None:
        same |= Q(customer_id=deal.customer)
    for column in ("stem", "uscc", "phone_blind"):
        if value := getattr(deal, column):
            same |= Q(**{column: value})
    rows = Registration.objects.filter(same, company_id=company_id, state__in=CLAIMED)
    if deal.product_line:
        rows = rows.filter(product_line__in=["", deal.product_line])
    if but is not None:
        rows = rows.exclude(pk=but)
    found = []
    for row in rows.select_related("owner", "customer__party").order_by("id")[:MOST]:
        if (by := rules.matched_by(deal, deal_of(row))) is not None:
            found.append(Overlap(row, by, REGISTRATION, "deals.view"))
    return found


def _customers(company_id: UUID, deal: Deal, keys: Keys, name: str) -> dict[UUID, tuple[Customer, str]]:
    """The customers that the deal is about, each with what tells so."""
    found: dict[UUID, tuple[Customer, str]] = {}
    if deal.customer is not None:
        return {deal.customer: (customers.customer(deal.customer), "customer")}
    for match in customers.holders(company_id, keys):
        if match.key in ("uscc", "phone"):
            found.setdefault(match.customer.pk, (match.customer, match.key))
    for wanted in dict.fromkeys([name, deal.stem]):
        for customer in customers.similar(company_id, wanted):
            other = read_deal(customer, "", Keys(), "")
            if (by := rules.matched_by(deal, other)) is not None:
                found.setdefault(customer.pk, (customer, by))
    return found


def protecting(
    company_id: UUID, deals: Iterable[Deal], user_id: UUID
) -> list[tuple[Deal, Registration, str]]:
    """Protected registrations of others, in which this person has no share, for each of these deals."""
    found = []
    for deal in deals:
        for overlap in registered(company_id, deal):
            row = overlap.row
            if not isinstance(row, Registration) or row.state != RegistrationState.PROTECTED.value:
                continue
            if row.owner_id != user_id and not row.shares.filter(user_id=user_id).exists():
                found.append((deal, row, overlap.matched_by))
    return found


def conflicts_of(registration: Registration) -> list[Conflict]:
    """What a registration collided with, in the order in which it was found."""
    rows = Conflict.objects.filter(registration=registration)
    return list(
        rows.select_related(
            "holder",
            "other__owner",
            "customer__party",
            "customer__owner",
            "opportunity__owner",
            "opportunity__customer__party",
        ).order_by("id")
    )


def holders_now(row: Registration, conflicts: Iterable[Conflict]) -> set[UUID]:
    """Who holds today what a registration collided with, besides whoever registered; things are handed over meanwhile."""
    held = [one.other or one.customer or one.opportunity for one in conflicts]
    return {one.owner_id for one in held if one is not None} - {row.owner_id}


def claim(company_id: UUID, deal: Deal) -> None:
    """Nobody else registers the same deal until this transaction ends, so two at once cannot both be protected."""
    keys = {
        "stem": deal.stem,
        "uscc": deal.uscc,
        "phone": deal.phone_blind,
        "customer": str(deal.customer or ""),
    }
    names = sorted(f"deals/{company_id}/{key}/{value}" for key, value in keys.items() if value)
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
