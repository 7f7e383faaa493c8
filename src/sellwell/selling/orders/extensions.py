"""Where delivery tells orders what its open shipments hold, and what orders add to lower rooms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from sellwell.foundation.company.extensions import margin_verbs, market_margins
from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.privacy.extensions import hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Purpose, Source
from sellwell.foundation.profiles.extensions import Claim, Subject, claims, subjects
from sellwell.foundation.relations.extensions import under_way
from sellwell.foundation.stock.extensions import waiting as stock_waiting
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import Period, T
from sellwell.kernel.views import BY_TYPE
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import Channel, Order, OrderLine, OrderState
from sellwell.selling.pipeline.extensions import later_documents, later_stages
from sellwell.selling.pipeline.policies import after_sales_since

OPEN = ("draft", "confirmed")

# (line_ids) -> {(line, warehouse): quantity} that open shipments will take out of the lines' reservations. Cancelling the
# rest of an order lets go only of what is beyond it.
planned: Extension[Callable[[Iterable[UUID]], Mapping[tuple[UUID, UUID], Decimal]]] = Extension(
    "orders.planned", "reserved quantities that open shipments hold, by line and warehouse"
)


# (company_id, day) -> the orders of which something was accepted on that day or later, as a subquery of their keys.
accepted_since: Extension[Callable[[UUID, date], QuerySet[Any]]] = Extension(
    "orders.accepted_since", "orders that customers took over since a day"
)
# (company_id) -> the orders that still need looking after once they are accepted, as a subquery of their keys.
followed_up: Extension[Callable[[UUID], QuerySet[Any]]] = Extension(
    "orders.followed_up", "orders with something open after acceptance: money, returns"
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


@under_way.register("orders.order")
def _under_way(company_id: UUID, customer_ids: list[UUID]) -> set[UUID]:
    """Those with an order that is not finished."""
    rows = Order.objects.filter(company_id=company_id, customer_id__in=customer_ids, state__in=OPEN)
    return set(rows.values_list("customer_id", flat=True))


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


# --- the stages of an opportunity after it was won (clause 1.4.3) --------------------------------------------------------

# The ways from an order back to the opportunity that it came of.
WAYS = ("quotation__opportunity", "contract__quotation__opportunity")


def _came_to(orders: QuerySet[Order]) -> Q:
    """The opportunities that some orders came of."""
    found = Q()
    for way in WAYS:
        found |= Q(pk__in=orders.filter(**{f"{way}__isnull": False}).values(way))
    return found


@later_stages.register("delivery")
def _in_delivery(ctx: Context) -> Q:
    """Won, with a confirmed order that is not wholly shipped and accepted."""
    return _came_to(queries.on_the_way(ctx.company_id))


@later_stages.register("after_sales")
def _after_sales(ctx: Context) -> Q:
    """Won and taken over within the period of the policy, with money or returns still open."""
    taken, open_ = Q(pk__in=[]), Q(pk__in=[])
    since = after_sales_since(ctx)
    for _, accepted in accepted_since:
        taken |= Q(pk__in=accepted(ctx.company_id, since))
    for _, asked in followed_up:
        open_ |= Q(pk__in=asked(ctx.company_id))
    orders = Order.objects.filter(company_id=ctx.company_id).exclude(state=OrderState.CANCELLED.value)
    return _came_to(orders.filter(taken, open_))


@later_documents.register("orders.order")
def _orders_of(opportunities: Collection[UUID], ctx: Context) -> dict[UUID, list[tuple[str, str]]]:
    """The orders of opportunities that the reader may see, the newest last; one query."""
    view = BY_TYPE["orders.order"]
    if not ctx.actor.may(view.name):
        return {}
    of_these = Q(quotation__opportunity__in=opportunities) | Q(
        contract__quotation__opportunity__in=opportunities
    )
    rows = view.rows(ctx.actor, []).filter(of_these).exclude(state=OrderState.CANCELLED.value)
    found: dict[UUID, list[tuple[str, str]]] = {}
    for pk, number, *ways in rows.order_by("business_date", "id").values_list("pk", "number", *WAYS):
        opportunity = next((way for way in ways if way is not None), None)
        if opportunity is not None:
            found.setdefault(opportunity, []).append((number, f"/{view.url}/{pk}/"))
    return found


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

moves_with_customer(Order, "customer")


# --- personal data that the room holds ----------------------------------------------------------------------------------

hold("orders.order", T("订单", "Orders"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=(Source.ORDER,), of=of_customers_documents,
     day="business_date")  # fmt: skip
