"""What happened: ledger, facts, the log of refusals, and the memory of requests already answered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from sellwell.kernel.ids import new_id
from sellwell.kernel.models.base import CompanyRow, Scoped
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post


class LedgerEntry(Scoped, models.Model):
    """One act: who did which verb to which row, why it was allowed, and a hash over all of it. Append-only.

    `seq` orders entries, never time. Personal values stand only as envelopes.
    """

    noun = T("台账", "Ledger entry")
    append_only = True
    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=new_id, unique=True, editable=False)
    company_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    on_behalf_of_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=10)
    operation = models.CharField(max_length=80)
    row_type = models.CharField(max_length=60)
    row_id = models.UUIDField(null=True)
    request_id = models.UUIDField()
    within = models.CharField(max_length=80, default="")  # the operation that this one was nested in
    given = models.JSONField(default=dict)
    assessment = models.JSONField(default=dict)
    policies = models.JSONField(default=list)
    answers = models.JSONField(default=list)  # every guard's answer
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["row_id", "seq"], name="ledger_row"),
            models.Index(fields=["actor_id", "seq"], name="ledger_actor"),
            models.Index(fields=["request_id"], name="ledger_request"),
            models.Index(fields=["operation", "seq"], name="ledger_operation"),
            BrinIndex(fields=["at"], name="ledger_at"),  # grows in its order: a few pages find a week
        ]

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        return Q(actor_id=user_id) if scope == "own" else super().scope_q(scope, user_id, post)

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        return self.actor_id == user_id if scope == "own" else super().in_scope(scope, user_id, post)


class LedgerChange(models.Model):
    """One row that an entry changed: before and after, only the columns that differ. Append-only."""

    append_only = True
    id = models.BigAutoField(primary_key=True)
    company_id = models.UUIDField(null=True)  # its entry's, for row security
    entry = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, related_name="changes", db_constraint=False
    )
    table = models.CharField(max_length=60)
    row_id = models.UUIDField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["row_id", "id"], name="ledgerchange_row")]


class SecurityLog(Scoped, models.Model):
    """One attempt that was refused or held, written by the outermost door after its roll-back; or one export or print.

    Append-only.
    """

    noun = T("安全日志", "Security log")
    append_only = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=10)
    operation = models.CharField(max_length=80)
    row_id = models.UUIDField(null=True)
    request_id = models.UUIDField()
    code = models.CharField(max_length=80)
    objections = models.JSONField(default=list)
    assessment = models.JSONField(default=dict)
    policies = models.JSONField(default=list)
    answers = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["operation", "-at"], name="securitylog_operation"),
            models.Index(fields=["actor_id", "-at"], name="securitylog_actor"),
            models.Index(fields=["company_id", "-at", "-id"], name="securitylog_newest"),
        ]

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        return Q(actor_id=user_id) if scope == "own" else super().scope_q(scope, user_id, post)

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        return self.actor_id == user_id if scope == "own" else super().in_scope(scope, user_id, post)


class IdempotencyKey(models.Model):
    """A request already answered: the same key with the same content gets the same answer again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor_id = models.UUIDField()
    operation = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    content_hash = models.BinaryField(max_length=32)  # keyed, so that it tells nothing about the content
    entry_seq = models.BigIntegerField(null=True)
    result_ids = models.JSONField(default=list)
    approval_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "operation", "key"], name="idempotency_unique")
        ]


class PeriodState(State):
    """Whether numbers may still be recorded in a month."""

    OPEN = "open", T("未结账", "Open")
    CLOSED = "closed", T("已结账", "Closed")


class PostingPeriod(CompanyRow):
    """A month of recording. Facts read it FOR SHARE; closing takes it FOR UPDATE, so nothing slips in behind."""

    noun = T("会计月份", "Posting month")
    company_id = models.UUIDField()  # the unique constraint is its index
    month = models.DateField()  # its first day
    state = models.CharField(max_length=10, default="open")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "month"], name="postingperiod_unique"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | Q(state="closed", closed_at__isnull=False),
                name="postingperiod_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Fact(models.Model):
    """One posted number with its dimensions as they were. Append-only; a correction posts the reverse."""

    append_only = True
    id = models.BigAutoField(primary_key=True)
    company_id = models.UUIDField()
    measure = models.CharField(max_length=40)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_month = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)  # company currency
    document_amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    person_id = models.UUIDField(null=True)
    department_path = models.CharField(max_length=200, default="")
    region = models.CharField(max_length=40, default="")
    customer_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True)
    product_line = models.CharField(max_length=40, default="")
    channel = models.CharField(max_length=20, default="")
    document_type = models.CharField(max_length=60)
    document_id = models.UUIDField()
    source = models.UUIDField()  # the row that the number comes from (a line, a matching)
    seq = models.PositiveIntegerField(default=1)
    reverses = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "measure", "seq"], name="fact_once"),
            models.CheckConstraint(condition=~Q(measure=""), name="fact_measure_named"),
        ]
        indexes = [
            models.Index(fields=["company_id", "measure", "happened_on"], name="fact_measure_day"),
            models.Index(fields=["document_id"], name="fact_document"),
            models.Index(fields=["customer_id", "measure"], name="fact_customer"),
        ]
