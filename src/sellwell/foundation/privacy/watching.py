"""Counts of looks and exports per person and day, from the security log; what is beyond the limits (clause 4.3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.company import queries as company
from sellwell.foundation.privacy import policies, rules
from sellwell.foundation.privacy.models import LookAlarm
from sellwell.foundation.privacy.rules import Limits, Looks
from sellwell.kernel import clock, takings
from sellwell.kernel.clock import BUSINESS_ZONE

# Days that are looked at again, so that nothing slips between two rounds.
BACK = 2

_COUNTS = """
SELECT actor_id, (at AT TIME ZONE %s)::date AS day,
    count(*) FILTER (WHERE operation = %s),
    coalesce(sum((assessment->>'rows')::int) FILTER (WHERE operation = %s), 0),
    count(*) FILTER (WHERE (at AT TIME ZONE %s)::time >= '22:00' OR (at AT TIME ZONE %s)::time < '06:00')
FROM kernel_securitylog
WHERE company_id = %s AND operation = ANY(%s) AND at >= %s AND assessment->>'personal' = 'true' AND actor_id IS NOT NULL
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Unusual:
    """What a person did on a day, how often, and the limit it is beyond."""

    user_id: UUID
    day: date
    kind: str
    count: int
    limit: int


def counts(company_id: UUID, since: date) -> dict[tuple[UUID, date], Looks]:
    """Looks of each person on each day from `since` on; one query."""
    zone = str(BUSINESS_ZONE)
    values: list[Any] = [
        zone, takings.REVEAL, takings.EXPORT, zone, zone, company_id, [takings.REVEAL, takings.EXPORT],
        clock.day_begins(since),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return {(user, day): Looks(looks, rows, night) for user, day, looks, rows, night in cursor.fetchall()}


def unusual(company_id: UUID, today: date) -> list[Unusual]:
    """Alarms that are not raised yet: of the last days, and of the days before somebody leaves."""
    roles = company.roles_by_user(today)
    leaving = company.leaving(company_id, today, timedelta(days=60))
    since = today - timedelta(days=60 if leaving else BACK)
    found: list[Unusual] = []
    for (user, day), looks in counts(company_id, since).items():
        limits, before = widest(
            [policies.limits_of(company_id, today, role) for role in sorted(roles.get(user, {""}))]
        )
        goes = user in leaving and leaving[user] - timedelta(days=before) <= day <= leaving[user]
        if day < today - timedelta(days=BACK) and not goes:
            continue
        found += [Unusual(user, day, *alarm) for alarm in rules.alarms(looks, limits, goes)]
    known = set(
        LookAlarm.objects.filter(company_id=company_id, day__gte=since).values_list("user_id", "day", "kind")
    )
    return [one for one in found if (one.user_id, one.day, one.kind) not in known]


def widest(limits: Iterable[tuple[Limits, int]]) -> tuple[Limits, int]:
    """Who holds several roles may look as much as the widest of them."""
    every = list(limits)

    def most(values: list[int | None]) -> int | None:
        return None if None in values else max(v for v in values if v is not None)

    return (
        Limits(
            most([one.looks for one, _ in every]), most([one.rows for one, _ in every]), most([one.night for one, _ in every])
        ),
        max(before for _, before in every),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows with personal data that somebody took out: today without a pass, and with each pass."""

    today: int
    by_pass: dict[str, int]


_TAKEN = """
SELECT coalesce(assessment->>'pass', ''), coalesce(sum((assessment->>'rows')::int), 0),
    coalesce(sum((assessment->>'rows')::int) FILTER (WHERE at >= %s), 0)
FROM kernel_securitylog
WHERE actor_id = %s AND company_id = %s AND operation = %s AND at >= %s AND assessment->>'personal' = 'true'
GROUP BY 1
"""


def taken_out(company_id: UUID, user_id: UUID | None, since: datetime, today: date) -> Taken:
    """What somebody took out since a moment; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [clock.day_begins(today), user_id, company_id, takings.EXPORT, since])
        sums = {reference: (rows, of_today) for reference, rows, of_today in cursor.fetchall()}
    return Taken(sums.get("", (0, 0))[1], {name: rows for name, (rows, _) in sums.items() if name})
