"""Activities on customers, the order of a day's visits, calendar feeds, and who lets their phone tell its position."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.kernel.models import CompanyRow
from sellwell.kernel.values import State, T

PERSON = settings.AUTH_USER_MODEL


class ActivityKind(State):
    """How one was in touch. A note is about the customer, not with the customer."""

    CALL = "call", T("电话", "Call")
    MAIL = "mail", T("邮件", "E-mail")
    MESSAGE = "message", T("消息", "Message")
    NOTE = "note", T("备注", "Note")


class Direction(State):
    """Who began."""

    OUT = "out", T("我方发起", "From us")
    IN = "in", T("客户发起", "From the customer")


class ActivityState(State):
    """Written down; with a next step it is open until that is done."""

    NOTED = "noted", T("已记录", "Noted")
    OPEN = "open", T("待跟进", "To follow up")
    DONE = "done", T("已跟进", "Followed up")
    VOID = "void", T("已作废", "Void")


class Activity(CompanyRow):
    """A call, mail, message or note. It belongs to the customer: whoever may see the customer may see it.

    `owner` is who was in touch and follows it up, with that person's department and region of the day.
    """

    noun = T("互动", "Activity")
    scope_through = "customer"
    personal = ("text", "next_step", "outcome", "void_reason")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("customers.Contact", on_delete=models.PROTECT, null=True, related_name="+")
    opportunity = models.ForeignKey(
        "pipeline.Opportunity", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    direction = models.CharField(max_length=4, default="out")
    happened_at = models.DateTimeField()
    text = models.TextField()
    next_step = models.CharField(max_length=200, default="", blank=True)
    next_step_on = models.DateField(null=True)
    outcome = models.TextField(default="", blank=True)
    void_reason = models.CharField(max_length=200, default="", blank=True)
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    department_path = models.CharField(max_length=200, default="", blank=True)
    region = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ActivityState.values()), name="activity_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values()), name="activity_kind_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values()), name="activity_direction_known"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-happened_at", "-id"], name="activity_customer"),
            models.Index(fields=["company_id", "-happened_at", "-id"], name="activity_newest"),
            models.Index(fields=["owner", "-happened_at", "-id"], name="activity_owner"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class OfOnePerson(CompanyRow):
    """What a person keeps for themselves."""

    scope_columns: ClassVar[dict[str, str]] = {"own": "user_id"}
    user = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class DayPlan(OfOnePerson):
    """In which order somebody makes the visits of a day."""

    noun = T("当日路线", "Route of a day")
    day = models.DateField()
    visits = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "user", "day"], name="dayplan_once"),
        ]


class CalendarFeed(OfOnePerson):
    """A secret address at which a calendar program reads somebody's visits and tasks. Only the hash of it is kept."""

    noun = T("日历订阅", "Calendar feed")
    credentials = ("secret_hash",)
    secret_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["secret_hash"], name="calendarfeed_secret"),
            models.UniqueConstraint(
                fields=["company_id", "user"],
                condition=Q(revoked_at__isnull=True),
                name="calendarfeed_one_open",
            ),
        ]


class LocationConsent(OfOnePerson):
    """That somebody lets their phone add its position to a check-in (personal information protection law, article 29)."""

    noun = T("定位同意", "Consent to positions")
    wording = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "user"],
                condition=Q(withdrawn_at__isnull=True),
                name="locationconsent_one_open",
            ),
        ]
