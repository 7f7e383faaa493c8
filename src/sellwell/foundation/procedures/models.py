"""Procedures in versions, and the reviews that they went through."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sellwell.kernel.models import CompanyRow
from sellwell.kernel.values import State, T

USER = settings.AUTH_USER_MODEL


class ProcedureState(State):
    """The life of a version."""

    DRAFT = "draft", T("草稿", "Draft")
    IN_FORCE = "in_force", T("生效", "In force")
    REPLACED = "replaced", T("已替代", "Replaced")
    RETIRED = "retired", T("停用", "Retired")


class ReviewOutcome(State):
    """How a review ends."""

    KEEP = "keep", T("保持不变", "Keep")
    REVISE = "revise", T("修订新版", "New version")


class Procedure(CompanyRow):
    """One version of how a verb is done. Texts have an English side beside them; empty means as in Chinese."""

    noun = T("操作规程", "Procedure")
    operation = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=ProcedureState.DRAFT.value)
    role = models.CharField(
        max_length=40, default="", blank=True
    )  # who does it; empty: whoever has the right
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True)  # working hours that it may take
    purpose = models.CharField(max_length=200)
    purpose_en = models.CharField(max_length=200, default="", blank=True)
    needs = models.CharField(max_length=200, default="", blank=True)
    needs_en = models.CharField(max_length=200, default="", blank=True)
    steps = ArrayField(models.CharField(max_length=200))
    steps_en = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    checks = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    checks_en = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    forms = models.CharField(max_length=200, default="", blank=True)
    review_months = models.PositiveSmallIntegerField(default=12)
    next_review_on = models.DateField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "operation", "number"], name="procedure_number_unique"
            ),
            models.UniqueConstraint(
                fields=["company_id", "operation"],
                condition=Q(state="in_force"),
                name="procedure_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["company_id", "operation"], condition=Q(state="draft"), name="procedure_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProcedureState.values()), name="procedure_state_known"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="procedure_dates"
            ),
        ]


class ProcedureReview(CompanyRow):
    """A look at a version: what it did since the last one, what was found, what follows."""

    noun = T("规程评审", "Procedure review")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="reviews")
    held_on = models.DateField()
    since = models.DateField()  # the figures are from this day on
    cases = models.PositiveIntegerField()
    median_hours = models.DecimalField(max_digits=9, decimal_places=1, null=True)
    late = models.PositiveIntegerField()  # of the cases, those done after they were due
    findings = models.TextField()
    outcome = models.CharField(max_length=10)
    reviewed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=ReviewOutcome.values()), name="review_outcome_known"
            )
        ]
