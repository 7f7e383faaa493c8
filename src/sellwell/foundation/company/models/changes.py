"""Reorganisations as drafts with a day, and the reviews of departments (clause 2.1.5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from sellwell.foundation.company.models.people import Department
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import document_constraints
from sellwell.kernel.values import State, T

USER = settings.AUTH_USER_MODEL


class ReorganisationState(State):
    """Where a reorganisation stands."""

    DRAFT = "draft", T("草稿", "Draft")
    SCHEDULED = "scheduled", T("已定，待生效", "Scheduled")
    APPLIED = "applied", T("已生效", "Applied")
    WITHDRAWN = "withdrawn", T("已撤回", "Withdrawn")


class ChangeAction(State):
    """What one step of a reorganisation does."""

    ADD = "add", T("新设部门", "Add a department")
    MOVE = "move", T("调整上级", "Move a department")
    MERGE = "merge", T("并入其他部门", "Merge into another")
    CLOSE = "close", T("撤销部门", "Close a department")
    HEAD = "head", T("更换负责人", "Change the head")
    PERSON = "person", T("人员调动", "Move a person")


class ReviewOutcome(State):
    """How the review of a department ended."""

    KEEP = "keep", T("保持", "Keep")
    CHANGE = "change", T("调整", "Change")


class Reorganisation(Document):
    """A set of changes to the organisation that takes effect on one day, whole."""

    noun = T("组织调整", "Reorganisation")
    title = models.CharField(max_length=120)
    effective_on = models.DateField()
    note = models.CharField(max_length=200, default="", blank=True)
    applied_on = models.DateField(null=True)

    class Meta:
        constraints = document_constraints("reorganisation", ReorganisationState)
        indexes = [models.Index(fields=["company_id", "state", "effective_on"], name="reorganisation_due")]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A draft waits for its writer; one that is settled takes effect by itself on its day."""
        return Q(state=ReorganisationState.DRAFT.value)


class ReorganisationStep(CompanyRow):
    """One change. Departments are named by their codes, since some are only made by an earlier step."""

    noun = T("调整事项", "Change")
    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=10)
    code = models.CharField(max_length=20, default="", blank=True)  # the department concerned
    into = models.CharField(
        max_length=20, default="", blank=True
    )  # the department above, or the one it goes into
    name = models.CharField(max_length=80, default="", blank=True)
    name_en = models.CharField(max_length=80, default="", blank=True)
    kind = models.CharField(max_length=20, default="", blank=True)
    region = models.CharField(max_length=40, default="", blank=True)
    product_line = models.CharField(max_length=40, default="", blank=True)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    is_dropped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=ChangeAction.values()), name="reorganisationstep_action"
            ),
            models.UniqueConstraint(fields=["reorganisation", "position"], name="reorganisationstep_once"),
        ]


class DepartmentReview(CompanyRow):
    """A department's duties and structure held against strategy and market; ends in keep or a change."""

    noun = T("部门检视", "Department review")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="reviews")
    held_on = models.DateField()
    reviewed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10)
    strategy = models.TextField(default="", blank=True)
    market = models.TextField(default="", blank=True)
    findings = models.TextField(default="", blank=True)
    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.PROTECT, null=True, related_name="+")
    next_due = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=ReviewOutcome.values()), name="departmentreview_outcome"
            ),
        ]
