"""The quotation as its customer reads it: the data of the PDF."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.company.queries import company
from sellwell.foundation.customers.queries import delivery_address, primary_contact
from sellwell.kernel.values import T
from sellwell.selling.pipeline import queries
from sellwell.selling.pipeline.models import Quotation, QuotationLine, QuotationState

DRAFT_MARK = T("草稿", "Draft")
PRICES_INSIDE = T("单价含增值税。", "Prices include VAT.")
PRICES_OUTSIDE = T("单价不含增值税。", "Prices exclude VAT.")
PAYMENT = T("付款：开票后 {days} 天内。", "Payment: within {days} days of the invoice.")
AT_ONCE = T("付款：款到发货。", "Payment: in advance.")


def quotation_data(row: Quotation) -> dict[str, Any]:
    """What the template `quotation` asks for, in the reader's language where words are ours."""
    seller = company(row.company_id)
    data: dict[str, Any] = {
        "number": row.number,
        "date": row.business_date,
        "seller": {
            "name": seller.name,
            "name_en": seller.name_en,
            "tax_number": seller.uscc,
            "address": seller.address,
            "phone": seller.phone,
            "bank": seller.bank,
            "account": seller.bank_account,
        },
        "buyer": _buyer(row),
        "currency": row.currency,
        "total": row.total,
        "net": row.net,
        "tax": row.tax,
        "lines": [_line(line) for line in queries.quotation_lines(row.pk)],
        "valid_until": row.valid_until,
        "version": row.revision,
        "prepared_by": row.owner.name,
        "terms": _terms(row),
    }
    if row.state == QuotationState.DRAFT.value:
        data["mark"] = str(DRAFT_MARK)
    return data


def _buyer(row: Quotation) -> dict[str, str]:
    party = row.customer.party
    contact, address = primary_contact(row.customer_id), delivery_address(row.customer_id)
    return {
        "name": party.name,
        "tax_number": party.uscc or "",
        "contact": contact.name if contact is not None else "",
        "address": str(address) if address is not None else "",
    }


def _line(line: QuotationLine) -> dict[str, Any]:
    product = line.product
    return {
        "code": product.code,
        "name": product.name,
        "specification": product.specification,
        "unit": product.unit,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "tax_rate": line.tax_rate,
        "amount": line.total,
    }


def _terms(row: Quotation) -> list[str]:
    payment = PAYMENT.format(days=row.payment_days) if row.payment_days else AT_ONCE
    terms = [PRICES_INSIDE if row.tax_inside else PRICES_OUTSIDE, payment]
    return [str(term) for term in terms] + ([row.note] if row.note else [])
