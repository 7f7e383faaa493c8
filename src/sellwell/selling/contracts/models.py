"""Contracts with their terms and lines."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from sellwell.foundation.pricing.lines import PricedLine, amount_field, quantity_field
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class ContractState(State):
    """A contract is drafted, approved with its text frozen, signed, and ends."""

    DRAFT = "draft", T("起草", "Draft")
    APPROVED = "approved", T("已审批", "Approved")
    SIGNED = "signed", T("已签署", "Signed")
    CLOSED = "closed", T("已履行完毕", "Fulfilled")
    CANCELLED = "cancelled", T("已作废", "Cancelled")


class ContractTemplate(CompanyRow):
    """The wording of a kind of contract: named terms, each required or not, with a text in which {variables} stand."""

    noun = T("合同模板", "Contract template")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, default="goods")
    terms = models.JSONField(default=list)  # [{"key", "title", "text", "required"}]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "code"], name="contracttemplate_code_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Contract(Document):
    """A contract with a customer. The approved text is frozen by `text_hash`; what is signed must be that text."""

    noun = T("合同", "Contract")
    personal = ("title", "terms_text", "signatory", "customer_signatory")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    quotation = models.ForeignKey("pipeline.Quotation", on_delete=models.PROTECT, null=True, related_name="+")
    template = models.ForeignKey(ContractTemplate, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    terms_text = models.TextField(
        default="", blank=True
    )  # JSON text of the terms: [{"key","title","text","required"}]
    text_hash = models.CharField(max_length=64, default="", blank=True)  # keyed hash of the frozen text
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    delivery_on = models.DateField(null=True)
    payment_days = models.PositiveSmallIntegerField(default=30)
    acceptance_days = models.PositiveSmallIntegerField(default=7)
    tax_inside = models.BooleanField(default=True)
    currency = models.CharField(max_length=3, default="CNY")
    net = amount_field(default=0)
    tax = amount_field(default=0)
    total = amount_field(default=0)
    signed_on = models.DateField(null=True)
    signatory = models.CharField(max_length=80, default="", blank=True)
    customer_signatory = models.CharField(max_length=80, default="", blank=True)
    scan = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            *document_constraints("contract", ContractState),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_on__isnull=False, scan__isnull=False),
                name="contract_signed_scan",
            ),
        ]
        indexes = list(document_indexes("contract", amount="total"))

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class ContractLine(PricedLine):
    """A line of a contract; `ordered` counts what orders have called off."""

    noun = T("合同明细", "Contract line")
    scope_through = "contract"
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="lines")
    ordered = quantity_field(default=0)
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ordered__gte=0, ordered__lte=F("quantity")), name="contractline_left"
            ),
        ]
