"""Where delivery tells orders what its open shipments hold, and what orders add to lower rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Sum

from sellwell.foundation.company.extensions import margin_verbs, market_margins
from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.privacy.extensions import hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Purpose, Source
from sellwell.foundation.profiles.extensions import Claim, Subject, claims, subjects
from sellwell.foundation.stock.extensions import waiting as stock_waiting
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import Period, T
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import Channel, Order, OrderLine

OPEN = ("draft", "confirmed")

# (line_ids) -> {(line, warehouse): quantity} that open shipments will take out of the lines' reservations. Cancelling the
# rest of an order lets go only of what is beyond it.
planned: Extension[Callable[[Iterable[UUID]], Mapping[tuple[UUID, UUID], Decimal]]] = Extension(
    "orders.planned", "reserved quantities that open shipments hold, by line and warehouse"
)


@stock_waiting.register("orders.order")
def _waiting(company_id: UUID, product_ids: Iterable[UUID]) -> Mapping[UUID, Decimal]:
    return queries.waiting(company_id, product_ids)


@owned_work.register("orders.order")
def _owned(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """The orders under way that a person answers for."""
    return [
        (Order, list(Order.objects.filter(owner_id=user_id, state__in=OPEN).values_list("pk", flat=True)))
    ]


@open_business.register("orders.order")
def _open_orders(customer: Any) -> tuple[T, int]:
    return T("未完结的订单", "Open orders"), Order.objects.filter(
        customer_id=customer.pk, state__in=OPEN
    ).count()


@subjects.register("orders.channel")
def _channels() -> Subject:
    """The way by which orders come: industry profiles bring them (clause 1.1.4)."""
    return Subject(
        T("订单渠道", "Order channels"), lambda: [(channel.value, channel.label) for channel in Channel],
        lambda company_id: Order.objects.filter(company_id=company_id, origin="entry"),
        "channel", "number", Q(state__in=OPEN), "business_date", "department_path", order=50,
    )  # fmt: skip


@claims.register("orders.create")
def _channel_of(assessment: Assessment, ctx: Context) -> Iterable[Claim]:
    """As given, else the customer's own; without a customer the order is refused anyway."""
    customer = getattr(assessment.carry, "customer", None)
    channel = assessment.given.channel or getattr(customer, "channel", None)
    if channel is not None:
        yield Claim("orders.channel", str(channel), "channel")


def _erase(subject: UUID) -> int:
    return personal.blank_columns(Order, Q(customer__party_id=subject))


personal.register_eraser("orders.order", _erase)


# --- what markets earn, for the staffing rules of the organisation -----------------------------------------------------


@margin_verbs.register("orders.order")
def _margin_verb() -> str:
    return "orders.lines:margin"


@market_margins.register("orders.order")
def _margins(company_id: UUID, period: Period) -> list[tuple[str, str, Decimal]]:
    """The margin of each region and product line as a share of what was ordered, where costs are known."""
    lines = OrderLine.objects.filter(
        order__company_id=company_id, order__state__in=("confirmed", "closed"), is_void=False, unit_cost__isnull=False,
        order__business_date__gte=period.since, net__gt=0,
    )  # fmt: skip
    if period.until is not None:
        lines = lines.filter(order__business_date__lt=period.until)
    rows = lines.values_list("order__region", "product__product_line").annotate(
        sold=Sum("net"), cost=Sum(F("unit_cost") * F("quantity"))
    )
    return [
        (region, line, ((sold - cost) / sold).quantize(Decimal("0.0001")))
        for region, line, sold, cost in rows.order_by("order__region", "product__product_line")
    ]


# --- personal data that the room holds ----------------------------------------------------------------------------------

hold("orders.order", T("订单", "Orders"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=(Source.ORDER,), of=of_customers_documents,
     day="business_date")  # fmt: skip
