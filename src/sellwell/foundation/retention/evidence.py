"""Evidence for clause 4.2.5: customers at risk are contacted in time; churn, calibration and what playbooks gained beside it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q

from sellwell.foundation.retention import queries
from sellwell.foundation.retention.models import Arm, Intervention, Run
from sellwell.foundation.retention.scoring import HORIZON
from sellwell.kernel.evidence import Broken, Evidence, Measured, by_department, evidence, found, last_day
from sellwell.kernel.values import Period, T

NOT_CONTACTED = T("应于 {day} 前联系，尚未联系", "was to be contacted by {day} and was not")
LATE = T("应于 {due} 前联系，{day} 才联系", "was to be contacted by {due}, and was on {day}")


@evidence(
    "4.2.5", T("有流失风险的客户按时联系", "Customers at risk are contacted in time"), right="retention.cases"
)
def contacted_in_time(company_id: UUID, period: Period) -> Evidence:
    """Cases whose first contact was due in the period; the hold-out group owes none."""
    day = last_day(period)
    due = Intervention.objects.filter(
        company_id=company_id, arm=Arm.TREATED.value, due_on__gte=period.since, due_on__lt=day
    )
    # What ended before the contact was due, by a purchase, needed none.
    due = due.exclude(contacted_on=None, ended_on__lte=F("due_on"))
    late = due.filter(Q(contacted_on=None) | Q(contacted_on__gt=F("due_on"))).select_related("customer")
    broken = [
        Broken(
            "retention.intervention", case.pk, f"{case.customer.number} {case.opened_on:%Y-%m-%d}",
            NOT_CONTACTED.format(day=case.due_on)
            if case.contacted_on is None
            else LATE.format(due=case.due_on, day=case.contacted_on),
            case.department_path,
        )
        for case in late.order_by("due_on", "id")
    ]  # fmt: skip
    return found(by_department(due), broken, _figures(company_id, period))


def _figures(company_id: UUID, period: Period) -> Iterator[Measured]:
    """Retention and churn of the period, how well the model in use was calibrated, and what was won back."""
    day = last_day(period)
    rates = queries.rates(company_id, period.since, day, HORIZON)
    kept = rates.retention
    yield Measured(T("客户留存率", "Retention rate"), rates.before, _percent(kept), "%")
    yield Measured(
        T("客户流失率", "Churn rate"), rates.before, None if kept is None else _percent(1 - kept), "%"
    )
    run = Run.objects.filter(company_id=company_id, on__lte=day).order_by("-on").first()
    yield Measured(
        T("流失评分校准误差", "Calibration error of churn scores"), run.judged or 0 if run else 0,
        _percent(run.calibration) if run else None, "%",
    )  # fmt: skip
    gain = queries.gain_of_all(company_id, day)
    yield Measured(
        T("干预组较对照组多挽回", "Won back against the hold-out group"), gain.treated + gain.held,
        None if gain.difference is None else _percent(Decimal(f"{gain.difference:.6f}")), "%",
    )  # fmt: skip


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(Decimal("0.1"))
