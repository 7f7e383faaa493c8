"""The manual: editions with their passages, bases, who has read what, variations of departments, and measured figures."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from sellwell.kernel.models import CompanyRow, Document, Row
from sellwell.kernel.models.base import ABOUT_A_PERSON, document_constraints, document_indexes
from sellwell.kernel.values import State, T

USER = settings.AUTH_USER_MODEL


# --- the text -----------------------------------------------------------------------------------------------------------


class EditionState(State):
    """A draft binds nobody. Which published edition is in force, is a matter of the day."""

    DRAFT = "draft", T("草稿", "Draft")
    PUBLISHED = "published", T("已发布", "Published")
    DISCARDED = "discarded", T("已放弃", "Discarded")


class Edition(Row):
    """One version of the whole manual, for the group; in force from `since` up to, not including, `until`."""

    noun = T("手册版本", "Edition of the manual")
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=120)
    note = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=12, default="draft")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    held_by = models.UUIDField(null=True, blank=True)  # the open approval request, if any

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EditionState.values()), name="edition_state_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(since__isnull=False), name="edition_dated"
            ),
            ExclusionConstraint(
                name="edition_no_overlap",
                expressions=[
                    (
                        Func(F("since"), F("until"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(state="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"V{self.number} {self.title}"


class Passage(Row):
    """A chapter, section or clause as one edition says it, with the codes of the bases that it cites."""

    noun = T("手册条文", "Passage of the manual")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="passages")
    number = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()  # 1 chapter, 2 section, 3 clause
    position = models.PositiveIntegerField()  # the order of the book
    zh = models.TextField()
    en = models.TextField(default="", blank=True)
    bases = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="passage_once")]
        indexes = [models.Index(fields=["number"], name="passage_number")]

    def __str__(self) -> str:
        return self.number


# --- what it rests on ---------------------------------------------------------------------------------------------------


class BasisKind(State):
    """What a basis is."""

    LAW = "law", T("法律", "Law")
    REGULATION = "regulation", T("法规规章", "Regulation")
    STANDARD = "standard", T("标准", "Standard")
    THEORY = "theory", T("理论", "Theory")
    MODEL = "model", T("模型", "Model")
    POLICY = "policy", T("内部制度", "Internal policy")


class BasisState(State):
    """How far a basis may be relied on: only a text that somebody has read counts as one."""

    CHECKED = "checked", T("已核对", "Checked")
    UNCHECKED = "unchecked", T("未核对", "Not checked")
    UNWRITTEN = "unwritten", T("待制定", "To be written")

    @property
    def tone(self) -> str:
        """How lists mark it: only what was checked counts as a basis."""
        return {"checked": "done", "unchecked": "start"}.get(self.value, "ended")


class Basis(Row):
    """A law, regulation, standard, theory, model or internal policy that clauses cite."""

    noun = T("依据", "Basis")
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="unchecked")
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160, default="", blank=True)
    issuer = models.CharField(max_length=120, default="", blank=True)
    edition = models.CharField(max_length=80, default="", blank=True)  # its own number or version
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BasisKind.values()), name="basis_kind_known"),
            models.CheckConstraint(condition=Q(state__in=BasisState.values()), name="basis_state_known"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since")),
                name="basis_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.zh


# --- who has read it ----------------------------------------------------------------------------------------------------


class ReadingState(State):
    """Asked for, confirmed, or no longer needed (another post, a newer edition, somebody who left)."""

    WAITING = "waiting", T("待确认", "To be confirmed")
    READ = "read", T("已确认", "Confirmed")
    DROPPED = "dropped", T("已取消", "No longer needed")

    @property
    def tone(self) -> str:
        """How lists mark it."""
        return {"waiting": "start", "read": "done"}.get(self.value, "ended")


class Reading(CompanyRow):
    """That a person in a role has read the clauses of an edition which concern the role (clause 1.2.2)."""

    noun = T("阅读确认", "Acknowledgement")
    scope_columns = ABOUT_A_PERSON
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    department_path = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="readings")
    state = models.CharField(max_length=10, default="waiting")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    read_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "user", "role", "edition"], name="reading_once"),
            models.CheckConstraint(condition=Q(state__in=ReadingState.values()), name="reading_state_known"),
        ]
        indexes = [models.Index(fields=["company_id", "state", "due_on"], name="reading_due")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.role}"


# --- departments that do it otherwise -----------------------------------------------------------------------------------


class VariationState(State):
    """Proposed, approved from day to day, or given up."""

    DRAFT = "draft", T("草稿", "Draft")
    APPROVED = "approved", T("已批准", "Approved")
    CANCELLED = "cancelled", T("已放弃", "Given up")


class Variation(Document):
    """How one department does the process of a kind of document otherwise, from day to day (clause 1.2.4)."""

    noun = T("部门变通做法", "Variation of a department")
    process = models.CharField(max_length=60)  # a row type, for instance orders.order
    for_path = models.CharField(max_length=200)  # the department that does it
    title = models.CharField(max_length=120)
    text = models.TextField()
    reason = models.TextField(default="", blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            *document_constraints("variation", VariationState),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="variation_dates"
            ),
        ]
        indexes = [*document_indexes("variation")]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A draft waits for its writer; one that was approved holds within its days, and nothing is to be done."""
        return Q(state=VariationState.DRAFT.value)


# --- what was measured --------------------------------------------------------------------------------------------------


class Run(CompanyRow):
    """One measuring of conformance: which months, at which point of the ledger, what came of it."""

    noun = T("合规计算", "Measuring of conformance")
    as_of = models.DateField()
    at = models.DateTimeField()
    ledger_seq = (
        models.BigIntegerField()
    )  # the ledger's last entry at that time: nothing newer, nothing to measure
    months = models.PositiveSmallIntegerField()
    measured = ArrayField(models.DateField(), default=list)  # the months themselves, by their first days
    figures = models.PositiveIntegerField()
    failures = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["company_id", "-as_of", "-at"], name="run_newest")]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d}"


class Conformance(CompanyRow):
    """What one evidence said of a month, as of a day: for the whole company ('') and for each department.

    Derived from records and computed again at any time, so it stands in no ledger. `concerned` is empty and `failed`
    names the kind of error where the evidence could not be had: that is unknown, not kept.
    """

    noun = T("合规数字", "Conformance figure")
    evidence = models.CharField(max_length=80)
    clause = models.CharField(max_length=12)
    month = models.DateField()
    department_path = models.CharField(max_length=200, default="", blank=True)
    as_of = models.DateField()
    concerned = models.PositiveIntegerField(null=True)
    kept = models.PositiveIntegerField(null=True)
    failed = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "evidence", "month", "department_path", "as_of"],
                name="conformance_once",
            ),
            models.CheckConstraint(
                condition=Q(concerned__isnull=True, kept__isnull=True) | Q(kept__lte=F("concerned")),
                name="conformance_kept",
            ),
        ]
        indexes = [models.Index(fields=["company_id", "clause", "month"], name="conformance_clause")]

    def __str__(self) -> str:
        return f"{self.evidence} {self.month:%Y-%m}"
