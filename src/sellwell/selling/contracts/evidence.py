"""Evidence for the clauses that contracts answer for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.values import Period, T, listed
from sellwell.selling.contracts import rules, texts
from sellwell.selling.contracts.models import Contract

MISSING = T("缺少必备条款 {terms}", "lacks the required terms {terms}")
OTHER_TEXT = T("签署文本与审批文本不一致", "the signed text is not the approved one")
NO_SCAN = T("没有双方签署的文本", "there is no copy signed by both sides")
NOT_ASKED = T("签署前没有审批记录", "signed without a recorded approval")


def _signed(company_id: UUID, period: Period) -> list[Contract]:
    """Contracts signed in the period whose text still stands."""
    rows = Contract.objects.filter(company_id=company_id, origin="entry", signed_on__gte=period.since)
    if period.until is not None:
        rows = rows.filter(signed_on__lt=period.until)
    return list(rows.exclude(terms_text="").select_related("template"))


def _evidence(contracts: list[Contract], broken: Iterable[tuple[Contract, T]]) -> Evidence:
    named = [Broken("contracts.contract", c.pk, c.number, why, c.department_path) for c, why in broken]
    return found(Counter(c.department_path for c in contracts), named)


@evidence("5.1.1", T("合同必备条款齐全", "Contracts hold every required term"))
def required_terms(company_id: UUID, period: Period) -> Evidence:
    """Signed contracts, and those that lack a required term (must be none)."""
    contracts = _signed(company_id, period)
    broken = []
    for contract in contracts:
        there = {term["key"] for term in texts.terms_of(contract)}
        missing = [rules.TITLES[key] for key in rules.REQUIRED[contract.template.kind] if key not in there]
        if missing:
            names = listed(missing)
            broken.append((contract, MISSING.format(terms=names)))
    return _evidence(contracts, broken)


@evidence("5.1.2", T("双方签署文本已存", "Signed copies are kept"))
def scans(company_id: UUID, period: Period) -> Evidence:
    """Signed contracts, and those without a copy signed by both sides (must be none)."""
    contracts = _signed(company_id, period)
    lacking = [c for c in contracts if c.scan_id is None or not (c.signatory and c.customer_signatory)]
    return _evidence(contracts, [(c, NO_SCAN) for c in lacking])


@evidence("5.1.3", T("签署前已审批", "Approved before signing"))
def approved_first(company_id: UUID, period: Period) -> Evidence:
    """Signed contracts, and those whose ledger holds no approval (must be none)."""
    contracts = _signed(company_id, period)
    entries = LedgerEntry.objects.filter(row_id__in=[c.pk for c in contracts], operation="contracts.approve")
    asked = set(entries.values_list("row_id", flat=True))
    return _evidence(contracts, [(c, NOT_ASKED) for c in contracts if c.pk not in asked])


@evidence("5.1.5", T("签署文本即审批文本", "What was signed is what was approved"))
def same_text(company_id: UUID, period: Period) -> Evidence:
    """Signed contracts, and those whose text differs from the approved one (must be none)."""
    contracts = _signed(company_id, period)
    other = [c for c in contracts if texts.text_hash(texts.terms_of(c)) != c.text_hash]
    return _evidence(contracts, [(c, OTHER_TEXT) for c in other])
