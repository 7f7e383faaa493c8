"""Evidence for the clauses that voice answers for: 2.4.2, 2.4.3 (surveys by calendar), 4.2.1 (campaigns) and 4.2.4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from sellwell.control.voice import campaigning, figures, policies, queries, studying
from sellwell.control.voice.models import (
    Campaign,
    CampaignState,
    FollowUp,
    FollowUpState,
    Interview,
    InterviewState,
    Invitation,
    Recipient,
    Response,
    ResponseState,
    Round,
    RoundState,
    Side,
    Study,
    StudyState,
)
from sellwell.control.voice.rules.campaigns import Result
from sellwell.control.voice.rules.figures import Figure
from sellwell.control.voice.rules.studies import lacking
from sellwell.foundation.privacy import queries as privacy
from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, Measured, evidence, found, last_day
from sellwell.kernel.values import Period, T

LACKS = T("已形成结论，但{what}", "is concluded, but {what}")
NOT_HELD = T("计划于 {day}，未按期开展", "was planned for {day} and not held in time")
CONTACT_LATE = T("应于 {day} 前联系，未按时联系", "was to be contacted by {day}, and was not in time")
SETTLE_LATE = T("应于 {day} 前办结，未按时办结", "was to be settled by {day}, and was not in time")
NO_FOLLOW_UP = T("低分 {score} 分没有回访", "a low score of {score} has no follow-up")
NOT_AS_PLANNED = T("计划于 {day}，未按计划进行", "was planned for {day} and not held as planned")
TOO_SOON = T("同一人 90 天内再次受访", "asks the same person again within 90 days")
NO_CONTROL = T("没有保留对照，也没有未分群对照", "has neither a hold-out nor an unsegmented group")
NOT_EVALUATED = T("计数期已过两周，尚未评估", "was not evaluated within two weeks after its days")
WITHOUT = T("没有依据而收到消息：{why}", "was written to without a basis: {why}")
EVALUATE_WITHIN = 14  # days
AFTER_48 = T("事件发生 48 小时后才发出", "went out more than 48 hours after the event")


def _until(period: Period) -> date:
    """The first day after what may be judged: a period that still runs is judged up to today."""
    return last_day(period) + timedelta(days=1)


# --- 2.4.2 -----------------------------------------------------------------------------------------------------------------


@evidence("2.4.2", T("研究结论有数字也有原话", "Studies rest on numbers and words"))
def studies_with_numbers_and_words(company_id: UUID, period: Period) -> Evidence:
    """Studies concluded in the period; those without a finding on each aspect, or with one that lacks numbers or quotations.

    Beside it the response rate and the interviews of the period.
    """
    rows = Study.objects.filter(
        company_id=company_id,
        state=StudyState.CONCLUDED.value,
        concluded_at__gte=clock.day_begins(period.since),
    )
    if period.until is not None:
        rows = rows.filter(concluded_at__lt=clock.day_begins(period.until))
    concluded = list(rows.order_by("number"))
    stated = studying.stated([row.pk for row in concluded])
    broken = []
    for row in concluded:
        if missing := lacking(stated.get(row.pk, [])):
            what = T("；".join(m.zh for m in missing), "; ".join(m.en for m in missing))
            broken.append(
                Broken("voice.study", row.pk, row.number, LACKS.format(what=what), row.department_path)
            )
    return found(Counter(row.department_path for row in concluded), broken, _research(company_id, period))


def _research(company_id: UUID, period: Period) -> Iterator[Measured]:
    until = _until(period)
    rate = figures.response_rate(company_id, period.since, until)
    yield Measured(T("问卷回收率", "Response rate"), rate.n, rate.value, "%")
    held = Interview.objects.filter(
        company_id=company_id, held_on__gte=period.since, held_on__lt=until
    ).count()
    months = max(Decimal(1), Decimal((last_day(period) - period.since).days + 1) / Decimal("30.4"))
    yield Measured(
        T("每月访谈次数", "Interviews a month"), held, (held / months).quantize(Decimal("0.1")), ""
    )


# --- 2.4.3 -----------------------------------------------------------------------------------------------------------------


@evidence("2.4.3", T("满意度调查按日历开展", "Satisfaction surveys held by the calendar"))
def surveys_held_as_planned(company_id: UUID, period: Period) -> Evidence:
    """Rounds whose last day lies in the period and is over; those not held by it. Rounds left out with a reason are none."""
    day = last_day(period)
    rows = Round.objects.filter(company_id=company_id, latest_on__gte=period.since, latest_on__lte=day)
    due = [
        row
        for row in rows.exclude(state=RoundState.LEFT_OUT.value)
        .select_related("programme")
        .order_by("planned_on")
        if row.state == RoundState.HELD.value or row.latest_on < clock.business_day(clock.now())
    ]
    broken = [
        Broken(
            "voice.round", row.pk, str(row), NOT_HELD.format(day=f"{row.planned_on:%Y-%m-%d}"), row.programme.department_path
        )
        for row in due
        if row.held_on is None or row.held_on > row.latest_on
    ]  # fmt: skip
    return found(Counter(row.programme.department_path for row in due), broken)


# --- 4.2.1 -----------------------------------------------------------------------------------------------------------------


@evidence("4.2.1", T("分客群响应有对照", "Segments are compared with a control group"))
def campaigns_compared(company_id: UUID, period: Period) -> Evidence:
    """Campaigns that were sent out in the period; those that nothing can be compared with, and those whose days are over for
    two weeks without an evaluation. Beside it each group's response in orders, over all these campaigns."""
    rows = Campaign.objects.filter(
        company_id=company_id, finished_on__gte=period.since, finished_on__lt=_until(period)
    ).exclude(state=CampaignState.STOPPED.value)
    concerned, broken = list(rows.order_by("number")), []
    total: dict[str, Result] = {}
    day = min(last_day(period), clock.business_day(clock.now()))
    for row in concerned:
        found_ = campaigning.results(row)
        if not {Side.HOLDOUT.value, Side.UNSEGMENTED.value} & set(found_):
            broken.append(Broken("voice.campaign", row.pk, row.number, NO_CONTROL, row.department_path))
        elif row.evaluated_at is None and campaigning.is_over(row, day - timedelta(days=EVALUATE_WITHIN)):
            broken.append(Broken("voice.campaign", row.pk, row.number, NOT_EVALUATED, row.department_path))
        for side, one in found_.items():
            before = total.get(side, Result(0, 0, Decimal(0)))
            total[side] = Result(
                before.count + one.count, before.ordered + one.ordered, before.amount + one.amount
            )
    measured = [
        Measured(s.label, total[s.value].count, total[s.value].rate.value, "%")
        for s in Side
        if s.value in total
    ]
    return found(Counter(row.department_path for row in concerned), broken, measured)


