"""What customers owe: credit accounts, invoices, receipts, applications and balanced postings."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from sellwell.foundation.pricing.lines import amount_field, quantity_field
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class CreditAccount(CompanyRow):
    """A customer's credit limit. Its row is what credit checks lock: exposure is judged one act at a time."""

    noun = T("信用账户", "Credit account")
    scope_through = "customer"
    customer = models.OneToOneField("customers.Customer", on_delete=models.PROTECT, related_name="credit")
    credit_limit = amount_field(default=0)
    max_overdue_days = models.PositiveSmallIntegerField(default=30)
    reviewed_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-credit_limit", "-id"], name="creditaccount_largest")]


class InvoiceState(State):
    """Requested, issued by the tax platform, or void before it was issued. Issued ones are only reversed."""

    REQUESTED = "requested", T("待开票", "Requested")
    ISSUED = "issued", T("已开票", "Issued")
    VOID = "void", T("已作废", "Void")


# What `queries.open_invoices` asks for: so few of all invoices that they have an index of their own.
OPEN = Q(state="issued", kind="invoice", settled__lt=F("total"))


class InvoiceKind(State):
    """An invoice, or what takes one back."""

    INVOICE = "invoice", T("蓝字发票", "Invoice")
    CREDIT = "credit", T("红字发票", "Credit note")


class Invoice(Document):
    """An invoice (`kind` invoice) or its red-letter reversal (`kind` credit, amounts negative)."""

    noun = T("发票", "Invoice")
    personal = ("note",)
    kind = models.CharField(max_length=8, default="invoice")  # invoice | credit
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")
    tax_number = models.CharField(
        max_length=20, default="", blank=True
    )  # 数电票 number, from the tax platform
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    currency = models.CharField(max_length=3, default="CNY")
    net = amount_field()
    tax = amount_field()
    total = amount_field()
    settled = amount_field(default=0)  # by receipts and credits
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("invoice", InvoiceState),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_adds_up"),
            models.CheckConstraint(condition=Q(kind__in=["invoice", "credit"]), name="invoice_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind="invoice", total__gte=0, settled__gte=0, settled__lte=F("total")))
                | Q(kind="credit", total__lte=0, settled__lte=0, settled__gte=F("total")),
                name="invoice_settled_within",
            ),
            models.UniqueConstraint(
                fields=["company_id", "tax_number"],
                condition=~Q(tax_number=""),
                name="invoice_tax_number_unique",
            ),
        ]
        indexes = [
            *document_indexes("invoice", amount="total"),
            models.Index(fields=["customer", "due_on"], name="invoice_customer_due"),
            models.Index(fields=["order"], name="invoice_order"),
            models.Index(fields=["company_id", "due_on"], name="invoice_open", condition=OPEN),
        ]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """What is settled waits for nobody."""
        return ~Q(settled=F("total"))

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class InvoiceLine(CompanyRow):
    """A line of an invoice, for a shipment line (goods) or an order line."""

    noun = T("发票明细", "Invoice line")
    scope_through = "invoice"
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    shipment_line = models.ForeignKey(
        "delivery.ShipmentLine", on_delete=models.PROTECT, null=True, related_name="+"
    )
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    quantity = quantity_field()
    unit_price = quantity_field()
    tax_rate = models.DecimalField(max_digits=9, decimal_places=6)
    net = amount_field()
    tax = amount_field()
    total = amount_field()


class ReceiptState(State):
    """Money that came in; reversed when the bank takes it back or it was entered wrongly."""

    ENTERED = "entered", T("已登记", "Entered")
    REVERSED = "reversed", T("已冲销", "Reversed")


class Method(State):
    """How money came."""

    BANK = "bank", T("银行转账", "Bank transfer")
    ALIPAY = "alipay", T("支付宝", "Alipay")
    WECHAT = "wechat", T("微信支付", "WeChat Pay")
    UNIONPAY = "unionpay", T("银联", "UnionPay")
    DRAFT = "draft", T("承兑汇票", "Acceptance draft")
    CHEQUE = "cheque", T("支票", "Cheque")
    CASH = "cash", T("现金", "Cash")


class Receipt(Document):
    """Money received from a customer. `applied` counts what is matched to invoices; the rest is unapplied."""

    noun = T("收款", "Receipt")
    personal = ("payer_name", "note")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(
        max_length=12, default="bank"
    )  # bank | alipay | wechat | unionpay | draft | cheque | cash
    bank_reference = models.CharField(max_length=60, default="", blank=True)
    payer_name = models.CharField(max_length=120, default="", blank=True)
    received_on = models.DateField()
    currency = models.CharField(max_length=3, default="CNY")
    total = amount_field()
    applied = amount_field(default=0)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("receipt", ReceiptState),
            models.CheckConstraint(
                condition=Q(total__gt=0, applied__gte=0, applied__lte=F("total")), name="receipt_within"
            ),
            models.UniqueConstraint(
                fields=["company_id", "method", "bank_reference"],
                condition=~Q(bank_reference="") & Q(state="entered"),
                name="receipt_reference_once",
            ),
        ]
        indexes = [
            *document_indexes("receipt", amount="total"),
            models.Index(fields=["customer", "received_on"], name="receipt_customer"),
            models.Index(
                fields=["company_id", "-id"],
                name="receipt_unmatched",
                condition=Q(state="entered", applied__lt=F("total")),
            ),
        ]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """What is wholly matched waits for nobody."""
        return ~Q(applied=F("total"))

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class Application(CompanyRow):
    """So much of a receipt (or of a credit note) settles an invoice. Append-only; taken back by a negative row."""

    noun = T("核销", "Application")
    scope_through = "invoice"
    append_only = True
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True, related_name="applications")
    credit = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="applications")
    amount = amount_field()
    business_date = models.DateField()
    at = models.DateTimeField()
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="application_not_zero"),
            models.CheckConstraint(
                condition=Q(receipt__isnull=False, credit__isnull=True)
                | Q(receipt__isnull=True, credit__isnull=False),
                name="application_one_source",
            ),
        ]
        indexes = [models.Index(fields=["-business_date", "-id"], name="application_newest")]


class Account(State):
    """The accounts of the receivables ledger."""

    RECEIVABLE = "receivable", T("应收账款", "Receivable")
    CONTRACT_ASSET = "contract_asset", T("合同资产", "Contract asset")
    REVENUE = "revenue", T("主营业务收入", "Revenue")
    TAX = "tax", T("应交增值税", "VAT payable")
    BANK = "bank", T("银行存款", "Bank")
    ADVANCE = "advance", T("预收账款", "Advance")


class Posting(CompanyRow):
    """One side of an entry in the receivables ledger: per document debits equal credits. Append-only.

    Accounts: receivable, revenue, tax, bank, advance (unapplied receipts), contract_asset (accepted, not invoiced).
    """

    noun = T("分录", "Posting")
    scope_through = "customer"
    append_only = True
    document_type = models.CharField(max_length=60)
    document_id = models.UUIDField()
    entry = models.UUIDField()  # the sides of one entry share it
    account = models.CharField(max_length=20)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    debit = amount_field(default=0)
    credit = amount_field(default=0)
    business_date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gte=0, credit__gte=0) & (Q(debit=0) | Q(credit=0)), name="posting_one_side"
            )
        ]
        indexes = [
            models.Index(fields=["document_id"], name="posting_document"),
            models.Index(fields=["customer", "account"], name="posting_customer"),
            models.Index(fields=["entry"], name="posting_entry"),
            models.Index(fields=["-business_date", "-id"], name="posting_newest"),
        ]
