"""What other rooms may ask of relations: service terms, members of a segment, standings; and what its own verbs read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.relations import groups
from sellwell.foundation.relations.extensions import under_way
from sellwell.foundation.relations.models import (
    GradeChange,
    GradeChangeKind,
    GradeChangeState,
    Pool,
    PoolMove,
    PoolMoveKind,
    Segment,
    Stage,
    StagePlan,
    Standing,
)
from sellwell.foundation.relations.policies import Terms, terms_of

__all__ = ["Terms", "busy", "credit_ceilings", "due_changes", "due_for_recycling", "in_pools", "members", "owned_count", "pool_for",
           "segments", "service_terms", "stage_counts", "standing_of", "takings_of", "terms_of", "without_standing"]  # fmt: skip

BATCH = 500  # customers recycled by one act
NEWEST = 2000  # of the latest customers it is looked whether a run has judged them


def service_terms(company_id: UUID, customer_ids: Iterable[UUID], on: date) -> dict[UUID, Terms]:
    """What each customer's grade entitles it to, and holds it to, on a day (clause 4.2.3).

    Natural persons have the terms of the published row, whatever their grade.
    """
    of = terms_of(company_id, on)
    rows = Customer.objects.filter(pk__in=list(customer_ids)).values_list("pk", "party__kind", "grade")
    return {pk: of(kind, grade) for pk, kind, grade in rows}


def credit_ceilings(company_id: UUID, customer_ids: Iterable[UUID], on: date) -> dict[UUID, Decimal | None]:
    """The most credit that each customer's grade allows; None where the policy names none."""
    return {pk: terms.credit for pk, terms in service_terms(company_id, customer_ids, on).items()}


def members(segment_id: UUID, on: date) -> list[UUID]:
    """The customers of a segment on a day, blocked and pooled ones included; a retired segment has none."""
    segment = Segment.objects.filter(pk=segment_id, is_active=True).first()
    return list(groups.members(segment, on).values_list("pk", flat=True)) if segment is not None else []


def segments(company_id: UUID) -> list[tuple[UUID, str]]:
    """The segments in use, by name."""
    rows = Segment.objects.filter(company_id=company_id, is_active=True).order_by("name")
    return list(rows.values_list("pk", "name"))


def standing_of(customer: Customer) -> Standing | None:
    """What is known of a customer, with its plan and pool; read once for a customer at hand."""
    at_hand = customer._state.fields_cache
    if "standing" not in at_hand:
        found = Standing.objects.select_related("plan", "pool").filter(pk=customer.pk).first()
        if found is not None:
            found.customer = customer
        at_hand["standing"] = found
    return at_hand["standing"]  # type: ignore[no-any-return]


def without_standing(company_id: UUID, today: date) -> list[UUID]:
    """Customers that came since the last run: looked for among the newest, which an index gives."""
    newest = Customer.objects.filter(company_id=company_id, merged_into__isnull=True).order_by(
        "-business_date", "-id"
    )[:NEWEST]
    ids = list(newest.values_list("pk", flat=True))
    judged = set(Standing.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [pk for pk in ids if pk not in judged]


def due_changes(company_id: UUID, today: date) -> tuple[list[UUID], list[UUID]]:
    """Proposals whose day has come, and overrides whose time is over."""
    rows = GradeChange.objects.filter(company_id=company_id)
    due = rows.filter(
        state=GradeChangeState.PROPOSED.value, takes_effect_on__lte=today, customer__held_by__isnull=True,
        customer__merged_into__isnull=True,
    )  # fmt: skip
    over = rows.filter(
        kind=GradeChangeKind.OVERRIDE.value, state=GradeChangeState.EFFECTIVE.value, until__lte=today
    )
    return list(due.values_list("pk", flat=True)), list(over.values_list("pk", flat=True))


# --- stages ------------------------------------------------------------------------------------------------------------


def stage_counts(rows: Any) -> dict[str, int]:
    """How many standings are in each stage, in the order of life."""
    counted = dict(rows.order_by().values_list("stage").annotate(number=Count("pk")))
    return {stage.value: counted.get(stage.value, 0) for stage in Stage}


def plans_on(company_id: UUID, on: date) -> dict[str, StagePlan]:
    """The plan of each stage in force on a day."""
    rows = StagePlan.objects.filter(company_id=company_id, since__lte=on).exclude(until__lte=on)
    return {plan.stage: plan for plan in rows}


# --- the pool ----------------------------------------------------------------------------------------------------------


def pool_for(company_id: UUID, region: str) -> Pool | None:
    """The open pool of a region."""
    return Pool.objects.filter(company_id=company_id, region=region, is_open=True).first()


def in_pools(customer_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these customers that nobody looks after: they are in a pool."""
    rows = Standing.objects.filter(pk__in=list(customer_ids), pool__isnull=False)
    return set(rows.values_list("pk", flat=True))


def busy(company_id: UUID, customer_ids: list[UUID]) -> set[UUID]:
    """The customers with whom something is under way in any room."""
    found: set[UUID] = set()
    for _, function in under_way:
        found |= function(company_id, customer_ids)
    return found


def owned_count(company_id: UUID, user_id: UUID) -> int:
    """How many customers somebody answers for; those of pools that they hold do not count."""
    rows = Customer.objects.filter(company_id=company_id, owner_id=user_id, merged_into__isnull=True)
    return int(rows.exclude(standing__pool__isnull=False).count())


@dataclass(frozen=True, slots=True)
class Takings:
    """What counts against a claim."""

    owned: int
    today: int
    gave_up_on: date | None


def takings_of(pool: Pool, user_id: UUID, customer_id: UUID, today: date) -> Takings:
    """How many customers somebody has and claimed today, and when they last lost this one to a pool."""
    claimed = PoolMove.objects.filter(owner_after_id=user_id, kind=PoolMoveKind.CLAIMED.value, moved_on=today)
    lost = PoolMove.objects.filter(
        customer_id=customer_id, owner_before_id=user_id,
        kind__in=[PoolMoveKind.RECYCLED.value, PoolMoveKind.RELEASED.value],
        moved_on__gt=today - timedelta(days=365),
    )  # fmt: skip
    return Takings(
        owned_count(pool.company_id, user_id),
        claimed.filter(company_id=pool.company_id).count(),
        lost.order_by("-at").values_list("moved_on", flat=True).first(),
    )


_DUE = """
SELECT p.id, s.id FROM relations_standing s
JOIN customers_customer c ON c.id = s.customer_id
JOIN relations_pool p ON p.company_id = c.company_id AND p.region = c.region AND p.is_open
WHERE s.company_id = %(company)s AND s.pool_id IS NULL AND s.recycle_on <= %(today)s AND c.state = 'active'
  AND c.held_by IS NULL AND s.warned_on IS NOT NULL
ORDER BY s.recycle_on, s.id LIMIT %(batch)s
"""


def due_for_recycling(company_id: UUID, today: date) -> list[tuple[Pool, UUID]]:
    """Customers whose time is over, whose owner was warned and with whom nothing is under way, with their pools."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"company": company_id, "today": today, "batch": BATCH})
        found = cursor.fetchall()
    kept = busy(company_id, [customer_id for _, customer_id in found])
    pools = Pool.objects.in_bulk({pool_id for pool_id, _ in found})
    return [(pools[pool_id], customer_id) for pool_id, customer_id in found if customer_id not in kept]
