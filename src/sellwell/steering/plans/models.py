"""The management cycle of a department and period with its five steps, and documents that several sides sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sellwell.kernel import clock
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.approvals import lent_on
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T
from sellwell.steering.plans.rules import CycleLength, StepKind

if TYPE_CHECKING:
    from uuid import UUID

    from sellwell.kernel.access import Post

USER = settings.AUTH_USER_MODEL
ROOM = "plans"


class CycleState(State):
    """Where a cycle stands."""

    OPEN = "open", T("进行中", "Under way")
    DONE = "done", T("已完成", "Completed")
    STOPPED = "stopped", T("已中止", "Stopped")


class Cycle(Document):
    """One department in one period: target, plan, monitoring, analysis, problem solving (clause 2.2.3).

    The owner is who heads the department; a deputy to whom the head lent the work sees and does the same.
    """

    noun = T("管理循环", "Management cycle")
    department = models.ForeignKey("company.Department", on_delete=models.PROTECT, related_name="+")
    length = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField()  # the first day after the period
    stop_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("cycle", CycleState),
            models.UniqueConstraint(fields=["department", "since", "length"], name="cycle_once"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="cycle_dates"),
            models.CheckConstraint(condition=Q(length__in=CycleLength.values()), name="cycle_length_known"),
        ]
        indexes = [
            *document_indexes("cycle"),
            models.Index(fields=["company_id", "since"], name="cycle_since"),
        ]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A cycle waits while it is under way."""
        return Q(state=CycleState.OPEN.value)

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """One's own are also those whose head lent the work to one today."""
        if scope != "own":
            return super().scope_q(scope, user_id, post)
        return Q(company_id=post.company_id) & (
            Q(owner_id=user_id) | Q(owner_id__in=heads_of_deputy(user_id))
        )

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if super().in_scope(scope, user_id, post):
            return True
        return (
            scope == "own"
            and self.company_id == post.company_id
            and self.owner_id in heads_of_deputy(user_id)
        )


def heads_of_deputy(user_id: UUID) -> list[UUID]:
    """Whose cycles somebody looks after today as a deputy: delegations of this room's work, or of all work."""
    lent = lent_on(clock.business_day(clock.now())).filter(deputy_id=user_id)
    return list(lent.filter(Q(rooms=[]) | Q(rooms__contains=[ROOM])).values_list("owner_id", flat=True))


class CycleStep(CompanyRow):
    """One of the five steps of a cycle: by when, and when and by whom it was accounted for."""

    noun = T("循环步骤", "Step of a cycle")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    in_order = models.BooleanField(default=True)  # whether it waits for the step before it
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)
    source = models.CharField(
        max_length=60, default="", blank=True
    )  # the room whose document did it; empty: by hand

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "kind"], name="cyclestep_once"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values()), name="cyclestep_kind_known"),
        ]
        indexes = [models.Index(fields=["company_id", "due_on"], name="cyclestep_due")]


class StepDocument(CompanyRow):
    """What proves a step: a record of this system by its type and identifier, or a file."""

    noun = T("步骤凭据", "Proof of a step")
    step = models.ForeignKey(CycleStep, on_delete=models.PROTECT, related_name="documents")
    row_type = models.CharField(max_length=60, default="", blank=True)
    row_id = models.UUIDField(null=True)
    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    is_void = models.BooleanField(default=False)  # the step was taken back

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, row_id__isnull=True, row_type="")
                | (Q(file__isnull=True, row_id__isnull=False) & ~Q(row_type="")),
                name="stepdocument_one_thing",
            )
        ]


# --- what two sides sign -------------------------------------------------------------------------------------------------


class SignOffKind(State):
    """What is signed together."""

    BUDGET = "budget", T("销售预算", "Sales budget")
    STRATEGY = "strategy", T("营销策略", "Marketing strategy")
    CAMPAIGN = "campaign", T("推广方案", "Campaign plan")
    PLAN = "plan", T("销售计划", "Sales plan")


class SignOffState(State):
    """Where a sign-off stands; while its sides are asked it is a draft that is held."""

    DRAFT = "draft", T("起草", "Draft")
    IN_FORCE = "in_force", T("已生效", "In force")
    REPLACED = "replaced", T("已被新版取代", "Replaced")
    CANCELLED = "cancelled", T("已作废", "Cancelled")


class SignOff(Document):
    """A plan that takes effect once every side has signed exactly this text (clause 2.2.5)."""

    noun = T("会签", "Sign-off")
    kind = models.CharField(max_length=10)
    department = models.ForeignKey("company.Department", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()  # the first day after the period
    title = models.CharField(max_length=120)
    text = models.TextField(default="", blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    files = ArrayField(models.UUIDField(), default=list, blank=True)
    authors = ArrayField(
        models.UUIDField(), default=list
    )  # who drafted or changed this version: they never sign it
    revision = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="next_versions")
    content_hash = models.CharField(max_length=64, default="", blank=True)  # of what was signed
    effective_on = models.DateField(null=True)
    replaced_on = models.DateField(null=True)

    class Meta:
        constraints = [
            *document_constraints("signoff", SignOffState),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="signoff_dates"),
            models.CheckConstraint(condition=Q(kind__in=SignOffKind.values()), name="signoff_kind_known"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="signoff_amount_not_negative"
            ),
            models.UniqueConstraint(
                fields=["previous"], condition=Q(state="draft"), name="signoff_one_revision_at_a_time"
            ),
        ]
        indexes = [
            *document_indexes("signoff", amount="amount"),
            models.Index(fields=["department", "kind", "since"], name="signoff_department"),
        ]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A draft waits for its sides; what is in force may be revised, and nobody must."""
        return Q(state=SignOffState.DRAFT.value)
