"""Holds and how they are released: one request per held act, with parallel routes of steps (clause 1.3.1)."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from sellwell.kernel import clock
from sellwell.kernel.ids import new_id
from sellwell.kernel.models.base import Document, document_constraints, document_indexes
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from sellwell.kernel.access import Post

PERSON = settings.AUTH_USER_MODEL


class RequestState(State):
    """Where a request for approval stands."""

    OPEN = "open", T("待审批", "Waiting")
    APPROVED = "approved", T("已批准", "Approved")
    REJECTED = "rejected", T("已驳回", "Rejected")
    WITHDRAWN = "withdrawn", T("已撤回", "Withdrawn")
    FAILED = "failed", T("批准后未能执行", "Approved, then failed")


class ApprovalRequest(Document):
    """One held act. `given` keeps the requester's input (personal values as envelopes), `snapshot` the approved content.

    The owner is the requester; the row of the act carries `held_by` = this request's id while it is open.
    """

    noun = T("审批", "Approval")
    operation = models.CharField(max_length=80)
    channel = models.CharField(
        max_length=10, default="web"
    )  # the way in of the held act: it is run again by it
    row_type = models.CharField(max_length=60)
    row_id = models.UUIDField(null=True)
    row_version = models.PositiveIntegerField(default=0)
    row_number = models.CharField(max_length=60, default="")
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    given = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    objections = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(default="", blank=True)
    subject_id = models.UUIDField(
        null=True
    )  # whose personal data its row holds: what is written here is theirs too
    personal = ("note",)

    class Meta:
        constraints = document_constraints("approvalrequest", RequestState)
        indexes = [
            *document_indexes("approvalrequest"),
            models.Index(
                fields=["subject_id"], name="approvalrequest_subject", condition=Q(subject_id__isnull=False)
            ),
            models.Index(fields=["row_id", "state"], name="approvalrequest_row"),
        ]

    def subject(self) -> UUID | None:
        """The subject of its row."""
        return self.subject_id

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A request waits while it is open; afterwards people may still comment on it, and nobody must."""
        return Q(state=RequestState.OPEN.value)

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """One's own are those one asked for, is asked to decide (also as a deputy), had a word in, or got a copy of."""
        if scope != "own":
            return super().scope_q(scope, user_id, post)
        mine = Q(owner_id=user_id) | Q(pk__in=asked_of(user_id).values("request_id"))
        mine |= Q(pk__in=decided_by(user_id).values("step__request_id"))
        mine |= Q(pk__in=heard_of(user_id).values("request_id"))
        return Q(company_id=post.company_id) & mine

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if super().in_scope(scope, user_id, post):
            return True
        if scope != "own" or self.company_id != post.company_id:
            return False
        return (
            asked_of(user_id).filter(request_id=self.pk).exists()
            or decided_by(user_id).filter(step__request_id=self.pk).exists()
            or heard_of(user_id).filter(request_id=self.pk).exists()
        )


class StepOutcome(State):
    """How a step came to its end."""

    AGREED = "agreed", T("已同意", "Agreed")
    REJECTED = "rejected", T("不同意", "Disagreed")
    CARRIED = "carried", T("同一审批人，无需重复", "Same approver, not asked twice")
    DROPPED = "dropped", T("已减签", "Taken off")


class ApprovalStep(models.Model):
    """One step of one route of a request: `any` one of the candidates decides, or `all` must.

    Steps of a route go in `position` order; routes run beside each other. The candidates are found when the step
    opens and found again while nobody is there. A step that the request is returned to opens in a new `round`:
    decisions of earlier rounds stay in the history and count no longer. `role` is empty for a signer whom somebody
    added.
    """

    noun = T("审批步骤", "Approval step")
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="steps")
    guard = models.CharField(max_length=80)
    measure = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    content_hash = models.CharField(
        max_length=64, default="", blank=True
    )  # of the terms that this step was asked about
    position = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=3, default="any")
    role = models.CharField(max_length=40, blank=True)
    candidates = ArrayField(models.UUIDField(), default=list)
    round = models.PositiveSmallIntegerField(default=1)
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "guard", "position"], name="approvalstep_once"),
            models.CheckConstraint(condition=Q(mode__in=["any", "all"]), name="approvalstep_mode"),
        ]
        indexes = [
            GinIndex(fields=["candidates"], name="approvalstep_candidates"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody now."""
        return self.opened_at is not None and self.decided_at is None


class ApprovalDecision(models.Model):
    """One person's yes or no on one step; `on_behalf_of` names whom a deputy stood in for. Append-only.

    `carried` marks an agreement that the same person gave on another step of the same request.
    """

    noun = T("审批意见", "Decision")
    append_only = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    step = models.ForeignKey(ApprovalStep, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField(default=1)
    user = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True)
    agrees = models.BooleanField()
    carried = models.BooleanField(default=False)
    note = models.JSONField(null=True)  # an envelope: what people write about a customer is the customer's
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "round", "user", "on_behalf_of"],
                nulls_distinct=False,
                name="approvaldecision_once",
            )
        ]
        indexes = [models.Index(fields=["user", "-at"], name="approvaldecision_user")]


class NoteKind(State):
    """What was said or done in the course of a request, beside yes and no."""

    COMMENT = "comment", T("评论", "Comment")
    QUESTION = "question", T("提问", "Question")
    ANSWER = "answer", T("答复", "Answer")
    COPIED = "copied", T("抄送", "Copied to")
    RETURNED = "returned", T("退回", "Returned")
    ADDED = "added", T("加签", "Signer added")
    DROPPED = "dropped", T("减签", "Signer taken off")
    REMINDED = "reminded", T("催办", "Reminded")
    ESCALATED = "escalated", T("升级", "Escalated")
    AMENDED = "amended", T("修改", "Amended")
    ROUTED = "routed", T("新增审批路线", "Route added")


class ApprovalNote(models.Model):
    """A line in the course of a request: who said or did what, to whom, about which step. Append-only."""

    noun = T("审批往来", "Note on an approval")
    append_only = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="notes")
    step = models.ForeignKey(ApprovalStep, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=10)
    user = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True)
    answers = models.ForeignKey("self", on_delete=models.PROTECT, related_name="replies", null=True)
    text = models.JSONField(null=True)  # an envelope
    files = ArrayField(models.UUIDField(), default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoteKind.values()), name="approvalnote_kind")
        ]
        indexes = [models.Index(fields=["to", "kind"], name="approvalnote_to")]


class Release(models.Model):
    """A guard's hold, released: for this content, up to this measure, until this moment."""

    noun = T("放行", "Release")
    append_only = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="releases")
    operation = models.CharField(max_length=80)
    row_id = models.UUIDField(null=True)
    guard = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    upper_bound = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["row_id", "operation"], name="release_row")]


