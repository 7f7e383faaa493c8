"""Invariants of contracts that `sellwell check` proves over the whole database."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import T
from sellwell.selling.contracts import texts
from sellwell.selling.contracts.models import Contract


@check(
    "contracts.totals",
    T("合同金额等于明细之和", "Contract totals equal the sums of their lines"),
    clauses=["5.1.1"],
)
def _totals() -> Iterable[Finding]:
    return from_sql(
        "contracts.totals",
        """SELECT c.number, c.total, s.total FROM contracts_contract c
        JOIN LATERAL (SELECT coalesce(sum(net), 0) AS net, coalesce(sum(tax), 0) AS tax, coalesce(sum(total), 0) AS total
            FROM contracts_contractline WHERE contract_id = c.id AND NOT is_void) s ON true
        WHERE (c.net, c.tax, c.total) <> (s.net, s.tax, s.total) OR c.net + c.tax <> c.total""",
        "the total is {}, its lines add up to {}",
    )


@check(
    "contracts.text", T("已签文本与审批文本一致", "The text signed is the text approved"), clauses=["5.1.5"]
)
def _text() -> Iterable[Finding]:
    frozen = Contract.objects.filter(state__in=["approved", "signed", "closed"], origin="entry").exclude(
        terms_text=""
    )
    for contract in frozen.iterator(chunk_size=200):
        try:
            found = texts.text_hash(texts.terms_of(contract))
        except ValueError:
            yield Finding("contracts.text", contract.number, "the text cannot be read")
            continue
        if found != contract.text_hash:
            yield Finding("contracts.text", contract.number, "the text differs from the approved one")
