"""Reads of retention: purchases out of facts, the latest scores, whom a playbook is for, what it gained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from sellwell.foundation.customers.queries import HEIRS, lineages
from sellwell.foundation.retention import rules
from sellwell.foundation.retention.models import (
    UNDER_WAY,
    Arm,
    Intervention,
    InterventionState,
    Playbook,
    Run,
    Score,
)
from sellwell.kernel.models import Fact
from sellwell.metrics.analysis.value import Purchase

# The measure whose facts are purchases: net of tax, on the day an order is confirmed; what is cancelled takes off.
PURCHASED = "booked"

# A document that was cancelled whole is no purchase; its first fact says when it was one.
# Facts keep the customer that they were posted for: those of a merged customer count for the one that it is now.
_DOCUMENTS = f"""
WITH RECURSIVE {HEIRS}, document AS (
    SELECT coalesce(h.id, f.customer_id) AS customer_id, f.document_id, min(f.happened_on) AS day, sum(f.amount) AS amount
    FROM {Fact._meta.db_table} f LEFT JOIN heir h ON h.start = f.customer_id
    WHERE f.company_id = %(company)s AND f.measure = '{PURCHASED}' AND f.happened_on <= %(until)s
        AND f.customer_id IS NOT NULL AND (%(only)s::uuid[] IS NULL OR f.customer_id = ANY(%(only)s))
    GROUP BY 1, f.document_id HAVING sum(f.amount) > 0
)
"""
_PURCHASES = (
    _DOCUMENTS
    + "SELECT customer_id, day, sum(amount) FROM document GROUP BY customer_id, day ORDER BY customer_id, day"
)


def purchases(company_id: UUID, until: date) -> list[Purchase]:
    """What each customer bought on each day, until a day, it included."""
    with connection.cursor() as cursor:
        cursor.execute(_PURCHASES, {"company": company_id, "until": until, "only": None})
        return [Purchase(str(customer), day, amount) for customer, day, amount in cursor.fetchall()]


_ACTIVE = _DOCUMENTS + "SELECT DISTINCT customer_id FROM document WHERE day > %(after)s AND day <= %(until)s"


def bought_between(company_id: UUID, after: date, until: date) -> set[UUID]:
    """Who bought after a day, up to another, it included."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, {"company": company_id, "after": after, "until": until, "only": None})
        return {row[0] for row in cursor.fetchall()}


def has_purchases(company_id: UUID) -> bool:
    """Whether anything was ever bought."""
    return Fact.objects.filter(company_id=company_id, measure=PURCHASED).exists()


def latest_run(company_id: UUID) -> Run | None:
    """The run whose scores count."""
    return Run.objects.filter(company_id=company_id, is_latest=True).first()


def score_of(customer_id: UUID) -> Score | None:
    """What the latest run says of a customer."""
    return Score.objects.filter(customer_id=customer_id, run__is_latest=True).select_related("run").first()


def facts_of(score: Score) -> rules.Facts:
    """What the reasons of a score are told of."""
    return rules.Facts(score.idle, score.purchases, score.gap, score.lately, score.before)


def wanted_by(playbook: Playbook, on: date) -> QuerySet[Score]:
    """The latest scores that a playbook is for: not in anybody's hands already, nor judged lately by this playbook."""
    levels = ["high"] if playbook.level == "high" else ["high", "medium"]
    rows = Score.objects.filter(company_id=playbook.company_id, run__is_latest=True, level__in=levels)
    rows = rows.filter(customer__state="active")
    if playbook.grades:
        rows = rows.filter(customer__grade__in=playbook.grades)
    if playbook.least_value > 0:
        rows = rows.filter(value__gte=playbook.least_value)
    busy = Intervention.objects.filter(company_id=playbook.company_id).filter(
        Q(state__in=[s.value for s in (*UNDER_WAY, InterventionState.WATCHED)])
        | Q(playbook=playbook, judged_from__gt=on) & ~Q(state=InterventionState.MERGED.value)
    )
    return (
        rows.exclude(customer_id__in=busy.values("customer_id"))
        .select_related("customer", "run")
        .order_by("-urgency", "id")
    )


