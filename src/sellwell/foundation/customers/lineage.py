"""Customers that were merged: who leads to whom, whose history belongs together, and what speaks for two being one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, Sum

from sellwell.foundation.customers.models import (
    Customer,
    CustomerState,
    MatchPair,
    Merge,
    MergeState,
    Party,
    TeamMember,
)
from sellwell.kernel import personal

_LINEAGE = """
WITH RECURSIVE found AS (
  SELECT id FROM customers_customer WHERE id = ANY(%s)
  UNION SELECT c.id FROM customers_customer c JOIN found f ON c.merged_into_id = f.id
) SELECT id FROM found
"""
_SURVIVORS = """
WITH RECURSIVE way AS (
  SELECT id AS start, id, merged_into_id FROM customers_customer WHERE id = ANY(%s)
  UNION ALL SELECT w.start, c.id, c.merged_into_id FROM way w JOIN customers_customer c ON c.id = w.merged_into_id
) SELECT start, id FROM way WHERE merged_into_id IS NULL
"""

# For statements over facts, which keep the customer that they were posted for: `heir` gives for each merged customer of
# %(company)s the one that it is now. Begin with `WITH RECURSIVE {HEIRS}` and read `coalesce(h.id, f.customer_id)`.
HEIRS = """way AS (
  SELECT id AS start, merged_into_id AS id FROM customers_customer WHERE company_id = %(company)s AND merged_into_id IS NOT NULL
  UNION ALL
  SELECT w.start, c.merged_into_id FROM way w JOIN customers_customer c ON c.id = w.id WHERE c.merged_into_id IS NOT NULL
), heir AS (
  SELECT w.start, w.id FROM way w JOIN customers_customer c ON c.id = w.id WHERE c.merged_into_id IS NULL
)"""


def lineage(customer_id: UUID) -> list[UUID]:
    """A customer and all that were merged into it: facts and postings of all of them are its own 'as it is now'."""
    return lineages([customer_id])


def lineages(customer_ids: Iterable[UUID]) -> list[UUID]:
    """The same for several customers together; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_LINEAGE, [list(customer_ids)])
        return [row[0] for row in cursor.fetchall()]


def survivors(customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Which customer each of these is now: itself, or the one it went into in the end. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SURVIVORS, [list(set(customer_ids))])
        return dict(cursor.fetchall())


def as_they_are_now(found: Iterable[Customer]) -> list[Customer]:
    """Customers with each merged one replaced by the one it went into, each once."""
    rows = list(found)
    if not any(row.merged_into_id for row in rows):
        return rows
    leading = survivors(row.pk for row in rows)
    now = Customer.objects.select_related("party", "owner").in_bulk(set(leading.values()))
    return list({leading[row.pk]: now[leading[row.pk]] for row in rows}.values())


def merge_that_took(customer_id: UUID) -> Merge | None:
    """The merge by which a customer went into another one."""
    return (
        Merge.objects.select_related("survivor__party")
        .filter(loser_id=customer_id, state=MergeState.DONE.value)
        .first()
    )


def joined_to(customer_id: UUID) -> list[tuple[UUID, UUID, datetime]]:
    """What was merged into a customer itself and not taken back, the earliest first: (customer, its party, when)."""
    found = Merge.objects.filter(survivor_id=customer_id, state=MergeState.DONE.value).order_by(
        "created_at", "id"
    )
    return list(found.values_list("loser_id", "loser__party_id", "created_at"))


_JOINED_PARTIES = """
WITH RECURSIVE found AS (
  SELECT id, party_id AS leads_to, party_id FROM customers_customer WHERE company_id = %s AND party_id = ANY(%s)
  UNION SELECT c.id, f.leads_to, c.party_id FROM customers_customer c JOIN found f ON c.merged_into_id = f.id
) SELECT party_id, leads_to FROM found WHERE party_id <> leads_to
"""


