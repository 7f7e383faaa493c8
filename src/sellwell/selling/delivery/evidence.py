"""Evidence for the clauses that delivery answers for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, by_department, evidence, found
from sellwell.kernel.values import Period, T
from sellwell.selling.delivery.models import Shipment, ShipmentState

# A signed note is back within three days of the expected arrival (domain 5.2); acceptance follows within seven.
SIGNED_WITHIN = timedelta(days=3)
ACCEPTED_WITHIN = timedelta(days=7)
GONE = (ShipmentState.SHIPPED.value, ShipmentState.DELIVERED.value, ShipmentState.ACCEPTED.value)


def _shipped(company_id: UUID, period: Period) -> QuerySet[Shipment]:
    """Shipments that left in a period; imported ones were never planned here."""
    rows = Shipment.objects.filter(company_id=company_id, state__in=GONE, business_date__gte=period.since)
    rows = rows.filter(business_date__lt=period.until) if period.until is not None else rows
    return rows.exclude(origin="import")


def _broken(rows: QuerySet[Shipment], why: T) -> list[Any]:
    return [
        Broken("delivery.shipment", row.pk, row.number, why, row.department_path)
        for row in rows.order_by("business_date", "id")
    ]


@evidence("5.2.3", T("发货前四项齐全", "Carrier, arrival, consignee and address were fixed"))
def complete_shipments(company_id: UUID, period: Period) -> Evidence:
    """Shipments lacking one of the four (must be none)."""
    rows = _shipped(company_id, period)
    lacking = rows.filter(Q(carrier="") | Q(consignee="") | Q(ship_to="") | Q(expected_on__isnull=True))
    return found(
        by_department(rows), _broken(lacking, T("缺少承运、到达、收货人或地址", "lacks one of the four"))
    )


@evidence("5.2.5", T("发货单按时签收", "Deliveries were signed for in time"))
def confirmed_notes(company_id: UUID, period: Period) -> Evidence:
    """Deliveries without a confirmed note three days after they should have arrived."""
    rows = _shipped(company_id, period)
    due = clock.business_day(clock.now()) - SIGNED_WITHIN
    late = rows.filter(state=ShipmentState.SHIPPED.value, expected_on__lt=due)
    return found(by_department(rows), _broken(late, T("逾期未签收", "not signed for in time")))


@evidence("5.2.5", T("签收有照片或扫描件", "Deliveries have a photo or scan"))
def proven_deliveries(company_id: UUID, period: Period) -> Evidence:
    """Deliveries that were signed for without a photo or scan."""
    rows = _shipped(company_id, period).filter(delivered_at__isnull=False)
    return found(by_department(rows), _broken(rows.filter(proof__isnull=True), T("没有凭证", "no proof")))


@evidence("5.3.1", T("验收合格", "What was delivered was accepted whole"))
def accepted_whole(company_id: UUID, period: Period) -> Evidence:
    """Accepted shipments of which something was rejected."""
    rows = _shipped(company_id, period).filter(state=ShipmentState.ACCEPTED.value)
    rejected = rows.annotate(refused=Sum("lines__rejected")).filter(refused__gt=0)
    return found(by_department(rows), _broken(rejected, T("有拒收", "something was rejected")))


@evidence("5.3.2", T("按期验收", "Deliveries were accepted in time"))
def accepted_in_time(company_id: UUID, period: Period) -> Evidence:
    """Deliveries that waited longer than the term for acceptance, or still wait."""
    rows = _shipped(company_id, period).filter(delivered_at__isnull=False)
    waiting = Q(state=ShipmentState.DELIVERED.value, delivered_at__lt=clock.now() - ACCEPTED_WITHIN)
    late = Q(accepted_on__gt=F("delivered_at__date") + ACCEPTED_WITHIN)
    return found(
        by_department(rows),
        _broken(rows.filter(waiting | late), T("超过 7 天未验收", "not accepted within 7 days")),
    )
