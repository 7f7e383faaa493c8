"""Invoices and statements of account as documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from sellwell.foundation.company.queries import company
from sellwell.kernel import documents
from sellwell.kernel.values import ZERO, T
from sellwell.selling.receivables import queries
from sellwell.selling.receivables.models import Account, Invoice, Posting

DOCUMENTS = {
    "receivables.invoice": T("发票", "Invoice"),
    "receivables.receipt": T("收款", "Receipt"),
    "customers.merge": T("客户合并转入", "Balance carried by a merge"),
}


def invoice_pdf(invoice: Invoice) -> bytes:
    """What finance issues an invoice from, with its tax number once it has one."""
    party: Any = invoice.customer.party
    lines = [_line(line) for line in queries.lines_of(invoice)]
    data: dict[str, Any] = {
        "number": invoice.number,
        "date": invoice.business_date,
        "seller": _seller(invoice),
        "buyer": {"name": party.name, "tax_number": party.uscc or ""},
        "currency": invoice.currency,
        "order_number": invoice.order.number,
        "lines": lines,
        "net": invoice.net,
        "tax": invoice.tax,
        "total": invoice.total,
        "notes": [
            invoice.note,
            invoice.tax_number and f"{T('发票号码', 'Tax invoice number')}: {invoice.tax_number}",
        ],
    }
    data["notes"] = [note for note in data["notes"] if note]
    if invoice.due_on is not None:
        data["due_on"] = invoice.due_on
    return documents.render("invoice_request", data)


def _line(line: Any) -> dict[str, Any]:
    return {
        "name": line.product.name,
        "code": line.product.code,
        "specification": line.product.specification,
        "unit": line.product.unit,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "tax_rate": line.tax_rate,
        "net": line.net,
        "tax": line.tax,
        "amount": line.total,
    }


def _seller(row: Any) -> dict[str, str]:
    seller = company(row.company_id)
    return {
        "name": seller.name,
        "name_en": seller.name_en,
        "tax_number": seller.uscc,
        "address": seller.address,
        "phone": seller.phone,
        "bank": seller.bank,
        "account": seller.bank_account,
    }


def statement_pdf(customer: Any, first_day: date, last_day: date) -> bytes:
    """A customer's statement of account (对账单): every movement of the receivable in a period, with its balance."""
    data = statement(customer, first_day, last_day)
    data |= {
        "seller": _seller(customer),
        "buyer": {"name": customer.party.name, "tax_number": customer.party.uscc or ""},
    }
    return documents.render("statement", data)


def statement(customer: Any, first_day: date, last_day: date) -> dict[str, Any]:
    """Opening balance, movements and closing balance of the receivable account."""
    rows = Posting.objects.filter(customer=customer, account=Account.RECEIVABLE.value)
    before = rows.filter(business_date__lt=first_day).aggregate(d=Sum("debit"), c=Sum("credit"))
    opening: Decimal = (before["d"] or ZERO) - (before["c"] or ZERO)
    balance, lines = opening, []
    for posting in rows.filter(business_date__range=(first_day, last_day)).order_by(
        "business_date", "at", "id"
    ):
        balance += posting.debit - posting.credit
        lines.append(_movement(posting, balance))
    return {
        "number": f"{customer.number}-{last_day:%Y%m%d}",
        "date": last_day,
        "first_day": first_day,
        "last_day": last_day,
        "opening": opening,
        "total": balance,
        "charged": sum((line["debit"] or ZERO for line in lines), ZERO),
        "paid": sum((line["credit"] or ZERO for line in lines), ZERO),
        "lines": lines,
    }


def _movement(posting: Posting, balance: Decimal) -> dict[str, Any]:
    return {
        "date": posting.business_date,
        "document": str(DOCUMENTS.get(posting.document_type, posting.document_type)),
        "debit": posting.debit or None,
        "credit": posting.credit or None,
        "balance": balance,
    }
