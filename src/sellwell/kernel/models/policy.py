"""Rules that people set: decision tables in versions, each in force from day to day."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from sellwell.kernel.models.base import Row
from sellwell.kernel.values import State, T

# Stands for 'every company' inside the exclusion constraint, where NULL would equal nothing.
EVERY_COMPANY = UUID(int=0)


class PolicyStatus(State):
    """A draft judges nothing. A retired version still judges the days on which it was in force."""

    DRAFT = "draft", T("草稿", "Draft")
    IN_FORCE = "in_force", T("生效", "In force")
    RETIRED = "retired", T("已停用", "Retired")


class PolicyVersion(Row):
    """One version of a policy's table, for one company or (company empty) for all that have none of their own.

    In force from `since` up to, not including, `until`. `number` counts the versions of one name and company; it
    is what the ledger cites. A published table never changes: a new rule is a new version.
    """

    noun = T("制度版本", "Policy version")
    state_column = "status"
    name = models.CharField(max_length=80)
    company_id = models.UUIDField(null=True, blank=True)
    number = models.PositiveIntegerField()
    table = models.JSONField()
    status = models.CharField(max_length=10, default="draft")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=400, default="", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "company_id", "number"], nulls_distinct=False, name="policyversion_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=PolicyStatus.values()), name="policyversion_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(since__isnull=False), name="policyversion_dated"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="policyversion_dates",
            ),
            # Needs the extension btree_gist.
            ExclusionConstraint(
                name="policyversion_no_overlap",
                expressions=[
                    (F("name"), RangeOperators.EQUAL),
                    (Coalesce(F("company_id"), Value(EVERY_COMPANY)), RangeOperators.EQUAL),
                    (
                        Func(F("since"), F("until"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~Q(status="draft"),
            ),
        ]

    @property
    def state(self) -> str:
        """Where the version stands."""
        return self.status

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"