@evidence("4.2.1", T("活动只触达有依据的人", "Campaigns reach only people with a basis"))
def written_to_with_a_basis(company_id: UUID, period: Period) -> Evidence:
    """Recipients to whom something went out in the period; those who by then had not consented to the channel, or had said
    no. Must find none."""
    rows = list(queries.written_to(company_id, period))
    groups: dict[tuple[str, date], list[Recipient]] = {}
    for row in rows:
        if row.sent_at is not None:
            groups.setdefault((row.campaign.channel, clock.business_day(row.sent_at)), []).append(row)
    broken = []
    for (channel, day), same in groups.items():
        used = [(row.subject(), row.sent_at) for row in same if row.sent_at is not None]
        answers = privacy.might_use(company_id, used, campaigning.PURPOSES[channel], day)
        broken += [
            Broken("voice.recipient", row.pk, str(row), WITHOUT.format(why=answer.why), row.department_path)
            for row, answer in zip(same, answers, strict=True)
            if not answer.allowed
        ]
    return found(Counter(row.department_path for row in rows), broken)


# --- 4.2.4 -----------------------------------------------------------------------------------------------------------------


@evidence("4.2.4", T("低分回访按期完成", "Low scores are followed up in time"))
def follow_ups_in_time(company_id: UUID, period: Period) -> Evidence:
    """Follow-ups whose day to contact or to settle fell into the period and is over; those that were late at it.

    Beside it NPS, CSAT, CES and the response rate of the period.
    """
    now, day = clock.now(), last_day(period)
    since = clock.day_begins(period.since)
    until = clock.day_begins(day + timedelta(days=1))
    in_period = Q(due_at__gte=since, due_at__lt=until) | Q(resolve_by__gte=period.since, resolve_by__lte=day)
    rows = FollowUp.objects.filter(in_period, company_id=company_id).order_by("number")
    concerned: Counter[str] = Counter()
    broken = []
    for row in rows:
        why = _late(row, min(now, until))
        is_due = row.due_at < now
        if why is not None or is_due:
            concerned[row.department_path] += 1
        if why is not None:
            broken.append(Broken("voice.followup", row.pk, row.number, why, row.department_path))
    return found(concerned, broken, _satisfaction(company_id, period))


def _late(row: FollowUp, now: datetime) -> T | None:
    """What a follow-up was late at, as of a moment; None where nothing was."""
    if row.contacted_at is None:
        if row.due_at < now:
            return CONTACT_LATE.format(day=f"{clock.business_day(row.due_at):%Y-%m-%d}")
        return None
    if row.contacted_at > row.due_at:
        return CONTACT_LATE.format(day=f"{clock.business_day(row.due_at):%Y-%m-%d}")
    settled = row.resolved_at if row.state == FollowUpState.RESOLVED.value else now
    if settled is not None and clock.day_begins(row.resolve_by + timedelta(days=1)) <= settled:
        return SETTLE_LATE.format(day=f"{row.resolve_by:%Y-%m-%d}")
    return None


