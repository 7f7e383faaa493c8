"""Evidence for clauses 4.3.1 (collected lawfully) and 4.3.4 (confidential, requests in time, looks looked into)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from sellwell.foundation.privacy import queries, rules
from sellwell.foundation.privacy.extensions import Use, uses
from sellwell.foundation.privacy.holding import fields
from sellwell.foundation.privacy.models import Consent, DataSubject, LookAlarm, Request
from sellwell.foundation.privacy.rules.words import (
    AlarmKind,
    AlarmState,
    ConsentState,
    Purpose,
    RequestState,
    Source,
)
from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, by_department, evidence, found, last_day
from sellwell.kernel.values import Period, T

NO_PROOF = T("没有凭证", "no proof")
USED = T("{day} 用于“{purpose}”：{why}", "used for “{purpose}” on {day}: {why}")
LATE = T("应于 {day} 前办结", "was to be answered by {day}")
OPEN = T("异常查看没有核查", "nobody looked into it")
MIXED = T("由客户的负责人办理", "worked on by the customer's own seller")
BATCH = 5000


@evidence("4.3.1", T("个人信息字段都有依据", "Every personal field has a basis"))
def fields_with_a_basis(company_id: UUID, period: Period) -> Evidence:
    """Every personal column of every table, by the register of the period's last day (without one: must be none)."""
    wrong = fields.without_basis(company_id, last_day(period))
    broken = [Broken("", None, f"{one.table_title} · {one.name}", why) for one, why in wrong]
    return found(len(fields.personal_fields()), broken)


@evidence("4.3.1", T("同意都有凭证", "Every consent has its proof"))
def consents_with_proof(company_id: UUID, period: Period) -> Evidence:
    """Consents given in the period, and those without file or reference."""
    rows = Consent.objects.filter(company_id=company_id, granted_on__gte=period.since).exclude(
        state=ConsentState.REQUESTED.value
    )
    if period.until is not None:
        rows = rows.filter(granted_on__lt=period.until)
    bare = rows.filter(proof_file__isnull=True, proof_reference="", merged_from__isnull=True)
    broken = [
        Broken("privacy.consent", row.pk, str(row), NO_PROOF, row.customer.department_path)
        for row in bare.select_related("customer")
    ]
    return found(by_department(rows, "customer__department_path"), broken)


@evidence("4.3.1", T("没有依据的不使用", "Nothing is used without a basis"))
def uses_with_a_basis(company_id: UUID, period: Period) -> Evidence:
    """Uses that rooms report, and people kept for contracts whose data need more than the contract (cards, imports): each
    judged by what held at its moment."""
    concerned, broken = 0, []
    for batch in _batches(_all_uses(company_id, period)):
        concerned += len(batch)
        groups: dict[tuple[Purpose, date], list[Use]] = {}
        for use in batch:
            groups.setdefault((use.purpose, use.day), []).append(use)
        for (purpose, day), same in groups.items():
            ends = clock.day_begins(day + timedelta(days=1))
            used = [(use.subject_id, use.at or ends) for use in same]
            answers = queries.might_use(company_id, used, purpose, day)
            broken += [_without(use, a) for use, a in zip(same, answers, strict=True) if not a.allowed]
    return found(concerned, broken)


def _without(use: Use, answer: rules.Answer) -> Broken:
    why = USED.format(day=use.day, purpose=use.purpose.label, why=answer.why)
    return Broken(use.row_type, use.row_id, use.name, why, use.department)


def _all_uses(company_id: UUID, period: Period) -> Iterator[Use]:
    for _, reported in uses:
        yield from reported(company_id, period)
    yield from _kept_for_contracts(company_id, last_day(period))


def _kept_for_contracts(company_id: UUID, day: date) -> Iterator[Use]:
    """People whose data came by card or import and are kept for business."""
    rows = DataSubject.objects.filter(
        company_id=company_id, source__in=[Source.CARD.value, Source.IMPORT.value], state="normal"
    ).select_related("customer__party", "contact")
    for row in rows.iterator(chunk_size=BATCH):
        gone = row.customer.party.erased_at is not None or (row.contact is not None and not row.contact.name)
        if not gone:
            yield Use(
                row.subject_id, Purpose.CONTRACT, day, "privacy.datasubject", row.pk, row.customer.number,
                row.customer.department_path,
            )  # fmt: skip


def _batches(every: Iterable[Use]) -> Iterator[list[Use]]:
    reading = iter(every)
    while batch := list(islice(reading, BATCH)):
        yield batch


@evidence("4.3.4", T("请求都按期办结", "Requests are answered in time"))
def requests_in_time(company_id: UUID, period: Period) -> Evidence:
    """Requests whose term ran out in the period: answered by then?"""
    now = clock.now()
    begins = clock.day_begins(period.since)
    rows = Request.objects.filter(company_id=company_id, due_at__gt=begins)
    rows = rows.filter(due_at__lte=clock.day_begins(period.until)) if period.until is not None else rows
    rows = rows.exclude(due_at__gt=now, answered_at__isnull=True)  # still in time
    broken = [
        Broken(
            "privacy.request",
            row.pk,
            row.number,
            LATE.format(day=row.due_at.astimezone(clock.BUSINESS_ZONE)),
            row.department_path,
        )
        for row in rows
        if not rules.term_met(row.answered_at, row.due_at, now)
    ]
    return found(by_department(rows), broken)


@evidence("4.3.4", T("异常查看都已核查", "Unusual looks are looked into"))
def unusual_looks(company_id: UUID, period: Period) -> Evidence:
    """Alarms about days of the period; those that nobody settled."""
    rows = LookAlarm.objects.filter(company_id=company_id, day__gte=period.since)
    if period.until is not None:
        rows = rows.filter(day__lt=period.until)
    broken = [
        Broken(
            "privacy.lookalarm",
            row.pk,
            f"{row.day:%Y-%m-%d} {AlarmKind(row.kind).label}",
            OPEN,
            row.department_path,
        )
        for row in rows.filter(state=AlarmState.OPEN.value)
    ]
    return found(by_department(rows), broken)


@evidence("4.3.4", T("请求由销售以外的人办理", "Requests are worked on outside sales"))
def worked_on_outside_sales(company_id: UUID, period: Period) -> Evidence:
    """Requests received in the period and taken on: by nobody who owns the customer."""
    rows = Request.objects.filter(company_id=company_id, received_on__gte=period.since).exclude(
        state__in=[RequestState.RECEIVED.value, RequestState.VERIFIED.value]
    )
    if period.until is not None:
        rows = rows.filter(received_on__lt=period.until)
    broken = [
        Broken("privacy.request", row.pk, row.number, MIXED, row.department_path)
        for row in rows.select_related("customer")
        if row.owner_id == row.customer.owner_id
    ]
    return found(by_department(rows), broken)
