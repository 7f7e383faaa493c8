"""Evidence for clauses 1.3.2, 1.4.3 and 2.2.4: steps of leads by their split, stages by their conditions, minutes in time, no
unapproved price below the floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, Measured, by_department, evidence, found
from sellwell.kernel.models import ApprovalNote, ApprovalRequest, LedgerEntry, NoteKind, RequestState
from sellwell.kernel.values import Period, T
from sellwell.selling.pipeline import checks, rules, splitting
from sellwell.selling.pipeline.models import Lead, Opportunity, Quotation, QuotationState, Stage, Visit

WITHOUT = T("阶段条件不满足", "is at a stage without its conditions")
LATE = T("纪要未按时完成", "its minutes were not written in time")
NOT_THEIRS = T("由分工之外的人员办理", "was dealt with by a side that the split does not name")
SENT_BACK = T("审批被退回", "was sent back for correction")
UNAPPROVED = T("低于底价且未经审批", "was sent below the floor without approval")


@evidence(
    "1.3.2", T("线索各步由分工中的一方办理", "Steps of leads are done by the side that the split names")
)
def lead_steps_by_the_split(company_id: UUID, period: Period) -> Evidence:
    """Leads collected, qualified and handed over in the period, and whether who did it held a role that the split in force on
    that day names for the lead's department. What strangers send in has no such step."""
    entries = LedgerEntry.objects.filter(
        company_id=company_id, operation__in=splitting.VERBS, at__gte=clock.day_begins(period.since)
    )
    if period.until is not None:
        entries = entries.filter(at__lt=clock.day_begins(period.until))
    acts = entries.values_list("row_id", "actor_id", "at", "assessment__context").order_by("seq")
    known = splitting.Judge(company_id)
    concerned: Counter[str] = Counter()
    wrong: dict[UUID, str] = {}
    for row_id, actor_id, at, context in acts:
        if not context or "lead_step" not in context or known.is_system(actor_id):
            continue
        concerned[context["department_path"]] += 1
        if row_id is not None and not known.is_theirs(actor_id, clock.business_day(at), context):
            wrong[row_id] = context["department_path"]
    numbers = dict(Lead.objects.filter(pk__in=list(wrong)).values_list("pk", "number"))
    return found(
        concerned,
        [Broken("pipeline.lead", pk, numbers.get(pk, ""), NOT_THEIRS, path) for pk, path in wrong.items()],
    )


def _numbers(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {str(row[0]) for row in cursor.fetchall()}


@evidence("1.4.3", T("商机阶段都满足条件", "Stages were entered by their conditions"))
def stage_changes_without_conditions(company_id: UUID, period: Period) -> Evidence:
    """Opportunities that changed their stage in the period; without conditions must be 0."""
    rows = Opportunity.objects.filter(company_id=company_id, stage_since__gte=clock.day_begins(period.since))
    if period.until is not None:
        rows = rows.filter(stage_since__lt=clock.day_begins(period.until))
    numbers = _numbers(checks.STAGES_WITHOUT_CONDITIONS)
    moved = list(rows.order_by("number"))
    broken = [
        Broken("pipeline.opportunity", o.pk, o.number, WITHOUT, o.department_path)
        for o in moved
        if o.number in numbers
    ]
    return found(Counter(o.department_path for o in moved), broken, _stages(company_id, period))


# Each stay in a stage that began in the period: how long it lasted, and whether the next stage was reached from it.
_STAYS = """
WITH stays AS (
  SELECT c.after ->> 'state' AS stage, e.at, lead(e.at) OVER w AS left_at, lead(c.after ->> 'state') OVER w AS next_stage
  FROM kernel_ledgerchange c JOIN kernel_ledgerentry e ON e.seq = c.entry_id
  WHERE c."table" = 'pipeline.opportunity' AND jsonb_exists(c.after, 'state') AND e.company_id = %s
  WINDOW w AS (PARTITION BY c.row_id ORDER BY c.id)
)
SELECT stage, count(*), count(*) FILTER (WHERE left_at IS NOT NULL AND next_stage <> 'lost'),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at) / 86400.0)
FROM stays WHERE at >= %s AND (%s::timestamptz IS NULL OR at < %s) GROUP BY stage
"""


def _stages(company_id: UUID, period: Period) -> Iterator[Measured]:
    """Of each stage: the share that went on from it, and the median time in it, over those that entered it in the period.

    Reckoned when it is read: the measuring of each month keeps only the counts.
    """
    until = None if period.until is None else clock.day_begins(period.until)
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, [company_id, clock.day_begins(period.since), until, until])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    for stage in Stage:
        if stage.value in rows and stage.value in rules.ORDER[:-1]:
            entered, went_on, days = rows[stage.value]
            share = (Decimal(100) * went_on / entered).quantize(Decimal("0.1"))
            converted = T(f"{stage.label.zh}：转化率", f"{stage.label.en}: conversion")
            stayed = T(f"{stage.label.zh}：停留", f"{stage.label.en}: time in stage")
            yield Measured(converted, entered, share, "%")
            yield Measured(stayed, entered, _days(days), "d")


def _days(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.1"))


# The rooms whose steps clause 2.2.4 speaks of: visits, quotations and signing.
_PROCESSES = Q(operation__startswith="pipeline.") | Q(operation__startswith="contracts.")


@evidence("2.2.4", T("流程一次通过", "Steps that were not sent back"))
def steps_sent_back(company_id: UUID, period: Period) -> Evidence:
    """Steps of quotations and signing that approval decided in the period; those rejected, or returned on the way."""
    begins = clock.day_begins(period.since)
    rows = ApprovalRequest.objects.filter(_PROCESSES, company_id=company_id, decided_at__gte=begins)
    if period.until is not None:
        rows = rows.filter(decided_at__lt=clock.day_begins(period.until))
    decided = rows.exclude(state__in=[RequestState.OPEN.value, RequestState.WITHDRAWN.value])
    returned = ApprovalNote.objects.filter(kind=NoteKind.RETURNED.value).values("request_id")
    is_back = Q(state=RequestState.REJECTED.value) | Q(pk__in=returned)
    back = decided.filter(is_back).order_by("number")
    broken = [
        Broken(r.row_type, r.row_id, f"{r.number} · {r.row_number}", SENT_BACK, r.department_path)
        for r in back
    ]
    return found(by_department(decided), broken)


@evidence("2.2.4", T("拜访纪要按时完成", "Visits have their minutes in time"))
def visits_without_minutes_in_time(company_id: UUID, period: Period) -> Evidence:
    """Visits whose minutes were due in the period; imported ones carry no deadline."""
    rows = Visit.objects.filter(company_id=company_id, minutes_due_at__gte=clock.day_begins(period.since))
    if period.until is not None:
        rows = rows.filter(minutes_due_at__lt=clock.day_begins(period.until))
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
