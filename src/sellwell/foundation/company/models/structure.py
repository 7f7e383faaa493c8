"""How departments were, and the strategic goals that they serve (clauses 2.1.2 and 2.1.5)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from sellwell.foundation.company.models.people import Department
from sellwell.kernel.models import CompanyRow, DateRange
from sellwell.kernel.values import T, named

USER = settings.AUTH_USER_MODEL


class DepartmentPast(CompanyRow):
    """How a department was up to the day it changed. The department's own row is how it is since `as_of`."""

    noun = T("部门沿革", "Department's past")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="past")
    since = models.DateField(null=True)  # empty: from the beginning
    until = models.DateField()
    parent = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, default="", blank=True)
    kind = models.CharField(max_length=20)
    region = models.CharField(max_length=40, default="", blank=True)
    product_line = models.CharField(max_length=40, default="", blank=True)
    head = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__gt=F("since")), name="departmentpast_dates"
            ),
            ExclusionConstraint(
                name="departmentpast_once",
                expressions=[
                    ("department", RangeOperators.EQUAL),
                    (DateRange("since", "until", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Goal(CompanyRow):
    """Something that the company wants to reach in some years."""

    noun = T("战略目标", "Strategic goal")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, default="", blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "code"], name="goal_code_unique"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="goal_dates"
            ),
        ]

    def __str__(self) -> str:
        return str(named(self))


class GoalLink(CompanyRow):
    """A department serves a goal, from day to day."""

    noun = T("目标承接", "Goal served")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="links")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="goals")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="goallink_dates"
            ),
            ExclusionConstraint(
                name="goallink_once",
                expressions=[
                    ("goal", RangeOperators.EQUAL),
                    ("department", RangeOperators.EQUAL),
                    (DateRange("since", "until", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
