"""Where a customer stands: what it bought and how it paid, its scores, its stage, and how its grade came about."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.relations.rules.stages import Stage
from sellwell.kernel.models import CompanyRow
from sellwell.kernel.values import State, T

PERSON = settings.AUTH_USER_MODEL


class RfmClass(State):
    """High or low in recency, frequency and value: eight classes."""

    KEY_VALUE = "111", T("重要价值", "Key, of value")
    KEY_DEVELOP = "101", T("重要发展", "Key, to develop")
    KEY_KEEP = "011", T("重要保持", "Key, to keep")
    KEY_RESCUE = "001", T("重要挽留", "Key, to win back")
    VALUE = "110", T("一般价值", "Ordinary, of value")
    DEVELOP = "100", T("一般发展", "Ordinary, to develop")
    KEEP = "010", T("一般保持", "Ordinary, to keep")
    RESCUE = "000", T("一般挽留", "Ordinary, to win back")
    NONE = "", T("未成交", "No purchase yet")


class Abc(State):
    """Which part of the company's sales a customer makes up."""

    A = "A", T("A 类（前 80%）", "A (first 80 %)")
    B = "B", T("B 类（至 95%）", "B (up to 95 %)")
    C = "C", T("C 类（其余）", "C (the rest)")
    NONE = "", T("无成交", "No sales")


