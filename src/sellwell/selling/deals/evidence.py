"""Evidence for clause 1.3.2: a deal is one person's or shared by ruling, and nobody ruled in a matter of their own."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, by_department, evidence, found
from sellwell.kernel.values import Period, T
from sellwell.selling.deals.models import Conflict, Registration, RegistrationState, Ruling

TWICE = T(
    "同一笔生意由两人同时受保护，且未经裁定共享", "the same deal is protected for two people without a ruling"
)
OWN_MATTER = T("裁定人是当事人", "whoever ruled is a party")


# Registrations that somebody else's protected one meets by customer, code or phone, on one product line, unshared.
_TWICE = """
SELECT r.id FROM deals_registration r
WHERE r.company_id = %s AND r.state = 'protected' AND r.business_date >= %s AND (%s::date IS NULL OR r.business_date < %s)
  AND NOT EXISTS (SELECT 1 FROM deals_share s WHERE s.registration_id = r.id)
  AND EXISTS (
    SELECT 1 FROM deals_registration o
    WHERE o.company_id = r.company_id AND o.state = 'protected' AND o.owner_id <> r.owner_id
      AND ((r.uscc <> '' AND o.uscc = r.uscc) OR (r.phone_blind <> '' AND o.phone_blind = r.phone_blind)
        OR o.customer_id = r.customer_id)
      AND (o.product_line = '' OR r.product_line = '' OR o.product_line = r.product_line))
"""


@evidence(
    "1.3.2", T("受保护的生意只归一人，或经裁定共享", "A protected deal is one person's, or shared by ruling")
)
def deals_protected_twice(company_id: UUID, period: Period) -> Evidence:
    """Registrations of the period that are protected; those whose deal somebody else has protected, too."""
    rows = Registration.objects.filter(
        company_id=company_id, state=RegistrationState.PROTECTED.value, business_date__gte=period.since
    )
    if period.until is not None:
        rows = rows.filter(business_date__lt=period.until)
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, [company_id, period.since, period.until, period.until])
        ids = [pk for (pk,) in cursor.fetchall()]
    broken = [
        Broken("deals.registration", r.pk, r.number, TWICE, r.department_path)
        for r in Registration.objects.filter(pk__in=ids).order_by("number")
    ]
    return found(by_department(rows), broken)


@evidence("1.3.2", T("撞单由无关的经理裁定", "Conflicts were ruled upon by managers who are no party"))
def rulings_by_parties(company_id: UUID, period: Period) -> Evidence:
    """Registrations ruled upon in the period; those where whoever ruled is a party."""
    rows = Registration.objects.filter(company_id=company_id, ruled_at__gte=clock.day_begins(period.since))
    if period.until is not None:
        rows = rows.filter(ruled_at__lt=clock.day_begins(period.until))
    rows = rows.filter(ruling__in=Ruling.values())
    holds = Conflict.objects.filter(registration=OuterRef("pk"), holder=OuterRef("ruled_by"))
    wrong = rows.filter(Q(ruled_by=F("owner")) | Q(ruled_by=F("created_by")) | Exists(holds)).order_by(
        "number"
    )
    broken = [Broken("deals.registration", r.pk, r.number, OWN_MATTER, r.department_path) for r in wrong]
    return found(by_department(rows), broken)
