"""What the pipeline adds to lower rooms: open work of people, open business of customers, kinds of profiles, erasure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

from sellwell.foundation.company.extensions import (
    DepartmentFigure,
    department_figures,
    rows_of,
    scorecard_measures,
)
from sellwell.foundation.company.scorecards import moments
from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy.extensions import hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Group, Purpose, Source
from sellwell.foundation.profiles.extensions import Claim, Subject, claims, subjects
from sellwell.kernel import history, personal
from sellwell.kernel.access import Actor
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import Period, State, T, plain_number
from sellwell.selling.pipeline import relating  # noqa: F401 - what relations asks of this room
from sellwell.selling.pipeline.models import (
    Lead,
    Opportunity,
    OpportunityProduct,
    Quotation,
    Stage,
    Visit,
    VisitState,
)
from sellwell.selling.pipeline.queries import (
    OPEN_LEADS,
    OPEN_QUOTATIONS,
    OPEN_STAGES,
    OPEN_VISITS,
    weighted_open,
)
from sellwell.selling.pipeline.views import OPPORTUNITIES, VISITS

# The stages after winning, by their name: (ctx) -> which opportunities the records of higher rooms have brought there. The
# board asks for all of them in its own query.
later_stages: Extension[Callable[[Context], Q]] = Extension(
    "pipeline.later_stages", "which won opportunities are in delivery or in after-sales"
)
# What a card of the board leads to: (opportunities, ctx) -> (text, address) by opportunity, within the reader's rights.
later_documents: Extension[Callable[[Collection[UUID], Context], Mapping[UUID, list[tuple[str, str]]]]] = (
    Extension("pipeline.later_documents", "documents that follow from opportunities")
)
VISIT = T("拜访", "Visit")
Owned = list[tuple[type[Any], list[UUID]]]


def _open(model: type[models.Model], states: list[Any], user_id: UUID) -> Owned:
    rows = model._default_manager.filter(owner_id=user_id, state__in=[s.value for s in states])
    return [(model, list(rows.values_list("pk", flat=True)))]


@owned_work.register("pipeline.lead")
def owned_leads(user_id: UUID) -> Owned:
    """Open leads of a person."""
    return _open(Lead, OPEN_LEADS, user_id)


@owned_work.register("pipeline.opportunity")
def owned_opportunities(user_id: UUID) -> Owned:
    """Open opportunities of a person."""
    return _open(Opportunity, OPEN_STAGES, user_id)


@owned_work.register("pipeline.visit")
def owned_visits(user_id: UUID) -> Owned:
    """Visits of a person that are planned or wait for minutes."""
    return _open(Visit, OPEN_VISITS, user_id)


@owned_work.register("pipeline.quotation")
def owned_quotations(user_id: UUID) -> Owned:
    """Quotations of a person that are not decided."""
    return _open(Quotation, OPEN_QUOTATIONS, user_id)


def _count(model: type[models.Model], states: list[State], customer: Customer) -> int:
    return int(model._default_manager.filter(customer=customer, state__in=[s.value for s in states]).count())


@open_business.register("pipeline.opportunity")
def open_opportunities(customer: Customer) -> tuple[T, int]:
    """Opportunities under way with a customer."""
    return T("商机", "opportunities"), _count(Opportunity, OPEN_STAGES, customer)  # type: ignore[arg-type]


@open_business.register("pipeline.quotation")
def open_quotations(customer: Customer) -> tuple[T, int]:
    """Quotations under way with a customer."""
    return T("报价单", "quotations"), _count(Quotation, OPEN_QUOTATIONS, customer)  # type: ignore[arg-type]


@department_figures.register("pipeline.opportunity")
def open_opportunities_of(department: Any, ctx: Context) -> DepartmentFigure | None:
    """What is expected from the open opportunities of a department that sells, with its weight."""
    if department.kind == "function" or not ctx.actor.may(OPPORTUNITIES.name):
        return None
    weighted, plain = weighted_open(OPPORTUNITIES.rows(ctx.actor).filter(rows_of(department)).order_by())
    note = T(f"加权 {plain_number(weighted)}", f"weighted {plain_number(weighted)}")
    return DepartmentFigure(T("在跟商机", "Open opportunities"), plain, note=note, url="/opportunities/")


# --- figures of scorecards (clause 2.1.1) --------------------------------------------------------------------------------


def _counted(rows: Any, who: str) -> dict[UUID, Decimal]:
    counted = rows.order_by().values_list(who).annotate(n=Count("pk"))
    return {user: Decimal(n) for user, n in counted}


@scorecard_measures.register("visits")
def visits_held(company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """Visits of people whose minutes were written in the period."""
    since, until = moments(period)
    rows = Visit.objects.filter(
        company_id=company_id, owner__in=users, state=VisitState.DONE.value, minutes_at__gte=since, minutes_at__lt=until
    )  # fmt: skip
    return _counted(rows, "owner_id")


def _done(verb: str, company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """How often people did a verb: from the ledger, since a lead passes on to others."""
    since, until = moments(period)
    rows = LedgerEntry.objects.filter(
        company_id=company_id, operation=verb, actor_id__in=users, at__gte=since, at__lt=until
    )
    return _counted(rows, "actor_id")


@scorecard_measures.register("leads")
def leads_added(company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """Leads that people brought in."""
    return _done("pipeline.add_lead", company_id, users, period)


@scorecard_measures.register("qualified")
def leads_qualified(company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """Leads that people made customers with an opportunity."""
    return _done("pipeline.qualify_lead", company_id, users, period)


@history.timelines.register("customers.customer:pipeline.visit")
def visits_of(customer: Customer, actor: Actor, limit: int) -> list[history.Moment]:
    """Visits on the customer's timeline, at their check-in, with their minutes."""
    if not actor.may(VISITS.name):
        return []
    made = VISITS.rows(actor).filter(customer_id=customer.pk, checked_in_at__isnull=False)
    return [
        history.Moment(
            v.checked_in_at, v.owner.name, "", VISIT, "pipeline.check_in", "web", [], v.minutes or v.purpose,
            f"/visits/{v.pk}/",
        )
        for v in made.order_by("-checked_in_at")[:limit]
    ]  # fmt: skip


