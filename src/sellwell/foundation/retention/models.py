"""Runs of the models with a score per customer, playbooks, and what was done for whom."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.kernel.models import CompanyRow, Owned
from sellwell.kernel.values import State, T


class RiskLevel(State):
    """How likely a customer buys nothing over the horizon, in three steps."""

    HIGH = "high", T("高", "High")
    MEDIUM = "medium", T("中", "Medium")
    LOW = "low", T("低", "Low")


class Method(State):
    """The ways to tell the risk. `rhythm` is used without a model, where there is too little history to judge one."""

    RHYTHM = "rhythm", T("间隔规则（未建模）", "Rule of gaps (no model yet)")
    RECENCY = "recency", T("距上次购买天数", "Days since the last purchase")
    PAST_RATE = "past_rate", T("以往购买频率", "Rate of purchases so far")
    OWN_RHYTHM = "own_rhythm", T("与自身购买间隔之比", "Days idle against the own gaps")
    ALIVE = "alive", T("活跃概率（BG/NBD）", "Probability alive (BG/NBD)")
    EXPECTED = "expected", T("预期购买次数（BG/NBD）", "Expected purchases (BG/NBD)")
    LOGISTIC = "logistic", T("逻辑回归", "Logistic regression")
    BOOSTED = "boosted", T("提升树", "Boosted trees")


class Run(CompanyRow):
    """One computation for all customers: the method in use, how good each was on time held back, the parameters."""

    noun = T("流失评分批次", "Churn scoring run")
    on = models.DateField()  # purchases until then were known
    horizon = models.PositiveSmallIntegerField()  # days ahead
    method = models.CharField(max_length=12)
    model_version = models.CharField(max_length=20)
    is_latest = models.BooleanField(default=True)
    customers = models.PositiveIntegerField()
    learnt_on = models.DateField(null=True)
    judged_on = models.DateField(null=True)
    judged = models.PositiveIntegerField(null=True)  # customers that it was judged on
    base_rate = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    auc = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    calibration = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    qualities = models.JSONField(default=dict)  # method -> auc, calibration, brier, as texts
    parameters = models.JSONField(default=dict)  # r, alpha, a, b, p, q, v, as texts
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "on"], name="run_day_once"),
            models.UniqueConstraint(fields=["company_id"], condition=Q(is_latest=True), name="run_latest_once"),
            models.CheckConstraint(condition=Q(method__in=Method.values()), name="run_method_known"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"


class Score(CompanyRow):
    """What a run says of a customer. Derived from facts and computed again at any time, so it stands in no ledger."""

    noun = T("流失风险", "Churn risk")
    scope_through = "customer"
    read_along = ("customer",)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="scores")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=8)
    risk = models.DecimalField(max_digits=9, decimal_places=6, null=True)  # None: by rule, without a model
    urgency = models.DecimalField(
        max_digits=9, decimal_places=6
    )  # what lists go by: the risk, or days idle in own gaps
    purchases = models.PositiveIntegerField()
    idle = models.PositiveIntegerField()  # days since the last purchase
    gap = models.PositiveIntegerField(null=True)  # median days between purchases
    lately = models.PositiveIntegerField()  # purchases in the last 90 days
    before = models.PositiveIntegerField()  # in the 90 days before those
    alive = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    expected = models.DecimalField(max_digits=18, decimal_places=6, null=True)  # purchases over the horizon
    spending = models.DecimalField(
        max_digits=18, decimal_places=2, null=True
    )  # expected amount of one purchase
    value = models.DecimalField(
        max_digits=18, decimal_places=2, null=True
    )  # expected amount over the horizon

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "customer"], name="score_once"),
            models.CheckConstraint(condition=Q(level__in=RiskLevel.values()), name="score_level_known"),
        ]
        indexes = [
            models.Index(fields=["run", "-urgency", "-id"], name="score_riskiest"),
            models.Index(fields=["customer"], name="score_customer"),
        ]

    def __str__(self) -> str:
        return str(self.customer)


class PlaybookState(State):
    """Whether a playbook is followed."""

    DRAFT = "draft", T("草稿", "Draft")
    ACTIVE = "active", T("执行中", "Active")
    ENDED = "ended", T("已结束", "Ended")


class Playbook(CompanyRow):
    """For which customers at risk something is done, what, by when, and how many are left alone to compare with."""

    noun = T("挽留方案", "Retention playbook")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    advice = models.TextField()  # what the owner is to do
    level = models.CharField(max_length=8)  # from this risk on: high, or medium and high
    grades = ArrayField(models.CharField(max_length=2), default=list)  # none: all grades
    least_value = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    days = models.PositiveSmallIntegerField(default=3)  # working days until the first contact
    holdout = models.PositiveSmallIntegerField(default=20)  # percent that are left alone
    state = models.CharField(max_length=8, default="draft")
    started_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "code"], name="playbook_code_unique"),
            models.CheckConstraint(
                condition=Q(state__in=PlaybookState.values()), name="playbook_state_known"
            ),
            models.CheckConstraint(condition=Q(level__in=["high", "medium"]), name="playbook_level_known"),
            models.CheckConstraint(condition=Q(holdout__lte=50), name="playbook_holdout"),
        ]

    def __str__(self) -> str:
        return self.name


class Arm(State):
    """Whether something is done for a customer, or they are left alone to compare with."""

    TREATED = "treated", T("干预组", "Treated")
    HOLDOUT = "holdout", T("对照组", "Hold-out")


class InterventionState(State):
    """From the first sign to the outcome. Who is left alone is only watched."""

    OPENED = "opened", T("待联系", "To be contacted")
    CONTACTED = "contacted", T("已联系", "Contacted")
    OFFER = "offer", T("已提方案", "Offer made")
    WATCHED = "watched", T("对照观察", "Watched")
    RETAINED = "retained", T("已挽回", "Retained")
    LOST = "lost", T("已流失", "Lost")
    MERGED = "merged", T("因合并结束", "Ended by a merge")


UNDER_WAY = (InterventionState.OPENED, InterventionState.CONTACTED, InterventionState.OFFER)


class Intervention(Owned):
    """What is done for a customer at risk, or that they are left alone: decided and recorded before anything is done."""

    noun = T("挽留任务", "Retention case")
    personal = ("note", "offer", "lost_reason")
    read_along = ("customer", "playbook")
    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="interventions")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    arm = models.CharField(max_length=8)
    state = models.CharField(max_length=10)
    level = models.CharField(max_length=8)
    risk = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    reason = models.JSONField(default=list)  # what was known then: see rules.drivers
    opened_on = models.DateField()
    due_on = models.DateField(null=True)  # of the first contact; None for the hold-out group
    contacted_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    judged_from = models.DateField()  # from this day on it is known whether they came back
    came_back = models.BooleanField(null=True)  # bought again from the day after opened_on to judged_from
    note = models.TextField(default="", blank=True)
    offer = models.TextField(default="", blank=True)
    lost_reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playbook", "customer", "opened_on"], name="intervention_once"),
            models.CheckConstraint(
                condition=Q(state__in=InterventionState.values()), name="intervention_state_known"
            ),
            models.CheckConstraint(condition=Q(arm__in=Arm.values()), name="intervention_arm_known"),
        ]
        indexes = [
            models.Index(fields=["owner", "-opened_on", "-id"], name="intervention_owner"),
            models.Index(fields=["department_path", "-opened_on", "-id"], name="intervention_dept"),
            models.Index(fields=["customer"], name="intervention_customer"),
            models.Index(fields=["company_id", "due_on"], name="intervention_due"),
        ]

    def subject(self) -> UUID:
        """The party behind the customer."""
        return self.customer.party_id

    def __str__(self) -> str:
        return str(self.customer)
