"""Registrations of deals, the conflicts between them, and shares where two people were ruled to work together."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from sellwell.foundation.pricing.lines import amount_field
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T

PERSON = settings.AUTH_USER_MODEL


class RegistrationState(State):
    """Protected at once where nobody else is on the deal; else a manager rules."""

    DISPUTED = "disputed", T("待裁定", "Disputed")
    PROTECTED = "protected", T("保护中", "Protected")
    SETTLED = "settled", T("已了结", "Settled")
    EXPIRED = "expired", T("已过期", "Expired")
    REJECTED = "rejected", T("未获保护", "Rejected")
    WITHDRAWN = "withdrawn", T("已撤回", "Withdrawn")


class Ruling(State):
    """How a conflict was decided."""

    GRANT = "grant", T("归报备人", "To whoever registered")
    KEEP = "keep", T("维持原归属", "Stays where it is")
    SHARE = "share", T("双方共享", "Shared")


class MatchedBy(State):
    """What tells that two deals are the same."""

    CUSTOMER = "customer", T("同一客户", "Same customer")
    USCC = "uscc", T("信用代码相同", "Same credit code")
    PHONE = "phone", T("电话相同", "Same phone")
    NAME = "name", T("名称相同", "Same name")


class Registration(Document):
    """A deal that somebody works on: a customer, or a name that is no customer yet, and a product line.

    `stem` and `area` are the name without legal form and region, and the region in it: what names are compared by.
    """

    noun = T("报备", "Deal registration")
    personal = (
        "name", "stem", "area", "phone_blind", "evidence", "progress", "outcome", "ruling_reason",
    )  # fmt: skip
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    stem = models.CharField(max_length=120, db_index=True)
    area = models.CharField(max_length=20, default="", blank=True)
    uscc = models.CharField(max_length=18, default="", blank=True, db_index=True)
    phone = models.JSONField(null=True)
    phone_blind = models.CharField(max_length=64, default="", blank=True, db_index=True)
    expected_amount = amount_field(default=0)
    evidence = models.TextField(default="", blank=True)
    proof = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    protected_until = models.DateField(null=True)  # exclusive
    renewals = models.PositiveSmallIntegerField(default=0)
    progress = models.TextField(default="", blank=True)
    ruling = models.CharField(max_length=8, null=True)
    ruling_reason = models.TextField(default="", blank=True)
    ruled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    ruled_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("registration", RegistrationState),
            models.CheckConstraint(
                condition=~Q(state="protected") | Q(protected_until__isnull=False),
                name="registration_protected_until",
            ),
        ]
        indexes = list(document_indexes("registration", amount="expected_amount"))

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A dispute waits for its ruling; what is protected is worked on, and warns before it ends."""
        return Q(state=RegistrationState.DISPUTED.value)

    def subject(self) -> UUID:
        """Until its name is a customer, the registration is its own subject; then the party is."""
        return self.customer.party_id if self.customer is not None else self.pk


class Conflict(CompanyRow):
    """Another registration, a customer or an opportunity of somebody else that is on the same deal."""

    noun = T("撞单", "Conflict")
    scope_through = "registration"
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="conflicts")
    matched_by = models.CharField(max_length=10)
    other = models.ForeignKey(Registration, on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    opportunity = models.ForeignKey(
        "pipeline.Opportunity", on_delete=models.PROTECT, null=True, related_name="+"
    )
    holder = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    department_path = models.CharField(max_length=200, default="", blank=True)  # the holder's, that day
    region = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(matched_by__in=MatchedBy.values()), name="conflict_match_known"
            ),
        ]


class Share(CompanyRow):
    """The part that somebody has in a deal by ruling."""

    noun = T("报备份额", "Share of a deal")
    scope_through = "registration"
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="shares")
    user = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=9, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "user"], name="dealshare_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lt=1), name="dealshare_part"),
        ]
