"""Parties (known to the group), customers (a company's relation to a party), contacts and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from sellwell.kernel import clock
from sellwell.kernel.models import CompanyRow, Owned, Row
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post


class CustomerState(State):
    """Whether we do business with a customer."""

    ACTIVE = "active", T("正常", "Active")
    BLOCKED = "blocked", T("停止往来", "Blocked")
    MERGED = "merged", T("已合并", "Merged")


# A customer of these states is a record of its own; a merged one leads to another.
LIVE = (CustomerState.ACTIVE, CustomerState.BLOCKED)


class Grade(State):
    """A customer's grade; it opens prices and terms."""

    A = "A", T("A 级", "Grade A")
    B = "B", T("B 级", "Grade B")
    C = "C", T("C 级", "Grade C")
    D = "D", T("D 级", "Grade D")


class PartyKind(State):
    """What a party is."""

    ORGANISATION = "organisation", T("单位", "Organisation")
    PERSON = "person", T("个人", "Person")


class SalesChannel(State):
    """How a customer buys from us."""

    DIRECT = "direct", T("直销", "Direct")
    ONLINE = "online", T("线上", "Online")
    DISTRIBUTOR = "distributor", T("经销", "Distributor")


class PurchaseRole(State):
    """What part a contact has in a purchase."""

    UNKNOWN = "unknown", T("未知", "Unknown")
    DECIDER = "decider", T("决策人", "Decider")
    USER = "user", T("使用人", "User")
    BUYER = "buyer", T("采购", "Buyer")
    TECHNICAL = "technical", T("技术把关", "Technical")
    FINANCE = "finance", T("财务", "Finance")
    GATEKEEPER = "gatekeeper", T("引荐人", "Gatekeeper")


class Influence(State):
    """How much a contact's word weighs."""

    UNKNOWN = "unknown", T("未知", "Unknown")
    HIGH = "high", T("高", "High")
    MEDIUM = "medium", T("中", "Medium")
    LOW = "low", T("低", "Low")


class ContactWay(State):
    """How a contact wants to be reached."""

    UNKNOWN = "unknown", T("未说明", "Not said")
    PHONE = "phone", T("电话", "Phone")
    WECHAT = "wechat", T("微信", "WeChat")
    SMS = "sms", T("短信", "Text message")
    EMAIL = "email", T("邮件", "E-mail")
    VISIT = "visit", T("上门", "In person")


class AddressKind(State):
    """What is sent to an address."""

    DELIVERY = "delivery", T("收货", "Goods")
    INVOICE = "invoice", T("收票", "Invoices")


# Fingerprints of phone and e-mail: sealed in the ledger and blanked at erasure like what they stand for.
BLIND = ("phone_blind", "phone_last4_blind", "email_blind")


class Party(Row):
    """A person or organisation, once in the group. Identity keys: social credit code, phone, e-mail."""

    noun = T("主体", "Party")
    personal = ("name", "short_name", "note", *BLIND)
    kind = models.CharField(max_length=12, default="organisation")  # organisation | person
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60, default="", blank=True)
    uscc = models.CharField(max_length=18, null=True, unique=True)  # unified social credit code
    phone = models.JSONField(null=True)  # envelope
    phone_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    phone_last4_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    email = models.JSONField(null=True)  # envelope
    email_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    note = models.TextField(default="", blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["organisation", "person"]), name="party_kind_known"),
        ]

    def subject(self) -> UUID:
        """The party itself."""
        return self.pk

    def __str__(self) -> str:
        return self.name


class Customer(Owned):
    """A company's relation to a party: owner, grade, terms (clause 1.4.2)."""

    noun = T("客户", "Customer")
    personal = ("note",)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="customers")
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="active")
    grade = models.CharField(max_length=2, default="C")
    industry = models.CharField(max_length=40, default="", blank=True)
    channel = models.CharField(max_length=20, default="direct")  # direct | online | distributor
    payment_days = models.PositiveSmallIntegerField(default=30)
    origin = models.CharField(max_length=12, default="entry")
    note = models.TextField(default="", blank=True)
    business_date = models.DateField()
    created_at = models.DateTimeField()
    held_by = models.UUIDField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "number"], name="customer_number_unique"),
            models.UniqueConstraint(fields=["company_id", "party"], name="customer_party_once"),
            models.CheckConstraint(
                condition=Q(state__in=CustomerState.values()), name="customer_state_known"
            ),
            models.CheckConstraint(condition=Q(grade__in=Grade.values()), name="customer_grade_known"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="customer_merged_into_one",
            ),
        ]
        indexes = [
            models.Index(fields=["company_id", "-business_date", "-id"], name="customer_newest"),
            models.Index(fields=["owner", "-business_date", "-id"], name="customer_owner"),
            models.Index(fields=["department_path", "-business_date", "-id"], name="customer_dept"),
        ]

    def subject(self) -> UUID:
        """The party behind."""
        return self.party_id

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """One's own are those one answers for and those one is on the team of today."""
        found = super().scope_q(scope, user_id, post)
        if scope != "own" or found is None:
            return found
        teams = _team_of(user_id).values_list("customer_id", flat=True)
        return found | Q(company_id=post.company_id, pk__in=list(teams))

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if super().in_scope(scope, user_id, post):
            return True
        return (
            scope == "own"
            and self.company_id == post.company_id
            and _team_of(user_id).filter(customer_id=self.pk).exists()
        )

    def __str__(self) -> str:
        return self.party.name


def _team_of(user_id: UUID) -> models.QuerySet[Any]:
    """The places in teams that somebody has today."""
    from sellwell.foundation.customers.models.depth import TeamMember

    today = clock.business_day(clock.now())
    return TeamMember.objects.filter(user_id=user_id, since__lte=today).filter(
        Q(until__isnull=True) | Q(until__gt=today)
    )


class Contact(CompanyRow):
    """Somebody who speaks for a customer."""

    noun = T("联系人", "Contact")
    scope_through = "customer"
    personal = ("name", "title", "note", *BLIND)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, default="", blank=True)
    phone = models.JSONField(null=True)
    phone_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    phone_last4_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    email = models.JSONField(null=True)
    email_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    is_primary = models.BooleanField(default=False)
    purchase_role = models.CharField(max_length=12, default="unknown")
    influence = models.CharField(max_length=8, default="unknown")
    prefers = models.CharField(max_length=8, default="unknown")
    note = models.TextField(default="", blank=True)

    def subject(self) -> UUID:
        """Itself: somebody who speaks for a customer is a person of their own, and may be forgotten alone."""
        return self.pk

    def __str__(self) -> str:
        return self.name


class Address(CompanyRow):
    """Where goods or invoices go."""

    noun = T("地址", "Address")
    scope_through = "customer"
    personal = ("consignee", "line")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=10, default="delivery")  # delivery | invoice
    consignee = models.CharField(max_length=80, default="", blank=True)
    phone = models.JSONField(null=True)
    province = models.CharField(max_length=40, default="", blank=True)
    city = models.CharField(max_length=40, default="", blank=True)
    line = models.CharField(max_length=200, default="", blank=True)
    is_default = models.BooleanField(default=False)

    def subject(self) -> UUID:
        """The party behind the customer."""
        return self.customer.party_id

    def __str__(self) -> str:
        return f"{self.province}{self.city}{self.line}"
