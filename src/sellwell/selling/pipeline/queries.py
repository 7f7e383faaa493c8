"""What other rooms may ask about the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Count, DecimalField, ExpressionWrapper, F, QuerySet, Sum

from sellwell.kernel import clock
from sellwell.kernel.access import Actor
from sellwell.kernel.models import Fact
from sellwell.kernel.operations import Context
from sellwell.selling.pipeline.models import (
    Lead,
    LeadState,
    Opportunity,
    OpportunityProduct,
    Quotation,
    QuotationLine,
    QuotationState,
    Stage,
    Visit,
    VisitState,
)
from sellwell.selling.pipeline.rules import Standing

WON = "won"  # the measure that winning posts
CONTACT = "activities.contact"  # being in touch with a customer: a visit's check-in, a call, a message
OPEN_STAGES = [Stage.DEVELOP, Stage.NEEDS, Stage.MATCH, Stage.TRIAL, Stage.OFFER]
MATCHED = [Stage.MATCH, Stage.TRIAL]  # products are matched, nothing is offered yet
OPEN_LEADS = [LeadState.NEW, LeadState.CONTACTED]
OPEN_QUOTATIONS = [QuotationState.DRAFT, QuotationState.SENT]
OPEN_VISITS = [VisitState.PLANNED, VisitState.STARTED]
SENT_ONCE = [QuotationState.SENT, QuotationState.ACCEPTED, QuotationState.DECLINED, QuotationState.EXPIRED]


def quotation_ids(opportunity_id: UUID) -> list[UUID]:
    """Every quotation of an opportunity."""
    return list(Quotation.objects.filter(opportunity_id=opportunity_id).values_list("pk", flat=True))


def quotation(quotation_id: UUID) -> Quotation:
    """A quotation with its customer and opportunity."""
    return Quotation.objects.select_related("customer__party", "opportunity").get(pk=quotation_id)


def quotation_lines(quotation_id: UUID) -> list[QuotationLine]:
    """The lines that count, in their order, with products."""
    rows = QuotationLine.objects.filter(quotation_id=quotation_id, is_void=False)
    return list(rows.select_related("product").order_by("position"))


def versions_of(visible: QuerySet[Quotation], row: Quotation) -> list[Quotation]:
    """Every version of a quotation, newest first: they share the number up to the version."""
    base = row.number if row.revision == 1 else row.number.rsplit("-", 1)[0]
    same = visible.filter(company_id=row.company_id, number__startswith=base)
    return list(same.order_by("-revision")[:50])


def products_of(opportunity_id: UUID) -> list[OpportunityProduct]:
    """The matched products that count."""
    rows = OpportunityProduct.objects.filter(opportunity_id=opportunity_id, is_void=False)
    return list(rows.select_related("product").order_by("-fit", "id"))


# Contracts and orders are higher rooms: the link table tells that one came of this opportunity or its quotations.
_AGREED = """
SELECT count(DISTINCT l.to_id) FROM kernel_link l
WHERE l.to_type IN ('contracts.contract', 'orders.order')
  AND l.from_id IN (SELECT %s::uuid UNION ALL SELECT id FROM pipeline_quotation WHERE opportunity_id = %s)
