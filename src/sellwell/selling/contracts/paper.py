"""The contract on paper: what the document template needs, rendered when it is first looked at."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.company.queries import company
from sellwell.kernel import documents
from sellwell.selling.contracts import queries, texts
from sellwell.selling.contracts.models import Contract, ContractState

NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """1 -> 一, 12 -> 十二, 20 -> 二十: for 第…条, up to 99."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def article(number: int) -> str:
    """第三条."""
    return f"第{numeral(number)}条"


def data(contract: Contract) -> dict[str, Any]:
    """The contract as the template takes it. The lines stand in the text, so that paper and text are one."""
    lines = queries.live_lines(contract.pk)
    house, party = company(contract.company_id), contract.customer.party
    return {
        "number": contract.number,
        "date": contract.signed_on or contract.business_date,
        "title": contract.title,
        "seller": {
            "name": house.name, "name_en": house.name_en, "tax_number": house.uscc, "address": house.address,
            "bank": house.bank, "account": house.bank_account,
        },
        "buyer": {
            "name": party.name, "tax_number": party.uscc or "", "address": queries.customer_address(contract.customer_id),
        },
        "currency": contract.currency,
        "net": contract.net,
        "tax": contract.tax,
        "total": contract.total,
        "lines": [],
        "articles": [
            {"heading": f"{article(place)} {term['title']}", "text": term["filled"]}
            for place, term in enumerate(texts.shown(contract, lines), start=1)
        ],
        "mark": "草稿" if contract.state == ContractState.DRAFT else "",
    }  # fmt: skip


def pdf(contract: Contract) -> bytes:
    """The contract as PDF/A."""
    return documents.render("contract", data(contract))
