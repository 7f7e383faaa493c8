"""Figures of responses: counts by score in one statement, then the rules reckon. By version, days, and place as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from sellwell.control.voice.models import Answer, Invitation, Response, ResponseState
from sellwell.control.voice.rules import figures as rules
from sellwell.control.voice.rules.figures import Figure
from sellwell.kernel import clock

METRICS = ("nps", "csat", "ces")


@dataclass(frozen=True)
class Span:
    """Some days, `until` not among them, of some questionnaires (all, where none is named)."""

    company_id: UUID
    since: date
    until: date
    forms: Sequence[UUID] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def responses(self) -> Q:
        """Which responses count."""
        found = Q(
            company_id=self.company_id, state=ResponseState.SUBMITTED.value, business_date__gte=self.since,
            business_date__lt=self.until, **self.filters,
        )  # fmt: skip
        return found & Q(questionnaire_id__in=list(self.forms)) if self.forms else found


def scores(rows: QuerySet[Response], metric: str) -> dict[int, int]:
    """How many answers gave each score."""
    counted = (
        rows.filter(**{f"{metric}__isnull": False}).order_by().values_list(metric).annotate(n=Count("pk"))
    )
    return {int(score): int(n) for score, n in counted}


def figure(span: Span, metric: str, rows: QuerySet[Response] | None = None) -> Figure:
    """A metric over some days."""
    rows = Response.objects.all() if rows is None else rows
    return rules.figure_of(metric, scores(rows.filter(span.responses), metric))


def by(span: Span, metric: str, column: str, rows: QuerySet[Response]) -> list[tuple[str, Figure]]:
    """A metric by a column of the response, most answers first. One query."""
    counted = (
        rows.filter(span.responses, **{f"{metric}__isnull": False}).order_by().values_list(column, metric).annotate(n=Count("pk"))
    )  # fmt: skip
    groups: dict[str, dict[int, int]] = {}
    for value, score, n in counted:
        groups.setdefault(str(value or ""), {})[int(score)] = int(n)
    found = [(value, rules.figure_of(metric, counts)) for value, counts in groups.items()]
    return sorted(found, key=lambda pair: (-pair[1].n, pair[0]))


def by_month(span: Span, metric: str, rows: QuerySet[Response]) -> list[tuple[date, Figure]]:
    """A metric month by month. One query."""
    counted = (
        rows.filter(span.responses, **{f"{metric}__isnull": False}).order_by()
        .values_list("business_date__year", "business_date__month", metric).annotate(n=Count("pk"))
    )  # fmt: skip
    months: dict[date, dict[int, int]] = {}
    for year, month, score, n in counted:
        months.setdefault(date(year, month, 1), {})[int(score)] = int(n)
    return [(month, rules.figure_of(metric, months[month])) for month in sorted(months)]


def response_rate(
    company_id: UUID,
    since: date,
    until: date,
    forms: Sequence[UUID] = (),
    rows: QuerySet[Invitation] | None = None,
) -> Figure:
    """Of the invitations that went out in these days and reached somebody, the share that was answered."""
    rows = Invitation.objects.all() if rows is None else rows
    rows = rows.filter(
        company_id=company_id, sent_at__gte=clock.day_begins(since), sent_at__lt=clock.day_begins(until)
    ).exclude(state="failed")
    if forms:
        rows = rows.filter(questionnaire_id__in=list(forms))
    there = rows.aggregate(sent=Count("pk"), answered=Count("pk", filter=Q(state="answered")))
    return rules.share(there["answered"], there["sent"])


# Every answer that counts, by question, line, score and choice: one statement for a whole questionnaire.
_SPREAD = """
SELECT a.key, a.line, a.number, c.choice, count(*)
FROM voice_answer a JOIN voice_response r ON r.id = a.response_id
LEFT JOIN LATERAL unnest(a.choices) AS c(choice) ON true
WHERE r.questionnaire_id = %s AND r.state = 'submitted' AND NOT a.is_void AND r.id IN ({ids})
GROUP BY 1, 2, 3, 4
"""


@dataclass
class Spread:
    """How the answers to one question are spread."""

    scores: dict[int, int] = field(default_factory=dict)
    choices: dict[str, int] = field(default_factory=dict)
    lines: dict[str, dict[int, int]] = field(default_factory=dict)
    texts: int = 0


def spread(questionnaire_id: UUID, rows: QuerySet[Response]) -> dict[str, Spread]:
    """The spread of every question's answers, among some responses."""
    statement, values = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD.format(ids=statement), [questionnaire_id, *values])
        found = cursor.fetchall()
    spreads: dict[str, Spread] = {}
    for key, line, number, choice, n in found:
        one = spreads.setdefault(key, Spread())
        if choice is not None:
            one.choices[choice] = one.choices.get(choice, 0) + n
        elif line and number is not None:
            one.lines.setdefault(line, {})[number] = n
        elif number is not None:
            one.scores[number] = n
        else:
            one.texts += n
    return spreads


def texts(questionnaire_id: UUID, rows: QuerySet[Response], most: int = 100) -> list[Answer]:
    """The newest text answers among some responses, with their response."""
    found = Answer.objects.filter(
        response__in=rows.order_by().values("pk"), response__questionnaire_id=questionnaire_id, is_void=False
    )
    return list(
        found.exclude(text="")
        .select_related("response__customer__party")
        .order_by("-response__business_date", "-id")[:most]
    )