def due_to_judge(playbook_ids: Iterable[UUID], on: date) -> QuerySet[Intervention]:
    """Those of whom it can be said today whether they came back; what ended by a merge says nothing."""
    return Intervention.objects.filter(
        playbook_id__in=list(playbook_ids), came_back=None, judged_from__lte=on
    ).exclude(state=InterventionState.MERGED.value)


_CAME_BACK = (
    _DOCUMENTS
    + f"""
SELECT DISTINCT i.id FROM {Intervention._meta.db_table} i
JOIN document d ON d.customer_id = i.customer_id AND d.day > i.opened_on AND d.day <= i.judged_from
WHERE i.id = ANY(%(cases)s)
"""
)


def came_back(rows: Iterable[Intervention], on: date) -> set[UUID]:
    """The interventions whose customers bought after they were opened, until they are judged; two queries."""
    found = list(rows)
    if not found:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _CAME_BACK,
            {
                "company": found[0].company_id, "until": on, "cases": [row.pk for row in found],
                "only": lineages({row.customer_id for row in found}),
            },
        )  # fmt: skip
        return {row[0] for row in cursor.fetchall()}


def gain_of(playbook_id: UUID) -> rules.Gain:
    """What a playbook gained: of all that were judged, treated or not and whatever was said of them by hand."""
    rows = Intervention.objects.filter(playbook_id=playbook_id, came_back__isnull=False)
    counted = rows.values("arm").annotate(count=Count("id"), back=Count("id", filter=Q(came_back=True)))
    by_arm = {row["arm"]: (row["count"], row["back"]) for row in counted}
    return rules.gain(*by_arm.get(Arm.TREATED.value, (0, 0)), *by_arm.get(Arm.HOLDOUT.value, (0, 0)))


def gain_of_all(company_id: UUID, until: date) -> rules.Gain:
    """The same over all playbooks, of what was judged until a day."""
    rows = Intervention.objects.filter(company_id=company_id, came_back__isnull=False, judged_from__lte=until)
    counted = rows.values("arm").annotate(count=Count("id"), back=Count("id", filter=Q(came_back=True)))
    by_arm = {row["arm"]: (row["count"], row["back"]) for row in counted}
    return rules.gain(*by_arm.get(Arm.TREATED.value, (0, 0)), *by_arm.get(Arm.HOLDOUT.value, (0, 0)))


def counts_of(playbook_id: UUID) -> dict[str, int]:
    """How many cases of a playbook are in each state."""
    rows = Intervention.objects.filter(playbook_id=playbook_id).values("state").annotate(count=Count("id"))
    return {row["state"]: row["count"] for row in rows}


def of_customer(customer_id: UUID) -> list[Intervention]:
    """The latest cases of a customer that were treated, newest first."""
    rows = Intervention.objects.filter(customer_id=customer_id, arm=Arm.TREATED.value)
    return list(rows.select_related("playbook").order_by("-opened_on", "-id")[:3])


@dataclass(frozen=True, slots=True)
class Rates:
    """Who bought in the time before a period began, and how many of them bought again in the period's last days."""

    before: int
    stayed: int

    @property
    def retention(self) -> Decimal | None:
        """The share that stayed (W23); None where nobody had bought."""
        return Decimal(self.stayed) / self.before if self.before else None


def rates(company_id: UUID, since: date, last: date, horizon: int) -> Rates:
    """Customers who had bought in the `horizon` days before `since`, and those of them who bought in those before `last`."""
    days = timedelta(days=horizon)
    before = bought_between(company_id, since - timedelta(days=1) - days, since - timedelta(days=1))
    return Rates(len(before), len(before & bought_between(company_id, last - days, last)))


def bought_since(case: Intervention, on: date) -> bool:
    """Whether the customer of a case bought after it was opened, until a day."""
    return any(one.on > case.opened_on for one in _of_customers(case.company_id, [case.customer_id], on))


def _of_customers(company_id: UUID, customers: list[UUID], until: date) -> list[Purchase]:
    with connection.cursor() as cursor:
        cursor.execute(_PURCHASES, {"company": company_id, "until": until, "only": lineages(customers)})
        return [Purchase(str(customer), day, amount) for customer, day, amount in cursor.fetchall()]
