"""What other rooms may ask: when we were last in touch with customers; and the reads of the agenda."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.customers.views import CUSTOMERS
from sellwell.foundation.relations.queries import in_pools, terms_of
from sellwell.kernel import clock
from sellwell.kernel.operations import Context
from sellwell.selling.activities import rules
from sellwell.selling.activities.models import DayPlan, LocationConsent
from sellwell.selling.pipeline import queries as pipeline
from sellwell.selling.pipeline.queries import Visit
from sellwell.selling.pipeline.views import VISITS

# Notes are about a customer, not with the customer; what is void never counted.
_LAST = """
SELECT customer_id, max(happened_at) FROM activities_activity
WHERE customer_id = ANY(%s) AND kind <> 'note' AND state <> 'void' GROUP BY customer_id
"""
_LAST_OF_ALL = """
SELECT customer_id, max((happened_at AT TIME ZONE 'Asia/Shanghai')::date) FROM activities_activity
WHERE company_id = %s AND happened_at < %s AND kind <> 'note' AND state <> 'void' GROUP BY customer_id
"""


def last_contacts(customer_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When we were last in touch with each of these customers, by visit, call, mail or message; two queries."""
    ids = list(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [ids])
        found: dict[UUID, datetime] = dict(cursor.fetchall())
    for customer_id, moment in pipeline.last_visits(ids).items():
        found[customer_id] = max(moment, found.get(customer_id, moment))
    return found


def last_contact_days(company_id: UUID, on: date) -> dict[UUID, date]:
    """The day of the last contact up to a day, of every customer of a company; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_OF_ALL, [company_id, clock.day_begins(on + timedelta(days=1))])
        found: dict[UUID, date] = dict(cursor.fetchall())
    for customer_id, day in pipeline.last_visit_days(company_id, on).items():
        found[customer_id] = max(day, found.get(customer_id, day))
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """A customer that should have heard from us: the last contact, by when the next was due, and how late it is."""

    customer: Customer
    last: date | None
    due_on: date
    days_late: int


MOST_OWN = 5000  # customers of one person that are looked at


def owed(owner_id: UUID, ctx: Context) -> list[Owed]:
    """Somebody's active customers without contact within the days of their service terms, the latest first."""
    mine = CUSTOMERS.rows(ctx.actor).filter(company_id=ctx.company_id, owner_id=owner_id, state="active")
    customers = list(mine.order_by("-business_date", "-id")[:MOST_OWN])
    terms = terms_of(ctx.company_id, ctx.today)
    days = {c.pk: terms(c.party.kind, c.grade).visit_days for c in customers}
    asked = [c for c in customers if days[c.pk] is not None]
    pooled = in_pools(c.pk for c in asked)
    last = last_contacts(c.pk for c in asked)
    found = []
    for customer in (c for c in asked if c.pk not in pooled):
        moment = last.get(customer.pk)
        day = clock.business_day(moment) if moment else None
        due_on = rules.contact_due(day, customer.business_date, days[customer.pk])
        if due_on is not None and due_on < ctx.today:
            found.append(Owed(customer, day, due_on, (ctx.today - due_on).days))
    return sorted(found, key=lambda one: (-one.days_late, one.customer.number))


# --- the day ---------------------------------------------------------------------------------------------------------------


def visits_of_day(ctx: Context, day: date) -> list[Visit]:
    """The actor's visits of a day in the order of their time, cancelled ones left out."""
    return pipeline.visits_between(VISITS.rows(ctx.actor), ctx.user_id, day, day + timedelta(days=1))


def order_of_day(ctx: Context, day: date) -> list[UUID]:
    """The order that the actor gave the visits of a day; empty where none was given."""
    plan = DayPlan.objects.filter(company_id=ctx.company_id, user_id=ctx.user_id, day=day).first()
    return list(plan.visits) if plan is not None else []


def allows_location(company_id: UUID, user_id: UUID) -> bool:
    """Whether somebody lets check-ins keep a position."""
    return LocationConsent.objects.filter(
        company_id=company_id, user_id=user_id, withdrawn_at__isnull=True
    ).exists()
