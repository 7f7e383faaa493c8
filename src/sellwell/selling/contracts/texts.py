"""A contract's text: its terms as stored, the values of their variables, and the keyed hash that freezes it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sellwell.foundation.catalog.queries import ProductFacts
from sellwell.foundation.company.queries import company
from sellwell.kernel import personal, rmb
from sellwell.kernel.values import Refusal, plain_number
from sellwell.selling.contracts import queries, rules
from sellwell.selling.contracts.models import Contract, ContractLine


def terms_of(contract: Contract) -> list[dict[str, Any]]:
    """The terms in their order; none where the text was erased."""
    return json.loads(contract.terms_text) if contract.terms_text else []


def stored(terms: Iterable[Mapping[str, Any]]) -> str:
    """Terms as `Contract.terms_text` keeps them."""
    return json.dumps([dict(term) for term in terms], ensure_ascii=False)


def values(contract: Contract, lines: Iterable[ContractLine]) -> dict[str, str]:
    """What each variable stands for in this contract; empty where the contract does not state it."""
    party = contract.customer.party
    seller = company(contract.company_id)
    return {
        "number": contract.number,
        "seller": seller.name,
        "seller_code": seller.uscc,
        "seller_address": seller.address,
        "seller_bank": seller.bank,
        "seller_account": seller.bank_account,
        "customer": party.name,
        "customer_code": party.uscc or "—",
        "customer_address": queries.customer_address(contract.customer_id) or "—",
        "lines": line_text(contract, lines),
        "net": f"{contract.net:,.2f}",
        "tax": f"{contract.tax:,.2f}",
        "total": f"{contract.total:,.2f}",
        "total_capitals": rmb.capitals(contract.total),
        "tax_note": "单价含税" if contract.tax_inside else "单价不含税，税额另计",
        "payment_days": str(contract.payment_days),
        "acceptance_days": str(contract.acceptance_days),
        "delivery_on": contract.delivery_on.isoformat() if contract.delivery_on else "",
        "valid_from": contract.valid_from.isoformat() if contract.valid_from else "",
        "valid_until": contract.valid_until.isoformat() if contract.valid_until else "",
    }


def line_text(contract: Contract, lines: Iterable[ContractLine]) -> str:
    """The lines as they stand in the text: `1. P-001 齿轮箱，2 台，单价 1,130.00 元，计 2,260.00 元`."""
    found = list(lines)
    products = queries.products(contract, found)
    return "\n".join(_line_text(line, products[line.product_id]) for line in found)


def _line_text(line: ContractLine, product: ProductFacts) -> str:
    specification = f"（{product.specification}）" if product.specification else ""
    return (
        f"{line.position}. {product.code} {product.name}{specification}，{plain_number(line.quantity)} {product.unit}，"
        f"单价 {plain_number(line.unit_price)} 元，税率 {plain_number(line.tax_rate * 100)}%，价税合计 {line.total:,.2f} 元"
    )


def shown(contract: Contract, lines: Iterable[ContractLine]) -> list[dict[str, Any]]:
    """The terms as people read them: the frozen text once approved, else the wording filled with today's values."""
    terms = terms_of(contract)
    if all("filled" in term for term in terms):
        return terms
    return rules.filled(terms, values(contract, lines))


def text_hash(terms: Iterable[Mapping[str, Any]]) -> str:
    """The keyed hash of a filled text: who signs must sign exactly this. Keyed, since the text names people."""
    text = "\n\n".join(f"{term['key']}\n{term['title']}\n{term['filled']}" for term in terms)
    return hmac.new(personal.masters().blind, f"contract text\n{text}".encode(), hashlib.sha256).hexdigest()


def read_capitals(words: str) -> Decimal | None:
    """The amount that capitals spell, or None."""
    try:
        return rmb.parse(words)
    except Refusal:
        return None


def draft_of(contract: Contract, lines: Iterable[ContractLine]) -> rules.Draft:
    """The contract as the checker sees it."""
    found = list(lines)
    return rules.Draft(
        kind=contract.template.kind,
        terms=terms_of(contract),
        values=values(contract, found),
        net=contract.net,
        tax=contract.tax,
        total=contract.total,
        lines=[(line.net, line.tax, line.total) for line in found],
        valid_from=contract.valid_from,
        valid_until=contract.valid_until,
        delivery_on=contract.delivery_on,
    )