def _satisfaction(company_id: UUID, period: Period) -> Iterator[Measured]:
    until = last_day(period) + timedelta(days=1)
    span = figures.Span(company_id, period.since, until)
    for metric, title, unit in (
        ("nps", T("净推荐值 NPS", "NPS"), ""),
        ("csat", T("满意度 CSAT", "CSAT"), "%"),
        ("ces", T("省力度 CES", "CES"), "%"),
    ):
        one: Figure = figures.figure(span, metric)
        yield Measured(title, one.n, one.value, unit)
    rate = figures.response_rate(company_id, period.since, until)
    yield Measured(T("回收率", "Response rate"), rate.n, rate.value, "%")


@evidence("4.2.4", T("低分都有回访", "Every low score has a follow-up"))
def low_scores_followed_up(company_id: UUID, period: Period) -> Evidence:
    """Responses of customers sent in in the period with a score that the policy of that day calls low; those without a
    follow-up. Must find none."""
    rows = Response.objects.filter(
        company_id=company_id, state=ResponseState.SUBMITTED.value, business_date__gte=period.since,
        business_date__lt=_until(period), customer__isnull=False,
    )  # fmt: skip
    followed = rows.filter(Exists(FollowUp.objects.filter(response=OuterRef("pk"))))
    concerned = Counter(followed.order_by().values_list("department_path", flat=True))
    broken = []
    others = rows.exclude(pk__in=followed.order_by().values("pk")).select_related("questionnaire")
    judged: dict[tuple[object, ...], bool] = {}
    for row in others.order_by("business_date", "id"):
        for metric in figures.METRICS:
            score = getattr(row, metric)
            key = (row.business_date, metric, score, row.grade)
            if score is not None and key not in judged:
                judged[key] = policies.low_on(company_id, row.business_date, metric, score, row.grade)
            if score is not None and judged[key]:
                why = NO_FOLLOW_UP.format(score=score)
                broken.append(Broken("voice.response", row.pk, str(row), why, row.department_path))
                concerned[row.department_path] += 1
                break
    return found(concerned, broken)


@evidence("4.2.4", T("客户访谈按计划进行", "Interviews are held as planned"))
def interviews_as_planned(company_id: UUID, period: Period) -> Evidence:
    """Interviews planned for a day of the period that is over; those not held by then. Cancelled ones with a reason are none."""
    day = min(last_day(period), clock.business_day(clock.now()) - timedelta(days=1))
    rows = Interview.objects.filter(company_id=company_id, planned_on__gte=period.since, planned_on__lte=day)
    due = rows.exclude(state=InterviewState.CANCELLED.value).order_by("number")
    concerned = Counter(due.order_by().values_list("department_path", flat=True))
    missed = due.filter(Q(held_on__isnull=True) | Q(held_on__gt=F("planned_on")))
    broken = [
        Broken(
            "voice.interview",
            r.pk,
            r.number,
            NOT_AS_PLANNED.format(day=f"{r.planned_on:%Y-%m-%d}"),
            r.department_path,
        )
        for r in missed
    ]
    return found(concerned, broken)


_TOO_SOON = """
SELECT id FROM (
  SELECT id, sent_at, lag(sent_at) OVER (PARTITION BY customer_id, contact_id ORDER BY sent_at, id) AS before
  FROM voice_invitation WHERE company_id = %s AND sent_at IS NOT NULL AND state <> 'failed' AND sent_at >= %s - interval '90 days'
) asked WHERE sent_at >= %s AND sent_at < %s AND before > sent_at - interval '90 days'
"""


@evidence("4.2.4", T("调查不过频、不过迟", "Nobody is asked too often, or too late"))
def asked_within_bounds(company_id: UUID, period: Period) -> Evidence:
    """Invitations that went out in the period; those within 90 days of the same person's last one, or more than 48 hours
    after the event that they are about. Must find none."""
    since = clock.day_begins(period.since)
    until = clock.day_begins(last_day(period) + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(_TOO_SOON, [company_id, since, since, until])
        soon = {row[0] for row in cursor.fetchall()}
    rows = Invitation.objects.filter(company_id=company_id, sent_at__gte=since, sent_at__lt=until)
    late = Q(happened_at__isnull=False, sent_at__gt=F("happened_at") + timedelta(hours=48))
    concerned = Counter(rows.order_by().values_list("department_path", flat=True))
    broken = [
        Broken("voice.invitation", r.pk, r.number, TOO_SOON if r.pk in soon else AFTER_48, r.department_path)
        for r in rows.filter(late | Q(pk__in=soon)).order_by("number")
    ]
    return found(concerned, broken)