class Standing(CompanyRow):
    """What a customer's purchases say of it on `as_of`; one row per customer, under the customer's own identifier.

    Amounts are net of tax and of returns, in the company's currency. The figures are derived from facts and computed
    again every day; stage, plan and pool are decisions and stand in the ledger.
    """

    noun = T("客户状况", "Customer's standing")
    scope_through = "customer"
    scope_columns: ClassVar[dict[str, str]] = {}
    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="standing")
    as_of = models.DateField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    purchases = models.PositiveIntegerField(default=0)  # orders in the twelve months before `as_of`
    purchases_ever = models.PositiveIntegerField(default=0)
    value = models.DecimalField(max_digits=18, decimal_places=2, default=0)  # accepted, twelve months
    recent = models.DecimalField(max_digits=18, decimal_places=2, default=0)  # booked, last half year
    earlier = models.DecimalField(max_digits=18, decimal_places=2, default=0)  # booked, the half year before
    median_gap = models.DecimalField(max_digits=9, decimal_places=1, null=True)  # days between purchases
    regular = models.DecimalField(
        max_digits=9, decimal_places=6, null=True
    )  # share of months with a purchase
    paid_in_time = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    overdue_days = models.PositiveIntegerField(default=0)
    lines = ArrayField(models.CharField(max_length=40), default=list)  # product lines bought in twelve months
    rfm = models.CharField(max_length=3, default="", blank=True)  # the three scores: 545
    rfm_class = models.CharField(max_length=3, default="", blank=True)
    abc = models.CharField(max_length=1, default="", blank=True)
    score = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    last_contact_on = models.DateField(null=True)
    visit_due_on = models.DateField(null=True)  # when the grade's terms ask for the next contact
    stage = models.CharField(max_length=10, default="potential")
    stage_since = models.DateField()
    next_stage = models.CharField(max_length=10, default="", blank=True)  # computed, not yet for two periods
    next_stage_since = models.DateField(null=True)
    plan = models.ForeignKey("relations.StagePlan", on_delete=models.PROTECT, null=True, related_name="+")
    pool = models.ForeignKey("relations.Pool", on_delete=models.PROTECT, null=True, related_name="standings")
    pooled_on = models.DateField(null=True)
    warned_on = models.DateField(null=True)  # the owner was told that the customer will go to the pool
    recycle_on = models.DateField(null=True)
    cluster = models.PositiveSmallIntegerField(null=True)  # the label of the last clustering
    tag_ids = ArrayField(models.UUIDField(), default=list)  # the tags in force, for filters

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=F("customer_id")), name="standing_is_its_customer"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values()), name="standing_stage_known"),
            models.CheckConstraint(
                condition=Q(pool__isnull=True, pooled_on__isnull=True)
                | Q(pool__isnull=False, pooled_on__isnull=False),
                name="standing_pooled_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["company_id", "-value", "-id"], name="standing_value"),
            models.Index(fields=["company_id", "stage", "-value", "-id"], name="standing_stage"),
            models.Index(fields=["company_id", "visit_due_on", "-id"], name="standing_due"),
            models.Index(fields=["pool", "-pooled_on", "-id"], name="standing_pool"),
            GinIndex(fields=["tag_ids"], name="standing_tags"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id

    def __str__(self) -> str:
        return str(self.customer)


class Run(CompanyRow):
    """One computing of all standings: when, for which day, and what came of it."""

    noun = T("客户评定", "Run over customers")
    as_of = models.DateField()
    at = models.DateTimeField()
    customers = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    policies = models.JSONField(default=dict)  # the version of each policy that judged

    class Meta:
        indexes = [models.Index(fields=["company_id", "-as_of", "-id"], name="relrun_newest")]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d}"


class GradeChangeKind(State):
    """Whether the policy or a person said so."""

    COMPUTED = "computed", T("按制度评定", "By policy")
    OVERRIDE = "override", T("人工指定", "Set by a person")


class GradeChangeState(State):
    """A proposal takes effect on its day, unless somebody declines it; an override ends by itself."""

    PROPOSED = "proposed", T("待生效", "Proposed")
    EFFECTIVE = "effective", T("已生效", "In effect")
    DECLINED = "declined", T("已否决", "Declined")
    ENDED = "ended", T("已结束", "Ended")


class GradeChange(CompanyRow):
    """A grade that a customer is to have or had: from the inputs and policy versions that gave it, in words."""

    noun = T("等级变动", "Change of grade")
    scope_through = "customer"
    personal = ("reason",)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    grade_before = models.CharField(max_length=2)
    grade = models.CharField(max_length=2)
    score = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    inputs = models.JSONField(default=dict)  # measure -> value and score, as text
    policies = models.JSONField(default=dict)
    explanation = models.JSONField(default=dict)  # zh, en
    proposed_on = models.DateField()
    takes_effect_on = models.DateField()
    effective_on = models.DateField(null=True)
    until = models.DateField(null=True)  # of an override, exclusive
    ended_on = models.DateField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GradeChangeKind.values()), name="gradechange_kind"),
            models.CheckConstraint(
                condition=Q(state__in=GradeChangeState.values()), name="gradechange_state"
            ),
            models.CheckConstraint(
                condition=~Q(kind="override") | Q(until__isnull=False), name="gradechange_override_ends"
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="proposed"), name="gradechange_one_proposal"
            ),
        ]
        indexes = [
            models.Index(fields=["company_id", "-proposed_on", "-id"], name="gradechange_newest"),
            models.Index(fields=["customer", "-proposed_on", "-id"], name="gradechange_customer"),
            models.Index(fields=["company_id", "state", "-proposed_on", "-id"], name="gradechange_state"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id

    def __str__(self) -> str:
        return f"{self.grade_before} → {self.grade}"


class StageMove(CompanyRow):
    """A customer went from one stage to another on a day. Derived with the ledger's entry; kept for counting."""

    noun = T("阶段变动", "Move between stages")
    scope_through = "customer"
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="moves")
    stage_before = models.CharField(max_length=10)
    stage = models.CharField(max_length=10)
    moved_on = models.DateField()
    why = models.JSONField(default=dict)  # zh, en

    class Meta:
        indexes = [
            models.Index(fields=["company_id", "-moved_on", "-id"], name="stagemove_newest"),
            models.Index(fields=["customer", "-moved_on", "-id"], name="stagemove_customer"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id

    def __str__(self) -> str:
        return f"{Stage(self.stage_before).label} → {Stage(self.stage).label}"


class StagePlan(CompanyRow):
    """What is done with customers in a stage, from day to day: the strategy in words and the first contact's time."""

    noun = T("阶段策略", "Plan of a stage")
    stage = models.CharField(max_length=10)
    goal = models.CharField(max_length=100)
    strategy = models.CharField(max_length=1000)
    service = models.CharField(max_length=1000, default="", blank=True)
    contact_days = models.PositiveSmallIntegerField(
        null=True
    )  # so soon after the move the owner gets in touch
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values()), name="stageplan_stage_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="stageplan_dates"
            ),
            models.UniqueConstraint(
                fields=["company_id", "stage"], condition=Q(until__isnull=True), name="stageplan_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{Stage(self.stage).label}：{self.goal}"
