"""Evidence for clauses 4.2.1, 4.2.3, 4.3.2 and 4.3.3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from sellwell.foundation.customers.queries import Customer, Grade
from sellwell.foundation.relations.groups import standings
from sellwell.foundation.relations.measuring import last_contacts
from sellwell.foundation.relations.models import (
    ClusterRun,
    ClusterState,
    GradeChange,
    GradeChangeKind,
    GradeChangeState,
    Stage,
    StageMove,
    Standing,
    Tag,
)
from sellwell.foundation.relations.policies import terms_of
from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, Measured, by_department, evidence, found, last_day
from sellwell.kernel.values import Period, T

ROW = "customers.customer"
SILENT = T(
    "{grade} 级应每 {days} 天联系一次，上次联系：{last}",
    "grade {grade} is contacted every {days} days; last contact: {last}",
)
NEVER = T("从未", "never")
BEYOND = T(
    "账期 {days} 天，{grade} 级上限 {limit} 天", "{days} payment days, {limit} are the most for grade {grade}"
)
NO_PLAN = T("处于“{stage}”阶段，没有相应的策略", "is in the stage “{stage}” without its plan")
LONG = T("人工指定超过 6 个月", "set by hand for more than six months")
UNEXPLAINED = T("等级变动没有说明依据", "a grade without its reasons")


def _active(company_id: UUID, period: Period) -> QuerySet[Customer]:
    """The customers that we dealt with at the end of a period, those of the pool left out."""
    rows = Customer.objects.filter(company_id=company_id, state="active", party__erased_at__isnull=True)
    rows = rows.exclude(standing__pool__isnull=False)
    return rows.filter(business_date__lte=last_day(period)).select_related("party")


def _is_judged(company_id: UUID) -> bool:
    return Standing.objects.filter(company_id=company_id).exists()


@evidence("4.2.1", T("按等级要求的间隔联系过客户", "Customers contacted as often as their grade asks"))
def customers_not_contacted_in_time(company_id: UUID, period: Period) -> Evidence:
    """Active customers with a contact within the days that their grade's terms name, on the period's last day."""
    on = last_day(period)
    of, last = terms_of(company_id, on), last_contacts(company_id, on)
    concerned: Counter[str] = Counter()
    broken = []
    for customer in _active(company_id, period).order_by("number"):
        days = of(customer.party.kind, customer.grade).visit_days
        if days is None:
            continue
        concerned[customer.department_path] += 1
        # An imported customer may be older than our house: nobody could have called before it was entered.
        known = max(customer.business_date, clock.business_day(customer.created_at))
        told = last.get(customer.pk)
        if max(told or known, known) + timedelta(days=days) < on:
            why = SILENT.format(grade=customer.grade, days=days, last=told or NEVER)
            broken.append(Broken(ROW, customer.pk, customer.number, why, customer.department_path))
    return found(concerned, broken)


@evidence("4.2.3", T("账期不超出等级的服务标准", "Payment days within the grade's terms"))
def customers_beyond_their_terms(company_id: UUID, period: Period) -> Evidence:
    """Active customers whose payment days their grade covers; beside it how many there are of each grade, and who buys again."""
    of = terms_of(company_id, last_day(period))
    rows = _active(company_id, period)
    broken = []
    for customer in rows.order_by("number"):
        limit = of(customer.party.kind, customer.grade).payment_days
        if limit is not None and customer.payment_days > limit:
            why = BEYOND.format(days=customer.payment_days, grade=customer.grade, limit=limit)
            broken.append(Broken(ROW, customer.pk, customer.number, why, customer.department_path))
    return found(by_department(rows), broken, _per_grade(company_id))


def _per_grade(company_id: UUID) -> Iterable[Measured]:
    """Customers and the share that bought more than once in twelve months, grade by grade."""
    bought = standings(company_id).filter(purchases__gt=0)
    counted = bought.order_by().values_list("customer__grade").annotate(
        buyers=Count("pk"), again=Count("pk", filter=Q(purchases__gt=1))
    )  # fmt: skip
    repeated = {grade: (buyers, again) for grade, buyers, again in counted}
    numbers = dict(
        Customer.objects.filter(company_id=company_id, merged_into__isnull=True)
        .order_by()
        .values_list("grade")
        .annotate(n=Count("pk"))
    )
    for grade in Grade:
        count = numbers.get(grade.value, 0)
        yield Measured(
            T(f"{grade.label.zh}客户数", f"Customers of {grade.label.en}"), count, Decimal(count), ""
        )
        buyers, again = repeated.get(grade.value, (0, 0))
        share = Decimal(again * 100) / buyers if buyers else None
        yield Measured(T(f"{grade.label.zh}复购率", f"Bought again, {grade.label.en}"), buyers, share, "%")


@evidence(
    "4.2.3",
    T(
        "等级变动都有依据，人工指定不超过 6 个月",
        "Grades have their reasons; those set by hand end within six months",
    ),
)
def grades_without_reasons(company_id: UUID, period: Period) -> Evidence:
    """Changes of the period: computed ones keep inputs, policy versions and words, overrides an end within 184 days."""
    rows = GradeChange.objects.filter(company_id=company_id, proposed_on__gte=period.since)
    if period.until is not None:
        rows = rows.filter(proposed_on__lt=period.until)
    wrong = Q(kind=GradeChangeKind.COMPUTED.value) & (Q(explanation={}) | Q(policies={}) | Q(inputs={}))
    too_long = Q(kind=GradeChangeKind.OVERRIDE.value, until__gt=F("proposed_on") + timedelta(days=184))
    broken = [
        Broken(
            "relations.gradechange", change.pk, f"{change.customer.number} {change}",
            LONG if change.kind == GradeChangeKind.OVERRIDE.value else UNEXPLAINED, change.customer.department_path,
        )
        for change in rows.filter(wrong | too_long).select_related("customer").order_by("pk")
    ]  # fmt: skip
    return found(by_department(rows, "customer__department_path"), broken, _overrides(company_id))


def _overrides(company_id: UUID) -> Iterable[Measured]:
    """The share of grades in effect that people set."""
    in_effect = GradeChange.objects.filter(company_id=company_id, state=GradeChangeState.EFFECTIVE.value)
    count, by_hand = in_effect.count(), in_effect.filter(kind=GradeChangeKind.OVERRIDE.value).count()
    yield Measured(
        T("人工指定比例", "Share set by hand"), count, Decimal(by_hand * 100) / count if count else None, "%"
    )


@evidence("4.3.2", T("客户有标签", "Customers bear a tag"))
def customers_without_a_tag(company_id: UUID, period: Period) -> Evidence:
    """Coverage of tags, once the company has any; beside it how stable the clusters are from run to run."""
    if not Tag.objects.filter(company_id=company_id, is_active=True).exists():
        return found(0, [], _clusters(company_id))
    rows = Standing.objects.filter(company_id=company_id, customer__state="active")
    bare = rows.filter(tag_ids=[]).select_related("customer").order_by("pk")
    broken = [
        Broken(ROW, s.customer_id, s.customer.number, T("没有标签", "has no tag"), s.customer.department_path)
        for s in bare
    ]
    return found(by_department(rows, "customer__department_path"), broken, _clusters(company_id))


def _clusters(company_id: UUID) -> Iterable[Measured]:
    """Quality and stability of the last clustering."""
    run = (
        ClusterRun.objects.filter(company_id=company_id, state=ClusterState.DONE.value)
        .order_by("-done_at")
        .first()
    )
    if run is not None:
        yield Measured(T("轮廓系数", "Silhouette"), run.customers, run.silhouette, "")
        yield Measured(
            T("与上次的调整兰德指数", "Adjusted Rand index to the run before"),
            run.customers,
            run.rand_index,
            "",
        )


@evidence("4.3.3", T("每个阶段的客户都按策略执行", "Customers have the plan of their stage"))
def customers_without_their_plan(company_id: UUID, period: Period) -> Evidence:
    """Customers in a stage whose plan they go by (others must be none); beside it the stages and the moves of the period."""
    if not _is_judged(company_id):
        return found(0, [], _moves(company_id, period))
    rows = standings(company_id)
    wrong = rows.filter(Q(plan__isnull=True) | ~Q(plan__stage=F("stage")) | Q(plan__until__lte=_today()))
    broken = [
        Broken(
            ROW,
            s.customer_id,
            s.customer.number,
            NO_PLAN.format(stage=Stage(s.stage).label),
            s.customer.department_path,
        )
        for s in wrong.select_related("customer").order_by("pk")
    ]
    return found(by_department(rows, "customer__department_path"), broken, _moves(company_id, period))


def _today() -> date:
    return clock.business_day(clock.now())


def _moves(company_id: UUID, period: Period) -> Iterable[Measured]:
    """Customers per stage, and how many came to it in the period."""
    here = dict(standings(company_id).order_by().values_list("stage").annotate(n=Count("pk")))
    moves: Any = StageMove.objects.filter(company_id=company_id, moved_on__gte=period.since)
    if period.until is not None:
        moves = moves.filter(moved_on__lt=period.until)
    came = dict(moves.order_by().values_list("stage").annotate(n=Count("pk")))
    for stage in Stage:
        count = here.get(stage.value, 0)
        yield Measured(T(f"{stage.label.zh}客户", f"{stage.label.en} customers"), count, Decimal(count), "")
        entered = came.get(stage.value, 0)
        yield Measured(T(f"转入{stage.label.zh}", f"Came to {stage.label.en}"), entered, Decimal(entered), "")
