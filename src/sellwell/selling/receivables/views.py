"""What can be read of receivables: invoices, receipts, matches, credit accounts, postings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sellwell.kernel import clock
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.selling.receivables.models import (
    Account,
    Application,
    CreditAccount,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
    Method,
    Posting,
    Receipt,
    ReceiptState,
)

CUSTOMER = T("客户", "Customer")


def open_amount(invoice: Invoice) -> Decimal:
    """What of an invoice is not settled."""
    return invoice.total - invoice.settled


def days_overdue(invoice: Invoice) -> int | None:
    """Days past the due date of an issued invoice with something open; None if it is not late."""
    if invoice.state != InvoiceState.ISSUED.value or invoice.due_on is None or open_amount(invoice) <= 0:
        return None
    days = (clock.business_day(clock.now()) - invoice.due_on).days
    return days if days > 0 else None


def _invoice_texts(invoice: Invoice) -> Iterable[str]:
    return (invoice.number, invoice.tax_number, invoice.order.number)


INVOICES = view(
    "receivables.invoices",
    T("发票", "Invoices"),
    Invoice,
    [
        Column("number", T("单号", "Number"), "code", "number", sortable=True),
        Column("kind", T("种类", "Kind"), "state", "kind", states=InvoiceKind, filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=InvoiceState, filterable=True),
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column(
            "customer", CUSTOMER, "ref", "customer__party__name", ref="customers.customer", filterable=True
        ),
        Column("order", T("订单", "Order"), "ref", "order__number", ref="orders.order", filterable=True),
        Column("total", T("价税合计", "Total"), "amount", "total", sortable=True, filterable=True),
        Column("open", T("未结清", "Open"), "amount", value=open_amount),
        Column("due_on", T("到期日", "Due"), "date", "due_on", sortable=True, filterable=True),
        Column("overdue", T("逾期天数", "Days overdue"), "text", value=days_overdue),
        Column("net", T("不含税", "Net"), "amount", "net", in_list=False),
        Column("tax", T("税额", "Tax"), "amount", "tax", in_list=False),
        Column("settled", T("已结清", "Settled"), "amount", "settled", in_list=False),
        Column("tax_number", T("发票号码", "Tax invoice number"), "code", "tax_number"),
        Column("issued_on", T("开票日期", "Issued on"), "date", "issued_on", filterable=True, in_list=False),
        Column(
            "reverses",
            T("红冲的发票", "Reverses"),
            "ref",
            "reverses__number",
            ref="receivables.invoice",
            in_list=False,
        ),
        Column("currency", T("币种", "Currency"), "code", "currency", in_list=False),
        Column("note", T("备注", "Note"), "text", "note", in_list=False),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
    ],
    url="invoices",
    help=T("开票申请、已开发票与红字发票。", "Requests, issued invoices and credit notes."),
    related=("customer__party", "order", "reverses", "owner"),
    search=_invoice_texts,
    found_by=("customer",),
    label=lambda invoice: invoice.number,
    clauses=("5.3.2", "5.3.3"),
    states=InvoiceState,
)

INVOICE_LINES = view(
    "receivables.invoice_lines",
    T("发票明细", "Invoice lines"),
    InvoiceLine,
    [
        Column("position", T("行", "Line"), "text", "position"),
        Column(
            "invoice",
            T("发票", "Invoice"),
            "ref",
            "invoice__number",
            ref="receivables.invoice",
            filterable=True,
        ),
        Column(
            "product", T("产品", "Product"), "ref", "product__name", ref="catalog.product", filterable=True
        ),
        Column("quantity", T("数量", "Quantity"), "quantity", "quantity"),
        Column("unit_price", T("单价", "Unit price"), "price", "unit_price"),
        Column("tax_rate", T("税率", "Tax rate"), "rate", "tax_rate"),
        Column("net", T("不含税", "Net"), "amount", "net"),
        Column("tax", T("税额", "Tax"), "amount", "tax"),
        Column("total", T("价税合计", "Total"), "amount", "total"),
    ],
    url="invoice-lines",
    help=T("发票的每一行。", "Each line of an invoice."),
    related=("invoice", "product"),
    order=("-invoice_id", "position"),
    label=lambda line: f"{line.invoice.number}/{line.position}",
)


def unapplied(receipt: Receipt) -> Decimal:
    """What of a receipt is not matched; nothing of a reversed one."""
    return receipt.total - receipt.applied if receipt.state == ReceiptState.ENTERED.value else Decimal("0.00")


RECEIPTS = view(
    "receivables.receipts",
    T("收款", "Receipts"),
    Receipt,
    [
        Column("number", T("单号", "Number"), "code", "number", sortable=True),
        Column("state", T("状态", "State"), "state", "state", states=ReceiptState, filterable=True),
        Column(
            "received_on", T("到账日期", "Received on"), "date", "received_on", sortable=True, filterable=True
        ),
        Column(
            "customer", CUSTOMER, "ref", "customer__party__name", ref="customers.customer", filterable=True
        ),
        Column("total", T("金额", "Amount"), "amount", "total", sortable=True, filterable=True),
        Column("applied", T("已核销", "Matched"), "amount", "applied"),
        Column("unapplied", T("未核销", "Unmatched"), "amount", value=unapplied),
        Column("method", T("方式", "Method"), "state", "method", states=Method, filterable=True),
        Column("bank_reference", T("流水号", "Bank reference"), "code", "bank_reference"),
        Column("payer_name", T("付款人", "Payer"), "text", "payer_name", in_list=False),
        Column("currency", T("币种", "Currency"), "code", "currency", in_list=False),
        Column("business_date", T("登记日期", "Entered on"), "date", "business_date", in_list=False),
        Column("note", T("备注", "Note"), "text", "note", in_list=False),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
    ],
    url="receipts",
    help=T("收到的货款及其核销。", "Money that came in, and what it settled."),
    related=("customer__party", "owner"),
    search=lambda receipt: (receipt.number, receipt.bank_reference),
    found_by=("customer",),
    label=lambda receipt: receipt.number,
    clauses=("5.3.3", "5.3.4"),
    states=ReceiptState,
)

APPLICATIONS = view(
    "receivables.applications",
    T("核销记录", "Matches"),
    Application,
    [
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column("invoice", T("发票", "Invoice"), "ref", "invoice__number", ref="receivables.invoice"),
        Column("receipt", T("收款", "Receipt"), "ref", "receipt__number", ref="receivables.receipt"),
        Column("credit", T("红字发票", "Credit note"), "ref", "credit__number", ref="receivables.invoice"),
        Column("amount", T("金额", "Amount"), "amount", "amount"),
    ],
    url="matches",
    help=T("每一笔核销；取消核销记为负数。", "Every match; one taken back stands with a minus."),
    related=("invoice", "receipt", "credit"),
    label=lambda row: f"{row.invoice.number} {row.amount}",
)

CREDIT = view(
    "receivables.credit",
    T("信用账户", "Credit accounts"),
    CreditAccount,
    [
        Column(
            "customer", CUSTOMER, "ref", "customer__party__name", ref="customers.customer", filterable=True
        ),
        Column("grade", T("等级", "Grade"), "code", "customer__grade"),
        Column("credit_limit", T("信用额度", "Credit limit"), "amount", "credit_limit", sortable=True),
        Column("max_overdue_days", T("允许逾期天数", "Days overdue tolerated"), "text", "max_overdue_days"),
        Column(
            "reviewed_on", T("上次评审", "Reviewed on"), "date", "reviewed_on", sortable=True, filterable=True
        ),
    ],
    url="credit",
    help=T("每个客户的信用额度。", "How far each customer may go."),
    related=("customer__party",),
    order=("-credit_limit", "-id"),
    label=lambda account: str(account.customer),
    clauses=("5.3.3",),
)

POSTINGS = view(
    "receivables.postings",
    T("应收分录", "Postings"),
    Posting,
    [
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column("document_type", T("单据", "Document"), "code", "document_type", filterable=True),
        Column("account", T("科目", "Account"), "state", "account", states=Account, filterable=True),
        Column(
            "customer", CUSTOMER, "ref", "customer__party__name", ref="customers.customer", filterable=True
        ),
        Column("debit", T("借方", "Debit"), "amount", "debit"),
        Column("credit", T("贷方", "Credit"), "amount", "credit"),
    ],
    url="postings",
    help=T(
        "应收账款明细账：每笔借贷相等，只增不改。",
        "The receivables ledger: every entry balances, nothing is changed.",
    ),
    related=("customer__party",),
    label=lambda posting: f"{posting.account} {posting.debit - posting.credit}",
    clauses=("5.3.4",),
)