"""


def standing(opportunity: Opportunity, needs: str | None = None, products: int | None = None) -> Standing:
    """What is known of an opportunity; `needs` and `products` are what is being entered right now."""
    quotations = Quotation.objects.filter(opportunity=opportunity)
    sent = quotations.filter(state__in=[s.value for s in SENT_ONCE]).count()
    accepted = quotations.filter(state=QuotationState.ACCEPTED.value).count()
    with connection.cursor() as cursor:
        cursor.execute(_AGREED, [opportunity.pk, opportunity.pk])
        documents: int = cursor.fetchone()[0]
    matched = (
        OpportunityProduct.objects.filter(opportunity=opportunity, is_void=False).count()
        if products is None
        else products
    )
    text = opportunity.needs if needs is None else needs
    return Standing(bool(text.strip()), matched, sent, accepted + documents)


# --- figures of the workbench ------------------------------------------------------------------------------------------


def won(visible: QuerySet[Opportunity], ctx: Context) -> QuerySet[Fact]:
    """What was won, whenever, among visible opportunities."""
    return Fact.objects.filter(measure=WON, company_id=ctx.company_id, document_id__in=visible.values("pk"))


def won_this_month(visible: QuerySet[Opportunity], ctx: Context) -> tuple[Decimal, int]:
    """Amount and number of what was won this month among visible opportunities."""
    rows = won(visible, ctx).filter(happened_on__gte=ctx.today.replace(day=1), happened_on__lte=ctx.today)
    found = rows.aggregate(amount=Sum("amount"), count=Count("document_id", distinct=True))
    return found["amount"] or Decimal(0), found["count"]


def weighted_open(visible: QuerySet[Opportunity]) -> tuple[Decimal, Decimal]:
    """Sum of expected amounts weighted by probability, and unweighted, over open opportunities."""
    number = DecimalField(max_digits=30, decimal_places=8)
    weighted = ExpressionWrapper(F("expected_amount") * F("probability"), output_field=number)
    rows = visible.filter(state__in=[s.value for s in OPEN_STAGES])
    found = rows.aggregate(weighted=Sum(weighted), plain=Sum("expected_amount"))
    return (found["weighted"] or Decimal(0)).quantize(Decimal("0.01")), found["plain"] or Decimal(0)


def visits_without_minutes(visible: QuerySet[Visit], ctx: Context) -> tuple[int, int]:
    """How many visits wait for their minutes, and how many of them are late."""
    waiting = visible.filter(state=VisitState.STARTED.value)
    return waiting.count(), waiting.filter(minutes_due_at__lt=ctx.now).count()


def expiring(visible: QuerySet[Quotation], ctx: Context) -> tuple[int, int]:
    """How many sent quotations expire within three days, and how many have expired."""
    sent = visible.filter(state=QuotationState.SENT.value)
    soon = ctx.today + timedelta(days=3)
    return (
        sent.filter(valid_until__gte=ctx.today, valid_until__lte=soon).count(),
        sent.filter(valid_until__lt=ctx.today).count(),
    )


def open_leads(company_id: UUID, phone_blind: str, email_blind: str) -> Iterable[Lead]:
    """Open leads of the company with this phone or e-mail (by blind index)."""
    rows = Lead.objects.filter(company_id=company_id, state__in=[s.value for s in OPEN_LEADS]).select_related(
        "owner"
    )
    found: list[Lead] = []
    if phone_blind:
        found += rows.filter(phone_blind=phone_blind)[:1]
    if email_blind:
        found += rows.filter(email_blind=email_blind)[:1]
    return found


def web_leads_since(company_id: UUID, since: object) -> int:
    """How many leads came by the web form since a moment: for its rate limit."""
    return Lead.objects.filter(company_id=company_id, source="web", created_at__gte=since).count()


def visible_opportunities(actor: Actor) -> QuerySet[Opportunity]:
    """The opportunities that somebody may see."""
    from sellwell.selling.pipeline.views import OPPORTUNITIES

    return OPPORTUNITIES.rows(actor)


def open_lead_counts(people: Iterable[UUID]) -> dict[UUID, int]:
    """How many open leads each person has."""
    rows = Lead.objects.filter(owner_id__in=list(people), state__in=[s.value for s in OPEN_LEADS])
    return dict(rows.values_list("owner_id").annotate(Count("pk")))


# --- visits, for the rooms that plan a day -------------------------------------------------------------------------------


def visits_between(visible: QuerySet[Visit], user_id: UUID, since: date, until: date) -> list[Visit]:
    """Somebody's visits planned from day to day (`until` exclusive) that were not cancelled, in the order of their time."""
    rows = visible.filter(
        owner_id=user_id, planned_at__gte=clock.day_begins(since), planned_at__lt=clock.day_begins(until)
    )
    return list(rows.exclude(state=VisitState.CANCELLED.value).order_by("planned_at", "id"))


_LAST_VISITS = """
SELECT customer_id, max(checked_in_at) FROM pipeline_visit
WHERE checked_in_at IS NOT NULL AND customer_id = ANY(%s) GROUP BY customer_id
"""
_LAST_VISITS_OF_ALL = """
SELECT customer_id, max((checked_in_at AT TIME ZONE 'Asia/Shanghai')::date) FROM pipeline_visit
WHERE company_id = %s AND checked_in_at < %s GROUP BY customer_id
"""
_POSITIONS = """
SELECT DISTINCT ON (customer_id) customer_id, latitude, longitude FROM pipeline_visit
WHERE latitude IS NOT NULL AND customer_id = ANY(%s) ORDER BY customer_id, checked_in_at DESC
"""


def last_visits(customer_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each of these customers was last visited; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_VISITS, [list(customer_ids)])
        return dict(cursor.fetchall())


def last_visit_days(company_id: UUID, on: date) -> dict[UUID, date]:
    """The day of the last visit up to a day, of every customer of a company that was visited; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_VISITS_OF_ALL, [company_id, clock.day_begins(on + timedelta(days=1))])
        return dict(cursor.fetchall())


def positions(customer_ids: Iterable[UUID]) -> dict[UUID, tuple[float, float]]:
    """Where these customers are, as far as somebody checked in there with a position: latitude and longitude."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, [list(customer_ids)])
        return {c: (float(latitude), float(longitude)) for c, latitude, longitude in cursor.fetchall()}