# --- the stage that industry profiles bring (clause 1.1.4) ---------------------------------------------------------------

STAGE = "pipeline.stage"


@subjects.register(STAGE)
def extra_stages() -> Subject:
    """The stages that not every trade has; the six of clause 1.4.3 are everybody's."""
    return Subject(
        T("标准之外的商机阶段", "Stages beyond the standard"), lambda: [(Stage.TRIAL.value, Stage.TRIAL.label)],
        lambda company_id: Opportunity.objects.filter(company_id=company_id, state=Stage.TRIAL.value),
        "state", "number", Q(), "", "department_path", order=35,
    )  # fmt: skip


@claims.register("pipeline.begin_trial")
def stage_of_trial(assessment: Assessment, ctx: Context) -> Iterable[Claim]:
    """A trial, for an opportunity."""
    yield Claim(STAGE, Stage.TRIAL.value)


# --- erasure -----------------------------------------------------------------------------------------------------------


def _erase_leads(subject: UUID) -> int:
    """The leads that became this party; each is its own subject until then, so its own key goes too."""
    ids = list(Lead.objects.filter(customer__party_id=subject).values_list("pk", flat=True))
    for lead_id in ids:
        personal.erase(lead_id)
    return personal.blank_columns(Lead, Q(pk=subject) | Q(pk__in=ids), "phone", "email")


def _erase_opportunities(subject: UUID) -> int:
    return personal.blank_columns(Opportunity, Q(customer__party_id=subject))


def _erase_matches(subject: UUID) -> int:
    return personal.blank_columns(OpportunityProduct, Q(opportunity__customer__party_id=subject))


def _erase_visits(subject: UUID) -> int:
    return personal.blank_columns(Visit, Q(customer__party_id=subject), "latitude", "longitude")


def _erase_quotations(subject: UUID) -> int:
    return personal.blank_columns(Quotation, Q(customer__party_id=subject))


personal.register_eraser("pipeline.lead", _erase_leads)
personal.register_eraser("pipeline.opportunity", _erase_opportunities)
personal.register_eraser("pipeline.opportunityproduct", _erase_matches)
personal.register_eraser("pipeline.visit", _erase_visits)
personal.register_eraser("pipeline.quotation", _erase_quotations)


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

moves_with_customer(Lead, "customer")
moves_with_customer(Opportunity, "customer")
moves_with_customer(Visit, "customer")
moves_with_customer(Quotation, "customer")


# --- personal data that the pipeline holds -----------------------------------------------------------------------------

_TALKED = (Source.REGISTRATION, Source.WEB_FORM, Source.CARD)
hold(
    "pipeline.lead",
    T("线索", "Leads"),
    purposes=(Purpose.CONTRACT,),
    sources=_TALKED,
    of=of_customers_documents,
    day="business_date",
)
hold("pipeline.opportunity", T("商机", "Opportunities"), purposes=(Purpose.CONTRACT,), sources=_TALKED, of=of_customers_documents,
     day="business_date", groups={"title": Group.PREFERENCE})  # fmt: skip
hold("pipeline.opportunityproduct", T("需求匹配", "Needs matched"), purposes=(Purpose.CONTRACT,), sources=_TALKED,
     of=lambda whom: None if whom.contact_id else Q(opportunity__customer_id=whom.customer_id))  # fmt: skip
hold("pipeline.visit", T("拜访", "Visits"), purposes=(Purpose.CONTRACT,), sources=_TALKED, of=of_customers_documents, day="business_date",
     groups={"place": Group.LOCATION})  # fmt: skip
hold("pipeline.quotation", T("报价", "Quotations"), purposes=(Purpose.CONTRACT,), sources=_TALKED, of=of_customers_documents,
     day="business_date")  # fmt: skip
