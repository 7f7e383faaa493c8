"""Evidence for clause 4.2.1: customers without any contact in the time that their grade demands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sellwell.foundation.customers.views import CUSTOMERS
from sellwell.kernel import clock, policy
from sellwell.kernel.evidence import Broken, Evidence, evidence, found, last_day
from sellwell.kernel.values import Period, T
from sellwell.selling.activities import policies, queries, rules

SILENT = T("超过等级要求的联系间隔没有联系", "was not contacted in the time that its grade demands")


@evidence("4.2.1", T("按等级要求保持联系", "Customers hear from us as often as their grade demands"))
def customers_without_contact(company_id: UUID, period: Period) -> Evidence:
    """Active customers whose grade demands contact, as they stood on the period's last day; those that had none in time."""
    on = last_day(period)
    customers: Any = CUSTOMERS.model
    rows = customers._default_manager.filter(company_id=company_id, state="active", business_date__lte=on)
    asked = _days_by_grade(rows.order_by().values_list("grade", flat=True).distinct(), company_id, on)
    rows = rows.filter(grade__in=asked)
    last = queries.last_contact_days(company_id, on)
    concerned: Counter[str] = Counter()
    broken = []
    values = rows.order_by("number").values_list(
        "pk", "number", "grade", "business_date", "created_at", "department_path"
    )
    for pk, number, grade, known, created_at, department in values.iterator():
        # An imported customer may be older than our house: nobody could have called before it was entered.
        since = max(known, clock.business_day(created_at))
        due_on = rules.contact_due(last.get(pk), since, asked[grade])
        concerned[department] += 1
        if due_on is not None and due_on < on:
            broken.append(Broken("customers.customer", pk, number, SILENT, department))
    return found(concerned, broken)


def _days_by_grade(grades: Iterable[str], company_id: UUID, on: date) -> dict[str, int]:
    """The longest time between contacts of the grades that demand one, by the policy of the day."""
    table = policy.in_force(policies.CONTACT_DAYS, company_id, on).table
    found = {grade: policy.decide(table, {"grade": grade}).outputs.get("days") for grade in grades}
    return {grade: int(days) for grade, days in found.items() if days is not None}
