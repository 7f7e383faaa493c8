"""What activities add to lower rooms: moments on the customer's timeline, when customers were last in touch, erasure."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy.extensions import Whom, hold
from sellwell.foundation.privacy.rules.words import Purpose, Source
from sellwell.foundation.relations.extensions import contacts
from sellwell.kernel import history, personal
from sellwell.kernel.access import Actor
from sellwell.kernel.values import T
from sellwell.selling.activities.models import Activity, ActivityKind, ActivityState
from sellwell.selling.activities.queries import last_contact_days
from sellwell.selling.activities.views import ACTIVITIES

VOIDED = T("（已作废）", " (void)")


@history.timelines.register("customers.customer:activities.activity")
def activities_of(customer: Customer, actor: Actor, limit: int) -> list[history.Moment]:
    """Calls, mails, messages and notes on the customer's timeline."""
    if not actor.may(ACTIVITIES.name):
        return []
    found = ACTIVITIES.rows(actor).filter(customer_id=customer.pk).order_by("-happened_at", "-id")
    return [
        history.Moment(
            a.happened_at, a.owner.name, "", _title(a), "activities.log", "web", [], _said(a), f"/activities/{a.pk}/"
        )
        for a in found[:limit]
    ]  # fmt: skip


def _title(activity: Activity) -> T:
    kind = ActivityKind(activity.kind).label
    if activity.state != ActivityState.VOID.value:
        return kind
    return T(kind.zh + VOIDED.zh, kind.en + VOIDED.en)


def _said(activity: Activity) -> str:
    if not activity.next_step:
        return activity.text
    return f"{activity.text}\n→ {activity.next_step}"


contacts.register("activities")(last_contact_days)


def _erase(subject: UUID) -> int:
    return personal.blank_columns(Activity, Q(customer__party_id=subject))


personal.register_eraser("activities.activity", _erase)

moves_with_customer(Activity, "customer")


def _of_activities(whom: Whom) -> Q:
    """Those with a contact are the contact's; a customer who is a person has all of its own."""
    return Q(contact_id=whom.contact_id) if whom.contact_id else Q(customer_id=whom.customer_id)


hold("activities.activity", T("互动", "Activities"), purposes=(Purpose.CONTRACT, Purpose.SERVICE), sources=(Source.REGISTRATION, Source.WEB_FORM),
     of=_of_activities, day="happened_at__date")  # fmt: skip
