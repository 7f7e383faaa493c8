"""Competitors: who they are, prices seen at them, cards for talks, and where they stood against us."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from sellwell.control.intelligence.models.items import Channel
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T

USER = settings.AUTH_USER_MODEL


class CompetitorState(State):
    """Whether we still meet them."""

    ACTIVE = "active", T("关注中", "Watched")
    RETIRED = "retired", T("不再关注", "No longer watched")


class Competitor(CompanyRow):
    """Somebody who sells against us."""

    noun = T("竞争对手", "Competitor")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="active")
    profile = models.TextField(default="", blank=True)
    offers = models.TextField(default="", blank=True)  # their products
    regions = models.CharField(max_length=200, default="", blank=True)
    strengths = models.TextField(default="", blank=True)
    weaknesses = models.TextField(default="", blank=True)
    source_note = models.CharField(max_length=200, default="", blank=True)
    reviewed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "code"], name="competitor_code_unique"),
            models.UniqueConstraint(fields=["company_id", "name"], name="competitor_name_unique"),
            models.CheckConstraint(
                condition=Q(state__in=CompetitorState.values()), name="competitor_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceSeen(CompanyRow):
    """A price seen at a competitor on a day, beside our own price of that day."""

    noun = T("竞品价格", "Price seen")
    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, related_name="prices")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    their_product = models.CharField(max_length=120)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    tax_inside = models.BooleanField(default=True)
    seen_on = models.DateField()
    channel = models.CharField(max_length=12)
    item = models.ForeignKey("intelligence.Item", on_delete=models.PROTECT, null=True, related_name="prices")
    our_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)  # on the same tax basis
    note = models.CharField(max_length=200, default="", blank=True)
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    is_void = models.BooleanField(default=False)
    void_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="priceseen_positive"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values()), name="priceseen_channel_known"),
        ]
        indexes = [
            models.Index(fields=["company_id", "-seen_on", "-id"], name="priceseen_newest"),
            models.Index(fields=["competitor", "-seen_on", "-id"], name="priceseen_competitor"),
        ]


class CardState(State):
    """A card is drafted, in force until its day, or replaced."""

    DRAFT = "draft", T("起草", "Draft")
    IN_FORCE = "in_force", T("使用中", "In force")
    REPLACED = "replaced", T("已被新版取代", "Replaced")
    EXPIRED = "expired", T("已过期", "Expired")
    CANCELLED = "cancelled", T("已作废", "Cancelled")


class BattleCard(Document):
    """What to say where a competitor is named (竞品卡): approved, in versions, good until a day."""

    noun = T("竞品卡", "Battle card")
    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, related_name="cards")
    title = models.CharField(max_length=120)
    line = models.CharField(max_length=40, default="", blank=True)  # the product line it is about; empty: all
    they_say = models.TextField(default="", blank=True)
    we_say = models.TextField()
    ask = models.TextField(default="", blank=True)  # questions that show the difference
    proof = models.TextField(default="", blank=True)
    avoid = models.TextField(default="", blank=True)  # what is not said: nothing untrue, no disparagement
    revision = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="next_versions")
    in_force_on = models.DateField(null=True)
    valid_until = models.DateField()  # the first day on which it no longer holds

    class Meta:
        constraints = [
            *document_constraints("battlecard", CardState),
            models.UniqueConstraint(
                fields=["previous"], condition=Q(state="draft"), name="battlecard_one_revision"
            ),
        ]
        indexes = [
            *document_indexes("battlecard"),
            models.Index(fields=["competitor", "state"], name="battlecard_competitor"),
        ]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A draft waits to be put in force."""
        return Q(state=CardState.DRAFT.value)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Rival(CompanyRow):
    """A competitor stands against us in an opportunity."""

    noun = T("商机中的对手", "Rival")
    scope_through = "opportunity"
    personal = ("note",)
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="+")
    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, related_name="rivals")
    note = models.CharField(max_length=200, default="", blank=True)
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "competitor"], condition=Q(is_void=False), name="rival_once"
            )
        ]
        indexes = [models.Index(fields=["competitor"], name="rival_competitor", condition=Q(is_void=False))]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.opportunity.customer.party_id  # type: ignore[no-any-return]
