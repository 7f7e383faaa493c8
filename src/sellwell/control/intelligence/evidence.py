"""Evidence for clauses 2.4.1, 2.4.3, 2.4.4 and 2.4.5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import TruncMonth

from sellwell.control.intelligence import policies, rules
from sellwell.control.intelligence.models import (
    Action,
    ActionState,
    Award,
    AwardState,
    Channel,
    Item,
    ItemKind,
    ItemState,
    Lawful,
    Meeting,
    MeetingState,
    Step,
    StepKind,
    Verdict,
)
from sellwell.kernel import calendar, clock
from sellwell.kernel.evidence import Broken, Evidence, Measured, by_department, evidence, found, last_day
from sellwell.kernel.values import Period, T, months_later

SILENT = T("{month} 没有来自“{source}”的情报", "nothing came from “{source}” in {month}")
NOT_LAWFUL = T("来源声明为“{lawful}”却已采纳", "taken up although its source is declared as “{lawful}”")
NOT_HELD = T("计划 {day} 召开，未召开", "planned for {day} and not held")
OTHER_DAY = T("计划 {day} 召开，实际 {held} 召开", "planned for {day} and held on {held}")
CALLED_OFF = T("计划 {day} 召开，已取消", "planned for {day} and cancelled")
ACTION_LATE = T("应于 {day} 完成", "was due by {day}")
ENTERED_LATE = T("发生 {days} 个工作日后才记录", "entered {days} working days after it was said")
PROVED_FALSE = T("事后核实不实", "proved false")
STEP_LATE = T("“{step}”应于 {day} 完成", "“{step}” was due by {day}")
NO_POINTS = T("及时且属实，尚未计积分", "in time and true, and no points given")
FALSE_POINTS = T("已证实不实，积分没有冲回", "proved false, and its points stand")

TAKEN_UP = ("screened", "analysed", "assigned", "done", "answered", "closed")
SENT_IN = T("{source}：情报条数", "{source}: items")
CLOSED = T("已关闭的比例", "Share closed")
TO_CLOSE = T("从提交到关闭（中位数）", "From sending in to closing, median")
STEPS_IN_TIME = T("按时完成的步骤", "Steps done in time")
CONFIRMED_TRUE = T("核实属实的比例", "Share confirmed as true")
CONTRIBUTORS = T("有积分的人数", "People with points")


def _ends(period: Period) -> datetime:
    """The moment before which something happened in a period: its end, or just after now."""
    now = clock.now() + timedelta(microseconds=1)
    return now if period.until is None else min(now, clock.day_begins(period.until))


def _items(company_id: UUID, period: Period) -> QuerySet[Item]:
    """Items sent in in the period."""
    return Item.objects.filter(
        company_id=company_id, business_date__gte=period.since, business_date__lte=last_day(period)
    )  # fmt: skip


# --- 2.4.1 -----------------------------------------------------------------------------------------------------------------


@evidence("2.4.1", T("每月每个来源都有情报", "No source is silent for a month"))
def sources_heard(company_id: UUID, period: Period) -> Evidence:
    """Watched sources by month, since the first item; those from which nothing came in a month that is over.

    A month is looked at whole, even where the period covers a part of it.
    """
    day = last_day(period)
    first = Item.objects.filter(company_id=company_id).aggregate(day=Min("business_date"))["day"]
    if first is None or first > day:
        return found(0, [])
    months = rules.months_of(max(period.since, first), day)
    rows = Item.objects.filter(
        company_id=company_id, business_date__gte=months[0], business_date__lt=months_later(months[-1], 1)
    )  # fmt: skip
    heard = (
        rows.order_by().annotate(month=TruncMonth("business_date")).values_list("channel", "month").distinct()
    )
    looked_at, silent = rules.silences(policies.watched(company_id, day), months, heard, day)
    broken = [
        Broken(
            "intelligence.item", None, str(label.zh), SILENT.format(month=f"{one.month:%Y-%m}", source=label)
        )
        for one in silent
        for label in [Channel(one.source).label]
    ]
    return found(looked_at, broken, _by_source(company_id, period))


def _by_source(company_id: UUID, period: Period) -> Iterator[Measured]:
    """How many items came from each source."""
    counted = dict(_items(company_id, period).order_by().values_list("channel").annotate(number=Count("pk")))
    for channel in Channel:
        if number := counted.get(channel.value, 0):
            yield Measured(SENT_IN.format(source=channel.label), number, Decimal(number), "")


@evidence("2.4.1", T("采纳的情报来源合法", "What was taken up was come by lawfully"))
def lawful_sources(company_id: UUID, period: Period) -> Evidence:
    """Items of the period that were taken up; those without a lawful declared source (must be none)."""
    rows = _items(company_id, period).filter(state__in=TAKEN_UP)
    wrong = rows.filter(lawful__in=[Lawful.UNDECLARED.value, Lawful.WRONG.value]).order_by("number")
    broken = [_broken(i, NOT_LAWFUL.format(lawful=Lawful(i.lawful).label)) for i in wrong]
    return found(by_department(rows), broken)


def _broken(item: Item, why: T) -> Broken:
    """Named by its number: the topic may hold a name."""
    return Broken("intelligence.item", item.pk, item.number, why, item.department_path)


# --- 2.4.3 -----------------------------------------------------------------------------------------------------------------


@evidence("2.4.3", T("会议按计划召开", "Meetings held as planned"))
def meetings_held(company_id: UUID, period: Period) -> Evidence:
    """Meetings planned for days of the period that are over; those not held on their day."""
    today = clock.business_day(clock.now())
    begins = clock.day_begins(period.since)
    ends = min(clock.day_begins(today), _ends(period))
    rows = Meeting.objects.filter(company_id=company_id, planned_at__gte=begins, planned_at__lt=ends)
    broken = []
    for meeting in rows.order_by("planned_at", "number"):
        day = clock.business_day(meeting.planned_at)
        held = clock.business_day(meeting.started_at) if meeting.started_at is not None else None
        is_off = meeting.state == MeetingState.CANCELLED.value
        if rules.was_held_as_planned(day, held, is_off):
            continue
        why = CALLED_OFF if is_off else OTHER_DAY if held is not None else NOT_HELD
        broken.append(
            Broken(
                "intelligence.meeting", meeting.pk, meeting.number, why.format(day=day, held=held or ""),
                meeting.department_path,
            )
        )  # fmt: skip
    return found(by_department(rows), broken)


@evidence("2.4.3", T("行动项没有逾期", "No action item is overdue"))
def actions_in_time(company_id: UUID, period: Period) -> Evidence:
    """Actions due in the period, or open from before it; those that were overdue on its last day."""
    day = last_day(period)
    open_then = Q(done_on__isnull=True) | Q(done_on__gt=day)
    rows = Action.objects.filter(company_id=company_id, due_on__lte=day).exclude(
        state=ActionState.CANCELLED.value
    )  # fmt: skip
    rows = rows.filter(Q(due_on__gte=period.since) | open_then)
    late = rows.filter(open_then, due_on__lt=day).order_by("number")
    broken = [
        Broken("intelligence.action", a.pk, a.number, ACTION_LATE.format(day=a.due_on), a.department_path)
        for a in late
    ]
    return found(by_department(rows), broken)


@evidence("2.4.3", T("客户意见及时记录", "Feedback entered in time"))
def feedback_in_time(company_id: UUID, period: Period) -> Evidence:
    """Feedback of customers entered in the period; that which came later than the policy of its day allows."""
    rows = _items(company_id, period).filter(kind=ItemKind.FEEDBACK.value)
    late = rows.filter(is_timely=False).order_by("number")
    broken = [_broken(i, ENTERED_LATE.format(days=i.delay_days)) for i in late]
    return found(by_department(rows), broken)


@evidence("2.4.3", T("核实过的客户意见属实", "Feedback that was confirmed proved true"))
def feedback_true(company_id: UUID, period: Period) -> Evidence:
    """Feedback whose truth was found out in the period; that which proved false. Unclear ones say nothing."""
    rows = _confirmed(company_id, period).filter(kind=ItemKind.FEEDBACK.value)
    rows = rows.filter(verdict__in=[Verdict.TRUE.value, Verdict.FALSE.value])
    false = list(rows.filter(verdict=Verdict.FALSE.value).order_by("number"))
    count = rows.count()
    share = Measured(CONFIRMED_TRUE, count, rules.share(count - len(false), count), "%")
    return found(by_department(rows), [_broken(i, PROVED_FALSE) for i in false], [share])


def _confirmed(company_id: UUID, period: Period) -> QuerySet[Item]:
    """Items whose truth was found out in the period."""
    begins = clock.day_begins(period.since)
    return Item.objects.filter(
        company_id=company_id, confirmed_at__gte=begins, confirmed_at__lt=_ends(period)
    )  # fmt: skip


# --- 2.4.4 -----------------------------------------------------------------------------------------------------------------


@evidence("2.4.4", T("情报各步没有逾期", "Items without a late step"))
def loops_in_time(company_id: UUID, period: Period) -> Evidence:
    """Items with a step due in the period, or still undone from before it; those that had a late step at its end.

    What was made good late is no longer named; the share of the steps in time counts it.
    """
    begins, ends = clock.day_begins(period.since), _ends(period)
    undone = Q(done_at__isnull=True) | Q(done_at__gte=ends)
    rows = Step.objects.filter(company_id=company_id, due_at__lt=ends).filter(Q(due_at__gte=begins) | undone)
    # Closing is the sender's own leisure, and done by itself. What is rejected has no step left.
    rows = rows.exclude(kind=StepKind.CLOSE.value)
    concerned = Item.objects.filter(pk__in=rows.order_by().values("item_id"))
    late: dict[UUID, Step] = {}
    for step in rows.filter(undone).select_related("item").order_by("item__number", "due_at"):
        late.setdefault(step.item_id, step)
    broken = [_late(step) for step in late.values()]
    return found(by_department(concerned), broken, _loop_figures(company_id, period))


def _late(step: Step) -> Broken:
    words = STEP_LATE.format(step=StepKind(step.kind).label, day=clock.business_day(step.due_at))
    return _broken(step.item, words)


def _loop_figures(company_id: UUID, period: Period) -> Iterator[Measured]:
    """The share closed of what was sent in and not turned down, the median days to close, the steps in time."""
    taken = _items(company_id, period).exclude(
        state__in=[ItemState.REJECTED.value, ItemState.DUPLICATE.value]
    )  # fmt: skip
    every, closed = taken.count(), taken.filter(state=ItemState.CLOSED.value)
    count = closed.count()
    yield Measured(CLOSED, every, rules.share(count, every), "%")
    begins, ends = clock.day_begins(period.since), _ends(period)
    spans = Item.objects.filter(
        company_id=company_id, state=ItemState.CLOSED.value, closed_at__gte=begins, closed_at__lt=ends
    ).values_list("created_at", "closed_at")  # fmt: skip
    days = [Decimal(str((b - a).total_seconds())) / 86400 for a, b in spans if b is not None]
    yield Measured(TO_CLOSE, len(days), rules.middle(days), "d")
    steps = Step.objects.filter(company_id=company_id, due_at__gte=begins, due_at__lt=ends)
    told = steps.aggregate(every=Count("pk"), good=Count("pk", filter=Q(done_at__lte=F("due_at"))))
    yield Measured(STEPS_IN_TIME, told["every"], rules.share(told["good"], told["every"]), "%")


# --- 2.4.5 -----------------------------------------------------------------------------------------------------------------


@evidence("2.4.5", T("及时且属实的情报已计积分", "Timely, true items were rewarded"))
def rewarded(company_id: UUID, period: Period) -> Evidence:
    """Timely items confirmed as true in the period whose days for points are over, or that have them; those without."""
    day = last_day(period)
    rows = _confirmed(company_id, period).filter(verdict=Verdict.TRUE.value, is_timely=True)
    standing = Award.objects.filter(
        company_id=company_id, state=AwardState.STANDING.value, awarded_on__lte=day
    ).values("item_id")  # fmt: skip
    with_points = rows.filter(pk__in=standing)
    allowed = policies.days_allowed("award", "", company_id, day)
    due = [i for i in rows.exclude(pk__in=standing).order_by("number") if _award_due(i, allowed) < day]
    concerned = Counter(by_department(with_points))
    concerned.update(i.department_path for i in due)
    return found(concerned, [_broken(i, NO_POINTS) for i in due], _people(company_id, period))


def _award_due(item: Item, allowed: int) -> date:
    """The last day on which the points should have been given."""
    assert item.confirmed_at is not None  # noqa: S101 - it was confirmed in the period
    return calendar.add_working_days(clock.business_day(item.confirmed_at), allowed)


def _people(company_id: UUID, period: Period) -> Iterator[Measured]:
    """How many people got points in the period."""
    rows = Award.objects.filter(
        company_id=company_id, state=AwardState.STANDING.value, awarded_on__gte=period.since,
        awarded_on__lte=last_day(period),
    )  # fmt: skip
    told: dict[str, Any] = rows.aggregate(awards=Count("pk"), people=Count("owner_id", distinct=True))
    yield Measured(CONTRIBUTORS, told["awards"], Decimal(told["people"]), "")


@evidence("2.4.5", T("不实情报没有积分", "Nothing false has points"))
def nothing_for_the_false(company_id: UUID, period: Period) -> Evidence:
    """Points given in the period; those that stand although the item proved false (must be none)."""
    rows = Award.objects.filter(
        company_id=company_id, awarded_on__gte=period.since, awarded_on__lte=last_day(period)
    )  # fmt: skip
    wrong = rows.filter(state=AwardState.STANDING.value, item__verdict=Verdict.FALSE.value)
    broken = [
        Broken("intelligence.award", a.pk, a.item.number, FALSE_POINTS, a.department_path)
        for a in wrong.select_related("item").order_by("item__number")
    ]
    return found(by_department(rows), broken)