def joined_parties(company_id: UUID, parties: Iterable[UUID]) -> dict[UUID, UUID]:
    """The parties that became one with these by merges of a company, each with the one that it went into. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_JOINED_PARTIES, [company_id, list(parties)])
        return dict(cursor.fetchall())


def pair_of(one: UUID, other: UUID) -> MatchPair | None:
    """What is known of these two as a pair."""
    first, second = sorted((one, other))
    return MatchPair.objects.select_related("first").filter(first_id=first, second_id=second).first()


def equal_keys(one: Party, other: Party) -> list[str]:
    """The identity keys that two parties share, strongest first."""
    pairs = (
        ("uscc", one.uscc, other.uscc),
        ("phone", one.phone_blind, other.phone_blind),
        ("email", one.email_blind, other.email_blind),
    )
    return [name for name, mine, theirs in pairs if mine and mine == theirs]


def is_shared(customer: Customer) -> bool:
    """Whether another company of the group deals with the same party."""
    with transaction.atomic(), personal.seeing_every_company():
        others = Customer.objects.filter(party_id=customer.party_id).exclude(company_id=customer.company_id)
        return others.exists()


# --- groups ------------------------------------------------------------------------------------------------------------

_ABOVE = """
WITH RECURSIVE above AS (
  SELECT parent_id FROM customers_groupmembership WHERE child_id = %(party)s AND (until IS NULL OR until > %(day)s)
  UNION SELECT g.parent_id FROM customers_groupmembership g JOIN above a ON g.child_id = a.parent_id
  WHERE g.until IS NULL OR g.until > %(day)s
) SELECT parent_id FROM above
"""
_TOP = """
WITH RECURSIVE way AS (
  SELECT %(party)s::uuid AS party_id, 0 AS height
  UNION ALL
  SELECT g.parent_id, w.height + 1 FROM customers_groupmembership g JOIN way w ON g.child_id = w.party_id
  WHERE g.since <= %(day)s AND (g.until IS NULL OR g.until > %(day)s) AND w.height < 20
) SELECT party_id FROM way ORDER BY height DESC LIMIT 1
"""


def above(party_id: UUID, day: date) -> set[UUID]:
    """All parents of a party, upwards, on a day or on any later one."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, {"party": party_id, "day": day})
        return {row[0] for row in cursor.fetchall()}


def top_of(party_id: UUID, day: date) -> UUID:
    """The top of the group that a party belongs to on a day; itself where it is in none."""
    with connection.cursor() as cursor:
        cursor.execute(_TOP, {"party": party_id, "day": day})
        found: UUID = cursor.fetchone()[0]
        return found


def in_one_line(one: UUID, other: UUID, day: date) -> bool:
    """Whether one party belongs to the other, directly or through others, on a day or on any later one."""
    return other in above(one, day) or one in above(other, day)


# --- teams -------------------------------------------------------------------------------------------------------------


def on_team(customer_ids: Iterable[UUID], day: date) -> Q:
    """The places in the teams of these customers on a day."""
    return Q(customer_id__in=list(customer_ids), since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def with_on_team(customer_ids: Iterable[UUID], user_id: UUID, day: date) -> set[UUID]:
    """Those of these customers on whose team somebody is on a day."""
    rows = TeamMember.objects.filter(on_team(customer_ids, day), user_id=user_id)
    return set(rows.values_list("customer_id", flat=True))


def shares_of_two(one: UUID, other: UUID, day: date) -> Decimal:
    """What the shares of two teams add up to on a day, somebody who is on both counted once."""
    own = TeamMember.objects.filter(on_team([one], day))
    theirs = TeamMember.objects.filter(on_team([other], day)).exclude(user_id__in=own.values("user_id"))
    sums = [rows.aggregate(total=Sum("share", default=Decimal(0)))["total"] for rows in (own, theirs)]
    return sum(sums, Decimal(0))


def merged_away() -> Q:
    """Customers that went into another one."""
    return Q(state=CustomerState.MERGED.value)


__all__ = [
    "HEIRS", "above", "as_they_are_now", "equal_keys", "in_one_line", "is_shared", "joined_parties", "joined_to", "lineage",
    "lineages", "merge_that_took", "merged_away", "on_team", "pair_of", "shares_of_two", "survivors", "top_of",
    "with_on_team",
]  # fmt: skip
