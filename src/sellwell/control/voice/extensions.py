"""What other rooms add to voice, and what voice adds to the house."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from sellwell.control.voice import queries
from sellwell.control.voice.campaigning import PURPOSES
from sellwell.control.voice.models import (
    Answer,
    Campaign,
    FollowUp,
    Interview,
    InterviewAnswer,
    Invitation,
    OpenLink,
    Passage,
    Programme,
    Questionnaire,
    Recipient,
    Response,
    Study,
)
from sellwell.foundation.customers.merging import moves_with_customer, one_per_customer
from sellwell.foundation.privacy.extensions import Use, Whom, hold, uses
from sellwell.foundation.privacy.rules.words import Group, Purpose, Source
from sellwell.kernel import clock, personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.models import Event
from sellwell.kernel.values import Period, T


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that somebody may be asked about: whose it is, and the record it is about."""

    customer_id: UUID
    source_type: str
    source_id: UUID
    contact_id: UUID | None = None
    product_id: UUID | None = None


# What an event that sets programmes off is about, by the event's name; None: nobody is asked.
happened: Extension[Callable[[Event], Happened | None]] = Extension(
    "voice.happened", "events after which customers are asked"
)


# --- accountable people -----------------------------------------------------------------------------------------------------

_OPEN: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Questionnaire, ("draft", "published")),
    (Programme, ("active", "paused")),
    (OpenLink, ("open",)),
    (Invitation, ("planned", "sent", "started")),
    (FollowUp, ("open", "contacted")),
    (Interview, ("planned",)),
    (Study, ("open",)),
    (Campaign, ("draft", "approved", "sending", "sent")),
)


def _owned(
    model: type[Model], states: tuple[str, ...]
) -> Callable[[UUID], list[tuple[type[Any], list[UUID]]]]:
    def of(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
        rows = model._default_manager.filter(owner_id=user_id, state__in=states)
        return [(model, list(rows.values_list("pk", flat=True)))]

    return of


for _model, _states in _OPEN:
    owned_work.register(_model._meta.label_lower)(_owned(_model, _states))


# --- erasure: what stands in clear is blanked -------------------------------------------------------------------------------


def _of(path: str) -> Callable[[UUID], Q]:
    """Rows about a customer, or about one who speaks for it: a contact can be forgotten alone."""
    return lambda subject: Q(**{f"{path}customer__party_id": subject}) | Q(**{f"{path}contact_id": subject})


_PERSONAL: tuple[tuple[type[Model], Callable[[UUID], Q]], ...] = (
    (Answer, lambda subject: _of("response__")(subject) | Q(response_id=subject)),
    (FollowUp, lambda subject: _of("")(subject) | Q(response_id=subject)),
    (Interview, _of("")),
    (InterviewAnswer, _of("interview__")),
    (Passage, _of("interview__")),
)


def _eraser(model: type[Model], rows: Callable[[UUID], Q]) -> Callable[[UUID], int]:
    return lambda subject: personal.blank_columns(model, rows(subject))


for _table, _rows in _PERSONAL:
    personal.register_eraser(_table._meta.label_lower, _eraser(_table, _rows))


# --- privacy: what is held, and what people were asked for ---------------------------------------------------------------------


def _about(path: str) -> Callable[[Whom], Q | None]:
    """The rows about one who speaks for a customer, or about a customer that is a person."""

    def of(whom: Whom) -> Q:
        if whom.contact_id is not None:
            return Q(**{f"{path}contact_id": whom.contact_id})
        return Q(**{f"{path}customer_id": whom.customer_id, f"{path}contact_id": None})

    return of


_ASKED, _SAID = (Purpose.SURVEY, Purpose.SERVICE), Group.BEHAVIOUR
hold("voice.answer", T("问卷作答", "Answers to surveys"), purposes=_ASKED, sources=(Source.QUESTIONNAIRE,),
     of=_about("response__"), day="response__business_date")  # fmt: skip
hold("voice.followup", T("低分回访", "Follow-ups of low scores"), purposes=(Purpose.SERVICE,), sources=(Source.AFTER_SALES,),
     of=_about(""), day="business_date", groups={"said": _SAID, "done": _SAID})  # fmt: skip
hold("voice.interview", T("客户访谈", "Interviews"), purposes=_ASKED, sources=(Source.QUESTIONNAIRE,), of=_about(""),
     day="business_date", groups={"with_whom": Group.IDENTITY, "cancelled_because": _SAID})  # fmt: skip
hold("voice.interviewanswer", T("访谈记录", "What was said in interviews"), purposes=_ASKED, sources=(Source.QUESTIONNAIRE,),
     of=_about("interview__"), day="interview__business_date")  # fmt: skip
hold("voice.passage", T("访谈摘录", "Passages of interviews"), purposes=_ASKED, sources=(Source.QUESTIONNAIRE,),
     of=_about("interview__"), day="business_date", groups={"quote": _SAID})  # fmt: skip


@uses.register("voice.surveys")
def surveyed(company_id: UUID, period: Period) -> Iterator[Use]:
    """Every invitation that went out in the period used somebody's name and address for a survey."""
    rows = Invitation.objects.filter(company_id=company_id, sent_at__gte=clock.day_begins(period.since))
    if period.until is not None:
        rows = rows.filter(sent_at__lt=clock.day_begins(period.until))
    for row in rows.exclude(state="failed").select_related("customer").iterator(chunk_size=2000):
        if row.sent_at is not None:
            yield Use(
                row.contact_id or row.customer.party_id, Purpose.SURVEY, clock.business_day(row.sent_at), "voice.invitation",
                row.pk, row.number, row.department_path, row.sent_at,
            )  # fmt: skip


@uses.register("voice.campaigns")
def written_to(company_id: UUID, period: Period) -> Iterator[Use]:
    """Every campaign message that went out in the period used somebody's name and address for marketing."""
    for row in queries.written_to(company_id, period).iterator(chunk_size=2000):
        if row.sent_at is not None:
            yield Use(
                row.contact_id or row.customer.party_id, PURPOSES[row.campaign.channel], clock.business_day(row.sent_at),
                "voice.recipient", row.pk, str(row), row.department_path, row.sent_at,
            )  # fmt: skip


# --- merging: what happens to the rows of a customer ------------------------------------------------------------------------

moves_with_customer(Invitation, "customer")
moves_with_customer(Response, "customer")
moves_with_customer(FollowUp, "customer")
moves_with_customer(Interview, "customer")
one_per_customer(Recipient, "customer", by=["campaign"])
