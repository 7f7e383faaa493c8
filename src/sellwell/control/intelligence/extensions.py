"""What intelligence adds to the house: work that has an owner, and what is blanked when somebody is erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from sellwell.control.intelligence import agenda
from sellwell.control.intelligence.models import (
    Action,
    ActionState,
    AgendaLine,
    Award,
    BattleCard,
    CardState,
    Decision,
    Item,
    ItemState,
    Meeting,
    MeetingState,
    Rival,
    Series,
    SeriesState,
)
from sellwell.control.intelligence.operations.meetings import READ
from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.privacy.extensions import Whom, hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Group, Purpose, Source
from sellwell.kernel import personal
from sellwell.kernel.extensions import own_tasks, owned_work
from sellwell.kernel.values import T

__all__ = ["agenda"]

Work = list[tuple[type[Any], list[UUID]]]
OVER = (ItemState.CLOSED, ItemState.REJECTED, ItemState.DUPLICATE)

own_tasks.add(READ)


def _owned(model: type[models.Model], user_id: UUID, states: list[str]) -> Work:
    rows = model._default_manager.filter(owner_id=user_id, state__in=states)
    return [(model, list(rows.values_list("pk", flat=True)))]


@owned_work.register("intelligence.item")
def items_of(user_id: UUID) -> Work:
    """Items that somebody handles."""
    return _owned(Item, user_id, [s.value for s in ItemState if s not in OVER])


@owned_work.register("intelligence.action")
def actions_of(user_id: UUID) -> Work:
    """Open actions of a person."""
    return _owned(Action, user_id, [ActionState.OPEN.value])


@owned_work.register("intelligence.battlecard")
def cards_of(user_id: UUID) -> Work:
    """Cards that somebody answers for."""
    return _owned(BattleCard, user_id, [CardState.DRAFT.value, CardState.IN_FORCE.value])


@owned_work.register("intelligence.series")
def series_of(user_id: UUID) -> Work:
    """Series that somebody chairs."""
    return _owned(Series, user_id, [SeriesState.ACTIVE.value])


@owned_work.register("intelligence.meeting")
def meetings_of(user_id: UUID) -> Work:
    """Meetings that somebody chairs and that are not over."""
    waiting = (MeetingState.PLANNED, MeetingState.RUNNING, MeetingState.HELD)
    return _owned(Meeting, user_id, [s.value for s in waiting])


# --- erasure: of a party, of an item that may name somebody, of a meeting -----------------------------------------------------


def _of(subject: UUID, prefix: str = "") -> Q:
    """Rows of an item, or of a customer's party."""
    return Q(**{f"{prefix}customer__party_id": subject}) | Q(
        **{f"{prefix}id": subject, f"{prefix}customer__isnull": True}
    )


def _erase_items(subject: UUID) -> int:
    return personal.blank_columns(Item, _of(subject))


def _erase_actions(subject: UUID) -> int:
    return personal.blank_columns(Action, _of(subject, "item__") | Q(meeting_id=subject))


def _erase_awards(subject: UUID) -> int:
    return personal.blank_columns(Award, _of(subject, "item__"))


def _erase_rivals(subject: UUID) -> int:
    return personal.blank_columns(Rival, Q(opportunity__customer__party_id=subject))


personal.register_eraser("intelligence.item", _erase_items)
personal.register_eraser("intelligence.action", _erase_actions)
personal.register_eraser("intelligence.award", _erase_awards)
personal.register_eraser("intelligence.rival", _erase_rivals)
personal.register_eraser(
    "intelligence.meeting", lambda subject: personal.blank_columns(Meeting, Q(pk=subject))
)
personal.register_eraser(
    "intelligence.agendaline", lambda subject: personal.blank_columns(AgendaLine, Q(meeting_id=subject))
)
personal.register_eraser(
    "intelligence.decision", lambda subject: personal.blank_columns(Decision, Q(meeting_id=subject))
)

moves_with_customer(Item, "customer")

# --- personal data that the room holds ---------------------------------------------------------------------------------

# What is heard of a person who is a customer stands in that person's copy; meetings are our own people's.
_HEARD = {"purposes": (Purpose.CONTRACT,), "sources": (Source.REGISTRATION,)}
_WORKED = {"purposes": (Purpose.EMPLOYMENT,), "sources": (Source.REGISTRATION,)}


def _of_customers_items(whom: Whom) -> Q | None:
    return Q(item__customer_id=whom.customer_id) if whom.contact_id is None else None


def _of_rivals(whom: Whom) -> Q | None:
    return Q(opportunity__customer_id=whom.customer_id) if whom.contact_id is None else None


hold("intelligence.item", T("情报", "Intelligence"), **_HEARD, of=of_customers_documents, day="business_date",
     groups=dict.fromkeys(("topic", "finding", "strategy", "confirm_note"), Group.BEHAVIOUR))  # fmt: skip
hold("intelligence.action", T("行动项", "Action items"), **_HEARD, of=_of_customers_items, day="business_date",
     groups={"result": Group.BEHAVIOUR})  # fmt: skip
hold("intelligence.rival", T("商机中的对手", "Rivals"), **_HEARD, of=_of_rivals)
hold("intelligence.award", T("情报积分", "Points"), **_WORKED, day="awarded_on",
     groups={"reverse_reason": Group.BEHAVIOUR})  # fmt: skip
hold("intelligence.meeting", T("会议", "Meetings"), **_WORKED, day="planned_at__date",
     groups={"title": Group.BEHAVIOUR, "cancel_reason": Group.BEHAVIOUR})  # fmt: skip
hold("intelligence.agendaline", T("议题", "Agenda points"), **_WORKED, day="meeting__planned_at__date",
     groups=dict.fromkeys(("title_zh", "title_en"), Group.BEHAVIOUR))  # fmt: skip
hold(
    "intelligence.decision",
    T("会议决定", "Decisions of meetings"),
    **_WORKED,
    day="meeting__planned_at__date",
)
