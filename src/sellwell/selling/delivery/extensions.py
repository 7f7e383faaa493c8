"""What higher rooms add to delivery inside its transactions, and what delivery adds to lower rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from sellwell.foundation.company.extensions import MonthResult, results
from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.privacy.extensions import CARRIERS, hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Purpose, Source
from sellwell.foundation.profiles.extensions import Claim, Subject, claims, subjects
from sellwell.foundation.relations.extensions import under_way
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.values import Period, T
from sellwell.selling.delivery import queries
from sellwell.selling.delivery.models import (
    AcceptanceKind,
    Return,
    ReturnState,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from sellwell.selling.orders.extensions import accepted_since, followed_up, planned

if TYPE_CHECKING:
    from sellwell.kernel.effects import Effects
    from sellwell.kernel.operations import Assessment, Context


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an acceptance, or goods that came back, changes in what the customer has taken over.

    `net` is without tax, in the document's currency; negative when accepted goods came back.
    """

    document: Shipment | Return
    customer_id: UUID
    net: Decimal


# (effects, ctx, recognised): what accepted goods mean in money. Runs inside `delivery.accept` and `.receive_return`.
on_recognised: Extension[Callable[[Effects, Context, Recognised], None]] = Extension(
    "delivery.on_recognised", "postings and tasks that follow from accepted or returned goods"
)


ENDED = (ShipmentState.ACCEPTED.value, ShipmentState.CANCELLED.value)
WAITING = (ShipmentState.PLANNED.value, ShipmentState.PICKED.value)


@planned.register("delivery.shipment")
def _planned(line_ids: Iterable[UUID]) -> Mapping[tuple[UUID, UUID], Decimal]:
    """What open shipments will take out of the reservations of order lines."""
    rows = ShipmentLine.objects.filter(order_line_id__in=list(line_ids), shipment__state__in=WAITING)
    sums = rows.values("order_line_id", "shipment__warehouse_id").annotate(quantity=Sum("quantity"))
    return {(row["order_line_id"], row["shipment__warehouse_id"]): row["quantity"] for row in sums}


@under_way.register("delivery.shipment")
def _under_way(company_id: UUID, customer_ids: list[UUID]) -> set[UUID]:
    """Those with a shipment that was not accepted."""
    rows = Shipment.objects.filter(company_id=company_id, customer_id__in=customer_ids)
    return set(rows.exclude(state__in=ENDED).values_list("customer_id", flat=True))


@accepted_since.register("delivery.shipment")
def _accepted_since(company_id: UUID, day: date) -> QuerySet[Any]:
    """The orders with a shipment that was accepted since."""
    rows = Shipment.objects.filter(
        company_id=company_id, state=ShipmentState.ACCEPTED.value, accepted_on__gte=day
    )
    return rows.values("order")


@followed_up.register("delivery.return")
def _with_open_returns(company_id: UUID) -> QuerySet[Any]:
    """The orders with goods on their way back, or back and not credited."""
    still = (ReturnState.REQUESTED.value, ReturnState.RECEIVED.value)
    rows = Return.objects.filter(company_id=company_id, order__isnull=False, state__in=still)
    return rows.values("order")


@results.register("delivery.accepted")
def _earned(department: Any, period: Period) -> list[MonthResult]:
    """What customers took over, at the price of the order and the cost of the day it was confirmed."""
    return [MonthResult(*row) for row in queries.earned(department, period)]


@open_business.register("delivery.shipment")
def _open_shipments(customer: Any) -> tuple[T, int]:
    found = Shipment.objects.filter(customer_id=customer.pk).exclude(state__in=ENDED)
    return T("未验收的发货单", "Shipments not accepted"), found.count()


@owned_work.register("delivery.shipment")
def _shipments(user_id: UUID) -> list[tuple[type[Shipment], list[UUID]]]:
    rows = Shipment.objects.filter(owner_id=user_id).exclude(state__in=ENDED)
    return [(Shipment, list(rows.values_list("id", flat=True)))]


@owned_work.register("delivery.return")
def _returns(user_id: UUID) -> list[tuple[type[Return], list[UUID]]]:
    ended = (ReturnState.CREDITED.value, ReturnState.CANCELLED.value)
    rows = Return.objects.filter(owner_id=user_id).exclude(state__in=ended)
    return [(Return, list(rows.values_list("id", flat=True)))]


@subjects.register("delivery.acceptance")
def _acceptance() -> Subject:
    """How customers take over: industry profiles bring the ways (clause 1.1.4). What was accepted rests on no profile."""
    return Subject(
        T("验收方式", "Ways of acceptance"), lambda: [(kind.value, kind.label) for kind in AcceptanceKind],
        lambda company_id: Shipment.objects.filter(company_id=company_id, origin="entry").exclude(accepted_how=""),
        "accepted_how", "number", Q(pk__in=[]), "accepted_on", "department_path", order=60,
    )  # fmt: skip


@claims.register("delivery.accept")
def _way_of(assessment: Assessment, ctx: Context) -> Iterable[Claim]:
    if assessment.content:
        yield Claim(
            "delivery.acceptance", assessment.content["how"], "how", assessment.content["accepted_on"]
        )


# --- erasure: what stands in clear is blanked -----------------------------------------------------------------------


def _erase_shipments(subject: UUID) -> int:
    return personal.blank_columns(Shipment, Q(customer__party_id=subject))


def _erase_returns(subject: UUID) -> int:
    return personal.blank_columns(Return, Q(customer__party_id=subject))


personal.register_eraser("delivery.shipment", _erase_shipments)
personal.register_eraser("delivery.return", _erase_returns)


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

moves_with_customer(Shipment, "customer")
moves_with_customer(Return, "customer")


# --- personal data that the room holds ----------------------------------------------------------------------------------

hold("delivery.shipment", T("发货单", "Shipments"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=(Source.ORDER, Source.AFTER_SALES), of=of_customers_documents,
     day="business_date", recipients=(CARRIERS,))  # fmt: skip
hold("delivery.return", T("退货单", "Returns"), purposes=(Purpose.CONTRACT, Purpose.SERVICE), sources=(Source.ORDER, Source.AFTER_SALES), of=of_customers_documents,
     day="business_date")  # fmt: skip
