"""Evidence for clauses 1.4.3 and 2.2.4: stages by their conditions, minutes in time, no unapproved price below the floor."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.db import connection
from django.db.models import Q

from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.values import Period, T
from sellwell.selling.pipeline import checks, rules
from sellwell.selling.pipeline.models import Opportunity, Quotation, QuotationState, Visit

WITHOUT = T("阶段条件不满足", "is at a stage without its conditions")
LATE = T("纪要未按时完成", "its minutes were not written in time")
UNAPPROVED = T("低于底价且未经审批", "was sent below the floor without approval")


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BUSINESS_ZONE).astimezone(UTC)


def _numbers(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {str(row[0]) for row in cursor.fetchall()}


@evidence("1.4.3", T("商机阶段都满足条件", "Stages were entered by their conditions"))
def stage_changes_without_conditions(company_id: UUID, period: Period) -> Evidence:
    """Opportunities that changed their stage in the period; without conditions must be 0."""
    rows = Opportunity.objects.filter(company_id=company_id, stage_since__gte=_start(period.since))
    if period.until is not None:
        rows = rows.filter(stage_since__lt=_start(period.until))
    numbers = _numbers(checks.STAGES_WITHOUT_CONDITIONS)
    moved = list(rows.order_by("number"))
    broken = [
        Broken("pipeline.opportunity", o.pk, o.number, WITHOUT, o.department_path)
        for o in moved
        if o.number in numbers
    ]
    return found(Counter(o.department_path for o in moved), broken)


@evidence("2.2.4", T("拜访纪要按时完成", "Visits have their minutes in time"))
def visits_without_minutes_in_time(company_id: UUID, period: Period) -> Evidence:
    """Visits whose minutes were due in the period; imported ones carry no deadline."""
    rows = Visit.objects.filter(company_id=company_id, minutes_due_at__gte=_start(period.since))
    if period.until is not None:
        rows = rows.filter(minutes_due_at__lt=_start(period.until))
    now = clock.now()
    is_due = Q(minutes_at__isnull=False) | Q(minutes_due_at__lte=now)
    due = list(rows.filter(is_due).order_by("number"))
    broken = [
        Broken("pipeline.visit", v.pk, v.number, LATE, v.department_path)
        for v in due
        if rules.minutes_are_late(v.minutes_due_at, v.minutes_at, now)
    ]
    return found(Counter(v.department_path for v in due), broken)


@evidence("2.2.4", T("低于底价的报价都经过审批", "Quotations below the floor were approved"))
def quotations_below_floor(company_id: UUID, period: Period) -> Evidence:
    """Quotations of the period that left the house; below the floor without approval must be 0."""
    rows = Quotation.objects.filter(company_id=company_id, business_date__gte=period.since)
    if period.until is not None:
        rows = rows.filter(business_date__lt=period.until)
    sent = list(rows.exclude(state=QuotationState.DRAFT.value).order_by("number"))
    numbers = _numbers(checks.BELOW_FLOOR)
    broken = [
        Broken("pipeline.quotation", q.pk, q.number, UNAPPROVED, q.department_path)
        for q in sent
        if q.number in numbers
    ]
    return found(Counter(q.department_path for q in sent), broken)
