"""What the pipeline tells of customers: when they were visited, what is under way, which offers run out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.relations.extensions import Signal, contacts, signals, under_way
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.pipeline.models import Opportunity, Quotation, QuotationState, Visit
from sellwell.selling.pipeline.queries import OPEN_QUOTATIONS, OPEN_STAGES, OPEN_VISITS
from sellwell.selling.pipeline.views import QUOTATIONS

RUNS_OUT = timedelta(days=7)

_VISITS = """
SELECT customer_id, max((checked_in_at AT TIME ZONE 'Asia/Shanghai')::date) FROM pipeline_visit
WHERE company_id = %s AND state IN ('started', 'done') AND (checked_in_at AT TIME ZONE 'Asia/Shanghai')::date <= %s
GROUP BY customer_id
"""


@contacts.register("pipeline.visit")
def last_visits(company_id: UUID, on: date) -> dict[UUID, date]:
    """The day of the last visit of each customer: somebody was there."""
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, [company_id, on])
        return dict(cursor.fetchall())


@under_way.register("pipeline")
def with_open_work(company_id: UUID, customer_ids: list[UUID]) -> set[UUID]:
    """Those with an open opportunity, an undecided quotation or a planned visit."""
    found: set[UUID] = set()
    for model, states in ((Opportunity, OPEN_STAGES), (Quotation, OPEN_QUOTATIONS), (Visit, OPEN_VISITS)):
        rows = model._default_manager.filter(  # type: ignore[attr-defined]
            company_id=company_id, customer_id__in=customer_ids, state__in=[state.value for state in states]
        )
        found |= set(rows.values_list("customer_id", flat=True))
    return found


@signals.register("pipeline.quotation")
def quotations_running_out(customer: Customer, ctx: Context) -> list[Signal]:
    """The offer that runs out next, if within a week."""
    if not ctx.actor.may(QUOTATIONS.name):
        return []
    rows = QUOTATIONS.rows(ctx.actor).filter(
        customer_id=customer.pk, state=QuotationState.SENT.value,
        valid_until__gte=ctx.today, valid_until__lte=ctx.today + RUNS_OUT,
    )  # fmt: skip
    first = rows.order_by("valid_until", "id").first()
    if first is None:
        return []
    days = (first.valid_until - ctx.today).days
    return [
        Signal(
            "quotation_expiring",
            Decimal(days),
            T(
                f"报价 {first.number} 还有 {days} 天到期，客户尚未答复",
                f"quotation {first.number} runs out in {days} days, without an answer",
            ),
            T("跟进报价", "Follow up the quotation"),
            f"/{QUOTATIONS.url}/{first.pk}/",
        )
    ]
