"""What contracts post: `contracted`, net of tax, per line, on the day of signing; reversed when a contract is cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sellwell.foundation.catalog.queries import ProductFacts
from sellwell.kernel.effects import Posting
from sellwell.kernel.models import Fact
from sellwell.selling.contracts.models import Contract, ContractLine

CONTRACTED = "contracted"


def contracted(
    contract: Contract, lines: Iterable[ContractLine], products: Mapping[UUID, ProductFacts]
) -> list[Posting]:
    """The postings of a signature."""
    assert contract.signed_on is not None  # noqa: S101 - set by the handler just before
    return [
        Posting(
            CONTRACTED, line.net, line.id, contract.signed_on, contract, quantity=line.quantity,
            customer_id=contract.customer_id, product_id=line.product_id,
            product_line=products[line.product_id].product_line, currency=contract.currency,
        )
        for line in lines
    ]  # fmt: skip


def reversals(document: Any, measure: str, on: date) -> list[Posting]:
    """The reverse of everything that a document posted under a measure and that stands: posted again with the sign
    turned, in the dimensions it had. Facts are never changed."""
    posted = list(Fact.objects.filter(document_id=document.pk, measure=measure).order_by("id"))
    undone = {fact.reverses for fact in posted if fact.reverses}
    last: dict[UUID, int] = {}
    for fact in posted:
        last[fact.source] = max(last.get(fact.source, 0), fact.seq)
    found = []
    for fact in posted:
        if fact.reverses is None and fact.id not in undone:
            last[fact.source] += 1
            found.append(
                Posting(
                    measure, -fact.amount, fact.source, on, document,
                    quantity=-fact.quantity if fact.quantity is not None else None, customer_id=fact.customer_id,
                    product_id=fact.product_id, product_line=fact.product_line, channel=fact.channel,
                    document_amount=-fact.document_amount, currency=fact.currency, seq=last[fact.source],
                    reverses=fact.id,
                )
            )  # fmt: skip
    return found
