"""Profiles, what each brings, and from when until when a company has them on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from sellwell.foundation.profiles.rules import state_on
from sellwell.kernel import clock
from sellwell.kernel.models import CompanyRow, DateRange
from sellwell.kernel.values import State, T, named


class ProfileState(State):
    """Whether a company has a profile on; computed from its spans and the day."""

    ON = "active", T("启用中", "On")
    ENDING = "ending", T("待停用", "Ending")
    PLANNED = "planned", T("待启用", "Planned")
    OFF = "inactive", T("未启用", "Off")


class ProfileManager(models.Manager["Profile"]):
    """Profiles as they are read: with the days of the span that counts today, in the same query."""

    def get_queryset(self) -> QuerySet[Any]:
        """The span that covers today, else the next one, else the last; None where the profile was never on."""
        today = clock.business_day(clock.now())
        own = ProfileSpan.objects.filter(profile=OuterRef("pk")).exclude(until=F("since"))
        going = own.filter(Q(until__isnull=True) | Q(until__gt=today)).order_by("since", "id")
        past = own.order_by("-since", "-id")
        is_going = Exists(going)
        return (
            super()
            .get_queryset()
            .annotate(
                span_since=Case(
                    When(is_going, then=Subquery(going.values("since")[:1])),
                    default=Subquery(past.values("since")[:1]),
                ),
                # A span without an end has no `until` to fall back from: which span it is decides first.
                span_until=Case(
                    When(is_going, then=Subquery(going.values("until")[:1])),
                    default=Subquery(past.values("until")[:1]),
                ),
            )
        )


class Profile(CompanyRow):
    """A trade with what it needs. Four come with the product; a company changes them and makes further ones."""

    noun = T("行业模板", "Industry profile")
    objects = ProfileManager()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, default="", blank=True)
    about = models.CharField(max_length=200, default="", blank=True)
    about_en = models.CharField(max_length=200, default="", blank=True)
    is_shipped = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "code"], name="profile_code_unique")]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def on_since(self) -> date | None:
        """When the span that counts today begins. Read by the manager: a profile that was just made has none."""
        return getattr(self, "span_since", None)

    @property
    def on_until(self) -> date | None:
        """When the span that counts today ends; None: not at all."""
        return getattr(self, "span_until", None)

    @property
    def state(self) -> ProfileState:
        """Whether it is on today, by the span that counts today."""
        today = clock.business_day(clock.now())
        return ProfileState(state_on(today, self.on_since, self.on_until))

    @property
    def title(self) -> T:
        """Its name in both languages."""
        return named(self)


class ProfileItem(CompanyRow):
    """One kind that a profile brings, from day to day: `contracts.kind` `service`."""

    noun = T("模板内容", "What a profile brings")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="items")
    topic = models.CharField(max_length=40)  # the name of a subject
    code = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "topic", "code", "since"], name="profileitem_since"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="profileitem_dates"
            ),
        ]


class ProfileSpan(CompanyRow):
    """A company has a profile on, from day to day."""

    noun = T("行业模板启用期", "Span of a profile")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="spans")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            # A span that was called off before it began ends on the day it would have begun: it has no day.
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="profilespan_dates"
            ),
            ExclusionConstraint(
                name="profilespan_once",
                expressions=[
                    ("profile", RangeOperators.EQUAL),
                    (DateRange("since", "until", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
