"""What other rooms add to voice, and what voice adds to the house."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from sellwell.control.voice.models import (
    Answer,
    FollowUp,
    Interview,
    InterviewAnswer,
    Invitation,
    OpenLink,
    OptOut,
    Passage,
    Programme,
    Questionnaire,
    Response,
    Study,
)
from sellwell.foundation.customers.merging import moves_with_customer, one_per_customer
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension, owned_work
from sellwell.kernel.models import Event

# Who of these people (contacts, or parties where a person or the whole customer is meant) may not be asked on a day:
# (company, subjects, day) -> those left out. Privacy registers its purposes and consents here.
may_ask: Extension[Callable[[UUID, Iterable[UUID], date], set[UUID]]] = Extension(
    "voice.may_ask", "who may not be asked for want of a consent or basis"
)


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
    return lambda subject: Q(**{f"{path}__party_id": subject})


_PERSONAL: tuple[tuple[type[Model], Callable[[UUID], Q]], ...] = (
    (Answer, lambda subject: Q(response__customer__party_id=subject) | Q(response_id=subject)),
    (OptOut, _of("customer")),
    (FollowUp, lambda subject: Q(customer__party_id=subject) | Q(response_id=subject)),
    (Interview, _of("customer")),
    (InterviewAnswer, _of("interview__customer")),
    (Passage, _of("interview__customer")),
)


def _eraser(model: type[Model], rows: Callable[[UUID], Q]) -> Callable[[UUID], int]:
    return lambda subject: personal.blank_columns(model, rows(subject))


for _table, _rows in _PERSONAL:
    personal.register_eraser(_table._meta.label_lower, _eraser(_table, _rows))


# --- merging: what happens to the rows of a customer ------------------------------------------------------------------------

moves_with_customer(Invitation, "customer")
moves_with_customer(Response, "customer")
moves_with_customer(FollowUp, "customer")
moves_with_customer(Interview, "customer")
one_per_customer(OptOut, "customer", by=["contact"])
