"""Positions, the duty matrix, waivers of conflicts, and planned absences (clauses 2.1.1 and 2.1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from sellwell.kernel.models import CompanyRow, DateRange, DutyPair, Row
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post

USER = settings.AUTH_USER_MODEL


class DutyLetter(State):
    """What somebody has to do with a duty."""

    RESPONSIBLE = "R", T("执行", "Responsible")
    ACCOUNTABLE = "A", T("负责", "Accountable")
    CONSULTED = "C", T("咨询", "Consulted")
    INFORMED = "I", T("知会", "Informed")


class AbsenceState(State):
    """Whether an absence still stands."""

    PLANNED = "planned", T("已登记", "Planned")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class Position(Row):
    """What a kind of post is for: purpose, scope, duties. Its rights are those of the role that stands behind it.

    The duty statement is in force from `statement_since` up to `statement_until`. An empty region, product line or
    customer group means all of them.
    """

    noun = T("岗位", "Position")
    code = models.CharField(max_length=40, unique=True)
    role = models.CharField(max_length=40)
    layer = models.PositiveSmallIntegerField(default=3)  # 1 direction, 2 management, 3 front line
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    purpose_zh = models.CharField(max_length=300, default="", blank=True)
    purpose_en = models.CharField(max_length=300, default="", blank=True)
    duties_zh = models.TextField(default="", blank=True)
    duties_en = models.TextField(default="", blank=True)
    region = models.CharField(max_length=40, default="", blank=True)
    product_line = models.CharField(max_length=40, default="", blank=True)
    customer_group = models.CharField(max_length=40, default="", blank=True)
    statement_since = models.DateField(null=True)
    statement_until = models.DateField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(layer__in=[1, 2, 3]), name="position_layer_known"),
            models.CheckConstraint(
                condition=Q(statement_until__isnull=True) | Q(statement_until__gt=F("statement_since")),
                name="position_statement_dates",
            ),
        ]

    def __str__(self) -> str:
        return str(T(self.name_zh, self.name_en))


class Duty(Row):
    """Something that somebody must answer for. `per` says by what it is divided: places of work, or customers."""

    noun = T("职责", "Duty")
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    verbs = ArrayField(models.CharField(max_length=80), default=list)
    per = models.CharField(max_length=10, default="unit")  # unit | customer
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(per__in=["unit", "customer"]), name="duty_per_known")
        ]

    def __str__(self) -> str:
        return str(T(self.name_zh, self.name_en))


class DutyEntry(Row):
    """One cell of the duty matrix: a position's letter for a duty, in a scope and a tier of amounts, from day to day.

    The tier is `amount_from` inclusive up to `amount_until` exclusive; empty scope fields mean everywhere.
    """

    noun = T("职责分配", "Duty entry")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="entries")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="entries")
    letter = models.CharField(max_length=1)
    region = models.CharField(max_length=40, default="", blank=True)
    product_line = models.CharField(max_length=40, default="", blank=True)
    amount_from = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    amount_until = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(letter__in=DutyLetter.values()), name="dutyentry_letter_known"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="dutyentry_dates"
            ),
            models.CheckConstraint(
                condition=Q(amount_until__isnull=True) | Q(amount_until__gt=F("amount_from")),
                name="dutyentry_tier",
            ),
            ExclusionConstraint(
                name="dutyentry_once",
                expressions=[
                    ("duty", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    ("product_line", RangeOperators.EQUAL),
                    ("amount_from", RangeOperators.EQUAL),
                    (DateRange("since", "until", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["duty", "position"], name="dutyentry_duty")]

    def __str__(self) -> str:
        return f"{self.duty} · {self.position} · {self.letter}"


class DutyWaiver(CompanyRow):
    """Somebody may hold both sides of a pair for a time, because something else keeps watch (domain.md 1.3)."""

    noun = T("不相容职务豁免", "Waiver")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    pair = models.ForeignKey(DutyPair, on_delete=models.PROTECT, related_name="+")
    control = models.TextField()  # the compensating control
    since = models.DateField()
    until = models.DateField()
    granted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    personal = ("control",)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="dutywaiver_dates")]

    def subject(self) -> UUID:
        """The person whose duties are told."""
        return self.user_id

    def __str__(self) -> str:
        return f"{self.user.name} · {T(self.pair.name_zh, self.pair.name_en)}"


class Absence(CompanyRow):
    """Days on which somebody will not be there, and who stands in. The deputy decides approvals by a delegation."""

    noun = T("缺勤", "Absence")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, default="planned")
    note = models.TextField(default="", blank=True)
    delegation_id = models.UUIDField(null=True)
    personal = ("note",)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="absence_dates"),
            models.CheckConstraint(condition=Q(state__in=AbsenceState.values()), name="absence_state_known"),
        ]
        indexes = [models.Index(fields=["company_id", "until"], name="absence_until")]

    def subject(self) -> UUID:
        """Who is away."""
        return self.user_id

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """A scope means the people who hold a post within it."""
        from sellwell.foundation.company.models.people import Assignment

        company = Q(company_id=post.company_id)
        if scope == "own":
            return company & Q(user_id=user_id)
        if scope in ("company", "group"):
            return super().scope_q(scope, user_id, post)
        within = Assignment.scope_q(scope, user_id, post)
        if within is None:
            return None
        return company & Q(user_id__in=Assignment.objects.filter(within).values("user_id"))

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        q = self.scope_q(scope, user_id, post)
        return q is not None and (not q or Absence.objects.filter(q, pk=self.pk).exists())

    def __str__(self) -> str:
        return f"{self.user.name} {self.since.isoformat()}"
