"""Reads of scorecards: the version in force, and its live figures for a person, computed from records (clause 2.1.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from sellwell.foundation.company import composition, queries
from sellwell.foundation.company.extensions import MeasureOf, scorecard_measures
from sellwell.foundation.company.models import Assignment, Position, Scorecard, ScorecardState
from sellwell.foundation.company.rules import scorecards as rules
from sellwell.foundation.company.rules.scorecards import FROM_FACTS, SHARES, Measure, Metric
from sellwell.kernel import clock
from sellwell.kernel.models import Fact, Task, TaskState
from sellwell.kernel.values import Period, months_later

FOUR = Decimal("0.0001")


def in_force(day: date, positions: Collection[UUID] | None = None) -> dict[UUID, Scorecard]:
    """The approved version that holds on a day, by position; one query."""
    rows = Scorecard.objects.filter(queries.in_force_on(day), state=ScorecardState.APPROVED.value)
    if positions is not None:
        rows = rows.filter(position__in=positions)
    return {row.position_id: row for row in rows.select_related("position")}


def held_by(user_id: UUID, company_id: UUID, day: date) -> dict[Position, list[str]]:
    """The positions that somebody holds in a company on a day, each with the paths of the departments where."""
    known, by_role = composition.positions()
    posts = Assignment.objects.filter(queries.held_on(day), user_id=user_id, company_id=company_id)
    found: dict[Position, list[str]] = {}
    columns = ("role", "position_id", "department__path")
    for role, own, path in posts.order_by("since", "id").values_list(*columns):
        position = composition.position_of(role, own, known, by_role)
        if position is not None:
            found.setdefault(position, []).append(path)
    return found


# --- the figures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A measure with its figure of the running month and of the whole month before; None where there is no record."""

    measure: Measure
    now: Decimal | None
    before: Decimal | None
    is_money: bool
    is_share: bool

    @property
    def moved(self) -> str:
        """Better or worse than the month before; only shares can be told before the month is over."""
        return rules.moved(self.now, self.before, self.measure.direction) if self.is_share else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A position of a person with its scorecard; without one in force `lines` is empty. Whoever leads is measured by the sums
    of the departments led, whoever does not by what is their own."""

    position: Position
    scorecard: Scorecard | None
    lines: list[Line]
    leads: bool


def figures(user_id: UUID, company_id: UUID, day: date) -> list[Shown]:
    """The scorecards of a person's positions with live figures: this month up to the day, and the month before."""
    positions = held_by(user_id, company_id, day)
    cards = in_force(day, [p.pk for p in positions])
    month = day.replace(day=1)
    spans = (Period(month, day + timedelta(days=1)), Period(months_later(month, -1), month))
    found = []
    for position, paths in positions.items():
        card = cards.get(position.pk)
        leads = position.layer < FRONT_LINE
        whose = _Whose(user_id, company_id, tuple(paths) if leads else ())
        measures = card.lines if card is not None else ()
        lines = [_line(m, *(_value(m.metric, whose, span) for span in spans)) for m in measures]
        found.append(Shown(position, card, lines, leads))
    return found


FRONT_LINE = 3  # the layer of those who lead nobody


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose figures: a person's own, or those of the departments that the person leads."""

    user_id: UUID
    company_id: UUID
    paths: tuple[str, ...]


def _value(metric: str, whose: _Whose, span: Period) -> Decimal | None:
    """A figure; None where there is no record. Shares are always the person's own: how they work, not how much."""
    if metric not in Metric.values():
        return None
    known = Metric(metric)
    if not whose.paths or known in SHARES:
        return value_of(known, whose.company_id, [whose.user_id], span).get(whose.user_id)
    if known in FROM_FACTS:
        below = reduce(or_, (Q(department_path__startswith=path) for path in whose.paths))
        sum_ = _facts(known.value, whose.company_id, span).filter(below).aggregate(sum=Sum("amount"))["sum"]
        return None if sum_ is None else Decimal(sum_)
    people = queries.people_below(
        whose.paths, whose.company_id, (span.until or span.since) - timedelta(days=1)
    )
    return sum(value_of(known, whose.company_id, people, span).values(), Decimal(0))


def _facts(measure: str, company_id: UUID, span: Period) -> QuerySet[Fact]:
    return Fact.objects.filter(
        company_id=company_id, measure=measure, happened_on__gte=span.since, happened_on__lt=span.until
    )


def _line(measure: Measure, now: Decimal | None, before: Decimal | None) -> Line:
    known = Metric(measure.metric) if measure.metric in Metric.values() else None
    is_share = known in SHARES
    # A sum without a record is nothing; a share of nothing is unknown.
    empty = None if is_share or known is None else Decimal(0)
    first, second = (empty if value is None else value.quantize(FOUR) for value in (now, before))
    return Line(measure, first, second, known in FROM_FACTS, is_share)


def value_of(
    metric: Metric, company_id: UUID, users: Collection[UUID], period: Period
) -> Mapping[UUID, Decimal]:
    """A metric of people in a period; people without a record are absent."""
    if metric in FROM_FACTS:
        return facts_of(metric.value, company_id, users, period)
    found: MeasureOf = scorecard_measures.functions[metric.value]
    return found(company_id, users, period)


def facts_of(measure: str, company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """What was posted under a measure, by the person who answered for the document then."""
    rows = _facts(measure, company_id, period).filter(person_id__in=users)
    return dict(rows.values_list("person_id").annotate(sum=Sum("amount")))


def moments(period: Period) -> tuple[datetime, datetime]:
    """The first moment of a period and the first one after it."""
    until = period.until or clock.business_day(clock.now()) + timedelta(days=1)
    return clock.day_begins(period.since), clock.day_begins(until)


@scorecard_measures.register(Metric.TASKS.value)
def tasks_done(company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """Tasks that people finished."""
    since, until = moments(period)
    done = Task.objects.filter(
        company_id=company_id, done_by__in=users, state=TaskState.DONE.value, done_at__gte=since, done_at__lt=until
    )  # fmt: skip
    return {user: Decimal(n) for user, n in done.values_list("done_by").annotate(n=Count("pk")).order_by()}


@scorecard_measures.register(Metric.ON_TIME.value)
def tasks_in_time(company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """The share of tasks done in time: of those that people finished in the period, and their own that ran late in it."""
    since, until = moments(period)
    ours = Task.objects.filter(company_id=company_id)
    done = ours.filter(done_by__in=users, state=TaskState.DONE.value, done_at__gte=since, done_at__lt=until)
    in_time = Count("pk", filter=Q(done_at__lte=F("due_at")))
    counted = done.values_list("done_by").annotate(n=Count("pk"), kept=in_time).order_by()
    late = ours.filter(
        owner__in=users, role="", state=TaskState.OPEN.value, due_at__gte=since, due_at__lt=min(until, clock.now())
    )  # fmt: skip
    waiting = dict(late.values_list("owner_id").annotate(n=Count("pk")).order_by())
    found = {user: (n, kept) for user, n, kept in counted}
    return {
        user: Decimal(kept) / Decimal(n + waiting.get(user, 0))
        for user in {*found, *waiting}
        for n, kept in [found.get(user, (0, 0))]
    }


def without_a_sound_one(day: date) -> Iterable[tuple[Position, Scorecard | None]]:
    """Positions in use whose scorecard is missing on a day, or does not add up."""
    known, _ = composition.positions()
    cards = in_force(day)
    for position in known.values():
        card = cards.get(position.pk)
        if card is None or not rules.is_sound(card.lines):
            yield position, card
