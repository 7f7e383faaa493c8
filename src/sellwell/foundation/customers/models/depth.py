"""What else is known of a customer: its group, tax titles, bank accounts, its team on our side, where values came from."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sellwell.foundation.customers.models.parties import Customer, Party
from sellwell.kernel.models import CompanyRow, Row
from sellwell.kernel.values import State, T


class GroupMembership(Row):
    """A party belongs to a parent party, within its days. Parties and their groups are known to the whole group."""

    noun = T("集团关系", "Group membership")
    parent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("child")), name="groupmembership_of_two"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="groupmembership_dates"
            ),
            models.UniqueConstraint(
                fields=["child"], condition=Q(until__isnull=True), name="groupmembership_one_parent"
            ),
        ]
        indexes = [models.Index(fields=["parent"], name="groupmembership_parent")]

    def subject(self) -> UUID:
        """The party that belongs."""
        return self.child_id


class TaxTitle(CompanyRow):
    """How a customer wants its invoices made out (开票抬头). A customer may have several; one is the default."""

    noun = T("开票抬头", "Tax title")
    scope_through = "customer"
    personal = ("title", "address", "phone", "bank", "account_last4")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tax_titles")
    title = models.CharField(max_length=120)
    tax_number = models.CharField(max_length=40, default="", blank=True)
    address = models.CharField(max_length=200, default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)  # printed on invoices: of the company
    bank = models.CharField(max_length=80, default="", blank=True)
    account = models.JSONField(null=True)  # envelope
    account_last4 = models.CharField(max_length=4, default="", blank=True)
    is_default = models.BooleanField(default=False)
    is_retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True), name="taxtitle_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_retired=False), name="taxtitle_default_in_use"
            ),
        ]

    def subject(self) -> UUID:
        """The party behind the customer."""
        return self.customer.party_id

    def __str__(self) -> str:
        return self.title


class BankAccount(CompanyRow):
    """An account that a customer pays from or is paid back to; only its last four digits stand in clear."""

    noun = T("银行账户", "Bank account")
    scope_through = "customer"
    personal = ("holder", "bank", "account_last4", "account_blind")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="bank_accounts")
    holder = models.CharField(max_length=120)
    bank = models.CharField(max_length=80)
    account = models.JSONField(null=True)  # envelope
    account_last4 = models.CharField(max_length=4, default="", blank=True)
    account_blind = models.CharField(max_length=64, default="", db_index=True, blank=True)
    is_retired = models.BooleanField(default=False)

    def subject(self) -> UUID:
        """The party behind the customer."""
        return self.customer.party_id

    def __str__(self) -> str:
        return f"{self.bank} {self.account_last4}"


class TeamRole(State):
    """What somebody does for a customer beside its owner."""

    SALES = "sales", T("协作销售", "Sales")
    TECHNICAL = "technical", T("技术支持", "Technical")
    SERVICE = "service", T("客户服务", "Service")
    FINANCE = "finance", T("商务与回款", "Terms and payment")


class TeamMember(CompanyRow):
    """Somebody who looks after a customer beside its owner, within their days, and their share of the result."""

    noun = T("团队成员", "Team member")
    scope_through = "customer"
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, default="sales")
    share = models.DecimalField(max_digits=5, decimal_places=2, default=0)  # percent
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=100), name="teammember_share"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="teammember_dates"
            ),
            models.CheckConstraint(condition=Q(role__in=TeamRole.values()), name="teammember_role_known"),
        ]
        indexes = [models.Index(fields=["user", "since"], name="teammember_user")]

    @property
    def role_label(self) -> T:
        """What the member does, in words."""
        return TeamRole(self.role).label

    def __str__(self) -> str:
        return self.user.name


class WhereFrom(State):
    """Where a value of a customer's record came from."""

    TYPED = "typed", T("手工录入", "Typed")
    IMPORT = "import", T("导入", "Import")
    API = "api", T("接口", "Interface")
    REGISTER = "register", T("工商登记", "Business register")
    MERGE = "merge", T("客户合并", "Merge")


class ValueSource(CompanyRow):
    """Where the present value of one field came from, when, and by whom. What it was before stands in the ledger."""

    noun = T("字段来源", "Where a value is from")
    scope_through = "customer"
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sources")
    field = models.CharField(max_length=40)
    source = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "field"], name="valuesource_once"),
            models.CheckConstraint(condition=Q(source__in=WhereFrom.values()), name="valuesource_known"),
        ]
