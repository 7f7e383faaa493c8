"""Which customers may be one, and which were made one (clause 4.3.5). Which rows a merge moved stands in its ledger entry."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sellwell.foundation.customers.models.parties import Customer
from sellwell.kernel.models import CompanyRow
from sellwell.kernel.values import State, T

PERSON = settings.AUTH_USER_MODEL


class PairState(State):
    """A pair is proposed, then decided by a person; `same` may be merged."""

    CANDIDATE = "candidate", T("待判断", "To decide")
    SAME = "same", T("同一客户", "The same")
    MERGED = "merged", T("已合并", "Merged")
    DIFFERENT = "different", T("不是同一客户", "Different")


class MatchPair(CompanyRow):
    """Two customers that may be one: how likely, why, and what somebody decided. One row for each two customers."""

    noun = T("疑似重复", "Possible duplicate")
    personal = ("decision",)
    number = models.CharField(max_length=40)
    first = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="candidate")
    score = models.DecimalField(max_digits=7, decimal_places=6)
    certain = models.BooleanField(default=False)  # at or above the policy's second threshold
    levels = models.JSONField(default=dict)  # what was compared and what came of it, by code: no values
    by_hand = models.BooleanField(default=False)
    found_on = models.DateField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="matchpair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="matchpair_in_order"),
            models.CheckConstraint(condition=Q(state__in=PairState.values()), name="matchpair_state_known"),
            models.UniqueConstraint(fields=["company_id", "number"], name="matchpair_number"),
        ]
        indexes = [
            models.Index(fields=["company_id", "state", "-score", "-id"], name="matchpair_queue"),
            models.Index(fields=["company_id", "-score", "-id"], name="matchpair_likeliest"),
        ]

    def subject(self) -> UUID:
        """The first customer's party; erasing either blanks the decision."""
        return self.first.party_id

    def __str__(self) -> str:
        return self.number


class RunState(State):
    """A comparison of the whole base is asked for, done, or it failed."""

    ASKED = "asked", T("等待中", "Waiting")
    DONE = "done", T("已完成", "Done")
    FAILED = "failed", T("未完成", "Failed")


class MatchRun(CompanyRow):
    """One comparison of all customers of a company with each other."""

    noun = T("查重", "Search for duplicates")
    state = models.CharField(max_length=8, default="asked")
    asked_at = models.DateTimeField()
    day = models.DateField()
    done_at = models.DateTimeField(null=True)
    customers = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)  # pairs at or above the threshold, old ones included
    new = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values()), name="matchrun_state_known")
        ]
        indexes = [models.Index(fields=["company_id", "-asked_at"], name="matchrun_newest")]


class MergeState(State):
    """A merge holds until it is taken back."""

    DONE = "done", T("已合并", "Merged")
    UNDONE = "undone", T("已撤销", "Taken back")


class Merge(CompanyRow):
    """Two customers made one: by whom and why, how alike they were, what was chosen, and what it was before.

    `before` and `chosen` hold the survivor's values by field as envelopes; `tasks` are the open tasks that it took over.
    """

    noun = T("客户合并", "Merge")
    personal = ("reason", "undone_reason")
    number = models.CharField(max_length=40)
    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    loser = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    pair = models.ForeignKey(MatchPair, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, default="done")
    score = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    strong_keys = models.CharField(max_length=40, default="", blank=True)  # "uscc,phone": what was equal
    loser_state = models.CharField(max_length=10)
    before = models.JSONField(default=dict)
    chosen = models.JSONField(default=dict)
    tasks = models.JSONField(default=list)
    shares_party = models.BooleanField(default=False)  # another company deals with the loser's party too
    reason = models.TextField(default="", blank=True)
    business_date = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    undone_reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "number"], name="merge_number"),
            models.CheckConstraint(condition=Q(state__in=MergeState.values()), name="merge_state_known"),
            models.CheckConstraint(condition=~Q(survivor=F("loser")), name="merge_of_two"),
            models.UniqueConstraint(fields=["loser"], condition=Q(state="done"), name="merge_loser_once"),
        ]
        indexes = [
            models.Index(fields=["company_id", "-business_date", "-id"], name="merge_newest"),
            models.Index(fields=["survivor"], name="merge_survivor"),
        ]

    def subject(self) -> UUID:
        """The survivor's party."""
        return self.survivor.party_id

    def __str__(self) -> str:
        return self.number
