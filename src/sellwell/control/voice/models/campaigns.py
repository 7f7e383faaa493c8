"""Campaigns to a segment, and everybody who was drawn for one: written to, held out to compare with, or left out and why."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from sellwell.control.voice.models.surveys import CONTACT, CUSTOMER
from sellwell.control.voice.rules.sampling import Left
from sellwell.kernel.models import Document, Owned
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class CampaignState(State):
    """Written by one, approved by another, sent by itself, judged by its orders."""

    DRAFT = "draft", T("草稿", "Draft")
    APPROVED = "approved", T("已批准", "Approved")
    SENDING = "sending", T("发送中", "Sending")
    SENT = "sent", T("已发送", "Sent")
    EVALUATED = "evaluated", T("已评估", "Evaluated")
    STOPPED = "stopped", T("已停止", "Stopped")


class Channel(State):
    """How a message reaches somebody; each has a consent of its own."""

    MAIL = "mail", T("邮件", "Mail")
    SMS = "sms", T("短信", "SMS")


class Goal(State):
    """What a campaign is for."""

    AGAIN = "again", T("唤醒老客户", "Win customers back")
    MORE = "more", T("增购与配套", "Sell more to customers")
    NEW = "new", T("新品推介", "Present a new product")
    EVENT = "event", T("活动邀请", "Invite to an event")


class Language(State):
    """The language of the message."""

    ZH = "zh", T("中文", "Chinese")
    EN = "en", T("英文", "English")
    BOTH = "both", T("中英对照", "Both")


class Campaign(Document):
    """A message to the customers of a segment, with a control group, measured in orders (clause 4.2.1)."""

    noun = T("营销活动", "Campaign")
    title = models.CharField(max_length=120)
    goal = models.CharField(max_length=6)
    segment = models.ForeignKey("relations.Segment", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=4)
    language = models.CharField(max_length=4, default=Language.ZH.value)
    subject_zh = models.CharField(max_length=80, default="", blank=True)
    subject_en = models.CharField(max_length=80, default="", blank=True)
    text_zh = models.TextField(default="", blank=True)
    text_en = models.TextField(default="", blank=True)
    holdout = models.DecimalField(max_digits=9, decimal_places=6)  # share of those who could be written to
    unsegmented = models.PositiveIntegerField(default=0)  # customers drawn from all, whatever their segment
    result_days = models.PositiveSmallIntegerField(
        default=30
    )  # orders of so many days count, the first included
    seed = models.CharField(max_length=40)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    approved_at = models.DateTimeField(null=True)
    started_on = models.DateField(null=True)
    members = models.PositiveIntegerField(default=0)  # of the segment, when the groups were drawn
    finished_on = models.DateField(null=True)
    evaluated_at = models.DateTimeField(null=True)
    conclusion = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("campaign", CampaignState),
            models.CheckConstraint(condition=Q(channel__in=Channel.values()), name="campaign_channel_known"),
            models.CheckConstraint(condition=Q(holdout__gte=0, holdout__lte=0.5), name="campaign_holdout"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="stopped") | Q(approved_by__isnull=False),
                name="campaign_approved_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent", "evaluated"]) | Q(started_on__isnull=False),
                name="campaign_started_when",
            ),
        ]
        indexes = list(document_indexes("campaign"))

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A draft waits for approval, an approved one to be started; the rest goes by itself."""
        return Q(state__in=["draft", "approved"])

    def __str__(self) -> str:
        return self.title


class Side(State):
    """The group that somebody was drawn into before anything was sent."""

    SEGMENT = "segment", T("客群", "Segment")
    HOLDOUT = "holdout", T("客群（保留对照）", "Segment, held out")
    UNSEGMENTED = "unsegmented", T("未分群对照", "Unsegmented")


class RecipientState(State):
    """Whether the message went out."""

    PLANNED = "planned", T("待发送", "To be sent")
    HELD_OUT = "held_out", T("不发送（对照）", "Not written to (control)")
    SENT = "sent", T("已发送", "Sent")
    LEFT_OUT = "left_out", T("未发送", "Left out")
    FAILED = "failed", T("未送达", "Not delivered")
    OPTED_OUT = "opted_out", T("已退订", "Opted out")


class Recipient(Owned):
    """One customer of a campaign, in one group, written to once at most."""

    noun = T("活动名单", "Campaign recipient")
    read_along = ("customer", "campaign")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="recipients")
    customer = models.ForeignKey(CUSTOMER, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(CONTACT, on_delete=models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=12)
    state = models.CharField(max_length=10)
    left = models.CharField(max_length=16, default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    counted_from = models.DateField(null=True)  # orders from this day on count as a response
    problem = models.CharField(max_length=60, default="", blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    business_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "customer"], name="recipient_once"),
            models.CheckConstraint(
                condition=Q(state__in=RecipientState.values()), name="recipient_state_known"
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values()), name="recipient_side_known"),
            models.CheckConstraint(condition=Q(left__in=["", *Left.values()]), name="recipient_left_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "failed", "opted_out"]) | Q(sent_at__isnull=False),
                name="recipient_sent_when",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state", "id"], name="recipient_campaign"),
            models.Index(fields=["customer", "-sent_at"], name="recipient_customer"),
            models.Index(fields=["company_id", "sent_at"], name="recipient_sent"),
            models.Index(fields=["company_id", "-business_date", "-id"], name="recipient_newest"),
        ]

    def subject(self) -> UUID:
        """Who is written to: the contact, else the customer's party."""
        return self.contact_id or self.customer.party_id

    def __str__(self) -> str:
        return f"{self.campaign} {self.customer}"
