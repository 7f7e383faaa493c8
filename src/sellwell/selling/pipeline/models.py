"""Leads, opportunities with needs, visits with minutes, quotations in versions."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from sellwell.foundation.pricing.lines import PricedLine, amount_field
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class LeadState(State):
    """From a first contact to a customer, or not."""

    NEW = "new", T("新线索", "New")
    CONTACTED = "contacted", T("跟进中", "Contacted")
    QUALIFIED = "qualified", T("已转化", "Qualified")
    DISCARDED = "discarded", T("已放弃", "Discarded")


class LeadSource(State):
    """Where a lead came from."""

    ENTRY = "entry", T("自行开发", "Own research")
    WEB = "web", T("网站表单", "Web form")
    FAIR = "fair", T("展会", "Fair")
    REFERRAL = "referral", T("转介绍", "Referral")
    CAMPAIGN = "campaign", T("市场活动", "Campaign")


class Lead(Document):
    """Somebody who may become a customer, from the web form or entered by hand."""

    noun = T("线索", "Lead")
    personal = ("name", "contact_name", "need", "outcome", "phone_blind", "email_blind")
    name = models.CharField(max_length=120)  # the organisation, or the person
    contact_name = models.CharField(max_length=80, default="", blank=True)
    phone = models.JSONField(null=True)
    phone_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    email = models.JSONField(null=True)
    email_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    source = models.CharField(max_length=20, default="entry")  # web | fair | referral | entry | campaign
    need = models.TextField(default="", blank=True)
    outcome = models.TextField(default="", blank=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = document_constraints("lead", LeadState)
        indexes = list(document_indexes("lead"))

    def subject(self) -> UUID:
        """Until it is a customer, the lead is its own subject; then the party is."""
        return self.customer.party_id if self.customer_id else self.pk


class Stage(State):
    """The stages of an opportunity (clause 1.4.3: development, needs, match, order; shipping and after-sales follow)."""

    DEVELOP = "develop", T("开发客户", "Development")
    NEEDS = "needs", T("分析需求", "Needs analysis")
    MATCH = "match", T("匹配产品", "Product match")
    # Beyond the standard: only where an industry profile brings it (clause 1.1.4), and no later stage asks for it.
    TRIAL = "trial", T("样品试用", "Trial")
    OFFER = "offer", T("报价谈判", "Offer")
    WON = "won", T("赢单", "Won")
    LOST = "lost", T("输单", "Lost")


class LaterStage(State):
    """The stages after an opportunity was won (clause 1.4.3). No row stores them: orders and what follows say it."""

    DELIVERY = "delivery", T("安排发货", "Shipping")
    AFTER_SALES = "after_sales", T("提供售后", "After-sales")


class Opportunity(Document):
    """A possible sale to a customer."""

    noun = T("商机", "Opportunity")
    personal = ("title", "needs", "trial", "lost_reason")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    needs = models.TextField(default="", blank=True)
    expected_amount = amount_field(default=0)
    probability = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    expected_close = models.DateField(null=True)
    trial = models.CharField(
        max_length=200, default="", blank=True
    )  # what the customer tries, and how it passes
    trial_until = models.DateField(null=True)
    lost_reason = models.TextField(default="", blank=True)
    stage_since = models.DateTimeField()  # when it came into its stage

    class Meta:
        constraints = [
            *document_constraints("opportunity", Stage),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="opportunity_probability"
            ),
        ]
        indexes = list(document_indexes("opportunity"))

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class OpportunityProduct(CompanyRow):
    """A product that matches the customer's needs, and how well."""

    noun = T("匹配产品", "Matched product")
    scope_through = "opportunity"
    personal = ("why",)
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="products")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    fit = models.PositiveSmallIntegerField(default=3)  # 1 to 5
    why = models.CharField(max_length=200, default="", blank=True)
    is_void = models.BooleanField(default=False)  # replaced by a later match; nothing is deleted

    def subject(self) -> UUID:
        """The customer's party."""
        return self.opportunity.customer.party_id


class VisitState(State):
    """A visit is planned, begun on the spot, and done when its minutes are written (clause 2.2.4)."""

    PLANNED = "planned", T("已计划", "Planned")
    STARTED = "started", T("已签到", "Checked in")
    DONE = "done", T("已完成", "Done")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class Visit(Document):
    """A visit to a customer: planned, checked in with place and time, minutes and next step in 24 hours."""

    noun = T("拜访", "Visit")
    personal = ("purpose", "place", "minutes", "next_step")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, null=True, related_name="visits")
    purpose = models.CharField(max_length=200, default="", blank=True)
    planned_at = models.DateTimeField()
    checked_in_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, default="", blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    minutes_due_at = models.DateTimeField(null=True)  # set at check-in by the policy `pipeline.visit_minutes`
    minutes = models.TextField(default="", blank=True)
    minutes_at = models.DateTimeField(null=True)
    next_step = models.CharField(max_length=200, default="", blank=True)
    next_step_on = models.DateField(null=True)

    class Meta:
        constraints = document_constraints("visit", VisitState)
        indexes = [
            *document_indexes("visit"),
            models.Index(fields=["company_id", "-planned_at", "-id"], name="visit_planned"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class QuotationState(State):
    """A quotation is written, sent, and accepted or not; a new version replaces the one before."""

    DRAFT = "draft", T("草稿", "Draft")
    SENT = "sent", T("已发出", "Sent")
    ACCEPTED = "accepted", T("客户已接受", "Accepted")
    DECLINED = "declined", T("客户已拒绝", "Declined")
    REPLACED = "replaced", T("已被新版替代", "Replaced")
    EXPIRED = "expired", T("已过期", "Expired")


class Quotation(Document):
    """Prices offered to a customer until a day."""

    noun = T("报价单", "Quotation")
    personal = ("note",)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, related_name="quotations"
    )
    revision = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    valid_until = models.DateField()
    payment_days = models.PositiveSmallIntegerField(default=30)
    tax_inside = models.BooleanField(default=True)
    currency = models.CharField(max_length=3, default="CNY")
    net = amount_field(default=0)
    tax = amount_field(default=0)
    total = amount_field(default=0)
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = document_constraints("quotation", QuotationState)
        indexes = list(document_indexes("quotation", amount="total"))

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """What was declined or expired is over; its opportunity goes on."""
        return Q(state__in=[QuotationState.DRAFT.value, QuotationState.SENT.value])

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class QuotationLine(PricedLine):
    """A line of a quotation."""

    noun = T("报价明细", "Quotation line")
    scope_through = "quotation"
    quotation = models.ForeignKey(Quotation, on_delete=models.PROTECT, related_name="lines")
    is_void = models.BooleanField(default=False)  # replaced while it was a draft; nothing is deleted
