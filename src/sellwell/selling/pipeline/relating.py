"""What the pipeline tells of customers: what is under way, which offers run out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.relations.extensions import Signal, signals, under_way
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.pipeline.models import Opportunity, Quotation, QuotationState, Visit
from sellwell.selling.pipeline.queries import OPEN_QUOTATIONS, OPEN_STAGES, OPEN_VISITS
from sellwell.selling.pipeline.views import QUOTATIONS

RUNS_OUT = timedelta(days=7)


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
    first = rows.order_by("valid_until", "id").values_list("pk", "number", "valid_until").first()
    if first is None:
        return []
    pk, number, valid_until = first
    days = (valid_until - ctx.today).days
    return [
        Signal(
            "quotation_expiring",
            Decimal(days),
            T(
                f"报价 {number} 还有 {days} 天到期，客户尚未答复",
                f"quotation {number} runs out in {days} days, without an answer",
            ),
            T("跟进报价", "Follow up the quotation"),
            f"/{QUOTATIONS.url}/{pk}/",
        )
    ]