class DelegationState(State):
    """In force, or taken back."""

    ACTIVE = "active", T("有效", "In force")
    REVOKED = "revoked", T("已收回", "Taken back")


class Delegation(Document):
    """A duty lent: `deputy` may decide approvals for the owner from day to day, up to an amount."""

    noun = T("审批委托", "Delegation")
    deputy = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    rooms = ArrayField(models.CharField(max_length=40), default=list)  # of which work; empty: of all
    since = models.DateField()
    until = models.DateField()
    amount_limit = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    note = models.TextField(default="", blank=True)
    personal = ("note",)

    class Meta:
        constraints = [
            *document_constraints("delegation", DelegationState),
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="delegation_dates"),
            models.CheckConstraint(condition=~Q(deputy=models.F("owner")), name="delegation_not_self"),
        ]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A duty lent is in force; nothing is to be done about it."""
        return Q(pk__in=[])

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """One's own are those one lent and those one was lent."""
        if scope != "own":
            return super().scope_q(scope, user_id, post)
        return Q(company_id=post.company_id) & (Q(owner_id=user_id) | Q(deputy_id=user_id))

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if scope != "own":
            return super().in_scope(scope, user_id, post)
        return self.company_id == post.company_id and user_id in (self.owner_id, self.deputy_id)

    def covers(self, operation: str) -> bool:
        """Whether it is lent for acts of this kind."""
        return not self.rooms or operation.split(".", 1)[0] in self.rooms

    def reaches(self, request: ApprovalRequest) -> bool:
        """Whether it is lent for this request: its company, its kind of act, its amount. Nobody's own, by either way."""
        return (
            self.company_id == request.company_id
            and self.covers(request.operation)
            and (self.amount_limit is None or (request.amount or 0) <= self.amount_limit)
            and request.owner_id not in (self.owner_id, self.deputy_id)
        )

    def reach(self) -> Q:
        """The same as a condition on steps."""
        within = Q(request__company_id=self.company_id)
        within &= ~Q(request__owner_id__in=[self.owner_id, self.deputy_id])
        if self.amount_limit is not None:
            within &= Q(request__amount__isnull=True) | Q(request__amount__lte=self.amount_limit)
        if self.rooms:
            within &= reduce(or_, (Q(request__operation__startswith=f"{room}.") for room in self.rooms))
        return within


def lent_on(day: date) -> QuerySet[Delegation]:
    """The delegations in force on a day."""
    return Delegation.objects.filter(state=DelegationState.ACTIVE.value, since__lte=day, until__gt=day)


def asked_of(user_id: UUID) -> QuerySet[ApprovalStep]:
    """Steps of which somebody is a candidate, or today the deputy of one as far as the delegation reaches."""
    asked = Q(candidates__contains=[user_id])
    for lent in lent_on(clock.business_day(clock.now())).filter(deputy_id=user_id):
        asked |= Q(candidates__contains=[lent.owner_id]) & lent.reach()
    return ApprovalStep.objects.filter(asked)


def decided_by(user_id: UUID) -> QuerySet[ApprovalDecision]:
    """What somebody decided, or was decided for them by a deputy."""
    return ApprovalDecision.objects.filter(Q(user_id=user_id) | Q(on_behalf_of_id=user_id))


def heard_of(user_id: UUID) -> QuerySet[ApprovalNote]:
    """What somebody noted on requests, and the copies and questions that went to them."""
    told = Q(to_id=user_id, kind__in=[NoteKind.COPIED.value, NoteKind.QUESTION.value])
    return ApprovalNote.objects.filter(told | Q(user_id=user_id))
